-- Who ordered what and what came of it, in one place; what an alert led to, pauses too; and what
-- every column holds.
CREATE OR REPLACE VIEW {db}.v_alert_causes {on_cluster} AS
WITH
    decided AS
    (
        SELECT alert_id, groupUniqArrayIf(what, what != '') AS led_to,
               groupUniqArrayIf(command_id, command_id != '') AS command_ids,
               groupUniqArrayIf(hold_id, hold_id != '') AS hold_ids
        FROM
        (
            -- Where one alert has several tenants wait for a person, all but the first wait under alert/tenant.
            SELECT splitByChar('/', cause_id)[1] AS alert_id, action AS what, command_id, '' AS hold_id
            FROM {db}.commands FINAL WHERE cause_kind IN ('alert', 'breaker')
            UNION ALL
            SELECT splitByChar('/', cause_id)[1], transform(toString(state), ['paused', 'halted'], ['pause', 'halt'], ''), '', hold_id
            FROM {db}.holds FINAL WHERE cause_kind IN ('alert', 'breaker')
        )
        GROUP BY alert_id
    ),
    told AS
    (
        SELECT alert_id, median(one) AS effect, count() AS tenants
        FROM
        (
            SELECT f.alert_id AS alert_id, t.tenant_id AS tenant_id,
                   argMax(t.`moved.effect`[indexOf(t.`moved.metric`, f.`moved.metric`[1])], t.sequence) AS one
            FROM
            (
                SELECT alert_id, agent_id, subject, at, `moved.metric` FROM {db}.alerts FINAL
                WHERE scope = 'fleet' AND alert_id IN (SELECT alert_id FROM decided)
            ) AS f
            INNER JOIN {db}.alerts AS t ON t.agent_id = f.agent_id AND t.subject = f.subject
            WHERE t.scope = 'tenant' AND t.at <= f.at AND has(t.`moved.metric`, f.`moved.metric`[1])
            GROUP BY alert_id, tenant_id
        )
        WHERE one IS NOT NULL
        GROUP BY alert_id
    )
SELECT
    a.alert_id AS alert_id, a.at AS at, a.kind AS kind, a.scope AS scope,
    a.agent_id AS agent_id, a.subject AS subject, a.tenant_id AS tenant_id, a.phase_id AS phase_id,
    a.score_action AS score_action, a.score_pause AS score_pause, a.score_display AS score_display,
    a.units_baseline AS units_baseline, a.units_candidate AS units_candidate,
    a.sample_ratio AS sample_ratio,
    a.cause AS cause, a.reasons AS reasons, a.contested AS contested,
    a.`moved.metric`[1] AS top_metric,
    if(a.scope = 'fleet', w.effect, a.`moved.effect`[1]) AS top_effect,
    a.`moved.effect_low`[1] AS top_effect_low,
    a.`moved.effect_high`[1] AS top_effect_high,
    w.tenants AS top_effect_tenants,
    a.`moved.baseline_value`[1] AS top_baseline_value,
    a.`moved.candidate_value`[1] AS top_candidate_value,
    a.`moved.strata`[1] AS top_strata,
    arrayMap((metric, effect, low, high, action, place) -> concat(
        metric,
        multiIf(effect IS NOT NULL, concat(' x', toString(round(assumeNotNull(effect), 2))),
                place = 1 AND w.effect IS NOT NULL,
                concat(' x', toString(round(assumeNotNull(w.effect), 2)), ' (median of ', toString(w.tenants), if(w.tenants = 1, ' tenant)', ' tenants)')), ''),
        if(low IS NULL OR high IS NULL, '', concat(' (', toString(round(assumeNotNull(low), 2)), '-', toString(round(assumeNotNull(high), 2)), ')')),
        ', log10 evidence of harm ', toString(round(action, 1))),
        a.`moved.metric`, a.`moved.effect`, a.`moved.effect_low`, a.`moved.effect_high`, a.`moved.action`,
        arrayEnumerate(a.`moved.metric`)) AS causes,
    arrayZip(a.`components.component`, a.`components.action`) AS components,
    a.breadth_selected AS tenants_worse,
    d.led_to AS led_to, d.command_ids AS command_ids, d.hold_ids AS hold_ids
FROM {db}.alerts AS a FINAL
LEFT JOIN decided AS d ON d.alert_id = a.alert_id
LEFT JOIN told AS w ON w.alert_id = a.alert_id
COMMENT 'One row per alert with its cause: whose doing it is and why, the metrics that moved, by how much, and what it led to: pauses, reversions, halts.';

CREATE OR REPLACE VIEW {db}.v_reversions {on_cluster} AS
SELECT
    c.command_id AS command_id, c.tenant_id AS tenant_id, c.agent_id AS agent_id, c.epoch AS epoch,
    c.action AS action, c.rollout_id AS rollout_id,
    c.candidate_bundle AS candidate_bundle, c.baseline_bundle AS baseline_bundle,
    c.cause_kind AS cause_kind, c.cause_id AS cause_id, c.cause_score AS cause_score, c.cause_evidence AS cause_evidence,
    c.cause_reason AS cause_reason, c.approved_by AS approved_by,
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
COMMENT 'Every command that took a tenant back to its baseline: commanded, acked by all routers, proven by traffic, in milliseconds. v_audit has the whole chain.';

CREATE VIEW IF NOT EXISTS {db}.v_audit {on_cluster} AS
SELECT tenant_id, agent_id, epoch, command_id, action, at,
       CAST(step, 'Enum8(''evidence'' = 1, ''hold'' = 2, ''request'' = 3, ''command'' = 4, ''ack'' = 5, ''traffic'' = 6, ''proof'' = 7)') AS step,
       who, what, id, keyids
