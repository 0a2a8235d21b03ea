"""What the public would see if a verb were done: the verb is done, the page is rendered, and all
of it is rolled back. So it shows the truth, refusals included, and nothing of it stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone

from policies import languages, workflow
from policies.desk_common import user_of

if TYPE_CHECKING:
    from collections.abc import Callable

# A public page's own, but that the desk may show it in a frame.
_IN_A_FRAME = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "frame-ancestors": ["'self'"]}


def shown(
    request: HttpRequest,
    pk: int,
    verb: Callable[..., Any],
    address: Callable[[Any], str],
    **how: Any,
) -> HttpResponse:
    """Answer with the public page at `address` of what the verb returns, as it would then be.

    how: the verb's own arguments. A refusal is answered with its words.
    """
    try:
        with transaction.atomic():
            outcome = verb(pk, by=user_of(request), at=timezone.now(), **how)
            response = _page_at(address(outcome), request)
            transaction.set_rollback(True)
    except (workflow.Refused, Http404) as refusal:
        return refused(request, refusal)
    return _framed(response)


def refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """Say in the page's place why there is nothing to show."""
    context = {"problem": refusal, **languages.frame(languages.SOURCE)}
    return _framed(render(request, "admin/policies/not_to_show.html", context, status=422))


def _framed(response: HttpResponse) -> HttpResponse:
    """Let pages of this site, and no others, show an answer in a frame, as django-csp is told."""
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = _IN_A_FRAME  # type: ignore[attr-defined]
    return response


def _page_at(path: str, asked: HttpRequest) -> HttpResponse:
    """Return the page that a reader gets at a path of this site."""
    reader = HttpRequest()
    reader.method, reader.path, reader.path_info = "GET", path, path
    where = ["HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme"]
    where += (settings.SECURE_PROXY_SSL_HEADER or ())[:1]
    reader.META = {name: asked.META[name] for name in where if name in asked.META}
    match = resolve(path)
    reader.resolver_match = match
    page: HttpResponse = match.func(reader, *match.args, **match.kwargs)
    return page
