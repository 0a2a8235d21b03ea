"""Answers that need neither Django nor a thread: to the probes, and to who prefers Markdown."""

from policies.page_cache.core import DjangoResponse
from policies.page_cache.memory import Key
from policies.page_cache.responses import plain_text, prefers_markdown

# The liveness probe is answered without a thread and without Django: all threads may be waiting for
# a database, and the prober may use a host name that Django would refuse.
ALIVE_AT = "/healthz"
IS_ALIVE = "This process is alive."
ALIVE = DjangoResponse(200, *plain_text(IS_ALIVE), None)
# So is the readiness probe while the site is known not to be ready: with a database that hangs, the
# check itself would occupy a thread for seconds.
READY_AT = "/readyz"
NO_DATABASE = "The database can't be used. Pages in memory go on being served."
NOT_READY = DjangoResponse(503, *plain_text(NO_DATABASE), None)

# Beside a policy's page, the same text in Markdown.
MARKDOWN = "current.md"


def probe_response(path: str, *, is_silent: bool) -> DjangoResponse | None:
    """Return the response to a probe that needs no Django; None for every other request.

    is_silent: whether the database is known to be silent.
    """
    if path == ALIVE_AT:
        return ALIVE
    return NOT_READY if path == READY_AT and is_silent else None


def markdown_key(key: Key, accept: str) -> Key | None:
    """Return where the text of a policy's page is in Markdown, if the client prefers that."""
    scheme, host, path = key
    if not path.endswith("/") or not prefers_markdown(accept):
        return None
    return scheme, host, path + MARKDOWN


def redirect_to(path: str) -> DjangoResponse:
    """Return a redirect that no cache keeps, so that it never reaches a client that wants HTML."""
    headers, body = plain_text(f"See {path}")
    return DjangoResponse(303, [*headers, ("Location", path), ("Vary", "Accept")], body, None)
