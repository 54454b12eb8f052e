-- Every input feature that a model was evaluated on, with a name for all that
-- its page shows: evaluations are snapshots, so it changes only with which
-- there are and with the views.
with evaluated as (
    select
        model,
        md5(string_agg(to_json(e), ',' order by evaluation_id)) as evaluations
    from evaluations as e
    group by model
),

features as (
    select distinct
        b.model,
        b.feature
    from bins as b
    inner join evaluations as e
        on b.model = e.model and b.model_version = e.model_version
    where b.feature not in ('score', 'prediction')
),

defined as (
    select max(value) as views
    from warehouse_state
    where name = 'view_fingerprints'
)

select
    f.model,
    f.feature,
    md5(concat_ws(' ', e.evaluations, d.views)) as state
from features as f
inner join evaluated as e on f.model = e.model
cross join defined as d
order by f.model, f.feature;
