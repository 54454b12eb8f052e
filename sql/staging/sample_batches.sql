-- The batches of every sample, and the rule that picks its records in them.
-- Grain: one row per sample_id, batch.
-- Reads: samples.
-- sample_id: md5 of what the sample is drawn from and how.
select
    sample_id,
    model,
    model_version,
    dataset,
    seed,
    cutoff,
    has_performance,
    unnest(batches) as batch
from samples
