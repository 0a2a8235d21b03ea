"""The pages for webviews and frames."""

import re

import pytest
from django.utils import timezone

from tests.factories import DAY, make_document, make_import, make_policy, make_version
from tests.policies.public import public_site

pytestmark = pytest.mark.django_db

EMBEDDED = ("/privacy/embed/", "/privacy/embed/since/1/")
TEXT = "See [a](https://example.org/x), [the terms](/terms/) and [below](#contact)."


@pytest.fixture(autouse=True)
def _versions():
    now = timezone.now()
    policy = make_policy(slug="privacy")
    make_import(make_document(), policy=policy, at=now - 20 * DAY)
    make_import(make_document(text=TEXT), policy=policy, at=now - 10 * DAY)
    make_version(policy=policy, at=now, effective_at=now + 10 * DAY)


def body(client, url):
    """Return a page without its style sheet, which has names for what is around a site's text."""
    return re.sub("<style>.*?</style>", "", public_site.body(client, url))


def test_the_page_has_the_text_its_date_and_its_notices_but_no_site_around_it(client):
    page = body(client, "/privacy/embed/")

    for part in ("<h1>Privacy Policy</h1>", "Last updated", "This policy changes on", 'id="scope"'):
        assert part in page
    for chrome in ("site-header", "site-footer", "Skip to the text", "All policies", "<script"):
        assert chrome not in page
    assert page.count("<main") == 1


def test_an_embedded_page_is_not_indexed_and_names_its_canonical_address(client):
    page = body(client, "/privacy/embed/")

    assert '<meta name="robots" content="noindex">' in page
    assert '<link rel="canonical" href="http://testserver/privacy/">' in page
    assert '<meta name="robots" content="noindex">' in body(client, "/privacy/embed/since/1/")


def test_links_that_leave_the_app_are_marked_on_embedded_pages_only(client):
    page = body(client, "/privacy/embed/")

    assert '<a href="https://example.org/x" rel="external noopener" target="_blank">' in page
    assert '<a href="/terms/" rel="noopener" target="_blank">' in page
    assert '<a href="/privacy/versions/3/" rel="noopener" target="_blank">' in page
    assert '<a href="#contact">below</a>' in page
    assert "target=" not in body(client, "/privacy/")


def test_embedded_changes_since_a_version_have_no_site_around_them(client):
    page = body(client, "/privacy/embed/since/1/")

    assert "what changed since version 1" in page
    assert "<ins" in page
    assert "site-header" not in page
    assert "Nothing: version 2" in body(client, "/privacy/embed/since/2/")
    assert client.get("/privacy/embed/since/3/")["Location"] == "/privacy/versions/3/"
    assert client.get("/privacy/embed/since/9/").status_code == 404


def test_nobody_may_frame_the_page_unless_the_settings_name_them(client, settings):
    for url in EMBEDDED:
        response = client.get(url)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"

    settings.EMBED_ORIGINS = ["https://app.example.com", "https://www.example.com:8443"]

    for url in EMBEDDED:
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert (
            "frame-ancestors https://app.example.com https://www.example.com:8443;" in f"{policy};"
        )
        assert "default-src 'none'" in policy
        assert "style-src 'self' 'sha256-" in policy
        assert "X-Frame-Options" not in response
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert "Access-Control-Allow-Origin" not in response
    for url in ("/", "/privacy/", "/privacy/since/1/", "/privacy/versions/1/", "/nothing/embed/"):
        response = client.get(url)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_unknown_version_is_answered_in_the_look_of_embedded_pages(client, settings):
    settings.EMBED_ORIGINS = ["https://app.example.com"]

    response = client.get("/privacy/embed/since/99/")

    page = " ".join(response.content.decode().split())
    assert response.status_code == 404
    assert '<html class="embed"' in page
    assert "There is no version 99." in page
    assert '<a href="/privacy/embed/">Read the current version</a>' in page
    assert "site-header" not in page.split("</style>")[1]
    assert "frame-ancestors https://app.example.com" in response["Content-Security-Policy"]
    assert client.get("/nothing/embed/since/1/").status_code == 404
