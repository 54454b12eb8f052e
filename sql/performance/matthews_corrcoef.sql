-- Matthews correlation: of the actual and the predicted classes.
-- Grain: one row per sample_id.
-- Reads: confusion_counts.
-- Title: Matthews correlation
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.matthews_corrcoef(actual, predicted)
-- Order: 340
-- Description: Correlation of actual and predicted class.
-- The multiclass form, which is the usual one where there are two classes.
-- Undefined where all rows are, or are predicted as, one class.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the correlation, -1 to 1; 0 by chance.
-- note: why there is no value, else NULL.
with margins as (
    select
        sample_id,
        note,
        rows::double as n,
        true_positives::double as correct,
        (true_positives + false_negatives)::double as actual,
        (true_positives + false_positives)::double as predicted
    from confusion_counts
),

covariances as (
    select
        sample_id,
        any_value(note) as note,
        sum(correct) * min(n) - sum(actual * predicted) as of_both,
        min(n) * min(n) - sum(actual * actual) as of_actual,
        min(n) * min(n) - sum(predicted * predicted) as of_predicted
    from margins
    group by sample_id
)

select
    sample_id,
    null::varchar as feature,
    case
        when of_actual > 0 and of_predicted > 0
            then of_both / sqrt(of_actual) / sqrt(of_predicted)
    end as value,
    case
        when note is not null then note
        when of_actual <= 0 then 'one actual class only'
        when of_predicted <= 0 then 'one predicted class only'
    end as note
from covariances
