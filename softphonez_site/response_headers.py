"""What every answer says of itself: how long it is, and for how long it may be kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.cache import patch_cache_control

from policies.staff_only import DESK, PREVIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# What a cache may otherwise keep for as long as it sees fit (RFC 9110, section 15.1). A policy may
# be published tomorrow where there is none today.
GUESSED = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.PERMANENT_REDIRECT,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
    }
)
# RFC 9110, sections 8.6 and 15.4.5: these say nothing of the length of what they don't have.
BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
# Seconds: as long as a page that can change.
FRESH = 60


class ResponseHeadersMiddleware:
    """Adds to answers their length, and to redirects and refusals a time for which to keep them.

    Whatever comes from the desk, or shows a draft, is kept by nobody.

    Stands before whatever answers: the redirects of Django's own middleware (to https, to the
    slash at the end), and its refusal of an unknown host, pass only through what stands before it.
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
