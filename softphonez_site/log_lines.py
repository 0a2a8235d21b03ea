"""Lines of the log that nobody can forge: what a stranger typed begins none."""

from __future__ import annotations

import logging
import unicodedata

# Controls, what is not written (direction marks, zero widths), halves of pairs, ends of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


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
        return "\n".join([first, *(f"    {line}" for line in rest)])


def escaped(text: str) -> str:
    """Return a text on one line, each sign that is not seen as Python writes it: \\n, \\x1b."""
    return "".join(
        ascii(sign)[1:-1] if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )
