"""The anchors that other tools would have given a heading, so that links to them go on working.

Pure. A policy that was written for GitHub or Jekyll says ``[see](#1-scope)`` and relies on the id
that its tool makes of the heading. Tools differ in the signs that they leave out or turn into
hyphens, so only letters and digits are compared; and in what they do with a number before the words
and with letters that are not ASCII.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote

_NUMBER = re.compile(r"^[\W\d_]+")
_FORMS: tuple[Callable[[str], str], ...] = (
    lambda words: words,  # GitHub, GitLab, Goldmark, Pandoc, markdown-it-anchor
    lambda words: _NUMBER.sub("", words),  # kramdown, Pandoc, many a hand
    lambda words: _ascii(unicodedata.normalize("NFKD", words)),  # Python-Markdown
    lambda words: _ascii(_NUMBER.sub("", words)),  # kramdown
)


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def targets(markdown: str) -> list[str]:
    """Return the fragments that links in a text point at, each once, in order."""
    return list(dict.fromkeys(match[1] or match[2] for match in _LINK.finditer(markdown)))


_LINK = re.compile(
    r"\]\([ \t]*<?#([^)\s<>]+)|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?#([^\s<>]+)", re.MULTILINE
)


def resolve(fragments: Iterable[str], headings: Sequence[str]) -> dict[int, list[str]]:
    """Find which headings the fragments mean: index of the heading → its anchors, decoded.

    headings: plain texts in the order of the document, numbers included, the title too. A fragment
    that no heading explains is left out.
    """
    tables = [_table(map(form, headings)) for form in _FORMS]
    found: dict[int, list[str]] = {}
    for fragment in fragments:
        anchor = unquote(fragment)
        index = _find(anchor.removeprefix("user-content-"), tables)
        if index is not None and anchor not in found.setdefault(index, []):
            found[index].append(anchor)
    return found


def _table(headings: Iterable[str]) -> Mapping[str, list[int]]:
    """Return the indexes of headings by their letters and digits."""
    table: dict[str, list[int]] = defaultdict(list)
    for index, heading in enumerate(headings):
        if key := squash(heading):
            table[key].append(index)
    return table


# Tools number headings that are repeated: scope, scope-1, scope-2, or scope_1.
_REPEATED = re.compile(r"(.*)[-_](\d{1,4})\Z", re.DOTALL)


def _find(anchor: str, tables: Sequence[Mapping[str, list[int]]]) -> int | None:
    keys = [(squash(anchor), 0)]
    if repeated := _REPEATED.match(anchor):
        keys.append((squash(repeated[1]), int(repeated[2])))
    for key, place in keys:
        for table in tables:
            if place < len(table.get(key, ())):
                return table[key][place]
    return None


def squash(text: str) -> str:
    """Return only the letters, digits and marks of a text, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")
