"""What outside counsel reads with a preview link: a revision before it is published.

Nothing here is a public page: no cache keeps it, no search engine finds it, and no other site
learns where its reader came from.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from policies.languages import frame, interface, of_path, page_in
from policies.models import PreviewLink
from policies.public import comparisons, preview_links
from policies.states import NUMBERED


def _with_link(
    view: Callable[[HttpRequest, PreviewLink], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Show a page if its link is still open, or lead to the version that its draft has become; note
    the use, and mark the answer as private.
    """

    @csrf_exempt  # other methods are answered with 405, not with 403
    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        link = preview_links.find(token)
        if link is None:
            response = _unavailable(request, "unknown", 404)
        elif not link.is_open(at=now):
            response = _unavailable(request, "ended", 410)
        else:
            preview_links.note_use(link, at=now)
            revision = link.revision
            if revision.status in NUMBERED:
                response = redirect(revision.policy.url("version", number=revision.number))
            else:
                with page_in(revision.policy.language):
                    response = view(request, link)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _unavailable(request: HttpRequest, why: str, status: int) -> HttpResponse:
    language = interface(of_path(request.path))
    with page_in(language):
        context = {"why": why, **frame(language)}
        return render(request, "policies/preview_ended.html", context, status=status)


@_with_link
def preview(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    """Show the text as it is now."""
    return render(request, "policies/preview.html", _facts(link))


@_with_link
def changes(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    """Show the redline against the version in force; the text where there is none."""
    revision = link.revision
    current = revision.policy.revisions.effective(at=timezone.now()).first()
    if current is None:
        return redirect("policies:preview", preview_links.token(link))
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
        "token": preview_links.token(link),
        "revision": revision,
        "policy": policy,
        "has_version_in_force": policy.revisions.effective(at=timezone.now()).exists(),
        **frame(policy.language),
    }
