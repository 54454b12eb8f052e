-- ROC curve: the rates of true and false positives at every threshold.
-- Grain: one row per sample_id, class, position.
-- Reads: cumulative_scores, score_sums.
-- Starts at 0, 0. All points up to 400; of more, the first and the last one in
-- each of 199 equal steps of x + y: true points of the curve, and an area that
-- differs by less than 0.001. No rows with one actual class only.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- position: order along the curve, from 0.
-- x: false positive rate, 0 to 1.
-- y: true positive rate, 0 to 1.
-- threshold: positive from this score on; NULL at the start (infinite).
with points as (
    select
        c.sample_id,
        c.class,
        c.score,
        c.false_positives::double / c.negatives as x,
        c.true_positives::double / c.positives as y,
        s.scores >= 400 as is_thinned
    from cumulative_scores as c
    inner join score_sums as s
        on c.sample_id = s.sample_id and c.class = s.class
    where c.positives > 0 and c.negatives > 0
),

ends as (
    select
        sample_id,
        class,
        unnest(
            [[min(x), min(y), max(score)], [max(x), max(y), min(score)]]
        ) as point
    from points
    group by
        sample_id,
        class,
        case when is_thinned then floor((x + y) * 99.5) else score end
    union all
    select sample_id, class, [0, 0, null]
    from score_sums
    where positives > 0 and negatives > 0
),

different as (
    select distinct
        sample_id,
        class,
        point[1] as x,
        point[2] as y,
        point[3] as threshold
    from ends
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
from different
