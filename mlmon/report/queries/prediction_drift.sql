-- Fugacity: the share of records predicted in each class.
select class, reference_share, current_share, change
from prediction_drift
where evaluation_id = $evaluation_id
order by class;
