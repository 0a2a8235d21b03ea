"""Which clause of the old text is which of the new, by what is kept of both.

So an address that leads to another clause now is found without reading either text again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.text.likeness import shared, sketched
from policies.text.redline import alignment

# How alike two clauses must be to be one: at the same address, and at another one.
SAME_ADDRESS = 0.3
OTHER_ADDRESS = 0.5
# How much likelier two are one if their own words are equal, or their addresses.
EQUAL_WORDS = 0.3
EQUAL_ADDRESS = 0.1


@dataclass(eq=False, slots=True)
class _Clause:
    """A clause. whole: the digests of its words and of those of the clauses in it.

    own_features, features: of its own words, and with those of the clauses in it.
    above: the clause that it is in, else the words of its heading.
    """

    anchor: str
    labels: tuple[str, ...]
    own: str
    whole: tuple[str, ...]
    own_features: frozenset[str]
    features: frozenset[str]
    is_given: bool
    above: _Clause | str


def pair_clauses(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Return the anchor that each clause of the old text has in the new one, if it is there.

    old, new: as Rendering.anchors keeps them. Clauses are paired by the anchors that their author
    gave them, then by equal words, then by likeness.
    """
    return _Pairing(_clauses(old), _clauses(new)).anchors()


def _clauses(anchors: Iterable[Mapping[str, Any]]) -> list[_Clause]:
    """Return the clauses among the anchors, in order."""
    found: list[_Clause] = []
    opened: list[_Clause] = []
    heading = ""
    for anchor in anchors:
        kept = anchor.get("clause")
        if anchor["heading"] != heading:
            opened, heading = [], anchor["heading"]
        if kept is None:
            continue
        labels = tuple(kept["labels"])
        while opened and labels[: len(opened[-1].labels)] != opened[-1].labels:
            opened.pop()
        own, features = sketched(kept["words"])
        for one in opened:
            one.whole += (own,)
            one.features |= features
        above = opened[-1] if opened else heading
        clause = _Clause(
            anchor["id"], labels, own, (own,), features, features, kept["is_given"], above
        )
        found.append(clause)
        opened.append(clause)
    return found


_Key = Callable[[_Clause], Hashable]


def _anchor(clause: _Clause) -> str:
    return clause.anchor


def _nowhere(_: _Clause) -> None:
    """Return the same for every clause: where it is makes no difference."""


class _Pairing:
    def __init__(self, old: Sequence[_Clause], new: Sequence[_Clause]) -> None:
        self._old, self._new = old, new
        self._partners: dict[_Clause, _Clause] = {}  # of a new clause, the old one
        self._taken: set[_Clause] = set()

    def anchors(self) -> dict[str, str]:
        self._by_key(lambda clause: clause.anchor if clause.is_given else None, anywhere=True)
        self._by_key(lambda clause: clause.whole, anywhere=True)
        self._by_likeness()
        self._by_key(lambda clause: clause.own, anywhere=False)
        return {old.anchor: new.anchor for new, old in self._partners.items()}

    def _pair(self, old: _Clause, new: _Clause) -> None:
        self._partners[new] = old
        self._taken.add(old)

    def _left(self) -> tuple[list[_Clause], list[_Clause]]:
        olds = [clause for clause in self._old if clause not in self._taken]
        return olds, [clause for clause in self._new if clause not in self._partners]

    def _by_key(self, key: _Key, *, anywhere: bool) -> None:
        """Pair clauses that are equal in something: those at the same address first, then those
        below the same clause or heading, then any in their order.
        """
        olds, news = self._left()
        places: list[_Key] = [_anchor, self._above]
        for place in [*places, _nowhere] if anywhere else places:
            waiting: dict[Hashable, list[_Clause]] = defaultdict(list)
            for clause in reversed(olds):
                if clause not in self._taken and key(clause) is not None:
                    waiting[key(clause), place(clause)].append(clause)
            for clause in news:
                equal = waiting.get((key(clause), place(clause)))
                if equal and clause not in self._partners:
                    self._pair(equal.pop(), clause)

    def _above(self, clause: _Clause) -> Hashable:
        """Return what a clause is in, as the old text has it."""
        above = clause.above
        return above if isinstance(above, str) else self._partners.get(above, above)

    def _by_likeness(self) -> None:
        olds, news = self._left()
        found = alignment.likely_partners(olds, news, _likeness, lambda clause: clause.features)
        for new, old in found.items():
            self._pair(olds[old], news[new])


def _likeness(old: _Clause, new: _Clause) -> float:
    """Return how alike two clauses are. One that holds others may be known by these alone."""
    score = shared(old.own_features, new.own_features)
    if len(old.whole) > 1 and len(new.whole) > 1:
        score = max(score, shared(old.features, new.features))
    score += EQUAL_WORDS * (old.own == new.own)
    same = old.anchor == new.anchor
    return score + EQUAL_ADDRESS * same if score >= (SAME_ADDRESS if same else OTHER_ADDRESS) else 0
