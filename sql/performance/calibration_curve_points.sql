-- Calibration curve: the share of positives in ten equal-width score bins.
-- Grain: one row per sample_id, class, position.
-- Reads: score_bin_counts, score_totals.
-- Labelled rows; a score of 1 is in the last bin; empty bins have no row.
-- Binary only.
-- sample_id: the sample.
-- class: the positive class.
-- position: the bin, 0 to 9, each 0.1 wide.
-- x: the mean score of the bin's rows.
-- y: the share of the bin's rows that are positive.
-- n: labelled rows in the bin.
select
    t.sample_id,
    t.class,
    b.bin // 10 as position,
    sum(b.sum) / sum(b.n) as x,
    coalesce(sum(b.n) filter (where b.label = t.class), 0)::double / sum(b.n)
        as y,
    sum(b.n)::bigint as n
from score_totals as t
inner join score_bin_counts as b on t.sample_id = b.sample_id
where t.task = 'binary' and b.label is not null
group by t.sample_id, t.class, position
