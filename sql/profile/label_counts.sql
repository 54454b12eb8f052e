-- Label counts: rows by actual and predicted class, the confusion matrix.
-- Grain: one row per sample_id, actual, predicted.
-- Reads: model_versions, samples, scored_records.
-- Classification only. Rows without a prediction are left out.
-- sample_id: the sample.
-- actual: the actual class, NULL where it is not known.
-- predicted: the predicted class at the version's threshold.
-- n: rows, a count of at least 1.
select
    r.sample_id,
    r.actual,
    r.prediction as predicted,
    count(*) as n
from scored_records as r
inner join samples as s on r.sample_id = s.sample_id
inner join model_versions as m
    on s.model = m.model and s.model_version = m.model_version
where m.task <> 'regression' and r.prediction is not null
group by r.sample_id, r.actual, r.prediction
