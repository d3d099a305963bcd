CREATE TABLE IF NOT EXISTS {db}.signals_1m {on_cluster}
(
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String),
    arm LowCardinality(String) COMMENT 'baseline, candidate, or empty outside rollouts',
    traffic LowCardinality(String) COMMENT 'live, shadow or probe',
    minute DateTime('UTC') COMMENT 'Start of the minute, broker time' CODEC(Delta(4), ZSTD(1)),
    n SimpleAggregateFunction(sum, UInt64) COMMENT 'Events',
    n_error SimpleAggregateFunction(sum, UInt64),
    n_refused SimpleAggregateFunction(sum, UInt64) COMMENT 'Refused by the service''s own verdict',
    n_refused_known SimpleAggregateFunction(sum, UInt64) COMMENT 'Events with such a verdict',
    n_schema_checked SimpleAggregateFunction(sum, UInt64),
    n_schema_valid SimpleAggregateFunction(sum, UInt64),
    n_truncated SimpleAggregateFunction(sum, UInt64),
    n_cached SimpleAggregateFunction(sum, UInt64),
    n_tool_events SimpleAggregateFunction(sum, UInt64) COMMENT 'Events with a tool call',
    tool_calls SimpleAggregateFunction(sumMap, Map(String, UInt64)) COMMENT 'Calls by tool',
    tool_failures SimpleAggregateFunction(sumMap, Map(String, UInt64)) COMMENT 'Failed calls by tool',
    finish_reasons SimpleAggregateFunction(sumMap, Map(String, UInt64)),
    input_tokens SimpleAggregateFunction(sum, UInt64),
    n_output_tokens SimpleAggregateFunction(sum, UInt64) COMMENT 'Events that say their output tokens',
    output_tokens SimpleAggregateFunction(sum, UInt64),
    output_tokens_sq SimpleAggregateFunction(sum, UInt64) COMMENT 'Sum of squares, for the variance',
    cost_micros SimpleAggregateFunction(sum, UInt64) COMMENT 'Millionths of a US dollar',
    n_latency SimpleAggregateFunction(sum, UInt64) COMMENT 'Events that say their latency',
    latency_sum SimpleAggregateFunction(sum, Float64) COMMENT 'Milliseconds',
    latency_max SimpleAggregateFunction(max, Float32) COMMENT 'Milliseconds',
    output_tokens_quantiles AggregateFunction(quantilesTDigest(0.1, 0.5, 0.9, 0.99), Float32),
    latency_quantiles AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float32),
    units AggregateFunction(uniqCombined64(12), String) COMMENT 'Distinct units',
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant_id, agent_id, minute, bundle_id, arm, traffic)
TTL minute + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Events by minute, 400 days; read it through v_signals_1m, which merges the partial sums.';

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.signals_1m_mv {on_cluster} TO {db}.signals_1m AS
SELECT
    e.tenant_id, e.agent_id, e.bundle_id, e.arm, e.traffic,
    toStartOfMinute(toDateTime(e.logged_at, 'UTC')) AS minute,
    count() AS n,
    countIf(e.error_kind != '') AS n_error,
    countIf(e.refused = true) AS n_refused,
    countIf(e.refused IS NOT NULL) AS n_refused_known,
    countIf(e.schema_valid IS NOT NULL) AS n_schema_checked,
    countIf(e.schema_valid = true) AS n_schema_valid,
    countIf(e.truncated) AS n_truncated,
    countIf(e.cache) AS n_cached,
    countIf(notEmpty(e.`tool_calls.name`)) AS n_tool_events,
    sumMap(CAST(arrayMap(x -> (toString(x), toUInt64(1)), e.`tool_calls.name`), 'Map(String, UInt64)')) AS tool_calls,
    sumMap(CAST(arrayMap((x, ok) -> (toString(x), toUInt64(NOT ok)), e.`tool_calls.name`, e.`tool_calls.ok`), 'Map(String, UInt64)')) AS tool_failures,
    sumMap(map(toString(e.finish_reason), toUInt64(1))) AS finish_reasons,
    sum(toUInt64(ifNull(e.input_tokens, 0))) AS input_tokens,
    countIf(e.output_tokens IS NOT NULL) AS n_output_tokens,
    sum(toUInt64(ifNull(e.output_tokens, 0))) AS output_tokens,
    sum(toUInt64(ifNull(e.output_tokens, 0)) * toUInt64(ifNull(e.output_tokens, 0))) AS output_tokens_sq,
    sum(toUInt64(round(ifNull(e.cost_usd, 0) * 1000000))) AS cost_micros,
    countIf(e.latency_ms IS NOT NULL) AS n_latency,
    sum(toFloat64(ifNull(e.latency_ms, 0))) AS latency_sum,
    max(ifNull(e.latency_ms, 0)) AS latency_max,
    quantilesTDigestStateIf(0.1, 0.5, 0.9, 0.99)(toFloat32(ifNull(e.output_tokens, 0)), e.output_tokens IS NOT NULL) AS output_tokens_quantiles,
    quantilesTDigestStateIf(0.5, 0.95, 0.99)(ifNull(e.latency_ms, 0), e.latency_ms IS NOT NULL) AS latency_quantiles,
    uniqCombined64State(12)(e.unit_id) AS units,
    min(e.logged_at) AS first_at,
    max(e.logged_at) AS last_at
FROM {db}.ingest_events AS e
GROUP BY e.tenant_id, e.agent_id, e.bundle_id, e.arm, e.traffic, minute;

CREATE TABLE IF NOT EXISTS {db}.embedding_centroid_1h {on_cluster}
(
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String),
    embedding_model LowCardinality(String),
    hour DateTime('UTC') COMMENT 'Start of the hour, broker time' CODEC(Delta(4), ZSTD(1)),
    n SimpleAggregateFunction(sum, UInt64) COMMENT 'Events with an embedding of the service',
    vector_sum AggregateFunction(sumForEach, Array(Float64)) COMMENT 'Merge with sumForEachMerge, divide by n'
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, agent_id, hour, bundle_id, embedding_model)
TTL hour + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Mean embedding by hour of what services sent; for our own static embeddings see v_static_centroid_1h.';

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.embedding_centroid_1h_mv {on_cluster} TO {db}.embedding_centroid_1h AS
SELECT tenant_id, agent_id, bundle_id, embedding_model,
       toStartOfHour(toDateTime(logged_at, 'UTC')) AS hour,
       count() AS n,
       sumForEachState(CAST(e.embedding, 'Array(Float64)')) AS vector_sum
FROM {db}.ingest_events AS e
WHERE notEmpty(e.embedding)
GROUP BY tenant_id, agent_id, bundle_id, embedding_model, hour;
