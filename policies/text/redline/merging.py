"""Merges two texts that were made of the same one, where they changed different paragraphs."""

from itertools import pairwise

from policies.text.redline import alignment
from policies.text.redline.single_changes import BETWEEN


def merged(base: str, one: str, two: str) -> str | None:
    """Return the text with the changes of both; None if they changed the same paragraph.

    So did two that added something in the same place.
    """
    paragraphs = base.split(BETWEEN)
    edits = []
    for text in {one, two}:
        changed = text.split(BETWEEN)
        for start, end, begin, stop in alignment.hunks(paragraphs, changed):
            edits.append((start, end, changed[begin:stop]))
    edits.sort(key=lambda edit: edit[:2])
    for (start, end, _), (following, next_end, _) in pairwise(edits):
        touching = following == end and (start == end or following == next_end)
        if following < end or touching:
            return None
    for start, end, changed in reversed(edits):
        paragraphs[start:end] = changed
    return BETWEEN.join(paragraphs)
