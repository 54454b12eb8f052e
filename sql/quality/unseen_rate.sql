-- Unseen rate: the share of rows with a value that is not in the reference.
-- Grain: one row per sample_id, feature.
-- Reads: bin_counts, feature_counts, sample_bins.
-- Title: Unseen
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Order: 200
-- Description: Share of rows with a value that is not in the reference.
-- The version's own, whose values were frozen as bins (of a trained version the
-- test part), whatever the reference of an evaluation is. Categorical features.
-- Missing values are rows too, and not unseen.
-- sample_id: the sample.
-- feature: the categorical feature; the prediction is a feature too.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
with placed as (
    select
        c.sample_id,
        c.feature,
        sum(c.n) filter (where b.kind = 'other') as n
    from bin_counts as c
    inner join sample_bins as b
        on
            c.sample_id = b.sample_id
            and c.feature = b.feature
            and c.bin = b.bin
    group by c.sample_id, c.feature
)

select
    f.sample_id,
    f.feature,
    coalesce(p.n, 0)::double / nullif(f.rows, 0) as value,
    case when f.rows = 0 then 'no rows' end as note
from feature_counts as f
left join placed as p on f.sample_id = p.sample_id and f.feature = p.feature
where f.kind = 'categorical'
