"""Where the clauses are now that had an address in an earlier version. Pure.

A clause's address follows from its label, so another clause has it once one was inserted before
it. A reader who follows an old link must learn where the clause is that the link meant.
"""

import itertools
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from policies.text.markdown.labels import shown_labels

# An anchor as Rendering.anchors keeps it.
Anchor = Mapping[str, Any]


class AnchorChange(NamedTuple):
    """An address that means something else from version `number` on, or nothing.

    moved_to: the anchor that its clause has then; "" for none; None for what was no clause.
    """

    number: int
    anchor: str
    heading: str
    moved_to: str | None


@dataclass(frozen=True)
class FormerClause:
    """What an address meant until a version.

    label: "2.1(b)"; "" for what was no clause. heading: of a label, the one that it was under. now:
    the anchor that it has in this version, "" if it was removed. last, last_anchor: the last
    version that had it, and its anchor there.
    """

    heading: str
    label: str
    until: int
    now: str
    now_label: str
    last: int
    last_anchor: str


def label_of(anchor: Anchor) -> str:
    """Return how a text refers to a clause: 2.1(b); "" for what is none."""
    return "".join(shown_labels(anchor["clause"]["labels"])) if "clause" in anchor else ""


def in_effect_before(number: int, withdrawn: Container[int]) -> int:
    """Return the version before this one, 0 if there is none. withdrawn: those that don't count."""
    return next(earlier for earlier in range(number - 1, -1, -1) if earlier not in withdrawn)


def former_clauses(
    changes: Iterable[AnchorChange],
    here: Mapping[str, Anchor],
    withdrawn: Container[int],
    anchors: Mapping[int, Mapping[str, Anchor]],
) -> dict[str, list[FormerClause]]:
    """Return, by anchor, each clause that it meant and means no more, the last one first.

    changes: in the order of versions. here: the anchors of the version to show. anchors: those
    of each version before one of the changes, by number.
    """
    found: dict[str, dict[object, FormerClause]] = defaultdict(dict)
    for clause in _followed(changes, withdrawn, anchors):
        former = _former(clause, here, withdrawn, anchors)
        if former.now != clause.anchor:
            key = former.now or (former.last, former.last_anchor)
            found[clause.anchor][key] = former  # of one clause, the last version counts
    return {
        anchor: sorted(formers.values(), key=lambda former: -former.until)
        for anchor, formers in found.items()
    }


@dataclass(slots=True)
class _Followed:
    """A clause that had an anchor until a version. path: from which version on it has had which."""

    anchor: str
    heading: str
    until: int
    path: list[tuple[int, str]] = field(default_factory=list)

    @property
    def now(self) -> str:
        return self.path[-1][1]

    def in_version(self, number: int) -> str:
        return next(anchor for since, anchor in reversed(self.path) if since <= number)


def _followed(
    changes: Iterable[AnchorChange],
    withdrawn: Container[int],
    anchors: Mapping[int, Mapping[str, Anchor]],
) -> Iterator[_Followed]:
    """Yield what each anchor meant in a version that readers saw."""
    clauses: list[_Followed] = []
    changed: dict[str, int] = {}  # the number of an anchor's last change
    for number, group in itertools.groupby(changes, key=lambda change: change.number):
        now = {change.anchor: change for change in group}
        for clause in clauses:
            if clause.now in now:
                clause.path.append((number, now[clause.now].moved_to or ""))
        before = in_effect_before(number, withdrawn)
        for anchor, change in now.items():
            # Else it was not this clause's, or not there, in the version before.
            if before and changed.get(anchor, 0) <= before and anchor in anchors[before]:
                path = [(0, anchor), (number, change.moved_to or "")]
                clauses.append(_Followed(anchor, change.heading, before, path))
            changed[anchor] = number
    yield from clauses


def _former(
    clause: _Followed,
    here: Mapping[str, Anchor],
    withdrawn: Container[int],
    anchors: Mapping[int, Mapping[str, Anchor]],
) -> FormerClause:
    before = anchors[clause.until][clause.anchor]
    heading, label = before["heading"], label_of(before)
    if clause.now:
        now, last, last_anchor = clause.now, 0, ""
    else:
        removed_with = clause.path[-1][0]
        last = in_effect_before(removed_with, withdrawn)
        last_anchor = clause.in_version(last)
        now = _brought_back(clause.anchor, anchors[last].get(last_anchor), here)
    now_label = label_of(here[now]) if now in here else ""
    if now and here[now]["heading"] != heading:
        now_label = f"{here[now]['heading']} {now_label}".rstrip()
    return FormerClause(heading, label, clause.until, now, now_label, last, last_anchor)


# The fewest characters of a sketch by whose words alone a clause is recognised elsewhere.
_ENOUGH_WORDS = 31


def _brought_back(anchor: str, removed: Anchor | None, here: Mapping[str, Anchor]) -> str:
    """Return the anchor of a removed clause that is there again with the same words, "" for none.

    anchor: the one at which to look first.
    """
    words = removed["clause"]["words"] if removed and "clause" in removed else ""
    if not words:
        return ""
    same = [name for name, found in here.items() if found.get("clause", {}).get("words") == words]
    if anchor in same:
        return anchor
    return same[0] if same and len(words) >= _ENOUGH_WORDS else ""
