"""A site on which every public route has something to answer with, for all tests that only read."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.servers import printed
from tests.site.everything import filled, public_routes
from tests.site.filling import GERMAN, OLD_NAME
from tests.site.serving import environment, make_database

__all__ = ["OLD_NAME", "Sample", "WholeSite", "make_whole_site"]


class Sample(NamedTuple):
    """A path for a route. view: the route's name. path: without a query."""

    view: str
    path: str


@dataclass(frozen=True)
class WholeSite:
    """The site. folder: of its files. open, revoked: tokens of preview links."""

    folder: Path
    open: str
    revoked: str

    def samples(self):
        """Return a path for each public route. Raises KeyError for an unknown parameter."""
        values = {"day": "2026-01-02", "token": self.open}
        slugs = {True: GERMAN, False: "privacy"}
        return [
            Sample(name, filled(route, slug=slugs["<language:" in route], **values))
            for name, route in public_routes()
        ]


def make_whole_site(folder):
    """Make the site in `folder`, in a process of its own, so that everything is committed."""
    make_database(folder)
    tokens = printed("-m", "tests.site.filling", env=environment(folder, 0))
    return WholeSite(folder=folder, **json.loads(tokens))
