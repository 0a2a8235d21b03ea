"""Anchors that outlive their sections: what a version no longer has, and where to read it.

An anchor, once published, works for ever. When a version is published, the anchors that the
version before it had and this one has not are recorded; the page shows a line for each that has
not come back, with a link to the last version that had it. Of a clause, whose anchor follows from
its label, the anchor that it has instead is recorded too: see former_clauses. A version that was
withdrawn before it took effect doesn't count. Which ones those are is asked when the page is made,
since a version may be withdrawn after the next one was published, and what is recorded stays.
"""

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import connection, transaction

from policies.database import triggers
from policies.ledger.former_clauses import (
    Anchor,
    AnchorChange,
    FormerClause,
    former_clauses,
    in_effect_before,
)
from policies.models import Policy, RemovedAnchor, Rendering, Revision
from policies.states import Status
from policies.text.markdown.headings import RESERVED_PREFIXES


@dataclass(frozen=True)
class RemovedAnchors:
    """A line at the end of a page: the anchors that were under `heading`, last in version `last`.

    removed_with: the number of the first version without them. anchors: in the old page's order.
    clauses: if the line is about one anchor, whose clauses it was. is_taken: something else has it
    now, and the line is shown there.
    """

    heading: str
    last: int
    removed_with: int
    anchors: tuple[str, ...]
    clauses: tuple[FormerClause, ...] = ()
    is_taken: bool = False


