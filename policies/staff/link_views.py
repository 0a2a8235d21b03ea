"""The desk: preview links, with which outside counsel reads a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.ledger.actor_names import names_of
from policies.public import preview_links
from policies.staff.editing import whole_number
from policies.staff.pages import give_text_back, may, outcome_as_message, revision_or_404, user_of
from policies.states import OPEN
from policies.workflow import sharing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from policies.models import Revision


def of_revision(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """Return what a page needs to show a revision's preview links, the newest first.

    Also for how many days a new link is open: by default, and at most.
    """
    now, links = timezone.now(), list(revision.preview_links.all())
    names = names_of(it.created_by_id for it in links)
    described = [
        {
            "link": it,
            "by": names[it.created_by_id],
            # A published text needs no link.
            "is_open": it.is_open(at=now) and revision.status in OPEN,
            "address": request.build_absolute_uri(
                reverse("policies:preview", args=[preview_links.token(it)])
            ),
        }
        for it in links
    ]
    days = {"default_days": sharing.DEFAULT_DAYS, "most_days": sharing.MAX_DAYS}
    return {"links": described, **days}


@require_POST
@may("share")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link with which somebody without an account can read this revision."""
    recipient = request.POST.get("recipient", "")
    days = whole_number(request.POST.get("days")) or 0
    try:
        workflow.share(pk, by=user_of(request), at=timezone.now(), recipient=recipient, days=days)
    except workflow.Refused as refusal:
        return give_text_back(request, refusal, field="recipient", back=_address_of_links(pk))
    messages.success(request, "The link is made. Copy it from the list below and send it.")
    return HttpResponseRedirect(_address_of_links(pk))


@require_POST
@may("revoke_link")
def revoke_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a preview link."""
    with outcome_as_message(request, "Revoked. The link opens nothing any more."):
        workflow.revoke_link(_id_of_link(request, pk), by=user_of(request), at=timezone.now())
    return HttpResponseRedirect(_address_of_links(pk))


def _id_of_link(request: HttpRequest, pk: int) -> int:
    """Return the key of the link that a form names. Raises Incomplete for another revision's."""
    link_id = whole_number(request.POST.get("link")) or 0
    if not revision_or_404(pk).preview_links.filter(pk=link_id).exists():
        raise workflow.Incomplete("This revision has no such link. Nothing was done.")
    return link_id


def _address_of_links(pk: int) -> str:
    return reverse("admin:policies_review", args=[pk]) + "#links"
