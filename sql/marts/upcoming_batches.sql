-- Batches that start after now, as a wrong date in a record makes them.
-- Grain: one row per dataset, batch.
-- Reads: batches.
-- None of them is the latest of anything unless it is asked for by name.
select
    dataset,
    batch,
    starts_at
from batches
where starts_at > make_timestamp(epoch_us(now()))
