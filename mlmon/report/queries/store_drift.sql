-- PSI of every input feature on the newest 24 batches of a store, by the newest
-- evaluation of each that is not aside; what moved most on the newest is first.
-- Shade: a step for being beyond the drift limit, twice, four times and eight
-- times as much.
with newest as (
    select e.evaluation_id, e.model, e.batch, e.drift_limit, d.is_upcoming
    from evaluations as e
    inner join dated_evaluations as d on e.evaluation_id = d.evaluation_id
    where e.store = $store and e.is_aside is not true
    qualify
        row_number() over (
            partition by e.batch
            order by e.evaluated_at desc, e.evaluation_id desc
        ) = 1
    order by d.is_upcoming, e.batch desc
    limit 24
),

placed as (
    select *, row_number() over (order by is_upcoming asc, batch desc) as age
    from newest
)

select
    p.age,
    p.batch,
    p.evaluation_id,
    p.model,
    d.feature,
    d.kind,
    d.population_stability_index,
    d.drifted,
    case
        when d.population_stability_index > 8 * p.drift_limit then 4
        when d.population_stability_index > 4 * p.drift_limit then 3
        when d.population_stability_index > 2 * p.drift_limit then 2
        when d.population_stability_index > p.drift_limit then 1
        else 0
    end as shade
from feature_drift as d
inner join placed as p on d.evaluation_id = p.evaluation_id
order by
    max(case when p.age = 1 then d.population_stability_index end)
        over (partition by d.feature)
    desc nulls last,
    d.feature asc,
    p.age desc;
