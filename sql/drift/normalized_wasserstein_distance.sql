-- Normalized Wasserstein distance: in standard deviations of the reference.
-- Grain: one row per evaluation_id, feature.
-- Reads: evaluations, feature_moments, wasserstein_distance.
-- Title: Normalized Wasserstein distance
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.stats.wasserstein_distance(reference, current)
--   / numpy.std(reference, ddof=1)
-- Order: 130
-- Description: The same in standard deviations of the reference.
-- The sample standard deviation (n - 1). Numeric features.
-- evaluation_id: the evaluation.
-- feature: the numeric feature; the score is a feature too.
-- value: the distance, 0 (same) or more, in standard deviations.
-- note: why there is no value, else NULL.
with scaled as (
    select
        w.evaluation_id,
        w.feature,
        w.value as distance,
        w.note,
        m.deviation
    from wasserstein_distance as w
    inner join evaluations as e on w.evaluation_id = e.evaluation_id
    left join feature_moments as m
        on e.reference_sample_id = m.sample_id and w.feature = m.feature
)

select
    evaluation_id,
    feature,
    case
        when isfinite(distance / nullif(deviation, 0))
            then distance / nullif(deviation, 0)
    end as value,
    case
        when note is not null then note
        when coalesce(deviation, 0) = 0 then 'constant in the reference'
        when not isfinite(distance / deviation) then 'too large for a double'
    end as note
from scaled
