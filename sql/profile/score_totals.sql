-- Score totals: measured rows of every class and of the rest.
-- Grain: one row per sample_id, class.
-- Reads: confusion_counts, row_counts, score_counts.
-- Binary: the positive class. Multiclass: every class. Also without any row.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- task: binary or multiclass.
-- positives: rows of the class with an actual value and a score.
-- negatives: rows of other classes with an actual value and a score.
-- scores: how many different scores these rows have.
-- note: why there is nothing to measure, else NULL.
with counted as (
    select
        sample_id,
        class,
        sum(positives)::bigint as positives,
        sum(negatives)::bigint as negatives,
        count(*) as scores
    from score_counts
    group by sample_id, class
)

select
    c.sample_id,
    c.class,
    c.task,
    coalesce(s.positives, 0) as positives,
    coalesce(s.negatives, 0) as negatives,
    coalesce(s.scores, 0) as scores,
    coalesce(
        r.note,
        case when s.class is null then 'no labelled rows with a score' end
    ) as note
from confusion_counts as c
inner join row_counts as r on c.sample_id = r.sample_id
left join counted as s on c.sample_id = s.sample_id and c.class = s.class
where c.is_measured
