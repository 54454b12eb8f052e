-- Lift: recall in the top part by score, against picking rows by chance.
-- Grain: one row per sample_id.
-- Reads: cumulative_scores, samples, score_sums, score_totals.
-- Title: Lift
-- Family: performance
-- Tasks: binary
-- Better: higher
-- Order: 410
-- Description: Recall in the top part by score, against chance.
-- The part is lift_at of the sample (0.4). Rows tied at the cut count in
-- proportion, so that their order does not matter. Binary only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the factor, 1 by chance.
-- note: why there is no value, else NULL.
with cuts as (
    select
        u.sample_id,
        u.class,
        s.lift_at,
        s.lift_at * (u.positives + u.negatives) as rows_wanted
    from score_sums as u
    inner join samples as s on u.sample_id = s.sample_id
),

placed as (
    select
        *,
        tied_positives + tied_negatives as rows_here,
        true_positives + false_positives - rows_here as rows_above
    from cumulative_scores
),

recalls as (
    select
        p.sample_id,
        p.class,
        t.lift_at,
        (
            p.true_positives - p.tied_positives
            + p.tied_positives * (t.rows_wanted - p.rows_above) / p.rows_here
        ) / nullif(p.positives, 0) as recall
    from placed as p
    inner join cuts as t on p.sample_id = t.sample_id and p.class = t.class
    where
        p.rows_above < t.rows_wanted
        and p.rows_above + p.rows_here >= t.rows_wanted
)

select
    t.sample_id,
    null::varchar as feature,
    r.recall / r.lift_at as value,
    coalesce(
        t.note, case when r.recall is null then 'no row is of the class' end
    ) as note
from score_totals as t
left join recalls as r on t.sample_id = r.sample_id and t.class = r.class
where t.task = 'binary'
