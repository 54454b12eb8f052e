-- The latest result of every check with its limits, worst first; `repeated`
-- counts the evaluations in a row on which the check had this outcome.
with results as (
    select r.store, r.check_name, r.outcome, r.checked_at, e.batch,
        e.evaluated_at
    from check_results as r
    left join evaluations as e using (evaluation_id)
    qualify row_number() over (
        partition by r.store, r.check_name, r.evaluation_id
        order by r.checked_at desc
    ) = 1
),

compared as (
    select
        r.store,
        r.check_name,
        r.outcome = l.outcome as same,
        row_number() over (
            partition by r.store, r.check_name
            order by r.batch desc, r.evaluated_at desc, r.checked_at desc
        ) as age
    from results as r
    inner join latest_checks as l using (store, check_name)
),

streaks as (
    select
        store,
        check_name,
        coalesce(min(age) filter (not same) - 1, count(*)) as repeated
    from compared
    group by store, check_name
)

select
    l.store,
    l.check_name,
    l.metric,
    l.feature,
    coalesce(c.title, l.metric) as title,
    l.evaluation_id,
    l.batch,
    e.model,
    e.model_version,
    l.value,
    l.outcome,
    l.message,
    l.minimum,
    l.soft_minimum,
    l.soft_maximum,
    l.maximum,
    l.checked_at,
    s.repeated
from latest_checks as l
left join evaluations as e using (evaluation_id)
left join streaks as s
    on l.store = s.store and l.check_name = s.check_name
left join metric_catalogue as c on l.metric = c.metric
order by
    case l.outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    l.store,
    l.check_name;
