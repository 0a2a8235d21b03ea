"""Makes a page by asking Django, through all middleware, with a request made of its key alone."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve

from policies.page_cache import django_requests
from policies.page_cache.core import DjangoResponse
from policies.page_cache.django_requests import Application
from policies.page_cache.memory import Key
from policies.publication_state.reading import read_state


def page_from(django: Application) -> Callable[[Key], DjangoResponse | None]:
    """Return a function that makes the page at a key by asking this application.

    A page takes several queries, each of which sees what is committed when it begins. So the state
    is read before and after: if they differ, the page may be a mix of both, and core.py has it made
    again.
    """

    def make(key: Key) -> DjangoResponse | None:
        if not _is_public(key):
            return None
        try:
            state = read_state()
            made = _response_to(django, key)
            if not may_be_kept(made):
                return made
            if read_state() != state:
                return replace(made, is_mixed=True)
            return replace(made, state=state)
        finally:
            close_old_connections()

    return make


def may_serve(key: Key) -> bool:
    """Whether Django serves this host, and may have a public page at this address."""
    domain, _ = split_domain_port(key[1])
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS) and _is_public(key)


def _is_public(key: Key) -> bool:
    """Whether there may be a public page here: `public.page.public` marks the view."""
    scheme, _, path = key
    if settings.DEBUG or not path.isascii() or (settings.SECURE_SSL_REDIRECT and scheme == "http"):
        return False  # Django redirects to https, query string included
    try:
        return getattr(resolve(path).func, "is_public", False)
    except Resolver404:
        return False


def may_be_kept(made: DjangoResponse) -> bool:
    """Whether a response is a page for everybody: no error, no redirect, no cookie."""
    headers = {name.lower(): value.lower() for name, value in made.headers}
    return (
        made.status == 200
        and "set-cookie" not in headers
        and "content-encoding" not in headers
        and headers.get("vary", "accept-encoding") == "accept-encoding"
        and "public" in headers.get("cache-control", "")
        and "no-store" not in headers["cache-control"]
    )


def _response_to(django: Application, key: Key) -> DjangoResponse:
    scheme, host, path = key
    server = ("localhost", 443 if scheme == "https" else 80)
    environ = django_requests.environ(path, scheme=scheme, server=server, HTTP_HOST=host)
    if settings.SECURE_PROXY_SSL_HEADER:
        environ[settings.SECURE_PROXY_SSL_HEADER[0]] = scheme
    return DjangoResponse(*django_requests.call(django, environ), None)
