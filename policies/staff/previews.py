"""Public pages as they would be after an action, shown before somebody does it."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone

from policies import languages, workflow
from policies.public.page import with_policy
from policies.staff.guards import user_of

# The public pages' own policy, except that the desk may show the page in a frame.
_IN_A_FRAME = {"frame-ancestors": [SELF]}


def preview_action(
    request: HttpRequest,
    pk: int,
    action: Callable[..., Any],
    address: Callable[[Any], str],
    arguments: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """Answer with the public page as it would be after an action, or with the action's refusal.

    The action is done, the page is rendered, and then everything is rolled back: what is shown is
    exactly what would happen, and nothing of it stays.

    address: returns the page's path, given what the action returns. arguments: returns the action's
    own; may raise Refused.
    """
    try:
        how = arguments()
        with transaction.atomic():
            outcome = action(pk, by=user_of(request), at=timezone.now(), **how)
            response = _page_at(address(outcome))
            transaction.set_rollback(True)
    except (workflow.Refused, Http404) as refusal:
        context = {"problem": refusal, **languages.frame(languages.SOURCE)}
        response = render(request, "admin/policies/no_preview.html", context, status=422)
    # Pages of this site, and no others, may show it in a frame.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return with_policy(response, _IN_A_FRAME)


def _page_at(path: str) -> HttpResponse:
    reader = HttpRequest()
    reader.method, reader.path, reader.path_info = "GET", path, path
    match = resolve(path)
    reader.resolver_match = match
    page: HttpResponse = match.func(reader, *match.args, **match.kwargs)
    return page
