"""Hostile input at every entrance of the site: never a 500, never injected markup."""

import re
from copy import copy
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from policies.public import pdfs
from tests.conftest import PROFILE, sample
from tests.factories import confirm
from tests.site.everything import COMMENT_WORDS, DRAFT_WORDS, LINKED_WORDS, routes
from tests.site.hostile_values import FIELDS, HEADERS, MARKUP, PATHS, QUERIES, VALUES
from tests.site.permissions import ROWS

# A form that most actions take, so that a hostile field is met by more than the first check.
PLAUSIBLE = {
    "title": "Title",
    "introduction": "Text.",
    "heading": "Scope",
    "anchor": "scope",
    "body": "Text.",
    "seen_saves": "1",
    "do": "save",
    "months": "6",
    "key": "x",
    "reason": "A reason.",
    "text": "A text.",
    "section": "scope",
    "comment": "1",
    "days": "7",
    "recipient": "Ann",
    "link": "1",
    "slug": "new-name",
    "name": "Name",
    "language": "en",
    "notice": "Gone.",
    "html": "<p>a</p>",
    "kind": "material",
    "when": "later",
    "effective": "2090-01-01T00:00",
    "change_note": "New.",
}

ELSEWHERE = "//evil.example.com/"
# Where a redirect may lead: a path, a query or this host.
HERE = re.compile(r"(http://testserver(:\d+)?)?/(?![/\\])|[^/:\\]*\Z|\?")

# The same lines hundreds of times, which other tests reach too.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.slow]


class Attacker:
    """An attacker on a site with everything, as a superuser, whom no permission check stops early.

    Each attempt is undone, so that the next one finds the site as it was.
    """

    def __init__(self, site, letter="S"):
        self.site = site
        self.client = Client()
        if letter != "-":
            self.client.force_login(self.site.people[letter])
            confirm(self.client)
        self.wrong = []

    def paths(self, method):
        """Yield a path for each route that allows a method."""
        for name, route in routes():
            taken = ROWS[name].get if method == "GET" else ROWS[name].post
            if taken != 405 and name != "admin:logout":
                yield self.site.path(route)

    def ask(self, method, path, **how):
        """Send a request, undo what it did, and return the answer with its whole body."""
        cookies = copy(self.client.cookies)
        try:
            with transaction.atomic():
                response = self.client.generic(method, path, **how)
                body = b"".join(response)
                transaction.set_rollback(True)
        finally:
            self.client.cookies = cookies
        return response, body

    def try_(self, method, path, what, **how):
        """Send a request; note an error, or markup that came through."""
        try:
            response, body = self.ask(method, path, **how)
        except Exception as error:  # noqa: BLE001  whatever a view lets out is a 500
            self.wrong.append(f"{method} {path[:90]} {what[:90]!r}: {type(error).__name__} {error}")
        else:
            self._judge(response, body, f"{method} {path[:90]} {what[:90]!r}")

    def _judge(self, response, body, what):
        if response.status_code >= 500:
            self.wrong.append(f"{what}: {response.status_code}")
        if MARKUP.encode() in body and "json" not in response["Content-Type"]:
            self.wrong.append(f"{what}: markup")
        target = response.get("Location", "/")
        if not HERE.match(target):
            self.wrong.append(f"{what}: leads to {target}")


@pytest.fixture(autouse=True)
def _no_pdfs(monkeypatch):
    monkeypatch.setattr(pdfs, "are_made", lambda: False)


@pytest.fixture
def attacker(everything):
    return Attacker(everything)


# Every so manyth value is tried at one address.
SHARE = {"quick": 40, "ci": 16, "deep": 1}[PROFILE]


def form(**fields):
    pairs = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items())
    return {"data": pairs, "content_type": "application/x-www-form-urlencoded"}


def spread(values, number):
    """Return the values to try at the URL with this number: every SHAREth, others at the next."""
    share = min(SHARE, len(values))
    return values[number % share :: share]


def test_each_value_is_tried_somewhere(attacker):
    for method in ("GET", "POST"):
        count = len(list(attacker.paths(method)))
        assert {it for number in range(count) for it in spread(VALUES, number)} == set(VALUES)


def test_no_form_breaks_with_hostile_values_in_every_field(attacker):
    for number, path in enumerate(attacker.paths("POST")):
        for value in spread(VALUES, number):
            attacker.try_("POST", path, value, **form(**dict.fromkeys(FIELDS, value)))
    assert attacker.wrong == []


def test_no_form_breaks_with_a_hostile_value_in_one_field(attacker):
    """All other fields are filled in properly, so that the value passes the first checks."""
    desk = [path for path in attacker.paths("POST") if "/policies/" in path]
    for number, path in enumerate(desk):
        for field in spread(list(PLAUSIBLE), number):
            for value in spread(VALUES, number):
                fields = {**PLAUSIBLE, field: value}
                attacker.try_("POST", path, f"{field}={value}", **form(**fields))
    assert attacker.wrong == []


def test_no_page_breaks_whatever_its_query_says(attacker):
    for number, path in enumerate(attacker.paths("GET")):
        for value in spread(VALUES, number):
            if len(value) < 3_000:
                query = "&".join(f"{quote(name)}={quote(value)}" for name in QUERIES)
                attacker.try_("GET", f"{path}?{query}", value)
        for name in spread(QUERIES, number) if path.startswith("/admin/") else []:
            for value in sample(["x", MARKUP, "1", "\0", "-1", "9" * 30, "1,2", ELSEWHERE]):
                attacker.try_("GET", f"{path}?{quote(name)}={quote(value)}", name)
    assert attacker.wrong == []


