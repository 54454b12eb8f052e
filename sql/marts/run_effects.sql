-- What every run of a scenario made, and what the runs of its steps made.
-- Grain: one row per run_id, made_by, position, evaluation_id, checked_at.
-- Reads: check_results, evaluations, model_versions, scenario_runs, step_runs.
-- A step keeps the keys of what it made in its outputs: an evaluation, a model
-- version, the time of its check results. One that an older mlmon wrote keeps
-- none, and what was made in its time is taken for its own.
-- made_by: the run whose step made it: this one, or one that a step ran.
-- position: position of that step.
-- step: the step of this run, be it that it ran another scenario.
-- verb: evaluate, train or check.
-- store: the store that was evaluated or checked.
-- was_activated: whether the version became the active one.
with recursive belonging as (
    select
        run_id,
        run_id as made_by,
        null::varchar as step
    from scenario_runs
    union all
    select
        b.run_id,
        r.run_id as made_by,
        coalesce(
            b.step, substr(r.parent_run_id, length(b.made_by) + 2)
        ) as step
    from belonging as b
    inner join scenario_runs as r
        on b.made_by = split_part(r.parent_run_id, ' ', 1)
),

steps as (
    select
        b.run_id,
        b.made_by,
        s.position,
        coalesce(b.step, s.step) as step,
        split_part(s.action, ' ', 1) as verb,
        substr(s.action, strpos(s.action, ' ') + 1) as object,
        s.started_at,
        s.ended_at,
        s.outputs ->> 'evaluation_id' as evaluation_id,
        try_cast(s.outputs ->> 'model_version' as integer) as model_version,
        try_cast(s.outputs ->> 'is_active' as boolean) as was_activated,
        try_cast(s.outputs ->> 'checked_at' as timestamp) as checked_at
    from belonging as b
    inner join step_runs as s on b.made_by = s.run_id
    where
        split_part(s.action, ' ', 1) in ('evaluate', 'train', 'check')
        and s.outcome <> 'SKIPPED'
),

check_runs as (
    select distinct store, checked_at
    from check_results
),

keyed as (
    select
        s.*,
        coalesce(
            s.evaluation_id, s.model_version::varchar, s.checked_at::varchar
        ) is not null as is_keyed
    from steps as s
),

made as (
    select
        s.* replace (
            coalesce(s.evaluation_id, e.evaluation_id) as evaluation_id,
            coalesce(s.model_version, v.model_version) as model_version,
            coalesce(s.checked_at, c.checked_at) as checked_at
        )
    from keyed as s
    left join evaluations as e
        on
            not s.is_keyed
            and s.verb = 'evaluate'
            and s.object = e.store
            and e.evaluated_at between s.started_at and s.ended_at
    left join model_versions as v
        on
            not s.is_keyed
            and s.verb = 'train'
            and s.object = v.model
            and v.created_at between s.started_at and s.ended_at
    left join check_runs as c
        on
            not s.is_keyed
            and s.verb = 'check'
            and s.object = c.store
            and c.checked_at between s.started_at and s.ended_at
)

select
    run_id,
    made_by,
    position,
    step,
    verb,
    case when verb <> 'train' then object end as store,
    case when verb = 'train' then object end as model,
    case when verb = 'evaluate' then evaluation_id end as evaluation_id,
    case when verb = 'train' then model_version end as model_version,
    case when verb = 'train' then was_activated end as was_activated,
    case when verb = 'check' then checked_at end as checked_at,
    started_at,
    ended_at
from made
