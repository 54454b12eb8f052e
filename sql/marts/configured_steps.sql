-- The steps of the scenarios that mlmon.yml has.
-- Grain: one row per scenario, position.
-- Reads: scenario_runs, step_runs, warehouse_state.
-- Without an mlmon.yml, the steps of the last run of every scenario.
-- verb: what the step does.
-- target: what it does that to, a scenario where the verb is run.
-- run_if: name of its condition, outcome or sql for one of these kinds.
with configuration as (
    select value as document
    from warehouse_state
    where name = 'configuration'
),

entries as (
    select unnest(json_extract(document, '$.steps[*]')) as entry
    from configuration
)

select
    entry ->> 'scenario' as scenario,
    (entry ->> 'position')::integer as position,
    entry ->> 'step' as step,
    entry ->> 'verb' as verb,
    entry ->> 'target' as target,
    entry ->> 'run_if' as run_if
from entries
union all
select
    r.scenario,
    s.position,
    s.step,
    split_part(s.action, ' ', 1) as verb,
    substr(s.action, strpos(s.action, ' ') + 1) as target,
    'no_prior_step_failed' as run_if
from scenario_runs as r
inner join step_runs as s on r.run_id = s.run_id
where not exists (from configuration)
qualify
    dense_rank() over (
        partition by r.scenario
        order by r.started_at desc, r.run_id asc
    ) = 1
