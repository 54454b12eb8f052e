-- Which batches each version of a model was evaluated on; a batch's position is
-- its place among all batches that any version was evaluated on.
select
    model_version,
    batch,
    dense_rank() over (order by batch) as position,
    count(*) as evaluations
from evaluations
where model = $model
group by model_version, batch
order by model_version desc, batch;
