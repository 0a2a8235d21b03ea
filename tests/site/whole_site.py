"""A site on which every public route has something to answer with, and a path for each route."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.site.everything import routes
from tests.site.filling import GERMAN, OLD_NAME
from tests.site.serving import ROOT, environment, make_database

__all__ = ["OLD_NAME", "Sample", "WholeSite", "make_whole_site", "public_routes"]


@dataclass(frozen=True)
class Sample:
    """A path for a route. view: the route's name. route: as in urls.py. path: without a query."""

    view: str
    route: str
    path: str


@dataclass(frozen=True)
class WholeSite:
    """The site. folder: of its files. open, revoked: tokens of preview links."""

    folder: Path
    open: str
    revoked: str

    def samples(self) -> list[Sample]:
        """Return a path for each public route. Raises KeyError for an unknown parameter."""
        return [
            Sample(name, route, "/" + self._filled(name, route)) for name, route in public_routes()
        ]

    def _filled(self, name: str, route: str) -> str:
        is_german = route.startswith("<language:")
        values = {
            "<language:language>": "de",
            "<policy_slug:slug>": GERMAN if is_german else "privacy",
            "<policy_slug:name>": "current",
            "<number:number>": "1",
            "<number:old>": "1",
            "<number:new>": "2",
            "<number:before>": "2",
            "<str:day>": "2026-01-02",
            "<str:token>": self.open,
        }
        for written, value in values.items():
            route = route.replace(written, value)
        if "<" in route:
            raise KeyError(f"{name}: name a value for {route} in tests/site/whole_site.py.")
        return route


def public_routes() -> Iterator[tuple[str, str]]:
    """Yield the name, without a namespace, and the route of each address outside the desk."""
    for name, route in routes():
        if not route.startswith("admin/"):
            yield name.rpartition(":")[2], route


def make_whole_site(folder: Path) -> WholeSite:
    """Make the site in `folder`, in a process of its own, so that everything is committed."""
    make_database(folder)
    said = subprocess.run(
        [sys.executable, "-m", "tests.site.filling"],
        cwd=ROOT,
        env=environment(folder, 0),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return WholeSite(folder=folder, **json.loads(said.stdout))
