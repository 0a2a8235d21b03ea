"""The versions around one: the first, the one before, the one after, the one in force."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Subquery

from policies.models import Revision
from policies.models.revision import RevisionQuerySet


@dataclass(frozen=True, order=True)
class VersionRef:
    """A published version: its number, and when it took or takes effect."""

    number: int
    effective_at: datetime


@dataclass(frozen=True)
class AdjacentVersions:
    """The published versions around one; None where there is none. Withdrawn ones don't count.

    current: the version in force. before, after: by number, upcoming ones included.
    """

    first: VersionRef | None
    before: VersionRef | None
    after: VersionRef | None
    current: VersionRef | None


def adjacent_to(version: Revision, *, at: datetime) -> AdjacentVersions:
    """Return the versions around a numbered one as they are at `at`: one query, however many."""
    published = Revision.objects.published().filter(policy=version.policy_id)
    wanted = (
        published.order_by("number"),
        published.filter(number__lt=version.number).order_by("-number"),
        published.filter(number__gt=version.number).order_by("number"),
        published.effective(at=at),
    )
    keys = [("pk", Subquery(versions.values("pk")[:1])) for versions in wanted]
    around = version_refs(published.filter(Q(*keys, _connector=Q.OR)))
    own = version.number or 0
    return AdjacentVersions(
        first=next(iter(around), None),
        before=next((it for it in reversed(around) if it.number < own), None),
        after=next((it for it in around if it.number > own), None),
        current=next((it for it in reversed(around) if it.effective_at <= at), None),
    )


def version_ref(version: Revision) -> VersionRef:
    assert version.number and version.effective_at  # noqa: PT018, S101  a constraint
    return VersionRef(version.number, version.effective_at)


def version_refs(versions: RevisionQuerySet) -> list[VersionRef]:
    """Return published versions, the first one first: one query."""
    rows = versions.order_by("number").values_list("number", "effective_at")
    # A published version has both (revision_numbered_or_not), and the one grows with the other.
    return [VersionRef(number, at) for number, at in rows if number and at]
