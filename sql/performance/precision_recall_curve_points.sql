-- Precision-recall curve: precision and recall at every threshold.
-- Grain: one row per sample_id, class, position.
-- Reads: cumulative_scores, score_sums.
-- Starts at recall 0, precision 1. All points up to 400; of more, one for each
-- of 399 equal steps of recall, with the mean precision of the positives in
-- the step, so that the area by steps stays the average precision.
-- No rows without a row of the class.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- position: order along the curve, from 0.
-- x: recall, 0 to 1.
-- y: precision, 0 to 1.
-- threshold: positive from this score on; NULL at the start (infinite).
with points as (
    select
        c.sample_id,
        c.class,
        c.score,
        c.tied_positives,
        c.true_positives::double / c.positives as x,
        c.true_positives::double / (c.true_positives + c.false_positives) as y,
        s.scores >= 400 as is_thinned
    from cumulative_scores as c
    inner join score_sums as s
        on c.sample_id = s.sample_id and c.class = s.class
    where c.positives > 0
),

steps as (
    select
        sample_id,
        class,
        max(x) as x,
        coalesce(
            sum(tied_positives * y) / nullif(sum(tied_positives), 0), max(y)
        ) as y,
        min(score) as threshold
    from points
    where tied_positives > 0 or not is_thinned
    group by
        sample_id, class, case when is_thinned then ceil(x * 399) else score end
    union all
    select sample_id, class, 0, 1, null
    from score_sums
    where positives > 0
)

select
    sample_id,
    class,
    row_number() over (
        partition by sample_id, class order by threshold desc nulls first
    ) - 1 as position,
    x,
    y,
    threshold
from steps
