-- How many checks there are and how many of them have which outcome.
select
    count(*) as checks,
    count(*) filter (outcome = 'ERROR') as errors,
    count(*) filter (outcome = 'WARNING') as warnings,
    count(*) filter (outcome = 'EMPTY') as empties,
    count(*) filter (outcome = 'OK') as passes
from latest_checks;
