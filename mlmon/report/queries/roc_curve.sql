-- ROC curve of an evaluation and of its reference.
-- Of a multiclass model the six classes whose ROC AUC fell most.
with report as (
    select
        class,
        row_number() over (
            order by
                roc_auc_score - reference_roc_auc_score nulls last, class
        ) as place
    from classification_report
    where evaluation_id = $evaluation_id
)

select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.class,
    c.false_positive_rate,
    c.true_positive_rate
from roc_curve as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
left join report as r on c.class = r.class
where e.evaluation_id = $evaluation_id and coalesce(r.place, 1) <= 6
order by r.place, sample desc, c.class, c.position;
