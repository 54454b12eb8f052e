"""Files that something happened to on their way: seeded mutations of good ones."""

import gzip
import io
import json
import random
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

ENDINGS = ("csv", "jsonl", "parquet", "csv.gz")
COLUMNS = ("id", "day", "amount", "kind")
SPECIAL = (
    *(b"\0", b"\n", b"\r", b"\r\n", b'"', b'""', b",", b";", b"\t", b"\\", b"\xff", b"\xfe\xff"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc3", b"{", b"}", b"[", b"]", b"null", b"NaN", b"1e999"),
    *(b"18446744073709551616", b"-9223372036854775809", b"9999-12-31", b"infinity", b"PAR1"),
    *(b"\x1f\x8b", b"'", b"%", b"\x1b[2J", b"mlmon_row", b"batch", b"ID", b"\x80" * 8, b"0" * 400),
)


def good(ending: str, first: int, rows: int = 40) -> bytes:
    """Return a file of records, keys from the first on."""
    chance = random.Random(first)
    records = [
        {
            "id": key,
            "day": f"2024-01-{chance.randint(1, 28):02d}",
            "amount": round(chance.uniform(1, 100), 2),
            "kind": chance.choice(("book", "toy, small", 'a "shoe"', "Schläppchen", "")),
        }
        for key in range(first, first + rows)
    ]
    if ending == "parquet":
        target = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(records), target, row_group_size=16)
        return target.getvalue()
    if ending == "jsonl":
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    lines = [",".join(COLUMNS)]
    lines += [",".join(_cell(record[name]) for name in COLUMNS) for record in records]
    text = "\n".join([*lines, ""]).encode()
    return gzip.compress(text, mtime=0) if ending.endswith("gz") else text


def _cell(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text


def mutated(chance: random.Random, ending: str, content: bytes) -> bytes:
    """Return the content after one to three accidents; of an archive also within it."""
    if ending.endswith("gz") and chance.random() < 0.5:
        return gzip.compress(mutated(chance, "csv", gzip.decompress(content)), mtime=0)
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(ACCIDENTS)(chance, content)
    return content


def _flip(chance: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    place = chance.randrange(len(content))
    return (
        content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    )


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randint(0, len(content))]


def _insert(chance: random.Random, content: bytes) -> bytes:
    place = chance.choice(
        (chance.randint(0, len(content)), chance.randint(0, min(30, len(content))))
    )
    return content[:place] + chance.choice(SPECIAL) + content[place:]


def _overwrite(chance: random.Random, content: bytes) -> bytes:
    place, what = chance.randint(0, len(content)), chance.choice(SPECIAL)
    return content[:place] + what + content[place + len(what) :]


def _piece(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 7, 40, 300)))


def _remove(chance: random.Random, content: bytes) -> bytes:
    start, end = _piece(chance, content)
    return content[:start] + content[end:]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    start, end = _piece(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _zero(chance: random.Random, content: bytes) -> bytes:
    start, end = _piece(chance, content)
    return content[:start] + bytes(end - start) + content[end:]


def _line_ends(chance: random.Random, content: bytes) -> bytes:
    end, most = chance.choice((b"\r\n", b"\r", b"\n\n")), chance.choice((-1, 1, 3))
    return content.replace(b"\n", end, most)


ACCIDENTS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(_flip, _truncate, _insert, _insert, _overwrite, _remove, _repeat, _zero, _line_ends),
)
