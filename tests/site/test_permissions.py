"""One walk over every address, as each kind of person: what it answers, and how safely.

The status is the one that the row in permissions.py says; an address without a row fails. No page
has inline code, no cache keeps anything of the desk, and other sites reach only what is meant for
them.
"""

import re

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from policies.models import AuditEvent
from policies.public import pdfs
from tests.conftest import is_quick
from tests.factories import make_limited_user, make_policy
from tests.site.everything import filled, routes
from tests.site.inline_code import code_in
from tests.site.permissions import APART, PEOPLE, ROWS, UNROUTED

# The same lines hundreds of times, which other tests reach too.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

FEATURES = [
    *("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics", "fullscreen"),
]


def addresses(site):
    """Yield the name of each row and a path for it."""
    yield from ((name, site.path(route)) for name, route in routes())
    yield from ((path, path) for path in UNROUTED)


@pytest.mark.parametrize("letters", [PEOPLE[::2], PEOPLE[1::2]])
def test_each_address_answers_each_person_as_its_row_says(letters, everything, monkeypatch):
    """If a name is missing: say in ROWS of permissions.py what it answers to whom."""
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    wrong = {letter: wrong_for(everything, letter) for letter in letters}
    assert [letter for letter in letters if wrong[letter]] == [], wrong


def wrong_for(site, letter):
    """Ask for every address as one kind of person; return what is not as it must be."""
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
                done = AuditEvent.objects.count() - acts
                transaction.set_rollback(True)
            expected = APART.get((name, letter)) or row.expected(letter, method)
            status = response.status_code
            led = response.get("Location", "")
            # Out is out: who is no longer in is led to the first page, which asks who it is.
            to_log_in = "/admin/" if name == "admin:logout" else "/admin/login/"
            is_turned_away = status == 302 and letter == "-" and letter not in row.who
            if (
                status != expected
                or (done and letter not in row.who)
                or (is_turned_away and not led.startswith(to_log_in))
            ):
                wrong.append((method, path, status, expected, done, led))
            if letter in "-S":
                faults = [*inside(response, body), *kept(response, path)]
                if method == "GET":
                    faults += around(response, row, path)
                wrong += [(method, path, status, fault) for fault in faults]
    return wrong


LIMITED = {"W": "Writers", "R": "Reviewers", "P": "Publishers"}
UNKNOWN = 2147483646
OF_ONE_POLICY = re.compile(r"^admin/policies/(policy|revision)/<(int:pk|path:object_id)>/")


@pytest.mark.parametrize("letter", LIMITED)
def test_what_somebody_has_no_role_for_is_to_them_as_if_it_did_not_exist(letter, everything):
    """Policies, revisions and all that is below their addresses."""
    person = make_limited_user(LIMITED[letter], policy=make_policy(slug="other"))
    client = Client()
    client.force_login(person)
    wrong = []
    for name, route in routes():
        if not OF_ONE_POLICY.match(route):
            continue
        hidden = everything.path(route)
        missing = filled(route, pk=UNKNOWN, object_id=UNKNOWN)
        for method in ("GET", "POST"):
            seen, expected = (as_shown(client, method, path) for path in (hidden, missing))
            if seen != expected or seen[0] == 200:
                wrong.append((method, name, seen[0], expected[0]))
    assert wrong == []


def as_shown(client, method, path):
    """Return the status, the target and the body that an address answers, without its own key."""
    with transaction.atomic():
        response = client.generic(method, path)
        body = b"".join(response).decode(errors="replace")
        transaction.set_rollback(True)
    key = path.split("/")[4]
    led = response.get("Location", "")
    return response.status_code, led.replace(key, "KEY"), re.sub(r"[\w-]{20,}", "", body)


@pytest.mark.parametrize("letter", LIMITED)
@pytest.mark.parametrize("where", ["policy", "language"])
def test_a_role_for_a_policy_opens_its_pages_as_one_for_all_does(letter, where, everything):
    place = everything.policy if where == "policy" else everything.policy.language
    person = make_limited_user(LIMITED[letter], **{where: place})
    client = Client()
    client.force_login(person)
    wrong = []
    for name, route in routes():
        # Django's own lists of revisions are for those whose role holds for all.
        if not OF_ONE_POLICY.match(route) or "/revision/<path:" in route or "delete" in route:
            continue
        row, path = ROWS.get(name), everything.path(route)
        for method in ("GET", "POST") if row else ():
            status = as_shown(client, method, path)[0]
            expected = APART.get((name, letter)) or row.expected(letter, method)
            if status != expected:
                wrong.append((method, name, status, expected))
    assert wrong == []


def inside(response, body):
    """Return the code in a page: its scripts and styles are files, or known by hash."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return []
    policy = response["Content-Security-Policy"]
    is_strict = "default-src 'none'" in policy and "unsafe" not in policy
    return code_in(body, policy) + ([] if is_strict else [policy])


def kept(response, path):
    """Return what lets a cache keep a page of the desk."""
    how = response.get("Cache-Control", "")
    is_kept = "no-store" not in how or "public" in how
    return [f"Cache-Control: {how}"] if path.startswith("/admin") and is_kept else []


def around(response, row, path):
    """Yield the headers by which other sites could reach what is not meant for them."""
    # An error in JSON is as open as the answer would be (docs/adr/0038-for-programs.md).
    is_missing = response.status_code in {404, 405} and not path.endswith(".json")
    is_open = row.is_for_programs and not is_missing
    expected = {
        "Cross-Origin-Resource-Policy": "cross-origin" if is_open else "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*" if is_open else None,
    }
    if path in {f"/{file.name}" for file in settings.WHITENOISE_ROOT.iterdir()}:
        del expected["Access-Control-Allow-Origin"]  # files of the site are anybody's (WhiteNoise)
    for header, value in expected.items():
        if response.get(header) != value:
            yield f"{header}: {response.get(header)}"
    if path not in UNROUTED:
        off = response["Permissions-Policy"]
        yield from (feature for feature in FEATURES if f"{feature}=()" not in off)
