-- Decision chart: five metrics at each of 101 thresholds of the score.
-- Grain: one row per sample_id, class, position.
-- Reads: cumulative_scores, samples, score_totals.
-- Positive above the threshold. Binary only, labelled rows with a score.
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
        unnest(range(101)) as position,
        position::double / 100 as x
    from score_totals
    where task = 'binary' and positives + negatives > 0
),

counted as (
    select
        t.sample_id,
        t.position,
        t.x,
        t.positives,
        t.negatives,
        coalesce(c.true_positives, 0) as tp,
        coalesce(c.false_positives, 0) as fp,
        t.positives - tp as fn,
        t.negatives - fp as tn
    from thresholds as t
    asof left join cumulative_scores as c
        on
            t.sample_id = c.sample_id
            and t.class = c.class
            and t.x < c.score
),

charted as (
    select
        c.sample_id,
        c.position,
        c.x,
        c.tp::double / nullif(c.tp + c.fp, 0) as precision_score,
        c.tp::double / nullif(c.positives, 0) as recall_score,
        2 * c.tp::double / nullif(2 * c.tp + c.fp + c.fn, 0) as f1_score,
        (c.tp + c.tn)::double / (c.positives + c.negatives) as accuracy_score,
        (
            c.tp * s.gain_tp + c.fp * s.gain_fp
            + c.fn * s.gain_fn + c.tn * s.gain_tn
        ) / (c.positives + c.negatives) as cost_matrix_gain
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
