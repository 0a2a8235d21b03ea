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

    free: the ids of the others that are in no conflict; in_draft: those of them that the draft has
    already, by whatever way.
    """

    found: Changes
    draft: Document
    accepted: frozenset[str]
    declined: frozenset[str]
    free: tuple[str, ...] = ()
    in_draft: frozenset[str] = frozenset()
    conflicts: tuple[ConflictOf, ...] = ()

    @property
    def waiting(self) -> list[Change]:
        decided = self.accepted | self.declined
        return [change for change in self.found.listed if change.id not in decided]

    @property
    def not_accepted(self) -> set[str]:
        return {change.id for change in self.found.listed} - self.accepted

    def merged(self, ids: Collection[str], *, takes_theirs: bool = False) -> Merged:
        """Return the draft with these proposals. takes_theirs: with the file's text in conflicts.

        Raises DocumentError if they make no Document of it.
        """
        others = self.not_accepted
        sent, with_these = self.found.resolve(others), self.found.resolve(others - {*ids})
        return merge(sent, self.draft, with_these, takes_theirs=takes_theirs)


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
    made = Proposals(found, draft, frozenset(accepted), frozenset(declined))
    valid = _valid_together(made)
    conflicts = _conflicts(made, valid)
    held = set[str]().union(*conflicts.values())
    merged = _try_merge(made, [change for change in valid if change not in held])
    differing = dict(_texts_by_place(draft) ^ _texts_by_place(merged.document if merged else draft))
    in_draft: set[str] = set()
    for change in made.waiting:
        is_moved = change.kind is Kind.MOVED
        if not differing or (not is_moved and change.place not in differing):
            in_draft.add(change.id)
    return replace(
        made,
        free=tuple(change.id for change in made.waiting if change.id not in held),
        in_draft=frozenset(in_draft & {*valid} - held),
        conflicts=tuple(
            ConflictOf(conflict, tuple(ids)) for conflict, ids in conflicts.items() if ids
        ),
    )


def _texts_by_place(document: Document) -> set[tuple[str, object]]:
    """Return what is in each place, as Change.place has them."""
    return {
        ("title", document.title),
        ("introduction", document.introduction),
        ("notation", (document.clauses, document.numbering)),
        ("order", tuple(section.anchor for section in document.sections)),
        *((f"#{section.anchor}", section) for section in document.sections),
    }


def _try_merge(made: Proposals, ids: Collection[str]) -> Merged | None:
    try:
        return made.merged(ids)
    except DocumentError:
        return None


def _valid_together(made: Proposals) -> list[str]:
    """Return proposals that make a Document of the draft together: all of them, if they do."""
    good: list[str] = []
    parts = [[change.id for change in made.waiting]]
    for _ in range(MOST_MERGES):
        part = parts.pop()
        if _try_merge(made, [*good, *part]):
            good += part
        elif len(part) > 1:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
        if not parts:
            break
    return good


def _conflicts(made: Proposals, ids: list[str]) -> dict[Conflict, list[str]]:
    """Return the conflicts of proposals with those that are in each.

    Without them, the others are in no conflict, together. Which of several in the paragraphs of a
    conflict are in none without the rest is tried out, with one of each conflict at a time.
    """
    whole = _try_merge(made, ids)
    found = {conflict: list[str]() for conflict in whole.conflicts} if whole else {}
    free = _put_apart(made, ids, found)
    several = [[*held] for held in found.values() if len(held) > 1]
    for turn in range(MOST_MERGES):
        tried = [held[turn] for held in several if turn < len(held)]
        in_conflict = _changes_in_conflict(made, [*free, *tried], tried) if tried else None
        if in_conflict is None or not all(in_conflict.values()):
            continue
        freed = {*tried}.difference(*in_conflict.values())
        free += [change for change in tried if change in freed]
        for held in found.values():
            held[:] = [change for change in held if change not in freed]
    _put_apart(made, free, found)
    return found


def _put_apart(made: Proposals, ids: list[str], found: dict[Conflict, list[str]]) -> list[str]:
    """Return those in no conflict, even together; add the others to the conflicts found."""
    for _ in range(MOST_MERGES):
        in_conflict = _changes_in_conflict(made, ids, ids) or {}
        if not any(in_conflict.values()):
            break
        for conflict, held in in_conflict.items():
            found.setdefault(_conflict_of_file(conflict, found), []).extend(held)
        apart = set[str]().union(*in_conflict.values())
        ids = [change for change in ids if change not in apart]
    return ids


def _changes_in_conflict(
    made: Proposals, ids: Collection[str], among: Collection[str]
) -> dict[Conflict, list[str]] | None:
    """Return the conflicts of proposals, each with those `among` them that are in its paragraphs.

    None if they make no Document.
    """
    merged = _try_merge(made, ids)
    if not (merged and merged.conflicts):
        return {} if merged else None
    by_text = _changes_by_text(made, ids)
    left = {change: index for index, change in enumerate(among)}
    in_conflict = {}
    for conflict in merged.conflicts:
        texts = f"{conflict.base}{BETWEEN}{conflict.theirs}".split(BETWEEN)
        keys = [(conflict.place, text.strip()) for text in ("", *texts)]
        held = left.keys() & set().union(*(by_text.get(key, ()) for key in keys))
        in_conflict[conflict] = sorted(held, key=left.__getitem__)
        for change in held:
            del left[change]
    return in_conflict


def _changes_by_text(made: Proposals, ids: Collection[str]) -> dict[tuple[str, str], set[str]]:
    """Return the changes by place and text of their paragraphs, "" for those of a whole place."""
    others = made.not_accepted
    found = defaultdict[tuple[str, str], set[str]](set)
    found["notation", ""].add(made.found.clauses.change)
    for part, rejected in product(made.found.parts, (others, others - {*ids})):
        found["order", ""].add(part.move)
        texts = [("", {part.change, part.move, part.anchor.change})]
        for paragraph in (*part.paragraphs, Paragraph(part.line)):
            changes = {paragraph.change, *(stretch.change for stretch in paragraph.stretches)}
            if changes != {""} and paragraph.is_in(rejected):
                text = paragraph.text_of(rejected)
                texts += [(divided.strip(), changes) for divided in text.split(BETWEEN)]
                texts.append((f"## {text}", changes))
        for name, (text, changes) in product({part.name, f"#{part.anchor.side(rejected)}"}, texts):
            found[name, text] |= changes
    return found


def _conflict_of_file(conflict: Conflict, whole: Collection[Conflict]) -> Conflict:
    """Return the conflict of some changes with all that the file has in its place."""
    in_place = [other for other in whole if other.place == conflict.place]
    exact = [other for other in in_place if other.base == conflict.base]
    around = [other for other in in_place if conflict.base in other.base]
    return (exact or around or [conflict])[0]
