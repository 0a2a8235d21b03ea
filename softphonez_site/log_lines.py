"""Log lines that nobody can forge, and that contain no token of a link for one person."""

from __future__ import annotations

import logging
import re
import unicodedata

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

# Unicode categories of invisible characters: controls, format characters (direction marks, zero
# width), surrogates, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# The token in a link for one person, which Django logs with the path when such a request fails: at
# its address, and anywhere by its signature, since an address may arrive spoilt.
_TOKEN = re.compile(r"(/(?:preview|subscribe|unsubscribe)/)[^/\s\"\\]+|\.[\w-]{43}(?![\w-])")


class OwnLines(logging.Formatter):
    """Formats a record as one line for people, with a traceback indented below it.

    A name, an address or an error message may contain anything (CWE-117). So invisible characters,
    and those that a terminal obeys, are written as escapes: no text can look like another line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, and its traceback as indented lines."""
        exc_text, stack = record.exc_text, record.stack_info
        below = exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        parts = [part for part in (below, stack or "") if part]
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        first = escaped(self.formatMessage(record))
        rest = [escaped(line) for part in parts for line in part.split("\n")]
        return _without_keys("\n".join([first, *(f"    {line}" for line in rest)]))


class JsonLines(JsonFormatter):
    """Formats a record as one JSON object on one line, for programs (LOG_FORMAT=json).

    Its keys: time (RFC 3339, in UTC), level, logger, message, traceback if there is one, and what
    the caller gave as `extra`, except the request that Django gives: that holds cookies and the
    reader's address.
    """

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],
            timestamp="time",
            # Everything but ASCII is written as an escape, so nothing in it can begin a line.
            json_ensure_ascii=True,
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return _without_keys(super().format(record))


class FirstOfEach(logging.Filter):
    """Lets each message pass once, at level INFO, and no more than MAX_MESSAGES in all.

    For messages that strangers can cause as often as they like.
    """

    MAX_MESSAGES = 20

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._seen: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is the first with its message, and set its level to INFO."""
        message = record.getMessage()
        if message in self._seen or len(self._seen) >= self.MAX_MESSAGES:
            return False
        self._seen.add(message)
        record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def _without_keys(line: str) -> str:
    """Return a line without the tokens of links: with one, anybody could read a draft, or subscribe
    or unsubscribe a reader.
    """
    return _TOKEN.sub(r"\1***", line)


def escaped(text: str) -> str:
    """Return a text with every invisible character written as in Python: \\n, \\x1b."""
    return "".join(
        ascii(sign)[1:-1] if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )
