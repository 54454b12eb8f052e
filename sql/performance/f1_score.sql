-- F1: the harmonic mean of precision and recall.
-- Grain: one row per sample_id, feature.
-- Reads: confusion_counts.
-- Title: F1
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.f1_score(actual, predicted, zero_division=nan)
-- Order: 330
-- Description: Harmonic mean of precision and recall.
-- 2 TP / (2 TP + FP + FN); undefined only where TP + FP + FN = 0.
-- Multiclass: a row per class, and the mean of the classes where it is defined
-- (scikit-learn's macro average with zero_division=nan).
-- sample_id: the sample.
-- feature: the class, NULL for the whole model.
-- value: the mean, 0 to 1.
-- note: why there is no value, else NULL.
with by_class as (
    select
        sample_id,
        task,
        class,
        2 * true_positives::double
        / nullif(2 * true_positives + false_positives + false_negatives, 0)
            as value,
        note
    from confusion_counts
    where is_measured
)

select
    sample_id,
    class as feature,
    avg(value) as value,
    case
        when avg(value) is null
            then coalesce(any_value(note), 'no row is or is predicted as it')
    end as note
from by_class
group by grouping sets ((sample_id, task), (sample_id, task, class))
having grouping(class) = 1 or task = 'multiclass'
