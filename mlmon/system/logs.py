"""The log of mlmon, `mlmon`: each message is a printable line, whatever names it repeats."""

import logging

from mlmon.errors import LONGEST, printable

log = logging.getLogger("mlmon")


def escaped(record: logging.LogRecord) -> bool:
    """The record has its message as one printable line; it is to be logged."""
    record.msg, record.args = printable(record.getMessage(), LONGEST), ()
    return True


if escaped not in log.filters:
    log.addFilter(escaped)
