"""Which section, heading or clause of the old text is which of the new."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies.text.likeness import shared, sketched
from policies.text.redline.matching import (
    CLAUSE_ELSEWHERE,
    EQUAL_ADDRESS,
    EQUAL_WORDS,
    OTHER_PLACE,
    SAME_PLACE,
    Key,
    Matcher,
)


@dataclass(eq=False)
class Entry:
    """A heading or a clause. words: its own, or what is equal for equal ones. anchor: its address.

    heading: the words of a heading without its number, None for a clause. find_features: finds
    those of its own words, once they are needed. above: the index of the entry that it is in; the
    words of a heading that is no entry itself. below: all entries in it. is_named: whether its
    author gave the anchor to a clause.
    """

    anchor: str
    heading: str | None
    words: Hashable
    find_features: Callable[[], frozenset[str]]
    above: int | str = ""
    is_named: bool = False
    below: list[Entry] = field(default_factory=list)

    @cached_property
    def features(self) -> frozenset[str]:
        return self.find_features()

    @cached_property
    def all_features(self) -> frozenset[str]:
        return self.features.union(*(entry.features for entry in self.below))

    @property
    def all_words(self) -> Hashable:
        return (self.heading, self.words, *(entry.words for entry in self.below))

    @property
    def is_heading(self) -> bool:
        return self.heading is not None


def match_entries(old: Sequence[Entry], new: Sequence[Entry]) -> Matcher[Entry]:
    """Match headings by their anchors, unless neither words nor text confirms it: an anchor made
    from a number names another section once a section was inserted. Then by equal words, then by
    likeness, and last by the anchors that nothing confirmed. A heading that is nothing but a number
    confirms nothing. Then match clauses: by the anchors that their author gave them, by equal
    words, by likeness.
    """
    for entries in (old, new):
        _put_below(entries)
    matcher = Matcher(old, new)
    matcher.by_key(_heading_address, is_confirmed=_is_confirmed)
    _match_by_place(matcher, lambda entry: entry.all_words if entry.heading else None)
    _match_by_place(matcher, lambda entry: entry.heading or None)
    matcher.by_likeness(_likeness, lambda entry: entry.all_features if entry.is_heading else _NONE)
    matcher.by_key(_heading_address)
    if any(not entry.is_heading for entry in old):
        _match_by_place(matcher, lambda entry: entry.anchor if entry.is_named else None)
        _match_by_place(matcher, lambda entry: None if entry.is_heading else entry.all_words)
        for in_order in (False, True):
            matcher.by_likeness(
                _likeness,
                lambda entry: _NONE if entry.is_heading else entry.all_features,
                in_order=in_order,
            )
        _match_by_place(
            matcher, lambda entry: None if entry.is_heading else entry.words, anywhere=False
        )
    return matcher


def _put_below(entries: Sequence[Entry]) -> None:
    """Add each entry to those that it is in."""
    for entry in entries:
        above = entry.above
        while isinstance(above, int):
            entries[above].below.append(entry)
            above = entries[above].above


_NONE = frozenset[str]()


def _heading_address(entry: Entry) -> str | None:
    return entry.anchor or None if entry.is_heading else None


def _is_confirmed(old: Entry, new: Entry) -> bool:
    """Return whether words or text confirm that two headings with the same anchor are one."""
    if old.heading == new.heading:
        return bool(old.heading) or old.words == new.words
    return shared(old.all_features, new.all_features) >= SAME_PLACE


def _match_by_place(matcher: Matcher[Entry], key: Key[Entry], *, anywhere: bool = True) -> None:
    """Match what is equal in something: first at the same address, then in the same clause or below
    the same heading, then wherever it is, in its order.
    """

    def above(entry: Entry) -> Hashable:
        """Return what a new entry is in, as the old text has it; itself if that is new as well."""
        place = entry.above
        return matcher.partners.get(place, entry) if isinstance(place, int) else place

    def with_place(place: Key[Entry]) -> Key[Entry]:
        return lambda entry: None if key(entry) is None else (key(entry), place(entry))

    matcher.by_key(with_place(lambda entry: entry.anchor or entry))
    matcher.by_key(with_place(lambda entry: entry.above), with_place(above))
    if anywhere:
        matcher.by_key(key)


def _likeness(old: Entry, new: Entry) -> float:
    """Return how alike two are. One that holds others may be known by these alone."""
    if old.is_heading != new.is_heading:
        return 0
    score = shared(old.features, new.features)
    if old.below and new.below:
        score = max(score, shared(old.all_features, new.all_features))
    if old.is_heading:
        return score if score >= OTHER_PLACE else 0
    score += EQUAL_WORDS * (old.words == new.words)
    is_same = old.anchor == new.anchor
    least = SAME_PLACE if is_same else CLAUSE_ELSEWHERE
    return score + EQUAL_ADDRESS * is_same if score >= least else 0


def match_clauses(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Return the anchor that each clause of the old text has in the new one, if it is there.

    old, new: as Rendering.anchors keeps them. So an address that leads to another clause now is
    found without reading either text again.
    """
    matcher = match_entries(_clauses_among(old), _clauses_among(new))
    return {before.anchor: after.anchor for before, after in matcher}


def _clauses_among(anchors: Iterable[Mapping[str, Any]]) -> Sequence[Entry]:
    found: list[Entry] = []
    opened: list[tuple[int, tuple[str, ...]]] = []
    heading = ""
    for anchor in anchors:
        if anchor["heading"] != heading:
            opened, heading = [], anchor["heading"]
        if kept := anchor.get("clause"):
            labels = tuple(kept["labels"])
            while opened and labels[: len(opened[-1][1])] != opened[-1][1]:
                opened.pop()
            above = opened[-1][0] if opened else heading
            opened.append((len(found), labels))
            digest, features = sketched(kept["words"])
            find = features.copy  # of a frozenset: itself
            found.append(Entry(anchor["id"], None, digest, find, above, kept["is_given"]))
    return found
