-- Precision: the share of rows predicted as the class that are of the class.
-- Grain: one row per sample_id, feature.
-- Reads: confusion_counts.
-- Title: Precision
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.precision_score(actual, predicted, zero_division=nan)
-- Order: 310
-- Description: Share of predicted positives that are positive.
-- Undefined where no row is predicted as the class.
-- Multiclass: a row per class, and the mean of the classes where it is defined
-- (scikit-learn's macro average with zero_division=nan).
-- sample_id: the sample.
-- feature: the class, NULL for the whole model.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
-- successes: true positives; NULL for a mean of classes.
-- trials: rows that are predicted as the class; NULL for a mean of classes.
with by_class as (
    select
        sample_id,
        task,
        class,
        true_positives as successes,
        true_positives + false_positives as trials,
        note
    from confusion_counts
    where is_measured
)

select
    sample_id,
    class as feature,
    avg(successes::double / nullif(trials, 0)) as value,
    case
        when sum(trials) > 0 then null
        else coalesce(any_value(note), 'no row is predicted as the class')
    end as note,
    case when count(*) = 1 then sum(successes)::bigint end as successes,
    case when count(*) = 1 then sum(trials)::bigint end as trials
from by_class
group by grouping sets ((sample_id, task), (sample_id, task, class))
having grouping(class) = 1 or task = 'multiclass'
