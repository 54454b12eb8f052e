-- Chi-square statistic: the two-sample contingency table of the categories.
-- Grain: one row per evaluation_id, feature.
-- Reads: contingency_counts, feature_pairs.
-- Title: Chi-square statistic
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.stats.chi2_contingency(table, correction=False).statistic
-- Order: 140
-- Description: Two-sample statistic of the categories or bins.
-- Numeric: over the coarse bins. Categorical: over the raw values. Missing
-- values are a category. No Yates correction.
-- Pooling: categories with an expected count under 5 on the smaller side are
-- one category; where that still expects under 5, the next larger category
-- (by rows, then by name) joins it, but never the last. Where all expect under
-- 5 they are grouped in this order, ten expected rows to a group. Otherwise a
-- change of every row could be invisible. One category left: 0, as in scipy.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the statistic, 0 (same shares) or more.
-- note: why there is no value, or why it is 0 whatever changed, else NULL.
-- degrees_of_freedom: categories after pooling, less 1.
-- reference_rows: rows of the reference.
-- current_rows: rows of the current sample.
-- reference_rare: the reference's rows in the category that expects under 5
-- beside one other, where only an exact test will do; else NULL.
-- current_rare: the current sample's rows in that category; else NULL.
with sized as (
    select
        p.evaluation_id,
        p.feature,
        t.category,
        t.reference_rows as r,
        t.current_rows as c,
        t.reference_rows + t.current_rows as n,
        p.reference_rows + p.current_rows as total,
        least(p.reference_rows, p.current_rows) // 10 as groups,
        5 * total::double
        / nullif(least(p.reference_rows, p.current_rows), 0) as enough
    from feature_pairs as p
    inner join contingency_counts as t
        on p.evaluation_id = t.evaluation_id and p.feature = t.feature
),

ranked as (
    select
        *,
        sum(n) over up as upto,
        lead(n) over up is null as is_last,
        max(n) over (partition by evaluation_id, feature) as largest
    from sized
    window up as (partition by evaluation_id, feature order by n, category)
),

assigned as (
    select
        *,
        case
            when largest < enough
                then floor((upto - n / 2) / total * groups)
            when n < enough or (upto > n and upto - n < enough and not is_last)
                then 0
        end as pool
    from ranked
),

pooled as (
    select
        evaluation_id,
        feature,
        sum(r)::double as r,
        sum(c)::double as c,
        sum(n) < any_value(enough) as is_rare
    from assigned
    group by
        evaluation_id, feature, pool, case when pool is null then category end
)

select
    p.evaluation_id,
    p.feature,
    sum(
        power(t.r * p.current_rows - t.c * p.reference_rows, 2)
        / nullif(t.r + t.c, 0) / p.reference_rows / p.current_rows
    ) filter (where p.rows_note is null) as value,
    case
        when p.rows_note is not null then p.rows_note
        when count(*) = 1 then 'one category after pooling'
    end as note,
    case when p.rows_note is null then count(*) - 1 end as degrees_of_freedom,
    p.reference_rows,
    p.current_rows,
    case
        when count(*) = 2 then (max(t.r) filter (where t.is_rare))::bigint
    end as reference_rare,
    case
        when count(*) = 2 then (max(t.c) filter (where t.is_rare))::bigint
    end as current_rare
from feature_pairs as p
left join pooled as t
    on p.evaluation_id = t.evaluation_id and p.feature = t.feature
group by
    p.evaluation_id,
    p.feature,
    p.reference_rows,
    p.current_rows,
    p.rows_note
