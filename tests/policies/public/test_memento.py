"""Time travel (RFC 7089): by hand, and by the standard client over HTTP."""

import re
from datetime import UTC, datetime

import pytest
import requests
from django.utils import timezone
from memento_client import MementoClient

from policies.states import Status
from tests.factories import DAY, IN_FIFTY_YEARS, make_policy, make_revision, make_version

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 10, 9, 0, 0, 250_000, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def make_past():
    """Versions 1, 2 and 4 took effect in January, February and March; 3 never; 5 is upcoming."""
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=JANUARY)
    make_version(policy=policy, at=FEBRUARY)
    make_revision(
        status=Status.WITHDRAWN, policy=policy, at=FEBRUARY + DAY, effective_at=IN_FIFTY_YEARS
    )
    make_version(policy=policy, at=MARCH)
    now = timezone.now()
    make_version(policy=policy, at=now, effective_at=now + 30 * DAY)
    return policy


def links(response):
    """Return (path, relation types, datetime) of each link; strict about the syntax."""
    link = r'<http://testserver([^<>"]*)>; rel="([a-z -]+)"((?:; [a-z]+="[^"]*")*)'
    assert re.fullmatch(f"{link}(?:, {link})*", response["Link"])
    return [
        (path, set(rels.split()), "".join(re.findall('; datetime="([^"]*)"', more)))
        for path, rels, more in re.findall(link, response["Link"])
    ]


def by_rel(response):
    return {rel: path for path, rels, _ in links(response) for rel in rels if rel != "memento"}


def travel(client, when):
    headers = {"Accept-Datetime": when} if when is not None else {}
    return client.get("/privacy/timegate/", headers=headers)


# --- TimeGate ----------------------------------------------------------------------------------


WHEN = [
    (None, 4),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
    ("Sat, 10 Jan 2026 08:59:59 GMT", 1),
    ("Sat, 10 Jan 2026 09:00:00 GMT", 1),  # it took effect within this second
    ("Tue, 10 Feb 2026 08:59:59 GMT", 1),
    ("Tue, 10 Feb 2026 09:00:00 GMT", 2),
    ("Fri, 20 Feb 2026 00:00:00 GMT", 2),
    ("Tue, 10 Mar 2026 09:00:00 GMT", 4),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 4),
]


def test_the_timegate_redirects_to_the_version_that_was_in_force(client):
    make_past()

    for when, number in WHEN:
        response = travel(client, when)

        chosen = f"/privacy/versions/{number}/"
        assert response.status_code == 302
        assert response["Location"] == f"http://testserver{chosen}", when
        assert response["Vary"] == "accept-datetime"
        assert "Memento-Datetime" not in response
        found = by_rel(response)
        assert (found["original"], found["timemap"]) == ("/privacy/", "/privacy/timemap/")
        assert (found["first"], found["last"]) == ("/privacy/versions/1/", "/privacy/versions/4/")
        dated = [path for path, rels, moment in links(response) if "memento" in rels and moment]
        assert chosen in dated


def test_the_timegate_links_the_versions_before_and_after(client):
    make_past()

    found = by_rel(travel(client, "Fri, 20 Feb 2026 00:00:00 GMT"))

    assert (found["prev"], found["next"]) == ("/privacy/versions/1/", "/privacy/versions/4/")
    assert "next" not in by_rel(travel(client, None))


UNREADABLE = [
    *("", "yesterday", "2026-02-10", "Tue, 10 Feb 2026 09:00:00", "Tue, 10 Feb 2026 09:00 GMT"),
    *("Tue, 10 Feb 2026 09:00:00 CET", "Tue, 30 Feb 2026 09:00:00 GMT"),
    *("Tuesday, 10-Feb-26 09:00:00 GMT", "Tue, 10 Feb 2026 25:00:00 GMT", "\x00"),
]


def test_an_invalid_accept_datetime_is_refused_with_an_explanation(client):
    make_past()

    for when in UNREADABLE:
        response = travel(client, when)

        assert response.status_code == 400, when
        assert b"Accept-Datetime must be a date such as" in response.content
        assert response["Vary"] == "accept-datetime"


def test_no_cache_may_keep_a_response_of_the_timegate(client):
    """It depends on a request header, which is in the key of few caches."""
    make_past()

    for when in (None, "Fri, 20 Feb 2026 00:00:00 GMT", "nonsense"):
        assert travel(client, when)["Cache-Control"] == "no-store"
    assert client.post("/privacy/timegate/").status_code == 405


# --- TimeMap -----------------------------------------------------------------------------------


