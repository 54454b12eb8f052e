"""The code blocks of the documentation, and a reader who does what they say, one by one."""

import ast
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from commands import Run
from ruamel.yaml import YAML

from mlmon.config import FILE, load
from mlmon.system.terminal import table_lines

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
GENERATED = re.compile(r"<!-- generated.*<!-- end", re.DOTALL)
OUTPUT = ("", "text")  # languages of what the block before prints
NUMBER = re.compile(r"-?\d[\d.,]*(?:e[+-]?\d+)?")
PICTURE = "picture"  # mark of a block that is no output
TIMES_DIFFER = "times differ"  # mark of an output of which only the first line is compared


@dataclass(frozen=True)
class Block:
    """A block: where it stands, what it is, and what the comment above it says of it."""

    place: str
    language: str
    text: str
    mark: str

    @property
    def file(self) -> str | None:
        """The file whose content it is, of a block under `<!-- file: rules.py -->`."""
        return self.mark.partition("file: ")[2] or None

    @property
    def why_not(self) -> str | None:
        """Why it is not run, of a block under `<!-- not run: it needs a server -->`."""
        return self.mark.partition("not run: ")[2] or None


def documents() -> list[str]:
    """Return every document that somebody reads, as a path from the root."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def blocks(document: str) -> Iterator[Block]:
    """Yield the blocks of a document that were written by hand."""
    text = (ROOT / document).read_text(encoding="utf-8")
    text = GENERATED.sub(lambda found: "\n" * found[0].count("\n"), text)
    for found in BLOCK.finditer(text):
        place = f"{document}:{text.count(chr(10), 0, found.start()) + 1}"
        yield Block(place, found["language"], found["text"], found["mark"] or "")


@dataclass
class Reader:
    """Somebody in a project's folder who does what the blocks say.

    With `exact` what is printed is what the document shows, else its first line is: the document
    shows the whole tutorial, and this folder may hold a smaller one.
    """

    folder: Path
    run: Run
    exact: bool
    printed: str = ""
    names: dict[str, Any] = field(default_factory=dict)

    def follow(self, block: Block) -> None:
        """What the block says is done, or what it shows was printed."""
        if block.why_not or block.mark == PICTURE:
            return
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language in OUTPUT:
            self.compare(block)
        else:
            doing = {"sh": self.shell, "sql": self.ask, "python": self.think, "yaml": self.settle}
            self.printed = doing[block.language](block.text)

    def compare(self, block: Block) -> None:
        """Raise AssertionError where the block is not what was printed; remarks may follow."""
        is_exact = self.exact and block.mark != TIMES_DIFFER
        shown, printed = [
            [(line if is_exact else NUMBER.sub("0", line)).split() for line in text.splitlines()]
            for text in (block.text, self.printed)
        ]
        if not is_exact:
            shown, printed = shown[:1], printed[:1]
        assert len(shown) == len(printed), block.place
        for line, real in zip(shown, printed, strict=True):
            assert line[: len(real)] == real, block.place

    def shell(self, text: str) -> str:
        """Return what the commands print; `# exit 1` behind one says how it ends."""
        printed = ""
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["mlmon"]:
                done = self.run(*words[1:])
                code = re.search(r"# exit (\d+)", line)
                assert done.code == int(code[1] if code else 0), (line, done)
                printed += done.out
            elif words[:1] == ["make"]:
                makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
                assert all(f"\n{target}:" in makefile for target in words[1:]), line
            elif words[:1] == ["duckdb"]:
                words[0] = str(Path(sys.executable).with_name("duckdb"))
                printed += subprocess.check_output(words, cwd=self.folder, text=True)
            elif words:
                assert words[0] == "rm", line
                subprocess.run(words, cwd=self.folder, check=True)
        return printed

    def ask(self, text: str) -> str:
        """Return the rows of the last query, asked by a bare DuckDB."""
        path = self.folder / "warehouse/mlmon.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            for statement in connection.extract_statements(text):
                rows = connection.execute(statement).to_arrow_table().to_pylist()
        return "\n".join(table_lines(rows))

    def think(self, text: str) -> str:
        """Return what the statements print; a literal behind an expression is its value."""
        lines = text.splitlines()
        with redirect_stdout(io.StringIO()) as printed:
            for node in ast.parse(text).body:
                if not isinstance(node, ast.Expr):
                    exec(compile(ast.Module([node], []), "block", "exec"), self.names)
                    continue
                value = eval(compile(ast.Expression(node.value), "block", "eval"), self.names)
                remark = lines[(node.end_lineno or 0) - 1][node.end_col_offset or 0 :]
                remark = remark.strip().removeprefix("# ")
                if remark.endswith("..."):  # how a figure of the whole tutorial begins
                    assert not self.exact or str(value).startswith(remark.rstrip(".")), remark
                    continue
                try:
                    expected = ast.literal_eval(remark)
                except (SyntaxError, ValueError):
                    continue
                assert value == expected, remark
        return printed.getvalue()

    def settle(self, text: str) -> str:
        """mlmon.yml has what the block has, which stands in it as in the whole file."""
        yaml, file = YAML(), self.folder / FILE
        whole = yaml.load(file)
        laid_over(whole, yaml.load(text))
        yaml.dump(whole, file)
        load(self.folder)
        return ""


def laid_over(whole: Any, part: Mapping[str, Any]) -> None:
    """The whole has what the part has; a list of the part replaces the whole's."""
    for key, value in part.items():
        if isinstance(value, Mapping) and isinstance(whole.get(key), Mapping):
            laid_over(whole[key], value)
        else:
            whole[key] = value
