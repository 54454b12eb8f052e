-- Performance of every class of a multiclass model, the class whose ROC AUC
-- fell most first.
select
    class,
    precision_score,
    reference_precision_score,
    recall_score,
    reference_recall_score,
    f1_score,
    reference_f1_score,
    roc_auc_score,
    reference_roc_auc_score,
    support,
    reference_support
from classification_report
where evaluation_id = $evaluation_id
order by roc_auc_score - reference_roc_auc_score nulls last, class;
