-- For analysts: each view answers one question and merges repeats and partial sums itself.
CREATE VIEW IF NOT EXISTS {db}.v_signals_1m {on_cluster} AS
SELECT
    s.tenant_id AS tenant_id, s.agent_id AS agent_id, s.bundle_id AS bundle_id,
    s.arm AS arm, s.traffic AS traffic, s.minute AS minute,
    sum(s.n) AS events,
    sum(s.n_error) / events AS error_rate,
    sum(s.n_refused) / nullIf(sum(s.n_refused_known), 0) AS refused_rate,
    sum(s.n_schema_valid) / nullIf(sum(s.n_schema_checked), 0) AS schema_valid_rate,
    sum(s.n_truncated) / events AS truncated_rate,
    sum(s.n_tool_events) / events AS tool_rate,
    sum(s.output_tokens) / nullIf(sum(s.n_output_tokens), 0) AS output_tokens_mean,
    sqrt(greatest(0, sum(s.output_tokens_sq) / nullIf(sum(s.n_output_tokens), 0) - pow(output_tokens_mean, 2))) AS output_tokens_deviation,
    quantilesTDigestMerge(0.1, 0.5, 0.9, 0.99)(s.output_tokens_quantiles) AS output_tokens_p10_p50_p90_p99,
    sum(s.latency_sum) / nullIf(sum(s.n_latency), 0) AS latency_mean_ms,
    quantilesTDigestMerge(0.5, 0.95, 0.99)(s.latency_quantiles) AS latency_p50_p95_p99_ms,
    max(s.latency_max) AS latency_max_ms,
    sum(s.cost_micros) / 1000000 AS cost_usd,
    sumMap(s.tool_calls) AS tool_calls,
    sumMap(s.tool_failures) AS tool_failures,
    sumMap(s.finish_reasons) AS finish_reasons,
    uniqCombined64Merge(12)(s.units) AS units
FROM {db}.signals_1m AS s
GROUP BY tenant_id, agent_id, bundle_id, arm, traffic, minute
COMMENT 'Traffic by minute: rates, means, quantiles. Filter on tenant_id, agent_id and minute.';

CREATE VIEW IF NOT EXISTS {db}.v_metrics_1m {on_cluster} AS
SELECT
    tenant_id, agent_id, bundle_id, toStartOfMinute(at) AS minute,
    reading.1 AS metric, count() AS events, avg(reading.2) AS mean, stddevPop(reading.2) AS deviation
FROM {db}.features FINAL
ARRAY JOIN CAST(metrics, 'Array(Tuple(String, Float64))') AS reading
GROUP BY tenant_id, agent_id, bundle_id, minute, reading.1
COMMENT 'Every catalogue metric by minute, from features. Filter on tenant_id, agent_id and minute.';

CREATE VIEW IF NOT EXISTS {db}.v_static_centroid_1h {on_cluster} AS
SELECT tenant_id, agent_id, bundle_id, toStartOfHour(at) AS hour, count() AS events,
       avgForEach(arrayMap(x -> toFloat64(x), static_embedding)) AS centroid
FROM {db}.features FINAL
WHERE notEmpty(static_embedding)
GROUP BY tenant_id, agent_id, bundle_id, hour
COMMENT 'Mean static embedding of the output by hour; compare two with cosineDistance.';

CREATE VIEW IF NOT EXISTS {db}.v_tenants {on_cluster} AS
SELECT tenant_id,
       argMax(t.tier, (t.logged_at, t.kafka_offset)) AS tier,
       argMax(t.stakes, (t.logged_at, t.kafka_offset)) AS stakes,
       argMax(t.text, (t.logged_at, t.kafka_offset)) AS text,
       argMax(t.pins, (t.logged_at, t.kafka_offset)) AS pins,
       max(t.logged_at) AS registered_at
FROM {db}.tenants AS t
GROUP BY tenant_id
COMMENT 'Tenants as registered now.';

