-- The class whose share of the predictions moved most.
select class, reference_share, current_share, change
from prediction_drift
where evaluation_id = $evaluation_id and change is not null
order by abs(change) desc, class
limit 1;
