-- Every alert that is open or acknowledged, worst first, each with the batch
-- that opened it and the beginning of its id that names it alone.
with named as (
    select
        *,
        count(*) over (partition by left(alert_id, 8)) as alike
    from standing_alerts
)

select
    if(a.alike = 1, left(a.alert_id, 8), a.alert_id) as alert,
    a.store,
    concat_ws(', ', a.check_name, a.feature, a.segment) as check_name,
    a.metric,
    a.feature,
    a.segment,
    a.outcome,
    a.state,
    a.opened_at,
    a.evaluation_id,
    e.batch,
    a.last_seen_at,
    a.repeated,
    a.message,
    a.acknowledged_at,
    a.acknowledged_by,
    a.acknowledged_until,
    a.note
from named as a
left join evaluations as e on a.evaluation_id = e.evaluation_id
order by
    case a.outcome when 'ERROR' then 0 else 1 end,
    case a.state when 'open' then 0 else 1 end,
    a.opened_at,
    a.store,
    a.check_name,
    a.feature nulls first,
    a.segment nulls first;
