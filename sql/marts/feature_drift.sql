-- Drift of every input feature of every evaluation, figures side by side.
-- Grain: one row per evaluation_id, feature.
-- Reads: bins, evaluation_metrics, evaluations, feature_importances.
-- Input features only; the score and the prediction are in `metrics`.
-- kind: numeric or categorical, as the bins were frozen.
-- reference_missing_rate: share of the reference's rows where it is missing.
-- drifted: significant and large enough to matter.
-- drift_importance: its share of the domain classifier's decisions, 0 to 1.
-- model_importance: its share of the model's permutation importance, 0 to 1.
with figures as (
    select
        evaluation_id,
        feature,
        max(value) filter (metric = 'population_stability_index')
            as population_stability_index,
        max(value) filter (metric = 'ks_statistic') as ks_statistic,
        max(value) filter (metric = 'ks_pvalue') as ks_pvalue,
        max(value) filter (metric = 'chi2_statistic') as chi2_statistic,
        max(value) filter (metric = 'chi2_pvalue') as chi2_pvalue,
        max(value) filter (metric = 'jensen_shannon_distance')
            as jensen_shannon_distance,
        max(value) filter (metric = 'hellinger_distance') as hellinger_distance,
        max(value) filter (metric = 'l_infinity') as l_infinity,
        max(value) filter (metric = 'wasserstein_distance')
            as wasserstein_distance,
        max(value) filter (metric = 'normalized_wasserstein_distance')
            as normalized_wasserstein_distance,
        max(value) filter (metric = 'missing_rate') as missing_rate,
        max(value) filter (metric = 'unseen_rate') as unseen_rate,
        max(value) filter (metric = 'out_of_range_rate') as out_of_range_rate,
        max(value) filter (metric = 'pvalue') as pvalue,
        max(value) filter (metric = 'pvalue_adjusted') as pvalue_adjusted,
        max(value) filter (metric = 'drifted') as drifted,
        max(value) filter (metric = 'drift_importance') as drift_importance
    from evaluation_metrics
    where feature is not null and evaluation_id is not null
    group by evaluation_id, feature
),

kinds as (
    select
        model,
        model_version,
        feature,
        case
            when bool_or(kind in ('range', 'above')) then 'numeric'
            else 'categorical'
        end as kind
    from bins
    where feature not in ('score', 'prediction')
    group by model, model_version, feature
)

select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    kinds.feature,
    kinds.kind,
    figures.population_stability_index,
    figures.ks_statistic,
    figures.ks_pvalue,
    figures.chi2_statistic,
    figures.chi2_pvalue,
    figures.jensen_shannon_distance,
    figures.hellinger_distance,
    figures.l_infinity,
    figures.wasserstein_distance,
    figures.normalized_wasserstein_distance,
    figures.missing_rate,
    reference.value as reference_missing_rate,
    figures.unseen_rate,
    figures.out_of_range_rate,
    figures.pvalue,
    figures.pvalue_adjusted,
    figures.drifted = 1 as drifted,
    figures.drift_importance,
    feature_importances.share as model_importance
from evaluations
inner join kinds
    on
        evaluations.model = kinds.model
        and evaluations.model_version = kinds.model_version
left join figures
    on
        evaluations.evaluation_id = figures.evaluation_id
        and kinds.feature = figures.feature
left join evaluation_metrics as reference
    on
        evaluations.reference_sample_id = reference.sample_id
        and reference.evaluation_id is null
        and reference.metric = 'missing_rate'
        and kinds.feature = reference.feature
left join feature_importances
    on
        kinds.model = feature_importances.model
        and kinds.model_version = feature_importances.model_version
        and kinds.feature = feature_importances.feature
