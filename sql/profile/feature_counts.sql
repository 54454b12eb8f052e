-- Feature counts: rows of a feature, how many are missing or not finite.
-- Grain: one row per sample_id, feature.
-- Reads: feature_values, sample_bins.
-- Every feature that has bins has a row, also in a sample without rows.
-- NaN and infinities count as missing, and once more as not finite.
-- sample_id: the sample.
-- feature: the feature; the score and the prediction are features too.
-- kind: numeric (has bins below, range or above) or categorical.
-- rows: rows of the sample.
-- missing: rows without a usable value.
-- not_finite: rows that are missing because they are NaN or infinite.
with features as (
    select
        sample_id,
        feature,
        case
            when bool_or(kind in ('below', 'range', 'above')) then 'numeric'
            else 'categorical'
        end as kind
    from sample_bins
    group by sample_id, feature
),

counted as (
    select
        sample_id,
        feature,
        count(*) as n,
        count(*) filter (where number is null and category is null) as missing,
        count(*) filter (where not_finite) as not_finite
    from feature_values
    group by sample_id, feature
)

select
    f.sample_id,
    f.feature,
    f.kind,
    coalesce(c.n, 0) as rows,
    coalesce(c.missing, 0) as missing,
    coalesce(c.not_finite, 0) as not_finite
from features as f
left join counted as c
    on f.sample_id = c.sample_id and f.feature = c.feature
