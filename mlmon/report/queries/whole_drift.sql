-- Input drift of all features together.
select m.metric, c.title, m.value, m.lower, m.upper, m.note
from metrics as m
inner join metric_catalogue as c on m.metric = c.metric
where
    m.evaluation_id = $evaluation_id
    and c.family = 'input drift'
    and m.feature is null
    and m.segment is null
order by c.position;
