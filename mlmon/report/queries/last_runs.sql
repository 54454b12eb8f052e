-- The last runs of a scenario, newest first, each with its steps.
select
    run_id,
    scenario,
    trigger,
    batch,
    started_at,
    ended_at,
    duration_seconds,
    outcome,
    steps
from scenario_last_runs
where scenario = $scenario
order by started_at desc, run_id
limit 20;
