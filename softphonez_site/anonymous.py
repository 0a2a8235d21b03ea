"""Outside the desk, requests have no cookies, so every visitor is anonymous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.http.staff_only import DESK

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class AnonymousMiddleware:
    """Drops the cookies of requests for anything but the desk.

    So no public answer depends on a cookie, not even through Django itself, which would delete a
    session cookie that it can't read, and add Vary: Cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            request.COOKIES = {}
        return self._get_response(request)
