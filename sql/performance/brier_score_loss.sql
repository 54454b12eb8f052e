-- Brier score: the mean squared difference of probability and outcome.
-- Grain: one row per sample_id.
-- Reads: score_sums, score_totals.
-- Title: Brier score
-- Family: performance
-- Tasks: binary, multiclass
-- Better: lower
-- Oracle: sklearn.metrics.brier_score_loss(actual, score, labels=classes)
-- Order: 370
-- Description: Mean squared difference of probability and outcome.
-- Binary: of the positive class. Multiclass: summed over the classes, and
-- undefined where an actual class has no probabilities. Undefined too where the
-- scores are no probabilities.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the loss, 0 (certain and right) to 1; multiclass to 2.
-- note: why there is no value, else NULL.
with totals as (
    select
        t.sample_id,
        any_value(t.note) as note,
        any_value(t.improper) as improper,
        max(t.positives + t.negatives) as n,
        t.task = 'binary' or n = sum(t.positives) as is_complete,
        sum(s.squared_error) as loss
    from score_totals as t
    left join score_sums as s on t.sample_id = s.sample_id and t.class = s.class
    group by t.sample_id, t.task
)

select
    sample_id,
    null::varchar as feature,
    case
        when is_complete and improper is null then loss / nullif(n, 0)
    end as value,
    case
        when n = 0 then note
        when improper is not null then improper
        when not is_complete then 'an actual class has no probabilities'
    end as note
from totals