FROM
(
    SELECT c.tenant_id AS tenant_id, c.agent_id AS agent_id, c.epoch AS epoch, c.command_id AS command_id, c.action AS action,
           a.logged_at AS at, 'evidence' AS step, 'score' AS who,
           concat(a.scope, ' scores of ', a.subject, ': pause ', toString(round(a.score_pause, 1)), ', action ', toString(round(a.score_action, 1)),
                  if(empty(a.`moved.metric`), '', concat('; moved: ', arrayStringConcat(a.`moved.metric`, ', '))),
                  if(a.cause = '', '', concat('; cause: ', a.cause, if(a.contested, ' (contested)', ''))),
                  if(empty(a.reasons), '', concat('; ', arrayStringConcat(a.reasons, '; ')))) AS what,
           a.alert_id AS id, CAST([], 'Array(String)') AS keyids
    FROM {db}.commands AS c FINAL
    INNER JOIN {db}.alerts AS a FINAL ON a.alert_id = splitByChar('/', c.cause_id)[1] AND a.agent_id = c.agent_id
    WHERE c.cause_kind IN ('alert', 'breaker')
    UNION ALL
    SELECT c.tenant_id, c.agent_id, c.epoch, c.command_id, c.action,
           h.logged_at, 'hold', 'decide', concat('the rollout is ', h.state, if(h.cause_reason = '', '', concat(': ', h.cause_reason))), h.hold_id, h.keyids
    FROM {db}.commands AS c FINAL
    INNER JOIN {db}.holds AS h FINAL ON splitByChar('/', h.cause_id)[1] = splitByChar('/', c.cause_id)[1] AND h.agent_id = c.agent_id
    WHERE c.cause_kind != 'wave' AND h.logged_at <= c.logged_at + INTERVAL 1 MINUTE
    UNION ALL
    SELECT c.tenant_id, c.agent_id, c.epoch, c.command_id, c.action,
           r.logged_at, 'request', r.person, concat(r.kind, if(r.reason = '', '', concat(': ', r.reason))), r.request_id, r.keyids
    FROM {db}.commands AS c FINAL
    INNER JOIN {db}.requests AS r FINAL ON r.agent_id = c.agent_id
        AND if(r.kind = 'approve', r.alert_id, if(r.kind = 'start', JSONExtractString(r.start, 'rollout_id'), r.request_id))
            = if(c.cause_kind = 'wave', toString(c.rollout_id), c.cause_id)
    WHERE r.person = c.approved_by AND r.logged_at <= c.logged_at
    UNION ALL
    SELECT c.tenant_id, c.agent_id, c.epoch, c.command_id, c.action,
           c.logged_at, 'command', if(c.approved_by = '', 'decide', c.approved_by),
           concat(c.mode, ' on ', c.baseline_model, ' ', c.baseline_prompt_version,
                  if(c.candidate_bundle = '', '', concat(', candidate ', c.candidate_model, ' ', c.candidate_prompt_version, ' at ', toString(round(100 * c.weight, 1)), ' %')),
                  if(c.cause_reason = '', '', concat('; ', c.cause_reason))), c.cause_id, c.keyids
    FROM {db}.commands AS c FINAL
    UNION ALL
    SELECT c.tenant_id, c.agent_id, c.epoch, c.command_id, c.action,
           k.logged_at, 'ack', k.router_id,
           concat(k.status, if(k.flip_ms IS NULL, '', concat(' in ', toString(round(assumeNotNull(k.flip_ms), 1)), ' ms')), if(k.reason = '', '', concat(': ', k.reason))),
           k.ack_id, CAST([], 'Array(String)')
    FROM {db}.commands AS c FINAL
    INNER JOIN {db}.acks AS k FINAL ON k.tenant_id = c.tenant_id AND k.agent_id = c.agent_id AND k.command_id = c.command_id
    UNION ALL
    SELECT tenant_id, agent_id, epoch, command_id, action,
           proof.4, 'traffic', proof.1,
           concat('first event under this command', if(proof.5 IS NULL, '', concat('; the last one under an older at ', toString(assumeNotNull(proof.5))))),
           proof_id, CAST([], 'Array(String)')
    FROM
    (
        SELECT tenant_id, agent_id, epoch, command_id, action, argMax(proof_id, logged_at) AS proof_id,
               argMax(arrayZip(`routers.router_id`, `routers.acked_at`, `routers.status`, `routers.first_right_at`, `routers.last_wrong_at`), logged_at) AS routers
        FROM {db}.proofs FINAL
        GROUP BY tenant_id, agent_id, epoch, command_id, action
    )
    ARRAY JOIN routers AS proof
    WHERE proof.4 IS NOT NULL
    UNION ALL
    SELECT tenant_id, agent_id, epoch, command_id, action,
           logged_at, 'proof', 'prove',
           concat(state, if(empty(late), '', concat('; no answer of ', arrayStringConcat(late, ', ')))), proof_id, CAST([], 'Array(String)')
    FROM {db}.proofs FINAL
)
COMMENT 'The chain of a command, a row a step: evidence, hold, request, command, ack of each router, first traffic of each, proof. Filter on tenant_id or command_id, order by epoch, step, at.';

