"""How a file of records is read, as a query of its values as they stand: an entry of FORMATS each.

Text files are looked through first, byte by byte: DuckDB takes half of a damaged archive for the
whole, and a NUL for a letter.
"""

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import pairwise
from pathlib import Path

from mlmon.errors import SourceError, reason
from mlmon.sources import door
from mlmon.warehouse.sql import literal
from mlmon.warehouse.warehouse import Warehouse

DELIMITERS = (",", ";", "\t", "|")
QUOTED = re.compile(r'"(?:[^"]|"")*"')
PLACE = re.compile(r"CSV Error on Line: (\d+)|in line (\d+)|in record/value (\d+)")
CHUNK = 1 << 20  # bytes of a text file that are looked at in one go
LONGEST_HEADER = 1_000_000  # characters
LONGEST_NAME = 500  # of a column; beyond it the first row is no header
BEGINNINGS = {  # of what is no text, whatever its name says
    b"\x1f\x8b": "gzip data; end its name in .gz",
    b"PAR1": "Parquet; end its name in .parquet",
}


@dataclass(frozen=True)
class Format:
    """A format of files: its name, how theirs end, and the query of a file's values as they stand.

    `is_text` are those that are looked through first; `is_untyped` those whose values are text
    too, of which mlmon says what they mean. Parquet is neither: it is read where it lies.
    """

    name: str
    endings: tuple[str, ...]
    query: Callable[[Warehouse, Path, str, str], str]  # of the path, as SQL spells it, and its how
    is_text: bool = True
    is_untyped: bool = False


def format_of(path: Path) -> Format | None:
    """Return the format that the ending of a file's name says; None when it says none."""
    return next((each for each in FORMATS if path.name.lower().endswith(each.endings)), None)


def ending(path: Path) -> str:
    """Return the ending of a file's name that says what it is; empty when none does."""
    name = path.name.lower()
    endings = (each for form in FORMATS for each in form.endings)
    return next((each for each in endings if name.endswith(each)), "")


def is_untyped(path: Path) -> bool:
    """Return whether a file holds text only, so that mlmon says what the types are."""
    form = format_of(path)
    return form is not None and form.is_untyped


def scan(warehouse: Warehouse, path: Path) -> str:
    """Return the SQL that reads a file.

    Raises SourceError with file and reason: empty, not UTF-8, not what its ending says.
    """
    form = format_of(path)
    if form is None:
        *others, last = (each.name for each in FORMATS)
        what = f"mlmon reads {', '.join(others)} and {last}"
        raise SourceError(f"{path.name}: {what}, not this ending")
    place, packed = door.spelled(path), "gzip" if ending(path).endswith(".gz") else "uncompressed"
    if form.is_text:
        _check_text(path)
    return form.query(
        warehouse, path, place, f"compression = '{packed}', hive_partitioning = false"
    )


def _csv(_: Warehouse, path: Path, place: str, how: str) -> str:
    delimiter, columns = _header(path)
    types = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    return (  # nothing is guessed: a guess may take a faulty row for something else
        f"select * from read_csv({place}, auto_detect = false, header = true,"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', {how},"
        f" null_padding = false, strict_mode = true, columns = {{{types}}})"
    )


def _json(warehouse: Warehouse, path: Path, place: str, how: str) -> str:
    query = f"select * from read_json_auto({place}, sample_size = -1, {how})"
    keys = f"select unnest(json_keys(json)) as name from read_json_objects_auto({place}, {how})"
    return _with_own_names(warehouse, path, query, f"({keys})")


def _parquet(warehouse: Warehouse, path: Path, place: str, _: str) -> str:
    query = f"select * from read_parquet({place}, hive_partitioning = false)"
    return _with_own_names(warehouse, path, query, f"parquet_schema({place})")


