"""Requests pages from the site's application in this process, as a server in front would."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from policies.page_cache import django_requests
from policies.page_cache.django_requests import Application
from policies.public.subscription_views import AS_A_FILE

# Headers about the connection or about how this response was made: a server of files adds its own.
NOT_KEPT = {"connection", "content-length", "content-encoding", "date", "etag", "last-modified"}


class ExportFailed(Exception):
    """The site can't be exported, or not to that folder. The message is for the operator."""


@dataclass(frozen=True)
class Response:
    """The site's response to a request.

    headers: names in lower case, repeated ones joined by a comma (RFC 9110, 5.3).
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kept(self) -> dict[str, str]:
        """The headers that a server has to send with the body when it serves it from a file."""
        return {name: value for name, value in self.headers.items() if name not in NOT_KEPT}

    @property
    def is_redirect(self) -> bool:
        return self.status in {301, 302, 303, 307, 308}


def parts_of(base_url: str) -> tuple[str, str, str, int]:
    """Return scheme, host with the port if one is given, host without it, and port.

    Raises ExportFailed unless the URL is like https://policies.example.com, without a path.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ExportFailed(f"{base_url!r} is not an address like https://policies.example.com.")
    return parts.scheme, parts.netloc, parts.hostname, port


class Site:
    """The application under one scheme and host."""

    def __init__(self, application: Application, base_url: str) -> None:
        """base_url: as for `parts_of`. Raises ExportFailed."""
        self.application = application
        self.scheme, self.host, self.name, self.port = parts_of(base_url)
        self.base_url = f"{self.scheme}://{self.host}"

    def get(self, path: str, *, encoding: str = "identity") -> Response:
        """Return the response to a GET of the path, in the content coding if the site has it."""
        environ = django_requests.environ(
            path,
            scheme=self.scheme,
            server=(self.name, self.port),
            HTTP_HOST=self.host,
            HTTP_ACCEPT_ENCODING=encoding,
            HTTP_X_FORWARDED_PROTO=self.scheme,
        )
        environ[AS_A_FILE] = "yes"
        status, headers, body = django_requests.call(self.application, environ)
        return Response(status, joined(headers), body)


def joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as `Response` has them."""
    found: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found
