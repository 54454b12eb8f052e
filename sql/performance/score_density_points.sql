-- Score density: how the scores of a sample are spread, by actual class.
-- Grain: one row per sample_id, class, position.
-- Reads: score_bin_counts.
-- In 100 fixed bins, empty ones included; the density integrates to 1. Binary.
-- sample_id: the sample.
-- class: the actual class, NULL for all rows, labelled or not.
-- position: the bin, 0 to 99.
-- x: the bin's centre, 0.005 to 0.995.
-- y: rows in the bin per unit of score, as a share of the class.
with counted as (
    select sample_id, label as class, bin, n
    from score_bin_counts
    where label is not null
    union all
    select sample_id, null, bin, n
    from score_bin_counts
),

totals as (
    select sample_id, class, sum(n) as n, unnest(range(100)) as position
    from counted
    group by sample_id, class
)

select
    t.sample_id,
    t.class,
    t.position,
    (t.position + 0.5::double) / 100 as x,
    coalesce(sum(c.n), 0)::double * 100 / t.n as y
from totals as t
left join counted as c
    on
        t.sample_id = c.sample_id
        and t.class is not distinct from c.class
        and t.position = c.bin
group by t.sample_id, t.class, t.position, t.n
