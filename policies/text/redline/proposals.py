"""The changes of a text that came back, as proposals to the draft as it stands now.

They are the single changes between the text that was sent and the one that came back, and are the
same whatever becomes of the draft. Accepting one merges it with the draft's own changes.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from policies.text.document import Document, DocumentError
from policies.text.redline.single_changes import BETWEEN, Change, Changes, Kind, Paragraph
from policies.text.redline.source_changes import changes_between
from policies.text.redline.three_way import Conflict, Merged, merge

# How often proposals are merged with a draft to find which are in conflict; a thousand of them take
# some hundredths of a second. Those that are still together by then stay so.
MOST_MERGES = 20


class ConflictOf(NamedTuple):
    """A conflict with the draft, and the ids of the proposals that are in it."""

    conflict: Conflict
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Proposals:
    """found: all changes of the text. accepted, declined: the ids of those decided so far.

    free: the ids of the others that are in no conflict; there: those of them that the draft has
    already, by whatever way.
    """

    found: Changes
    draft: Document
    accepted: frozenset[str]
    declined: frozenset[str]
    free: tuple[str, ...] = ()
    there: frozenset[str] = frozenset()
    conflicts: tuple[ConflictOf, ...] = ()

    @property
    def waiting(self) -> list[Change]:
        decided = self.accepted | self.declined
        return [it for it in self.found.listed if it.id not in decided]

    def merged(self, ids: Collection[str], *, takes_theirs: bool = False) -> Merged:
        """Return the draft with these proposals. takes_theirs: with the file's text in conflicts.

        Raises DocumentError if they make no Document of it.
        """
        others = {it.id for it in self.found.listed} - self.accepted
        sent = self.found.resolve(others)
        return merge(
            sent, self.draft, self.found.resolve(others - {*ids}), takes_theirs=takes_theirs
        )


def proposals(
    sent: Document,
    returned: Document,
    draft: Document,
    *,
    accepted: Collection[str] = (),
    declined: Collection[str] = (),
) -> Proposals:
    """Return what a text that was sent and came back proposes to change in a draft."""
    found = changes_between(sent, returned)
    one = Proposals(found, draft, frozenset(accepted), frozenset(declined))
    waiting = one.waiting
    valid = _valid(one, [it.id for it in waiting])
    conflicts = _conflicts(one, valid)
    held = {change for ids in conflicts.values() for change in ids}
    merged = _merged(one, [it for it in valid if it not in held])
    document = merged.document if merged else draft
    differing = _differing(draft, document)
    there = {
        it.id
        for it in waiting
        if draft == document or (it.kind is not Kind.MOVED and it.place not in differing)
    }
    return replace(
        one,
        free=tuple(it.id for it in waiting if it.id not in held),
        there=frozenset(there & {*valid} - held),
        conflicts=tuple(ConflictOf(it, tuple(ids)) for it, ids in conflicts.items() if ids),
    )


def _merged(one: Proposals, ids: Collection[str]) -> Merged | None:
    try:
        return one.merged(ids)
    except DocumentError:
        return None


def _valid(one: Proposals, waiting: list[str]) -> list[str]:
    """Return proposals that make a Document of the draft together: all of them, if they do."""
    good: list[str] = []
    parts = [waiting]
    for _ in range(MOST_MERGES):
        part = parts.pop() if parts else []
        if _merged(one, [*good, *part]):
            good += part
        elif len(part) > 1:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
        if not parts:
            break
    return good


def _conflicts(one: Proposals, ids: list[str]) -> dict[Conflict, list[str]]:
    """Return the conflicts of proposals with those that are in each.

    Without them, the others are in no conflict, together. Which of several in the paragraphs of a
    conflict are in none without the rest is tried out, with one of each conflict at a time.
    """
    whole = _merged(one, ids)
    found = {it: list[str]() for it in whole.conflicts} if whole else {}
    free = _put_apart(one, ids, found)
    several = [[*its] for its in found.values() if len(its) > 1]
    for turn in range(MOST_MERGES):
        tried = [its[turn] for its in several if turn < len(its)]
        held = _in_conflict(one, [*free, *tried], tried) if tried else None
        if held is not None and all(held.values()):
            freed = {*tried}.difference(*held.values())
            free += freed
            for its in found.values():
                its[:] = [it for it in its if it not in freed]
    _put_apart(one, free, found)
    return found


def _put_apart(one: Proposals, ids: list[str], found: dict[Conflict, list[str]]) -> list[str]:
    """Return those in no conflict, even together; add the others to the conflicts found."""
    for _ in range(MOST_MERGES):
        held = _in_conflict(one, ids, ids) or {}
        if not any(held.values()):
            break
        for conflict, its in held.items():
            found.setdefault(_with_file(conflict, found), []).extend(its)
        apart = set[str]().union(*held.values())
        ids = [it for it in ids if it not in apart]
    return ids


def _in_conflict(
    one: Proposals, ids: Collection[str], among: Collection[str]
) -> dict[Conflict, list[str]] | None:
    """Return the conflicts of proposals, each with those `among` them that are in its paragraphs.

    None if they make no Document.
    """
    merged = _merged(one, ids)
    if not (merged and merged.conflicts):
        return {} if merged else None
    by_text = _by_text(one, ids)
    left = {change: at for at, change in enumerate(among)}
    held = {}
    for conflict in merged.conflicts:
        texts = {
            it.strip() for side in (conflict.base, conflict.theirs) for it in side.split(BETWEEN)
        }
        keys = ((conflict.place, it) for it in ("", *texts))
        its = {change for key in keys for change in by_text.get(key, ()) if change in left}
        held[conflict] = sorted(its, key=left.__getitem__)
        for change in its:
            del left[change]
    return held


def _by_text(one: Proposals, ids: Collection[str]) -> dict[tuple[str, str], set[str]]:
    """Return the changes by place and text of their paragraphs, "" for those of a whole place."""
    others = {it.id for it in one.found.listed} - one.accepted
    found = defaultdict[tuple[str, str], set[str]](set)
    found["notation", ""].add(one.found.clauses.change)
    for place in one.found.places:
        found["order", ""].add(place.move)
        for rejected in (others, others - {*ids}):
            names = {place.name, f"#{place.anchor.side(rejected)}"}
            texts = [("", {place.change, place.move, place.anchor.change})]
            for paragraph in (*place.paragraphs, Paragraph(place.line)):
                changes = {paragraph.change, *(it.change for it in paragraph.stretches)} - {""}
                if changes and paragraph.is_in(rejected):
                    text = "".join(it.side(rejected) for it in paragraph.stretches)
                    texts += [(it.strip(), changes) for it in text.split(BETWEEN)]
                    texts += [(f"## {text}", changes)]
            for name, (text, changes) in product(names, texts):
                found[name, text] |= changes
    return found


def _with_file(conflict: Conflict, whole: Collection[Conflict]) -> Conflict:
    """Return the conflict of some changes with all that the file has in its place."""
    there = [it for it in whole if it.place == conflict.place]
    exact = [it for it in there if it.base == conflict.base]
    return (exact or [it for it in there if conflict.base in it.base] or [conflict])[0]


def _differing(one: Document, other: Document) -> set[str]:
    """Return the places, as Change.place has them, in which two texts differ."""
    return {name for name, _ in _places(one) ^ _places(other)}


def _places(document: Document) -> set[tuple[str, object]]:
    return {
        ("title", document.title),
        ("introduction", document.introduction),
        ("notation", (document.clauses, document.numbering)),
        *((f"#{it.anchor}", it) for it in document.sections),
    }
