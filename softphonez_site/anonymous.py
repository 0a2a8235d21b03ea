"""Outside the desk, nobody is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.staff_only import DESK

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class AnonymousMiddleware:
    """Takes the cookies from requests for anything but the desk.

    No public answer depends on one then, not even by what Django itself does with cookies: it
    deletes a session's that it can't read, and says that the answer varies by it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            request.COOKIES = {}
        return self._get_response(request)
