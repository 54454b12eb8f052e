-- Sample bins: the frozen bins that a sample's features are counted in.
-- Grain: one row per sample_id, feature, bin.
-- Reads: bins, samples.
-- Those of the model version that the sample belongs to.
-- sample_id: the sample.
-- feature: the feature; the score and the prediction are features too.
-- bin: the bin's number within the feature.
-- coarse_bin: the coarse bin that the bin is part of.
-- kind: below, range, above, category, other or missing.
-- lower: the lower bound of a numeric bin, included; NULL otherwise.
-- categories: the values that a bin of kind category holds; NULL otherwise.
-- trained: of the bin `other`, its values that the training had, NULL where
-- that was not stored.
select
    s.sample_id,
    b.feature,
    b.bin,
    b.coarse_bin,
    b.kind,
    b.lower,
    case when b.kind = 'category' then coalesce(b.categories, [b.category]) end
        as categories,
    b.trained
from samples as s
inner join bins as b
    on s.model = b.model and s.model_version = b.model_version
