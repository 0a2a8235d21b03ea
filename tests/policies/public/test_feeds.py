"""The Atom feeds, as feedparser reads them and as RFC 4287 wants them."""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import feedparser
import pytest
from django.utils import timezone
from lxml import etree

from policies import workflow
from policies.public import feeds
from tests.factories import DAY, make_policy, make_user, make_version
from tests.policies.public import public_site

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
# RFC 4151, section 2.1.
TAG = re.compile(r"tag:[a-z0-9.@_-]+,\d{4}(-\d\d){0,2}:[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")


make_history = partial(
    public_site.make_history, note="Größe & <b>Maß</b>.", upcoming=datetime(2999, 1, 1, tzinfo=UTC)
)


def valid(content):
    """Return a feed that keeps to RFC 4287: its grammar, and what a grammar can't say."""
    root = etree.fromstring(content)
    assert GRAMMAR.validate(root), GRAMMAR.error_log
    entries = root.findall(f"{ATOM}entry")
    ids = [element.text or "" for element in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)  # 4.1.1
    assert all(TAG.fullmatch(it) for it in ids)
    assert root.find(f"{ATOM}author") is not None  # 4.1.2, for entries without one of their own
    for element in (root, *entries):
        kinds = [
            (link.get("type"), link.get("hreflang"))
            for link in element.findall(f"{ATOM}link")
            if link.get("rel") == "alternate"
        ]
        assert kinds  # an entry without content has to have one
        assert len(set(kinds)) == len(kinds)  # not two of the same type and language
    assert [it.get("rel") for it in root.findall(f"{ATOM}link")].count("self") == 1
    return root


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    valid(response.content)
    parsed = feedparser.parse(
        response.content, response_headers={"content-type": response["Content-Type"]}
    )
    assert parsed.bozo is False
    assert parsed.version == "atom10"
    return parsed


def linked(entry, rel):
    return {link.type: link.href for link in entry.links if link.rel == rel}


def test_a_feed_reader_shows_every_version_with_its_note_its_page_and_its_redline(client):
    make_history()

    parsed = read(client, "/privacy/feed.xml")

    upcoming, withdrawn, current, first = parsed.entries
    assert parsed.feed.title == "Privacy policy – Softphonez"
    assert parsed.feed.author == "Softphonez"
    assert linked(parsed.feed, "self") == {
        "application/atom+xml": "http://testserver/privacy/feed.xml"
    }
    assert linked(current, "alternate") == {
        "text/html": "http://testserver/privacy/versions/2/",
        "text/markdown": "http://testserver/privacy/versions/2.md",
    }
    assert linked(current, "related") == {"text/html": "http://testserver/privacy/compare/1/2/"}
    assert current.summary == "Größe & <b>Maß</b>."
    assert current.summary_detail.type == "text/plain"
    assert (current.tags[0].term, upcoming.tags[0].term) == ("editorial", "material")
    assert upcoming.title == "Privacy Policy, version 4, in force from January 1, 2999"
    assert linked(upcoming, "related") == {"text/html": "http://testserver/privacy/compare/2/4/"}
    assert withdrawn.title == "Privacy Policy, version 3: withdrawn"
    assert withdrawn.summary.startswith("Withdrawn: A mistake was found.")
    assert (first.summary, linked(first, "related")) == ("What is new.", {})
    assert parsed.feed.updated == upcoming.updated > first.updated
    for entry in parsed.entries:
        for url in [*linked(entry, "alternate").values(), *linked(entry, "related").values()]:
            assert client.get(url).status_code == 200


def test_the_feed_of_all_has_every_policy_in_every_language(client):
    make_history()
    make_version(policy=make_policy(slug="datenschutz", language="de"), at=timezone.now() + DAY)

    root = valid(client.get("/feed.xml").content)
    parsed = read(client, "/feed.xml")

    assert parsed.feed.id == "tag:policies.example.com,2026:policies"
    assert parsed.entries[0].id == "tag:policies.example.com,2026:datenschutz/de/1"
    assert re.search(r"\d{1,2}\. \w+ 20\d\d", parsed.entries[0].title)  # as Germans write it
    assert parsed.entries[0].tags[0].label == "wesentlich"
    assert {it.tags[0].label for it in parsed.entries[1:]} <= {"material", "editorial"}
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    languages = [it.get("{http://www.w3.org/XML/1998/namespace}lang") for it in root[-5:]]
    assert languages == ["de", "en", "en", "en", "en"]
    assert read(client, "/de/datenschutz/feed.xml").feed.id.endswith(":datenschutz/de")


def test_renaming_a_policy_makes_no_entry_new_and_languages_share_no_entry(client):
    policy = make_history()
    make_history(language="de")
    before = [entry.id for entry in read(client, "/privacy/feed.xml").entries]

    for slug in ("notice", "privacy-notice"):
        workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=timezone.now(), slug=slug)

    assert [entry.id for entry in read(client, "/privacy-notice/feed.xml").entries] == before
    assert client.get("/privacy/feed.xml")["Location"] == "/privacy-notice/feed.xml"
    assert len({entry.id for entry in read(client, "/feed.xml").entries}) == 8


def test_another_host_or_scheme_makes_no_entry_new(client, settings):
    make_history()
    here = read(client, "/privacy/feed.xml")
    settings.ALLOWED_HOSTS = ["elsewhere.example", "testserver"]
    settings.SITE_URL = "http://elsewhere.example"

    there = read(client, "/privacy/feed.xml")

    assert [it.id for it in there.entries] == [it.id for it in here.entries]
    assert there.entries[0].link.startswith("http://elsewhere.example/")


def test_a_feed_is_bounded_and_costs_two_queries_at_most(
    client, monkeypatch, django_assert_max_num_queries
):
    make_history()
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 2)

    with django_assert_max_num_queries(2):
        parsed = read(client, "/privacy/feed.xml")

    assert [entry.id[-1] for entry in parsed.entries] == ["4", "3"]


def test_pages_name_their_feed(client):
    make_history()

    for page, feed in (("/", "/feed.xml"), ("/privacy/", "/privacy/feed.xml")):
        found = re.search(
            r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">',
            client.get(page).content.decode(),
        )
        assert found
        assert found[1] == feed


@pytest.mark.parametrize("text", ["\x00\x0b\ufffe x", "]]> & <a b='c'> \"", "\U0001f600 مرحبا"])
def test_the_feed_is_well_formed_whatever_its_text(client, settings, text):
    make_version()
    settings.ORGANISATION_NAME = text

    root = valid(client.get("/feed.xml").content)

    kept = "".join(sign for sign in text if sign not in "\x00\x0b\ufffe")
    assert root.findtext(f"{ATOM}title") == f"Policies – {kept}"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == kept
