-- What mlmon.yml names: its datasets, models, stores and scenarios.
-- Grain: one row per kind, name.
-- Reads: batches, evaluations, model_versions, scenario_runs, warehouse_state.
-- What stands in tables under another name is history and decides nothing.
-- Without an mlmon.yml, as in a comparison, it is whatever there is.
-- kind: dataset, model, store or scenario.
-- name: its name in mlmon.yml.
-- position: its place there among those of its kind, from 1; NULL without one.
with configuration as (
    select value as document
    from warehouse_state
    where name = 'configuration'
),

entries as (
    select unnest(json_extract(document, '$.names[*]')) as entry
    from configuration
)

select
    entry ->> 'kind' as kind,
    entry ->> 'name' as name,
    (entry ->> 'position')::integer as position
from entries
union all
select distinct
    found.kind,
    found.name,
    null::integer as position
from (
    select 'dataset' as kind, dataset as name from batches
    union all
    select 'model' as kind, model as name from model_versions
    union all
    select 'store' as kind, store as name from evaluations
    union all
    select 'scenario' as kind, scenario as name from scenario_runs
) as found
where not exists (from configuration)
