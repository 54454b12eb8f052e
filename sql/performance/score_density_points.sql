-- Score density: how the scores of a sample are spread, by actual class.
-- Grain: one row per sample_id, class, position.
-- Reads: improper_scores, model_versions, sample_bins, samples.
-- Reads: score_bin_counts, scored_records.
-- In 100 fixed bins, empty ones included; the density integrates to 1. Of a
-- probability they are 0.01 wide; multiclass, of the predicted class's. Of an
-- estimate, or of scores that are no probabilities, they cover twice the span
-- from the 1st to the 99th percentile of the reference's frozen fine bins; what
-- lies beyond is in the first or last bin.
-- sample_id: the sample.
-- class: the actual class, binary only; NULL for all rows, labelled or not.
-- position: the bin, 0 to 99.
-- x: the bin's centre, of a probability 0.005 to 0.995.
-- y: rows in the bin per unit of score, as a share of the class.
with ends as (
    select
        sample_id,
        quantile_disc(lower, 0.01) as low,
        quantile_disc(lower, 0.99) as high
    from sample_bins
    where feature = 'score' and kind = 'range'
    group by sample_id
    having isfinite(4 * (high - low))
),

spans as (
    select
        sample_id,
        low,
        case
            when high - low > 1e-9 * greatest(abs(low), abs(high))
                then high - low
            else coalesce(nullif(abs(low), 0), 1)
        end as span
    from ends
),

axes as (
    select
        s.sample_id,
        m.task = 'binary' as has_classes,
        m.task <> 'regression' and i.note is null as is_probability,
        case when is_probability then 0 else p.low - p.span / 2 end as start,
        case when is_probability then 0.01::double else p.span / 50 end as width
    from samples as s
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    left join improper_scores as i on s.sample_id = i.sample_id
    left join spans as p on s.sample_id = p.sample_id
),

binned as (
    select c.sample_id, c.label, c.bin, c.n
    from score_bin_counts as c
    inner join axes as a on c.sample_id = a.sample_id
    where a.has_classes and a.is_probability
    union all
    select
        r.sample_id,
        case when a.has_classes then r.actual end as label,
        least(greatest(floor((r.score - a.start) / a.width), 0), 99)::integer
            as bin,
        count(*)
    from scored_records as r
    inner join axes as a on r.sample_id = a.sample_id
    where not (a.has_classes and a.is_probability) and isfinite(r.score)
    group by all
),

counted as (
    select sample_id, label as class, bin, n
    from binned
    where label is not null
    union all
    select sample_id, null, bin, n
    from binned
),

totals as (
    select sample_id, class, sum(n) as n, unnest(range(100)) as position
    from counted
    where bin is not null
    group by sample_id, class
)

select
    t.sample_id,
    t.class,
    t.position,
    a.start + (t.position + 0.5::double) * a.width as x,
    coalesce(sum(c.n), 0)::double / t.n / a.width as y
from totals as t
inner join axes as a on t.sample_id = a.sample_id
left join counted as c
    on
        t.sample_id = c.sample_id
        and t.class is not distinct from c.class
        and t.position = c.bin
group by t.sample_id, t.class, t.position, t.n, a.start, a.width
