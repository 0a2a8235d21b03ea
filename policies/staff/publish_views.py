"""The desk: publishing and withdrawing, each with a preview of what the public will see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from policies import workflow
from policies.models import Revision
from policies.permissions import ACTIONS
from policies.staff import dry_run
from policies.staff.accounts.confirming import confirmed
from policies.staff.pages import home_of, is_allowed, may, page, revision_or_404, user_of
from policies.staff.revision_state import (
    against_what_was_before,
    as_seen,
    awaits_late_approval,
    is_upcoming,
    status_of_version,
)
from policies.states import Kind, Status
from policies.workflow import open_findings, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, QueryDict


@require_http_methods(["GET", "POST"])
@may("publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an approved revision, now or at a time."""
    return _publishing(request, pk, emergency=False)


@require_http_methods(["GET", "POST"])
@may("publish_without_approval")
def publish_without_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish in an emergency a revision that nobody has approved."""
    revision_or_404(pk)
    return _publish_without_approval(request, pk)


@confirmed("publish without approval")
def _publish_without_approval(request: HttpRequest, pk: int) -> HttpResponse:
    return _publishing(request, pk, emergency=True)


def _publishing(request: HttpRequest, pk: int, *, emergency: bool) -> HttpResponse:
    """Show the form, publish as it says, or lead to what became of the revision meanwhile."""
    revision = revision_or_404(pk)
    if request.method == "POST" and revision.status != Status.PUBLISHED:
        return _publish_as_typed(request, revision, emergency=emergency)
    if revision.status in _states(emergency=emergency):
        return _form(request, revision, _typed(request.POST), None, emergency=emergency)
    return _what_became_of_it(request, revision)


def _publish_as_typed(request: HttpRequest, revision: Revision, *, emergency: bool) -> HttpResponse:
    """Publish as the form says; redirect to the version, or show the form with the refusal."""
    typed, problem = _typed(request.POST), None
    if emergency and _can_be_published(request, revision):
        # Show what was typed in the ordinary form.
        refusal = workflow.WrongState(APPROVED_MEANWHILE)
        return _form(request, revision, typed, refusal, emergency=False)
    action = _action(emergency=emergency)
    try:
        how = {**_arguments(revision, typed, emergency=emergency), **as_seen(request)}
        action(revision.pk, by=user_of(request), at=timezone.now(), **how)
    except workflow.Refused as refusal:
        problem = refusal
    revision = revision_or_404(revision.pk)
    if revision.status == Status.PUBLISHED:
        return _what_became_of_it(request, revision, was_late=bool(problem))
    return _form(request, revision, typed, problem, emergency=emergency)


def _action(*, emergency: bool) -> Callable[..., Revision]:
    return workflow.publish_without_approval if emergency else workflow.publish


def _what_became_of_it(
    request: HttpRequest, revision: Revision, *, was_late: bool = True
) -> HttpResponse:
    """Redirect from the form of a revision that can't be published (any more).

    was_late: whether it was published already when the form came: it was sent twice, or somebody
    else was faster.
    """
    if revision.status == Status.PUBLISHED:
        if was_late:
            messages.warning(request, f"{revision} is published already.")
        return redirect("admin:policies_published", revision.pk)
    if _can_be_published(request, revision):
        messages.warning(request, APPROVED_MEANWHILE)
        return redirect("admin:policies_publish", revision.pk)
    messages.warning(request, f"{revision}: only an approved revision can be published.")
    return home_of(request, revision.pk)


def _states(*, emergency: bool) -> frozenset[Status]:
    return ACTIONS["publish_without_approval" if emergency else "publish"].states


APPROVED_MEANWHILE = "It has been approved meanwhile: publish it in the ordinary way."


def _can_be_published(request: HttpRequest, revision: Revision) -> bool:
    return revision.status == Status.APPROVED and is_allowed(request, "publish")


def _form(
    request: HttpRequest,
    revision: Revision,
    typed: dict[str, str],
    problem: workflow.Refused | None,
    *,
    emergency: bool,
) -> HttpResponse:
    found = open_findings.still_open(open_findings.findings_of(revision, at=timezone.now()))
    context = {
        "title": f"Publish {revision.policy}{' without approval' if emergency else ''}",
        "revision": revision,
        "typed": typed,
        "problem": problem,
        # Query string of the first preview. Without the texts, which may be too long for a URL.
        "chosen": urlencode({name: typed[name] for name in ("kind", "when", "effective")}),
        "emergency": emergency,
        "is_open": revision.status in _states(emergency=emergency),
        "is_first": not revision.policy.revisions.numbered().exists(),
        "upcoming": Revision.objects.upcoming(at=timezone.now()).filter(policy=revision.policy),
        "found": found,
        "open_findings": len(found),
        **against_what_was_before(revision),
    }
    return page(request, "publish.html", context, refused=bool(problem))


def _typed(fields: QueryDict) -> dict[str, str]:
    names = ("change_note", "kind", "when", "effective", "reason")
    return {name: fields.get(name, "").strip() for name in names}


def _arguments(revision: Revision, typed: dict[str, str], *, emergency: bool) -> dict[str, Any]:
    """Return the action's arguments. Raises Incomplete for a choice that is missing or invalid.

    The first version has no kind to choose: it is material.
    """
    is_first = not revision.policy.revisions.numbered().exists()
    kind = typed["kind"] or (Kind.MATERIAL if is_first else "")
    if kind not in Kind.values:
        raise workflow.Incomplete("Choose the kind of change: material or editorial.", "kind")
    return {
        "change_note": typed["change_note"],
        "kind": Kind(kind),
        "effective_at": _time_of_effect(revision, typed),
        **({"reason": typed["reason"]} if emergency else {}),
    }


def _time_of_effect(revision: Revision, typed: dict[str, str]) -> datetime | None:
    """Return the time that was typed, in the policy's time zone; None for at once."""
    if typed["when"] == "now" and typed["effective"]:
        raise workflow.Incomplete(
            "You gave a day and a time, and chose “At once”. Choose the day, or take it out.",
            "effective_at",
        )
    if typed["when"] == "now":
        return None
    if typed["when"] != "later":
        raise workflow.Incomplete("Choose when it takes effect.", "when")
    try:
        by_the_clock = datetime.fromisoformat(typed["effective"])
    except ValueError as error:
        raise workflow.Incomplete(
            "Give the day and the time at which it takes effect.", "effective_at"
        ) from error
    if by_the_clock.tzinfo is not None:
        raise workflow.Incomplete(
            f"Leave the zone out of the time: it is in {revision.policy.time_zone}.",
            "effective_at",
        )
    effect = by_the_clock.replace(tzinfo=revision.policy.zone)
    if not _is_shown_by_a_clock(effect):
        raise workflow.Incomplete(
            f"In {revision.policy.time_zone} there is no {by_the_clock:%H:%M} on that day: the "
            "clocks are put forward. Choose another time.",
            "effective_at",
        )
    return effect


