-- Average precision: the mean precision at the rows of the class, by score.
-- Grain: one row per sample_id, feature.
-- Reads: score_sums, score_totals.
-- Title: Average precision
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.average_precision_score(actual, score)
-- Order: 390
-- Description: Mean precision at the positives, by score.
-- Exact, by steps, ties in one step. Undefined without a row of the class.
-- Multiclass: each class against the rest, and their mean, which is undefined
-- where the precision of one of them is.
-- sample_id: the sample.
-- feature: the class, NULL for the whole model.
-- value: the mean, 0 to 1; the share of the class by chance.
-- note: why there is no value, else NULL.
with by_class as (
    select
        t.sample_id,
        t.task,
        t.class,
        s.precisions / nullif(t.positives, 0) as value,
        t.positives + t.negatives as n,
        case
            when t.positives = 0 then coalesce(t.note, 'no row is of the class')
        end as note
    from score_totals as t
    left join score_sums as s on t.sample_id = s.sample_id and t.class = s.class
)

select
    sample_id,
    class as feature,
    case when count(value) = count(*) then avg(value) end as value,
    case
        when count(*) = 1 or max(n) = 0 then any_value(note)
        when count(note) > 3 then 'undefined for ' || count(note) || ' classes'
        else
            'undefined for class ' || string_agg(class, ', ' order by class)
            filter (where note is not null)
    end as note
from by_class
group by grouping sets ((sample_id, task), (sample_id, task, class))
having grouping(class) = 1 or task = 'multiclass'