FORMATS = (
    Format("csv", (".csv", ".csv.gz", ".tsv", ".tsv.gz"), _csv, is_untyped=True),
    Format(
        "json lines",
        (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"),
        _json,
    ),
    Format("parquet", (".parquet",), _parquet, is_text=False),
)


def explained(path: Path, error: Exception) -> SourceError:
    """Return DuckDB's failure to read a file as one line with file and, where it is known, row."""
    text = str(error).split("Possible fixes")[0].split("Possible Solution")[0]
    if "reached an invalid state" in text:
        return SourceError(f"{path.name}: {_odd_line(path)}")
    if "Malformed JSON" in text and (row := _odd_json(path)):
        return SourceError(f"{path.name}: {row}")
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [reason(error)]
    found = PLACE.search(text)
    what = lines[-1] if "CSV Error" in text else lines[0]
    what = re.sub(r"^(INTERNAL|FATAL|[\w ]+) Error: ", "", what)
    for spelling in (door.spelled(path).strip("'"), str(path.absolute()), str(path)):
        what = what.replace(spelling, path.name)
    row = next(filter(None, found.groups()), None) if found else None
    return SourceError(f"{path.name}: {f'row {row}: ' if row else ''}{what}")


def check_names(name: str, columns: Iterable[str]) -> None:
    """Raise SourceError when a column's name is missing, or stands there twice but for its case."""
    known: set[str] = set()
    for position, column in enumerate(columns, start=1):
        if not column.strip() or "\0" in column:
            raise SourceError(f"{name}: column {position} has no name")
        if len(column) > LONGEST_NAME:
            raise SourceError(
                f"{name}: column {position} has a name of {len(column):,} characters; is it one?"
            )
        known.add(column.lower())
        if len(known) < position:
            raise SourceError(f"{name}: column {column} stands there twice")


def _with_own_names(warehouse: Warehouse, path: Path, query: str, names: str) -> str:
    """Return the query; raises SourceError where DuckDB gave a column another name than it has.

    It calls the second of two names that differ in case only `name_1`.
    """
    columns = [row["column_name"] for row in warehouse.read(f"describe {query}")]
    check_names(path.name, columns)
    lower = {name.lower() for name in columns}
    bases = {name: re.sub(r"_\d+$|^C\d+$", "", name) for name in columns}
    odd = {name: base for name, base in bases.items() if base != name and base.lower() in lower}
    if odd or "" in bases.values():
        own = {row["name"] for row in warehouse.read(f"select distinct name from {names}")}
        check_names(path.name, [name for name in own if not name])
        for name in set(odd) - own:
            raise SourceError(f"{path.name}: column {odd[name]} stands there twice")
    return query


# Text ------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[BufferedIOBase]:
    """Inside, the text of a file can be read; raises SourceError where it cannot."""
    packed = ending(path).endswith(".gz")
    try:
        with gzip.open(path) if packed else path.open("rb") as opened:
            yield opened
    except (OSError, EOFError, zlib.error) as error:
        advice = "; the archive is damaged, bring it anew" if packed else ""
        raise SourceError(f"{path.name}: cannot be read: {reason(error)}{advice}") from error


def _check_text(path: Path) -> None:
    """Raise SourceError when a file is empty, holds a NUL or is not UTF-8, with the row."""
    rest, row, before, size = b"", 1, 0, 0  # what is left of a letter; bytes before it in its row
    with _opened(path) as opened:
        while chunk := opened.read(CHUNK):
            if not size and (
                what := next((w for b, w in BEGINNINGS.items() if chunk.startswith(b)), None)
            ):
                raise SourceError(f"{path.name}: this is {what}")
            size += len(chunk)
            chunk = rest + chunk
            rest = chunk[_whole(path, chunk, row, before, final=False) :]
            done = len(chunk) - len(rest)
            lines = chunk.count(b"\n", 0, done)
            before = done - 1 - chunk.rfind(b"\n", 0, done) if lines else before + done
            row += lines
    _whole(path, rest, row, before, final=True)
    if size == 0:
        raise SourceError(f"{path.name}: the file is empty; put the records there or remove it")


def _whole(path: Path, chunk: bytes, row: int, before: int, *, final: bool) -> int:
    """Return how many bytes of a chunk are whole letters; raises SourceError with the place."""
    whole, wrong, what = len(chunk), chunk.find(b"\0"), "NUL; the file is damaged, or UTF-16"
    if not chunk.isascii():
        try:
            whole = codecs.utf_8_decode(chunk, "strict", final)[1]
        except UnicodeDecodeError as error:
            if wrong < 0 or error.start < wrong:
                wrong, what = error.start, "not UTF-8; save the file as UTF-8"
    if wrong < 0:
        return whole
    lines = chunk.count(b"\n", 0, wrong)
    byte = wrong - 1 - chunk.rfind(b"\n", 0, wrong) if lines else before + wrong
    raise SourceError(f"{path.name}: row {row + lines}, byte {byte + 1} is {what}")


def _header(path: Path) -> tuple[str, list[str]]:
    """Return what parts the values of a text file, and the names in its first row.

    Raises SourceError when a name is missing or stands there twice, or the row has no end.
    """
    place = f"{path.name}: row 1"
    with _opened(path) as opened:
        text = codecs.getreader("utf-8-sig")(opened).read(LONGEST_HEADER, LONGEST_HEADER)
    plain = re.split(r"[\r\n]", QUOTED.sub("", text), maxsplit=1)[0]
    delimiter = max(DELIMITERS, key=plain.count)
    lines = io.StringIO(text, newline="")
    try:
        columns = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise SourceError(
            f"{place}: its names cannot be told apart: {reason(error)}; look for an open quote"
        ) from error
    if not columns:
        raise SourceError(f"{place}: it is empty; the columns' names belong there")
    if text[: lines.tell()].endswith("\r"):
        raise SourceError(f"{place} ends in CR alone; save the file with LF at the ends of lines")
    check_names(place, columns)
    return delimiter, columns


def _odd_line(path: Path) -> str:
    """Return why DuckDB cannot tell the rows of a text file apart."""
    with _opened(path) as opened:
        for row, (line, other) in enumerate(pairwise(opened), start=2):
            if re.search(rb"\r(?!\n)", other):
                return f"row {row}: a CR stands alone in it; quote the value or remove it"
            if other.endswith(b"\n") and line.endswith(b"\r\n") != other.endswith(b"\r\n"):
                return f"row {row}: its line ends otherwise than those before; make them alike"
    return "a value is quoted in part; quote all of it, and double the quotes within"


def _odd_json(path: Path) -> str | None:
    """Return which row of json lines is no JSON, and why; None where the file is not of lines."""
    with _opened(path) as opened:
        for row, line in enumerate(opened, start=1):
            try:
                json.loads(line.decode("utf-8-sig").strip() or "null")
            except ValueError as error:
                return f"row {row}: it is no JSON: {reason(error)}" if row > 1 else None
    return None
