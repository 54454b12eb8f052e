-- What a metric is called on a page.
select metric, title, description
from metric_catalogue
order by position;
