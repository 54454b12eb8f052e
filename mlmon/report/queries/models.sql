-- Where every model stands, worst first.
select
    model,
    active_version,
    coalesce(status, 'NONE') as status,
    store,
    check_name,
    message,
    newest_batch
from model_status
order by
    case status
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    model;
