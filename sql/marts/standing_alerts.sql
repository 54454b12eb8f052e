-- The alerts that are open or acknowledged, of checks that mlmon.yml has.
-- Grain: one row per alert_id.
-- Reads: alerts, configured_checks.
-- One of a check that is no longer there is resolved when the warehouse is
-- written to next; it stands no more from the moment mlmon.yml is read.
select
    a.alert_id,
    a.store,
    a.check_name,
    a.metric,
    a.feature,
    a.segment,
    a.outcome,
    a.state,
    a.opened_at,
    a.evaluation_id,
    a.last_seen_at,
    a.last_evaluation_id,
    a.repeated,
    a.acknowledged_at,
    a.acknowledged_by,
    a.acknowledged_until,
    a.note,
    a.resolved_at,
    a.message
from alerts as a
inner join configured_checks as c
    on a.store = c.store and a.check_name = c.check_name
where
    a.state <> 'resolved'
    and a.metric is not distinct from c.metric
    and (c.feature = '*' or a.feature is not distinct from c.feature)
    and (c.segment = '*' or a.segment is not distinct from c.segment)
    and not coalesce(list_contains(c.former_features, a.feature), false)
