"""The desk: texts and their changes as Word files, for counsel who works in Word."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from policies.models import Policy, ReviewComment, Revision
from policies.public import word_files
from policies.staff import pages
from policies.staff.comment_views import threads_of
from policies.staff.forms import DeskForm, Text
from policies.staff.guards import view_permission_required
from policies.staff.history_views import named_revisions
from policies.text.quotations import Quotation
from policies.text.word_export import Comment
from policies.workflow.returned_files import keep_sent, words_of


class WordForm(DeskForm):
    """comments: anything but "" for the unresolved comments."""

    comments = Text()


def _comments(request: HttpRequest, revision: Revision) -> list[Comment]:
    if not WordForm(request.GET).value("comments"):
        return []
    comments = []
    for thread in threads_of(revision):
        comment: ReviewComment = thread["comment"]
        if comment.resolved_at is not None:
            continue
        quotation = Quotation.of_values(comment.quotation or {}) if thread["place"] else None
        replies = [Comment(by, reply.created_at, reply.text) for reply, by in thread["replies"]]
        comments.append(
            Comment(
                thread["by"],
                comment.created_at,
                words_of(comment),
                thread["section"],
                quotation,
                tuple(replies),
            )
        )
    return comments


@require_GET
@view_permission_required("revision")
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a revision as .docx, with the unresolved comments if the form asks for them."""
    revision = pages.revision_or_404(pk)
    content = word_files.text(revision, _comments(request, revision))
    keep_sent(revision)
    return word_files.as_response(content, word_files.file_name(revision))


@require_GET
@view_permission_required("revision")
def word_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with what a revision changes in the version before it, as tracked changes."""
    revision = pages.revision_or_404(pk)
    before = revision.version_before(at=timezone.now())
    if before is None:
        raise Http404("There is no version before it.")
    return _changes(before, revision, _comments(request, revision))


@require_GET
@view_permission_required("revision")
def word_comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with what changed between any two revisions, the older one first."""
    found = named_revisions(request, get_object_or_404(Policy, pk=pk))
    if len(found) < 2:
        raise Http404("These are not two revisions of this policy.")
    old, new = found
    return _changes(old, new)


def _changes(old: Revision, new: Revision, comments: Sequence[Comment] = ()) -> HttpResponse:
    content = word_files.changes(old, new, comments)
    keep_sent(new)
    return word_files.as_response(content, word_files.file_name(old, new))
