"""The house's plan holds: imports point down, verbs do not meet, files are small."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ROOT / "mlmon"
# Every module on its floor, the lowest first: it imports from the floors below, never from its
# own. A folder that is named as a whole is one room: its modules may import each other.
FLOORS = (
    "errors catalogue commands functions literals processes plain table_text loadable categories",
    "signals drafts files fetch queries audit quiet logs progress",
    "engine",
    "tables config.values config.dashboards config.syntax inference paired artifacts opening",
    "config.datasets config.models config.checks config.retention config.triggers",
    "bins domain_classifier",
    "config.stores config.scenarios",
    "config.sections",
    "config.names",
    "config.document",
    "config schema",
    "warehouse judgements",
    "formats records made_views unscored evaluations exports prometheus terminal dictionary report",
    "doctor prune entries category_columns",
    "features numerals versions own_metrics own_checks alerts training_batches mlflow",
    "sources fitted decisions channels subjects acknowledgements",
    "views incoming source_files estimators predictions samples results score_profile shown",
    "frames configuration importances source_batches",
    "sides",
    "roles keys_and_dates truths",
    "outcome",
    "generated profile project_views references",
    "bench",
    "bootstrap",
    "measure custom upstream",
    "identity challenge",
    "ingest train score evaluate check comparison",
    "plan flow",
    "scenario",
    "schedule",
    "reading",
    "project compare",
    "mlmon",
    "demo",
    "cli",
    "__main__",
)
# Folders that are one room each.
ROOMS = ("cli", "demo", "report", "scenario", "schedule", "tables")
VERBS = ("ingest", "train", "score", "evaluate", "check")
BANNED = ("utils", "helpers", "core", "base", "common", "manager")
# Modules with imports inside functions, and why.
HIDDEN = {
    "channels": "apprise is an extra",
    "compare": "comparing loads what importing mlmon need not",
    "shown": "a project or a result is shown in few sessions, and importing mlmon stays cheap",
    "results": "the same",
    "report.charts.own": "altair, which only a specification of the user's own is held against",
    "report.summaries": "a picture loads vl-convert, which a summary in words does not need",
    "reading": "one method a question: each loads only what it needs",
    "ingest": "making views loads ibis, which a file that is no news does not need",
    "project": "one method a verb: each loads only what it needs",
    "cli.doing": "one command a method: --help loads nothing heavy",
    "cli.keeping": "the same",
    "cli.reading": "reading loads nothing that another command needs",
    "own_metrics": "sqlglot takes a while to load, and few projects have metrics of their own",
    "artifacts": "skops loads scikit-learn, which whoever only reads a version does not need",
    "audit": "the same: the list is made of scikit-learn's estimators",
    "report.html": "few pages hold text of the user's own, for which Markdown's parser is loaded",
    "report.site": "drawing loads what a page that is up to date does not need",
    "prometheus": "prometheus-client is an extra",
    "table_text": "rich, which knows wide letters, and most texts have none",
    "mlflow": "mlflow-skinny is an extra",
    "warehouse": "ibis and pyarrow take half a second that reading should not pay for",
}
# Modules that import duckdb for its error class alone; only the warehouse connects.
CATCHERS = ("sources", "incoming", "sides", "views", "cli.reading", "report.notebook", "doctor")


def name_of(path: Path) -> str:
    """Return a module's name within mlmon; the package itself is `mlmon`."""
    parts = path.relative_to(CODE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "mlmon"


MODULES = {name_of(path): path for path in sorted(CODE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(node: ast.AST) -> list[str]:
    """Return the names that a node imports, absolute."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def within(name: str) -> str | None:
    """Return which of our modules an imported name is in, None when it is somebody else's."""
    parts = name.split(".")
    if parts[0] != "mlmon":
        return None
    return next(
        (found for end in range(len(parts), 1, -1) if (found := ".".join(parts[1:end])) in MODULES),
        "mlmon",
    )


def reads(module: str) -> set[str]:
    """Return our modules that a module imports, also inside functions."""
    names = [name for node in ast.walk(TREES[module]) for name in imported(node)]
    return {found for name in names if (found := within(name))} - {module}


def room(module: str) -> str:
    """Return the name under which a module stands in FLOORS."""
    folder = module.split(".")[0]
    return folder if folder in ROOMS else module


def floor(module: str) -> int:
    found = [number for number, names in enumerate(FLOORS) if room(module) in names.split()]
    assert len(found) == 1, f"{module} has no floor; place it in FLOORS"
    return found[0]


def test_every_module_has_a_floor_and_every_place_is_taken():
    assert {name for names in FLOORS for name in names.split()} == set(map(room, MODULES))


def test_imports_point_down():
    upwards = [
        f"{module} imports {other}"
        for module in MODULES
        for other in sorted(reads(module))
        if room(other) != room(module) and floor(other) >= floor(module)
    ]
    assert upwards == []


def test_there_is_no_import_circle():
    try:
        order = list(TopologicalSorter({name: reads(name) for name in MODULES}).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
    assert set(order) == set(MODULES)


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_never_meet(verb):
    assert verb in MODULES
    assert not reads(verb) & (set(VERBS) | {"plan", "scenario", "project", "cli"})


def attributes(module: str, owner: str | None = None) -> set[str]:
    """Return the attributes that a module uses (of a name)."""
    return {
        node.attr
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Attribute)
        and (owner is None or (isinstance(node.value, ast.Name) and node.value.id == owner))
    }


def test_no_import_is_for_types_only():
    for module, tree in TREES.items():
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert "TYPE_CHECKING" not in names | attributes(module), module


def hidden_imports(module: str) -> list[str]:
    functions = [
        node
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [name for body in functions for node in ast.walk(body) for name in imported(node)]


def test_imports_stand_at_the_top():
    hiding = {module: hidden_imports(module) for module in MODULES}
    assert {module for module, names in hiding.items() if names} == set(HIDDEN)


def test_only_the_warehouse_connects():
    for module, tree in TREES.items():
        names = [name for node in ast.walk(tree) for name in imported(node)]
        if module != "warehouse" and any(name.split(".")[0] == "duckdb" for name in names):
            assert module in CATCHERS
            assert attributes(module, "duckdb") == {"Error"}, module


def test_no_room_for_odds_and_ends():
    folders = {part for name in MODULES for part in name.split(".")}
    assert not folders & set(BANNED)


def test_files_are_small():
    files = [*MODULES.values(), *(ROOT / "sql").rglob("*.sql")]
    lengths = {path.name: path.read_text(encoding="utf-8").count("\n") for path in files}
    assert len(files) > 100
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
