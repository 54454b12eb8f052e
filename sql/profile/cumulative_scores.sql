-- Cumulative scores: rows at or above every score, of a class and the rest.
-- Grain: one row per sample_id, class, score.
-- Reads: score_counts.
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
select
    sample_id,
    class,
    score,
    positives as tied_positives,
    negatives as tied_negatives,
    (sum(positives) over down)::bigint as true_positives,
    (sum(negatives) over down)::bigint as false_positives,
    (sum(positives) over whole)::bigint as positives,
    (sum(negatives) over whole)::bigint as negatives
from score_counts
window
    whole as (partition by sample_id, class),
    down as (partition by sample_id, class order by score desc)
