-- Events land once in ingest_events and fan out: what is measured, and apart from it what was said.
-- Time is the broker's (logged_at); occurred_at is the service's own and only data.
CREATE TABLE IF NOT EXISTS {db}.ingest_events {on_cluster}
(
    event_id String,
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String),
    logged_at DateTime64(3, 'UTC'),
    occurred_at DateTime64(3, 'UTC'),
    phase_id LowCardinality(String),
    arm LowCardinality(String),
    traffic LowCardinality(String),
    epoch UInt64,
    router_id LowCardinality(String),
    unit_id String,
    pair_id String,
    session_id String,
    turn Nullable(UInt32),
    step Nullable(UInt32),
    trace_id String,
    parent_event_id String,
    task LowCardinality(String),
    labels Map(LowCardinality(String), String),
    model_asked LowCardinality(String),
    provider LowCardinality(String),
    deployment LowCardinality(String),
    input_tokens Nullable(UInt32),
    cached_input_tokens Nullable(UInt32),
    prompt String,
    prompt_hash String,
    modalities Array(LowCardinality(String)),
    retrieval_index LowCardinality(String),
    retrieval_embedding_model LowCardinality(String),
    retrieval_chunks Nullable(UInt32),
    retrieval_top_score Nullable(Float32),
    model_served LowCardinality(String),
    system_fingerprint LowCardinality(String),
    output String,
    output_hash String,
    output_chars Nullable(UInt32),
    output_tokens Nullable(UInt32),
    reasoning_tokens Nullable(UInt32),
    finish_reason LowCardinality(String),
    expected_format LowCardinality(String),
    schema_valid Nullable(Bool),
    refused Nullable(Bool),
    embedding Array(Float32),
    embedding_model LowCardinality(String),
    cancelled Bool,
    truncated Bool,
    `tool_calls.name` Array(LowCardinality(String)),
    `tool_calls.ok` Array(Bool),
    `tool_calls.arguments_valid` Array(Bool),
    `tool_calls.error` Array(String),
    `tool_calls.duration_ms` Array(Nullable(Float32)),
    latency_ms Nullable(Float32),
    time_to_first_token_ms Nullable(Float32),
    cost_usd Nullable(Float64),
    attempts UInt16,
    fallback_from LowCardinality(String),
    cache Bool,
    error_kind LowCardinality(String),
    error_code LowCardinality(String),
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = Null
COMMENT 'Where the sink inserts events; keeps nothing itself, feeds events, payloads and the rollups.';