CREATE OR REPLACE VIEW {db}.v_served {on_cluster} AS
WITH parseDateTime64BestEffort({moment:String}, 3, 'UTC') AS asked_at
SELECT
    {tenant:String} AS tenant_id, {agent:String} AS agent_id, asked_at AS moment,
    concat(
        multiIf(
            c.epoch = 0, 'nothing was commanded by then',
            c.candidate_bundle = '', 'the pin alone',
            c.mode = 'shadow', 'the pin alone; the candidate was called beside it and answered nobody',
            h.state IN ('halted', 'aborted', 'finished'), concat('the pin alone; the rollout was ', h.state),
            asked_at < now() - INTERVAL 30 DAY, 'the pin, and the candidate while it had a lease; leases of then are no longer kept',
            l.fresh = 0, 'the pin alone; the candidate had no fresh lease',
            'the pin and the candidate'),
        multiIf(
            c.epoch < 2 OR c.in_flight = 'reset', '',
            c.in_flight = 'finish', '; sessions under way stay on the bundle before to their end',
            asked_at < c.logged_at + toIntervalSecond(c.drain_seconds),
            concat('; sessions under way may be on the bundle before for ', toString(c.drain_seconds), ' s'), ''),
        if(empty(routers_behind), '', concat('; not yet at ', arrayStringConcat(arrayMap(x -> x.1, routers_behind), ', '))),
        if(empty(routers_without_lease) OR l.fresh = 0, '', concat('; the pin alone for want of a lease at ', arrayStringConcat(arrayMap(x -> x.1, routers_without_lease), ', ')))
    ) AS answer,
    multiIf(c.epoch = 0, '', c.approved_by = '', 'holdfast', toString(c.approved_by)) AS ordered_by,
    c.epoch AS epoch, c.command_id AS command_id,
    c.action AS action, c.mode AS mode, c.weight AS weight,
    c.baseline_bundle AS baseline_bundle, c.baseline_model AS baseline_model,
    c.baseline_prompt_version AS baseline_prompt_version,
    c.candidate_bundle AS candidate_bundle, c.candidate_model AS candidate_model,
    c.rollout_id AS rollout_id, h.state AS rollout_state, nullIf(l.until, toDateTime64(0, 3, 'UTC')) AS leased_until,
    c.cause_kind AS cause_kind, c.cause_id AS cause_id, c.cause_reason AS cause_reason, c.keyids AS keyids,
    nullIf(c.logged_at, toDateTime64(0, 3, 'UTC')) AS commanded_at, nullIf(n.at, toDateTime64(0, 3, 'UTC')) AS superseded_at,
    r.routers AS routers, arrayFilter(x -> x.2 < c.epoch, r.routers) AS routers_behind,
    arrayFilter(x -> x.2 = c.epoch AND x.3 = 'lease-expired', r.routers) AS routers_without_lease,
    p.proofs AS proofs, e.seen AS seen
FROM (SELECT 1 AS one) AS o
LEFT JOIN
(
    SELECT 1 AS one, * FROM {db}.commands FINAL
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String} AND logged_at <= asked_at
    ORDER BY epoch DESC LIMIT 1
) AS c ON c.one = o.one
LEFT JOIN
(
    SELECT 1 AS one, min(logged_at) AS at FROM {db}.commands FINAL
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String} AND logged_at > asked_at
) AS n ON n.one = o.one
LEFT JOIN
(
    SELECT rollout_id, argMax(state, epoch) AS state FROM {db}.holds FINAL
    WHERE agent_id = {agent:String} AND logged_at <= asked_at
    GROUP BY rollout_id
) AS h ON h.rollout_id = c.rollout_id
LEFT JOIN
(
    SELECT rollout_id, max(expires_at) AS until, until > asked_at AS fresh FROM {db}.leases FINAL
    WHERE agent_id = {agent:String} AND logged_at <= asked_at AND issued_at <= asked_at
    GROUP BY rollout_id
) AS l ON l.rollout_id = c.rollout_id
LEFT JOIN
(
    SELECT 1 AS one, groupArray((router_id, epoch, status, bundle_id, logged_at)) AS routers
    FROM
    (
        SELECT router_id, epoch, status, bundle_id, logged_at
        FROM {db}.acks FINAL
        WHERE tenant_id = {tenant:String} AND agent_id = {agent:String} AND status IN ('flipped', 'lease-expired') AND logged_at <= asked_at
        ORDER BY router_id, logged_at DESC, epoch DESC LIMIT 1 BY router_id
    )
) AS r ON r.one = o.one
LEFT JOIN
(
    SELECT command_id, groupUniqArray((state, logged_at)) AS proofs
    FROM {db}.proofs FINAL
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
    GROUP BY command_id
) AS p ON p.command_id = c.command_id
LEFT JOIN
(
    SELECT 1 AS one, groupArray((bundle_id, arm, epoch, events, first_at, last_at)) AS seen
    FROM
    (
        SELECT bundle_id, arm, epoch, count() AS events, min(logged_at) AS first_at, max(logged_at) AS last_at
        FROM {db}.events
        WHERE tenant_id = {tenant:String} AND agent_id = {agent:String} AND traffic = 'live'
          AND logged_at BETWEEN asked_at - INTERVAL 5 MINUTE AND asked_at + INTERVAL 5 MINUTE
        GROUP BY bundle_id, arm, epoch
        ORDER BY last_at DESC
    )
) AS e ON e.one = o.one
COMMENT 'What served a tenant at a moment and who ordered it; always one row. answer: in words. ordered_by: the person, or holdfast where no person was asked. epoch, command_id, action, mode, weight (share of units, 0-1), baseline_*, candidate_*, cause_*, keyids: the command in force; epoch 0: none yet. rollout_state: the last hold by then. leased_until: end of the last lease by then; past it routers serve the pin. superseded_at: the next command; NULL: none yet. routers: (router, epoch, status, pin, broker time) of the last ack of each by then; routers_behind: those that had not flipped yet; routers_without_lease: those that said so. proofs: (state, broker time). seen: (bundle, arm, epoch, events, first, last) of live traffic within five minutes. SELECT * FROM v_served(tenant = ''t'', agent = ''a'', moment = ''2026-11-21T12:00:00Z'').';

