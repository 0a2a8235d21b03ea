"""Requests on their way to Django: HEAD becomes GET, and Content-Type what forms need of it.

Django's own middleware never answers HEAD with an ETag or a 304, and Django leaves it to the server
to drop the content, about which gunicorn then complains (RFC 9110, 9.3.2).

Django decodes the parameters of Content-Type before any middleware runs, with whatever codec they
name: a stranger could cause a 500, or put into a form what is not text. So every form is read as
UTF-8, which browsers send, and the only parameter that is kept is the boundary of a multipart form.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from policies.page_cache.wsgi_calls import Application

# RFC 9110, section 5.6.2; RFC 2046, section 5.1.1, but no space in a boundary: nobody uses that.
_TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  no password
_TYPE = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*(?:;|\Z)")
_BOUNDARY = re.compile(
    r";\s*boundary=\"?([0-9A-Za-z'()+_,\-./:=?]{1,70})\"?\s*(?:;|\Z)", re.IGNORECASE
)


def plain(content_type: str) -> str:
    """Return a Content-Type without parameters, except a form's boundary; "" if it is invalid."""
    found = _TYPE.match(content_type)
    if found is None:
        return ""
    kind = found[1].lower()
    boundary = _BOUNDARY.search(content_type) if kind.startswith("multipart/") else None
    return f'{kind}; boundary="{boundary[1]}"' if boundary else kind


def prepared_for(django: Application) -> Application:
    """Return a WSGI application that passes requests on to Django, made `plain` and HEAD as GET."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if given := environ.get("CONTENT_TYPE"):
            environ = {**environ, "CONTENT_TYPE": plain(given)}
        if environ["REQUEST_METHOD"] != "HEAD":
            return django(environ, start_response)  # type: ignore[no-any-return]
        content = django({**environ, "REQUEST_METHOD": "GET"}, start_response)
        if hasattr(content, "close"):
            content.close()
        return ()

    return application
