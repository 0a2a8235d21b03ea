"""The desk: texts and their changes as Word files, for counsel who works in Word."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from policies.models import Policy, Revision
from policies.public import word_files
from policies.staff.forms import CompareForm
from policies.staff.pages import (
    origin_of,
    revision_or_404,
    version_before,
    view_permission_required,
)
from policies.workflow.returning import keep_sent


@require_GET
@view_permission_required("revision")
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a revision as .docx."""
    word_files.require()
    revision = revision_or_404(pk)
    content = word_files.text(revision, origin_of(request))
    keep_sent(revision)
    return word_files.as_response(content, word_files.file_name(revision))


@require_GET
@view_permission_required("revision")
def word_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with what a revision changes in the version before it, as tracked changes."""
    revision = revision_or_404(pk)
    before = version_before(revision)
    if before is None:
        raise Http404("There is no version before it.")
    return _changes(request, before, revision)


@require_GET
@view_permission_required("revision")
def word_comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with what changed between any two revisions, the older one first."""
    policy, form = get_object_or_404(Policy, pk=pk), CompareForm(request.GET)
    wanted = [form.value("old") or 0, form.value("new") or 0]
    found = list(policy.revisions.filter(pk__in=wanted).order_by("pk"))
    if len(found) < 2:
        raise Http404("These are not two revisions of this policy.")
    return _changes(request, *found)


def _changes(request: HttpRequest, old: Revision, new: Revision) -> HttpResponse:
    word_files.require()
    content = word_files.changes(old, new, origin_of(request))
    keep_sent(new)
    return word_files.as_response(content, word_files.file_name(old, new))
