"""Shows what the public would see if an action were done.

The action is done, the page is rendered, and then everything is rolled back. So what is shown is
exactly what would happen, refusals included, and nothing of it stays.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone

from policies import languages, workflow
from policies.staff.pages import user_of

# The public pages' own policy, except that the desk may show the page in a frame.
_IN_A_FRAME = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "frame-ancestors": ["'self'"]}


def preview_action(
    request: HttpRequest,
    pk: int,
    action: Callable[..., Any],
    address: Callable[[Any], str],
    arguments: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """Answer with the public page as it would be after an action, or with the action's refusal.

    address: returns the page's path, given what the action returns. arguments: returns the action's
    own; may raise Refused.
    """
    try:
        how = arguments()
        with transaction.atomic():
            outcome = action(pk, by=user_of(request), at=timezone.now(), **how)
            response = _page_at(address(outcome), request)
            transaction.set_rollback(True)
    except (workflow.Refused, Http404) as refusal:
        context = {"problem": refusal, **languages.frame(languages.SOURCE)}
        response = render(request, "admin/policies/no_preview.html", context, status=422)
    # Pages of this site, and no others, may show it in a frame.
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = _IN_A_FRAME  # type: ignore[attr-defined]
    return response


def _page_at(path: str, asked: HttpRequest) -> HttpResponse:
    reader = HttpRequest()
    reader.method, reader.path, reader.path_info = "GET", path, path
    where = ["HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme"]
    where += (settings.SECURE_PROXY_SSL_HEADER or ())[:1]
    reader.META = {name: asked.META[name] for name in where if name in asked.META}
    match = resolve(path)
    reader.resolver_match = match
    page: HttpResponse = match.func(reader, *match.args, **match.kwargs)
    return page
