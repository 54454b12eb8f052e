"""The binary performance set with its curves of a Parquet file of scores, by hand in DuckDB.

What an engineer without mlmon would write: rows sorted by score once, running sums, the last row
of every tie; all metrics of mlmon's catalogue, curves thinned to 400 points, DeLong's variance.
"""

import json
import sys
import time

import duckdb

RUNNING = """
create temp table steps as
with ordered as (select score, truth from '{file}' order by score desc),
running as (
    select score, sum(truth) over (rows unbounded preceding) as tp,
        row_number() over () as n, lead(score) over () as next
    from ordered
),
ends as (select score, tp, n - tp as fp from running where next is distinct from score)
select score, tp, fp, tp - lag(tp, 1, 0) over (order by score desc) as p,
    fp - lag(fp, 1, 0) over (order by score desc) as q
from ends
"""
AREAS = """
with totals as (select max(tp)::double as p, max(fp)::double as n from steps)
select sum(s.p * (t.n - s.fp + s.q / 2.0)) / any_value(t.p * t.n),
    sum(s.p * s.tp / (s.tp + s.fp)) / any_value(t.p),
    sum(s.p * power((s.fp - s.q / 2.0) / t.n, 2)),
    sum(s.q * power((t.p - s.tp + s.p / 2.0) / t.p, 2))
from steps s, totals t
"""
SUMS = """
select count(*), sum(truth), sum((score > 0.5)::integer), sum((score > 0.5 and truth = 1)::integer),
    avg(power(score - truth, 2)),
    -avg(ln(greatest(case when truth = 1 then score else 1 - score end, 2.220446049250313e-16)))
from '{file}'
"""
BINS = """
select least(floor(score * 100), 99) as bin, truth, count(*), sum(score) from '{file}' group by all
"""
ROC = """
with totals as (select max(tp)::double as tps, max(fp)::double as fps from steps),
points as (select fp / fps as x, tp / tps as y, score from steps, totals)
select arg_max([x, y], score), arg_min([x, y], score) from points group by floor((x + y) * 99.5)
"""
PRECISION_RECALL = """
with points as (
    select tp / (select max(tp) from steps)::double as x, tp / (tp + fp) as y, p from steps
)
select max(x), sum(p * y) / sum(p) from points where p > 0 group by ceil(x * 399)
"""
LIFT = """
with shares as (select (tp + fp) / (select max(tp + fp) from steps)::double as share,
    tp / (select max(tp) from steps)::double as recall from steps)
select ceil(share * 100) as percent, max(recall) from shares group by percent order by percent
"""
DECISIONS = """
select ceil(score * 100), sum(p), sum(q) from steps group by 1 order by 1
"""


def main(file: str) -> None:
    """Print the CPU seconds of the queries and a few of their figures."""
    began = time.process_time()
    db = duckdb.connect(config={"threads": 1})
    db.execute(RUNNING.format(file=file))
    figures = {"areas": db.execute(AREAS).fetchone()}
    figures["sums"] = db.execute(SUMS.format(file=file)).fetchone()
    for name, query in (
        ("bins", BINS.format(file=file)),
        ("roc", ROC),
        ("precision_recall", PRECISION_RECALL),
        ("lift", LIFT),
        ("decisions", DECISIONS),
    ):
        figures[name] = len(db.execute(query).fetchall())
    print(f"{time.process_time() - began:.2f}")
    print(json.dumps(figures), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
