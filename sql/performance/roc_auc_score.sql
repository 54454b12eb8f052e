-- ROC AUC: how often a row of the class has a higher score than another row.
-- Grain: one row per sample_id, feature.
-- Reads: score_sums, score_totals.
-- Title: ROC AUC
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.roc_auc_score(actual, score)
-- Order: 380
-- Description: How often a positive has a higher score than a negative.
-- Exact; a tie counts as half. Undefined with one actual class only.
-- Multiclass: each class against the rest, and their mean, which is undefined
-- where the area of one of them is.
-- The variance is DeLong's: for every row its share of wrongly ordered pairs,
-- then the sample variance (n - 1) of those shares per side.
-- sample_id: the sample.
-- feature: the class, NULL for the whole model.
-- value: the area, 0 to 1; 0.5 by chance.
-- note: why there is no value, else NULL.
-- variance: DeLong variance of the area, NULL for a mean of classes.
with areas as (
    select
        *,
        (positives::double * negatives - wrong_pairs) / positives / negatives
            as area,
        power(wrong_pairs / positives / negatives, 2) as square
    from score_sums
    where positives > 0 and negatives > 0
),

by_class as (
    select
        t.sample_id,
        t.task,
        t.class,
        a.area,
        t.positives + t.negatives as n,
        abs(a.squares_of_positives - a.positives * a.square)
        / nullif(a.positives - 1, 0) / a.positives
        + abs(a.squares_of_negatives - a.negatives * a.square)
        / nullif(a.negatives - 1, 0) / a.negatives as variance,
        case
            when a.area is not null then null
            when t.task = 'binary'
                then coalesce(t.note, 'one actual class only')
            when t.positives + t.negatives > 0 and t.positives = 0
                then 'no row is of the class'
            when t.positives > 0 and t.negatives = 0
                then 'every row is of the class'
            else coalesce(t.note, 'no rows with a score')
        end as note
    from score_totals as t
    left join areas as a on t.sample_id = a.sample_id and t.class = a.class
)

select
    sample_id,
    class as feature,
    case when count(area) = count(*) then avg(area) end as value,
    case
        when count(*) = 1 or max(n) = 0 then any_value(note)
        when count(area) = 0 then 'one actual class only'
        when count(note) > 3 then 'undefined for ' || count(note) || ' classes'
        else
            'undefined for class ' || string_agg(class, ', ' order by class)
            filter (where note is not null)
    end as note,
    case when count(*) = 1 then any_value(variance) end as variance
from by_class
group by grouping sets ((sample_id, task), (sample_id, task, class))
having grouping(class) = 1 or task = 'multiclass'
