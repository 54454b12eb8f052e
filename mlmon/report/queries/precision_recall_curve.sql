-- Precision against recall, of an evaluation and of its reference.
select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.class,
    c.recall,
    c.precision
from precision_recall_curve as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
order by sample desc, c.class, c.position;
