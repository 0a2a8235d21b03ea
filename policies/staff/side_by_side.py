"""A source and its translation, paired section by section, with what needs work. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policies.public.comparisons import ShownPart
from policies.text.document import Document
from policies.text.redline import State

_OTHER_WORDS = frozenset({State.CHANGED, State.ADDED, State.RENAMED})


@dataclass(frozen=True)
class Pair:
    """A part of the source beside that of the translation; None: it has no such part.

    work: what is to be done, in a few words; "" for nothing.
    """

    source: ShownPart | None
    own: ShownPart | None
    work: str

    @property
    def heading(self) -> str:
        part = self.own or self.source
        return "" if part is None else part.heading or part.kind.capitalize()


def paired(
    source: Sequence[ShownPart],
    own: Sequence[ShownPart],
    *,
    untranslated: frozenset[str] = frozenset(),
) -> list[Pair]:
    """Pair the parts of two redlines, in the order of the source.

    Sections with the same anchor are a pair; others are one by their place, if they follow the
    same pair. untranslated: the anchors of the translation's sections that still have to be
    translated, "" for its introduction.
    """
    source, own = _once(source), _once(own)
    partners = _partners([_key(it) for it in source], [_key(it) for it in own])
    of_key = {_key(it): it for it in own}
    rows: list[tuple[ShownPart | None, ShownPart | None]] = [
        (it, of_key.get(partners.get(_key(it), ("", "")))) for it in source
    ]
    # What the source lacks comes after what it follows in the translation.
    at = 0
    for part in own:
        if _key(part) in partners.values():
            at = 1 + next(n for n, (_, it) in enumerate(rows) if it is part)
        else:
            rows.insert(at, (None, part))
            at += 1
    pairs = [Pair(*row, _work(*row, untranslated)) for row in rows]
    return [it for it in pairs if any(part and part.html for part in (it.source, it.own))]


def untranslated(source: Document, own: Document) -> frozenset[str]:
    """Return what `paired` asks for: parts without words, or with those of the source."""
    theirs = {it.body.strip() for it in source.sections} - {""}
    same = {it.anchor for it in own.sections if not it.body.strip() or it.body.strip() in theirs}
    introduction = source.introduction.strip()
    if introduction and own.introduction.strip() in {"", introduction}:
        same.add("")
    # A heading can be all that a section has.
    bare = {it.anchor for it in source.sections if not it.body.strip()}
    return frozenset(same - bare)


def _once(parts: Sequence[ShownPart]) -> list[ShownPart]:
    """Leave out a removed section if another one has its anchor now."""
    kept = {_key(it) for it in parts if State.REMOVED not in it.states}
    return [it for it in parts if State.REMOVED not in it.states or _key(it) not in kept]


def _key(part: ShownPart) -> tuple[str, str]:
    return (part.kind, part.anchor)


def _partners(
    source: list[tuple[str, str]], own: list[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the keys of the translation's parts by those of the source's."""
    partners = {key: key for key in source if key in own}
    last = -1
    for key in source:
        if key in partners:
            last = own.index(partners[key])
            continue
        following = own[last + 1 : last + 2]
        if following and following[0] not in partners.values() and following[0][0] == key[0]:
            last += 1
            partners[key] = own[last]
    return partners


def _work(source: ShownPart | None, own: ShownPart | None, untranslated: frozenset[str]) -> str:
    is_there = own is not None and State.REMOVED not in own.states
    if source is None:
        return "Not in the source" if is_there else ""
    if State.REMOVED in source.states:
        return "Removed from the source" if is_there else ""
    if own is None or not is_there:
        return "Missing in the translation" if source.html else ""
    if own.anchor in untranslated and own.kind != "notes":
        return "Not translated yet"
    if _OTHER_WORDS & set(source.states) and not _OTHER_WORDS & set(own.states):
        return "Changed in the source"
    if State.MOVED in source.states and State.MOVED not in own.states:
        return "Moved in the source"
    return ""
