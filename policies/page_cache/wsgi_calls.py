"""A WSGI application (PEP 3333), called as a server calls it."""

import io
import sys
from collections.abc import Callable
from typing import IO, Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
Header = tuple[str, str]


def environ(
    path: str, *, scheme: str, server: tuple[str, int], body: IO[bytes] | None = None, **more: str
) -> dict[str, Any]:
    """Return the environment of a request: a GET by HTTP/1.1, unless `more` says otherwise.

    path: decoded, as PEP 3333 has it: each byte as the character of that number. server: name and
    port. more: further variables, such as HTTP_HOST.
    """
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body or io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **more,
    }


def call(application: Application, request: dict[str, Any]) -> tuple[int, list[Header], bytes]:
    """Return status, headers and body of the answer to a request, as `environ` returns it."""
    started: list[Any] = []

    def start_response(status: str, headers: list[Header], exc_info: Any = None) -> None:
        started[:] = [int(status.split(" ", 1)[0]), headers]

    pieces = application(request, start_response)
    try:
        body = b"".join(pieces)
    finally:
        # Django gives its database connection back here.
        if hasattr(pieces, "close"):
            pieces.close()
    return started[0], started[1], body