CREATE TABLE IF NOT EXISTS {db}.events {on_cluster}
(
    event_id String COMMENT 'Identity the service chose; one logical call of a model' CODEC(ZSTD(1)),
    tenant_id LowCardinality(String) COMMENT 'Whose traffic',
    agent_id LowCardinality(String) COMMENT 'Which agent (application, assistant) of the service',
    bundle_id LowCardinality(String) COMMENT 'What answered: model, prompt version, configuration, tools as one content-addressed bundle',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time; all windows use it' CODEC(Delta(8), ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time by the clock of the service' CODEC(Delta(8), ZSTD(1)),
    phase_id LowCardinality(String) COMMENT 'Stretch of a rollout, see phases; empty outside rollouts',
    arm LowCardinality(String) COMMENT 'baseline or candidate as assigned by the router; empty outside rollouts',
    traffic LowCardinality(String) COMMENT 'live, shadow or probe',
    epoch UInt64 COMMENT 'Epoch of the assignment the router obeyed, see commands; 0 in observe mode',
    router_id LowCardinality(String) COMMENT 'Router that assigned the event; empty in observe mode',
    unit_id String COMMENT 'What the router randomised on: session or user, else the event itself' CODEC(ZSTD(1)),
    pair_id String COMMENT 'Joins a shadow event to its live one' CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    turn Nullable(UInt32) COMMENT 'Turn of the conversation, from 1' CODEC(ZSTD(1)),
    step Nullable(UInt32) COMMENT 'Step of the agent within the turn' CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    parent_event_id String CODEC(ZSTD(1)),
    task LowCardinality(String) COMMENT 'Kind of task as the service names it; part of the stratum',
    labels Map(LowCardinality(String), String) COMMENT 'Free labels of the service' CODEC(ZSTD(1)),
    model_asked LowCardinality(String),
    provider LowCardinality(String),
    deployment LowCardinality(String),
    input_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    cached_input_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    prompt_hash String CODEC(ZSTD(1)),
    modalities Array(LowCardinality(String)) CODEC(ZSTD(1)),
    retrieval_index LowCardinality(String) COMMENT 'Version of the retrieval index',
    retrieval_embedding_model LowCardinality(String),
    retrieval_chunks Nullable(UInt32) CODEC(ZSTD(1)),
    retrieval_top_score Nullable(Float32) CODEC(ZSTD(1)),
    model_served LowCardinality(String) COMMENT 'Model the provider says it served',
    system_fingerprint LowCardinality(String) COMMENT 'Backend configuration the provider reports',
    output_hash String CODEC(ZSTD(1)),
    output_chars Nullable(UInt32) COMMENT 'Characters of the output' CODEC(ZSTD(1)),
    output_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    reasoning_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    finish_reason LowCardinality(String),
    expected_format LowCardinality(String) COMMENT 'Format the service asked for, e.g. json',
    schema_valid Nullable(Bool) COMMENT 'The output met its schema; NULL: not checked',
    refused Nullable(Bool) COMMENT 'Own verdict of the service; NULL: see features.refusal',
    embedding_model LowCardinality(String) COMMENT 'Model of the embedding the service sent',
    cancelled Bool,
    truncated Bool,
    `tool_calls.name` Array(LowCardinality(String)) COMMENT 'Tools the model asked for, in order',
    `tool_calls.ok` Array(Bool),
    `tool_calls.arguments_valid` Array(Bool),
    `tool_calls.error` Array(String),
    `tool_calls.duration_ms` Array(Nullable(Float32)),
    latency_ms Nullable(Float32) CODEC(ZSTD(1)),
    time_to_first_token_ms Nullable(Float32) CODEC(ZSTD(1)),
    cost_usd Nullable(Float64) CODEC(ZSTD(1)),
    attempts UInt16 COMMENT 'Tries of the provider inside this call' CODEC(ZSTD(1)),
    fallback_from LowCardinality(String) COMMENT 'Provider or model that failed first',
    cache Bool COMMENT 'Answered from a cache: gives no evidence',
    error_kind LowCardinality(String) COMMENT 'The call failed after every retry; empty: it did not',
    error_code LowCardinality(String),
    output_head String COMMENT 'First 200 characters of the output, where the tenant shares text' CODEC(ZSTD(3)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1)),
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written here' CODEC(Delta(8), ZSTD(1)),
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_unit unit_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replicated}MergeTree
PARTITION BY toYYYYMMDD(logged_at)
PRIMARY KEY (tenant_id, agent_id, toStartOfHour(logged_at))
ORDER BY (tenant_id, agent_id, toStartOfHour(logged_at), bundle_id, logged_at, event_id)
TTL toDateTime(logged_at) + INTERVAL 90 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'One row per message on the events topic, 90 days: what each call of a model did. Text: payloads; derived metrics: features.';

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.events_mv {on_cluster} TO {db}.events AS
SELECT * EXCEPT (prompt, output, embedding), leftUTF8(output, 200) AS output_head
FROM {db}.ingest_events;

CREATE TABLE IF NOT EXISTS {db}.payloads {on_cluster}
(
    event_id String CODEC(ZSTD(1)),
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    prompt String COMMENT 'As shared by the tenant; empty otherwise' CODEC(ZSTD(3)),
    output String COMMENT 'As shared by the tenant; empty otherwise' CODEC(ZSTD(3)),
    embedding_model LowCardinality(String),
    embedding Array(BFloat16) COMMENT 'The embedding the service sent; ours are in features' CODEC(NONE),
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replicated}MergeTree
PARTITION BY toYYYYMMDD(logged_at)
PRIMARY KEY (tenant_id, agent_id, toStartOfHour(logged_at))
ORDER BY (tenant_id, agent_id, toStartOfHour(logged_at), bundle_id, logged_at, event_id)
TTL toDateTime(logged_at) + INTERVAL {text_days} DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Text and embeddings of events that have any, kept HOLDFAST_CLICKHOUSE_TEXT_DAYS (14 unless set).';

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.payloads_mv {on_cluster} TO {db}.payloads AS
SELECT event_id, tenant_id, agent_id, bundle_id, logged_at, prompt, output, embedding_model,
       CAST(e.embedding, 'Array(BFloat16)') AS embedding
FROM {db}.ingest_events AS e
WHERE prompt != '' OR output != '' OR notEmpty(e.embedding);

CREATE TABLE IF NOT EXISTS {db}.outcomes {on_cluster}
(
    outcome_id String CODEC(ZSTD(1)),
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    event_id String COMMENT 'The event it speaks of; empty: see unit_id' CODEC(ZSTD(1)),
    unit_id String COMMENT 'The unit it speaks of' CODEC(ZSTD(1)),
    name LowCardinality(String) COMMENT 'feedback (1 good, 0 bad), judge_score (1-5), task_success (1 or 0), or of the service''s own',
    value Nullable(Float64),
    label String CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'Who says so: a user, a judge model, a check',
    occurred_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    phase_id LowCardinality(String),
    arm LowCardinality(String),
    epoch UInt64,
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1)),
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_unit unit_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replicated}MergeTree
PARTITION BY toYYYYMMDD(logged_at)
ORDER BY (tenant_id, agent_id, name, logged_at, outcome_id)
TTL toDateTime(logged_at) + INTERVAL 90 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'What became known of an event or unit later: feedback, judge scores, task success.';
