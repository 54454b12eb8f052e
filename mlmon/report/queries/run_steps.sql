-- The steps of a run in order: what each did to what, when, for how long, and
-- where that lies within the time from the run's start to the end of the run
-- or, while there is none, of its last step.
with timed as (
    select
        s.*,
        r.started_at as run_started_at,
        coalesce(r.ended_at, max(s.ended_at) over ()) as run_ended_at
    from step_runs as s
    inner join scenario_runs as r on s.run_id = r.run_id
    where s.run_id = $run_id
)

select
    position,
    step,
    split_part(action, ' ', 1) as verb,
    nullif(substr(action, strpos(action || ' ', ' ') + 1), '') as object,
    outcome,
    message,
    started_at,
    ended_at,
    epoch(ended_at - started_at) as duration_seconds,
    epoch(started_at - run_started_at) as offset_seconds,
    epoch(run_ended_at - run_started_at) as run_seconds
from timed
order by position;
