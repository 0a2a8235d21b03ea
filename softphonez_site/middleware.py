"""What every request outside policies/page_cache/ passes, in the order of settings.MIDDLEWARE.

The first four come before the middleware that redirects (to https, to the URL with a closing slash)
or refuses (an unknown host): only so do those responses pass through them.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from csp.constants import HEADER, SELF
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.utils.cache import patch_cache_control

from policies.http.staff_only import DESK, PREVIEW
from policies.page_cache.core import READS
from policies.page_cache.responses import prefers_markdown
from policies.page_cache.without_django import ALIVE_AT, MARKDOWN, READY_AT, redirect_to
from policies.public.inline_assets import STYLE_SOURCES
from policies.public.page import own_policy, require_readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from csp.middleware import PolicyParts
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    GetResponse = Callable[[HttpRequest], HttpResponse]

# Statuses that a cache may keep for as long as it sees fit if no header says how long (RFC 9110,
# section 15.1). But where there is no policy today, one may be published tomorrow.
CACHED_BY_DEFAULT = frozenset(
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
# The unreserved characters (RFC 3986, section 2.3), percent-encoded.
ENCODED_FOR_NOTHING = re.compile("%(2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", re.IGNORECASE)
# Seconds; the same as for a page that can change (public/page.py).
FRESH = 60
# The public pages contain their stylesheet; the admin's are linked.
SITE_POLICY = {
    **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "style-src": [SELF, STYLE_SOURCES["site"], STYLE_SOURCES["contents"]],
}


def any_host_for_probes(get_response: GetResponse) -> GetResponse:
    """Allow requests for the probes under any host name and either scheme.

    A load balancer's probe goes to a machine's own address, often without TLS. If it were refused
    as an unknown host, or redirected to https, it would learn nothing about the site.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in {ALIVE_AT, READY_AT}:
            as_for_the_site(request)
        return get_response(request)

    return middleware


def response_headers(get_response: GetResponse) -> GetResponse:
    """Add Content-Length to responses, and to redirects and refusals for how long to cache them.

    Responses from the desk, and those that show a draft, may not be cached at all.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.STAFF and f"{request.path_info}/".startswith(DESK):
            response["Cache-Control"] = "no-store, private"
        if request.path_info.startswith(PREVIEW):
            response.setdefault("Cache-Control", "no-store")
        if response.status_code in CACHED_BY_DEFAULT and not response.has_header("Cache-Control"):
            patch_cache_control(response, max_age=FRESH)
        if not response.streaming and response.status_code not in BODILESS:
            response.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware


def isolation(get_response: GetResponse) -> GetResponse:
    """Keep responses out of other sites' pages, and what other sites don't permit out of ours.

    Fetch Standard, section 3.7; HTML Standard, section 7.1.4. Pages meant for other sites have a
    Cross-Origin-Resource-Policy of their own (public/page.py, public/embedding.py).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        return response

    return middleware


def canonical_address(get_response: GetResponse) -> GetResponse:
    """Show every request for a public page as one for SITE_URL, whatever allowed host it names.

    So whoever comes by another name or port, or makes one up, gets the same page, with addresses
    of the one site. Comes after CommonMiddleware, which refuses a host that isn't allowed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            as_for_the_site(request)
        return get_response(request)

    return middleware


def canonical_spelling(get_response: GetResponse) -> GetResponse:
    """Redirect from "/%70rivacy/" to "/privacy/": the same address (RFC 3986, section 6.2.2.2).

    An encoded slash is not a slash (section 2.2), though WSGI decodes it: nothing is found there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        spelling = request.META.get("RAW_URI", "").partition("?")[0]
        if "%" in spelling and request.method in READS:
            if "%2f" in spelling.lower():
                raise Http404("The address has an encoded slash.")
            if ENCODED_FOR_NOTHING.search(spelling) and is_valid_path(request.path_info):
                return HttpResponsePermanentRedirect(request.get_full_path())
        return get_response(request)

    return middleware


def markdown_for_programs(get_response: GetResponse) -> GetResponse:
    """Lead whoever prefers Markdown from a policy's page to its text, as page_cache/asgi.py does
    for a page in memory.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        accept = request.headers.get("Accept", "")
        if "text/markdown" not in accept or not prefers_markdown(accept):
            return response
        match = request.resolver_match
        if match and match.view_name == "policies:policy" and response.status_code == 200:
            made = redirect_to(request.path + MARKDOWN)
            return HttpResponse(made.body, status=made.status, headers=dict(made.headers))
        return response

    return middleware


def as_for_the_site(request: HttpRequest) -> None:
    """Give a request the scheme and host of SITE_URL."""
    site = urlsplit(settings.SITE_URL)
    request.META |= {"HTTP_HOST": site.netloc, "wsgi.url_scheme": site.scheme}
    if settings.SECURE_PROXY_SSL_HEADER:
        request.META.pop(settings.SECURE_PROXY_SSL_HEADER[0], None)


def anonymous(get_response: GetResponse) -> GetResponse:
    """Drop the cookies of requests for anything but the desk.

    So no public response depends on a cookie, not even through Django itself, which would delete a
    session cookie that it can't read, and add Vary: Cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            request.COOKIES = {}
        return get_response(request)

    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp's middleware, with what a response has of its own, and with sorted directives.

    django-csp keeps them in a set, whose order differs between processes. A policy means the same
    in any order, but a page should have the same headers whichever process serves it.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            parts.config = SITE_POLICY
            parts.replace = own_policy(response) or parts.replace
        return parts

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        if HEADER in response:
            response[HEADER] = "; ".join(sorted(response[HEADER].split("; ")))
        return response


class MalformedFormsMiddleware:
    """Answers 400 to a form on which Django's form parser fails.

    Comes right before the CSRF middleware, which is otherwise the first to read a form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Read the form now, if the CSRF check is going to. Raises BadRequest."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            require_readable(request)
