-- How the errors of an evaluation and of its reference are spread; the bins at
-- both ends that are empty in both are left out.
select
    if(d.evaluation_id is null, 'Reference', 'Current') as sample,
    case
        when d.lower is null then format('below {:.6g}', d.upper)
        when d.upper is null then format('{:.6g} or more', d.lower)
        else format('{:.6g} to {:.6g}', d.lower, d.upper)
    end as label,
    d.lower,
    d.upper,
    d.share,
    d.rows
from error_distribution as d
inner join evaluations as e
    on
        d.evaluation_id = e.evaluation_id
        or (d.evaluation_id is null and d.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
qualify
    d.bin between
    min(case when d.rows > 0 then d.bin end) over () - 1
    and max(case when d.rows > 0 then d.bin end) over () + 1
order by sample desc, d.bin;
