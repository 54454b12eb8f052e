-- Duplicate rate: the share of rows that repeat another row in all features.
-- Grain: one row per sample_id.
-- Reads: duplicate_counts, samples.
-- Title: Duplicates
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Better: lower
-- Order: 280
-- Description: Share of rows whose features all equal those of another row.
-- Of rows with equal input features all but one are repeats.
-- sample_id: the sample.
-- feature: NULL, the figure is of all features together.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
select
    s.sample_id,
    null::varchar as feature,
    (c.rows - c.different_rows)::double / c.rows as value,
    case when c.rows is null then 'no rows' end as note
from samples as s
left join duplicate_counts as c on s.sample_id = c.sample_id
