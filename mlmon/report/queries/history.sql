-- A metric of a store, one row per evaluation that is not aside and whose batch
-- does not start after now, with the change since the one before and the verdict
-- of the limits that the store's checks set today.
with limits as (
    select
        count(*) as checks,
        max(minimum) as minimum,
        max(soft_minimum) as soft_minimum,
        min(soft_maximum) as soft_maximum,
        min(maximum) as maximum
    from latest_checks
    where
        store = $store
        and metric = $metric
        and feature is not distinct from $feature
        and segment is null
        and coalesce(minimum, soft_minimum, soft_maximum, maximum) is not null
)

select
    row_number() over by_time as position,
    m.evaluation_id,
    m.batch,
    m.model_version,
    coalesce(
        m.model_version <> lag(m.model_version) over by_time, false
    ) as new_version,
    m.evaluated_at,
    m.value,
    m.lower,
    m.upper,
    m.note,
    lag(m.batch) over by_time as previous_batch,
    lag(m.value) over by_time as previous,
    m.value - lag(m.value) over by_time as change,
    case
        when l.checks = 0 then 'NONE'
        when m.value is null then 'EMPTY'
        when m.value > l.maximum or m.value < l.minimum then 'ERROR'
        when
            m.value > l.soft_maximum or m.value < l.soft_minimum
            then 'WARNING'
        else 'OK'
    end as outcome,
    l.minimum,
    l.soft_minimum,
    l.soft_maximum,
    l.maximum
from metrics as m
inner join dated_evaluations as e on m.evaluation_id = e.evaluation_id
cross join limits as l
where
    e.is_aside is not true
    and not e.is_upcoming
    and m.segment is null
    and m.store = $store
    and m.metric = $metric
    and m.feature is not distinct from $feature
window by_time as (
    order by m.batch, m.evaluated_at, m.evaluation_id
)
order by position;
