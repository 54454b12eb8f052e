"""Every drift statistic of two Parquet files, by hand: one DuckDB query a column, by sorting.

What an engineer without mlmon would write: exact Kolmogorov-Smirnov and Wasserstein from the
sorted union of both sides, the binned distances on deciles of the reference with cells for below,
above, other and missing, the two-sample chi-square, moments and distinct values; p-values by
scipy.
"""

import json
import sys

import duckdb
from scipy import stats

SORTED = """
with sides as (
    select {column} as x, 1 as r, 0 as c from '{reference}' where isfinite({column})
    union all
    select {column}, 0, 1 from '{current}' where isfinite({column})
),
ordered as (select * from sides order by x),
running as (
    select x, sum(r) over (rows unbounded preceding) as r,
        sum(c) over (rows unbounded preceding) as c, lead(x) over () as next
    from ordered
),
ends as (select x, next, r / {n} as f, c / {m} as g from running where next is distinct from x)
select max(abs(f - g)), sum(abs(f - g) * (next - x)), count(*) from ends
"""
EDGES = """
select quantile_disc({column}, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
from '{reference}' where isfinite({column})
"""
BINNED = """
select
    case when {column} is null or not isfinite({column}) then 99 {cases} end as bin,
    count(*), avg({column}), stddev({column}), min({column}), max({column})
from '{file}' group by bin
"""
COUNTED = """
select coalesce({column}, '') as category, sum(r), sum(c) from (
    select {column}, 1 as r, 0 as c from '{reference}'
    union all select {column}, 0, 1 from '{current}'
) group by category
"""
DISTANCES = """
with cells as (select unnest($r) as r, unnest($c) as c),
shares as (
    select r, c, r / sum(r) over () as q, c / sum(c) over () as p,
        sum(r) over () as n, sum(c) over () as m
    from cells where r + c > 0
)
select
    sum((greatest(p, .0001) - greatest(q, .0001)) * ln(greatest(p, .0001) / greatest(q, .0001))),
    sqrt(sum(coalesce(p * ln(2 * nullif(p, 0) / (p + q)), 0)
        + coalesce(q * ln(2 * nullif(q, 0) / (p + q)), 0)) / 2 / ln(2)),
    sqrt(sum(power(sqrt(p) - sqrt(q), 2)) / 2), max(abs(p - q)),
    sum(power(r * m - c * n, 2) / (r + c) / n / m)
from shares
"""


def main(reference: str, current: str) -> None:
    """Print the statistics of every column as JSON."""
    db = duckdb.connect(config={"threads": 1})  # cheaper than two, in CPU seconds
    types = db.execute(f"describe select * from '{reference}'").fetchall()
    figures = {}
    for column, kind, *_ in types:
        where = {"column": column, "reference": reference, "current": current}
        if kind == "VARCHAR":
            rows = db.execute(COUNTED.format(**where)).fetchall()
            r, c = [row[1] for row in rows], [row[2] for row in rows]
            distances = db.execute(DISTANCES, {"r": r, "c": c}).fetchone()
            figures[column] = [*distances, stats.chi2.sf(distances[-1], len(rows) - 1)]
            continue
        edges = sorted(set(db.execute(EDGES.format(**where)).fetchone()[0]))
        cases = f"when {column} < {edges[0]!r} then 0 when {column} > {edges[-1]!r} then 98 "
        cases += " ".join(
            f"when {column} < {edge!r} then {i}" for i, edge in enumerate(edges[1:], 1)
        )
        cases += f" else {len(edges)}"
        sides = []
        for file in (reference, current):
            rows = db.execute(BINNED.format(column=column, cases=cases, file=file)).fetchall()
            sides.append({row[0]: row[1] for row in rows})
        bins = sorted({*sides[0], *sides[1]})
        n, m = (sum(side.values()) - side.get(99, 0) for side in sides)
        r, c = ([side.get(bin, 0) for bin in bins] for side in sides)
        gaps = db.execute(SORTED.format(**where, n=n, m=m)).fetchone()
        distances = db.execute(DISTANCES, {"r": r, "c": c}).fetchone()
        pvalues = [
            stats.kstwo.sf(gaps[0], round(n * m / (n + m))),
            stats.chi2.sf(distances[-1], len(bins) - 1),
        ]
        figures[column] = [*gaps, *distances, *pvalues]
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
