"""A frame of any library, as an Arrow table whose columns DuckDB can tell apart and read."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import pyarrow as pa

from mlmon.errors import SourceError
from mlmon.warehouse.categories import text
from mlmon.warehouse.warehouse import Warehouse

RELATION = "mlmon_frame"  # a frame that is on its way in
NARROW = {"halffloat": pa.float32(), "decimal256": pa.float64()}  # DuckDB has no such types


def arrow(frame: Any, name: str) -> pa.Table:
    """Return a pandas, Arrow, polars or ibis table, or a dict of columns, as an Arrow table.

    A pandas categorical is text. Raises SourceError, which calls the frame by its name.
    """
    try:
        table = _table(frame)
    except (pa.ArrowException, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = "; ".join(str(part).partition("\n")[0] for part in error.args if part)
        what = _with_column(frame, what)
        raise SourceError(
            f"{name}: cannot be read as a table: {what}; give a path, or a pandas, Arrow, polars "
            "or ibis table"
        ) from error
    check_names(table, name)
    for place, field in enumerate(table.schema):
        for form, kind in NARROW.items():
            if str(field.type).startswith(form):
                table = table.set_column(place, field.name, table.column(place).cast(kind))
    return table


@contextmanager
def registered(warehouse: Warehouse, frame: Any, name: str) -> Iterator[None]:
    """Inside, a frame is the relation RELATION; raises SourceError when it cannot be one.

    DuckDB reads a pandas column of mixed values as text; what it cannot read Arrow may.
    """
    check_names(frame, name)
    with ExitStack() as stack:
        try:
            stack.enter_context(warehouse.registered(frame, RELATION))
            warehouse.read(f"describe {RELATION}")
        except Exception:  # one that the library of the frame, pybind11 or DuckDB may raise
            stack.close()
            table = arrow(frame, name)
            stack.enter_context(warehouse.registered(table, RELATION))
        yield


def _table(frame: Any) -> pa.Table:
    if hasattr(frame, "to_pyarrow"):  # ibis
        return frame.to_pyarrow()
    if not (hasattr(frame, "iloc") and hasattr(frame, "columns")):
        return pa.table(frame)
    return pa.Table.from_pandas(_without_categories(frame), preserve_index=False)


def _without_categories(frame: Any) -> Any:
    """Return a pandas frame whose categories are text: of numbers, dates or intervals too."""
    kinds = {name: kind for name, kind in frame.dtypes.items() if hasattr(kind, "categories")}
    if not kinds:
        return frame
    plain = frame.copy(deep=False)
    for name, kind in kinds.items():
        names = [text(category) for category in kind.categories]
        plain[name] = (
            frame[name].cat.rename_categories(names)
            if len({*names}) == len(names)
            else frame[name].astype(object).map(text, na_action="ignore")  # 1 beside "1"
        )
    return plain


def _with_column(frame: Any, what: str) -> str:
    """Return why a frame is no table, with the first column that is none by itself."""
    if not (isinstance(frame, Mapping) or hasattr(frame, "iloc")):
        return what
    for name in list(frame.columns) if hasattr(frame, "columns") else list(frame):
        try:
            _table(frame[[name]] if hasattr(frame, "iloc") else {name: frame[name]})
        except Exception:  # whatever the library of the values raises
            return f"column {name}: {what}"
    return what


def check_names(frame: Any, name: str) -> None:
    """Raise SourceError at a name that is missing, or stands there twice but for its case."""
    known: dict[str, str] = {}
    columns = getattr(frame, "column_names", None) or getattr(frame, "columns", None)
    names = list(map(str, columns)) if isinstance(columns, Iterable) else []
    for position, column in enumerate(names, start=1):
        if not column.strip() or "\0" in column:
            raise SourceError(f"{name}: column {position} has no name; give it one")
        other = known.setdefault(column.lower(), column)
        if len(known) < position:
            both = "twice" if other == column else f"beside {other}: case makes no difference"
            raise SourceError(f"{name}: column {column} stands there {both}; rename one")
