-- Feature pairs: how much there is to compare on either side of a feature.
-- Grain: one row per evaluation_id, feature.
-- Reads: evaluations, feature_counts.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- kind: numeric or categorical.
-- reference_rows: rows of the reference.
-- current_rows: rows of the current sample.
-- reference_values: rows of the reference whose value is not missing.
-- current_values: rows of the current sample whose value is not missing.
-- rows_note: why the rows cannot be compared, else NULL.
-- values_note: why the values cannot be compared, else NULL.
select
    e.evaluation_id,
    c.feature,
    c.kind,
    r.rows as reference_rows,
    c.rows as current_rows,
    r.rows - r.missing as reference_values,
    c.rows - c.missing as current_values,
    case
        when r.rows = 0 then 'no rows in the reference'
        when c.rows = 0 then 'no rows in the current sample'
    end as rows_note,
    case
        when r.rows = r.missing then 'no values in the reference'
        when c.rows = c.missing then 'no values in the current sample'
    end as values_note
from evaluations as e
inner join feature_counts as c on e.sample_id = c.sample_id
inner join feature_counts as r
    on e.reference_sample_id = r.sample_id and c.feature = r.feature
