-- Calibration curve: the share of positives in ten equal-width score bins.
-- Grain: one row per sample_id, class, position.
-- Reads: improper_scores, score_counts.
-- Labelled rows; a score of 1 is in the last bin; empty bins have no row.
-- Multiclass: each class against the rest. Bin = floor(score * 100) // 10.
-- No rows where the scores are no probabilities.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- position: the bin, 0 to 9, each 0.1 wide.
-- x: the mean score of the bin's rows.
-- y: the share of the bin's rows that are positive.
-- n: labelled rows in the bin.
select
    sample_id,
    class,
    least(greatest(floor(score * 100), 0), 99)::integer // 10 as position,
    sum(score * (positives + negatives)) / sum(positives + negatives) as x,
    sum(positives)::double / sum(positives + negatives) as y,
    sum(positives + negatives)::bigint as n
from score_counts
where
    sample_id not in (
        select i.sample_id
        from improper_scores as i
        where i.note is not null
    )
group by sample_id, class, position
having sum(positives + negatives) > 0
