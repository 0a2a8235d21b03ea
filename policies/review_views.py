"""The desk, part two: reading what was handed in, approving it, publishing it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import comparisons, inspection, ledger, redline, workflow
from .desk_doors import done, home_of, is_allowed, may, page, revision_or_404
from .editing import whole_number
from .models import Revision
from .states import Kind, Status
from .verbs import REVIEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse


# --- Reviewing -----------------------------------------------------------------------------------


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a revision changes, what was said about it, and what this person may do."""
    if not request.user.has_perm("policies.view_revision"):
        raise PermissionDenied
    revision = revision_or_404(pk)
    context = {
        "title": f"{revision.policy}: {revision.get_status_display().lower()}",
        "revision": revision,
        "comments": _comments(revision),
        "authors": _names(it.contributed_by_id for it in revision.contributions.all()),
        "why_not": _why_not_approve(request, revision),
        "found": inspection.of(revision),
        "may": {verb: is_allowed(request, verb) for verb in ("comment", "request_changes")},
        "may_publish": is_allowed(request, "publish") and revision.status == Status.APPROVED,
        "may_reopen": is_allowed(request, "reopen") and revision.status == Status.APPROVED,
        "may_rush": _may_rush(request, revision),
        "may_look": _may_approve_afterwards(request, revision),
        **_against_what_is_in_force(revision),
    }
    return page(request, "review.html", context)


def _against_what_is_in_force(revision: Revision) -> dict[str, Any]:
    """Return the redline against the version in force, or the whole text where there is none."""
    current = revision.policy.revisions.effective(at=timezone.now()).first()
    if current is None or current == revision:
        return {"redline": None, "html": revision.html}
    changes = redline.compare(current.document(), revision.document())
    return {"redline": comparisons.shown(changes), "old": current}


def _comments(revision: Revision) -> list[dict[str, Any]]:
    remarks = list(revision.comments.all())
    names = _names(it.created_by_id for it in remarks)
    return [{"remark": it, "by": by} for it, by in zip(remarks, names, strict=True)]


def _names(user_ids: Iterable[int | None]) -> list[str]:
    """Return the names of users, in the same order."""
    wanted = list(user_ids)
    users = User.objects.in_bulk([user_id for user_id in wanted if user_id])
    return [
        ledger.name_of(users[user_id]) if user_id in users else "somebody who has left"
        for user_id in wanted
    ]


_NOTHING_TO_APPROVE = {
    Status.DRAFT: "This is a draft. It can be approved once it is handed in for review.",
    Status.APPROVED: "This text is approved.",
    Status.DISCARDED: "This draft was discarded.",
}


def _why_not_approve(request: HttpRequest, revision: Revision) -> str:
    """Return a sentence that says why this person can't approve, and who can; "" if they can."""
    if revision.status != Status.IN_REVIEW:
        return _NOTHING_TO_APPROVE.get(Status(revision.status), "Nothing is left to approve.")
    writers = {it.contributed_by_id for it in revision.contributions.all()}
    others = [
        ledger.name_of(user)
        for user in User.objects.with_perm(REVIEW, include_superusers=False)
        if user.pk not in writers
    ]
    who = f" Reviewers: {', '.join(others)}." if others else " There is no reviewer yet."
    if not is_allowed(request, "approve"):
        return f"Approving takes a reviewer.{who}"
    if request.user.pk in writers:
        return f"You wrote in this revision, so somebody else must approve it.{who}"
    return ""


