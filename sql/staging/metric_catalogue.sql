-- Metric catalogue: every metric, in the order in which it is shown.
-- Grain: one row per metric.
-- Reads:
-- Prediction drift is input drift with feature = score or prediction.
-- position: the order, from 1.
-- metric: the metric's name, the field's own.
-- family: input drift, quality or performance.
-- tasks: the tasks that the metric is defined for.
-- is_per_feature: a figure of each feature, not of the whole model.
-- higher_is_better: whether higher is better, NULL where neither is.
-- title: what a reader sees.
-- description: the definition in a sentence.
with families (part, family, tasks, is_per_feature) as (
    values
    (1, 'input drift', ['binary', 'multiclass', 'regression'], false),
    (2, 'input drift', ['binary', 'multiclass', 'regression'], true),
    (3, 'quality', ['binary', 'multiclass', 'regression'], true),
    (4, 'quality', ['binary', 'multiclass', 'regression'], false),
    (5, 'performance', ['binary', 'multiclass'], false),
    (6, 'performance', ['binary'], false),
    (7, 'performance', ['regression'], false)
),

metrics (position, part, metric, higher_is_better, title, description) as (
    values
    (
        1, 1, 'data_drift', false, 'Data drift',
        'Accuracy of a classifier that tells current from reference rows.'
    ),
    (
        2, 1, 'data_drift_pvalue', true, 'Data drift p-value',
        'Chance of such an accuracy if nothing had drifted.'
    ),
    (
        3, 1, 'data_drift_auc', false, 'Data drift ROC AUC',
        'ROC AUC of the same classifier on the same rows.'
    ),
    (
        4, 1, 'drifted_feature_share', false, 'Drifted features',
        'Share of the input features that have drifted.'
    ),
    (
        5, 1, 'max_population_stability_index', false, 'Largest PSI',
        'Largest stability index of the input features.'
    ),
    (
        6, 2, 'population_stability_index', false, 'PSI',
        'Sum of (p - q) ln(p / q) over the bins.'
    ),
    (
        7, 2, 'jensen_shannon_distance', false, 'Jensen-Shannon distance',
        'Root of the divergence, base 2, over the bins.'
    ),
    (
        8, 2, 'hellinger_distance', false, 'Hellinger distance',
        'Distance of the roots of the shares, 0 to 1.'
    ),
    (
        9, 2, 'l_infinity', false, 'L-infinity distance',
        'Largest change of share of any bin.'
    ),
    (
        10, 2, 'ks_statistic', false, 'KS statistic',
        'Largest gap of the distribution functions.'
    ),
    (
        11, 2, 'ks_pvalue', true, 'KS p-value',
        'Chance of such a gap if nothing had drifted.'
    ),
    (
        12, 2, 'wasserstein_distance', false, 'Wasserstein distance',
        'Area between the distribution functions.'
    ),
    (
        13, 2, 'normalized_wasserstein_distance', false,
        'Normalized Wasserstein distance',
        'The same in standard deviations of the reference.'
    ),
    (
        14, 2, 'chi2_statistic', false, 'Chi-square statistic',
        'Two-sample statistic of the categories or bins.'
    ),
    (
        15, 2, 'chi2_pvalue', true, 'Chi-square p-value',
        'Chance of such a statistic if nothing had drifted.'
    ),
    (
        16, 2, 'pvalue', true, 'p-value',
        'The p-value of the feature from its KS and chi-square tests.'
    ),
    (
        17, 2, 'pvalue_adjusted', true, 'Adjusted p-value',
        'The p-value adjusted for the number of features.'
    ),
    (
        18, 2, 'drifted', false, 'Drifted',
        '1 when the change is significant and its PSI large enough.'
    ),
    (
        19, 3, 'missing_rate', false, 'Missing',
        'Share of rows without a usable value.'
    ),
    (
        20, 3, 'unseen_rate', false, 'Unseen',
        'Share of rows with a value that is not in the reference.'
    ),
    (
        21, 3, 'untrained_rate', false, 'Untrained',
        'Share of rows with a value that nothing trained on had.'
    ),
    (
        22, 3, 'out_of_range_rate', false, 'Out of range',
        'Share of rows outside the range of the reference.'
    ),
    (
        23, 3, 'distinct_count', null, 'Distinct values',
        'Number of different values.'
    ),
    (
        24, 3, 'mean', null, 'Mean',
        'Mean of the finite values.'
    ),
    (
        25, 3, 'standard_deviation', null, 'Standard deviation',
        'Sample standard deviation of the finite values.'
    ),
    (
        26, 3, 'minimum', null, 'Minimum',
        'Smallest finite value.'
    ),
    (
        27, 3, 'maximum', null, 'Maximum',
        'Largest finite value.'
    ),
    (
        28, 4, 'duplicate_rate', false, 'Duplicates',
        'Share of rows whose features all equal those of another row.'
    ),
    (
        29, 5, 'accuracy_score', true, 'Accuracy',
        'Share of rows that are predicted right.'
    ),
    (
        30, 5, 'balanced_accuracy_score', true, 'Balanced accuracy',
        'Mean recall of the classes.'
    ),
    (
        31, 5, 'precision_score', true, 'Precision',
        'Share of predicted positives that are positive.'
    ),
    (
        32, 5, 'recall_score', true, 'Recall',
        'Share of positives that are predicted.'
    ),
    (
        33, 5, 'f1_score', true, 'F1',
        'Harmonic mean of precision and recall.'
    ),
    (
        34, 5, 'matthews_corrcoef', true, 'Matthews correlation',
        'Correlation of actual and predicted class.'
    ),
    (
        35, 5, 'hamming_loss', false, 'Hamming loss',
        'Share of rows that are predicted wrong.'
    ),
    (
        36, 5, 'log_loss', false, 'Log loss',
        'Mean of -ln(probability of the actual class).'
    ),
    (
        37, 5, 'brier_score_loss', false, 'Brier score',
        'Mean squared difference of probability and outcome.'
    ),
    (
        38, 5, 'roc_auc_score', true, 'ROC AUC',
        'How often a positive has a higher score than a negative.'
    ),
    (
        39, 5, 'average_precision_score', true, 'Average precision',
        'Mean precision at the positives, by score.'
    ),
    (
        40, 6, 'calibration_loss', false, 'Calibration loss',
        'Distance of scores from the shares they stand for.'
    ),
    (
        41, 6, 'lift', true, 'Lift',
        'Recall in the top part by score, against chance.'
    ),
    (
        42, 6, 'cost_matrix_gain', true, 'Cost matrix gain',
        'Mean gain of a row by the four weights.'
    ),
    (
        43, 7, 'r2_score', true, 'R2',
        'Share of the variance that the estimate explains.'
    ),
    (
        44, 7, 'explained_variance_score', true, 'Explained variance',
        'The same, forgiving a constant error.'
    ),
    (
        45, 7, 'mean_absolute_error', false, 'MAE',
        'Mean absolute error.'
    ),
    (
        46, 7, 'mean_squared_error', false, 'MSE',
        'Mean squared error.'
    ),
    (
        47, 7, 'root_mean_squared_error', false, 'RMSE',
        'Root of the mean squared error.'
    ),
    (
        48, 7, 'root_mean_squared_log_error', false, 'RMSLE',
        'Root mean squared error of ln(1 + value).'
    ),
    (
        49, 7, 'mean_absolute_percentage_error', false, 'MAPE',
        'Mean of the absolute error over the actual value.'
    ),
    (
        50, 7, 'pearson_correlation', true, 'Correlation',
        'Pearson correlation of actual value and estimate.'
    )
)

select
    m.position,
    m.metric,
    f.family,
    f.tasks,
    f.is_per_feature,
    m.higher_is_better,
    m.title,
    m.description
from metrics as m
inner join families as f on m.part = f.part
