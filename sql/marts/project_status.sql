-- Where everything stands: datasets, models, stores, checks, scenarios.
-- Grain: one row per kind, name.
-- Reads: batches, configured_names, dated_evaluations, latest_checks.
-- Reads: model_history, scenario_runs, upcoming_batches.
-- What mlmon.yml no longer has is not here.
-- kind: dataset, model, store, check or scenario.
-- name: its name in mlmon.yml; of a check, store, check, feature and segment.
-- status: outcome, active version, or newest batch.
-- detail: the rest, in words.
select
    'dataset' as kind,
    batches.dataset as name,
    first(
        batches.batch
        order by upcoming_batches.batch is not null asc, batches.batch desc
    ) as status,
    format('{} batches, {:,} records', count(*), sum(batches.rows)::bigint)
        as detail
from batches
left join upcoming_batches
    on
        batches.dataset = upcoming_batches.dataset
        and batches.batch = upcoming_batches.batch
where
    batches.dataset in (
        select n.name
        from configured_names as n
        where n.kind = 'dataset'
    )
group by batches.dataset
union all
select
    'model' as kind,
    model as name,
    format('version {} active', model_version) as status,
    format('{}, test {} {:.3f}', algorithm, metric, value) as detail
from model_history
where
    is_active
    and model in (
        select n.name
        from configured_names as n
        where n.kind = 'model'
    )
union all
select
    'store' as kind,
    store as name,
    first(batch order by is_upcoming asc, batch desc)
    filter (is_aside is not true) as status,
    format('{} evaluations', count(*)) as detail
from dated_evaluations
where
    store in (
        select n.name
        from configured_names as n
        where n.kind = 'store'
    )
group by store
union all
select
    'check' as kind,
    concat_ws(
        ', ', concat(store, ': ', check_name), feature, segment
    ) as name,
    outcome as status,
    message as detail
from latest_checks
union all
select
    'scenario' as kind,
    scenario as name,
    coalesce(max_by(outcome, started_at), 'RUNNING') as status,
    format('{} runs, last {}', count(*), max(started_at)) as detail
from scenario_runs
where
    scenario in (
        select n.name
        from configured_names as n
        where n.kind = 'scenario'
    )
group by scenario
