-- How often the positive class is predicted; where there is none, the class
-- whose share moved most.
select p.class, p.reference_share, p.current_share, p.change
from prediction_drift as p
inner join evaluations as e on p.evaluation_id = e.evaluation_id
inner join model_versions as v
    on e.model = v.model and e.model_version = v.model_version
where p.evaluation_id = $evaluation_id and p.change is not null
order by
    coalesce(p.class = v.positive_class, false) desc,
    abs(p.change) desc,
    p.class
limit 1;
