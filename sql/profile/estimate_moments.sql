-- Estimate moments: sums over the errors of a regression's estimates.
-- Grain: one row per sample_id.
-- Reads: model_versions, row_counts, samples, scored_records.
-- Over labelled rows with an estimate; error = estimate - actual value. Exact
-- however large the values are beside their spread: what is squared as a
-- deviation is the distance from the smallest value, less the mean of those
-- distances. A constant has a deviation of exactly 0. Where the largest error
-- or range is above 1e140 or below 1e-140 the unit is 2 ** 600 or 2 ** -600, a
-- division that rounds nothing, so that no square is too large for a double.
-- sample_id: the sample.
-- n: labelled rows with an estimate.
-- unit: the unit of the errors and deviations below, 1 of usual values.
-- absolute_error: sum of the absolute errors, in that unit.
-- squared_error: sum of the squared errors, in that unit squared.
-- squared_log_error: sum of the squared differences of ln(1 + value), as exact
-- near 0 as anywhere, NULL where an actual value or an estimate is -1 or less.
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

ranges as (
    select
        sample_id,
        min(y) as y,
        min(e) as e,
        greatest(max(y) - min(y), max(e) - min(e), max(abs(e - y))) as largest,
        case
            when largest > 1e140::double then power(2::double, 600)
            when largest between 5e-324::double and 1e-140::double
                then power(2::double, -600)
            else 1::double
        end as unit
    from measured
    group by sample_id
),

placed as (
    select
        m.sample_id,
        r.unit,
        m.y / r.unit - r.y / r.unit as y,
        m.e / r.unit - r.e / r.unit as e,
        m.e / r.unit - m.y / r.unit as error,
        abs(error) / greatest(
            abs(m.y / r.unit), 2.220446049250313e-16::double / r.unit
        ) as percentage_error,
        1 + m.e as over_e,
        1 + m.y as over_y,
        case
            when m.e <= -1 then null
            when over_e = 1 then m.e
            else ln(over_e) * (m.e / (over_e - 1))
        end
        - case
            when m.y <= -1 then null
            when over_y = 1 then m.y
            else ln(over_y) * (m.y / (over_y - 1))
        end as log_error
    from measured as m
    inner join ranges as r on m.sample_id = r.sample_id
),

distances as (
    select
        *,
        error - min(error) over (partition by sample_id) as distance
    from placed
),

centres as (
    select
        sample_id,
        fsum(y) / count(*) as y,
        fsum(e) / count(*) as e,
        fsum(distance) / count(*) as distance
    from distances
    group by sample_id
),

summed as (
    select
        m.sample_id,
        count(*) as n,
        any_value(m.unit) as unit,
        sum(abs(m.error)) as absolute_error,
        sum(power(m.error, 2)) as squared_error,
        case
            when count(m.log_error) = count(*) then sum(power(m.log_error, 2))
        end as squared_log_error,
        sum(m.percentage_error) as absolute_percentage_error,
        sum(power(m.distance - c.distance, 2)) as error_deviation,
        sum(power(m.y - c.y, 2)) as actual_deviation,
        sum(power(m.e - c.e, 2)) as estimate_deviation,
        sum((m.y - c.y) * (m.e - c.e)) as joint_deviation
    from distances as m
    inner join centres as c on m.sample_id = c.sample_id
    group by m.sample_id
)

select
    r.sample_id,
    coalesce(t.n, 0) as n,
    t.unit,
    t.absolute_error,
    t.squared_error,
    t.squared_log_error,
    t.absolute_percentage_error,
    t.error_deviation,
    t.actual_deviation,
    t.estimate_deviation,
    t.joint_deviation,
    coalesce(
        r.note, case when t.n is null then 'no rows with two numbers' end
    ) as note
from row_counts as r
left join summed as t on r.sample_id = t.sample_id
where r.task = 'regression'
