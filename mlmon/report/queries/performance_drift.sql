-- Performance against the reference. Worse or better: the reference lies
-- outside the interval or, where there is none, more than a tenth away.
select
    p.metric,
    coalesce(c.title, p.metric) as title,
    p.reference,
    p.current,
    p.change,
    m.lower,
    m.upper,
    p.note,
    case
        when p.change is null then 'EMPTY'
        when
            p.reference between
            coalesce(m.lower, p.current - abs(p.reference) / 10)
            and coalesce(m.upper, p.current + abs(p.reference) / 10)
            then 'STEADY'
        when c.higher_is_better is null then 'CHANGED'
        when (p.change > 0) = c.higher_is_better then 'BETTER'
        else 'WORSE'
    end as reading
from performance_drift as p
left join metric_catalogue as c on p.metric = c.metric
left join metrics as m
    on
        p.evaluation_id = m.evaluation_id
        and p.metric = m.metric
        and m.feature is null
        and m.segment is null
where p.evaluation_id = $evaluation_id
order by c.position, p.metric;
