-- Actual against predicted class, with each cell's share of the actual class.
select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.actual,
    c.predicted,
    c.rows,
    c.rows / nullif(
        sum(c.rows) over (partition by c.sample_id, c.evaluation_id, c.actual),
        0
    ) as share
from confusion_matrix as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
order by
    sample desc,
    try_cast(c.actual as double) nulls last,
    c.actual,
    try_cast(c.predicted as double) nulls last,
    c.predicted;
