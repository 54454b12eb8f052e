-- The test parts of a model's active version and of its newest others, eight in
-- all, newest first; a key is the sample's id.
select
    s.sample_id as key,
    v.model_version,
    v.is_active,
    count(*) over () as shown,
    (
        select count(*)
        from model_versions as a
        where a.model = $model
    ) as versions
from model_versions as v
inner join samples as s
    on
        v.model = s.model
        and v.model_version = s.model_version
        and s.role = 'reference'
where v.model = $model
qualify
    row_number() over (
        order by
            v.is_active desc, v.model_version desc, s.created_at, s.sample_id
    ) <= 8
order by v.model_version desc;
