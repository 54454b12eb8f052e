-- Every metric of an evaluation; kind is that of an input feature.
with kinds as (
    select
        feature,
        kind
    from feature_drift
    where evaluation_id = $evaluation_id
)

select
    m.metric,
    coalesce(c.title, m.metric) as title,
    coalesce(c.family, 'other') as family,
    m.feature,
    k.kind,
    m.segment,
    m.value,
    m.lower,
    m.upper,
    m.note
from metrics as m
left join metric_catalogue as c on m.metric = c.metric
left join kinds as k on m.feature = k.feature
where m.evaluation_id = $evaluation_id
order by
    m.feature nulls first,
    m.segment nulls first,
    c.position,
    m.metric;
