"""Channels: mail, chat and webhooks by apprise. Secrets stay in the environment."""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from mlmon.config import Config
from mlmon.errors import ConfigError, MlmonError, NotSent

SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SHORTEST = 4  # characters of a part of a secret that are worth hiding
LOUDNESS = {"SUCCESS": "success", "WARNING": "warning", "FAILED": "failure", "ABORTED": "warning"}


@dataclass(frozen=True)
class Message:
    """What is sent: plain text, how the run ended, and files."""

    title: str
    text: str
    outcome: str | None = None
    files: Sequence[str] = ()


def send(config: Config, name: str, message: Message) -> None:
    """The channel has the message; raises NotSent, ConfigError, without what is secret."""
    try:
        import apprise
    except ImportError as error:
        raise MlmonError("messages need apprise: pip install 'mlmon[notify]'") from error

    template = config.channels[name].url
    channel = apprise.Apprise()
    with _heard() as said:
        if not channel.add(_address(name, template)):
            raise ConfigError(f"channel {name}: the address is none that apprise knows")
        sent = channel.notify(
            title=message.title,
            body=message.text,
            notify_type=apprise.NotifyType(LOUDNESS.get(message.outcome or "", "info")),
            body_format=apprise.NotifyFormat.TEXT,
            attach=list(message.files) or None,
        )
    if not sent:
        raise NotSent(f"channel {name}: {hidden(template, ' '.join(said)) or 'it was not sent'}")


def _address(name: str, template: str) -> str:
    """Return the address with its secrets in it; raises ConfigError."""
    for variable in SECRET.findall(template):
        if variable not in os.environ:
            raise ConfigError(f"channel {name}: ${{{variable}}} is not set in the environment")
    return SECRET.sub(lambda found: os.environ[found[1]], template)


def hidden(template: str, text: str) -> str:
    """Return a text in which everything secret of an address is its name again."""
    secrets = [
        (part, variable)
        for variable in SECRET.findall(template)
        for part in _parts(os.environ.get(variable, ""))
    ]
    for part, variable in sorted(secrets, key=lambda secret: -len(secret[0])):
        text = text.replace(part, f"${{{variable}}}")
    return text


def _parts(secret: str) -> set[str]:
    """Return the secret and the parts of it that a library may say alone, decoded or not."""
    pieces = {secret, *re.split(r"[/:@?&=#,]+", secret), *re.split(r"[/:@?&=#,]+", unquote(secret))}
    pieces |= {urlsplit(secret).netloc} if "://" in secret else set()
    return {piece for piece in pieces if len(piece) >= SHORTEST}


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Inside, what apprise complains of is collected, and goes nowhere else."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, ear = logging.getLogger("apprise"), Ear(logging.WARNING)
    before = logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(ear)
        logger.propagate = before
