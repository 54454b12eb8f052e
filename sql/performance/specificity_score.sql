-- Specificity: the share of rows of other classes that are predicted as others.
-- Grain: one row per sample_id, feature.
-- Reads: confusion_counts.
-- Title: Specificity
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.recall_score(~actual, ~predicted, zero_division=nan)
-- Order: 325
-- Description: Share of negatives that are not predicted as positives.
-- The true negative rate. Undefined where every row is of the class.
-- Multiclass: a row per class, and the mean of the classes where it is defined.
-- sample_id: the sample.
-- feature: the class, NULL for the whole model.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
-- successes: true negatives; NULL for a mean of classes.
-- trials: rows of other classes; NULL for a mean of classes.
with by_class as (
    select
        sample_id,
        task,
        class,
        true_negatives as successes,
        true_negatives + false_positives as trials,
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
        else coalesce(any_value(note), 'every row is of the class')
    end as note,
    case when count(*) = 1 then sum(successes)::bigint end as successes,
    case when count(*) = 1 then sum(trials)::bigint end as trials
from by_class
group by grouping sets ((sample_id, task), (sample_id, task, class))
having grouping(class) = 1 or task = 'multiclass'
