"""One export: asks for each URL, writes what is new, removes what is gone, configures servers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.operations.exporting import serving
from policies.operations.exporting.client import ExportFailed
from policies.operations.exporting.tree import OWN, SUFFIXES, file_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.operations.exporting.client import Answer, Site
    from policies.operations.exporting.tree import Entry, Tree

# A path at which there will never be a page: its answer is the page for all missing ones.
NOWHERE = "/no/such/page/"


@dataclass
class Counts:
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    redirects: int = 0


class Export:
    """An export of a site into a folder.

    site: the site as it is served. plain: the same without compression, which is what takes time;
    asked whether a page has changed. moved: (former, present) address of each renamed policy.
    """

    def __init__(
        self, site: Site, plain: Site, tree: Tree, *, moved: Iterable[tuple[str, str]]
    ) -> None:
        self.site, self.plain, self.tree, self.moved = site, plain, tree, list(moved)
        self.counts = Counts()
        self.nowhere = self._ask(NOWHERE, expected={404})
        self.same_site = True

    def begin(self, *, code: str, state: str, anew: bool = False) -> None:
        """Continue the last run, or begin a new one.

        code: a digest of what makes the pages. state: the state of what they are made from. While
        both are the same, all that the last run wrote is right; while `code` is, only immutable
        pages are. anew: ask for every page.
        """
        everywhere = sorted(self.nowhere.kept.items())
        about = json.dumps([code, self.site.base_url, self.moved, everywhere])
        site = hashlib.sha256(about.encode() + self.nowhere.body).hexdigest()
        self.same_site = self.tree.noted("site") == site and not anew
        if not (self.same_site and self.tree.noted("edition") == state):
            self.tree.begin()
        self.tree.note("site", site)
        self.tree.note("edition", state)

    def refuse_foreign(self, urls: Iterable[str]) -> None:
        """Raise ExportRefused, before anything is written, if a file not of ours is in the way."""
        for name in ("_headers", "_redirects", "404.html", *map(file_of, urls)):
            for suffix in ("", *SUFFIXES.values()):
                self.tree.refuse_foreign(f"{name}{suffix}")

    def page(self, url: str, *, goes_by_clock: bool = False) -> None:
        """Bring one URL up to date. Raises ExportFailed, ExportRefused, OSError.

        goes_by_clock: the page may have changed even if code and state have not.
        """
        known = self.tree.entry(url)
        if known and self.tree.stands(known[0]):
            entry, run = known
            for_ever = self.same_site and "immutable" in entry.headers.get("cache-control", "")
            if (
                (run == self.tree.run and not goes_by_clock)
                or (for_ever and entry.file)
                or (entry.file and self._is_as_it_was(entry))
            ):
                self.tree.keep(url)
                self.counts.unchanged += 1
                return
        answer = self._ask(url, expected={200, 301, 302, 303, 307, 308, 404, 410})
        if answer.is_redirect:
            self.tree.put(url, answer.status, answer.kept, {})
            self.counts.redirects += 1
        elif answer.status == 200:
            self._put(url, url, answer)

    def finish(self) -> None:
        """Remove what is gone and write what servers need to know."""
        self._put(serving.NOT_FOUND, NOWHERE, self.nowhere)
        self.counts.removed = self.tree.remove_unseen()
        entries = list(self.tree.entries())
        http, server = serving.nginx(entries)
        headers = serving.headers_file(entries)
        for name, text in {
            f"{OWN}/nginx-http.conf": http,
            f"{OWN}/nginx-server.conf": server,
            f"{OWN}/files.jsonl": serving.listing(entries),
            "_headers": headers,
            "_redirects": serving.redirects_file(entries, self.moved),
        }.items():
            self.tree.write(name, text.encode())

    def _is_as_it_was(self, entry: Entry) -> bool:
        now = self.plain.ask(entry.url)
        return (
            now.status == entry.status
            and _without_vary(now.kept) == _without_vary(entry.headers)
            and self.tree.has(entry.file, now.body)
        )

    def _put(self, url: str, asked: str, answer: Answer) -> None:
        bodies = {"identity": answer.body}
        for coding in SUFFIXES if answer.varies_by_encoding else ():
            encoded = self.site.ask(asked, encoding=coding)
            if encoded.headers.get("content-encoding") == coding:
                bodies[coding] = encoded.body
        if self.tree.put(url, answer.status, answer.kept, bodies):
            self.counts.written += 1
        else:
            self.counts.unchanged += 1

    def _ask(self, url: str, *, expected: set[int]) -> Answer:
        answer = self.site.ask(url)
        base = self.site.base_url
        if answer.status == 400:
            raise ExportFailed(
                f"The site doesn't answer as {base} (status 400). "
                "Is that host in ALLOWED_HOSTS? --base-url names another."
            )
        if answer.headers.get("location", "").startswith("https://") and base.startswith("http:"):
            raise ExportFailed(f"The site redirects from {base} to https. Use --base-url https://…")
        if answer.status not in expected:
            raise ExportFailed(
                f"{base}{url} answers with status {answer.status}; see the log above."
            )
        if "set-cookie" in answer.headers:
            raise ExportFailed(f"{base}{url} sets a cookie, which an exported file can't.")
        return answer


def _without_vary(headers: dict[str, str]) -> dict[str, str]:
    """Drop Vary: the server that compresses the files adds its own."""
    return {name: value for name, value in headers.items() if name != "vary"}
