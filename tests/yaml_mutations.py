"""Documents like mlmon.yml with something wrong in them, and a rich one to begin with."""

import random

RICH = """\
version: 1
project: rich
lock_wait: 5
time_zone: Europe/Berlin
datasets:
  orders: {path: "landing/{batch}.csv", key: id, time: day}
  log:
    path: "log/*.parquet"
    key: id
    time: at
    batches: {time: at, every: month}
    ignore_extra_columns: true
  rows: {path: rows.csv, key: id, batches: {rows: 5000}}
models:
  returns: &model
    dataset: orders
    target: returned
    positive_class: "yes"
    features: [amount, kind]
    kinds: {amount: numeric}
    train: {batches: last 3 labelled, test_size: 0.25, seed: 7}
    activate: if_better
    threshold: 0.4
    confidence: 0.9
    drift_limit: 0.2
    cost_matrix: {tp: 2, fp: -1.5, fn: -3, tn: 0}
    lift_at: 0.1
    metrics: {missed: "mine:missed"}
  prices:
    dataset: log
    task: regression
    target: price
    features: [size]
    train: {batches: [a, 2024_01, 7]}
    estimator: mine:make
stores:
  live:
    model: returns
    reference: {batch: 2024_01}
    sampling: {method: ratio, ratio: 0.5, seed: 3}
    bootstrap: 500
    labels: {team: a, n: 3, on: true}
    checks:
      - {name: c, metric: data_drift, min: 0.1, soft_min: 0.2, max: 0.4, hysteresis: 0.01}
      - {name: v, metric: drifted_feature_share, values: [0, 0.5], open_after: 2, resolve_after: 3}
      - {name: t, metric: roc_auc_score, typical: {last: 12, factor: 1.5, at_least: 5}}
      - {name: s, sql: "select 1 where $batch = 'a'", severity: warning}
      - {name: p, python: "mine:judge"}
  blind: {model: prices, performance: false, sampling: {method: fixed, rows: 100}}
channels:
  team: {url: "${TEAM_URL}"}
scenarios:
  Every Monday:
    parameters: {limit: 0.1, name: x, flag: true, nothing: null}
    timeout: 2 hours
    triggers:
      - {name: w, every: 1 week, at: "Monday 06:00", time_zone: Europe/Berlin}
      - {name: c, cron: "30 7 * * 1-5"}
      - {name: d, new_data: orders, enabled: false}
      - {name: a, after: Third, outcome: [SUCCESS]}
    steps:
      - {name: in, ingest: orders, retries: 3, retry_delay: 5 minutes}
      - {name: ev, evaluate: live, timeout: 10 minutes, batch: 2024_02}
      - {name: q, sql: "select $limit", run_if: {outcome: [WARNING]}}
      - {name: o, run: Other, parameters: {x: 1.5}, run_if: {sql: "select true"}}
      - name: tell
        message: |
          Hello, {{ run.scenario }}
        to: [team]
    reporters:
      - {name: r, to: [team], outcome: [FAILED], picture: true, title: "{{ run.scenario }}"}
  Other:
    parameters: {x: 1}
    steps: [{name: r, report: default, ignore_failure: true}]
  Third:
    triggers: [{name: q, sql: "select 1"}, {name: m, every: 2 months, at: "1 06:00"}]
    steps: [{name: s, score: returns}, {name: c, check: live, reset_failure_state: true}]
dashboards:
  default:
    title: "Ümlaut \\u2013 and more"
    sections: [alerts, drift]
    tiles:
      - {metric: data_drift, store: live, show: history, width: 6}
      - {text: "*hello*", width: 12}
      - title: q
        query: select 1 as a
        chart: {mark: bar, encoding: {x: {field: a, type: quantitative}}}
retention: {evaluations: 24, runs: 100, predictions: 12}
"""
NASTY = (
    *("2024-02-31", "2024-13-01T25:61:61Z", "9" * 5000, "-" + "9" * 30, "1e999", ".nan", "-.inf"),
    *("0x" + "f" * 400, "0o777", "1_000", "1:30:00", "~", "null", "true", "no", "''", '"', "'"),
    *("!!omap [a: 1]", "!!set {a}", "!!python/name:os.system", "!own x", "!!binary x", "!!float x"),
    *("&a [*a]", "*a", "<<: *a", "{<<: 3}", "? [a]", "[[[[", "{{{{", "}", "]", "- - - a", "|", ">"),
    *('"\\ud83d\\ude00"', '"\\0"', '"\\x1b[2J"', '"\\UFFFFFFFF"', "\x00", "\x1b[31m", "\x85"),
    *("\u202e", "\ufeff", "\ud800", "\U0001f600", "%", "@", "`", "%YAML 3.0", "---", "...", "\t"),
    *("[" * 300, "{a: " * 300, "a" * 5000, "${HOME}", "{batch}{batch}", "../../etc", "a\nb: c"),
)


def mutated(chance: random.Random, text: str) -> str:
    """Return a text with one to three things done to it, as chance has it."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        text = chance.choice(WAYS)(chance, text)
    return text


def _replaced_value(chance: random.Random, text: str) -> str:
    """A value of a key is a nasty one."""
    places = [i for i in range(len(text) - 1) if text[i : i + 2] == ": "]
    if not places:
        return text
    start = chance.choice(places) + 2
    ends = [i for end in ",}]\n" if (i := text.find(end, start)) >= 0]
    return text[:start] + chance.choice(NASTY) + text[min(ends, default=len(text)) :]


def _inserted(chance: random.Random, text: str) -> str:
    """Something nasty stands somewhere."""
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(NASTY) + text[place:]


def _changed_characters(chance: random.Random, text: str) -> str:
    """A few characters are others."""
    letters = list(text)
    for _ in range(min(len(letters), chance.randint(1, 5))):
        letters[chance.randrange(len(letters))] = chr(chance.choice((*range(1, 256), 0x2028)))
    return "".join(letters)


def _cut(chance: random.Random, text: str) -> str:
    """A part is missing."""
    start = chance.randint(0, len(text))
    return text[:start] + text[start + chance.randint(1, 200) :]


def _moved_line(chance: random.Random, text: str) -> str:
    """A line stands elsewhere, twice, or deeper."""
    lines = text.split("\n")
    line = lines[chance.randrange(len(lines))]
    lines.insert(chance.randint(0, len(lines)), " " * chance.choice((0, 0, 1, 2, 7)) + line)
    return "\n".join(lines)


def _swapped_lines(chance: random.Random, text: str) -> str:
    """Two lines have changed places."""
    lines = text.split("\n")
    first, second = (chance.randrange(len(lines)) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def _another_line_end(chance: random.Random, text: str) -> str:
    """Lines end otherwise."""
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\u2028")))


WAYS = (
    *(_replaced_value,) * 4,
    *(_inserted, _changed_characters, _cut) * 2,
    *(_moved_line, _swapped_lines, _another_line_end),
)
