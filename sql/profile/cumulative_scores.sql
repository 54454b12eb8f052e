-- Cumulative scores: rows at or above every score, of a class and the rest.
-- Grain: one row per sample_id, class, score.
-- Reads: score_counts, score_totals.
-- Exact: a row for every score that occurs; ties are one row.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- score: the probability of the class, 0 to 1.
-- tied_positives: rows of the class with exactly this score.
-- tied_negatives: rows of other classes with exactly this score.
-- true_positives: rows of the class with this score or a higher one.
-- false_positives: rows of other classes with this score or a higher one.
-- positives: all measured rows of the class.
-- negatives: all measured rows of other classes.
with counted as (
    select
        *,
        sum(positives) over down as true_positives,
        sum(negatives) over down as false_positives
    from score_counts
    window down as (partition by sample_id, class order by score desc)
)

select
    c.sample_id,
    c.class,
    c.score,
    c.positives as tied_positives,
    c.negatives as tied_negatives,
    c.true_positives::bigint as true_positives,
    c.false_positives::bigint as false_positives,
    t.positives,
    t.negatives
from counted as c
inner join score_totals as t
    on c.sample_id = t.sample_id and c.class = t.class
