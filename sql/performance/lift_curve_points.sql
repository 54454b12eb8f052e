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
with tied as (
    select
        sample_id,
        class,
        positives,
        positives + negatives as n,
        tied_positives,
        tied_positives + tied_negatives as rows_here,
        true_positives - tied_positives as hits_above,
        true_positives + false_positives - rows_here as rows_above
    from cumulative_scores
    where positives > 0
),

cut as (
    select
        *,
        unnest(range(
            100 * rows_above // n + 1, 100 * (rows_above + rows_here) // n + 1
        )) as position
    from tied
    where 100 * rows_above // n < 100 * (rows_above + rows_here) // n
)

select
    c.sample_id,
    c.class,
    c.position,
    c.position::double / 100 as x,
    (
        c.hits_above
        + c.tied_positives
        * (c.position::double * c.n / 100 - c.rows_above) / c.rows_here
    ) / c.positives as y
from cut as c
inner join score_totals as t
    on c.sample_id = t.sample_id and c.class = t.class
where t.task = 'binary'
