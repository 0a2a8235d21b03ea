"""What staff call a revision: by its number or by when it was started, with its state in words."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format

from policies.models import Revision
from policies.public.version_status import VersionStatus, statuses_of
from policies.states import Status


class Label(NamedTuple):
    """number: of a version. name: "version 3", or "draft of May 2, 2026" by the policy's calendar.
    state: "In force", "In review", …
    """

    number: int | None
    name: str
    state: str


def labels_of(revisions: Iterable[Revision]) -> dict[int, Label]:
    """Return the labels by key. revisions: all of one policy or more, with their policies."""
    labels: dict[int, Label] = {}
    in_order = sorted(revisions, key=lambda it: it.policy_id)
    for _, of_policy in groupby(in_order, key=lambda it: it.policy_id):
        rows = list(of_policy)
        numbered = [it for it in rows if it.number]
        states = {it.version.pk: it.status for it in statuses_of(numbered, at=timezone.now())}
        labels |= {it.pk: Label(it.number, _name(it), _state(it, states.get(it.pk))) for it in rows}
    return labels


def labels_in(policies: Iterable[int]) -> dict[int, Label]:
    """Return the labels of every revision of policies, given by their keys; reads no text."""
    rows = Revision.objects.filter(policy__in=policies).select_related("policy")
    wanted = ("status", "number", "created_at", "effective_at")
    return labels_of(rows.only(*wanted, "policy__time_zone", "policy__retired_at"))


def _name(revision: Revision) -> str:
    if revision.number:
        return f"version {revision.number}"
    started = revision.policy.day_of(revision.created_at)
    return f"draft of {date_format(started, 'DATE_FORMAT')}"


def _state(revision: Revision, to_readers: VersionStatus | None) -> str:
    if to_readers is None or revision.status != Status.PUBLISHED:
        return str(revision.get_status_display())
    if to_readers == VersionStatus.IN_FORCE and revision.policy.retired_at:
        return "Retired"
    return to_readers.label
