-- Decision chart: five metrics at each of 101 thresholds of the score.
-- Grain: one row per sample_id, class, position.
-- Reads: samples, score_counts, score_totals.
-- Positive above the threshold. Binary only, labelled rows with a score.
-- No rows where the scores are no probabilities.
-- sample_id: the sample.
-- class: the metric, precision_score, recall_score, f1_score, accuracy_score
-- or cost_matrix_gain: they share the chart as classes share other curves.
-- position: the threshold in percent, 0 to 100.
-- x: the threshold, 0 to 1.
-- y: the metric at this threshold, NULL where it is undefined.
with thresholds as (
    select
        sample_id,
        class,
        positives,
        negatives,
        unnest(range(101)) as position
    from score_totals
    where
        task = 'binary' and positives + negatives > 0 and improper is null
),

placed as (
    select
        sample_id,
        class,
        positives,
        negatives,
        round(score * 100) as nearest,
        nearest - (score <= nearest / 100)::integer as highest_below
    from score_counts
),

grouped as (
    select
        sample_id,
        class,
        highest_below,
        sum(positives) as positives,
        sum(negatives) as negatives
    from placed
    group by sample_id, class, highest_below
),

counted as (
    select
        t.sample_id,
        t.position,
        coalesce(sum(g.positives), 0)::double as tp,
        coalesce(sum(g.negatives), 0)::double as fp,
        t.positives - tp as fn,
        t.negatives - fp as tn
    from thresholds as t
    left join grouped as g
        on
            t.sample_id = g.sample_id
            and t.class = g.class
            and t.position <= g.highest_below
    group by t.sample_id, t.position, t.positives, t.negatives
),

charted as (
    select
        c.sample_id,
        c.position,
        c.position::double / 100 as x,
        c.tp / nullif(c.tp + c.fp, 0) as precision_score,
        c.tp / nullif(c.tp + c.fn, 0) as recall_score,
        2 * c.tp / nullif(2 * c.tp + c.fp + c.fn, 0) as f1_score,
        (c.tp + c.tn) / (c.tp + c.fp + c.fn + c.tn) as accuracy_score,
        (
            c.tp * s.gain_tp + c.fp * s.gain_fp
            + c.fn * s.gain_fn + c.tn * s.gain_tn
        ) / (c.tp + c.fp + c.fn + c.tn) as cost_matrix_gain
    from counted as c
    inner join samples as s on c.sample_id = s.sample_id
)

select
    sample_id,
    class,
    position,
    x,
    y
from charted
unpivot include nulls (
    y for class in (
        precision_score,
        recall_score,
        f1_score,
        accuracy_score,
        cost_matrix_gain
    )
)
