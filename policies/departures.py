"""Anchors that outlive their sections: what a version no longer has, and where to read it.

An anchor, once published, works for ever. When a version is published, the anchors that the
version before it had and this one has not are recorded; the page shows a line for each that has
not come back, with a link to the last version that had it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from . import triggers
from .models import Departure, Rendering

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import Policy, Revision


@dataclass(frozen=True)
class Gone:
    """A line at the end of a page: what was under `heading`, last in version `last`.

    gone_in: the number of the version that has it no more. anchors: in the order of the old page.
    """

    heading: str
    last: int
    gone_in: int
    anchors: tuple[str, ...]


def between(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (anchor, heading) of what one list of anchors has and the next has not.

    before, now: as Rendering.anchors keeps them.
    """
    staying = {anchor["id"] for anchor in now}
    return [(it["id"], it["heading"]) for it in before if it["id"] not in staying]


def record(revision: Revision) -> None:
    """Record what departs with a version that was published in this transaction."""
    anchors = Rendering.objects.filter(revision__policy=revision.policy_id)
    before = anchors.filter(revision__number=(revision.number or 0) - 1).first()
    if before is None:
        return
    Departure.objects.bulk_create(
        Departure(revision=revision, anchor=anchor, heading=heading)
        for anchor, heading in between(before.anchors, revision.rendering.anchors)
    )


def renew(policy: Policy) -> bool:
    """Derive a policy's departures anew after `rerender` changed HTML; return whether they changed.

    Raises nothing; one transaction.
    """
    before: list[dict[str, Any]] = []
    wanted: list[Departure] = []
    for revision in policy.revisions.numbered().select_related("rendering").order_by("number"):
        wanted += [
            Departure(revision=revision, anchor=anchor, heading=heading)
            for anchor, heading in between(before, revision.rendering.anchors)
        ]
        before = revision.rendering.anchors
    stored = Departure.objects.filter(revision__policy=policy).order_by("revision__number", "id")
    if list(map(_plain, stored)) == list(map(_plain, wanted)):
        return False
    with triggers.lifted(connection, only=triggers.DEPARTURE_WALL):
        stored.delete()
        Departure.objects.bulk_create(wanted)
    return True


def _plain(row: Departure) -> tuple[int, str, str]:
    return row.revision_id, row.anchor, row.heading


def shown_on(version: Revision) -> list[Gone]:
    """Return the lines for a version's page, those that left last first. One query."""
    here = {anchor["id"] for anchor in version.rendering.anchors}
    departures = Departure.objects.filter(
        revision__policy=version.policy_id, revision__number__lte=version.number
    ).order_by("revision__number", "id")
    return gathered(
        (number or 0, anchor, heading)
        for number, anchor, heading in departures.values_list(
            "revision__number", "anchor", "heading"
        )
        if anchor not in here
    )


def gathered(departures: Iterable[tuple[int, str, str]]) -> list[Gone]:
    """Put the anchors that left together from under one heading into one line.

    departures: (number of the version without it, anchor, heading), in the order of numbers. An
    anchor that left twice counts as having left the second time.
    """
    latest = {anchor: (number, heading) for number, anchor, heading in departures}
    lines: dict[tuple[int, str], list[str]] = {}
    for anchor, left in latest.items():
        lines.setdefault(left, []).append(anchor)
    found = [
        Gone(heading, number - 1, number, tuple(anchors))
        for (number, heading), anchors in lines.items()
    ]
    return sorted(found, key=lambda line: -line.gone_in)
