-- Fugacity: the share of records predicted in each class; regression: in each
-- tenth of the reference's estimates.
select p.class, p.reference_share, p.current_share, p.change
from prediction_drift as p
inner join evaluations as e on p.evaluation_id = e.evaluation_id
inner join model_versions as v
    on e.model = v.model and e.model_version = v.model_version
where p.evaluation_id = $evaluation_id
order by
    case when v.task = 'regression' then p.bin end,
    try_cast(p.class as double) nulls last,
    p.class;
