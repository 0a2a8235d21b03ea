"""The changes of a text that came back, as proposals to the draft as it stands now.

They are the single changes between the text that was sent and the one that came back, and are the
same whatever becomes of the draft. Accepting one merges it with the draft's own changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from policies.text.document import Document, DocumentError
from policies.text.redline.single_changes import Change, Changes, Kind
from policies.text.redline.source_changes import changes_between
from policies.text.redline.three_way import Conflict, Merged, merge


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
    whole, is_valid = _all_of(one, waiting)
    in_conflict = {it.place for it in whole.conflicts}
    differing = _differing(draft, whole.document)
    free, there = [], set()
    conflicts: dict[Conflict, list[str]] = {}
    for change in waiting:
        # A paragraph that was moved has two places, of which the change names one.
        is_near = bool(in_conflict) and change.kind is Kind.MOVED
        if is_near or change.place in in_conflict or not is_valid:
            conflict, is_there = _alone(one, change)
        else:
            is_there = change.kind is not Kind.MOVED and change.place not in differing
            conflict, is_there = None, is_there or draft == whole.document
        if conflict:
            conflicts.setdefault(_with_file(conflict, whole), []).append(change.id)
            continue
        free.append(change.id)
        there |= {change.id} if is_there else set()
    return Proposals(
        found,
        draft,
        one.accepted,
        one.declined,
        tuple(free),
        frozenset(there),
        tuple(ConflictOf(it, tuple(ids)) for it, ids in conflicts.items()),
    )


def _all_of(one: Proposals, waiting: list[Change]) -> tuple[Merged, bool]:
    """Return the draft with all proposals, and whether that is a Document; if not, the draft."""
    try:
        return one.merged([it.id for it in waiting]), True
    except DocumentError:
        return Merged(one.draft, ()), False


def _alone(one: Proposals, change: Change) -> tuple[Conflict | None, bool]:
    """Return the conflict that a change is in by itself, and whether the draft has it already."""
    try:
        document, conflicts = one.merged([change.id])
    except DocumentError:
        return None, False
    return (conflicts[0] if conflicts else None), document == one.draft


def _with_file(conflict: Conflict, whole: Merged) -> Conflict:
    """Return the conflict of a single change with all that the file has in its place."""
    there = [it for it in whole.conflicts if it.place == conflict.place]
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
