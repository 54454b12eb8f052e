-- Balanced accuracy: the mean recall of the classes.
-- Grain: one row per sample_id.
-- Reads: confusion_counts.
-- Title: Balanced accuracy
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.balanced_accuracy_score(actual, predicted)
-- Order: 300
-- Description: Mean recall of the classes.
-- The classes that occur as an actual value; with fewer than two, undefined.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the mean, 0 to 1; 0.5 by chance for two classes.
-- note: why there is no value, else NULL.
with recalls as (
    select
        sample_id,
        note,
        true_positives::double
        / nullif(true_positives + false_negatives, 0) as recall
    from confusion_counts
)

select
    sample_id,
    null::varchar as feature,
    case when count(recall) > 1 then avg(recall) end as value,
    coalesce(
        any_value(note),
        case when count(recall) < 2 then 'one actual class only' end
    ) as note
from recalls
group by sample_id
