-- Actual values of records with similar estimates, by tenth of the reference's
-- estimates, of an evaluation and of its reference.
select
    if(p.evaluation_id is null, 'Reference', 'Current') as sample,
    p.mean_estimate,
    p.mean_actual,
    p.lower_quartile,
    p.median,
    p.upper_quartile,
    p.rows
from predicted_vs_actual as p
inner join evaluations as e
    on
        p.evaluation_id = e.evaluation_id
        or (p.evaluation_id is null and p.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
order by sample desc, p.bin;
