-- Score sums: what figures of scores are made of, of a class and of the rest.
-- Grain: one row per sample_id, class.
-- Reads: cumulative_scores.
-- Exact, from every score that occurs; a class without scores has no row.
-- A pair is a row of the class and another one. It is wrong where the row of
-- the class has the lower score, half wrong at a tie; every row has its share
-- of wrong pairs. Wrong ones are summed, not right ones: they keep their digits
-- where nearly all are right. A likelihood below 2.220446049250313e-16 counts
-- as that, as in scikit-learn.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- positives: all measured rows of the class.
-- negatives: all measured rows of other classes.
-- scores: how many different scores these rows have.
-- wrong_pairs: wrong pairs.
-- squares_of_positives: sum of the squared shares of rows of the class.
-- squares_of_negatives: sum of the squared shares of other rows.
-- precisions: sum of the precision at the score, over rows of the class.
-- squared_error: sum of the squared differences of score and outcome.
-- log_loss_of_positives: sum of -ln(score) over rows of the class.
-- log_loss_of_negatives: sum of -ln(1 - score) over other rows.
with placed as (
    select
        *,
        false_positives - tied_negatives::double / 2 as negatives_above,
        positives - true_positives + tied_positives::double / 2
            as positives_below
    from cumulative_scores
)

select
    sample_id,
    class,
    positives,
    negatives,
    count(*) as scores,
    sum(tied_negatives * positives_below) as wrong_pairs,
    sum(tied_positives * power(negatives_above / nullif(negatives, 0), 2))
        as squares_of_positives,
    sum(tied_negatives * power(positives_below / nullif(positives, 0), 2))
        as squares_of_negatives,
    sum(
        tied_positives::double * true_positives
        / (true_positives + false_positives)
    ) as precisions,
    sum(
        tied_positives * (1 - score) * (1 - score)
        + tied_negatives * score * score
    ) as squared_error,
    -sum(tied_positives * ln(greatest(score, 2.220446049250313e-16::double)))
        as log_loss_of_positives,
    -sum(
        tied_negatives * ln(greatest(1 - score, 2.220446049250313e-16::double))
    ) as log_loss_of_negatives
from placed
group by sample_id, class, positives, negatives
