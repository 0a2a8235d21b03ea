"""The desk: preview links, with which outside counsel reads a revision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.ledger.actor_names import names_of
from policies.models import Revision
from policies.public import preview_links
from policies.staff.forms import LinkForm, ShareForm
from policies.staff.pages import (
    action_required,
    outcome_as_message,
    require_one_of,
    review_url,
    revision_or_404,
    submit_text,
    user_of,
)
from policies.states import OPEN
from policies.workflow import sharing


def links_context(request: HttpRequest, revision: Revision) -> dict[str, Any]:
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
@action_required("share")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Create a link with which somebody without an account can read this revision."""
    form, by, at = ShareForm(request.POST), user_of(request), timezone.now()
    return submit_text(
        request,
        form,
        "recipient",
        lambda: workflow.share(pk, by=by, at=at, **form.values()),
        done="Link created. Copy it from the list below and send it.",
        back=f"{review_url(request, pk)}#links",
    )


@require_POST
@action_required("revoke_link")
def revoke_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a preview link."""
    links, form = revision_or_404(pk).preview_links.all(), LinkForm(request.POST)
    with outcome_as_message(request, "Link revoked. It no longer opens anything."):
        link_id = require_one_of(links, form.value("link"), "link")
        workflow.revoke_link(link_id, by=user_of(request), at=timezone.now())
    return HttpResponseRedirect(f"{review_url(request, pk)}#links")
