-- Fugacity: the share of rows predicted in each class, then and now.
-- Grain: one row per evaluation_id, class.
-- Reads: evaluations, feature_distribution, model_versions.
-- Regression: class is a tenth of the estimates at training.
-- class: predicted class at the version's threshold.
-- reference_share: share of the reference's rows predicted in it, 0 to 1.
-- current_share: share of the evaluation's rows predicted in it, 0 to 1.
-- change: current share less reference share.
-- bin: number of the class's or the tenth's coarse bin.
-- Classes and tenths that neither side has are left out.
select
    shares.store,
    shares.batch,
    shares.evaluation_id,
    shares.label as class,
    shares.reference_share,
    shares.current_share,
    shares.current_share - shares.reference_share as change,
    shares.bin
from feature_distribution as shares
inner join evaluations
    on shares.evaluation_id = evaluations.evaluation_id
inner join model_versions
    on
        evaluations.model = model_versions.model
        and evaluations.model_version = model_versions.model_version
where
    shares.feature = case model_versions.task
        when 'regression' then 'score' else 'prediction'
    end
    and shares.reference_share + shares.current_share > 0
