"""Doctor: what must hold in a warehouse and beside it, what does not, and what mends it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mlmon.config import Config
from mlmon.errors import reason
from mlmon.system import fingerprints
from mlmon.system.commands import command
from mlmon.system.files import abandoned, remove
from mlmon.system.processes import runs
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.tables import TABLES
from mlmon.warehouse.warehouse import Row, Warehouse, mend

# What a killed process of an older mlmon left behind.
DRAFT = re.compile(r"\..+\.(\d+)(?:\.wal)?")


@dataclass(frozen=True)
class Rule:
    """What must hold: `trouble` gives a row (message) for every place where it does not.

    `mends` are the statements that make it hold; without one, `advice` says what a person does.
    """

    name: str
    trouble: str
    advice: str
    mends: tuple[str, ...] = ()
    outcome: str = "ERROR"


SNAPSHOTS = ("evaluation_metrics", "evaluation_curves", "diagnostics", "check_results")
STRAY = "evaluation_id is not null and evaluation_id not in (select evaluation_id from evaluations)"
UNMEASURED = (
    "evaluation_id not in (select evaluation_id from evaluation_metrics"
    " where evaluation_id is not null)"
)
ACTIVE = """
update model_versions as v set is_active = v.model_version = (
    select coalesce(
        arg_max(o.model_version, o.activated_at), arg_max(o.model_version, o.created_at)
    )
    from model_versions as o where o.model = v.model
) where v.model in (
    select model from model_versions group by model having count(*) filter (is_active) <> 1
)
"""
RULES = (
    Rule(
        "a model has one active version",
        "select model || ' has ' || count(*) filter (is_active) || ' active versions' as message"
        " from model_versions group by model having count(*) filter (is_active) <> 1",
        "`mlmon activate MODEL VERSION`",
        (ACTIVE,),
    ),
    Rule(
        "an evaluation has its figures",
        "select 'the evaluation of ' || batch || ' in ' || store || ' (' || evaluation_id[:8]"
        f" || ') has none' as message from evaluations where {UNMEASURED}",
        "`mlmon evaluate STORE --batch BATCH` makes it again once it is removed",
        (f"delete from evaluations where {UNMEASURED}",),
    ),
    Rule(
        "a figure belongs to an evaluation",
        " union all ".join(
            f"select count(*) || ' rows of {table} belong to none' as message from {table}"
            f" where {STRAY} having count(*) > 0"
            for table in SNAPSHOTS
        ),
        "remove them",
        tuple(f"delete from {table} where {STRAY}" for table in SNAPSHOTS),
    ),
    Rule(
        "an evaluation has its samples",
        "select 'the evaluation of ' || batch || ' in ' || store || ' (' || evaluation_id[:8]"
        " || ') lacks a sample' as message from evaluations"
        " where sample_id not in (select sample_id from samples)"
        " or reference_sample_id not in (select sample_id from samples)",
        "`mlmon delete evaluation ID`, then `mlmon evaluate STORE --batch BATCH`",
    ),
    Rule(
        "a batch has begun",
        "select dataset || ' ' || batch || ' starts at ' || starts_at || ', after now' as message"
        " from batches where starts_at > (now() at time zone 'UTC') order by all",
        "look at the dates of its records; until then it is latest only where it is named",
        outcome="WARNING",
    ),
    Rule(
        "a run has ended",
        "select 'a run of ' || scenario || ' since ' || strftime(started_at, '%Y-%m-%d %H:%M')"
        " || ' has not' as message from scenario_runs where ended_at is null",
        "`mlmon run SCENARIO` takes it up where it stopped",
        outcome="WARNING",
    ),
)


def examine(warehouse: Warehouse, config: Config) -> list[Row]:
    """Return a row per trouble: rule, outcome (ERROR, WARNING), message, advice; none if well."""
    return [
        *_of_rules(warehouse),
        *_of_keys(warehouse),
        *_of_batches(warehouse),
        *_of_times(warehouse),
        *_of_views(warehouse),
        *_of_artifacts(warehouse, config),
        *_of_drafts(config),
    ]


def mend_log(config: Config) -> list[Row]:
    """The warehouse can be opened if only its log was torn; return a row per cut, as `repair`."""
    advice = "look whether the last command is to be done again"
    rows = [
        _row("the log is whole", message, advice, "WARNING")
        for message in mend(config.path(config.warehouse))
    ]
    return [{**row, "mended": True} for row in rows]


def repair(warehouse: Warehouse, config: Config) -> list[Row]:
    """What can be mended without losing anything known is mended; return the troubles it was."""
    before = examine(warehouse, config)
    with warehouse.transaction():
        for rule in RULES:
            for statement in rule.mends:
                warehouse.write(statement)
        for table in TABLES:
            if _repeated(warehouse, table.name, table.key):
                warehouse.write(
                    f"delete from {table.name} where rowid not in (select min(rowid) from"
                    f" {table.name} group by {', '.join(table.key)})"
                )
    for path in (*drafts(config), *strangers(warehouse, config)):
        remove(path)
    left = {(row["rule"], row["message"]) for row in examine(warehouse, config)}
    return [{**row, "mended": (row["rule"], row["message"]) not in left} for row in before]


def _row(rule: str, message: str, advice: str, outcome: str = "ERROR") -> Row:
    return {"rule": rule, "outcome": outcome, "message": message, "advice": advice}


def _of_rules(warehouse: Warehouse) -> Iterator[Row]:
    for rule in RULES:
        for row in warehouse.read(rule.trouble):
            yield _row(rule.name, row["message"], rule.advice, rule.outcome)


def _of_keys(warehouse: Warehouse) -> Iterator[Row]:
    """Yield the tables in which a key stands twice; every page of every table is read."""
    for table in TABLES:
        if count := _repeated(warehouse, table.name, table.key):
            what = f"{count} keys of {table.name} ({', '.join(table.key)}) stand there twice"
            yield _row("a key is there once", what, "remove the second rows")


def _repeated(warehouse: Warehouse, table: str, key: tuple[str, ...]) -> int:
    names = ", ".join(key)
    query = f"select count(*) from (select 1 from {table} group by {names} having count(*) > 1)"
    return int(warehouse.value(query))


def _of_batches(warehouse: Warehouse) -> Iterator[Row]:
    """Yield the batches whose records are not as many as were read, and records of no batch."""
    rule = "a batch has its records"
    for row in warehouse.read("select distinct dataset from batches order by dataset"):
        dataset = row["dataset"]
        if not warehouse.has(dataset):
            yield _row(rule, f"there is no table {dataset}", f"`{command('ingest', dataset)}`")
            continue
        found = warehouse.read(
            "select coalesce(b.batch, r.batch) as batch, coalesce(b.rows, 0) as known,"
            " coalesce(r.n, 0) as n from (from batches where dataset = $dataset) as b full join"
            f" (select batch, count(*) as n from {quoted(dataset)} group by batch) as r"
            " on b.batch = r.batch where known <> n order by 1",
            dataset=dataset,
        )
        for each in found:
            what = (
                f"{dataset} {each['batch']} has {each['n']:,} records, {each['known']:,} were read"
            )
            delete, ingest = (
                command("delete batch", dataset, each["batch"]),
                command("ingest", dataset),
            )
            mend = f"`{delete}`, then `{ingest}`"
            yield _row(rule, what, mend)


def _of_times(warehouse: Warehouse) -> Iterator[Row]:
    """Yield the tables with a time that is still to come: a clock was, or is, wrong."""
    query = "select count(*) from {} where {} > (now() at time zone 'UTC') + interval 5 minute"
    for table in TABLES:
        for column, kind in table.columns.items():
            if kind != "TIMESTAMP" or column in ("starts_at", "ends_at"):
                continue
            if count := warehouse.value(query.format(table.name, column)):
                what = f"{count} rows of {table.name} have {column} in the future"
                advice = "look at this machine's clock; nothing is lost, the order may mislead"
                yield _row("a time is past", what, advice, "WARNING")


def _of_views(warehouse: Warehouse) -> Iterator[Row]:
    for name in sorted(warehouse.views()):
        try:
            warehouse.read(f"from {quoted(name)} limit 0")
        except duckdb.Error as error:
            what = f"{name}: {reason(error)}"
            yield _row("a view answers", what, "`mlmon check` makes mlmon's own views again")


def _of_artifacts(warehouse: Warehouse, config: Config) -> Iterator[Row]:
    """Yield the versions without the file that was written for them, and the files of none."""
    rule = "a version has its artifact"
    folder = config.path(config.warehouse).parent
    for row in warehouse.read("from model_versions order by model, model_version"):
        path = folder / row["artifact"]
        who = f"version {row['model_version']} of {row['model']}"
        todo = command("train", row["model"])
        advice = f"bring {row['artifact']} back from a backup, or `{todo}`"
        if not path.is_file():
            yield _row(rule, f"that of {who} is not there", advice)
        elif fingerprints.of(path, "sha256") != row["sha256"]:
            yield _row(rule, f"that of {who} is not the file that was written", advice)
    for path in strangers(warehouse, config):
        what = f"{path.relative_to(folder)} is nobody's: a training was stopped before its row"
        yield _row(rule, what, "remove it", "WARNING")


def _of_drafts(config: Config) -> Iterator[Row]:
    for path in drafts(config):
        yield _row(
            "a file is whole", f"{path} was left by a stopped process", "remove it", "WARNING"
        )


def strangers(warehouse: Warehouse, config: Config) -> list[Path]:
    """Return the artifacts that no version names."""
    folder = config.path(config.warehouse).parent
    named = {row["artifact"] for row in warehouse.read("select artifact from model_versions")}
    files = sorted((folder / "models").glob("*/*.skops"))
    return [path for path in files if path.relative_to(folder).as_posix() not in named]


def drafts(config: Config) -> list[Path]:
    """Return the files and folders that were being written by a process that is no more."""
    warehouse = config.path(config.warehouse).parent
    ours = (warehouse, config.path("reports"), config.path("exports"))
    found = set()
    for folder in _folders(config.folder, *ours):
        found |= set(abandoned(folder))
    for path in (path for place in ours if place.is_dir() for path in place.rglob(".*")):
        name = DRAFT.fullmatch(path.name)
        if path.is_file() and name and not runs(int(name[1])):
            found.add(path)
    return sorted(found)


def _folders(*places: Path) -> Iterator[Path]:
    """Yield the places and what folders they hold, but for hidden ones."""
    for place in places:
        for folder, names, _ in os.walk(place):
            names[:] = [name for name in names if not name.startswith(".")]
            yield Path(folder)
