-- Every metric of an evaluation.
select
    m.metric,
    coalesce(c.title, m.metric) as title,
    coalesce(c.family, 'other') as family,
    m.feature,
    m.segment,
    m.value,
    m.lower,
    m.upper,
    m.note
from metrics as m
left join metric_catalogue as c on m.metric = c.metric
where m.evaluation_id = $evaluation_id
order by
    m.feature nulls first,
    m.segment nulls first,
    c.position,
    m.metric;
