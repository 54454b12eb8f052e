-- Score bin counts: the histogram of a binary model's score by actual class.
-- Grain: one row per sample_id, bin, label.
-- Reads: model_versions, samples, scored_records.
-- Bin = floor(score * 100), so 0.01 wide; 1 is in bin 99, and so is any score
-- above 1; a score below 0 is in bin 0. Empty bins have no row.
-- sample_id: the sample.
-- bin: the bin, 0 to 99.
-- label: the actual class, NULL where it is not known.
-- n: rows in the bin.
-- sum: sum of the scores.
-- sum_of_squares: sum of the squared scores.
-- sum_log_loss: sum of the log losses as in log_loss, NULL without a label,
-- where that is no class of the model version, or where a score in the bin is
-- no probability.
with scored as (
    select
        r.sample_id,
        least(greatest(floor(r.score * 100), 0), 99)::integer as bin,
        r.actual as label,
        r.score,
        r.actual is not null
        and coalesce(list_contains(m.classes, r.actual), true) as is_known,
        greatest(
            case
                when r.actual = m.positive_class then r.score else 1 - r.score
            end,
            2.220446049250313e-16::double
        ) as likelihood
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task = 'binary' and r.score is not null
)

select
    sample_id,
    bin,
    label,
    count(*) as n,
    sum(score) as sum,
    sum(score * score) as sum_of_squares,
    case
        when
            is_known
            and min(score) >= -0.000001 and max(score) <= 1.000001
            then -sum(ln(likelihood))
    end as sum_log_loss
from scored
group by sample_id, bin, label, is_known