CREATE VIEW IF NOT EXISTS {db}.v_alert_causes {on_cluster} AS
SELECT
    a.alert_id AS alert_id, a.at AS at, a.kind AS kind, a.scope AS scope,
    a.agent_id AS agent_id, a.subject AS subject, a.tenant_id AS tenant_id, a.phase_id AS phase_id,
    a.score_action AS score_action, a.score_pause AS score_pause, a.score_display AS score_display,
    a.units_baseline AS units_baseline, a.units_candidate AS units_candidate,
    a.sample_ratio AS sample_ratio,
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
COMMENT 'One row per alert with its cause: the metrics that moved, by how much, and what it led to.';

CREATE VIEW IF NOT EXISTS {db}.v_tenant_drift {on_cluster} AS
SELECT
    tenant_id, agent_id, kind, subject,
    round(100 * least(1, greatest(0, argMax(s.top_display, s.sequence)) / 6), 1) AS drift,
    round(100 * least(1, greatest(0, argMax(s.top_action, s.sequence)) / 6), 1) AS harm,
    argMax(s.top_metric, s.sequence) AS top_metric,
    argMax(s.units_baseline, s.sequence) AS units_baseline,
    argMax(s.units_candidate, s.sequence) AS units_candidate,
    argMax(s.sample_ratio, s.sequence) AS sample_ratio,
    max(s.at) AS said_at,
    dateDiff('minute', max(s.at), now64(3)) < 15 AS current
FROM {db}.signals AS s
GROUP BY tenant_id, agent_id, kind, subject
ORDER BY drift DESC, harm DESC, tenant_id, agent_id
COMMENT 'Tenants by drift: the last word of every watch and rollout. drift and harm are 0-100: evidence of any change, evidence of harm beyond the margin.';

CREATE VIEW IF NOT EXISTS {db}.v_reversions {on_cluster} AS
SELECT
    c.command_id AS command_id, c.tenant_id AS tenant_id, c.agent_id AS agent_id, c.epoch AS epoch,
    c.action AS action, c.rollout_id AS rollout_id,
    c.candidate_bundle AS candidate_bundle, c.baseline_bundle AS baseline_bundle,
    c.cause_kind AS cause_kind, c.cause_id AS cause_id, c.cause_score AS cause_score, c.cause_evidence AS cause_evidence,
    c.logged_at AS commanded_at,
    p.acked_at AS acked_at, p.proven_at AS proven_at,
    dateDiff('millisecond', c.logged_at, p.acked_at) AS acked_ms,
    dateDiff('millisecond', c.logged_at, p.proven_at) AS proven_ms,
    multiIf(p.proven_at IS NOT NULL, if(has(p.states, 'proven'), 'proven', 'proven-without-traffic'),
            has(p.states, 'late'), 'late', p.acked_at IS NOT NULL, 'acked', 'commanded') AS state,
    p.late AS late_routers,
    k.flips AS flips
FROM {db}.commands AS c FINAL
LEFT JOIN
(
    SELECT x.command_id AS command_id, min(x.acked_at) AS acked_at, min(x.proven_at) AS proven_at,
           groupUniqArray(x.state) AS states, argMax(x.late, x.logged_at) AS late
    FROM {db}.proofs AS x GROUP BY command_id
) AS p ON p.command_id = c.command_id
LEFT JOIN
(
    SELECT command_id, groupUniqArray((router_id, status, flip_ms)) AS flips
    FROM {db}.acks GROUP BY command_id
) AS k ON k.command_id = c.command_id
WHERE c.action IN ('revert', 'halt', 'abort')
SETTINGS join_use_nulls = 1
COMMENT 'Every command that took a tenant back to its baseline: commanded, acked by all routers, proven by traffic, in milliseconds.';

