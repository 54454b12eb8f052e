"""B7, C6: what mlmon.yml may not be is one line with its place; D10: every key is described."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner
from yaml_mutations import RICH, mutated

from mlmon.cli import app
from mlmon.config import FILE, Config, load, parse
from mlmon.config.syntax import scalar
from mlmon.errors import CONTROL, ConfigError

TUTORIAL = (Path(__file__).parents[2] / FILE).read_text(encoding="utf-8")
PLACE = re.compile(r"mlmon\.yml:\d+:\d+: .+")
SMALL, ALL = 60, 500


def refused(text: str, *said: str) -> str:
    """Return the line with which a text is refused, which has all that is to be said."""
    with pytest.raises(ConfigError) as caught:
        parse(text, Path())
    message = str(caught.value)
    assert all(PLACE.fullmatch(line) for line in message.splitlines()), message
    for words in said:
        assert words in message, message
    return message


def edited(old: str, new: str) -> str:
    assert TUTORIAL.count(old) == 1, old
    return TUTORIAL.replace(old, new)


# B7 ----------------------------------------------------------------------------

VALUES = {
    "2024-02-31": ":3:10: 2024-02-31 is no value",
    "2024-13-45T99:00:00": ":3:10: 2024-13-45T99:00:00 is no value",
    "9" * 5000: ":3:10: 99999",
    "fr\x07aud": ":3:12: the character U+0007 may not stand in YAML",
    "fr\0aud": ":3:12: the character U+0000",
    '"\\x07"': r":3:10: the text holds \x07",
    '"\\ud83d\\ude00"': r":3:10: the text holds \ud83d",
    '"\\UFFFFFFFF"': "cannot be read",
    "!!omap [a: 1]": ":3:10: !!omap is not for mlmon.yml",
    "!!python/object/apply:os.system ['echo']": ":3:10: !!python/object/apply:os.system is not",
    "!!binary 'a%'": "!!binary is not for",
    "!own b": ":3:10: !own is not for",
    "*nowhere": ":3:10: found undefined alias",
    "&y [*y]": ":3:14: *y stands in itself",
    "[" * 2000 + "]" * 2000: "it lies deeper than 80 levels",
    "{a: " * 2000 + "1" + "}" * 2000: "it lies deeper than 80 levels",
    "a\n? [a]\n: 1": "a key is a text",
    "a\n~: 1": "a key is a text",
    "a\n<<: 3": "expected a mapping",
    "a\nproject: b": 'found duplicate key "project"',
    "a\n\tb: 1": "cannot start any token",
    "a\n---\nversion: 1": "found another document",
}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:12]))
def test_b7_a_value_that_is_none_is_one_line_with_its_place(value):
    assert "\n" not in refused(edited("project: fraud", f"project: {value}"), VALUES[value])


@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "fraud\n", "1\n"])
def test_b7_a_document_that_is_no_project(text):
    refused(text, "mlmon.yml:1:1: this is not a project")


def test_b7_bytes_that_are_no_text(tmp_path):
    file = tmp_path / FILE
    for content, said in (
        (TUTORIAL.encode("utf-16"), "mlmon.yml:1:1: byte 0 is not UTF-8"),
        (TUTORIAL.encode("utf-16-le"), "mlmon.yml:1:2: the character U+0000"),
        (b"version: 1\nproject: caf\xe9\n", "mlmon.yml:2:13: byte 23 is not UTF-8"),
    ):
        file.write_bytes(content)
        with pytest.raises(ConfigError) as caught:
            load(tmp_path)
        assert str(caught.value).startswith(said)
    file.write_bytes(b"\xef\xbb\xbf" + TUTORIAL.encode())
    assert load(tmp_path).project == "fraud"


def test_b7_a_parameter_on_the_command_line_that_looks_like_a_date():
    assert scalar("2024-02-31") == "2024-02-31"
    assert scalar("9" * 5000) == "9" * 5000
    assert scalar("!!python/name:os.system") == "!!python/name:os.system"
    assert (scalar("0.2"), scalar("true"), scalar("a b")) == (0.2, True, "a b")


# C6 ----------------------------------------------------------------------------


def bomb(levels: int, width: int) -> str:
    """Return a document in which every level repeats the one before so many times."""
    lines = [f"x0: &x0 [{', '.join('1' * width)}]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_c6_aliases_that_multiply_are_refused_before_anything_is_made_of_them():
    inner = bomb(8, 9).replace("\n", "\n          ")
    chart = (
        f"{TUTORIAL}      - title: t\n        query: select 1\n        chart:\n          {inner}\n"
    )
    refused(chart, "with what aliases repeat there are more than 50,000 values")
    refused(f"{TUTORIAL}{bomb(30, 2)}", "more than 50,000 values")
    refused(f"{TUTORIAL}x: &x {{<<: *x}}\n", "*x stands in itself")
    refused("a" * 600_000, "longer than 500,000 characters")
    few = TUTORIAL.replace(
        "sampling: {method: random, rows: 10000}", "sampling: &s {ratio: 0.5, method: ratio}", 1
    )
    few = few.replace("sampling: {method: random, rows: 10000}", "sampling: *s", 1)
    assert {store.sampling.ratio for store in parse(few, Path()).stores.values()} == {0.5}


NUMBERS = {
    "max: 0.4": ["max: .nan", "max: .inf", "max: 1e999", "max: 1e301", "max: " + "9" * 400],
    "soft_max: 0.3": [
        "soft_max: -.inf",
        "values: [.nan]",
        "hysteresis: .inf",
        "open_after: 99999999",
    ],
    "test_size: 0.2": ["test_size: 0", "test_size: 1", "test_size: .nan"],
    "test_size: 0.2, seed: 1337": ["test_size: 0.2, seed: -1", "test_size: 0.2, seed: 4294967296"],
    "task: binary": [
        "cost_matrix: {tp: .inf}",
        "cost_matrix: {fn: .nan}",
        "confidence: 1",
        "drift_limit: -1",
        "drift_limit: .inf",
        "lift_at: 0",
        "threshold: 1.5",
    ],
    "performance: false": ["bootstrap: 99999999999", "bootstrap: 1", "bootstrap: .inf"],
    "every: 1 week": ["every: 99999999999 weeks", "every: 0 weeks"],
    "action: none": [],
    "project: fraud": [
        "project: a\nlock_wait: .inf",
        "project: a\nlock_wait: 1e300",
        "project: a\nretention: {runs: 0}",
        "project: a\nretention: {evaluations: 99999999999999999999}",
    ],
    "evaluate: mes_for_input_drift": [
        f"evaluate: mes_for_input_drift, {one}"
        for one in ("retries: 1e9", "retry_delay: 999999999 days", "timeout: 0", "timeout: .nan")
    ],
    "['2017_01']": [],
    '["2017_01", "2017_02", "2017_03"]': ["last 99999999999", "last 0"],
}


@pytest.mark.parametrize("new", [(old, new) for old, several in NUMBERS.items() for new in several])
def test_c6_every_number_has_bounds(new):
    refused(edited(*new))


def test_every_number_of_mlmon_yml_is_bounded():
    """A number that any section takes has a least and a greatest value, or is one of a few."""
    unbounded = []

    def walk(name: str, part: dict) -> None:
        kinds = part.get("anyOf", [part])
        for kind in kinds:
            if (
                kind.get("type") in ("integer", "number")
                and "enum" not in kind
                and "const" not in kind
            ):
                least = {"minimum", "exclusiveMinimum"} & {*kind}
                most = {"maximum", "exclusiveMaximum"} & {*kind}
                if not (least and most):
                    unbounded.append(name)
            if "items" in kind:
                walk(name, kind["items"])

    for section, key, part in keys():
        walk(f"{section}.{key}", part)
    assert {*unbounded} <= {"Step.parameters", "Scenario.parameters"}


@pytest.mark.parametrize("words", ["due --wait nan", "due --wait inf", "loop --every nan"])
def test_c6_seconds_on_the_command_line_have_bounds_too(words):
    assert CliRunner().invoke(app, ["schedule", *words.split()]).exit_code == 2


# D10 ---------------------------------------------------------------------------


def keys() -> list[tuple[str, str, dict]]:
    """Return section, key and schema of every key of mlmon.yml."""
    schema = Config.model_json_schema()
    sections = {"mlmon.yml": schema, **schema["$defs"]}
    return [
        (name, key, part)
        for name, section in sections.items()
        for key, part in section.get("properties", {}).items()
    ]


def test_d10_every_key_of_the_schema_is_described():
    assert len(keys()) > 100
    assert [f"{name}.{key}" for name, key, part in keys() if not part.get("description")] == []
    assert [f"{n}.{k}" for n, k, part in keys() if not part["description"].endswith(".")] == []
    assert "folder" not in Config.model_json_schema()["properties"]


def test_d10_what_is_not_in_the_schema_is_refused():
    refused(f"{TUTORIAL}folder: /etc\n", "folder: Extra inputs are not permitted")


# Mutations ---------------------------------------------------------------------


def hold(count: int, report: Callable[[str], object]) -> None:
    """So many mutated documents are each a project or printable lines with a place."""
    chance = random.Random(20170401)
    outcomes = {"a project": 0, "refused": 0}
    for number in range(count):
        text = mutated(chance, (TUTORIAL, RICH)[number % 2])
        try:
            parse(text, Path())
            outcomes["a project"] += 1
        except ConfigError as error:
            outcomes["refused"] += 1
            for line in str(error).splitlines():
                assert PLACE.fullmatch(line), (line, text)
                assert not CONTROL.search(line), (line, text)
    assert outcomes["refused"] > count / 4
    report(f"{count} mutated mlmon.yml: {outcomes}")


def test_b7_mutated_documents_are_projects_or_lines(capsys):
    assert parse(RICH, Path()).project == "rich"
    with capsys.disabled():
        hold(SMALL, print)


@pytest.mark.slow
def test_b7_many_mutated_documents_are_projects_or_lines(capsys):
    with capsys.disabled():
        hold(ALL, print)
