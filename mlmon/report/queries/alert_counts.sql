-- How many alerts are open and how many acknowledged, what they are about,
-- worst first, and since when the oldest open one is.
with standing as (
    select
        state,
        opened_at,
        case outcome when 'ERROR' then 0 else 1 end as place,
        concat_ws(
            ' of ',
            check_name,
            nullif(concat_ws(', ', feature, segment), '')
        ) as about
    from standing_alerts
)

select
    count(*) filter (state = 'open') as open,
    count(*) filter (state = 'acknowledged') as acknowledged,
    min(opened_at) filter (state = 'open') as oldest_at,
    list(about order by place, opened_at, about)
        filter (state = 'open') as open_alerts,
    list(about order by place, opened_at, about)
        filter (state = 'acknowledged') as acknowledged_alerts
from standing;