@pytest.mark.parametrize("letter", ["-", "S"])
def test_no_address_breaks_anything(letter, everything):
    attacker = Attacker(everything, letter)
    for path in PATHS:
        for method in ("GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "X-Y"):
            attacker.try_(method, path, "")
    assert attacker.wrong == []


def test_no_header_breaks_anything(attacker):
    paths = ["/", "/privacy/", "/admin/", "/admin/login/", "/nowhere/", "/privacy/timegate/"]
    number = 0
    for name, values in HEADERS.items():
        variable = name.upper().replace("-", "_")
        variable = variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"
        for value in values:
            number += 1
            for path in spread(paths, number):
                for method in ("GET", "POST"):
                    attacker.try_(method, path, f"{name}: {value}", **{variable: value})
    assert attacker.wrong == []


# --- Whose draft it is ---------------------------------------------------------------------------

UNPUBLISHED = (DRAFT_WORDS, LINKED_WORDS, COMMENT_WORDS)


@pytest.mark.parametrize("letter", ["-", "N"])
def test_no_word_of_a_draft_reaches_who_may_not_read_it(letter, everything):
    """Neither strangers nor staff without a role: not by any URL with any query string."""
    attacker = Attacker(everything, letter)
    seen = []
    for name, route in routes():
        if name.startswith("policies:preview"):
            continue  # for whoever has the link
        path = attacker.site.path(route)
        query = f"{path}?q=Kiwi&_popup=1&preview=1&draft=1&status=draft"
        for method, asked in (("GET", path), ("GET", query), ("POST", query), ("GET", f"{path}x")):
            response, body = attacker.ask(method, asked)
            told = body.decode("utf-8", "replace") + str(dict(response.items()))
            seen += [(method, asked, words) for words in UNPUBLISHED if words in told]
            assert attacker.site.token not in told, asked
    assert seen == []


def test_who_reads_drafts_finds_those_words(attacker):
    """Otherwise the test above would prove nothing."""
    site = attacker.site
    for revision, words in (
        (site.revision, (DRAFT_WORDS, COMMENT_WORDS)),
        (site.draft, (LINKED_WORDS,)),
    ):
        body = attacker.ask("GET", f"/admin/policies/revision/{revision.pk}/review/")[1].decode()
        assert all(it in body for it in words)
    preview = attacker.ask("GET", f"/preview/{site.token}/")[1].decode()
    assert LINKED_WORDS in preview
    assert DRAFT_WORDS not in preview
    assert COMMENT_WORDS not in preview


tampered = st.builds(
    lambda at, sign, how: (at, sign, how),
    st.integers(0, 80),
    st.sampled_from(["a", "Z", "0", ".", "-", "_", "=", "\0", "%", " ", "é", "/", "\n", ""]),
    st.sampled_from(["replace", "insert", "cut", "append", "double"]),
)


def test_no_other_token_opens_a_draft(attacker):
    """A token changed in one place, cut off, recombined, or with another link's number."""
    token = attacker.site.token
    number, _, signature = token.partition(".")

    @given(tampered)
    def changed(how):
        at, sign, what = how
        at %= len(token)
        made = {
            "replace": token[:at] + sign + token[at + 1 :],
            "insert": token[:at] + sign + token[at:],
            "cut": token[:at],
            "append": token + sign,
            "double": token[:at] + token,
        }[what]
        opens_nothing_else(made)

    def opens_nothing_else(made):
        for end in ("/", "/changes/"):
            response, body = attacker.ask("GET", f"/preview/{quote(made, safe='')}{end}")
            assert response.status_code < 500
            assert made == token or LINKED_WORDS.encode() not in body, made

    changed()
    for made in (
        *(f"{int(number) + 1}.{signature}", f"0{token}", f"+{token}", f"-{token}", number),
        *(f"{number}.", f".{signature}", signature, token.upper(), f"{token}:{token}", f" {token}"),
        signing.dumps(int(number)),
        signing.Signer(sep=".").sign(number),
    ):
        if made != token:
            opens_nothing_else(made)


# --- In somebody else's name ---------------------------------------------------------------------


def test_no_form_is_taken_from_another_site(attacker):
    """Every URL that takes a form refuses one without a CSRF token or with a made-up one."""
    attacker.client = Client(enforce_csrf_checks=True)
    attacker.client.force_login(attacker.site.root)

    def status(path, cookie, token, **headers):
        attacker.client.cookies.pop(settings.CSRF_COOKIE_NAME, None)
        if cookie:
            attacker.client.cookies[settings.CSRF_COOKIE_NAME] = cookie
        fields = {**PLAUSIBLE, "csrfmiddlewaretoken": token}
        return attacker.ask("POST", path, **form(**fields), **headers)[0].status_code

    ours, other = "a" * 32, "b" * 32
    elsewhere = {"HTTP_ORIGIN": "https://evil.example.com"}
    wrong, taken = [], 0
    for path in [*attacker.paths("POST"), "/admin/logout/"]:
        if "subscribe/" in path:  # they are off, and would take forms without a token
            continue
        for cookie, token, headers in (
            *(("", "", {}), ("", other, {}), (ours, "", {}), (ours, other, {})),
            (ours, ours, elsewhere),
        ):
            if (refused := status(path, cookie, token, **headers)) != 403:
                wrong.append((path, cookie, token, headers, refused))
        taken += status(path, ours, ours) != 403
    assert wrong == []
    assert taken > 50
