"""What a numbered version is to its readers at a given time. Derived, never stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.models import Revision
from policies.states import Status


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
    published = sorted((it for it in versions if it.status == Status.PUBLISHED), key=_effect)
    in_effect = [version for version in published if _effect(version) <= at]
    current = in_effect[-1] if in_effect else None
    return [
        VersionInfo(
            version=version,
            status=_status(version, current, at),
            until=next((_effect(v) for v in published if _effect(v) > _effect(version)), None)
            if version.status == Status.PUBLISHED
            else None,
            current=current,
        )
        for version in versions
    ]


def _status(version: Revision, current: Revision | None, at: datetime) -> VersionStatus:
    if version.status == Status.WITHDRAWN:
        return VersionStatus.WITHDRAWN
    if _effect(version) > at:
        return VersionStatus.UPCOMING
    return VersionStatus.IN_FORCE if version == current else VersionStatus.SUPERSEDED


def _effect(version: Revision) -> datetime:
    """Return the time of effect, which every numbered version has (revision_numbered_or_not)."""
    assert version.effective_at is not None  # noqa: S101  a constraint of the database
    return version.effective_at
