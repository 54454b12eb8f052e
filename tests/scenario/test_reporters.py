"""Reporters: a real SMTP and a real HTTP server receive what a run has to say; no secret stays."""

import email
import json
import smtplib
import socket
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from shop import edit
from test_scenario import BAD, GOOD, IF_FAILED, RESET, scenario, sql

import mlmon
from mlmon.errors import ConfigError
from mlmon.scenario import channels

SECRETS = {f"MLMON_SECRET_{n}": f"s3cr3t{n:02}tokenvalue" for n in range(20)}


class Received(BaseHTTPRequestHandler):
    """Keeps what is posted; answers 500 below /broken."""

    bodies: ClassVar[list[tuple[str, dict[str, object]]]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append((self.path, json.loads(body)))
        self.send_response(500 if self.path.startswith("/broken") else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    """The address, host and port, of a server that keeps what it is sent in `Received.bodies`."""
    Received.bodies.clear()
    with HTTPServer(("127.0.0.1", 0), Received) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to leave a message."""

    letters: ClassVar[list[email.message.Message]] = []

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.letters.append(email.message_from_bytes(text))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def post() -> Iterator[int]:
    """The port of a mail server that keeps what it is sent in `Mail.letters`."""
    Mail.letters.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def reporters(folder: Path, *lines: str, **addresses: str) -> None:
    """The scenario has these reporters, and the project these channels."""
    told = "".join(f"      - {{name: r{n}, {line}}}\n" for n, line in enumerate(lines, 1))
    known = "".join(f'  {name}: {{url: "{url}"}}\n' for name, url in addresses.items())
    config = folder / "mlmon.yml"
    text = config.read_text().replace("  Nightly:\n", f"  Nightly:\n    reporters:\n{told}")
    config.write_text(f"{text}channels:\n{known}")


def ran(folder: Path) -> mlmon.ScenarioRun:
    with mlmon.open(folder) as project:
        return project.run("Nightly")


def rows(folder: Path, query: str) -> list[dict[str, object]]:
    with mlmon.open(folder, read_only=True) as project:
        return project.warehouse.read(query)


def test_a_webhook_hears_how_a_run_ended(ingested, web):
    scenario(ingested, sql(GOOD), sql(BAD), sql(GOOD, IF_FAILED, RESET))
    reporters(ingested, "to: [hook]", hook=f"json://{web}/hook")
    assert ran(ingested).outcome == "WARNING"
    ((path, body),) = Received.bodies
    assert path == "/hook"
    assert (body["title"], body["type"]) == ("Nightly: WARNING", "warning")
    assert "- step 2: FAILED, " in body["message"]
    assert "it broke" in body["message"]
    assert rows(ingested, "select reporter, channel, outcome, message from notifications") == [
        {"reporter": "r1", "channel": "hook", "outcome": "SENT", "message": None}
    ]


def test_who_is_told_depends_on_when_and_how(ingested, web):
    scenario(ingested, sql(GOOD))
    reporters(
        ingested,
        "to: [hook], when: start, title: begun, summary: false",
        "to: [hook], outcome: [FAILED, ABORTED], title: bad, summary: false",
        "to: [hook], outcome: [SUCCESS], title: 'good {{ run.outcome }}',"
        " message: '{{ steps[\"step 1\"].outputs.value }}', summary: false",
        "to: [hook], transitions: true, title: alerts, summary: false",
        hook=f"json://{web}/",
    )
    ran(ingested)
    heard = [(body["title"], body["message"].strip()) for _, body in Received.bodies]
    assert heard[0][0] == "begun"
    assert "has started" in heard[0][1]
    assert heard[1:] == [("good SUCCESS", "42")]


def test_who_is_told_of_transitions_hears_of_each_once(evaluated, web):
    edit(evaluated, "max: 0.99", "max: 0.0")
    scenario(evaluated, "check: blind")
    reporters(
        evaluated,
        "to: [hook], transitions: true, summary: false,"
        " message: '{% for one in transitions %}{{ one.event }} {{ one.check_name }}{% endfor %}'",
        hook=f"json://{web}/",
    )
    assert ran(evaluated).outcome == ran(evaluated).outcome == "FAILED"
    (name,) = {row["check_name"] for row in rows(evaluated, "select check_name from alerts")}
    assert [body["message"] for _, body in Received.bodies] == [f"opened {name}"]


def test_mail_has_the_summary_and_the_picture(evaluated, post, monkeypatch):
    monkeypatch.setenv("MAIL_USER", "watcher")
    scenario(evaluated, "check: blind")
    url = f"mailto://127.0.0.1:{post}/?from=${{MAIL_USER}}@example.org&to=team@example.org&mode=insecure"
    reporters(evaluated, "to: [mail], picture: true", mail=url)
    run = ran(evaluated)
    assert rows(evaluated, "select outcome, message from notifications") == [
        {"outcome": "SENT", "message": None}
    ]
    (letter,) = Mail.letters
    parts = {part.get_content_type(): part for part in letter.walk()}
    text = parts["text/plain"].get_payload(decode=True).decode()
    assert f"Nightly ended: {run.outcome}" in text
    with mlmon.open(evaluated, read_only=True) as project:
        assert project.summary().text.splitlines()[0] in text
    picture = next(part for part in letter.walk() if part.get_filename() == "summary.png")
    assert picture.get_payload(decode=True).startswith(b"\x89PNG")


def test_a_failing_reporter_is_a_warning_and_never_more(ingested, web):
    scenario(ingested, sql(GOOD))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    reporters(
        ingested,
        "to: [broken, nobody, odd, hook], summary: false",
        broken=f"json://{web}/broken",
        nobody=f"json://127.0.0.1:{nobody}/",
        odd="nothing://like/this",
        hook=f"json://{web}/fine",
    )
    assert ran(ingested).outcome == "WARNING"
    told = rows(ingested, "select channel, outcome, message from notifications order by sent_at")
    assert [row["outcome"] for row in told] == ["FAILED", "FAILED", "FAILED", "SENT"]
    assert all(row["message"].startswith(f"channel {row['channel']}: ") for row in told[:3])


def test_a_failed_run_stays_failed_when_its_reporter_fails(ingested):
    scenario(ingested, sql(BAD))
    reporters(ingested, "to: [odd], summary: false", odd="nothing://like/this")
    assert ran(ingested).outcome == "FAILED"


def test_a_message_is_a_step(ingested, web):
    scenario(
        ingested,
        sql("select 7"),
        "message: 'found {{ outputs[\"step 1\"].value }}', to: [hook]",
        "message: '{{ nothing.at.all }}', to: [hook], ignore_failure: true",
    )
    config = ingested / "mlmon.yml"
    config.write_text(config.read_text() + f'channels:\n  hook: {{url: "json://{web}/"}}\n')
    run = ran(ingested)
    assert [step.outcome for step in run.steps] == ["SUCCESS", "SUCCESS", "WARNING"]
    assert [body["message"] for _, body in Received.bodies] == ["found 7"]


def test_a_template_reaches_nothing_of_ours(ingested, web):
    scenario(ingested, sql(GOOD))
    reporters(
        ingested,
        "to: [hook], summary: false, message: '{{ run.__class__.__mro__ }}'",
        hook=f"json://{web}/",
    )
    assert ran(ingested).outcome == "WARNING"
    assert Received.bodies == []


def test_a_channel_that_nobody_knows_has_its_place(ingested):
    scenario(ingested, sql(GOOD))
    reporters(ingested, "to: [hook]", mail="json://localhost")
    with pytest.raises(ConfigError, match=r"reporters\.0\.to\.0: no channel is called 'hook'"):
        mlmon.open(ingested)


def test_no_secret_is_left_anywhere(ingested, web, monkeypatch, capfd):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    names = list(SECRETS)
    scenario(ingested, sql(GOOD), "report: default", f"message: hello, to: [{', '.join(names)}]")
    schemes = ("json", "xml", "form", "slack", "mailto", "discord", "tgram", "msteams")
    addresses = {
        name: f"{schemes[n % len(schemes)]}://${{{name}}}:${{{name}}}@{web}/broken/${{{name}}}"
        for n, name in enumerate(names)
    }
    reporters(ingested, f"to: [{', '.join(names)}], summary: false", **addresses)
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: (_ for _ in ()).throw(OSError("no")))
    run = ran(ingested)
    assert run.outcome == "FAILED"
    with mlmon.open(ingested) as project:
        project.report()
        told = json.dumps([vars(step) for step in run.steps], default=str)
    out, err = capfd.readouterr()
    files = [path for path in ingested.rglob("*") if path.is_file()]
    assert any(path.suffix == ".html" for path in files)
    for value in SECRETS.values():
        assert value not in told + out + err
        assert [path for path in files if value.encode() in path.read_bytes()] == []


def test_a_variable_that_is_not_set_is_named(ingested, monkeypatch):
    monkeypatch.delenv("MLMON_SECRET_0", raising=False)
    scenario(ingested, sql(GOOD))
    reporters(ingested, "to: [hook], summary: false", hook="json://${MLMON_SECRET_0}@localhost/")
    assert ran(ingested).outcome == "WARNING"
    (row,) = rows(ingested, "select message from notifications")
    assert row["message"] == "channel hook: ${MLMON_SECRET_0} is not set in the environment"


def test_parts_of_a_secret_are_hidden_too(monkeypatch):
    monkeypatch.setenv("TEAM", "https://hooks.example.org/T0ken%21/other")
    text = "POST hooks.example.org T0ken! failed, T0ken%21 refused"
    assert channels.hidden("${TEAM}", text) == "POST ${TEAM} ${TEAM} failed, ${TEAM} refused"
