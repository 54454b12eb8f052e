-- Every run of a scenario with its duration and its steps, newest first.
-- Grain: one row per run_id.
-- Reads: configured_names, scenario_runs, step_runs.
-- A scenario that mlmon.yml no longer has is not here.
-- duration_seconds: from start to end, seconds; NULL while it runs.
-- steps: its steps so far, in order, each with its outcome and message.
with steps as (
    select
        run_id,
        list({
            'position': position,
            'step': step,
            'action': action,
            'outcome': outcome,
            'message': message
        } order by position) as steps
    from step_runs
    group by run_id
)

select
    scenario_runs.run_id,
    scenario_runs.scenario,
    scenario_runs.trigger,
    scenario_runs.batch,
    scenario_runs.started_at,
    scenario_runs.ended_at,
    epoch(scenario_runs.ended_at - scenario_runs.started_at)
        as duration_seconds,
    scenario_runs.outcome,
    steps.steps
from scenario_runs
inner join configured_names as n
    on scenario_runs.scenario = n.name and n.kind = 'scenario'
left join steps on scenario_runs.run_id = steps.run_id
order by scenario_runs.started_at desc
