-- Score totals: measured rows of every class and of the rest.
-- Grain: one row per sample_id, class.
-- Reads: confusion_counts, improper_scores, row_counts, score_sums.
-- Binary: the positive class. Multiclass: every class. Also without any row.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- task: binary or multiclass.
-- positives: rows of the class with an actual value and a score.
-- negatives: rows of other classes with an actual value and a score.
-- note: why there is nothing to measure, else NULL.
-- improper: why the scores are no probabilities, else NULL.
select
    c.sample_id,
    c.class,
    c.task,
    coalesce(s.positives, 0) as positives,
    coalesce(s.negatives, 0) as negatives,
    coalesce(
        r.note,
        case
            when s.class is not null then null
            when c.task = 'multiclass'
                then 'no labelled rows with a probability of the class'
            else 'no labelled rows with a score'
        end
    ) as note,
    i.note as improper
from confusion_counts as c
inner join row_counts as r on c.sample_id = r.sample_id
left join improper_scores as i on c.sample_id = i.sample_id
left join score_sums as s on c.sample_id = s.sample_id and c.class = s.class
where c.is_measured
