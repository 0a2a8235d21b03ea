"""The desk: reading what was submitted, approving it or requesting changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from policies import workflow
from policies.ledger import authorship
from policies.ledger.actor_names import name_of, names_of
from policies.ledger.authorship import Author
from policies.mail import notices
from policies.models import LateApproval, Revision
from policies.models.participants import participants
from policies.permissions import REVIEW
from policies.public import comparisons
from policies.public.comparisons import Comparison
from policies.staff.comment_views import threads_of
from policies.staff.forms import ApproveForm, CommentForm
from policies.staff.link_views import links_context
from policies.staff.pages import (
    action_button,
    action_required,
    is_allowed,
    render_staff_page,
    review_url,
    revision_or_404,
    submit_text,
    user_of,
    view_permission_required,
    work_url,
)
from policies.staff.revision_state import (
    against_what_was_before,
    allowed_actions,
    awaits_late_approval,
    state_of,
)
from policies.states import Status
from policies.text import document as documents
from policies.workflow import open_findings, reviewing
from policies.workflow.wording import unresolved

# Actions, besides approving, that the page offers as a decision.
_DECISIONS = (
    "approve_afterwards",
    "publish",
    "withdraw",
    "withdraw_submission",
    "reopen",
    "save_draft",
)


@require_GET
@view_permission_required("revision")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a revision changes, the comments on it, and what this person may do."""
    return _review(request, revision_or_404(pk))


def _review(
    request: HttpRequest, revision: Revision, *, changed: Comparison | None = None
) -> HttpResponse:
    """changed: how the text has changed since this person opened the page, None if it has not."""
    threads = threads_of(revision)
    compared = against_what_was_before(revision)
    found = open_findings.findings_of(revision, at=timezone.now())
    state = state_of(revision)
    context = {
        "title": f"{_name(revision)}: {state.lower()}",
        "state": state,
        "revision": revision,
        "facts": _facts(revision),
        "seen_text": documents.serialize(revision.document()),
        "parts": _parts(revision, compared["redline"], threads),
        "threads": threads,
        "about": request.GET.get("section", ""),
        "changed": changed,
        "found": found,
        "open_findings": len(open_findings.still_open(found)),
        **compared,
        **_decision(request, revision, threads),
        **links_context(request, revision),
    }
    return render_staff_page(request, "review.html", context, status=409 if changed else 200)


