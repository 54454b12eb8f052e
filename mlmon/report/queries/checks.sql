-- The latest result of every check with its limits, worst first; `repeated`
-- counts the evaluations in a row on which the check had this outcome.
with results as (
    select *
    from configured_results
    where not is_aside
    qualify rank() over (
        partition by store, check_name, evaluation_id
        order by checked_at desc
    ) = 1
),

compared as (
    select
        r.store,
        r.check_name,
        r.feature,
        r.segment,
        r.outcome = l.outcome as same,
        row_number() over (
            partition by r.store, r.check_name, r.feature, r.segment
            order by r.batch desc, r.evaluated_at desc, r.checked_at desc
        ) as age
    from results as r
    inner join latest_checks as l
        on
            r.store = l.store
            and r.check_name = l.check_name
            and r.feature is not distinct from l.feature
            and r.segment is not distinct from l.segment
),

streaks as (
    select
        store,
        check_name,
        feature,
        segment,
        coalesce(min(age) filter (not same) - 1, count(*)) as repeated
    from compared
    group by store, check_name, feature, segment
)

select
    l.store,
    concat_ws(', ', l.check_name, l.feature, l.segment) as check_name,
    l.kind,
    l.metric,
    l.feature,
    l.segment,
    coalesce(c.title, l.metric, l.check_name) as title,
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
    on
        l.store = s.store
        and l.check_name = s.check_name
        and l.feature is not distinct from s.feature
        and l.segment is not distinct from s.segment
left join metric_catalogue as c on l.metric = c.metric
order by
    case l.outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    l.store,
    l.check_name,
    l.feature,
    l.segment;
