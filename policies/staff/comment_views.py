"""The desk: comments on a revision or one of its sections; replying to and resolving them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.ledger.actor_names import names_of
from policies.models import Revision
from policies.staff.forms import CommentForm, ToCommentForm
from policies.staff.pages import (
    action_required,
    outcome_as_message,
    require_one_of,
    review_url,
    revision_or_404,
    submit_text,
    user_of,
)


def threads_of(revision: Revision) -> list[dict[str, Any]]:
    """Return the comments with their replies and the writers' names, unresolved ones first."""
    comments = list(revision.comments.prefetch_related("replies"))
    names = names_of(
        [it.created_by_id for it in comments]
        + [it.resolved_by_id for it in comments]
        + [reply.created_by_id for it in comments for reply in it.replies.all()]
    )
    headings = {it.anchor: f"{it.position}. {it.heading}" for it in revision.sections.all()}
    return [
        {
            "comment": comment,
            "by": names[comment.created_by_id],
            "resolved_by": names[comment.resolved_by_id],
            "about": headings.get(comment.section_anchor, comment.section_anchor),
            "is_about_a_section": comment.section_anchor in headings,
            "replies": [(it, names[it.created_by_id]) for it in comment.replies.all()],
        }
        for comment in sorted(comments, key=lambda it: it.resolved_at is not None)
    ]


@require_POST
@action_required("comment")
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on the revision or one of its sections."""
    form, by, at = CommentForm(request.POST), user_of(request), timezone.now()
    return submit_text(
        request,
        form,
        "text",
        lambda: workflow.comment(pk, by=by, at=at, **form.values()),
        done="Comment added. It must be resolved before the text can be approved.",
        back=_comments_url(request, pk),
    )


@require_POST
@action_required("reply_to_comment")
def reply_to_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to a comment."""
    comments, form = revision_or_404(pk).comments.all(), ToCommentForm(request.POST)
    by, at = user_of(request), timezone.now()

    def reply() -> None:
        comment_id = require_one_of(comments, form.value("comment"), "comment")
        workflow.reply_to_comment(comment_id, by=by, at=at, text=form.values()["text"])

    back = _comments_url(request, pk)
    return submit_text(request, form, "text", reply, done="Reply added.", back=back)


@require_POST
@action_required("resolve_comment")
def resolve_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a comment as resolved."""
    comments, form = revision_or_404(pk).comments.all(), ToCommentForm(request.POST)
    with outcome_as_message(request, "Comment resolved."):
        comment_id = require_one_of(comments, form.value("comment"), "comment")
        workflow.resolve_comment(comment_id, by=user_of(request), at=timezone.now())
    return HttpResponseRedirect(_comments_url(request, pk))


def _comments_url(request: HttpRequest, pk: int) -> str:
    """Return the address of the comments that a form came from: in the editor, or in the review."""
    is_editor = "in_editor" in request.POST
    page = reverse("admin:policies_edit", args=[pk]) if is_editor else review_url(request, pk)
    return f"{page}#comments"
