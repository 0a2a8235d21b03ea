"""The desk: reading what was submitted, approving it. Comments are in comment_views.py.

Also preview links, with which outside counsel reads a revision.
"""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from policies import workflow
from policies.ledger import authorship
from policies.ledger.actor_names import names_of
from policies.ledger.authorship import Author
from policies.models import Revision
from policies.permissions import VIEW_REVISION
from policies.public import comparisons
from policies.public.comparisons import Comparison
from policies.staff import asking_views, findings, pages
from policies.staff.asking_views import AskForm, staff_with
from policies.staff.buttons import action_button
from policies.staff.comment_views import (
    CommentForm,
    Thread,
    comments_url,
    shown_parts,
    threads_of,
)
from policies.staff.forms import ApproveForm, DeskForm, LinkForm, ShareForm
from policies.staff.guards import (
    action_required,
    allowed_actions,
    is_allowed,
    user_of,
    view_permission_required,
)
from policies.staff.returned_views import undecided_files
from policies.states import OPEN, Status
from policies.text import document as documents
from policies.text.quotations import MAX_QUOTED
from policies.text.renumbering import StaleReference
from policies.workflow import numbering, open_findings, preview_links, reviewing
from policies.workflow.refusals import own_part, unresolved, void_approval

# Actions, besides approving, that the page offers as a decision.
_DECISIONS = ("approve_afterwards", "publish", "reschedule", "withdraw")

# --- Reading -------------------------------------------------------------------------------------


@require_GET
@view_permission_required("revision")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a revision changes, the comments on it, and what this person may do."""
    return _review(request, pages.revision_or_404(pk))


def _review(
    request: HttpRequest,
    revision: Revision,
    *,
    changed: Comparison | None = None,
    sent: DeskForm | None = None,
) -> HttpResponse:
    """changed: how the text has changed since this person opened the page, None if it has not.
    sent: a form of this page that was refused.
    """
    comment_form = CommentForm(initial={"section": request.GET.get("section", "")})
    may = allowed_actions(request, revision)
    threads = threads_of(revision, user_of(request) if may["accept_suggestion"] else None)
    compared = pages.against_what_was_before(revision)
    found = open_findings.findings_of(revision, at=timezone.now())
    stale: list[StaleReference] = []
    if revision.status in OPEN:
        stale = numbering.stale_references(revision, revision.document())
    state = pages.state_of(revision)
    can_assign = may["assign_comment"] and threads
    people = staff_with(VIEW_REVISION, revision.policy) if can_assign else []
    context = {
        "title": f"{revision if revision.number else revision.policy}: {state.lower()}",
        "state": state,
        "revision": revision,
        "facts": _facts(revision),
        "seen_text": documents.serialize(revision.document()),
        "parts": shown_parts(revision, compared["redline"], threads),
        "threads": threads,
        "people": people,
        "waiting_files": undecided_files(revision),
        "form": sent,
        "comment_form": sent if isinstance(sent, CommentForm) else comment_form,
        "longest_quotation": MAX_QUOTED,
        "changed": changed,
        **findings.as_list(found),
        "stale": stale,
        **compared,
        **_decision(request, revision, threads, may),
        **({"ask_form": sent} if isinstance(sent, AskForm) else {}),
        "links": _links(request, revision),
        "default_days": preview_links.DEFAULT_DAYS,
        "most_days": preview_links.MAX_DAYS,
    }
    return pages.render_staff_page(request, "review.html", context, status=409 if changed else 200)


def _decision(
    request: HttpRequest, revision: Revision, threads: list[Thread], may: dict[str, bool]
) -> dict[str, Any]:
    asked = asking_views.request_context(request, revision)
    authors = authorship.authors(revision)
    able = ", ".join(name for _, name in asked.get("reviewers", ()))
    void = void_approval(revision)
    may = {**may, "publish": may["publish"] and not void}
    why_not = void or _why_not(request, revision, authors, able)
    is_in_review = revision.status == Status.IN_REVIEW
    return {
        **asked,
        "authors": authors,
        "may": may,
        "why_not": why_not,
        "is_void": bool(void),
        "has_decision": not why_not or any(map(may.get, _DECISIONS)),
        "waits_for_comments": is_in_review
        and is_allowed(request, "approve")
        and any(thread["comment"].resolved_at is None for thread in threads),
        "has_commented": is_in_review and reviewing.has_open_comment(revision, user_of(request)),
        "was_reviewed": is_in_review and reviewing.last_reviewed(revision) is not None,
    }


@require_GET
@view_permission_required("revision")
def since_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show its reviewer what changed since a revision was sent back or reopened."""
    revision = pages.revision_or_404(pk)
    before = reviewing.last_reviewed(revision)
    if before is None:
        return redirect("admin:policies_review", pk)
    subject = revision if revision.number else revision.policy
    context = {
        "title": f"{subject}: what changed since it was last in review",
        "revision": revision,
        "redline": comparisons.of_texts(before, revision.document()),
    }
    return pages.render_staff_page(request, "since_review.html", context)


