"""What outside counsel reads with a preview link: a revision before it is published.

Nothing here is a public page: no cache keeps it, no search engine finds it, and no other site
learns where its reader came from.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any

from csp.constants import SELF
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from policies import child_process
from policies.database.transactions import without_waiting
from policies.languages import frame, interface, of_path, page_in
from policies.models import PreviewLink
from policies.public import comparisons, preview_comments
from policies.public.page import private, require_readable, with_form, with_style
from policies.states import NUMBERED


def note_use(link: PreviewLink, *, at: datetime) -> None:
    """Note that a link was opened. A database that can't be written to keeps no reader out."""
    with suppress(DatabaseError), without_waiting(), transaction.atomic():
        PreviewLink.objects.filter(pk=link.pk).update(last_used_at=at, uses=F("uses") + 1)


def _with_link(
    view: Callable[[HttpRequest, PreviewLink], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Show a page if its link is still open, or lead to the version that its draft has become; note
    the use, and mark the answer as private.
    """

    @csrf_exempt  # other methods are answered with 405, not with 403; see preview_comments.py
    @wraps(view)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        links = PreviewLink.objects.select_related("revision__policy", "revision__rendering")
        link = links.with_token(token).first()
        if link is None:
            response = _unavailable(request, "unknown", 404)
        elif not link.is_open(at=now):
            response = _unavailable(request, "ended", 410)
        else:
            if request.method != "POST":
                note_use(link, at=now)
            revision = link.revision
            if revision.status in NUMBERED:
                response = redirect(revision.policy.url("version", number=revision.number))
            else:
                with (
                    page_in(revision.policy.language),
                    child_process.on_behalf_of(f"link {link.pk}"),
                ):
                    response = view(request, link)
        return private(response)

    return page


def _unavailable(request: HttpRequest, why: str, status: int) -> HttpResponse:
    language = interface(of_path(request.path))
    with page_in(language):
        context = {"why": why, **frame(language)}
        return render(request, "policies/preview_ended.html", context, status=status)


@require_safe
@_with_link
def preview(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    """Show the text as it is now."""
    return _text(request, link)


def _text(
    request: HttpRequest,
    link: PreviewLink,
    *,
    problem: str = "",
    field: str = "",
    status: int = 200,
) -> HttpResponse:
    """problem: with a field of the form for comments."""
    facts = _facts(link)
    if not link.takes_comments:
        return render(request, "policies/preview.html", facts, status=status)
    facts |= preview_comments.context(request, link, problem, field)
    response = render(request, "policies/preview_comments.html", facts, status=status)
    return with_form(response, **{"script-src": [SELF]})


@require_POST
@_with_link
def comment(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    """Store a comment by whoever has the link; if it can't be, show why, with what was typed."""
    if not link.takes_comments or preview_comments.comes_from_elsewhere(request):
        raise PermissionDenied
    if preview_comments.is_too_long(request):
        problem = preview_comments.problem_with("text")
        return _text(request, link, problem=problem, field="text", status=413)
    require_readable(request)
    problem, field = preview_comments.send(request, link)
    if problem:
        return _text(request, link, problem=problem, field=field, status=422)
    address = reverse("policies:preview", args=[link.token])
    return HttpResponseRedirect(f"{address}#site:comments")


@with_style("redline")
@require_safe
@_with_link
def changes(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    """Show the redline against the version in force; the text where there is none."""
    revision = link.revision
    current = revision.policy.revisions.effective(at=timezone.now()).first()
    if current is None:
        return redirect("policies:preview", link.token)
    compared = comparisons.of_texts(
        current.document(), revision.document(), language=revision.policy.language
    )
    context = {**_facts(link), "old": current, "redline": compared}
    return render(request, "policies/preview_changes.html", context)


def _facts(link: PreviewLink) -> dict[str, Any]:
    revision = link.revision
    policy = revision.policy
    return {
        "link": link,
        "token": link.token,
        "revision": revision,
        "policy": policy,
        "has_version_in_force": policy.revisions.effective(at=timezone.now()).exists(),
        **frame(policy.language),
    }
