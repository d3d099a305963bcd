-- Whose doing a movement is, what moved around it, and what people took as the new baseline.
ALTER TABLE {db}.signals {on_cluster}
    ADD COLUMN IF NOT EXISTS model LowCardinality(String) COMMENT 'Of a watch: served most of the latest units' AFTER embedder,
    ADD COLUMN IF NOT EXISTS `context.variable` Array(LowCardinality(String)) COMMENT 'What moved around the metrics' AFTER model,
    ADD COLUMN IF NOT EXISTS `context.baseline` Array(String) COMMENT 'Before; of a rollout: in the baseline arm' AFTER `context.variable`,
    ADD COLUMN IF NOT EXISTS `context.recent` Array(String) COMMENT 'Lately; of a rollout: in the candidate arm' AFTER `context.baseline`,
    ADD COLUMN IF NOT EXISTS `context.score` Array(Float64) COMMENT 'log10 evidence of the movement' AFTER `context.recent`,
    ADD COLUMN IF NOT EXISTS `context.changed_at_unit` Array(Nullable(UInt64)) COMMENT 'Units before it, which began no earlier' AFTER `context.score`,
    ADD COLUMN IF NOT EXISTS `context.changed_by_unit` Array(Nullable(UInt64)) COMMENT 'And hardly later' AFTER `context.changed_at_unit`,
    ADD COLUMN IF NOT EXISTS baseline_version UInt32 COMMENT 'Grows with each acceptance' AFTER `context.changed_by_unit`,
    ADD COLUMN IF NOT EXISTS baseline_fingerprint String COMMENT 'Digest of the past that was compared with' AFTER baseline_version,
    ADD COLUMN IF NOT EXISTS baseline_since Nullable(DateTime64(3, 'UTC')) COMMENT 'Broker time of its beginning' AFTER baseline_fingerprint,
    ADD COLUMN IF NOT EXISTS baseline_units UInt64 COMMENT 'Units since then' AFTER baseline_since,
    ADD COLUMN IF NOT EXISTS baseline_accepted String COMMENT 'The request that began it' AFTER baseline_units,
    ADD COLUMN IF NOT EXISTS baseline_previous String COMMENT 'Fingerprint of the version before' AFTER baseline_accepted;

ALTER TABLE {db}.signal_readings {on_cluster}
    ADD COLUMN IF NOT EXISTS own_past Float64 COMMENT 'Of a rollout: log10 evidence that the baseline arm has left its own past' AFTER effect_high,
    ADD COLUMN IF NOT EXISTS own_effect Nullable(Float64) COMMENT 'By how much it has' AFTER own_past,
    ADD COLUMN IF NOT EXISTS changed_by_unit Nullable(UInt64) COMMENT 'Of a watch: the latest that the change can have been' AFTER changed_at_unit,
    ADD COLUMN IF NOT EXISTS margin Nullable(Float64) COMMENT 'What action evidence is against: a factor, or a ratio of odds' AFTER harmful,
    ADD COLUMN IF NOT EXISTS `shares.label` Array(String) COMMENT 'Of a categorical metric: the categories that moved most' AFTER strata,
    ADD COLUMN IF NOT EXISTS `shares.baseline` Array(Float64) COMMENT 'Their share in the baseline' AFTER `shares.label`,
    ADD COLUMN IF NOT EXISTS `shares.candidate` Array(Float64) COMMENT 'And in the candidate, or lately' AFTER `shares.baseline`;

ALTER TABLE {db}.alerts {on_cluster}
    ADD COLUMN IF NOT EXISTS cause LowCardinality(String) COMMENT 'candidate, input, retrieval, provider, infrastructure, upstream, unknown; empty: not looked for' AFTER `moved.strata`,
    ADD COLUMN IF NOT EXISTS reasons Array(String) COMMENT 'Why this cause, in words' AFTER cause,
    ADD COLUMN IF NOT EXISTS contested Bool COMMENT 'Something other than the candidate explains it as well' AFTER reasons;

ALTER TABLE {db}.requests {on_cluster}
    ADD COLUMN IF NOT EXISTS bundle_id LowCardinality(String) COMMENT 'Of accept: whose watch' AFTER alert_id;

CREATE TABLE IF NOT EXISTS {db}.accepts {on_cluster}
(
    accept_id String,
    request_id String COMMENT 'The signed request, in requests',
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String) COMMENT 'Whose watch; empty: the one that was watched',
    person LowCardinality(String) COMMENT 'Who accepted',
    reason String COMMENT 'Why' CODEC(ZSTD(3)),
    at DateTime64(3, 'UTC') COMMENT 'Broker time of the request',
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time',
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (tenant_id, agent_id, accept_id)
SETTINGS {dedup_window}
COMMENT 'What people took as the new baseline of a watch, and why. Read with FINAL.';

CREATE OR REPLACE VIEW {db}.v_alert_causes {on_cluster} AS
SELECT
    a.alert_id AS alert_id, a.at AS at, a.kind AS kind, a.scope AS scope,
    a.agent_id AS agent_id, a.subject AS subject, a.tenant_id AS tenant_id, a.phase_id AS phase_id,
    a.score_action AS score_action, a.score_pause AS score_pause, a.score_display AS score_display,
    a.units_baseline AS units_baseline, a.units_candidate AS units_candidate,
    a.sample_ratio AS sample_ratio,
    a.cause AS cause, a.reasons AS reasons, a.contested AS contested,
    a.`moved.metric`[1] AS top_metric,
    a.`moved.effect`[1] AS top_effect,
    a.`moved.effect_low`[1] AS top_effect_low,
    a.`moved.effect_high`[1] AS top_effect_high,
    a.`moved.baseline_value`[1] AS top_baseline_value,
    a.`moved.candidate_value`[1] AS top_candidate_value,
    a.`moved.strata`[1] AS top_strata,
    arrayMap((metric, effect, low, high, action) -> concat(
        metric,
        if(effect IS NULL, '', concat(' x', toString(round(assumeNotNull(effect), 2)))),
        if(low IS NULL OR high IS NULL, '', concat(' (', toString(round(assumeNotNull(low), 2)), '-', toString(round(assumeNotNull(high), 2)), ')')),
        ', log10 evidence of harm ', toString(round(action, 1))),
        a.`moved.metric`, a.`moved.effect`, a.`moved.effect_low`, a.`moved.effect_high`, a.`moved.action`) AS causes,
    arrayZip(a.`components.component`, a.`components.action`) AS components,
    a.breadth_selected AS tenants_worse,
    c.actions AS led_to, c.command_ids AS command_ids
FROM {db}.alerts AS a FINAL
LEFT JOIN
(
    SELECT cause_id, groupUniqArray(action) AS actions, groupUniqArray(command_id) AS command_ids
    FROM {db}.commands WHERE cause_kind = 'alert' GROUP BY cause_id
) AS c ON c.cause_id = a.alert_id
COMMENT 'One row per alert with its cause: whose doing it is and why, the metrics that moved, by how much, and what it led to.';
