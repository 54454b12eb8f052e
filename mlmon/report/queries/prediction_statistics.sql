-- How the predicted class and the score drifted, by the statistics of any
-- feature.
select
    m.metric,
    any_value(c.title) as title,
    max(m.value) filter (m.feature = 'prediction') as prediction,
    max(m.value) filter (m.feature = 'score') as score,
    string_agg(distinct m.note, '; ') as note
from metrics as m
inner join metric_catalogue as c on m.metric = c.metric
where
    m.evaluation_id = $evaluation_id
    and m.feature in ('prediction', 'score')
    and m.segment is null
    and c.family = 'input drift'
group by m.metric
order by any_value(c.position);