def _is_shown_by_a_clock(local: datetime) -> bool:
    """Return whether a local time exists: some are skipped when clocks are put forward."""
    try:
        again = local.astimezone(UTC).astimezone(local.tzinfo)
    except OverflowError:  # near either end of the calendar, which the action refuses itself
        return True
    return again.replace(tzinfo=None) == local.replace(tzinfo=None)


@require_http_methods(["GET", "POST"])
@may("publish", "publish_without_approval")
def publish_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the policy's page, or the version's own, as it would be once this is published."""
    revision = revision_or_404(pk)
    emergency = revision.status != Status.APPROVED
    try:
        how = _arguments(revision, _typed_so_far(request), emergency=emergency)
    except workflow.Incomplete as refusal:
        return dry_run.refused(request, refusal)
    if emergency:
        how["ready"] = texts.rendered_ahead(pk)
    address = _version_page if request.POST.get("show") == "version" else _current_page
    return dry_run.shown(request, pk, _action(emergency=emergency), address, **how)


def _typed_so_far(request: HttpRequest) -> dict[str, str]:
    """Return what the form holds, with placeholders for what is not written or chosen yet."""
    if request.method == "POST":
        typed = _typed(request.POST)
    else:  # before anything was chosen
        typed = _typed(request.GET)
        typed["when"] = typed["when"] or "now"
    return {
        **typed,
        "kind": typed["kind"] or Kind.MATERIAL,
        "change_note": typed["change_note"] or "(Your change note.)",
        "reason": typed["reason"] or "(Your reason.)",
    }


def _version_page(version: Revision) -> str:
    return version.policy.url("version", number=version.number)


def _current_page(version: Revision) -> str:
    """Return the URL of the policy's page, or of the version's own if nothing is in force yet."""
    in_force = version.policy.revisions.effective(at=timezone.now()).exists()
    return version.policy.get_absolute_url() if in_force else _version_page(version)


@require_GET
@may("publish", "publish_without_approval")
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was published: where the version is, its digest, its place in the ledger."""
    version = revision_or_404(pk)
    if version.status != Status.PUBLISHED:
        return home_of(request, pk)
    version_status = status_of_version(version)
    context = {
        "title": f"{version} is {'scheduled' if version_status == 'upcoming' else 'published'}",
        "version": version,
        "entry": version.ledger_entries.get(event="publication"),
        "policy": version.policy,
        "address": f"{settings.SITE_URL}{_version_page(version)}",
        "version_status": version_status,
        "awaits_approval": awaits_late_approval(version),
    }
    return page(request, "published.html", context)


@require_http_methods(["GET", "POST"])
@may("withdraw")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an upcoming version, after showing what readers will see."""
    revision = revision_or_404(pk)
    if request.method == "GET" and not is_upcoming(revision):
        messages.warning(request, f"{revision}: only an upcoming version can be withdrawn.")
        return home_of(request, pk)
    if request.method == "GET":
        return _withdrawal_form(request, revision)
    reason = request.POST.get("reason", "")
    try:
        workflow.withdraw(pk, by=user_of(request), at=timezone.now(), reason=reason)
    except workflow.Refused as refusal:
        return _withdrawal_form(request, revision, refusal)
    messages.success(request, "Withdrawn. Readers see why.")
    return redirect("admin:policies_review", pk)


def _withdrawal_form(
    request: HttpRequest, revision: Revision, problem: workflow.Refused | None = None
) -> HttpResponse:
    context = {
        "title": f"Withdraw {revision}",
        "revision": revision,
        "policy": revision.policy,
        "reason": request.POST.get("reason", ""),
        "problem": problem,
    }
    return page(request, "withdraw.html", context, refused=bool(problem))


@require_http_methods(["GET", "POST"])
@may("withdraw")
def withdraw_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the version's page as it would be once it is withdrawn."""
    reason = request.POST.get("reason", "").strip() or "(Your reason.)"
    return dry_run.shown(request, pk, workflow.withdraw, _version_page, reason=reason)
