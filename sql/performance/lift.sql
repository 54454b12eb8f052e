-- Lift: recall in the top part by score, against picking rows by chance.
-- Grain: one row per sample_id.
-- Reads: cumulative_scores, samples, score_totals.
-- The part is lift_at of the sample (0.4). Rows tied at the cut count in
-- proportion, so that their order does not matter. Binary only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the factor, 1 by chance.
-- note: why there is no value, else NULL.
with tops as (
    select
        c.sample_id,
        c.tied_positives::double / nullif(c.positives, 0) as recall,
        c.tied_positives + c.tied_negatives as tied,
        s.lift_at * (c.positives + c.negatives)
        - (c.true_positives + c.false_positives) + tied as room
    from cumulative_scores as c
    inner join samples as s on c.sample_id = s.sample_id
),

recalls as (
    select
        sample_id,
        sum(recall * least(greatest(room / tied, 0), 1)) as recall
    from tops
    group by sample_id
)

select
    t.sample_id,
    null::varchar as feature,
    r.recall / nullif(s.lift_at, 0) as value,
    coalesce(
        t.note, case when r.recall is null then 'no row is of the class' end
    ) as note
from score_totals as t
inner join samples as s on t.sample_id = s.sample_id
left join recalls as r on t.sample_id = r.sample_id
where t.task = 'binary'
