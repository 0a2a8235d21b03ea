"""Words replaced in a section's Markdown, where they were found in what readers see of it."""

import re
from collections.abc import Sequence

from policies.text.quotations import Span


def replaced(
    sources: Sequence[str], shown: str, span: Span, replacement: str
) -> tuple[str, ...] | None:
    """Return Markdown texts with words replaced in one of them; None if it can't be said where.

    sources: what makes up a section, in its order. shown: its words as readers see them. span: of
    the words there. They must be in the Markdown as often as readers see them: with bold type or
    a link inside them they are not, and in a link's address they would be once too often.
    """
    words = shown[slice(*span)]
    pattern = r"\s+".join(map(re.escape, words.split()))
    seen = [found.start() for found in re.finditer(pattern, shown)]
    unescaped = re.compile(rf"(?<!\\){pattern}")
    places = [
        (index, found) for index, it in enumerate(sources) for found in unescaped.finditer(it)
    ]
    if span[0] not in seen or len(places) != len(seen):
        return None
    index, found = places[seen.index(span[0])]
    source = sources[index]
    changed = source[: found.start()] + replacement + source[found.end() :]
    return (*sources[:index], changed, *sources[index + 1 :])
