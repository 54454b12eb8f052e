-- Drift of the prediction and of the score, as of any feature.
select
    m.feature,
    m.metric,
    coalesce(c.title, m.metric) as title,
    m.value,
    m.lower,
    m.upper,
    m.note
from metrics as m
left join metric_catalogue as c on m.metric = c.metric
where
    m.evaluation_id = $evaluation_id
    and m.feature in ('prediction', 'score')
    and m.segment is null
order by m.feature, c.position, m.metric;
