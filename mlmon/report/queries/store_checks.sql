-- The latest result of every check of a store with its limits, worst first.
select
    concat_ws(', ', l.check_name, l.feature, l.segment) as check_name,
    coalesce(c.title, l.metric, l.check_name) as title,
    l.feature,
    l.store,
    l.evaluation_id,
    l.batch,
    l.value,
    l.outcome,
    l.message,
    l.minimum,
    l.soft_minimum,
    l.soft_maximum,
    l.maximum,
    l.checked_at
from latest_checks as l
left join metric_catalogue as c on l.metric = c.metric
where l.store = $store
order by
    case l.outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    l.check_name,
    l.feature,
    l.segment;
