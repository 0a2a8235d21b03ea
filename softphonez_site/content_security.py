"""The Content Security Policy header, always in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import HEADER
from csp.middleware import CSPMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class OrderedCSPMiddleware(CSPMiddleware):
    """django-csp, with the directives in order.

    It keeps them in a set, whose order is another in each process. A policy means the same in any
    order, but the same page should have the same bytes and headers whoever serves it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        if HEADER in response:
            response[HEADER] = "; ".join(sorted(response[HEADER].split("; ")))
        return response
