-- Precision-recall curve: precision and recall at every threshold.
-- Grain: one row per sample_id, class, position.
-- Reads: cumulative_scores, score_sums.
-- Starts at recall 0, precision 1. All points up to 400; of more, those that
-- find a positive; of more than 399 of these, the last one in each of 399
-- steps. So every row is a point of the curve: recall and precision of one cut.
-- Steps are shorter where the precision changes fast: they are equal in 0.3 of
-- the recall and 0.7 of the sum of the roots of its changes times those of the
-- precision. So the area by steps, which is the average precision, differs by
-- less than 0.001; where the precision falls evenly over all the recall, from 1
-- to 0, by 0.00125.
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
        c.true_positives::double / c.positives as x,
        c.true_positives::double / (c.true_positives + c.false_positives) as y,
        s.scores >= 400 as is_thinned
    from cumulative_scores as c
    inner join score_sums as s
        on c.sample_id = s.sample_id and c.class = s.class
    where c.positives > 0 and (c.tied_positives > 0 or s.scores < 400)
),

changed as (
    select
        *,
        x - lag(x, 1, 0) over down as wider,
        abs(y - lag(y, 1, 1) over down) as change
    from points
    where is_thinned
    window down as (partition by sample_id, class order by score desc)
),

measured as (
    select
        sample_id,
        class,
        score,
        x,
        y,
        count(*) over whole as n,
        sum(sqrt(wider * change)) over down
        / nullif(sum(sqrt(wider * change)) over whole, 0) as way
    from changed
    window
        whole as (partition by sample_id, class),
        down as (partition by sample_id, class order by score desc)
),

cuts as (
    select sample_id, class, x, y, score as threshold
    from points
    where not is_thinned
    union all
    select
        sample_id,
        class,
        max(x),
        arg_min(y, score),
        min(score)
    from measured
    group by
        sample_id,
        class,
        case
            when n <= 399 then score
            else ceil(399 * least(0.3 * x + 0.7 * coalesce(way, x), 1))
        end
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
from cuts
