CREATE TABLE IF NOT EXISTS {db}.bundles {on_cluster}
(
    bundle_id LowCardinality(String) COMMENT 'sha256 of the canonical JSON of the other fields',
    provider LowCardinality(String),
    model LowCardinality(String),
    prompt_version LowCardinality(String),
    configuration String COMMENT 'JSON' CODEC(ZSTD(3)),
    tools_version LowCardinality(String),
    embedding_model LowCardinality(String),
    serving_engine LowCardinality(String),
    weights_digest LowCardinality(String),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY bundle_id
SETTINGS {dedup_window}
COMMENT 'Everything that makes an agent behave as it does, immutable. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.tenants {on_cluster}
(
    tenant_id LowCardinality(String),
    tier LowCardinality(String) COMMENT 'platinum, gold, free',
    stakes LowCardinality(String) COMMENT 'alert-and-continue, shadow-and-hold, hard-pin-and-escalate',
    text LowCardinality(String) COMMENT 'What the tenant shares: full, hash, none',
    pins Map(LowCardinality(String), String) COMMENT 'Agent -> bundle of the first pin',
    fallbacks Map(LowCardinality(String), String) COMMENT 'Agent -> validated bundle a watch may move to',
    margins Map(LowCardinality(String), Float64) COMMENT 'Metric -> factor or odds ratio that counts as no worse',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (tenant_id, logged_at, kafka_offset)
SETTINGS {dedup_window}
COMMENT 'Tenants as they were registered, every revision; v_tenants has the current ones.';

CREATE TABLE IF NOT EXISTS {db}.policies {on_cluster}
(
    policy_id LowCardinality(String),
    revision UInt32,
    document String COMMENT 'The whole policy as JSON' CODEC(ZSTD(3)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (policy_id, revision, logged_at, kafka_offset)
SETTINGS {dedup_window}
COMMENT 'When to pause, revert and halt: every revision.';

CREATE TABLE IF NOT EXISTS {db}.phases {on_cluster}
(
    phase_id LowCardinality(String),
    rollout_id LowCardinality(String),
    agent_id LowCardinality(String),
    wave UInt32,
    weight Float64 COMMENT 'Share of the units that the candidate serves',
    controls UInt8 COMMENT 'Controls per unit of the rarer arm',
    retry UInt32 COMMENT 'How often this change has been tried',
    policy_id LowCardinality(String),
    policy_revision UInt32,
    margins Map(LowCardinality(String), Float64),
    opened_at DateTime64(3, 'UTC') COMMENT 'Broker time of the record that opened it',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (agent_id, rollout_id, wave, phase_id)
SETTINGS {dedup_window}
COMMENT 'Stretches of rollouts, immutable. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.phase_tenants {on_cluster}
(
    phase_id LowCardinality(String),
    rollout_id LowCardinality(String),
    agent_id LowCardinality(String),
    wave UInt32,
    tenant_id LowCardinality(String),
    baseline_bundle LowCardinality(String),
    candidate_bundle LowCardinality(String),
    epoch UInt64 COMMENT 'Epoch of the assignment in this phase',
    opened_at DateTime64(3, 'UTC'),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (agent_id, rollout_id, wave, phase_id, tenant_id)
SETTINGS {dedup_window}
COMMENT 'Who is compared with what in each phase. Read with FINAL.';
