-- Log loss: the mean of -ln(probability of the actual class).
-- Grain: one row per sample_id.
-- Reads: score_sums, score_totals.
-- Title: Log loss
-- Family: performance
-- Tasks: binary, multiclass
-- Better: lower
-- Oracle: sklearn.metrics.log_loss(actual, score, labels=classes)
-- Order: 360
-- Description: Mean of -ln(probability of the actual class).
-- A probability below 2.220446049250313e-16 counts as that, as in scikit-learn.
-- Multiclass: undefined where an actual class has no probabilities. Undefined
-- too where the scores are no probabilities.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the loss, 0 (certain and right) or more.
-- note: why there is no value, else NULL.
with totals as (
    select
        t.sample_id,
        any_value(t.note) as note,
        any_value(t.improper) as improper,
        max(t.positives + t.negatives) as n,
        t.task = 'binary' or n = sum(t.positives) as is_complete,
        sum(s.log_loss_of_positives) as of_class,
        case when t.task = 'binary' then sum(s.log_loss_of_negatives) else 0 end
            as of_rest
    from score_totals as t
    left join score_sums as s on t.sample_id = s.sample_id and t.class = s.class
    group by t.sample_id, t.task
)

select
    sample_id,
    null::varchar as feature,
    case
        when is_complete and improper is null
            then (of_class + of_rest) / nullif(n, 0)
    end as value,
    case
        when n = 0 then note
        when improper is not null then improper
        when not is_complete then 'an actual class has no probabilities'
    end as note
from totals
