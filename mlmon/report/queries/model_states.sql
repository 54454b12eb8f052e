-- A name for everything that the page of a model shows: its versions, the
-- decisions on them, their importances and figures at training, its evaluations,
-- its worst check and the views.
with versions as (
    select
        v.model,
        md5(string_agg(to_json(v), ',' order by v.model_version)) as state
    from model_versions as v
    group by v.model
),

decided as (
    select
        d.model,
        md5(string_agg(to_json(d), ',' order by d.position)) as state
    from activation_decisions as d
    group by d.model
),

importances as (
    select
        model,
        md5(string_agg(
            concat_ws(' ', model_version, feature, share), ','
            order by model_version, feature
        )) as state
    from feature_importances
    group by model
),

at_training as (
    select
        s.model,
        md5(string_agg(
            concat_ws(' ', m.sample_id, m.metric, m.value, m.lower, m.upper),
            ','
            order by m.sample_id, m.metric
        )) as state
    from evaluation_metrics as m
    inner join samples as s on m.sample_id = s.sample_id
    where
        m.evaluation_id is null
        and m.feature is null
        and m.segment is null
        and s.role = 'reference'
    group by s.model
),

used as (
    select
        model,
        md5(string_agg(
            concat_ws(' ', evaluation_id, evaluated_at, is_aside), ','
            order by evaluation_id
        )) as state
    from evaluations
    group by model
),

defined as (
    select max(value) as views
    from warehouse_state
    where name = 'view_fingerprints'
)

select
    v.model,
    md5(concat_ws(
        ' ',
        v.state,
        decided.state,
        i.state,
        a.state,
        u.state,
        to_json(m),
        d.views
    )) as state
from versions as v
cross join defined as d
left join decided on v.model = decided.model
left join importances as i on v.model = i.model
left join at_training as a on v.model = a.model
left join used as u on v.model = u.model
left join model_status as m on v.model = m.model
order by v.model;
