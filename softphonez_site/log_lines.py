"""Lines of the log that nobody can forge, and that open no door to whoever reads them."""

from __future__ import annotations

import logging
import re
import unicodedata

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

# Controls, what is not written (direction marks, zero widths), halves of pairs, ends of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# The address of a draft, which Django names when something is wrong with a request for it.
_PREVIEW = re.compile(r"(?<=/preview/)[^/\s\"\\]+")


class OwnLines(logging.Formatter):
    """Only a record's own first line begins at the margin; a traceback stands indented below it.

    A name, an address or an error's words may hold anything at all (CWE-117): signs that are not
    seen, or that a terminal obeys, are written as escapes.
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
    """One JSON object a line (LOG_FORMAT=json), for programs.

    time: RFC 3339, in UTC. level, logger, message. traceback: where there is one. Beside them what
    the caller gave as `extra`; of a request, which Django gives, nothing: it would hold cookies and
    a reader's address.
    """

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],
            timestamp="time",
            # What is not ASCII is written as an escape: no sign of it begins a line.
            json_ensure_ascii=True,
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return _without_keys(super().format(record))


class FirstOfEach(logging.Filter):
    """Lets each message pass once, as no more than information, and MAX_MESSAGES of them in all.

    For what strangers can cause as often as they like.
    """

    MAX_MESSAGES = 20

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._seen: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is the first that says this."""
        message = record.getMessage()
        if message in self._seen or len(self._seen) >= self.MAX_MESSAGES:
            return False
        self._seen.add(message)
        record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def _without_keys(line: str) -> str:
    """Return a line without the tokens of preview links: whoever has one reads the draft."""
    return _PREVIEW.sub("***", line)


def escaped(text: str) -> str:
    """Return a text on one line, each sign that is not seen as Python writes it: \\n, \\x1b."""
    return "".join(
        ascii(sign)[1:-1] if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )
