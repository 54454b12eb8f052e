-- What an evaluation found odd about its data.
select code, message
from diagnostics
where evaluation_id = $evaluation_id
order by code, message;
