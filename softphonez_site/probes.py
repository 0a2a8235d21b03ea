"""Lets a load balancer ask whether the site is ready, whatever host name it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from policies.page_cache.server_adapter import READY_AT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class AnyNameMiddleware:
    """Allows requests for /readyz under any host name and either scheme, as for /healthz.

    A balancer's probe goes to a machine's own address, often without TLS. If it were refused as an
    unknown host, or redirected to https, it would learn nothing about the database. Comes before
    all middleware that looks at the host or the scheme.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == READY_AT:
            site = urlsplit(settings.SITE_URL)
            request.META |= {"HTTP_HOST": site.netloc, "wsgi.url_scheme": site.scheme}
            if settings.SECURE_PROXY_SSL_HEADER:
                request.META.pop(settings.SECURE_PROXY_SSL_HEADER[0], None)
        return self._get_response(request)
