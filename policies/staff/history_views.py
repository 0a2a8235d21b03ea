"""The desk: a policy's history: its revisions, and any two of them compared."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from policies.ledger.actor_names import names_of
from policies.models import Policy, Revision
from policies.models.version_status import VersionStatus, statuses_of
from policies.public import comparisons
from policies.staff.forms import DeskForm, WholeNumber
from policies.staff.guards import is_allowed, view_permission_required
from policies.staff.pages import render_staff_page
from policies.states import Status


class CompareForm(DeskForm):
    """The keys of two revisions."""

    old = WholeNumber()
    new = WholeNumber()


class Label(NamedTuple):
    """number: of a version. name: "version 3", or "draft of May 2, 2026" by the policy's calendar.
    state: "In force", "In review", …
    """

    number: int | None
    name: str
    state: str


def labels_of(revisions: Iterable[Revision]) -> dict[int, Label]:
    """Return the labels by key. revisions: all of one policy or more, with their policies."""
    in_order = sorted(revisions, key=lambda revision: revision.policy_id)
    labels: dict[int, Label] = {}
    for _, of_policy in groupby(in_order, key=lambda revision: revision.policy_id):
        rows = list(of_policy)
        versions = [revision for revision in rows if revision.number]
        infos = statuses_of(versions, at=timezone.now())
        to_readers = {info.version.pk: info.status for info in infos}
        for revision in rows:
            state = _state(revision, to_readers.get(revision.pk))
            labels[revision.pk] = Label(revision.number, _name(revision), state)
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


@require_GET
@view_permission_required("revision")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """List every revision: who wrote, approved and published it, and what became of it."""
    policy = get_object_or_404(Policy, pk=pk)
    revisions = list(
        policy.revisions.prefetch_related("contributions").select_related("late_approval")
    )
    context = {
        "title": f"History of {policy}",
        "policy": policy,
        "rows": _rows(revisions),
        "newest": _to_compare(revisions),
        "may_start": is_allowed(request, "start_draft") and not policy.revisions.open().exists(),
    }
    return render_staff_page(request, "history.html", context)


def _to_compare(revisions: list[Revision]) -> list[int]:
    """Return the keys of the two newest revisions, the newer one first.

    Discarded and withdrawn ones count only if there are not two others.
    """
    last = {Status.DISCARDED, Status.WITHDRAWN}
    in_order = sorted(revisions, key=lambda revision: revision.status in last)
    return sorted((revision.pk for revision in in_order[:2]), reverse=True)


def _rows(revisions: list[Revision]) -> list[dict[str, Any]]:
    labels = labels_of(revisions)
    people: set[int | None] = set()
    for revision in revisions:
        people.update(revision.contributor_ids(), _deciders(revision))
    names = {**names_of(people), None: ""}
    rows = []
    for revision in revisions:
        approved_by, published_by, approved_later_by = map(names.get, _deciders(revision))
        rows.append(
            {
                "revision": revision,
                "label": labels[revision.pk],
                "writers": [names[writer] for writer in revision.contributor_ids()],
                "approved_by": approved_by,
                "published_by": published_by,
                "approved_later_by": approved_later_by,
            }
        )
    return rows


def _deciders(revision: Revision) -> tuple[int | None, int | None, int | None]:
    """Return who approved a revision, who published it, and who approved it afterwards."""
    late = getattr(revision, "late_approval", None)
    return revision.approved_by_id, revision.published_by_id, late and late.approved_by_id


@require_GET
@view_permission_required("revision")
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the redline of any two revisions, published or not, the older one first."""
    policy = get_object_or_404(Policy, pk=pk)
    found = named_revisions(request, policy)
    if len(found) < 2:
        messages.warning(request, "Choose two different revisions of this policy to compare.")
        return redirect("admin:policies_history", policy.pk)
    old, new = found
    labels = labels_in([policy.pk])
    context = {
        "title": f"{policy}: changes",
        "policy": policy,
        "old": old,
        "new": new,
        "ends": [(revision, labels[revision.pk]) for revision in found],
        "redline": comparisons.of_texts(old.document(), new.document()),
    }
    return render_staff_page(request, "compare.html", context)


def named_revisions(request: HttpRequest, policy: Policy) -> list[Revision]:
    """Return the two revisions that a form names, the older one first; fewer if it is wrong."""
    form = CompareForm(request.GET)
    wanted = [form.value("old") or 0, form.value("new") or 0]
    return list(policy.revisions.filter(pk__in=wanted).order_by("pk"))
