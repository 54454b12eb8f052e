"""The house's plan holds: imports point down, verbs do not meet, files are small."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ROOT / "mlmon"
# The rooms of each floor, from the ground up; those of one floor do not meet.
FLOORS = """errors | system | warehouse | config | sources models | views | evaluations | measure |
ingest train score evaluate check | plan report export upkeep | flow scenario compare results |
schedule | project | mlmon | demo | cli | __main__"""
FLOOR = {room: n for n, rooms in enumerate(FLOORS.split("|")) for room in rooms.split()}
# Who may import what is ours inside a function, so that whoever does not need it does not wait.
LAZY = ("cli", "compare", "ingest", "plan", "project", "report", "results")
# What takes long to load, or is an extra: whoever needs it may import it inside a function.
HEAVY = (
    *("altair", "apprise", "mlflow", "prometheus_client", "pyarrow", "requests", "rich", "skops"),
    *("sqlglot", "mlmon.models.loadable", "mlmon.warehouse.engine"),
)
# Modules that import duckdb for its error class alone; only the warehouse connects.
CATCHERS = ("cli", "compare", "report", "sources", "upkeep", "views")
BANNED = ("utils", "helpers", "core", "base", "common", "manager")


def name_of(path: Path) -> str:
    """Return a module's full name; a package's is that of its folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(CODE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def room(name: str) -> str:
    """Return the folder or file of `mlmon/` that a module is in."""
    return [*name.split("."), "mlmon"][1]


def imported(tree: ast.AST) -> list[str]:
    """Return the full names that are imported anywhere within."""
    nodes = list(ast.walk(tree))
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in nodes)
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return plain + [f"{node.module}.{alias.name}" for node in froms for alias in node.names]


def arrows(module: str) -> set[str]:
    """Return the modules of ours that a module imports."""
    names = imported(TREES[module])
    found = {name if name in MODULES else name.rpartition(".")[0] for name in names}
    return found & set(MODULES) - {module}


def test_imports_point_down():
    assert [
        f"{module} imports {other}"
        for module in MODULES
        for other in sorted(arrows(module))
        if room(other) != room(module) and FLOOR[room(other)] >= FLOOR[room(module)]
    ] == []
    assert {room(module) for module in MODULES} == set(FLOOR)


def test_there_is_no_import_circle():
    order = TopologicalSorter({module: arrows(module) for module in MODULES})
    assert set(order.static_order()) == set(MODULES)  # CycleError names the circle


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


def test_imports_stand_at_the_top():
    functions = {
        module: [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for module, tree in TREES.items()
    }
    assert [
        f"{module} imports {name} in a function"
        for module, bodies in functions.items()
        for body in bodies
        for name in imported(body)
        if not name.startswith(HEAVY) and room(module) not in LAZY
    ] == []


def test_only_the_warehouse_connects():
    for module, tree in TREES.items():
        names = {name.split(".")[0] for name in imported(tree)}
        if room(module) != "warehouse" and "duckdb" in names:
            assert room(module) in CATCHERS, module
            assert attributes(module, "duckdb") == {"Error"}, module
        assert room(module) == "warehouse" or "connection" not in attributes(module), module


def test_no_room_for_odds_and_ends():
    assert not {part for name in MODULES for part in name.split(".")} & set(BANNED)
    assert len(list(CODE.glob("[!_]*"))) <= 30


def test_files_are_small():
    files = [*MODULES.values(), *(ROOT / "sql").rglob("*.sql")]
    lengths = {str(path): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert len(files) > 100
    long = {Path(name).name for name, lines in lengths.items() if lines > 400}
    assert long == {"project.py"}  # the face: a method a verb
