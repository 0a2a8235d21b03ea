"""One export: requests each URL, writes what is new, removes what is gone, configures servers."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from policies.operations.exporting import serving
from policies.operations.exporting.tree import (
    OWN,
    SUFFIXES,
    ExportedUrl,
    ExportFailed,
    ExportFolder,
    file_of,
)
from policies.page_cache import django_requests, responses
from policies.page_cache.core import DjangoResponse
from policies.page_cache.django_requests import Application
from policies.page_cache.from_django import may_be_kept, may_serve
from policies.public.subscription_views import AS_A_FILE

# Headers about the connection or about how this response was made: a server of files adds its own.
NOT_KEPT = {"connection", "content-length", "content-encoding", "date", "etag", "last-modified"}


@dataclass(frozen=True)
class SiteResponse:
    """The site's response to a request.

    headers: names in lower case, repeated ones joined by a comma (RFC 9110, 5.3). is_compressed:
    whether the site has its body in other content codings, too.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_compressed: bool = False

    @property
    def kept(self) -> dict[str, str]:
        """The headers that a server has to send with the body when it serves it from a file."""
        return {name: value for name, value in self.headers.items() if name not in NOT_KEPT}

    @property
    def bodies(self) -> dict[str, bytes]:
        """The body in each content coding that files have. To compress it takes a while."""
        coded = responses.compressed(self.body) if self.is_compressed else {}
        in_order = {coding: coded[coding] for coding in SUFFIXES if coding in coded}
        return {"identity": self.body, **in_order}

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
    """The application under one scheme and host, as it sends pages that are to be files."""

    def __init__(self, application: Application, base_url: str) -> None:
        """base_url: as for `parts_of`. Raises ExportFailed."""
        self.application = application
        self.scheme, self.host, self.name, self.port = parts_of(base_url)
        self.base_url = f"{self.scheme}://{self.host}"

    def get(self, path: str) -> SiteResponse:
        """Return the response to a GET of the path. A page has the headers that it has when it
        comes from memory.
        """
        environ = django_requests.environ(
            path,
            scheme=self.scheme,
            server=(self.name, self.port),
            HTTP_HOST=self.host,
            HTTP_X_FORWARDED_PROTO=self.scheme,
        )
        environ[AS_A_FILE] = "yes"
        status, headers, body = django_requests.call(self.application, environ)
        made = DjangoResponse(status, headers, body, None)
        if may_serve((self.scheme, self.host, path)) and may_be_kept(made):
            return SiteResponse(status, joined(responses.common_headers(headers)), body, True)
        return SiteResponse(status, joined(headers), body)


def joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as `SiteResponse` has them."""
    found: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


# A path at which there will never be a page: its response is the page for all missing ones.
NOWHERE = "/no/such/page/"


class Export:
    """An export of a site into a folder.

    moved: (former, present) address of each renamed policy. counts: of pages that were "written",
    "removed" or are "unchanged", and of "redirects". not_made: URLs of PDFs that could not be made.
    """

    def __init__(self, site: Site, tree: ExportFolder, *, moved: Iterable[tuple[str, str]]) -> None:
        self.site, self.tree, self.moved = site, tree, list(moved)
        self.counts = Counter[str]()
        self.not_made: list[str] = []
        self.nowhere = self._get(NOWHERE, expected={404})
        self.same_site = True

    def begin(self, *, code: str, state: str, anew: bool = False) -> None:
        """Continue the last run, or begin a new one.

        code: a digest of what makes the pages. state: the state of what they are made from. While
        both are the same, all that the last run wrote is right; while `code` is, only immutable
        pages are. anew: request every page.
        """
        everywhere = sorted(self.nowhere.kept.items())
        about = json.dumps([code, self.site.base_url, self.moved, everywhere])
        site = hashlib.sha256(about.encode() + self.nowhere.body).hexdigest()
        self.same_site = self.tree.state[:1] == [site] and not anew
        self.tree.begin([site, state], anew=anew)

    def refuse_foreign(self, urls: Iterable[str]) -> None:
        """Raise ExportFailed, before anything is written, if a file not of ours is in the way."""
        for name in ("_headers", "_redirects", "404.html", *map(file_of, urls)):
            self.tree.refuse_foreign(f"{name}{suffix}" for suffix in ("", *SUFFIXES.values()))

    def page(self, url: str, *, goes_by_clock: bool = False) -> None:
        """Bring one URL up to date. Raises ExportFailed, OSError.

        goes_by_clock: the page may have changed even if code and state have not.
        """
        entry = self.tree.known.get(url)
        if entry and not self.tree.is_whole(entry):
            entry = None
        if entry and self._is_up_to_date(entry, goes_by_clock=goes_by_clock):
            self._keep(entry)
            return
        expected = {200, 301, 302, 303, 307, 308, 404, 410}
        if url.endswith(".pdf"):
            expected.add(503)
        response = self._get(url, expected=expected)
        if response.status == 503:
            # One that can't be made keeps no page from being published. An older file is as good:
            # it has the same text.
            self.not_made.append(url)
            if entry:
                self._keep(entry)
        elif response.is_redirect:
            self.tree.put(url, response.status, response.kept, {})
            self.counts["redirects"] += 1
        elif response.status == 200:
            is_same = entry and (entry.status, entry.headers) == (200, response.kept)
            if entry and is_same and self.tree.has(entry, response.body):
                self._keep(entry)
            else:
                self._put(url, response)

    def _is_up_to_date(self, entry: ExportedUrl, *, goes_by_clock: bool) -> bool:
        for_ever = self.same_site and "immutable" in entry.headers.get("cache-control", "")
        has_been = entry.url in self.tree.seen and not goes_by_clock
        return has_been or (for_ever and bool(entry.file))

    def _keep(self, entry: ExportedUrl) -> None:
        self.tree.keep(entry)
        self.counts["unchanged"] += 1

    def finish(self) -> None:
        """Move the new files into place, remove what is gone, and write what servers need."""
        self._put(serving.NOT_FOUND, self.nowhere)
        entries = self.tree.entries()
        http, server = serving.nginx(entries)
        self.counts["removed"] = self.tree.finish(
            {
                f"{OWN}/nginx-http.conf": http,
                f"{OWN}/nginx-server.conf": server,
                f"{OWN}/files.jsonl": serving.listing(entries),
                "_headers": serving.headers_file(entries),
                "_redirects": serving.redirects_file(entries, self.moved),
            }
        )

    def _put(self, url: str, response: SiteResponse) -> None:
        is_new = self.tree.put(url, response.status, response.kept, response.bodies)
        self.counts["written" if is_new else "unchanged"] += 1

    def _get(self, url: str, *, expected: set[int]) -> SiteResponse:
        response, base = self.site.get(url), self.site.base_url
        if response.status == 400:
            raise ExportFailed(
                f"The site does not accept requests for {base} (status 400). Add its host to "
                "ALLOWED_HOSTS, or name another with --base-url."
            )
        if response.headers.get("location", "").startswith("https://") and base.startswith("http:"):
            raise ExportFailed(f"The site redirects from {base} to https. Add --base-url https://…")
        if response.status == 503 and 503 not in expected:
            raise ExportFailed(
                f"{base}{url} can't be had now (status 503), and nothing was changed. The log has "
                "the reason, here or where it was tried first. Run the export again in "
                f"{response.headers.get('retry-after', '60')} seconds."
            )
        if response.status not in expected:
            raise ExportFailed(
                f"{base}{url} has status {response.status}, and nothing was changed. The log above "
                "has the reason."
            )
        if "set-cookie" in response.headers:
            raise ExportFailed(f"{base}{url} sets a cookie, which an exported file can't.")
        return response