CREATE VIEW IF NOT EXISTS {db}.v_assignments {on_cluster} AS
SELECT
    c.tenant_id AS tenant_id, c.agent_id AS agent_id, c.epoch AS epoch, c.command_id AS command_id,
    c.action AS action, c.mode AS mode, c.weight AS weight,
    c.baseline_bundle AS baseline_bundle, c.baseline_provider AS baseline_provider,
    c.baseline_model AS baseline_model, c.baseline_prompt_version AS baseline_prompt_version,
    c.candidate_bundle AS candidate_bundle, c.candidate_model AS candidate_model,
    c.cause_kind AS cause_kind, c.cause_id AS cause_id,
    c.logged_at AS commanded_at,
    leadInFrame(toNullable(c.logged_at)) OVER later AS superseded_at
FROM {db}.commands AS c FINAL
WINDOW later AS (PARTITION BY c.tenant_id, c.agent_id ORDER BY c.epoch ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
COMMENT 'What each (tenant, agent) was commanded to serve, from when until when, by epoch.';

CREATE VIEW IF NOT EXISTS {db}.v_served {on_cluster} AS
SELECT
    c.tenant_id AS tenant_id, c.agent_id AS agent_id, c.epoch AS epoch, c.command_id AS command_id,
    c.action AS action, c.mode AS mode, c.weight AS weight,
    c.baseline_bundle AS baseline_bundle, c.baseline_model AS baseline_model,
    c.baseline_prompt_version AS baseline_prompt_version,
    c.candidate_bundle AS candidate_bundle, c.candidate_model AS candidate_model,
    c.commanded_at AS commanded_at, c.superseded_at AS superseded_at,
    r.routers AS routers, p.proofs AS proofs, e.seen AS seen
FROM
(
    SELECT * FROM {db}.v_assignments
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
      AND commanded_at <= {moment:DateTime64(3, 'UTC')}
    ORDER BY epoch DESC LIMIT 1
) AS c
LEFT JOIN
(
    SELECT tenant_id, agent_id, groupArray((router_id, epoch, status, bundle_id, logged_at)) AS routers
    FROM
    (
        SELECT tenant_id, agent_id, router_id, epoch, status, bundle_id, logged_at
        FROM {db}.acks FINAL
        WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
          AND logged_at <= {moment:DateTime64(3, 'UTC')}
        ORDER BY router_id, logged_at DESC, epoch DESC LIMIT 1 BY router_id
    )
    GROUP BY tenant_id, agent_id
) AS r ON r.tenant_id = c.tenant_id AND r.agent_id = c.agent_id
LEFT JOIN
(
    SELECT command_id, groupUniqArray((state, logged_at)) AS proofs
    FROM {db}.proofs FINAL
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
    GROUP BY command_id
) AS p ON p.command_id = c.command_id
LEFT JOIN
(
    SELECT tenant_id, agent_id, groupArray((bundle_id, arm, epoch, events, first_at, last_at)) AS seen
    FROM
    (
        SELECT tenant_id, agent_id, bundle_id, arm, epoch, count() AS events, min(logged_at) AS first_at, max(logged_at) AS last_at
        FROM {db}.events
        WHERE tenant_id = {tenant:String} AND agent_id = {agent:String} AND traffic = 'live'
          AND logged_at BETWEEN {moment:DateTime64(3, 'UTC')} - INTERVAL 5 MINUTE AND {moment:DateTime64(3, 'UTC')} + INTERVAL 5 MINUTE
        GROUP BY tenant_id, agent_id, bundle_id, arm, epoch
        ORDER BY last_at DESC
    )
    GROUP BY tenant_id, agent_id
) AS e ON e.tenant_id = c.tenant_id AND e.agent_id = c.agent_id
COMMENT 'What served a tenant at a moment: the command in force, the last word of each router by then, the proofs, and the bundles seen within five minutes of it. SELECT * FROM v_served(tenant = ''t'', agent = ''a'', moment = ''2026-11-21 12:00:00'').';
