"""Which clause of the old text is which of the new, by what is kept of both.

So an address that leads to another clause now is found without reading either text again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """A clause. digest, features: of its own words.

    below: those of the clauses in it, in order, and all their features. above: the clause that it
    is in, else the words of its heading.
    """

    anchor: str
    labels: tuple[str, ...]
    digest: str
    features: frozenset[str]
    is_given: bool
    above: _Clause | str
    below: list[str] = field(default_factory=list)
    features_below: set[str] = field(default_factory=set)

    @property
    def all_features(self) -> frozenset[str]:
        return self.features.union(self.features_below)


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
        if anchor["heading"] != heading:
            opened, heading = [], anchor["heading"]
        if kept := anchor.get("clause"):
            labels = tuple(kept["labels"])
            while opened and labels[: len(opened[-1].labels)] != opened[-1].labels:
                opened.pop()
            digest, features = sketched(kept["words"])
            for one in opened:
                one.below.append(digest)
                one.features_below |= features
            above = opened[-1] if opened else heading
            clause = _Clause(anchor["id"], labels, digest, features, kept["is_given"], above)
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
        self._by_key(lambda clause: (clause.digest, *clause.below), anywhere=True)
        self._by_likeness()
        self._by_key(lambda clause: clause.digest, anywhere=False)
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
        """Pair the most alike first, wherever they are, and then what is left in its order."""
        olds, news = self._left()
        found = alignment.likely_partners(olds, news, _likeness, _features)
        for j, i in found.items():
            self._pair(olds[i], news[j])
        olds, news = self._left()
        for i, j in alignment.alike(olds, news, _likeness, _features):
            self._pair(olds[i], news[j])


def _features(clause: _Clause) -> frozenset[str]:
    return clause.all_features


def _likeness(old: _Clause, new: _Clause) -> float:
    """Return how alike two clauses are. One that holds others may be known by these alone."""
    score = shared(old.features, new.features)
    if old.below and new.below:
        score = max(score, shared(old.all_features, new.all_features))
    score += EQUAL_WORDS * (old.digest == new.digest)
    same = old.anchor == new.anchor
    return score + EQUAL_ADDRESS * same if score >= (SAME_ADDRESS if same else OTHER_ADDRESS) else 0
