CREATE TABLE IF NOT EXISTS {db}.signals {on_cluster}
(
    signal_id String CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'rollout: candidate against baseline; watch: a pin against its own past',
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    subject LowCardinality(String) COMMENT 'The rollout, or the watched bundle',
    phase_id LowCardinality(String),
    sequence UInt64 COMMENT 'Counts the signals of (tenant, agent, subject)',
    reason LowCardinality(String) COMMENT 'Why now: band, units or time',
    at DateTime64(3, 'UTC') COMMENT 'Broker time of the record whose fold said this' CODEC(Delta(8), ZSTD(1)),
    event_partition UInt16,
    event_offset UInt64,
    units_baseline UInt64 COMMENT 'Units of the baseline so far',
    units_candidate UInt64 COMMENT 'Units of the candidate so far',
    sample_ratio Float64 COMMENT 'log10 evidence that units are lost on one side; 3 or more: trust nothing else',
    metrics UInt16 COMMENT 'Readings of this signal, see signal_readings',
    top_metric LowCardinality(String) COMMENT 'Metric with the most evidence of any change',
    top_display Float64 COMMENT 'log10 evidence of that change',
    top_action Float64 COMMENT 'Most log10 evidence of harm beyond a margin',
    embedder String COMMENT 'Hash of the embedding model' CODEC(ZSTD(1)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (agent_id, tenant_id, subject, sequence, signal_id)
TTL toDateTime(at) + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'What the monitors of a (tenant, agent) said of a rollout or watch, 400 days. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.signal_readings {on_cluster}
(
    signal_id String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    subject LowCardinality(String) COMMENT 'The rollout, or the watched bundle',
    phase_id LowCardinality(String),
    sequence UInt64,
    at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    metric LowCardinality(String) COMMENT 'Metric of the catalogue',
    component LowCardinality(String) COMMENT 'A answer, L latency, E errors, R resources and results, T trajectory',
    harmful LowCardinality(String) COMMENT 'Direction that harms: up, down, either; empty: none, so never reverts',
    display Float64 COMMENT 'log10 evidence against no change, either direction' CODEC(ZSTD(1)),
    pause Float64 COMMENT 'log10 evidence against no change, harmful direction' CODEC(ZSTD(1)),
    action Float64 COMMENT 'log10 evidence against: worse by no more than the margin' CODEC(ZSTD(1)),
    units_baseline UInt64 CODEC(ZSTD(1)),
    units_candidate UInt64 CODEC(ZSTD(1)),
    baseline_value Nullable(Float64) CODEC(ZSTD(1)),
    candidate_value Nullable(Float64) CODEC(ZSTD(1)),
    effect Nullable(Float64) COMMENT 'Ratio of means or odds ratio; 1 is no change' CODEC(ZSTD(1)),
    effect_low Nullable(Float64) COMMENT '95 % interval of the effect' CODEC(ZSTD(1)),
    effect_high Nullable(Float64) CODEC(ZSTD(1)),
    changed_at_unit Nullable(UInt64) COMMENT 'Estimated change point: candidate units seen before it' CODEC(ZSTD(1)),
    strata Array(LowCardinality(String)) COMMENT 'Strata that moved most, first the most' CODEC(ZSTD(1)),
    river Map(LowCardinality(String), Float64) COMMENT 'Alarms of ADWIN and Page-Hinkley so far' CODEC(ZSTD(1)),
    logged_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (agent_id, tenant_id, subject, metric, sequence, signal_id)
TTL toDateTime(at) + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'One row per metric of a signal. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.alerts {on_cluster}
(
    alert_id String CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'rollout or watch',
    scope LowCardinality(String) COMMENT 'tenant, or fleet: all tenants of the rollout',
    agent_id LowCardinality(String),
    subject LowCardinality(String) COMMENT 'The rollout, or the watched bundle',
    tenant_id LowCardinality(String) COMMENT 'Empty in fleet scope',
    phase_id LowCardinality(String),
    sequence UInt64,
    at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    signal_id String COMMENT 'The signal whose fold said this' CODEC(ZSTD(1)),
    signal_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    score_display Float64 COMMENT 'ALERT score 0-100 of any change',
    score_pause Float64 COMMENT 'ALERT score 0-100 that pauses',
    score_action Float64 COMMENT 'ALERT score 0-100 that reverts',
    `components.component` Array(LowCardinality(String)) COMMENT 'A, L, E, R, T',
    `components.display` Array(Float64),
    `components.pause` Array(Float64),
    `components.action` Array(Float64),
    units_baseline UInt64,
    units_candidate UInt64,
    sample_ratio Float64 COMMENT 'log10 evidence of lost units; 3 or more: pause only',
    breadth_tenants UInt32 COMMENT 'Tenants with evidence of their own',
    breadth_selected Array(String) COMMENT 'Tenants found worse (e-BH)',
    `progress.tenant_id` Array(String) COMMENT 'Fleet scope: units by tenant',
    `progress.units_baseline` Array(UInt64),
    `progress.units_candidate` Array(UInt64),
    `moved.metric` Array(LowCardinality(String)) COMMENT 'Metrics that moved most, first the most; five at most',
    `moved.component` Array(LowCardinality(String)),
    `moved.harmful` Array(LowCardinality(String)),
    `moved.display` Array(Float64),
    `moved.pause` Array(Float64),
    `moved.action` Array(Float64),
    `moved.units_baseline` Array(UInt64),
    `moved.units_candidate` Array(UInt64),
    `moved.baseline_value` Array(Nullable(Float64)),
    `moved.candidate_value` Array(Nullable(Float64)),
    `moved.effect` Array(Nullable(Float64)) COMMENT 'Ratio of means or odds ratio',
    `moved.effect_low` Array(Nullable(Float64)),
    `moved.effect_high` Array(Nullable(Float64)),
    `moved.changed_at_unit` Array(Nullable(UInt64)),
    `moved.strata` Array(Array(String)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (agent_id, subject, tenant_id, sequence, alert_id)
SETTINGS {dedup_window}
COMMENT 'The scored composite, kept for ever. Read with FINAL, or through v_alert_causes.';
