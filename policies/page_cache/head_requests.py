"""HEAD requests to Django: answered as GET, without the content (RFC 9110, 9.3.2).

Django's own middleware never answers HEAD with an ETag or a 304. And Django leaves it to the server
to drop the content, about which gunicorn then complains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policies.page_cache.wsgi_calls import Application


def answering_heads(application: Application) -> Application:
    """Return a WSGI application that answers HEAD as `application` answers GET, but no content."""

    def with_response(
        environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return application(environ, start_response)  # type: ignore[no-any-return]
        content = application({**environ, "REQUEST_METHOD": "GET"}, start_response)
        if hasattr(content, "close"):
            content.close()
        return ()

    return with_response