def test_the_timemap_lists_what_took_effect_in_the_link_format(client):
    make_past()

    response = client.get("/privacy/timemap/")

    assert response["Content-Type"] == "application/link-format"
    here = "http://testserver/privacy"
    assert response.content.decode().splitlines() == [
        f'<{here}/>; rel="original",',
        f'<{here}/timemap/>; rel="self"; type="application/link-format"; '
        'from="Sat, 10 Jan 2026 09:00:00 GMT"; until="Tue, 10 Mar 2026 09:00:00 GMT",',
        f'<{here}/timegate/>; rel="timegate",',
        f'<{here}/versions/1/>; rel="first memento"; datetime="Sat, 10 Jan 2026 09:00:00 GMT",',
        f'<{here}/versions/2/>; rel="memento"; datetime="Tue, 10 Feb 2026 09:00:00 GMT",',
        f'<{here}/versions/4/>; rel="last memento"; datetime="Tue, 10 Mar 2026 09:00:00 GMT"',
    ]


# --- Mementos and their links ------------------------------------------------------------------


def test_a_version_that_was_once_in_force_is_a_memento(client):
    make_past()
    moments = {
        1: "Sat, 10 Jan 2026 09:00:00 GMT",
        2: "Tue, 10 Feb 2026 09:00:00 GMT",
        3: None,
        4: "Tue, 10 Mar 2026 09:00:00 GMT",
        5: None,
    }

    for number, moment in moments.items():
        response = client.get(f"/privacy/versions/{number}/")

        assert response.get("Memento-Datetime") == moment
        assert (by_rel(response).get("original") == "/privacy/") == bool(moment)
        assert ("timegate" in by_rel(response)) == bool(moment)


def test_a_version_links_the_adjacent_versions_but_not_withdrawn_ones(client):
    """RFC 5829."""
    make_past()
    page = {None: None, **{it: f"/privacy/versions/{it}/" for it in range(1, 6)}}
    around = {1: (None, 2), 2: (1, 4), 3: (2, 4), 4: (2, 5), 5: (4, None)}

    for number, (before, after) in around.items():
        found = by_rel(client.get(f"/privacy/versions/{number}/"))

        assert found.get("predecessor-version") == page[before]
        assert found.get("successor-version") == page[after]
        assert found["latest-version"] == page[4]
        assert found["version-history"] == "/privacy/versions/"


def test_the_page_of_a_policy_links_its_history(client):
    make_past()

    found = by_rel(client.get("/privacy/"))

    assert found == {
        "timegate": "/privacy/timegate/",
        "timemap": "/privacy/timemap/",
        "latest-version": "/privacy/versions/4/",
        "version-history": "/privacy/versions/",
        "privacy-policy": "/privacy/",
    }
    assert "Memento-Datetime" not in client.get("/privacy/")
    assert by_rel(client.get("/privacy/versions/")) == {
        "timemap": "/privacy/timemap/",
        "latest-version": "/privacy/versions/4/",
    }


# --- The standard client -----------------------------------------------------------------------


@pytest.fixture
def traveller():
    with requests.Session() as session:
        session.trust_env = False  # no proxy between this machine and itself
        yield MementoClient(session=session)


def test_a_standard_memento_client_finds_the_version(live_server, traveller, settings):
    settings.SITE_URL = live_server.url
    make_past()
    policy = f"{live_server.url}/privacy/"
    version = policy + "versions/{}/"

    found = traveller.get_memento_info(policy, datetime(2026, 2, 20))

    assert found == {
        "original_uri": policy,
        "timegate_uri": f"{policy}timegate/",
        "mementos": {
            "closest": {
                "uri": [version.format(2)],
                "http_status_code": 200,
                "datetime": datetime(2026, 2, 10, 9),
            },
            "first": {"uri": [version.format(1)], "datetime": datetime(2026, 1, 10, 9)},
            "prev": {"uri": [version.format(1)], "datetime": datetime(2026, 1, 10, 9)},
            "next": {"uri": [version.format(4)], "datetime": datetime(2026, 3, 10, 9)},
            "last": {"uri": [version.format(4)], "datetime": datetime(2026, 3, 10, 9)},
        },
    }
    # From one version to another, by way of the policy.
    for start, when, number in (
        (version.format(4), datetime(1999, 1, 1), 1),
        (version.format(1), datetime(2026, 2, 10, 9), 2),
        (version.format(2), datetime(2031, 1, 1), 4),
    ):
        there = traveller.get_memento_info(start, when)
        assert there["original_uri"] == policy
        assert there["mementos"]["closest"]["uri"] == [version.format(number)]
    assert MementoClient.is_timegate(f"{policy}timegate/", session=traveller.session)
    assert not MementoClient.is_memento(policy, response=traveller.session.head(version.format(5)))
