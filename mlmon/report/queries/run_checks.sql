-- The results of the checks that ran in a run's check steps: a result keeps its
-- store and its time and no run, so these are those of the step's store between
-- the start and the end of the step.
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
from step_runs as s
inner join check_results as r
    on
        s.action = 'check ' || r.store
        and r.checked_at between s.started_at and s.ended_at
left join evaluations as e on r.evaluation_id = e.evaluation_id
where s.run_id = $run_id
order by
    s.position,
    case r.outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    r.check_name;
