-- The results of the checks that ran in a run's check steps, by their store and
-- their time, worst first; those of the runs that its steps ran too.
select
    s.step,
    r.store,
    concat_ws(', ', r.check_name, r.feature, r.segment) as check_name,
    r.metric,
    r.feature,
    r.evaluation_id,
    e.batch,
    r.value,
    r.outcome,
    r.message,
    r.minimum,
    r.soft_minimum,
    r.soft_maximum,
    r.maximum,
    r.checked_at
from run_effects as s
inner join check_results as r
    on s.store = r.store and s.checked_at = r.checked_at
left join evaluations as e on r.evaluation_id = e.evaluation_id
where s.run_id = $run_id
order by
    case r.outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    s.started_at,
    s.position,
    r.check_name,
    r.feature nulls first,
    r.segment nulls first;
