-- Untrained rate: the share of rows with a value that nothing trained on had.
-- Grain: one row per sample_id, feature.
-- Reads: category_counts, feature_counts, model_versions, sample_bins, samples.
-- Title: Untrained
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Order: 210
-- Description: Share of rows with a value that nothing trained on had.
-- All rows of the training count, those that were learned from and those of the
-- test part, so it is unseen_rate at most. Input features, categorical ones.
-- Missing values are rows too, and not untrained.
-- sample_id: the sample.
-- feature: the categorical feature.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
with known as (
    select sample_id, feature, unnest(categories) as category
    from sample_bins
    union all
    select sample_id, feature, unnest(trained)
    from sample_bins
),

counted as (
    select c.sample_id, c.feature, sum(c.n) as n
    from category_counts as c
    left join known as k
        on
            c.sample_id = k.sample_id
            and c.feature = k.feature
            and c.category = k.category
    where k.category is null
    group by c.sample_id, c.feature
),

stored as (
    select sample_id, feature, bool_or(trained is not null) as is_stored
    from sample_bins
    group by sample_id, feature
)

select
    f.sample_id,
    f.feature,
    case
        when s.is_stored then coalesce(c.n, 0)::double / nullif(f.rows, 0)
    end as value,
    case
        when coalesce(m.train_rows, 0) = 0 then 'nothing was trained here'
        when not s.is_stored
            then 'what was trained on was not stored; train again'
        when f.rows = 0 then 'no rows'
    end as note
from feature_counts as f
inner join samples as i on f.sample_id = i.sample_id
inner join model_versions as m
    on i.model = m.model and i.model_version = m.model_version
inner join stored as s on f.sample_id = s.sample_id and f.feature = s.feature
left join counted as c on f.sample_id = c.sample_id and f.feature = c.feature
where f.kind = 'categorical' and f.feature <> 'prediction'
