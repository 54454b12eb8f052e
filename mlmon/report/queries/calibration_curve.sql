-- How often a score of that size was right, by tenth of the score's range.
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
    c.mean_score,
    c.positive_share,
    c.rows
from calibration_curve as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
left join report as r on c.class = r.class
where
    e.evaluation_id = $evaluation_id
    and coalesce(r.place, 1) <= 6
    and c.mean_score is not null
    and c.positive_share is not null
order by r.place, sample desc, c.class, c.bin;