def _facts(revision: Revision) -> list[tuple[str, str]]:
    late = getattr(revision, "late_approval", None) if revision.number else None
    people = (revision.approved_by_id, revision.published_by_id, revision.withdrawn_by_id)
    names = names_of([*people, late.approved_by_id if late else None])

    def at(moment: datetime | None) -> str:
        return revision.policy.in_words(moment) if moment else ""

    def who(person: int | None, moment: datetime | None) -> str:
        name = names[person] if person else "the command line"
        return f"{name}, {at(moment)}" if moment else ""

    origin, based_on = revision.based_on, ""
    if origin is not None:
        based_on = f"version {origin.number}" if origin.number else "a discarded draft"
        based_on += ", which was withdrawn" if origin.status == Status.WITHDRAWN else ""
    facts = {
        "Based on": based_on,
        "Approved by": who(revision.approved_by_id, revision.approved_at),
        "Approved afterwards by": who(late.approved_by_id, late.approved_at) if late else "",
        "Published by": who(revision.published_by_id, revision.published_at),
        "In force from": "" if revision.withdrawn_at else at(revision.effective_at),
        "Rescheduled": "; ".join(
            f"announced for {at(change.before)}, changed {at(change.at)}"
            for change in revision.date_changes
        ),
        "Change note": revision.change_note,
        "Withdrawn by": who(revision.withdrawn_by_id, revision.withdrawn_at),
        "Reason for withdrawal": revision.withdrawal_reason,
        "Last saved": at(revision.saved_at),
    }
    return [(label, fact) for label, fact in facts.items() if fact]


_NOTHING_TO_APPROVE = {
    Status.DRAFT: "This is a draft. It can be approved once it is submitted for review.",
    Status.APPROVED: "This text is approved.",
    Status.DISCARDED: "This draft was discarded.",
    Status.PUBLISHED: "This text is published.",
    Status.WITHDRAWN: "This version was withdrawn before it took effect.",
}


def _why_not(request: HttpRequest, revision: Revision, authors: list[Author], able: str) -> str:
    """Return sentences on why this person can't approve, and who can (`able`); "" if they can."""
    if revision.awaits_late_approval():
        and_so = " and has since been withdrawn" if revision.status == Status.WITHDRAWN else ""
        return (
            f"This was published in an emergency{and_so}. It still needs the approval of somebody "
            "who had no part in it."
        )
    if revision.status != Status.IN_REVIEW:
        return _NOTHING_TO_APPROVE[Status(revision.status)]
    who = f": {able}." if able else ". Nobody can yet: an administrator can give the permission."
    if not is_allowed(request, "approve"):
        return f"Only a reviewer can approve it{who}"
    if part := own_part(revision, user_of(request)):
        own = next((author for author in authors if author.user_id == request.user.pk), None)
        if own:
            part = f"You edited {own.what}" if own.parts else "You started this revision"
        return f"{part}, so somebody else must approve it{who}"
    return unresolved(revision, "approved")


# --- Deciding ------------------------------------------------------------------------------------


def _shown_again(request: HttpRequest, pk: int, sent: DeskForm) -> HttpResponse | None:
    """Show the page with a form that was refused; None if it has no such form any more."""
    revision = pages.revision_or_404(pk)
    action = "reassign_review" if isinstance(sent, AskForm) else "comment"
    if not allowed_actions(request, revision)[action]:
        return None
    return _review(request, revision, sent=sent)


_on_this_page = partial(action_button, shown_again=_shown_again)
comment = _on_this_page(
    workflow.comment,
    "Comment added. It must be resolved before the text can be approved.",
    after=comments_url,
    form=CommentForm,
)
request_changes = _on_this_page(
    workflow.request_changes,
    "Changes requested. The draft is back on its writers’ desk, with your comments.",
    after=pages.review_url,
    form=CommentForm,
)
reassign_review = _on_this_page(
    workflow.reassign_review, "Review reassigned.", after=pages.review_url, form=AskForm
)


@require_POST
@action_required("approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the text that this person has read; if it has changed since, show how."""
    form = ApproveForm(request.POST)
    try:
        seen = form.values()
        seen_text = seen.pop("seen_text")
        approved = workflow.approve(pk, by=user_of(request), at=timezone.now(), **seen)
    except workflow.TextChanged as refusal:
        messages.error(request, str(refusal))
        revision, changed = pages.revision_or_404(pk), None
        with suppress(documents.DocumentError):  # what was seen can't be read
            changed = comparisons.of_texts(documents.parse(seen_text), revision.document())
        return _review(request, revision, changed=changed)
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        blocking = findings.still_blocking(len(findings.open_now(approved)))
        messages.success(request, f"Approved. It is now on the publishers’ desk.{blocking}")
    return redirect(pages.work_url(request, pk))


reopen = action_button(
    workflow.reopen, "Reopened as a draft. The approval no longer counts.", after=pages.work_url
)
approve_afterwards = action_button(
    workflow.approve_afterwards,
    "Approved. It is no longer on anybody’s desk.",
    after=pages.review_url,
)


# --- Preview links -------------------------------------------------------------------------------


def _links(request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
    now, links = timezone.now(), list(revision.preview_links.all())
    names = names_of(link.created_by_id for link in links)
    return [
        {
            "link": link,
            "by": names[link.created_by_id],
            # A published text needs no link.
            "is_open": link.is_open(at=now) and revision.status in OPEN,
            "address": request.build_absolute_uri(reverse("policies:preview", args=[link.token])),
        }
        for link in links
    ]


def _links_url(request: HttpRequest, pk: int) -> str:
    return f"{pages.review_url(request, pk)}#links"


share = action_button(
    workflow.share,
    "Link created. Copy it from the list below and send it.",
    after=_links_url,
    form=ShareForm,
)
revoke_link = action_button(
    workflow.revoke_link,
    "Link revoked. It no longer opens anything.",
    after=_links_url,
    form=LinkForm,
)