def _decision(
    request: HttpRequest, revision: Revision, threads: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what this person may decide about a revision, and what keeps them from it."""
    authors, may = authorship.authors(revision), allowed_actions(request, revision)
    why_not = _why_not_approve(request, revision, authors)
    is_in_review = revision.status == Status.IN_REVIEW
    return {
        "authors": authors,
        "may": may,
        "why_not": why_not,
        "has_decision": not why_not or any(map(may.get, _DECISIONS)),
        "waits_for_comments": is_in_review
        and is_allowed(request, "approve")
        and any(it["comment"].resolved_at is None for it in threads),
        "was_reviewed": is_in_review and reviewing.last_reviewed(revision) is not None,
    }


@require_GET
@view_permission_required("revision")
def since_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show its reviewer what changed since a revision was sent back or reopened."""
    revision = revision_or_404(pk)
    before = reviewing.last_reviewed(revision)
    if before is None:
        return redirect("admin:policies_review", pk)
    context = {
        "title": f"{_name(revision)}: what changed since it was last in review",
        "policy": revision.policy,
        "revision": revision,
        "redline": comparisons.of_texts(before, revision.document()),
    }
    return render_staff_page(request, "since_review.html", context)


def _name(revision: Revision) -> str:
    return str(revision) if revision.number else str(revision.policy)


def _facts(revision: Revision) -> list[tuple[str, str]]:
    """Return the known facts of a revision, each with its label: by whom, when, why."""
    late = LateApproval.objects.filter(revision=revision).first()
    people = (revision.approved_by_id, revision.published_by_id, revision.withdrawn_by_id)
    names = names_of([*people, late.approved_by_id if late else None])

    def at(moment: datetime | None) -> str:
        return revision.policy.in_words(moment) if moment else ""

    def who(person: int | None, moment: datetime | None) -> str:
        name = names[person] if person else "the command line"
        return f"{name}, {at(moment)}" if moment else ""

    facts = {
        "Based on": _origin(revision),
        "Approved by": who(revision.approved_by_id, revision.approved_at),
        "Approved afterwards by": who(late.approved_by_id, late.approved_at) if late else "",
        "Published by": who(revision.published_by_id, revision.published_at),
        "In force from": "" if revision.withdrawn_at else at(revision.effective_at),
        "Change note": revision.change_note,
        "Withdrawn by": who(revision.withdrawn_by_id, revision.withdrawn_at),
        "Reason for withdrawal": revision.withdrawal_reason,
        "Last saved": at(revision.saved_at),
    }
    return [(label, fact) for label, fact in facts.items() if fact]


def _origin(revision: Revision) -> str:
    origin = revision.based_on
    if origin is None:
        return ""
    withdrawn = ", which was withdrawn" if origin.status == Status.WITHDRAWN else ""
    return (f"version {origin.number}" if origin.number else "a discarded draft") + withdrawn


def _parts(
    revision: Revision, compared: Comparison | None, threads: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the parts of the redline, each with the comments on it."""
    there = {it.anchor for it in revision.sections.all()}
    return [
        {
            "part": part,
            "threads": [
                it for it in threads if part.anchor and it["comment"].section_anchor == part.anchor
            ],
            "is_there": part.kind == "section" and part.anchor in there,
        }
        for part in (compared.parts if compared else [])
    ]


_NOTHING_TO_APPROVE = {
    Status.DRAFT: "This is a draft. It can be approved once it is submitted for review.",
    Status.APPROVED: "This text is approved.",
    Status.DISCARDED: "This draft was discarded.",
    Status.PUBLISHED: "This text is published.",
    Status.WITHDRAWN: "This version was withdrawn before it took effect.",
}


def _why_not_approve(request: HttpRequest, revision: Revision, authors: list[Author]) -> str:
    """Return sentences on why this person can't approve, and who can; "" if they can."""
    if awaits_late_approval(revision):
        return (
            f"This was published in an emergency{_and_withdrawn(revision)}. It still needs the "
            "approval of somebody who had no part in it."
        )
    if revision.status != Status.IN_REVIEW:
        return _NOTHING_TO_APPROVE[Status(revision.status)]
    writers = participants(revision)
    staff = User.objects.filter(is_active=True, is_staff=True)
    able = staff.filter(pk__in=notices.holders(REVIEW, but=writers, among=staff))
    names = ", ".join(name_of(user) for user in able.order_by("username"))
    who = f": {names}." if names else ". Nobody can yet: an administrator can give the permission."
    if not is_allowed(request, "approve"):
        return f"Only a reviewer can approve it{who}"
    if request.user.pk in writers:
        return f"{_what_you_did(request.user.pk, authors)}, so somebody else must approve it{who}"
    return unresolved(revision, "approved")


def _and_withdrawn(revision: Revision) -> str:
    return " and has since been withdrawn" if revision.status == Status.WITHDRAWN else ""


def _what_you_did(user_id: int, authors: list[Author]) -> str:
    own = next((it for it in authors if it.user_id == user_id), None)
    if own is None:  # they published what it is based on, or set its source
        return "You contributed to this revision"
    return f"You edited {own.what}" if own.parts else "You started this revision"


@require_POST
@action_required("approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the text that this person has read; if it has changed since, show how."""
    form = ApproveForm(request.POST)
    try:
        seen = form.values()
        seen_text = seen.pop("seen_text")
        workflow.approve(pk, by=user_of(request), at=timezone.now(), **seen)
    except workflow.TextChanged as refusal:
        messages.error(request, str(refusal))
        revision = revision_or_404(pk)
        changed = _changes_since(seen_text, revision)
        return _review(request, revision, changed=changed)
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Approved. It is now on the publishers’ desk.")
    return redirect(work_url(request, pk))


def _changes_since(seen: str, revision: Revision) -> Comparison | None:
    """Return what has changed in a text since it was seen; None if what was seen can't be read."""
    try:
        return comparisons.of_texts(documents.parse(seen), revision.document())
    except documents.DocumentError:
        return None


@require_POST
@action_required("request_changes")
def request_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the revision back to its writers."""
    form, by, at = CommentForm(request.POST), user_of(request), timezone.now()
    return submit_text(
        request,
        form,
        "text",
        lambda: workflow.request_changes(pk, by=by, at=at, **form.values()),
        done="Changes requested. The draft is back on its writers’ desk, with your comment.",
        back=review_url(request, pk),
    )


reopen = action_button(
    "reopen", "Reopened as a draft. The approval no longer counts.", after=work_url
)
approve_afterwards = action_button(
    "approve_afterwards", "Approved. It is no longer on anybody’s desk.", after=review_url
)
