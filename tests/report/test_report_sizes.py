"""How large the pages are: small enough for a mail, however many rows there were."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from frames import compared
from visits import kinds

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def weighed(path: Path) -> tuple[int, int, int]:
    """The bytes of a page, of the page as it travels, and of its script."""
    text = path.read_bytes()
    (script,) = SCRIPT.findall(text.decode())
    return len(text), len(gzip.compress(text)), len(script.encode())


def check(pages: Iterable[Path]) -> None:
    """None of the pages is too large."""
    for path in pages:
        whole, travelling, script = weighed(path)
        assert whole < 400_000, path.name
        assert travelling < 60_000, path.name
        assert script < 6_000, path.name


def test_pages_are_small(site_pages):
    check(site_pages.values())


def test_pages_of_the_finished_tutorial_are_small(finished_folder):
    check(kinds(finished_folder / "reports").values())


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_the_size_of_a_page_does_not_depend_on_rows(tmp_path, rows):
    few, many = (
        weighed(compared("binary", each).to_html(tmp_path / f"{each}.html"))[0]
        for each in (1_000, rows)
    )
    assert abs(many / few - 1) < 0.05
