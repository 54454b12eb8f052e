-- Error distribution: how the errors of a regression are spread.
-- Grain: one row per sample_id, position.
-- Reads: evaluations, model_versions, samples, scored_records.
-- Error = estimate - actual value, over labelled rows with an estimate. The
-- bins are those of the version's reference sample: 60 of equal width, over
-- twice the span from the 1st to the 99th percentile of its errors, and one on
-- either side for all beyond, so that no outlier moves or hides anything. A bin
-- holds its lower edge; empty bins have a row. Regression only; no rows where
-- the reference has no errors.
-- sample_id: the sample.
-- position: the bin, 0 (below all edges) to 61 (from the last edge on).
-- x: the lower edge, NULL for bin 0.
-- y: the share of the rows whose error is in the bin.
-- threshold: the upper edge, NULL for bin 61.
-- n: rows whose error is in the bin.
with errors as (
    select
        s.model,
        s.model_version,
        r.sample_id,
        r.score - try_cast(r.actual as double) as error
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task = 'regression' and isfinite(error)
),

frozen as (
    select sample_id
    from samples
    where
        role = 'reference'
        or sample_id in (select e.reference_sample_id from evaluations as e)
    qualify
        rank() over (
            partition by model, model_version order by role <> 'reference'
        ) = 1
),

ends as (
    select
        model,
        model_version,
        quantile_disc(error, 0.01) as low,
        quantile_disc(error, 0.99) as high
    from errors
    where sample_id in (select f.sample_id from frozen as f)
    group by model, model_version
    having isfinite(4 * (high - low))
),

spans as (
    select
        model,
        model_version,
        low,
        case
            when high - low > 1e-9 * greatest(abs(low), abs(high))
                then high - low
            else coalesce(nullif(abs(low), 0), 1)
        end as span
    from ends
),

edges as (
    select
        model,
        model_version,
        low - span / 2 as start,
        span / 30 as width,
        unnest(range(62)) as position
    from spans
),

guessed as (
    select
        e.sample_id,
        e.error,
        s.low - s.span / 2 as start,
        s.span / 30 as width,
        floor((e.error - start) / width) as guess
    from errors as e
    inner join spans as s
        on e.model = s.model and e.model_version = s.model_version
),

placed as (
    select
        sample_id,
        least(greatest(
            guess
            - (error < start + guess * width)::integer
            + (error >= start + (guess + 1) * width)::integer,
            -1
        ), 60)::integer + 1 as position,
        count(*) as n
    from guessed
    group by all
),

totals as (
    select
        sample_id,
        model,
        model_version,
        count(*) as n
    from errors
    group by sample_id, model, model_version
)

select
    t.sample_id,
    b.position,
    case when b.position > 0 then b.start + (b.position - 1) * b.width end as x,
    coalesce(p.n, 0)::double / t.n as y,
    case when b.position < 61 then b.start + b.position * b.width end
        as threshold,
    coalesce(p.n, 0) as n
from totals as t
inner join edges as b
    on t.model = b.model and t.model_version = b.model_version
left join placed as p
    on t.sample_id = p.sample_id and b.position = p.position
