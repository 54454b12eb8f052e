"""A model file is judged before anything in it is made: its names, its form and its size.

skops' own list of doubtful types is not enough, for what skops trusts by itself is not on it. So
every node of the file is held against the one list and against what the project's owner trusts.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlmon.errors import ArtifactError, printable, reason
from mlmon.system import functions

SCHEMA = "schema.json"
PROTOCOLS = (1, 2)  # of skops, whose nodes are known here
ENTRY = re.compile(r"[\w-]+\.(json|npy|npz|bin)")
NAME = re.compile(r"[^\W\d]\w*")
LARGEST = 2**29  # bytes that a file may have unpacked,
RATIO = 100  # or so many times its own size if that is more
LARGEST_SCHEMA = 2**28  # bytes of the part that is read as objects
DEEPEST = 1000  # levels of the file's tree
LINE = 600  # characters of the line for mlmon.yml that a message has room for
METHOD = "MethodNode"
VECTORIZERS = "sklearn.feature_extraction.text"


@dataclass(frozen=True)
class Trust:
    """What a project lets the files of a model load beside the list.

    That is what `trust:` names, and what the module of `estimator:` or a module beside mlmon.yml
    defines.
    """

    folder: Path
    model: str
    names: tuple[str, ...] = ()
    module: str | None = None

    def has(self, node: "Node") -> bool:
        """Return whether the owner trusts it; modules of the project are imported for that.

        Raises ImportError where such a module does not define it, or whatever importing raises.
        """
        if node.path in self.names:
            return True
        if node.module == self.module or functions.is_beside(self.folder, node.module):
            functions.own(self.folder, node.module, node.name.partition(".")[0])
            return True
        return False


@dataclass(frozen=True)
class Node:
    """What a node of the file names, and the loader that makes something of it."""

    loader: str
    module: str
    name: str
    calls: str = ""

    @property
    def entry(self) -> str:
        """Return what it is on the list; of a partial it matters what it calls."""
        return f"{self.path}({self.calls})" if self.calls else self.path

    @property
    def path(self) -> str:
        """Return the name as skops and `trust:` write it."""
        return f"{self.module}.{self.name}"

    @property
    def is_named(self) -> bool:
        """Return whether it can be imported by its name at all."""
        words = self.module.split(".") + (
            self.name.split(".") if self.loader == METHOD else [self.name]
        )
        return all(map(NAME.fullmatch, words))


def names(content: bytes, trust: Trust) -> tuple[list[str], list[str]]:
    """Return what loading the file makes, and what of it is not on the list but the owner's.

    Raises ArtifactError: what may not be loaded, and how the owner would allow it.
    """
    from mlmon.models.loadable import LOADABLE

    found = sorted(nodes(_schema(content)), key=lambda node: (node.path, node.loader))
    if unknown := [node.loader for node in found if node.loader not in LOADABLE]:
        raise ArtifactError(f"it needs {printable(unknown[0])} of skops, which is not known here")
    others = [node for node in found if node.entry not in LOADABLE[node.loader]]
    if strangers := [node for node in others if not _is_trusted(node, trust)]:
        raise ArtifactError(_refusal(strangers, trust))
    return [node.path for node in found], sorted({node.path for node in others})


def _is_trusted(node: Node, trust: Trust) -> bool:
    if not node.is_named:
        return False
    try:
        return trust.has(node)
    except Exception as error:  # a user's module may raise anything
        raise ArtifactError(
            f"it needs {node.path}: {type(error).__name__}: {reason(error)}; "
            "bring that back or train again"
        ) from error


def _refusal(strangers: Iterable[Node], trust: Trust) -> str:
    """Return what is not loaded, and the line of mlmon.yml that would allow it."""
    for node in strangers:
        if not node.is_named or node.module == "__main__":
            return (
                f"it holds {printable(node.path)}, which no other process finds by that name; "
                "define it in a module beside mlmon.yml"
            )
        if not functions.is_there(trust.folder, node.module):
            return (
                f"it needs {printable(node.path)}, and there is no module "
                f"{printable(node.module)} beside mlmon.yml or installed; "
                "bring that back or train again"
            )
    wanted = sorted({node.path for node in strangers})
    line = f"trust: [{', '.join(sorted({*wanted, *trust.names}))}]"
    if len(line) > LINE:
        line = f"trust: [{printable(wanted[0], LINE)}]"
    return (
        f"{printable(wanted[0])} is not on the list of what a model file may load; not loaded. "
        f"If you know it and trust it, add to models.{trust.model} in mlmon.yml: {line}"
    )


def nodes(schema: Any) -> set[Node]:
    """Return the nodes of a file's tree; raises ArtifactError where it is none that skops writes.

    skops writes a thing that is there twice as often, under one number, and reads the first only.
    If the second is another, the file hides something or is a knot that grows when it is read.
    """
    states = list(_states(schema))
    sizes = [1] * len(states)
    for index in range(len(states) - 1, 0, -1):
        sizes[states[index][1]] += sizes[index]
    first: dict[Any, tuple[Any, ...]] = {}
    found = set()
    for size, (state, _) in zip(sizes, states, strict=True):
        node = _node(state)
        found.add(node)
        number, content = state.get("__id__"), state.get("content")
        if not number:  # skops passes over it
            continue
        same = (node, size, content if isinstance(content, str) else None)
        if isinstance(number, dict | list) or first.setdefault(number, same) != same:
            raise ArtifactError("two of its parts bear one number; it was not written by skops")
    if any(node.module == VECTORIZERS for node in found):
        _refuse_file_readers(states)
    return found


def _states(schema: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield every node's state, parents first, with its parent's place in that order."""
    count = 0
    waiting = [(schema, 0, 0)]
    while waiting:
        value, parent, depth = waiting.pop()
        if depth > DEEPEST:
            raise ArtifactError(f"it is nested deeper than {DEEPEST} levels")
        if isinstance(value, dict):
            if isinstance(value.get("__loader__"), str):
                yield value, parent
                parent, count = count, count + 1
            waiting.extend((part, parent, depth + 1) for part in value.values())
        elif isinstance(value, list):
            waiting.extend((part, parent, depth + 1) for part in value)


