"""What a numbered version is to its readers at a given time, and the versions around it.

Derived, never stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, Subquery

from policies.models.revision import Revision, RevisionQuerySet
from policies.states import Status

# For so long the list of policies says what a version changed.
NEWS_LAST = timedelta(days=90)


class VersionStatus(StrEnum):
    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The words for staff: "In force"."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class VersionInfo:
    """A version with its status at a time.

    until: when the next version took or takes effect, None if none does. current: the version in
    force at that time, None before the first.
    """

    version: Revision
    status: VersionStatus
    until: datetime | None
    current: Revision | None

    @property
    def took_effect(self) -> bool:
        """Whether it is or once was in force."""
        return self.status in {VersionStatus.IN_FORCE, VersionStatus.SUPERSEDED}


def statuses_of(versions: list[Revision], *, at: datetime) -> list[VersionInfo]:
    """Return a policy's numbered versions with their status at `at`, in the same order.

    versions: all numbered versions of one policy, or those that matter to the answer: besides the
    version itself, the one in force and the one that follows it in effect.
    """
    published = sorted((v for v in versions if v.status == Status.PUBLISHED), key=_effective_at)
    in_effect = [version for version in published if _effective_at(version) <= at]
    current = in_effect[-1] if in_effect else None
    version_infos = []
    for version in versions:
        until = None
        if version.status == Status.PUBLISHED:
            effects = (_effective_at(other) for other in published)
            until = next((effect for effect in effects if effect > _effective_at(version)), None)
        status = _status(version, current, at)
        version_infos.append(VersionInfo(version, status, until, current))
    return version_infos


def with_status(versions: list[Revision], *, at: datetime) -> list[VersionInfo]:
    """Return versions of one policy, the newest first, with their status: one query, for those that
    matter besides: the one in force, and the one that follows the newest published one.
    """
    of_policy = Revision.objects.filter(policy=versions[0].policy_id)
    newest = next((v for v in versions if v.status == Status.PUBLISHED), versions[0])
    following = of_policy.published().filter(effective_at__gt=newest.effective_at)
    others = of_policy.filter(
        Q(pk__in=following.order_by("effective_at").values("pk")[:1])
        | Q(pk__in=of_policy.effective(at=at).values("pk")[:1])
    ).exclude(pk__in=[version.pk for version in versions])
    return statuses_of([*versions, *others], at=at)[: len(versions)]


def _status(version: Revision, current: Revision | None, at: datetime) -> VersionStatus:
    if version.status == Status.WITHDRAWN:
        return VersionStatus.WITHDRAWN
    if _effective_at(version) > at:
        return VersionStatus.UPCOMING
    return VersionStatus.IN_FORCE if version == current else VersionStatus.SUPERSEDED


def _effective_at(version: Revision) -> datetime:
    """Return the time of effect, which every numbered version has (revision_numbered_or_not)."""
    assert version.effective_at is not None  # noqa: S101  a constraint of the database
    return version.effective_at


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
        before=next((ref for ref in reversed(around) if ref.number < own), None),
        after=next((ref for ref in around if ref.number > own), None),
        current=next((ref for ref in reversed(around) if ref.effective_at <= at), None),
    )


def version_ref(version: Revision) -> VersionRef:
    assert version.number and version.effective_at  # noqa: PT018, S101  a constraint
    return VersionRef(version.number, version.effective_at)


def version_refs(versions: RevisionQuerySet) -> list[VersionRef]:
    """Return published versions, the first one first: one query."""
    rows = versions.order_by("number").values_list("number", "effective_at")
    # A published version has both (revision_numbered_or_not), and the one grows with the other.
    return [VersionRef(number, at) for number, at in rows if number and at]
