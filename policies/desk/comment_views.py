"""The desk: comments on a revision or one of its sections; answering and resolving them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from policies import workflow
from policies.desk_common import attempt_and_tell, attempt_keeping_text, may, revision_or_404
from policies.people import names_of

from .editing import whole_number

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
    anchor, back = request.POST.get("section", ""), _comments(request, pk)
    said = "Your comment stands here. It has to be resolved before approval."
    return attempt_keeping_text(
        request, workflow.comment, pk, said, field="text", back=back, section_anchor=anchor
    )


@require_POST
@may("answer_comment")
def answer_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a comment."""
    number = _comment_of(request, pk)
    if not number:
        return _not_there(request, pk)
    said, back = "Your answer stands below it.", _comments(request, pk)
    return attempt_keeping_text(
        request, workflow.answer_comment, number, said, field="text", back=back
    )


@require_POST
@may("resolve_comment")
def resolve_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a comment as resolved."""
    number = _comment_of(request, pk)
    if not number:
        return _not_there(request, pk)
    attempt_and_tell(request, workflow.resolve_comment, number, "Resolved.")
    return HttpResponseRedirect(_comments(request, pk))


def _not_there(request: HttpRequest, pk: int) -> HttpResponse:
    messages.error(request, "This revision has no such comment. Nothing was done.")
    return HttpResponseRedirect(_comments(request, pk))


def _comment_of(request: HttpRequest, pk: int) -> int:
    """Return the key of the comment that a form names; 0 if it is not one of this revision's."""
    number = whole_number(request.POST.get("comment")) or 0
    return number if revision_or_404(pk).comments.filter(pk=number).exists() else 0


def _comments(request: HttpRequest, pk: int) -> str:
    """Return the URL of the comments that a form came from: in the editor, or in the review."""
    name = "edit" if "in_editor" in request.POST else "review"
    return reverse(f"admin:policies_{name}", args=[pk]) + "#comments"