@require_POST
@may("approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the text that this person has read, and no other."""
    seen = request.POST.get("seen_digest", "")
    said = "Approved. Publishers see it on their desk."
    done(request, workflow.approve, pk, said, seen_digest=seen)
    return home_of(pk)


@require_POST
@may("request_changes")
def request_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the revision back to its writers."""
    said = "Sent back. Its writers see what you said on their desk."
    done(request, workflow.request_changes, pk, said, text=request.POST.get("text", ""))
    return redirect("admin:policies_review", pk)


@require_POST
@may("comment")
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about the revision or one of its sections."""
    text, anchor = request.POST.get("text", ""), request.POST.get("section", "")
    said = "Your comment stands here. It has to be resolved before approval."
    done(request, workflow.comment, pk, said, text=text, section_anchor=anchor)
    return HttpResponseRedirect(reverse("admin:policies_review", args=[pk]) + "#comments")


@require_POST
@may("resolve_comment")
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a comment as dealt with."""
    number = whole_number(request.POST.get("comment")) or 0
    if revision_or_404(pk).comments.filter(pk=number).exists():
        done(request, workflow.resolve_comment, number, "Resolved.")
    return HttpResponseRedirect(reverse("admin:policies_review", args=[pk]) + "#comments")


@require_POST
@may("reopen")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an approved revision a draft again."""
    done(request, workflow.reopen, pk, "It is a draft again; the approval is void.")
    return redirect("admin:policies_review", pk)


# --- Publishing ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an approved revision, now or at a time."""
    return _publish(request, pk, workflow.publish, emergency=False)


@require_http_methods(["GET", "POST"])
@may("publish_without_approval")
def rush(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish in an emergency what nobody has approved."""
    return _publish(request, pk, workflow.publish_without_approval, emergency=True)


def _publish(request: HttpRequest, pk: int, verb: Any, *, emergency: bool) -> HttpResponse:
    revision = revision_or_404(pk)
    if request.method == "GET" and not emergency and revision.status != Status.APPROVED:
        messages.warning(request, f"{revision}: only an approved revision can be published.")
        return home_of(pk)
    fields = ("change_note", "kind", "when", "effective", "reason")
    typed = {name: request.POST.get(name, "") for name in fields}
    problem = ""
    if request.method == "POST":
        try:
            version = verb(
                pk, by=request.user, at=timezone.now(), **_arguments(revision, typed, emergency)
            )
        except workflow.Refused as refusal:
            problem = str(refusal)
        else:
            entry = version.ledger_entries.get(event="publication")
            messages.success(
                request, f"{version} is published: ledger entry {entry.sequence}, {version.digest}."
            )
            return redirect("admin:policies_revision_change", pk)
    context = {
        "title": f"Publish {revision.policy}",
        "revision": revision,
        "typed": typed,
        "problem": problem,
        "emergency": emergency,
        "is_first": not revision.policy.revisions.numbered().exists(),
        "found": [it for it in inspection.of(revision) if it.is_open],
        **_against_what_is_in_force(revision),
    }
    return page(request, "publish.html", context, status=422 if problem else 200)


def _arguments(revision: Revision, typed: dict[str, str], emergency: bool) -> dict[str, Any]:
    """Return what the verb takes. Raises Incomplete for a time that is none."""
    at = None
    if typed["when"] == "later":
        try:
            at = datetime.fromisoformat(typed["effective"]).replace(tzinfo=revision.policy.zone)
        except ValueError as error:
            raise workflow.Incomplete(
                "Give the day and the time at which it takes effect."
            ) from error
    return {
        "change_note": typed["change_note"],
        "kind": Kind(typed["kind"]) if typed["kind"] in Kind.values else Kind.MATERIAL,
        "effective_at": at,
        **({"reason": typed["reason"]} if emergency else {}),
    }


def _may_rush(request: HttpRequest, revision: Revision) -> bool:
    return is_allowed(request, "publish_without_approval") and revision.status in {
        Status.DRAFT,
        Status.IN_REVIEW,
    }


def _may_approve_afterwards(request: HttpRequest, revision: Revision) -> bool:
    waiting = Revision.objects.awaiting_late_approval().filter(pk=revision.pk)
    own = revision.contributions.filter(contributed_by=request.user.pk).exists()
    return (
        is_allowed(request, "approve_afterwards")
        and waiting.exists()
        and not own
        and revision.published_by_id != request.user.pk
    )


@require_POST
@may("approve_afterwards")
def approve_afterwards(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve what was published in an emergency."""
    said = "Approved. It no longer waits on anybody's desk."
    done(request, workflow.approve_afterwards, pk, said)
    return redirect("admin:policies_review", pk)


@require_http_methods(["GET", "POST"])
@may("withdraw")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an upcoming version back, after showing what readers will see."""
    revision = revision_or_404(pk)
    reason = request.POST.get("reason", "")
    if request.method == "POST" and done(
        request, workflow.withdraw, pk, "Withdrawn. Readers see why.", reason=reason
    ):
        return redirect("admin:policies_revision_change", pk)
    context = {"title": f"Withdraw {revision}", "revision": revision, "reason": reason}
    return page(request, "withdraw.html", context)


PAGES = {
    f"policies/revision/<int:pk>/{address}/": (view, f"policies_{name}")
    for address, view, name in (
        ("review", review, "review"),
        ("approve", approve, "approve"),
        ("request-changes", request_changes, "request_changes"),
        ("comment", comment, "comment"),
        ("resolve", resolve, "resolve"),
        ("reopen", reopen, "reopen"),
        ("publish", publish, "publish"),
        ("publish-without-approval", rush, "rush"),
        ("approve-afterwards", approve_afterwards, "approve_afterwards"),
        ("withdraw", withdraw, "withdraw"),
    )
}
