-- The checks that mlmon.yml has, and what each looks at.
-- Grain: one row per store, check_name.
-- Reads: alerts, check_results, feature_importances, warehouse_state.
-- Without an mlmon.yml, as in a comparison, every check that has a result or
-- an alert.
-- model: model of the store.
-- kind: range, values, typical, sql or python.
-- feature: the feature looked at, * for every input feature, NULL for none.
-- segment: the segment looked at, * for every segment, NULL for none.
-- former_features: inputs of versions of the model that it no longer has.
-- definition: md5 of all that decides the outcome; NULL for a function.
with configuration as (
    select value as document
    from warehouse_state
    where name = 'configuration'
),

entries as (
    select unnest(json_extract(document, '$.checks[*]')) as entry
    from configuration
),

checks as (
    select
        entry ->> 'store' as store,
        entry ->> 'check_name' as check_name,
        entry ->> 'model' as model,
        entry ->> 'kind' as kind,
        entry ->> 'metric' as metric,
        entry ->> 'feature' as feature,
        entry ->> 'segment' as segment,
        (entry -> 'features')::varchar[] as features,
        entry ->> 'definition' as definition
    from entries
),

known as (
    select store, check_name, kind, metric, 1 as place
    from check_results
    union all
    select store, check_name, null as kind, metric, 2 as place
    from alerts
),

inputs as (
    select
        model,
        list(distinct feature) as features
    from feature_importances
    group by model
),

checks_with_inputs as (
    select
        checks.*,
        inputs.features as inputs
    from checks
    left join inputs on checks.model = inputs.model
)

select
    store,
    check_name,
    model,
    kind,
    metric,
    feature,
    segment,
    list_filter(
        inputs,
        lambda known_input: not list_contains(features, known_input)
    ) as former_features,
    definition
from checks_with_inputs
union all
select
    store,
    check_name,
    null as model,
    first(kind order by place) as kind,
    first(metric order by place) as metric,
    '*' as feature,
    '*' as segment,
    null as former_features,
    null as definition
from known
where not exists (from configuration)
group by store, check_name
