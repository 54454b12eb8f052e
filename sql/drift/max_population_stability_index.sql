-- Largest population stability index of the input features.
-- Grain: one row per evaluation_id.
-- Reads: population_stability_index.
-- Title: Largest PSI
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Better: lower
-- Order: 50
-- Description: Largest stability index of the input features.
-- The score and the prediction are no input features.
-- evaluation_id: the evaluation.
-- feature: NULL, the figure is of the whole model.
-- value: the largest index, 0 (same) or more.
-- note: why there is no value, else NULL.
select
    evaluation_id,
    null::varchar as feature,
    max(value) as value,
    case when max(value) is null then any_value(note) end as note
from population_stability_index
where feature not in ('score', 'prediction')
group by evaluation_id
