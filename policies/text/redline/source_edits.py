"""The edits of the Markdown source, from which both texts can be made again to the letter."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policies.text.redline import alignment

_PIECES = re.compile(r"\S+\s*|\s+")
# Definitions of footnotes: written in a section, shown at the end of the page.
_NOTES = re.compile(
    r"^[ ]{0,3}\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*\n*", re.MULTILINE
)


class Edit(NamedTuple):
    """A stretch of the source: kept (old == new), or replaced ("" on the side without text)."""

    old: str
    new: str


def edits(old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits of the source: line by line, and word by word where lines changed."""
    if old == new:
        return (Edit(old, new),) if new else ()
    found: list[Edit] = []
    for lines in _compared(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if lines.old == lines.new:
            found.append(lines)
        else:
            found += _compared(_PIECES.findall(lines.old), _PIECES.findall(lines.new))
    return tuple(found)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    at = 0
    for i, old_end, j, new_end in alignment.hunks(old, new):
        if at < j:
            kept = "".join(new[at:j])
            yield Edit(kept, kept)
        yield Edit("".join(old[i:old_end]), "".join(new[j:new_end]))
        at = new_end
    if at < len(new):
        kept = "".join(new[at:])
        yield Edit(kept, kept)


def side_of(edits: Sequence[Edit], *, new: bool) -> str:
    return "".join([edit.new if new else edit.old for edit in edits])


def without_notes(text: str) -> str:
    return _NOTES.sub("", text)
