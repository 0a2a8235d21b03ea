"""Every address answers as its row in permissions.py says; one without a row fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from policies.models import AuditEvent
from policies.public import pdfs
from tests.conftest import is_quick
from tests.site.everything import Everything, routes
from tests.site.inline_code import code_in
from tests.site.permissions import APART, PEOPLE, ROWS, UNROUTED

# The same lines hundreds of times, which other tests reach too.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


def test_every_address_has_its_row():
    """If this fails: say in ROWS of permissions.py what it answers to whom; of a file in
    static/root/, in UNROUTED.
    """
    assert {name for name, _ in routes()} == set(ROWS)
    files = {f"/{it.name}" for it in settings.WHITENOISE_ROOT.iterdir()}
    assert files <= set(UNROUTED)


def addresses(site: Everything) -> Iterator[tuple[str, str]]:
    """Yield the name of each row and a path for it."""
    yield from ((name, site.path(route)) for name, route in routes())
    yield from ((path, path) for path in UNROUTED)


@pytest.mark.parametrize("letters", [PEOPLE[::2], PEOPLE[1::2]])
def test_who_gets_in(letters, everything, monkeypatch):
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    assert {it: unexpected(everything, it) for it in letters} == {it: [] for it in letters}


def unexpected(site: Everything, letter: str) -> list[tuple[Any, ...]]:
    """Ask for every address as one kind of person; return what is not as its row says.

    Nor has any page inline code: scripts and styles are files, or known by hash.
    """
    client = Client()
    if letter in site.people:
        client.force_login(site.people[letter])
    session = client.cookies.get(settings.SESSION_COOKIE_NAME)
    wrong = []
    acts = AuditEvent.objects.count()
    for name, path in addresses(site):
        row = ROWS.get(name) or UNROUTED[name]
        for method in ("GET", "POST"):
            is_for_all = set(row.who) == set(PEOPLE) or row.expected("S", method) == 405
            if is_for_all and letter not in "-S" and is_quick():
                continue  # a quick run asks without rights and with all
            client.cookies.clear()
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session.value
            with transaction.atomic():  # each finds the site as it was, and its own session
                response = client.generic(method, path)
                body = b"".join(response)  # so that files are closed
                status, done = response.status_code, AuditEvent.objects.count() - acts
                transaction.set_rollback(True)
            expected = APART.get((name, letter)) or row.expected(letter, method)
            led = response.get("Location", "")
            # Out is out: who is no longer in is led to the first page, which asks who it is.
            to_log_in = "/admin/" if name == "admin:logout" else "/admin/login/"
            is_turned_away = status == 302 and letter == "-" and letter not in row.who
            inside = []
            if letter in "-S" and response.get("Content-Type", "").startswith("text/html"):
                policy = response["Content-Security-Policy"]
                assert "default-src 'none'" in policy, path
                assert "unsafe" not in policy, path
                inside = code_in(body, policy)
            if (
                status != expected
                or (done and letter not in row.who)
                or (is_turned_away and not led.startswith(to_log_in))
                or inside
            ):
                wrong.append((method, path, status, expected, done, led, inside))
    return wrong
