"""What pages of the desk share: their frame, their addresses, what they show of a revision."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from policies.models import Policy, Revision
from policies.models.version_status import with_status
from policies.public import comparisons
from policies.staff.guards import is_allowed
from policies.states import OPEN, Status


def revision_or_404(pk: int) -> Revision:
    """Return a revision with its policy and its sections, which a page asks for again and again."""
    revisions = Revision.objects.select_related("policy").prefetch_related("sections")
    return get_object_or_404(revisions, pk=pk)


def button_of(request: HttpRequest, default: str = "") -> str:
    return request.POST.get("do", default)


def window_of(request: HttpRequest, revision: Revision) -> str:
    """Return a name for the window that a form comes from: only its newest preview is wanted."""
    return f"{request.user.pk} {revision.pk} {request.POST.get('window', '')}"


def render_staff_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the desk in the admin's frame.

    context: what is about a revision is about its policy. refused: whether it returns what was
    sent, with the reason why it was not accepted (422). Also if the context's form has errors.
    """
    site = admin.site.each_context(request)
    if revision := context.get("revision"):
        site["policy"] = revision.policy
    form = context.get("form")
    status = 422 if refused or (form is not None and form.errors) else status
    return render(request, f"admin/policies/{template}", {**site, **context}, status=status)


# --- Addresses -----------------------------------------------------------------------------------


def is_in_editor(request: HttpRequest) -> bool:
    """Return whether a small form was sent from the editor, and not from the review page."""
    return "in_editor" in request.POST


def form_page_url(request: HttpRequest, pk: int) -> str:
    """Return the address of the page that a small form about a revision came from."""
    return reverse(f"admin:policies_{'edit' if is_in_editor(request) else 'review'}", args=[pk])


def work_url(request: HttpRequest, pk: int) -> str:
    """Return where this person works on a revision: its editor, if it is a draft and they may
    write; else its review; or its policy, if it was discarded.
    """
    revision = get_object_or_404(Revision.objects.only("status", "policy_id"), pk=pk)
    if revision.status == Status.DISCARDED:
        return policy_url(request, revision.policy_id)
    is_written = revision.status == Status.DRAFT and is_allowed(request, "save_draft")
    return reverse(f"admin:policies_{'edit' if is_written else 'review'}", args=[pk])


def policy_url(request: HttpRequest, pk: int) -> str:
    get_object_or_404(Policy.objects.only("pk"), pk=pk)  # the form may be refused before the action
    return reverse("admin:policies_policy_change", args=[pk])


def review_url(request: HttpRequest, pk: int) -> str:
    return reverse("admin:policies_review", args=[pk])


# --- A revision ----------------------------------------------------------------------------------


def state_of(revision: Revision) -> str:
    """Return a revision's state as a label; of a published version, what it is to readers now."""
    if revision.status != Status.PUBLISHED:
        return str(revision.get_status_display())
    return with_status([revision], at=timezone.now())[0].status.label


def against_what_was_before(revision: Revision) -> dict[str, Any]:
    """Return the redline of a draft against the version in force, or of a version against the one
    before it; the whole text if there is nothing to compare with.
    """
    before = revision.version_before(at=timezone.now())
    if before is None:
        return {"redline": None, "html": revision.html}
    if before.pk == revision.based_on_id:
        revision.based_on = before  # lest it be read again
    is_same_text = revision.status in OPEN and revision.digest == before.digest
    return {
        "redline": comparisons.of_texts(before.document(), revision.document()),
        "old": before,
        "newly_renders": is_same_text
        and revision.source_version_id not in {None, before.source_version_id},
    }
