-- Every evaluation by what decides which is the latest of its store.
-- Grain: one row per evaluation_id.
-- Reads: evaluations, upcoming_batches.
-- The latest is none that is aside; of the others one that is not upcoming
-- comes first, then the greatest batch, then the time it was made.
-- is_upcoming: whether its batch starts after now, so that it comes last.
select
    evaluations.evaluation_id,
    evaluations.store,
    evaluations.model,
    evaluations.model_version,
    evaluations.dataset,
    evaluations.batch,
    evaluations.has_performance,
    evaluations.is_aside,
    evaluations.evaluated_at,
    upcoming_batches.batch is not null as is_upcoming
from evaluations
left join upcoming_batches
    on
        evaluations.dataset = upcoming_batches.dataset
        and evaluations.batch = upcoming_batches.batch
