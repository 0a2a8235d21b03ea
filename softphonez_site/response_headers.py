"""Headers of every answer: its length, and for how long it may be cached."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.cache import patch_cache_control

from policies.http.staff_only import DESK, PREVIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Statuses that a cache may keep for as long as it sees fit if no header says how long (RFC 9110,
# section 15.1). But where there is no policy today, one may be published tomorrow.
GUESSED = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.PERMANENT_REDIRECT,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
    }
)
# Without a body, and so without Content-Length (RFC 9110, sections 8.6 and 15.4.5).
BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
# Seconds; the same as for a page that can change (public_page.py).
FRESH = 60


class ResponseHeadersMiddleware:
    """Adds Content-Length to answers, and a time for which to cache them to redirects and refusals.

    Answers from the desk, and those that show a draft, may not be cached at all.

    Comes before the middleware that redirects (to https, to the URL with a closing slash) or
    refuses (an unknown host): only so do those answers pass through it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if settings.STAFF and f"{request.path_info}/".startswith(DESK):
            response["Cache-Control"] = "no-store, private"
        if request.path_info.startswith(PREVIEW):
            response.setdefault("Cache-Control", "no-store")
        if response.status_code in GUESSED and not response.has_header("Cache-Control"):
            patch_cache_control(response, max_age=FRESH)
        if not response.streaming and response.status_code not in BODILESS:
            response.setdefault("Content-Length", str(len(response.content)))
        return response
