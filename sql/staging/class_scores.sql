-- Probability of every class for every record of a sample, multiclass only.
-- Grain: one row per sample_id, record_id, class.
-- Reads: class_probabilities, sample_records.
-- NaN or infinite is no probability: NULL.
select
    sample_records.sample_id,
    sample_records.record_id,
    class_probabilities.class,
    case
        when isfinite(class_probabilities.probability)
            then class_probabilities.probability
    end as probability
from sample_records
inner join class_probabilities
    on
        sample_records.model = class_probabilities.model
        and sample_records.model_version = class_probabilities.model_version
        and sample_records.record_id = class_probabilities.record_id
