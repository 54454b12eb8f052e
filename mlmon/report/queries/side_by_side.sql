-- Every metric of the whole sample of each item, beside the champion's. Better
-- or worse: neither value lies in the other's interval or, where there is no
-- interval, they are more than a tenth of the champion's apart.
with items as (
    select unnest($keys) as key, generate_subscripts($keys, 1) as place
),

figures as (
    select i.key, i.place, m.metric, m.value, m.lower, m.upper, m.note
    from items as i
    inner join evaluation_metrics as m
        on i.key = coalesce(m.evaluation_id, m.sample_id)
    where m.feature is null and m.segment is null
)

select
    f.metric,
    coalesce(c.title, f.metric) as title,
    f.key,
    f.value,
    f.lower,
    f.upper,
    f.note,
    case
        when f.key <> $champion then f.value - champion.value
    end as change,
    case
        when f.key = $champion or f.value - champion.value is null then 'NONE'
        when
            coalesce(champion.value between f.lower and f.upper, false)
            or coalesce(
                f.value between champion.lower and champion.upper, false
            )
            or (
                coalesce(f.lower, f.upper, champion.lower, champion.upper)
                is null
                and abs(f.value - champion.value) <= abs(champion.value) / 10
            )
            then 'STEADY'
        when c.higher_is_better is null then 'CHANGED'
        when (f.value > champion.value) = c.higher_is_better then 'BETTER'
        else 'WORSE'
    end as reading
from figures as f
left join figures as champion
    on champion.key = $champion and f.metric = champion.metric
left join metric_catalogue as c on f.metric = c.metric
order by c.position nulls last, f.metric, f.place;
