"""Where a version stands among the others of its policy: the first, the last, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Subquery

from policies.models import Revision

if TYPE_CHECKING:
    from datetime import datetime

    from policies.models.revision import RevisionQuerySet


@dataclass(frozen=True, order=True)
class VersionRef:
    """A published version: its number, and when it took or takes effect."""

    number: int
    effective_at: datetime


def version_ref(version: Revision) -> VersionRef:
    """Return a published version as a stop."""
    assert version.number and version.effective_at  # noqa: PT018, S101  a constraint
    return VersionRef(version.number, version.effective_at)


@dataclass(frozen=True)
class AdjacentVersions:
    """The published versions around one; None where there is none. A withdrawn one is no stop.

    current: the version in force. before, after: by number, upcoming ones included.
    """

    first: VersionRef | None
    before: VersionRef | None
    after: VersionRef | None
    current: VersionRef | None


def adjacent_to(version: Revision, *, at: datetime) -> AdjacentVersions:
    """Return a numbered version's neighbours as they are at `at`: one query, however many."""
    published = Revision.objects.published().filter(policy=version.policy_id)
    wanted = (
        published.order_by("number"),
        published.filter(number__lt=version.number).order_by("-number"),
        published.filter(number__gt=version.number).order_by("number"),
        published.effective(at=at),
    )
    any_of = Q()
    for question in wanted:
        any_of |= Q(pk=Subquery(question.values("pk")[:1]))
    around = version_refs(published.filter(any_of))
    own = version.number or 0
    return AdjacentVersions(
        first=next(iter(around), None),
        before=next((stop for stop in reversed(around) if stop.number < own), None),
        after=next((stop for stop in around if stop.number > own), None),
        current=next((stop for stop in reversed(around) if stop.effective_at <= at), None),
    )


def version_refs(versions: RevisionQuerySet) -> list[VersionRef]:
    """Return published versions as stops, the first one first: one query."""
    rows = versions.order_by("number").values_list("number", "effective_at")
    # A published version has both (revision_numbered_or_not), and the one grows with the other.
    return [VersionRef(number, moment) for number, moment in rows if number and moment]
