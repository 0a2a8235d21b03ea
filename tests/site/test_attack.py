"""Hostile input at every door of the site: never a 500, never markup that somebody slipped in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from policies import pdfs
from tests.conftest import PROFILE
from tests.site.everything import Everything, routes
from tests.site.hostile_values import FIELDS, HEADERS, MARKUP, PATHS, QUERIES, VALUES
from tests.site.test_permissions import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

# A form that most verbs take, so that a hostile field is met by more than the first check.
PLAUSIBLE = {
    **{"title": "Title", "introduction": "Text.", "heading": "Scope", "anchor": "scope"},
    **{"body": "Text.", "seen_saves": "1", "do": "save", "months": "6", "key": "x"},
    **{"reason": "A reason.", "text": "A text.", "section": "scope", "comment": "1", "days": "7"},
    **{"recipient": "Ann", "link": "1", "slug": "new-name", "name": "Name", "language": "en"},
    **{"notice": "Gone.", "html": "<p>a</p>", "kind": "material", "when": "later"},
    **{"effective": "2090-01-01T00:00", "change_note": "New."},
}

# Where a redirect may lead: a path, a query or this host.
HERE = re.compile(r"(http://testserver(:\d+)?)?/(?![/\\])|[^/:\\]*\Z|\?")

pytestmark = pytest.mark.django_db


class Attacker:
    """Somebody at the doors of a site with everything: as a superuser, whom nothing stops early.

    Each attempt is undone, so that each finds the site as it was.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, letter: str = "S") -> None:
        monkeypatch.setattr(pdfs, "are_made", lambda: False)
        self.site = Everything()
        self.client = Client()
        if letter != "-":
            self.client.force_login(self.site.people[letter])
        self.wrong: list[str] = []

    def paths(self, method: str) -> Iterator[str]:
        """Yield an address of each route that takes a method."""
        for name, route in routes():
            taken = ROWS[name].get if method == "GET" else ROWS[name].post
            if taken != 405 and name != "admin:logout":
                yield self.site.path(route)

    def try_(self, method: str, path: str, what: str, **how: object) -> None:
        """Send one thing; note whatever breaks or lets markup through."""
        session = self.client.cookies.copy()
        try:
            with transaction.atomic():
                response = self.client.generic(method, path, **how)  # type: ignore[arg-type]
                body = b"".join(response)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001  whatever a view lets out is a 500
            self.wrong.append(f"{method} {path[:90]} {what[:90]!r}: {type(error).__name__} {error}")
        else:
            self._judge(response, body, f"{method} {path[:90]} {what[:90]!r}")
        self.client.cookies = session

    def _judge(self, response: HttpResponse, body: bytes, what: str) -> None:
        if response.status_code >= 500:
            self.wrong.append(f"{what}: {response.status_code}")
        if MARKUP.encode() in body and "json" not in response["Content-Type"]:
            self.wrong.append(f"{what}: markup")
        target = response.get("Location", "/")
        if not HERE.match(target):
            self.wrong.append(f"{what}: leads to {target}")


@pytest.fixture
def attacker(monkeypatch: pytest.MonkeyPatch) -> Attacker:
    return Attacker(monkeypatch)


def form(**fields: str) -> dict[str, object]:
    pairs = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items())
    return {"data": pairs, "content_type": "application/x-www-form-urlencoded"}


def spread(values: list[str], path: str) -> list[str]:
    """Return the values to try at a path: all in the deep run, else a share, another at each."""
    if PROFILE == "deep":
        return values
    share = 4 if PROFILE == "ci" else 12
    return values[len(path) % share :: share]


def test_no_form_breaks_whatever_stands_in_every_field(attacker: Attacker) -> None:
    for path in attacker.paths("POST"):
        for value in spread(VALUES, path):
            attacker.try_("POST", path, value, **form(**dict.fromkeys(FIELDS, value)))
    assert attacker.wrong == []


@pytest.mark.parametrize("field", FIELDS)
def test_no_form_breaks_whatever_stands_in_one_field(field: str, attacker: Attacker) -> None:
    for path in attacker.paths("POST"):
        if "/policies/" not in path:
            continue
        for value in spread(VALUES, f"{path}{field}"):
            attacker.try_("POST", path, f"{field}={value}", **form(**{**PLAUSIBLE, field: value}))
    assert attacker.wrong == []


def test_no_page_breaks_whatever_its_query_says(attacker: Attacker) -> None:
    for path in attacker.paths("GET"):
        for value in spread(VALUES, path):
            if len(value) < 3_000:
                query = "&".join(f"{quote(name)}={quote(value)}" for name in QUERIES)
                attacker.try_("GET", f"{path}?{query}", value)
        for name in spread(QUERIES, path):
            for value in ("x", "1", "\0", "-1", "9" * 30, "1,2", MARKUP, "//evil.example.com/"):
                attacker.try_("GET", f"{path}?{quote(name)}={quote(value)}", name)
    assert attacker.wrong == []


@pytest.mark.parametrize("letter", ["-", "S"])
def test_no_address_breaks_anything(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attacker = Attacker(monkeypatch, letter)
    for path in PATHS:
        for method in ("GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "X-Y"):
            attacker.try_(method, path, "")
    assert attacker.wrong == []


def test_no_header_breaks_anything(attacker: Attacker) -> None:
    paths = ["/", "/privacy/", "/admin/", "/admin/login/", "/nowhere/", "/privacy/timegate/"]
    for name, values in HEADERS.items():
        variable = name.upper().replace("-", "_")
        variable = variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"
        for value in values:
            for path in paths:
                for method in ("GET", "POST"):
                    attacker.try_(method, path, f"{name}: {value}", **{variable: value})
    assert attacker.wrong == []
