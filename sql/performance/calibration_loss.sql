-- Calibration loss: how far scores are from the shares they stand for.
-- Grain: one row per sample_id.
-- Reads: calibration_curve_points, score_totals.
-- Title: Calibration loss
-- Family: performance
-- Tasks: binary
-- Better: lower
-- Order: 400
-- Description: Distance of scores from the shares they stand for.
-- Mean over ten equal-width score bins, weighted by rows, of the difference
-- between the share of positives and the mean score. Undefined where the scores
-- are no probabilities. Binary only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the loss, 0 (calibrated) to 1.
-- note: why there is no value, else NULL.
select
    t.sample_id,
    null::varchar as feature,
    sum(abs(p.y - p.x) * p.n) / sum(p.n) as value,
    coalesce(any_value(t.note), any_value(t.improper)) as note
from score_totals as t
left join calibration_curve_points as p on t.sample_id = p.sample_id
where t.task = 'binary'
group by t.sample_id
