"""What a comparison is of: the evaluations and model versions that somebody named."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from mlmon.errors import ConfigError, EvaluationNotFound
from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask

FEWEST, MOST = 2, 12
BEGINNING = 4  # the fewest characters of an id that name an evaluation
LISTED = 6


def chosen(read: Read, wanted: Sequence[str], champion: str | None) -> Answer:
    """The things that were named, in that order; the champion is the first unless it is named.

    An item is an evaluation's id, the beginning of one, its name, STORE/BATCH (the newest
    evaluation of it) or MODEL/VERSION. Raises ConfigError, EvaluationNotFound.
    """
    if not FEWEST <= len(wanted) <= MOST:
        raise ConfigError(
            f"a comparison is of {FEWEST} to {MOST} things, not of {len(wanted)}; "
            "name each with --compare"
        )
    known = ask(read, "comparable").rows
    keys = [one_of(known, text) for text in wanted]
    twice = [text for place, text in enumerate(wanted) if keys.index(keys[place]) < place]
    if twice:
        raise ConfigError(f"'{twice[0]}' is named twice; a comparison is of different things")
    best = one_of(known, champion) if champion else keys[0]
    if best not in keys:
        raise ConfigError(f"the champion '{champion}' is not compared; name it with --compare too")
    answer = ask(read, "items", keys=keys, champion=best)
    require_one_task(answer.rows)
    return answer


def one_of(known: Sequence[Row], text: str) -> str:
    """The key of what is named so. Raises ConfigError, EvaluationNotFound."""
    fits = [row for row in known if is_called(row, text)]
    if not fits and len(text) >= BEGINNING:
        fits = [row for row in known if (row["evaluation_id"] or "").startswith(text)]
    if len(fits) == 1:
        return str(fits[0]["key"])
    said = words.short(text)
    if fits:
        those = words.listing([named(row) for row in fits], LISTED)
        raise ConfigError(f"'{said}' fits {len(fits)} things: {those}; give one's id")
    labels = list(dict.fromkeys(row["label"] for row in known))
    beside = [label for label in labels if label.rpartition("/")[0] == text.rpartition("/")[0]]
    near = beside or get_close_matches(text, labels, LISTED, 0.4) or labels
    there = f"; there is {words.listing(near, LISTED)}" if near else "; there is nothing yet"
    raise EvaluationNotFound(f"no evaluation or model version is called '{said}'{there}")


def is_called(row: Row, text: str) -> bool:
    """Whether the text is this one's id, its name, or the label that it answers to."""
    return text in (row["evaluation_id"], row["name"]) or (
        row["is_newest"] and row["label"] == text
    )


def named(row: Row) -> str:
    """One of several that fit: its label and the beginning of its id."""
    return f"{words.short(row['label'], 30)} ({row['key'][:8]})"


def require_one_task(items: Sequence[Row]) -> None:
    """All items are of one task. Raises ConfigError."""
    first = items[0]
    for item in items:
        if item["task"] != first["task"]:
            raise ConfigError(
                f"{whole_name(first)} is of a {first['task']} model, {whole_name(item)} of a "
                f"{item['task']} one; compare things of one task"
            )


def label(item: Row) -> str:
    """What an item is called in one word: its batch, or the version's number."""
    if item["evaluation_id"] is None:
        return f"Version {item['model_version']}"
    return words.short(item["batch"], 24)


def origin(item: Row) -> str:
    """Where an item comes from."""
    if item["evaluation_id"] is None:
        return f"{words.short(item['model'], 24)}, test part"
    return f"{words.short(item['store'], 24)}, version\N{NO-BREAK SPACE}{item['model_version']}"


def whole_names(items: Sequence[Row]) -> list[str]:
    """Every item's name in a sentence; where two are called alike, with the ids' beginnings."""
    plain = [whole_name(item) for item in items]
    often = Counter(plain)
    return [
        f"{name} [{item['key'][:8]}]" if often[name] > 1 else name
        for name, item in zip(plain, items, strict=True)
    ]


def whole_name(item: Row) -> str:
    """What an item is called in a sentence."""
    if item["evaluation_id"] is None:
        return f"{label(item)} of {words.short(item['model'], 24)} (test part)"
    version = f"version {item['model_version']}"
    return f"{label(item)} in {words.short(item['store'], 24)} ({version})"
