-- Predicted against actual: the actual values of rows with similar estimates.
-- Grain: one row per sample_id, class, position.
-- Reads: model_versions, sample_bins, samples, scored_records.
-- In the frozen coarse bins of the estimate: tenths of the reference's, one
-- below them and one above. Labelled rows with an estimate; empty bins have no
-- row. Quartiles are exact, interpolated as numpy.quantile does. Regression
-- only.
-- sample_id: the sample.
-- class: mean, lower_quartile, median or upper_quartile of the actual values.
-- position: the coarse bin of the estimate.
-- x: the mean estimate of the bin's rows.
-- y: that statistic of their actual values.
-- n: labelled rows in the bin.
with edges as (
    select
        sample_id,
        coarse_bin as position,
        min(lower) as lower
    from sample_bins
    where feature = 'score' and lower is not null
    group by sample_id, coarse_bin
),

measured as (
    select
        r.sample_id,
        r.score as e,
        try_cast(r.actual as double) as y
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task = 'regression' and isfinite(e) and isfinite(y)
),

placed as (
    select
        m.sample_id,
        b.position,
        m.e,
        m.y
    from measured as m
    asof inner join edges as b
        on m.sample_id = b.sample_id and m.e >= b.lower
),

grouped as (
    select
        sample_id,
        position,
        avg(e) as x,
        count(*) as n,
        avg(y) as mean,
        quantile_cont(y, 0.25) as lower_quartile,
        quantile_cont(y, 0.5) as median,
        quantile_cont(y, 0.75) as upper_quartile
    from placed
    group by sample_id, position
)

select
    sample_id,
    class,
    position,
    x,
    y,
    n
from grouped
unpivot (y for class in (mean, lower_quartile, median, upper_quartile))