def _node(state: dict[str, Any]) -> Node:
    loader, module, name = (state.get(key) for key in ("__loader__", "__module__", "__class__"))
    content = state.get("content")
    function = content.get("func") if isinstance(content, dict) else None
    if loader == METHOD:
        name = f"{name}.{function}"
    called = _node(function) if loader == "PartialNode" and isinstance(function, dict) else None
    calls = called.path if called and called.loader == "FunctionNode" else ""
    return Node(str(loader), str(module), str(name), calls)


def _refuse_file_readers(states: Iterable[tuple[dict[str, Any], int]]) -> None:
    """No text vectorizer takes what is in the data for the names of files to read."""
    for state, _ in states:
        content = state.get("content")
        given = content.get("input") if isinstance(content, dict) else None
        if given is not None and not _is_content(given):
            raise ArtifactError("it reads the files that the data names; let it take their text")


def _is_content(state: Any) -> bool:
    try:
        return bool(state["__loader__"] == "JsonNode" and json.loads(state["content"]) == "content")
    except (KeyError, TypeError, ValueError):
        return False


def _schema(content: bytes) -> Any:
    """Return the tree of a file whose size and parts are in order."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive, len(content))
            schema = json.loads(archive.read(SCHEMA))
    except ArtifactError:
        raise
    except RecursionError as error:
        raise ArtifactError(f"it is nested deeper than {DEEPEST} levels") from error
    except Exception as error:  # whatever a file that is no archive, or a damaged one, makes of it
        raise ArtifactError(f"it is not a file that skops wrote: {reason(error)}") from error
    if not isinstance(schema, dict) or schema.get("protocol") not in PROTOCOLS:
        raise ArtifactError("it was written by another generation of skops; save it again")
    return schema


def _weigh(archive: zipfile.ZipFile, size: int) -> None:
    """The file's parts have plain names, each once, and are not much larger than it promises."""
    parts = [info.filename for info in archive.infolist()]
    if odd := [name for name in parts if not ENTRY.fullmatch(name)]:
        raise ArtifactError(f"it has a part called {printable(odd[0])}, which skops does not write")
    if len(set(parts)) < len(parts):
        raise ArtifactError("it has two parts of one name")
    limit = max(LARGEST, RATIO * size)
    total = _unpacked(archive)
    for name in parts:
        if total <= limit and name.endswith(".npz"):  # an archive within the archive
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as inner:
                total += _unpacked(inner)
    if total > limit or archive.getinfo(SCHEMA).file_size > LARGEST_SCHEMA:
        raise ArtifactError(f"it would be {total:,} bytes unpacked; not loaded")


def _unpacked(archive: zipfile.ZipFile) -> int:
    return sum(info.file_size for info in archive.infolist())
