-- Estimate moments: sums over the errors of a regression's estimates.
-- Grain: one row per sample_id.
-- Reads: model_versions, row_counts, samples, scored_records.
-- Over labelled rows with an estimate; error = estimate - actual value. Two
-- passes (means, then deviations from them): no cancellation. Where a square
-- is too large for a double, all sums are NULL.
-- sample_id: the sample.
-- n: labelled rows with an estimate.
-- absolute_error: sum of the absolute errors.
-- squared_error: sum of the squared errors.
-- squared_log_error: sum of the squared differences of ln(1 + value), NULL
-- where an actual value or an estimate is -1 or less.
-- absolute_percentage_error: sum of abs(error) / abs(actual value).
-- error_deviation: sum of squared deviations of the error from its mean.
-- actual_deviation: sum of squared deviations of the actual value.
-- estimate_deviation: sum of squared deviations of the estimate.
-- joint_deviation: sum of the products of both deviations.
-- note: why there is nothing to measure, else NULL.
with measured as (
    select r.sample_id, try_cast(r.actual as double) as y, r.score as e
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task = 'regression' and isfinite(y) and isfinite(e)
),

centres as (
    select sample_id, avg(y) as y, avg(e) as e
    from measured
    group by sample_id
),

logs as (
    select
        *,
        ln(case when e > -1 then 1 + e end)
        - ln(case when y > -1 then 1 + y end) as log_error
    from measured
),

summed as (
    select
        m.sample_id,
        count(*) as n,
        sum(abs(m.e - m.y)) as absolute_error,
        sum(power(m.e - m.y, 2)) as squared_error,
        case
            when count(m.log_error) = count(*) then sum(power(m.log_error, 2))
        end as squared_log_error,
        sum(abs(m.e - m.y) / greatest(abs(m.y), 2.220446049250313e-16::double))
            as absolute_percentage_error,
        sum(power(m.e - m.y - (c.e - c.y), 2)) as error_deviation,
        case when min(m.y) < max(m.y) then sum(power(m.y - c.y, 2)) else 0 end
            as actual_deviation,
        case when min(m.e) < max(m.e) then sum(power(m.e - c.e, 2)) else 0 end
            as estimate_deviation,
        sum((m.y - c.y) * (m.e - c.e)) as joint_deviation
    from logs as m
    inner join centres as c on m.sample_id = c.sample_id
    group by m.sample_id
)

select
    r.sample_id,
    coalesce(t.n, 0) as n,
    t.absolute_error,
    t.squared_error,
    t.squared_log_error,
    t.absolute_percentage_error,
    t.error_deviation,
    t.actual_deviation,
    t.estimate_deviation,
    t.joint_deviation,
    coalesce(
        r.note, case when t.n is null then 'no numbers of a usable size' end
    ) as note
from row_counts as r
left join summed as t
    on
        r.sample_id = t.sample_id
        and isfinite(t.squared_error + t.absolute_percentage_error)
        and isfinite(t.actual_deviation + t.estimate_deviation)
where r.task = 'regression'