CREATE OR REPLACE VIEW {db}.v_adjusted {on_cluster} AS
SELECT
    e.logged_at AS logged_at, e.event_id AS event_id, e.bundle_id AS bundle_id, e.arm AS arm, f.counted AS counted,
    e.cached_input_tokens / nullIf(e.input_tokens, 0) AS cached_share,
    e.cost_usd AS cost_usd, f.cost AS cost_usd_adjusted,
    e.latency_ms AS latency_ms, f.latency AS latency_ms_adjusted,
    e.time_to_first_token_ms AS time_to_first_token_ms, f.first_token AS time_to_first_token_ms_adjusted
FROM
(
    SELECT * FROM {db}.events
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
      AND logged_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC') AND logged_at < parseDateTime64BestEffort({until:String}, 3, 'UTC')
) AS e
INNER JOIN
(
    SELECT event_partition, event_offset, counted,
           if(mapContains(metrics, 'cost_usd'), metrics['cost_usd'], NULL) AS cost,
           if(mapContains(metrics, 'latency_ms'), metrics['latency_ms'], NULL) AS latency,
           if(mapContains(metrics, 'time_to_first_token_ms'), metrics['time_to_first_token_ms'], NULL) AS first_token
    FROM {db}.features FINAL
    WHERE tenant_id = {tenant:String} AND agent_id = {agent:String}
      AND at >= parseDateTime64BestEffort({since:String}, 3, 'UTC') AND at < parseDateTime64BestEffort({until:String}, 3, 'UTC')
) AS f ON f.event_partition = e.kafka_partition AND f.event_offset = e.kafka_offset
COMMENT 'Cost (USD) and times (ms) of each event as the service told them, and beside them (_adjusted) as they are compared: as if as much of the input were cached as is usual for the tenant. cached_share: 0-1. SELECT * FROM v_adjusted(tenant = ''t'', agent = ''a'', since = ''2026-11-21T12:00:00Z'', until = ''2026-11-21T13:00:00Z'').';

ALTER TABLE {db}.events {on_cluster}
    COMMENT COLUMN session_id 'Conversation, as the service names it',
    COMMENT COLUMN trace_id 'Trace of the service''s own tracing',
    COMMENT COLUMN parent_event_id 'Event of the agent that called this one',
    COMMENT COLUMN model_asked 'Model the service asked for',
    COMMENT COLUMN provider 'Provider the service asked',
    COMMENT COLUMN deployment 'Deployment or region of the provider',
    COMMENT COLUMN input_tokens 'Tokens of the prompt, cached ones too',
    COMMENT COLUMN cached_input_tokens 'Of those, tokens that the provider had cached',
    COMMENT COLUMN prompt_hash 'SHA-256 of the prompt, where the tenant shares no text',
    COMMENT COLUMN modalities 'Kinds of input: text, image, …',
    COMMENT COLUMN retrieval_embedding_model 'Model of the retriever',
    COMMENT COLUMN retrieval_chunks 'Chunks retrieved, a count',
    COMMENT COLUMN retrieval_top_score 'Score of the best chunk, in the retriever''s own unit',
    COMMENT COLUMN output_hash 'SHA-256 of the output, where the tenant shares no text',
    COMMENT COLUMN output_tokens 'Tokens of the answer',
    COMMENT COLUMN reasoning_tokens 'Tokens thought before the answer',
    COMMENT COLUMN finish_reason 'As the provider says: stop, length, …',
    COMMENT COLUMN cancelled 'The caller went away',
    COMMENT COLUMN truncated 'Cut short, by the service''s own word',
    COMMENT COLUMN `tool_calls.ok` 'Whether each worked',
    COMMENT COLUMN `tool_calls.arguments_valid` 'Whether the arguments of each met their schema',
    COMMENT COLUMN `tool_calls.error` 'What failed; empty: nothing',
    COMMENT COLUMN `tool_calls.duration_ms` 'Milliseconds of each',
    COMMENT COLUMN latency_ms 'Milliseconds from request to last token, as the service told; beside what is compared: v_adjusted',
    COMMENT COLUMN time_to_first_token_ms 'Milliseconds from request to first token, as the service told',
    COMMENT COLUMN cost_usd 'US dollars, as the service told; beside what is compared: v_adjusted',
    COMMENT COLUMN error_code 'Code of that error',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.payloads {on_cluster}
    COMMENT COLUMN event_id 'The event, see events',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN embedding_model 'Model of the embedding the service sent';

