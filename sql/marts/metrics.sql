-- Every figure of every evaluation: the metrics dataset, one row a figure.
-- Grain: one row per evaluation_id, metric, feature, segment.
-- Reads: evaluation_metrics, evaluations.
-- In this header are the entries of metrics that no view measures: p-values and
-- the domain classifier are scipy's and scikit-learn's, and stored beside.
--
-- Title: Data drift
-- Metric: data_drift
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Better: lower
-- Order: 10
-- Description: Accuracy of a classifier that tells current from reference rows.
--
-- Title: Data drift p-value
-- Metric: data_drift_pvalue
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Better: higher
-- Order: 20
-- Description: Chance of such an accuracy if nothing had drifted.
--
-- Title: Data drift ROC AUC
-- Metric: data_drift_auc
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Better: lower
-- Order: 30
-- Description: ROC AUC of the same classifier on the same rows.
--
-- Title: Drifted features
-- Metric: drifted_feature_share
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Better: lower
-- Order: 40
-- Description: Share of the input features that have drifted.
--
-- Title: KS p-value
-- Metric: ks_pvalue
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: higher
-- Oracle: scipy.stats.ks_2samp(reference, current).pvalue
-- Order: 110
-- Description: Chance of such a gap if nothing had drifted.
--
-- Title: Chi-square p-value
-- Metric: chi2_pvalue
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: higher
-- Oracle: scipy.stats.chi2_contingency(table, correction=False).pvalue
-- Order: 150
-- Description: Chance of such a statistic if nothing had drifted.
--
-- Title: p-value
-- Metric: pvalue
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: higher
-- Order: 160
-- Description: The p-value of the feature from its KS and chi-square tests.
--
-- Title: Adjusted p-value
-- Metric: pvalue_adjusted
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: higher
-- Oracle: scipy.stats.false_discovery_control(pvalues)
-- Order: 170
-- Description: The p-value adjusted for the number of features.
--
-- Title: Drifted
-- Metric: drifted
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Order: 180
-- Description: 1 when the change is significant and its PSI large enough.
select
    evaluations.store,
    evaluations.model,
    evaluations.model_version,
    evaluations.batch,
    evaluations.evaluated_at,
    evaluations.evaluation_id,
    evaluation_metrics.metric,
    evaluation_metrics.feature,
    evaluation_metrics.segment,
    evaluation_metrics.value,
    evaluation_metrics.lower,
    evaluation_metrics.upper,
    evaluation_metrics.note
from evaluations
inner join evaluation_metrics
    on evaluations.evaluation_id = evaluation_metrics.evaluation_id
