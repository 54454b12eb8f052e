-- Input drift by feature of each evaluation, each against its own reference;
-- first the feature that drifted most anywhere.
with items as (
    select unnest($keys) as key, generate_subscripts($keys, 1) as place
)

select
    d.feature,
    d.kind,
    i.key,
    d.population_stability_index,
    d.drifted
from items as i
inner join feature_drift as d on i.key = d.evaluation_id
order by
    max(d.population_stability_index) over (
        partition by d.feature
    ) desc nulls last,
    d.feature,
    i.place;
