-- A run of a scenario with its duration, how many of its steps ended in which
-- way, and the step, if only one ran after a failure, that cleared it.
with steps as (
    select
        run_id,
        count(*) as steps,
        count(*) filter (outcome = 'SUCCESS') as succeeded,
        count(*) filter (outcome = 'WARNING') as warned,
        count(*) filter (outcome = 'FAILED') as failed,
        count(*) filter (outcome = 'SKIPPED') as skipped,
        list(step order by position) filter (outcome = 'FAILED')
            as failed_steps,
        list(step order by position) filter (outcome = 'WARNING')
            as warned_steps,
        min(position) filter (outcome = 'FAILED') as first_failure
    from step_runs
    where run_id = $run_id
    group by run_id
),

later as (
    select
        s.run_id,
        list(s.step order by s.position) as ran_after
    from step_runs as s
    inner join steps as t on s.run_id = t.run_id
    where
        s.run_id = $run_id
        and s.position > t.first_failure
        and s.outcome <> 'SKIPPED'
    group by s.run_id
)

select
    r.run_id,
    r.scenario,
    r.trigger,
    r.batch,
    r.versions,
    r.started_at,
    r.ended_at,
    epoch(r.ended_at - r.started_at) as duration_seconds,
    r.outcome,
    coalesce(s.steps, 0) as steps,
    coalesce(s.succeeded, 0) as succeeded,
    coalesce(s.warned, 0) as warned,
    coalesce(s.failed, 0) as failed,
    coalesce(s.skipped, 0) as skipped,
    s.failed_steps,
    s.warned_steps,
    l.ran_after
from scenario_runs as r
left join steps as s on r.run_id = s.run_id
left join later as l on r.run_id = l.run_id
where r.run_id = $run_id;
