-- A moment may be written as people and programs write it, with a zone or without (UTC).
CREATE OR REPLACE VIEW {db}.v_served {on_cluster} AS
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
      AND commanded_at <= parseDateTime64BestEffort({moment:String}, 3, 'UTC')
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
          AND logged_at <= parseDateTime64BestEffort({moment:String}, 3, 'UTC')
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
          AND logged_at BETWEEN parseDateTime64BestEffort({moment:String}, 3, 'UTC') - INTERVAL 5 MINUTE AND parseDateTime64BestEffort({moment:String}, 3, 'UTC') + INTERVAL 5 MINUTE
        GROUP BY tenant_id, agent_id, bundle_id, arm, epoch
        ORDER BY last_at DESC
    )
    GROUP BY tenant_id, agent_id
) AS e ON e.tenant_id = c.tenant_id AND e.agent_id = c.agent_id
COMMENT 'What served a tenant at a moment: the command in force, the last word of each router by then, the proofs, and the bundles seen within five minutes of it. SELECT * FROM v_served(tenant = ''t'', agent = ''a'', moment = ''2026-11-21T12:00:00Z'').';
