"""Anchors that outlive their sections: what a version no longer has, and where to read it.

An anchor, once published, works for ever. When a version is published, the anchors that the
version before it had and this one has not are recorded; the page shows a line for each that has
not come back, with a link to the last version that had it. A version that was withdrawn before it
took effect doesn't count. Which ones those are is asked when the page is made, since a version may
be withdrawn after the next one was published, and what is recorded stays.
"""

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import connection, transaction

from policies.database import triggers
from policies.models import Policy, RemovedAnchor, Rendering, Revision
from policies.states import Status
from policies.text.markdown.headings import RESERVED_PREFIXES


@dataclass(frozen=True)
class RemovedAnchors:
    """A line at the end of a page: the anchors that were under `heading`, last in version `last`.

    removed_with: the number of the first version without them. anchors: in the old page's order.
    """

    heading: str
    last: int
    removed_with: int
    anchors: tuple[str, ...]


# The number of the first version without an anchor, the anchor, and the heading that it was under.
Removal: TypeAlias = tuple[int, str, str]


def removed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (anchor, heading) of the anchors that one list has and the next has not.

    before, after: as Rendering.anchors keeps them.
    """
    kept = {anchor["id"] for anchor in after}
    return [(it["id"], it["heading"]) for it in before if it["id"] not in kept]


def lost(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return those that readers would miss if a draft were published: the same without the anchors
    of footnotes, which each page makes by itself.
    """
    return [it for it in removed(before, after) if not it[0].startswith(RESERVED_PREFIXES)]


def record(revision: Revision) -> None:
    """Record the anchors that a version, published in this transaction, removes."""
    anchors = Rendering.objects.filter(revision__policy=revision.policy_id)
    before = anchors.filter(revision__number=(revision.number or 0) - 1).first()
    if before:
        rows = _rows(revision, before.anchors, revision.rendering.anchors)
        RemovedAnchor.objects.bulk_create(rows)


def _rows(
    revision: Revision, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[RemovedAnchor]:
    return [
        RemovedAnchor(revision=revision, anchor=anchor, heading=heading)
        for anchor, heading in removed(before, after)
    ]


@transaction.atomic
def renew(policy: Policy) -> bool:
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
    values = attrgetter("revision_id", "anchor", "heading")
    in_order = stored.order_by("revision__number", "id")
    if list(map(values, in_order)) == list(map(values, wanted)):
        return False
    with triggers.lifted(connection, only=triggers.REMOVED_ANCHOR_RULES):
        stored.delete()
        RemovedAnchor.objects.bulk_create(wanted)
    return True


def shown_on(version: Revision) -> list[RemovedAnchors]:
    """Return the lines at the end of a version's page, the anchors that were removed last first.

    One query, a second one if any anchor was removed, and one for each run of withdrawn versions.
    """
    here = {anchor["id"] for anchor in version.rendering.anchors}
    recorded = RemovedAnchor.objects.filter(
        revision__policy=version.policy_id, revision__number__lte=version.number
    ).order_by("revision__number", "id")
    removals = [
        (number or 0, anchor, heading)
        for number, anchor, heading in recorded.values_list("revision__number", "anchor", "heading")
        if anchor not in here
    ]
    if not removals:
        return []
    numbered = Rendering.objects.filter(revision__policy=version.policy_id)
    withdrawn_numbers = numbered.filter(
        revision__status=Status.WITHDRAWN, revision__number__lt=version.number
    ).values_list("revision__number", flat=True)
    withdrawn = {number or 0 for number in withdrawn_numbers}

    @cache
    def anchors_of(number: int) -> dict[str, str]:
        anchors = numbered.get(revision__number=number).anchors
        return {anchor["id"]: anchor["heading"] for anchor in anchors}

    return lines_of(without_withdrawn(withdrawn, removals, anchors_of), withdrawn)


def without_withdrawn(
    withdrawn: Container[int],
    removals: Iterable[Removal],
    anchors_of: Callable[[int], Mapping[str, str]],
) -> Iterator[Removal]:
    """Yield the removals as if the withdrawn versions had never been published.

    Version 1 has "cookies", 2 has "cookies" and "beta" and is withdrawn, 3 has neither. Recorded
    is that 3 removed both. Readers never saw "beta", but 3 removed "cookies" from what they saw,
    version 1: that alone is yielded, with the heading that it had in 1.

    anchors_of: by a version's number, its anchors, each with its heading.
    """
    for number, anchor, heading in removals:
        before = _in_effect_before(number, withdrawn)
        after = next(it for it in itertools.count(number) if it not in withdrawn)
        if before == number - 1:
            yield after, anchor, heading
        elif before and anchor in (known := anchors_of(before)):
            yield after, anchor, known[anchor]


def _in_effect_before(number: int, withdrawn: Container[int]) -> int:
    """Return the version before this one, 0 if there is none. withdrawn: those that don't count."""
    return next(it for it in range(number - 1, -1, -1) if it not in withdrawn)


def lines_of(
    removals: Iterable[Removal], withdrawn: Container[int] = frozenset()
) -> list[RemovedAnchors]:
    """Put the anchors that one version removed from under one heading into one line.

    removals: in the order of numbers. Of an anchor that was removed twice, the second time counts.
    withdrawn: numbers of versions that readers are not sent to.
    """
    latest = {anchor: (number, heading) for number, anchor, heading in removals}
    anchors_of: dict[tuple[int, str], list[str]] = {}
    for anchor, line in latest.items():
        anchors_of.setdefault(line, []).append(anchor)
    lines = [
        RemovedAnchors(heading, _in_effect_before(number, withdrawn), number, tuple(anchors))
        for (number, heading), anchors in anchors_of.items()
    ]
    return sorted(lines, key=lambda line: -line.removed_with)
