"""Which clause of the old text is which of the new, by what is kept of both.

So an address that leads to another clause now is found without reading either text again.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.text.likeness import shared, sketched
from policies.text.redline.alignment import Pairing

# How alike two clauses must be to be one: at the same address, and at another one.
SAME_ADDRESS = 0.3
OTHER_ADDRESS = 0.5
# How much likelier two are one if their own words are equal, or their addresses.
EQUAL_WORDS = 0.3
EQUAL_ADDRESS = 0.1


@dataclass(eq=False, slots=True)
class _Clause:
    """A clause. digest, features: of its own words.

    below: those of the clauses in it, in order, and all their features. above: the index of the
    clause that it is in, else the words of its heading.
    """

    anchor: str
    labels: tuple[str, ...]
    digest: str
    features: frozenset[str]
    is_given: bool
    above: int | str
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
    pairing = Pairing(_clauses(old), _clauses(new))
    _by_key(pairing, lambda clause: clause.anchor if clause.is_given else clause)
    _by_key(pairing, lambda clause: (clause.digest, *clause.below))
    for in_order in (False, True):
        pairing.by_likeness(_likeness, lambda clause: clause.all_features, in_order=in_order)
    _by_key(pairing, lambda clause: clause.digest, anywhere=False)
    return {one.anchor: two.anchor for one, two in pairing}


def _clauses(anchors: Iterable[Mapping[str, Any]]) -> list[_Clause]:
    """Return the clauses among the anchors, in order."""
    found: list[_Clause] = []
    opened: list[int] = []
    heading = ""
    for anchor in anchors:
        if anchor["heading"] != heading:
            opened, heading = [], anchor["heading"]
        if kept := anchor.get("clause"):
            labels = tuple(kept["labels"])
            while opened and labels[: len(outer := found[opened[-1]].labels)] != outer:
                opened.pop()
            digest, features = sketched(kept["words"])
            for index in opened:
                found[index].below.append(digest)
                found[index].features_below |= features
            above = opened[-1] if opened else heading
            opened.append(len(found))
            found.append(_Clause(anchor["id"], labels, digest, features, kept["is_given"], above))
    return found


def _by_key(
    pairing: Pairing[_Clause], key: Callable[[_Clause], Hashable], *, anywhere: bool = True
) -> None:
    """Pair clauses that are equal in something: those at the same address first, then those below
    the same clause or heading, then any in their order.
    """

    def above(clause: _Clause) -> Hashable:
        """Return what a new clause is in, as the old text has it; itself if it is new as well."""
        it = clause.above
        return it if isinstance(it, str) else pairing.partners.get(it, clause)

    pairing.by_key(lambda clause: (key(clause), clause.anchor))
    pairing.by_key(lambda it: (key(it), it.above), lambda it: (key(it), above(it)))
    if anywhere:
        pairing.by_key(key)


def _likeness(old: _Clause, new: _Clause) -> float:
    """Return how alike two clauses are. One that holds others may be known by these alone."""
    score = shared(old.features, new.features)
    if old.below and new.below:
        score = max(score, shared(old.all_features, new.all_features))
    score += EQUAL_WORDS * (old.digest == new.digest)
    same = old.anchor == new.anchor
    return score + EQUAL_ADDRESS * same if score >= (SAME_ADDRESS if same else OTHER_ADDRESS) else 0
