-- What the metrics would be at every threshold.
select d.threshold, d.metric, coalesce(c.title, d.metric) as title, d.value
from decision_chart as d
left join metric_catalogue as c on d.metric = c.metric
where
    d.evaluation_id = $evaluation_id
    and d.threshold is not null
    and d.value is not null
order by c.position, d.metric, d.threshold;
