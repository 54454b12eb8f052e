-- Rows per actual and predicted class of every evaluation and reference.
-- Grain: one row per sample_id, evaluation_id, actual, predicted.
-- Reads: evaluations, label_histograms, samples.
-- Every pair of classes is there, with 0 rows when none; a sample without
-- labels has no rows. The reference sample's rows have no evaluation_id.
-- actual: class of the records.
-- predicted: predicted class.
-- rows: number of records.
with measured as (
    select sample_id, evaluation_id
    from evaluations
    union
    select sample_id, null as evaluation_id
    from samples
    where role = 'reference'
    union
    select reference_sample_id as sample_id, null as evaluation_id
    from evaluations
),

counted as (
    select sample_id, actual, predicted, n
    from label_histograms
    where actual is not null and predicted is not null
),

classes as (
    select sample_id, actual as class
    from counted
    union
    select sample_id, predicted as class
    from counted
)

select
    measured.sample_id,
    measured.evaluation_id,
    actual.class as actual,
    predicted.class as predicted,
    coalesce(counted.n, 0) as rows
from measured
inner join classes as actual
    on measured.sample_id = actual.sample_id
inner join classes as predicted
    on measured.sample_id = predicted.sample_id
left join counted
    on
        measured.sample_id = counted.sample_id
        and actual.class = counted.actual
        and predicted.class = counted.predicted
