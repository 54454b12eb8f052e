-- Performance of every class of a multiclass model, beside its reference.
-- Grain: one row per evaluation_id, class.
-- Reads: evaluation_metrics, evaluations, label_histograms.
-- Each class against the rest. Evaluations without performance have no rows.
-- class: the class; one that the model does not know has no row.
-- reference_precision_score: precision in the reference sample.
-- reference_recall_score: recall in the reference sample.
-- reference_f1_score: F1 in the reference sample.
-- reference_roc_auc_score: ROC AUC in the reference sample.
-- reference_average_precision_score: the same in the reference sample.
-- support: rows that are actually of the class, labelled and predicted.
-- reference_support: such rows of the reference sample.
with figures as (
    select
        sample_id,
        evaluation_id,
        feature as class,
        max(value) filter (where metric = 'precision_score') as precision_score,
        max(value) filter (where metric = 'recall_score') as recall_score,
        max(value) filter (where metric = 'f1_score') as f1_score,
        max(value) filter (where metric = 'roc_auc_score') as roc_auc_score,
        max(value) filter (where metric = 'average_precision_score')
            as average_precision_score
    from evaluation_metrics
    where
        feature is not null
        and segment is null
        and metric in (
            'precision_score',
            'recall_score',
            'f1_score',
            'roc_auc_score',
            'average_precision_score'
        )
    group by sample_id, evaluation_id, feature
),

supports as (
    select sample_id, actual as class, sum(n)::bigint as n
    from label_histograms
    where actual is not null
    group by sample_id, actual
)

select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    current.class,
    current.precision_score,
    reference.precision_score as reference_precision_score,
    current.recall_score,
    reference.recall_score as reference_recall_score,
    current.f1_score,
    reference.f1_score as reference_f1_score,
    current.roc_auc_score,
    reference.roc_auc_score as reference_roc_auc_score,
    current.average_precision_score,
    reference.average_precision_score as reference_average_precision_score,
    coalesce(support.n, 0) as support,
    coalesce(reference_support.n, 0) as reference_support
from evaluations
inner join figures as current
    on evaluations.evaluation_id = current.evaluation_id
left join figures as reference
    on
        evaluations.reference_sample_id = reference.sample_id
        and reference.evaluation_id is null
        and current.class = reference.class
left join supports as support
    on
        evaluations.sample_id = support.sample_id
        and current.class = support.class
left join supports as reference_support
    on
        evaluations.reference_sample_id = reference_support.sample_id
        and current.class = reference_support.class
