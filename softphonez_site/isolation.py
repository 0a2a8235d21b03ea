"""Keeps other sites from reading or embedding answers, unless a view allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Fetch Standard, section 3.7; HTML Standard, section 7.1.4.
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"
EMBEDDER_POLICY = "Cross-Origin-Embedder-Policy"


class IsolationMiddleware:
    """Keeps answers out of other sites' pages, and what other sites don't permit out of ours.

    Pages meant for other sites have a Cross-Origin-Resource-Policy of their own (public_page.py,
    embedding.py). Comes before middleware that redirects or refuses, so that those answers get the
    headers too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.setdefault(RESOURCE_POLICY, "same-origin")
        response.setdefault(EMBEDDER_POLICY, "require-corp")
        return response