def removed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (anchor, heading) of the anchors that one list has and the next has not.

    before, after: as Rendering.anchors keeps them.
    """
    kept = {anchor["id"] for anchor in after}
    return [(anchor["id"], anchor["heading"]) for anchor in before if anchor["id"] not in kept]


def changed(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[tuple[str, str, str | None]]:
    """Return (anchor, heading, moved_to) of the anchors that one list has and that are not in the
    next, or not those of the same clause. moved_to: see RemovedAnchor.
    """
    if not any("clause" in anchor for anchor in (*before, *after)):
        return [(name, heading, None) for name, heading in removed(before, after)]
    from policies.text.redline.outlines import match_clauses  # not for readers

    now = match_clauses(before, after)
    kept = {anchor["id"]: anchor for anchor in after}
    found: list[tuple[str, str, str | None]] = []
    for anchor in before:
        name = anchor["id"]
        is_fixed = name in kept and not _follows_from_label(kept[name])
        if "clause" not in anchor:
            moved_to = None if name not in kept else name if is_fixed else ""
        else:
            is_given = not _follows_from_label(anchor)
            moved_to = now.get(name) or (name if is_given and is_fixed else "")
        if moved_to != name:
            found.append((name, anchor["heading"], moved_to))
    return found


def _follows_from_label(anchor: Mapping[str, Any]) -> bool:
    return "clause" in anchor and not anchor["clause"]["is_given"]


def missed_by_readers(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """Return those that readers would miss if a draft were published: the same without the anchors
    of footnotes, which each page makes by itself, and of clauses, which follow from their labels.
    """
    named = [anchor for anchor in before if not _follows_from_label(anchor)]
    named = [anchor for anchor in named if not anchor["id"].startswith(RESERVED_PREFIXES)]
    return removed(named, after)


def record(revision: Revision) -> None:
    """Record the anchors that a version, published in this transaction, removes."""
    earlier = Rendering.objects.filter(revision__policy=revision.policy_id)
    last = earlier.filter(revision__number=(revision.number or 0) - 1)
    if revision.number != 1 and (before := last.values_list("anchors", flat=True).first()):
        rows = _rows(revision, before, revision.rendering.anchors)
        RemovedAnchor.objects.bulk_create(rows)


def _rows(
    revision: Revision, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[RemovedAnchor]:
    return [
        RemovedAnchor(revision=revision, anchor=anchor, heading=heading, moved_to=moved_to)
        for anchor, heading, moved_to in changed(before, after)
    ]


@transaction.atomic
def record_anew(policy: Policy) -> bool:
    """Record a policy's removed anchors anew after `rerender`; return whether they changed.

    A version without HTML, which `rerender` could not make, has no anchors.
    """
    Policy.objects.select_for_update().get(pk=policy.pk)
    before: list[dict[str, Any]] = []
    wanted: list[RemovedAnchor] = []
    numbered = policy.revisions.numbered().select_related("rendering").order_by("number")
    for revision in numbered.only("number", "rendering__anchors"):
        anchors = revision.rendering.anchors if hasattr(revision, "rendering") else []
        wanted += _rows(revision, before, anchors)
        before = anchors
    stored = RemovedAnchor.objects.filter(revision__policy=policy)
    values = attrgetter("revision_id", "anchor", "heading", "moved_to")
    in_order = stored.order_by("revision__number", "id")
    if list(map(values, in_order)) == list(map(values, wanted)):
        return False
    with triggers.lifted(connection, only=triggers.REMOVED_ANCHOR_RULES):
        stored.delete()
        RemovedAnchor.objects.bulk_create(wanted)
    return True


def shown_on(version: Revision) -> list[RemovedAnchors]:
    """Return the lines of a version's page: of clauses, then of all else, what was removed last
    first.

    One query, a second one if any anchor was removed, and a third one if any was a clause's or a
    version was withdrawn.
    """
    here = {anchor["id"]: anchor for anchor in version.rendering.anchors}
    recorded = RemovedAnchor.objects.filter(
        revision__policy=version.policy_id, revision__number__lte=version.number
    ).order_by("revision__number", "id")
    rows = recorded.values_list("revision__number", "anchor", "heading", "moved_to")
    changes = list(map(AnchorChange._make, rows))
    of_clauses = {change.anchor for change in changes if change.moved_to is not None}
    of_clauses |= {name for name, anchor in here.items() if _follows_from_label(anchor)}
    unaffected = here.keys() - of_clauses
    changes = [change for change in changes if change.anchor not in unaffected]
    return _lines(version, changes, of_clauses, here) if changes else []


def _lines(
    version: Revision,
    changes: Sequence[AnchorChange],
    of_clauses: Container[str],
    here: Mapping[str, Anchor],
) -> list[RemovedAnchors]:
    numbered = Rendering.objects.filter(revision__policy=version.policy_id)
    withdrawn_numbers = numbered.filter(
        revision__status=Status.WITHDRAWN, revision__number__lt=version.number
    ).values_list("revision__number", flat=True)
    withdrawn = {number or 0 for number in withdrawn_numbers}
    earlier_numbers = {
        in_effect_before(change.number, withdrawn)
        for change in changes
        if change.anchor in of_clauses or change.number - 1 in withdrawn
    }
    anchors: dict[int, dict[str, Anchor]] = {}
    if earlier_numbers:
        earlier = numbered.filter(revision__number__in=earlier_numbers)
        for number, stored in earlier.values_list("revision__number", "anchors"):
            anchors[number or 0] = {anchor["id"]: anchor for anchor in stored}
    moved = [change for change in changes if change.anchor in of_clauses]
    clauses = list(_lines_of_clauses(moved, former_clauses(moved, here, withdrawn, anchors), here))
    headings = {(change.number, change.heading) for change in changes if change.moved_to is None}
    # A clause that was removed with its heading is on the line of that.
    clauses = [line for line in clauses if not _is_gone(line, headings)]
    apart = {anchor for line in clauses for anchor in line.anchors}
    on_a_line = here.keys() | apart
    removals = [change for change in changes if change.anchor not in on_a_line]
    return [*clauses, *lines_of(without_withdrawn(removals, withdrawn, anchors), withdrawn)]


def _lines_of_clauses(
    changes: Iterable[AnchorChange], former: Mapping[str, list[FormerClause]], here: Container[str]
) -> Iterator[RemovedAnchors]:
    numbers = {change.anchor: change.number for change in changes}
    for anchor, clauses in former.items():
        last = clauses[0]
        place = last.heading, last.until, numbers[anchor], (anchor,)
        yield RemovedAnchors(*place, tuple(clauses), is_taken=anchor in here)


def _is_gone(line: RemovedAnchors, headings: Container[tuple[int, str]]) -> bool:
    """Return whether a line is about one clause that was removed with its heading."""
    [clause, *others] = line.clauses
    is_gone = not (others or clause.now or line.is_taken) and clause.last_anchor in line.anchors
    return is_gone and (line.removed_with, line.heading) in headings


def without_withdrawn(
    removals: Iterable[AnchorChange],
    withdrawn: Container[int],
    anchors: Mapping[int, Mapping[str, Anchor]],
) -> Iterator[AnchorChange]:
    """Yield the removals as if the withdrawn versions had never been published.

    Version 1 has "cookies", 2 has "cookies" and "beta" and is withdrawn, 3 has neither. Recorded
    is that 3 removed both. Readers never saw "beta", but 3 removed "cookies" from what they saw,
    version 1: that alone is yielded, with the heading that it had in 1.

    anchors: as for former_clauses.
    """
    for removal in removals:
        before = in_effect_before(removal.number, withdrawn)
        later = itertools.count(removal.number)
        after = next(number for number in later if number not in withdrawn)
        if before == removal.number - 1:
            yield removal._replace(number=after)
        elif before and removal.anchor in anchors[before]:
            heading = anchors[before][removal.anchor]["heading"]
            yield removal._replace(number=after, heading=heading)


def lines_of(removals: Iterable[AnchorChange], withdrawn: Container[int]) -> list[RemovedAnchors]:
    """Put the anchors that one version removed from under one heading into one line.

    removals: in the order of numbers. Of an anchor that was removed twice, the second time counts.
    withdrawn: numbers of versions that readers are not sent to.
    """
    latest = {removal.anchor: (removal.number, removal.heading) for removal in removals}
    anchors_of: dict[tuple[int, str], list[str]] = {}
    for anchor, line in latest.items():
        anchors_of.setdefault(line, []).append(anchor)
    lines = [
        RemovedAnchors(heading, in_effect_before(number, withdrawn), number, tuple(anchors))
        for (number, heading), anchors in anchors_of.items()
    ]
    return sorted(lines, key=lambda line: -line.removed_with)
