"""The Content Security Policy header, with its directives always in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import HEADER
from csp.middleware import CSPMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class OrderedCSPMiddleware(CSPMiddleware):
    """django-csp's middleware, but with sorted directives.

    django-csp keeps them in a set, whose order differs between processes. A policy means the same
    in any order, but a page should have the same headers whichever process serves it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        if HEADER in response:
            response[HEADER] = "; ".join(sorted(response[HEADER].split("; ")))
        return response
