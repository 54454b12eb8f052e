-- Lift curve: recall in the top percents by score, the cumulative gain.
-- Grain: one row per sample_id, class, position.
-- Reads: cumulative_scores, score_totals.
-- Rows tied at a cut count in proportion. Lift is y / x. Binary only.
-- No rows without a row of the class.
-- sample_id: the sample.
-- class: the positive class.
-- position: the percent, 1 to 100.
-- x: share of the rows from the top, 0.01 to 1.
-- y: recall among them, 0 to 1.
with cuts as (
    select
        sample_id,
        class,
        positives + negatives as n,
        unnest(range(1, 101)) as position,
        n * position::double / 100 as cut
    from score_totals
    where task = 'binary' and positives > 0
),

groups as (
    select
        *,
        true_positives + false_positives - tied_positives - tied_negatives
            as rows_above
    from cumulative_scores
)

select
    c.sample_id,
    c.class,
    c.position,
    c.position::double / 100 as x,
    (
        g.true_positives - g.tied_positives
        + g.tied_positives * (c.cut - g.rows_above)
        / (g.tied_positives + g.tied_negatives)
    ) / g.positives as y
from cuts as c
asof inner join groups as g
    on
        c.sample_id = g.sample_id
        and c.class = g.class
        and c.cut > g.rows_above