ALTER TABLE {db}.outcomes {on_cluster}
    COMMENT COLUMN outcome_id 'Identity the service chose',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN value 'Number of the outcome, in its own unit',
    COMMENT COLUMN label 'Word of the outcome',
    COMMENT COLUMN occurred_at 'Time by the clock of the service',
    COMMENT COLUMN phase_id 'Stretch of a rollout that its unit was in',
    COMMENT COLUMN arm 'baseline or candidate; empty outside rollouts',
    COMMENT COLUMN epoch 'Epoch of the assignment that served its unit',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.features {on_cluster}
    COMMENT COLUMN event_id 'The event, see events',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN metrics 'Catalogue metrics that the event has, each in its own unit, flags as 0 or 1. cost_usd (US dollars), latency_ms and time_to_first_token_ms (milliseconds) are adjusted: as if as much input were cached as is usual for the tenant; raw ones: events, v_adjusted',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.signals_1m {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN n_error 'Events whose call failed',
    COMMENT COLUMN n_schema_checked 'Events whose output was checked against a schema',
    COMMENT COLUMN n_schema_valid 'Of those, that met it',
    COMMENT COLUMN n_truncated 'Events cut short',
    COMMENT COLUMN n_cached 'Events answered from a cache',
    COMMENT COLUMN finish_reasons 'Events by finish reason',
    COMMENT COLUMN input_tokens 'Sum of tokens of prompts',
    COMMENT COLUMN output_tokens 'Sum of tokens of answers',
    COMMENT COLUMN output_tokens_quantiles 'State of quantiles, tokens',
    COMMENT COLUMN latency_quantiles 'State of quantiles, milliseconds as told, not adjusted',
    COMMENT COLUMN first_at 'Broker time of the first event',
    COMMENT COLUMN last_at 'Broker time of the last event';

ALTER TABLE {db}.embedding_centroid_1h {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN embedding_model 'Model of the embedding the service sent';

ALTER TABLE {db}.signals {on_cluster}
    COMMENT COLUMN signal_id 'Identity; follows from tenant, agent, subject and sequence',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN phase_id 'Stretch of a rollout; empty: a watch',
    COMMENT COLUMN event_partition 'Partition of the event whose fold said this',
    COMMENT COLUMN event_offset 'Offset of that event',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.signal_readings {on_cluster}
    COMMENT COLUMN signal_id 'The signal, see signals',
    COMMENT COLUMN kind 'rollout or watch',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN phase_id 'Stretch of a rollout; empty: a watch',
    COMMENT COLUMN sequence 'Of the signal',
    COMMENT COLUMN units_baseline 'Units (sessions, users) of the baseline so far',
    COMMENT COLUMN units_candidate 'Units of the candidate so far; of a watch: all',
    COMMENT COLUMN baseline_value 'Mean of the metric, in its own unit; of a flag: its share, in the baseline. Cost and times are adjusted, see features.metrics',
    COMMENT COLUMN candidate_value 'Mean of the metric, in its own unit; of a flag: its share, in the candidate, or lately. Cost and times are adjusted',
    COMMENT COLUMN effect_low 'Lower end of the effect''s 95 % interval',
    COMMENT COLUMN effect_high 'Upper end of the effect''s 95 % interval',
    COMMENT COLUMN logged_at 'Broker time of the signal''s record',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.alerts {on_cluster}
    COMMENT COLUMN alert_id 'Identity; follows from subject, scope, tenant and sequence',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN phase_id 'Stretch of a rollout; empty: a watch',
    COMMENT COLUMN sequence 'Counts the alerts of a tenant, or of the fleet, in the subject',
    COMMENT COLUMN signal_at 'Broker time of the signal',
    COMMENT COLUMN `components.display` 'ALERT scores 0-100 of any change',
    COMMENT COLUMN `components.pause` 'ALERT scores 0-100 that pause',
    COMMENT COLUMN `components.action` 'ALERT scores 0-100 that revert',
    COMMENT COLUMN units_baseline 'Units (sessions, users) of the baseline so far',
    COMMENT COLUMN units_candidate 'Units of the candidate so far; of a watch: all',
    COMMENT COLUMN `progress.units_baseline` 'Units of the baseline, by tenant',
    COMMENT COLUMN `progress.units_candidate` 'Units of the candidate, by tenant',
    COMMENT COLUMN `moved.component` 'A answer, L latency, E errors, R resources and results, T trajectory',
    COMMENT COLUMN `moved.harmful` 'Direction that harms: up, down, either; empty: none',
    COMMENT COLUMN `moved.display` 'log10 evidence against no change, either direction',
    COMMENT COLUMN `moved.pause` 'log10 evidence against no change, harmful direction',
    COMMENT COLUMN `moved.action` 'log10 evidence of harm beyond the margin',
    COMMENT COLUMN `moved.units_baseline` 'Units that have the metric',
    COMMENT COLUMN `moved.units_candidate` 'Units that have the metric',
    COMMENT COLUMN `moved.baseline_value` 'Mean of the metric, in its own unit; of a flag: its share; NULL in fleet scope',
    COMMENT COLUMN `moved.candidate_value` 'Mean of the metric, in its own unit; of a flag: its share; NULL in fleet scope',
    COMMENT COLUMN `moved.effect` 'Ratio of means or odds ratio, 1 is no change; NULL in fleet scope, see v_alert_causes.top_effect',
    COMMENT COLUMN `moved.effect_low` 'Lower end of its 95 % interval',
    COMMENT COLUMN `moved.effect_high` 'Upper end of its 95 % interval',
    COMMENT COLUMN `moved.changed_at_unit` 'Of a watch: candidate units before the change',
    COMMENT COLUMN `moved.strata` 'Strata that moved most, first the most',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.requests {on_cluster}
    COMMENT COLUMN request_id 'Identity',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN rollout_id 'The rollout; empty: the current one',
    COMMENT COLUMN reason 'Why, in the person''s words',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.accepts {on_cluster}
    COMMENT COLUMN accept_id 'Identity; follows from the request',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.commands {on_cluster}
    COMMENT COLUMN command_id 'Identity; follows from cause and state',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN baseline_provider 'Of the pin',
    COMMENT COLUMN baseline_model 'Of the pin',
    COMMENT COLUMN baseline_prompt_version 'Of the pin',
    COMMENT COLUMN candidate_provider 'Of the candidate; empty: none',
    COMMENT COLUMN candidate_model 'Of the candidate; empty: none',
    COMMENT COLUMN candidate_prompt_version 'Of the candidate; empty: none',
    COMMENT COLUMN weight 'Share of units the candidate serves, 0-1',
    COMMENT COLUMN rollout_id 'The rollout; empty: none',
    COMMENT COLUMN phase_id 'Its stretch; empty: no candidate',
    COMMENT COLUMN drain_seconds 'Seconds that sessions under way stay on their old bundle',
    COMMENT COLUMN cause_kind 'alert, request, wave, lease, breaker',
    COMMENT COLUMN cause_id 'Of the alert, request or phase; alert/tenant where one alert asked about several tenants',
    COMMENT COLUMN cause_score 'ALERT score 0-100 of the alert; a sample ratio (log10) where units were lost',
    COMMENT COLUMN cause_evidence 'Metrics that moved most',
    COMMENT COLUMN cause_reason 'Why, in words',
    COMMENT COLUMN approved_by 'The person who asked for it, approved it or started its rollout; empty: decided by policy alone',
    COMMENT COLUMN keyids 'Keys that signed; record does not verify',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.holds {on_cluster}
    COMMENT COLUMN hold_id 'Identity; follows from rollout and epoch',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN rollout_id 'The rollout',
    COMMENT COLUMN epoch 'Only grows for an agent',
    COMMENT COLUMN cause_kind 'alert, request, wave, lease, breaker',
    COMMENT COLUMN cause_id 'Of the alert, request or phase; alert/tenant where one alert asked about several tenants',
    COMMENT COLUMN cause_score 'ALERT score 0-100 of the alert; a sample ratio (log10) where units were lost',
    COMMENT COLUMN cause_evidence 'Metrics that moved most',
    COMMENT COLUMN cause_reason 'Why, in words',
    COMMENT COLUMN issued_at 'Broker time of the record that caused it',
    COMMENT COLUMN keyids 'Keys that signed; record does not verify',
    COMMENT COLUMN envelope 'The signed record as it came',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.leases {on_cluster}
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN rollout_id 'Whose candidates may be served',
    COMMENT COLUMN issued_at 'Broker time at which it begins',
    COMMENT COLUMN keyids 'Keys that signed; record does not verify',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.acks {on_cluster}
    COMMENT COLUMN ack_id 'Identity; follows from what is said',
    COMMENT COLUMN command_id 'To which command; unverified-… where it was not believed',
    COMMENT COLUMN router_id 'Who answers',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN epoch 'Of that command; 0 where it was not believed',
    COMMENT COLUMN status 'flipped (obeyed, or the lease is fresh again), refused (not believed), stale (it holds a later one already), lease-expired (the pin alone is served until a lease comes)',
    COMMENT COLUMN reason 'In words; empty: none needed',
    COMMENT COLUMN flip_ms 'Milliseconds from the broker''s stamp of the command to the flip; NULL: it was there before the router',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.heartbeats {on_cluster}
    COMMENT COLUMN router_id 'Who lives',
    COMMENT COLUMN assignments 'How many (tenant, agent) it serves',
    COMMENT COLUMN stopping 'It says good-bye',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.sightings {on_cluster}
    COMMENT COLUMN sighting_id 'Identity',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN router_id 'Whose traffic',
    COMMENT COLUMN epoch 'Of the command in question',
    COMMENT COLUMN arm 'baseline or candidate',
    COMMENT COLUMN wrong_events 'Events still stamped with an older epoch, a count',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.proofs {on_cluster}
    COMMENT COLUMN proof_id 'Identity: command and state',
    COMMENT COLUMN command_id 'Of what',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN epoch 'Of the command',
    COMMENT COLUMN action 'Of the command',
    COMMENT COLUMN `routers.router_id` 'Routers that must obey',
    COMMENT COLUMN `routers.acked_at` 'Broker time of each one''s ack; NULL: none yet',
    COMMENT COLUMN `routers.status` 'What each answered',
    COMMENT COLUMN `routers.first_right_at` 'Broker time of the first event under the command from each',
    COMMENT COLUMN `routers.last_wrong_at` 'Broker time of the last event under an older command from each',
    COMMENT COLUMN `routers.missing` 'It has gone without an answer',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.bundles {on_cluster}
    COMMENT COLUMN provider 'Who runs the model',
    COMMENT COLUMN model 'Model id, never an alias',
    COMMENT COLUMN prompt_version 'Of the prompt template',
    COMMENT COLUMN tools_version 'Of the tools'' schema',
    COMMENT COLUMN embedding_model 'Of retrieval',
    COMMENT COLUMN serving_engine 'Where known',
    COMMENT COLUMN weights_digest 'Where known',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.tenants {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.policies {on_cluster}
    COMMENT COLUMN policy_id 'Its name',
    COMMENT COLUMN revision 'Grows with each change of it',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.phases {on_cluster}
    COMMENT COLUMN phase_id 'Identity',
    COMMENT COLUMN rollout_id 'The rollout',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN wave 'Number of the wave, from 1',
    COMMENT COLUMN weight 'Share of the units that the candidate serves, 0-1',
    COMMENT COLUMN policy_id 'The policy it goes by',
    COMMENT COLUMN policy_revision 'And its revision',
    COMMENT COLUMN margins 'Metric -> factor or odds ratio that counts as no worse',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.phase_tenants {on_cluster}
    COMMENT COLUMN phase_id 'The phase, see phases',
    COMMENT COLUMN rollout_id 'The rollout',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN wave 'Number of the wave, from 1',
    COMMENT COLUMN baseline_bundle 'What served before',
    COMMENT COLUMN candidate_bundle 'What is tried',
    COMMENT COLUMN opened_at 'Broker time of the record that opened the phase',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.dead_letters {on_cluster}
    COMMENT COLUMN letter_id 'Topic, partition and offset of the message',
    COMMENT COLUMN `partition` 'Where the message stood',
    COMMENT COLUMN `offset` 'Where the message stood',
    COMMENT COLUMN `key` 'Of the message',
    COMMENT COLUMN kafka_partition 'Partition of the record on its topic',
    COMMENT COLUMN kafka_offset 'Offset of the record on its partition';

ALTER TABLE {db}.sink_state {on_cluster}
    COMMENT COLUMN `partition` 'Of the topic',
    COMMENT COLUMN owner 'Process that claims it',
    COMMENT COLUMN version 'Of the row; the highest counts',
    COMMENT COLUMN written_at 'By ClickHouse''s clock';

ALTER TABLE {db}.schema_migrations {on_cluster}
    COMMENT COLUMN name 'Of the file',
    COMMENT COLUMN applied_at 'By ClickHouse''s clock';

ALTER TABLE {db}.v_alert_causes {on_cluster}
    COMMENT COLUMN alert_id 'Identity',
    COMMENT COLUMN at 'Broker time of what was said',
    COMMENT COLUMN kind 'rollout: candidate against baseline; watch: a pin against its own past',
    COMMENT COLUMN scope 'tenant, or fleet: all tenants of the rollout',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN subject 'The rollout, or the watched bundle',
    COMMENT COLUMN tenant_id 'Empty in fleet scope',
    COMMENT COLUMN phase_id 'Stretch of a rollout; empty: a watch',
    COMMENT COLUMN score_action 'ALERT score 0-100 that reverts',
    COMMENT COLUMN score_pause 'ALERT score 0-100 that pauses',
    COMMENT COLUMN score_display 'ALERT score 0-100 of any change',
    COMMENT COLUMN units_baseline 'Units (sessions, users) of the baseline so far',
    COMMENT COLUMN units_candidate 'Units of the candidate so far; of a watch: all',
    COMMENT COLUMN sample_ratio 'log10 evidence of lost units; 3 or more: pause only',
    COMMENT COLUMN cause 'Whose doing: candidate, input, retrieval, provider, infrastructure, upstream, unknown; empty: not looked for',
    COMMENT COLUMN reasons 'Why this cause, in words',
    COMMENT COLUMN contested 'Something other than the candidate explains it as well: a person decides',
    COMMENT COLUMN top_metric 'Metric with the most evidence; empty: none moved',
    COMMENT COLUMN top_effect 'Ratio of means or odds ratio of it, 1 is no change. Fleet scope, of what led to something: the median over the tenants in whose own last alert by then it was among those that moved most',
    COMMENT COLUMN top_effect_low 'Lower end of the 95 % interval; NULL in fleet scope',
    COMMENT COLUMN top_effect_high 'Upper end of the 95 % interval; NULL in fleet scope',
    COMMENT COLUMN top_effect_tenants 'Fleet scope: tenants that the median is over',
    COMMENT COLUMN top_baseline_value 'Mean of the metric, in its own unit; of a flag: its share, in the baseline; NULL in fleet scope',
    COMMENT COLUMN top_candidate_value 'Mean of the metric, in its own unit; of a flag: its share, in the candidate; NULL in fleet scope',
    COMMENT COLUMN top_strata 'Strata in which it moved most',
    COMMENT COLUMN causes 'Metrics that moved in words: effect, its 95 % interval, log10 evidence',
    COMMENT COLUMN components '(component, ALERT score 0-100 that reverts)',
    COMMENT COLUMN tenants_worse 'Tenants found worse (e-BH)',
    COMMENT COLUMN led_to 'What was done about it: pause, revert, halt; empty: nothing',
    COMMENT COLUMN command_ids 'Commands it caused',
    COMMENT COLUMN hold_ids 'Pauses and halts it caused';

ALTER TABLE {db}.v_tenant_drift {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN kind 'rollout or watch',
    COMMENT COLUMN subject 'The rollout, or the watched bundle',
    COMMENT COLUMN drift '0-100: evidence of any change',
    COMMENT COLUMN harm '0-100: evidence of harm beyond the margin',
    COMMENT COLUMN top_metric 'Metric with the most evidence',
    COMMENT COLUMN units_baseline 'Units (sessions, users) of the baseline so far',
    COMMENT COLUMN units_candidate 'Units of the candidate so far; of a watch: all',
    COMMENT COLUMN sample_ratio 'log10 evidence of lost units; 3 or more: trust nothing else',
    COMMENT COLUMN said_at 'Broker time of the last word',
    COMMENT COLUMN current 'It was said within 15 minutes of now';

ALTER TABLE {db}.v_reversions {on_cluster}
    COMMENT COLUMN command_id 'Identity',
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN epoch 'Of the command',
    COMMENT COLUMN action 'revert, halt or abort',
    COMMENT COLUMN rollout_id 'The rollout; empty: none',
    COMMENT COLUMN candidate_bundle 'Empty: nothing is tried any more',
    COMMENT COLUMN baseline_bundle 'The pin it went back to',
    COMMENT COLUMN cause_kind 'alert, request, wave, lease, breaker',
    COMMENT COLUMN cause_id 'Of the alert, request or phase; alert/tenant where one alert asked about several tenants',
    COMMENT COLUMN cause_score 'ALERT score 0-100 of the alert; a sample ratio (log10) where units were lost',
    COMMENT COLUMN cause_evidence 'Metrics that moved most',
    COMMENT COLUMN cause_reason 'Why, in words',
    COMMENT COLUMN approved_by 'The person who asked for it or approved it; empty: decided by policy alone',
    COMMENT COLUMN commanded_at 'Broker time of the command',
    COMMENT COLUMN acked_at 'Broker time at which every live router had answered',
    COMMENT COLUMN proven_at 'Broker time at which traffic was seen on the right bundle only',
    COMMENT COLUMN acked_ms 'Milliseconds from command to acked',
    COMMENT COLUMN proven_ms 'Milliseconds from command to proven',
    COMMENT COLUMN state 'commanded, acked, late, proven, proven-without-traffic',
    COMMENT COLUMN late_routers 'Live routers that had not answered by the deadline',
    COMMENT COLUMN flips '(router, status, milliseconds from command to flip)';

ALTER TABLE {db}.v_audit {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN epoch 'Of the command',
    COMMENT COLUMN command_id 'The command that the step belongs to',
    COMMENT COLUMN action 'assign, join, revert, halt, finish, abort',
    COMMENT COLUMN at 'Broker time of the step',
    COMMENT COLUMN step 'evidence, hold, request, command, ack, traffic, proof: sorts in this order',
    COMMENT COLUMN who 'Person, router, or the part of Holdfast',
    COMMENT COLUMN what 'In words',
    COMMENT COLUMN id 'Of the alert, hold, request, ack or proof; of a command: of its cause',
    COMMENT COLUMN keyids 'Keys that signed the step''s record; empty: it is not signed';

ALTER TABLE {db}.v_assignments {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN epoch 'Only grows',
    COMMENT COLUMN command_id 'Identity',
    COMMENT COLUMN action 'assign, join, revert, halt, finish, abort',
    COMMENT COLUMN mode 'pinned, canary, shadow, blue/green',
    COMMENT COLUMN weight 'Share of units the candidate serves, 0-1',
    COMMENT COLUMN baseline_bundle 'The pin',
    COMMENT COLUMN baseline_provider 'Of the pin',
    COMMENT COLUMN baseline_model 'Of the pin',
    COMMENT COLUMN baseline_prompt_version 'Of the pin',
    COMMENT COLUMN candidate_bundle 'Empty: none',
    COMMENT COLUMN candidate_model 'Empty: none',
    COMMENT COLUMN cause_kind 'alert, request, wave, lease, breaker',
    COMMENT COLUMN cause_id 'Of the alert, request or phase; alert/tenant where one alert asked about several tenants',
    COMMENT COLUMN commanded_at 'Broker time of the command',
    COMMENT COLUMN superseded_at 'Broker time of the next one; NULL: none yet';

ALTER TABLE {db}.v_signals_1m {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN arm 'baseline, candidate; empty outside rollouts',
    COMMENT COLUMN traffic 'live, shadow or probe',
    COMMENT COLUMN minute 'Start of the minute, broker time',
    COMMENT COLUMN events 'A count',
    COMMENT COLUMN error_rate 'Share of events whose call failed, 0-1',
    COMMENT COLUMN refused_rate 'Share refused, 0-1, of events with the service''s own verdict; NULL: none has one',
    COMMENT COLUMN schema_valid_rate 'Share that met its schema, 0-1, of those checked; NULL: none was',
    COMMENT COLUMN truncated_rate 'Share cut short, 0-1',
    COMMENT COLUMN tool_rate 'Share with a tool call, 0-1',
    COMMENT COLUMN output_tokens_mean 'Tokens; NULL: none told',
    COMMENT COLUMN output_tokens_deviation 'Standard deviation, tokens',
    COMMENT COLUMN output_tokens_p10_p50_p90_p99 'Quantiles, tokens',
    COMMENT COLUMN latency_mean_ms 'Milliseconds, as told, not adjusted; NULL: none told',
    COMMENT COLUMN latency_p50_p95_p99_ms 'Quantiles, milliseconds, as told',
    COMMENT COLUMN latency_max_ms 'Milliseconds, as told',
    COMMENT COLUMN cost_usd 'Sum, US dollars, as told, not adjusted',
    COMMENT COLUMN tool_calls 'Calls by tool',
    COMMENT COLUMN tool_failures 'Failed calls by tool',
    COMMENT COLUMN finish_reasons 'Events by finish reason',
    COMMENT COLUMN units 'Distinct units (sessions, users), about';

ALTER TABLE {db}.v_metrics_1m {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN minute 'Start of the minute, broker time',
    COMMENT COLUMN metric 'Of the catalogue. cost_usd, latency_ms and time_to_first_token_ms are adjusted: as if as much input were cached as is usual; as told: v_signals_1m, v_adjusted',
    COMMENT COLUMN events 'Events that have it',
    COMMENT COLUMN mean 'In the metric''s own unit; of a flag: its share, 0-1',
    COMMENT COLUMN deviation 'Standard deviation, in that unit';

ALTER TABLE {db}.v_static_centroid_1h {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN agent_id 'The agent',
    COMMENT COLUMN bundle_id 'What answered; see bundles',
    COMMENT COLUMN hour 'Start of the hour, broker time',
    COMMENT COLUMN events 'Events with text',
    COMMENT COLUMN centroid 'Mean vector of the static model';

ALTER TABLE {db}.v_tenants {on_cluster}
    COMMENT COLUMN tenant_id 'The tenant',
    COMMENT COLUMN tier 'platinum, gold, free',
    COMMENT COLUMN stakes 'alert-and-continue, shadow-and-hold, hard-pin-and-escalate',
    COMMENT COLUMN text 'What the tenant shares: full, hash, none',
    COMMENT COLUMN pins 'Agent -> bundle of the first pin',
    COMMENT COLUMN registered_at 'Broker time of the last revision';
