"""The desk: comments on a revision or one of its sections; answering and resolving them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.ledger.actor_names import names_of
from policies.staff.editing import whole_number
from policies.staff.pages import give_text_back, may, outcome_as_message, revision_or_404, user_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from policies.models import ReviewComment, Revision


def threads_of(revision: Revision) -> list[dict[str, Any]]:
    """Return the comments with their answers and the writers' names, unresolved ones first."""
    remarks = list(revision.comments.prefetch_related("replies"))
    names = names_of(
        [it.created_by_id for it in remarks]
        + [it.resolved_by_id for it in remarks]
        + [reply.created_by_id for it in remarks for reply in it.replies.all()]
    )
    headings = {it.anchor: f"{it.position}. {it.heading}" for it in revision.sections.all()}
    return [
        {
            "remark": remark,
            "by": names[remark.created_by_id],
            "resolved_by": names[remark.resolved_by_id],
            "about": headings.get(remark.section_anchor, remark.section_anchor),
            "is_about_a_section": remark.section_anchor in headings,
            "replies": [(it, names[it.created_by_id]) for it in remark.replies.all()],
        }
        for remark in sorted(remarks, key=_is_resolved)
    ]


def _is_resolved(remark: ReviewComment) -> bool:
    return remark.resolved_at is not None


@require_POST
@may("comment")
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on the revision or one of its sections."""
    text, anchor = request.POST.get("text", ""), request.POST.get("section", "")
    back = _address_of_comments(request, pk)
    try:
        workflow.comment(
            pk, by=user_of(request), at=timezone.now(), text=text, section_anchor=anchor
        )
    except workflow.Refused as refusal:
        return give_text_back(request, refusal, field="text", back=back)
    messages.success(request, "Your comment stands here. It has to be resolved before approval.")
    return HttpResponseRedirect(back)


@require_POST
@may("reply_to_comment")
def reply_to_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a comment."""
    text, back = request.POST.get("text", ""), _address_of_comments(request, pk)
    try:
        comment_id = _id_of_comment(request, pk)
        workflow.reply_to_comment(comment_id, by=user_of(request), at=timezone.now(), text=text)
    except workflow.Refused as refusal:
        return give_text_back(request, refusal, field="text", back=back)
    messages.success(request, "Your answer stands below it.")
    return HttpResponseRedirect(back)


@require_POST
@may("resolve_comment")
def resolve_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a comment as resolved."""
    with outcome_as_message(request, "Resolved."):
        comment_id = _id_of_comment(request, pk)
        workflow.resolve_comment(comment_id, by=user_of(request), at=timezone.now())
    return HttpResponseRedirect(_address_of_comments(request, pk))


def _id_of_comment(request: HttpRequest, pk: int) -> int:
    """Return the key of the comment that a form names. Raises Incomplete for another revision's."""
    comment_id = whole_number(request.POST.get("comment")) or 0
    if not revision_or_404(pk).comments.filter(pk=comment_id).exists():
        raise workflow.Incomplete("This revision has no such comment. Nothing was done.")
    return comment_id


def _address_of_comments(request: HttpRequest, pk: int) -> str:
    """Return the address of the comments that a form came from: in the editor, or in the review."""
    name = "edit" if "in_editor" in request.POST else "review"
    return reverse(f"admin:policies_{name}", args=[pk]) + "#comments"
