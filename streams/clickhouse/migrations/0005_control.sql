-- The control plane, kept for ever. Columns are decoded for reading; `envelope` is the proof: the
-- signed record byte for byte as it stood on the topic.
CREATE TABLE IF NOT EXISTS {db}.requests {on_cluster}
(
    request_id String,
    kind LowCardinality(String) COMMENT 'assign, start, finish, abort, approve, deny, revert, hold, resume',
    agent_id LowCardinality(String),
    rollout_id LowCardinality(String),
    tenants Array(String) COMMENT 'Empty: all',
    start String COMMENT 'JSON of the rollout that is started; empty otherwise' CODEC(ZSTD(3)),
    alert_id String COMMENT 'Of approve and deny',
    reason String CODEC(ZSTD(3)),
    person LowCardinality(String) COMMENT 'Who asked',
    at DateTime64(3, 'UTC') COMMENT 'By the clock of the person',
    keyids Array(String) COMMENT 'Keys that signed; the record role does not verify',
    envelope String COMMENT 'The signed record as it came' CODEC(ZSTD(3)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (agent_id, logged_at, kafka_partition, kafka_offset)
SETTINGS {dedup_window}
COMMENT 'What people asked of the control plane.';

CREATE TABLE IF NOT EXISTS {db}.commands {on_cluster}
(
    command_id String,
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    epoch UInt64 COMMENT 'Only grows for a (tenant, agent); routers refuse an older one',
    mode LowCardinality(String) COMMENT 'pinned, canary, shadow, blue/green',
    action LowCardinality(String) COMMENT 'assign, join, revert, halt, finish, abort',
    baseline_bundle LowCardinality(String) COMMENT 'The pin: what is served when nothing else may be',
    baseline_provider LowCardinality(String),
    baseline_model LowCardinality(String),
    baseline_prompt_version LowCardinality(String),
    candidate_bundle LowCardinality(String) COMMENT 'Empty: none',
    candidate_provider LowCardinality(String),
    candidate_model LowCardinality(String),
    candidate_prompt_version LowCardinality(String),
    weight Float64 COMMENT 'Share of units the candidate serves',
    rollout_id LowCardinality(String),
    phase_id LowCardinality(String),
    in_flight LowCardinality(String) COMMENT 'drain, finish or reset sessions under way',
    drain_seconds UInt32,
    cause_kind LowCardinality(String) COMMENT 'alert, request, wave, lease, breaker',
    cause_id String COMMENT 'Of the alert, request or phase',
    cause_score Nullable(Float64),
    cause_evidence Array(String) COMMENT 'Metrics that moved most',
    cause_reason String CODEC(ZSTD(3)),
    approved_by LowCardinality(String),
    issued_at DateTime64(3, 'UTC') COMMENT 'Broker time of the record that caused it',
    keyids Array(String),
    envelope String COMMENT 'The signed record as it came: bundles included' CODEC(ZSTD(3)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time of the command',
    kafka_partition UInt16,
    kafka_offset UInt64,
    priority UInt64 MATERIALIZED bitNot(kafka_offset) COMMENT 'Of repeats the first is kept'
)
ENGINE = {replicated}ReplacingMergeTree(priority)
PRIMARY KEY (tenant_id, agent_id, epoch)
ORDER BY (tenant_id, agent_id, epoch, command_id, cityHash64(envelope))
SETTINGS {dedup_window}
COMMENT 'Every assignment ever given: the whole desired state of a (tenant, agent). A repeat has the same bytes; two rows of one epoch would show a fork. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.holds {on_cluster}
(
    hold_id String,
    agent_id LowCardinality(String),
    rollout_id LowCardinality(String),
    epoch UInt64,
    state LowCardinality(String) COMMENT 'running, paused, halted, finished, aborted',
    cause_kind LowCardinality(String),
    cause_id String,
    cause_score Nullable(Float64),
    cause_evidence Array(String),
    cause_reason String CODEC(ZSTD(3)),
    issued_at DateTime64(3, 'UTC'),
    keyids Array(String),
    envelope String CODEC(ZSTD(3)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64,
    priority UInt64 MATERIALIZED bitNot(kafka_offset) COMMENT 'Of repeats the first is kept'
)
ENGINE = {replicated}ReplacingMergeTree(priority)
PRIMARY KEY (agent_id, rollout_id, epoch)
ORDER BY (agent_id, rollout_id, epoch, hold_id, cityHash64(envelope))
SETTINGS {dedup_window}
COMMENT 'Rollout-wide states. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.leases {on_cluster}
(
    agent_id LowCardinality(String),
    rollout_id LowCardinality(String),
    issued_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    expires_at DateTime64(3, 'UTC') COMMENT 'After it no candidate is served' CODEC(Delta(8), ZSTD(1)),
    keyids Array(String) CODEC(ZSTD(1)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMMDD(logged_at)
ORDER BY (agent_id, rollout_id, issued_at, logged_at, kafka_offset)
TTL toDateTime(logged_at) + INTERVAL 30 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Signed heartbeats of the control plane, 30 days.';

CREATE TABLE IF NOT EXISTS {db}.acks {on_cluster}
(
    ack_id String,
    command_id String,
    router_id LowCardinality(String),
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    epoch Int64,
    status LowCardinality(String) COMMENT 'flipped, refused, stale, lease-expired',
    reason String CODEC(ZSTD(3)),
    bundle_id LowCardinality(String) COMMENT 'The pin that the router serves now',
    at DateTime64(3, 'UTC') COMMENT 'By the clock of the router',
    flip_ms Nullable(Float64) COMMENT 'From the broker''s stamp of the command to the flip',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time of the ack',
    kafka_partition UInt16,
    kafka_offset UInt64,
    priority UInt64 MATERIALIZED bitNot(kafka_offset) COMMENT 'Of repeats the first is kept'
)
ENGINE = {replicated}ReplacingMergeTree(priority)
ORDER BY (tenant_id, agent_id, command_id, router_id, ack_id)
SETTINGS {dedup_window}
COMMENT 'What routers answered to commands. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.heartbeats {on_cluster}
(
    router_id LowCardinality(String),
    at DateTime64(3, 'UTC') COMMENT 'By the clock of the router' CODEC(Delta(8), ZSTD(1)),
    assignments UInt32,
    staleness_seconds Float64 COMMENT 'Since the last verified record of the control topic',
    stopping Bool,
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (router_id, at)
TTL toDateTime(at) + INTERVAL 7 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Routers alive, 7 days. Each goes to every partition: read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.sightings {on_cluster}
(
    sighting_id String,
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    router_id LowCardinality(String),
    epoch UInt64,
    arm LowCardinality(String),
    right_bundle LowCardinality(String) COMMENT 'Bundle that traffic really met',
    first_right_at Nullable(DateTime64(3, 'UTC')) COMMENT 'First event of this epoch from this router, broker time',
    last_wrong_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Last event still stamped with an older epoch',
    wrong_events UInt64,
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64,
    priority UInt64 MATERIALIZED bitNot(kafka_offset) COMMENT 'Of repeats the first is kept'
)
ENGINE = {replicated}ReplacingMergeTree(priority)
ORDER BY (tenant_id, agent_id, epoch, router_id, sighting_id)
SETTINGS {dedup_window}
COMMENT 'Which bundle traffic met after an epoch was issued. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.proofs {on_cluster}
(
    proof_id String,
    command_id String,
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    epoch UInt64,
    action LowCardinality(String),
    state LowCardinality(String) COMMENT 'acked, proven, proven-without-traffic, late',
    commanded_at DateTime64(3, 'UTC') COMMENT 'Broker time of the command',
    acked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Every live router had answered',
    proven_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Traffic was seen on the right bundle only',
    `routers.router_id` Array(LowCardinality(String)),
    `routers.acked_at` Array(Nullable(DateTime64(3, 'UTC'))),
    `routers.status` Array(LowCardinality(String)),
    `routers.first_right_at` Array(Nullable(DateTime64(3, 'UTC'))),
    `routers.last_wrong_at` Array(Nullable(DateTime64(3, 'UTC'))),
    `routers.missing` Array(Bool),
    late Array(String) COMMENT 'Live routers that had not answered by the deadline',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time of the proof',
    kafka_partition UInt16,
    kafka_offset UInt64,
    priority UInt64 MATERIALIZED bitNot(kafka_offset) COMMENT 'Of repeats the first is kept'
)
ENGINE = {replicated}ReplacingMergeTree(priority)
ORDER BY (tenant_id, agent_id, epoch, command_id, proof_id)
SETTINGS {dedup_window}
COMMENT 'That a command was obeyed, or by whom not (yet); several states per command. Read with FINAL.';
