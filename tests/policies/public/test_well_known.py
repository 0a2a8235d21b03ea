"""What search engines, robots, messengers and researchers find."""

import json
import re
from datetime import UTC, datetime
from urllib.robotparser import RobotFileParser

import pytest
from django.utils import timezone
from lxml import etree, html

from policies import workflow
from policies.page_cache import from_django
from policies.public import well_known
from policies.templatetags.structured_data import as_data_block
from tests.factories import (
    DAY,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 2, 12, 30, tzinfo=UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def head(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def metadata(page):
    return {it.get("property"): it.get("content") for it in page.iter("meta") if it.get("property")}


def rels(response):
    pairs = re.findall(r'<([^<>"]+)>; rel="([^"]+)"', response.get("Link", ""))
    return {rel: target for target, rel in pairs}


# --- Sitemap and robots ------------------------------------------------------------------------


def listed(client):
    """Return the sitemap's addresses with their lastmod, strict about its form."""
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert root.tag == f"{SITEMAP}urlset"
    for url in root:
        assert url.tag == f"{SITEMAP}url"
        names = [child.tag for child in url]
        assert names[0] == f"{SITEMAP}loc"
        assert set(names[1:]) <= {f"{SITEMAP}lastmod", f"{XHTML}link"}
        moment = url.findtext(f"{SITEMAP}lastmod")
        assert moment is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
    return {url.findtext(f"{SITEMAP}loc") or "": url.findtext(f"{SITEMAP}lastmod") for url in root}


def test_the_sitemap_lists_what_is_in_force_with_the_time_of_its_last_change(client):
    privacy = make_policy(slug="privacy")
    make_version(policy=privacy, at=MAY)
    make_version(policy=privacy, at=MAY + DAY)
    make_version(policy=privacy, at=MAY + 2 * DAY, effective_at=timezone.now() + DAY)
    make_version(policy=make_policy(slug="datenschutz", language="de"), at=MAY)
    make_revision(policy=make_policy(slug="unfinished"))
    old = make_version(policy=make_policy(slug="old"), at=MAY).policy
    workflow.retire(old.pk, by=make_user("Publishers"), at=MAY + 9 * DAY, notice="Gone.")

    assert listed(client) == {
        "http://testserver/": "2026-05-11T12:30:00Z",
        "http://testserver/de/": "2026-05-02T12:30:00Z",
        "http://testserver/de/datenschutz/": "2026-05-02T12:30:00Z",
        "http://testserver/old/": "2026-05-11T12:30:00Z",
        "http://testserver/privacy/": "2026-05-03T12:30:00Z",
    }


def test_a_sitemap_lists_no_more_than_its_protocol_allows(client, monkeypatch):
    for slug in ("cookies", "privacy", "terms"):
        make_version(policy=make_policy(slug=slug))
    monkeypatch.setattr(well_known, "MAX_POLICIES", 2)

    assert list(listed(client)) == [
        "http://testserver/",
        "http://testserver/cookies/",
        "http://testserver/privacy/",
    ]


def test_the_sitemap_names_the_other_languages_of_a_page(client):
    english = make_policy(slug="privacy")
    make_version(policy=english)
    make_version(policy=make_policy(slug="datenschutz", language="de", translation_of=english))
    make_version(policy=make_policy(slug="alone"))

    root = etree.fromstring(client.get("/sitemap.xml").content)

    found = [
        (it.get("rel"), it.get("hreflang"), it.get("href")) for it in root.iter(f"{XHTML}link")
    ]
    both = [
        ("alternate", "en", "http://testserver/privacy/"),
        ("alternate", "de", "http://testserver/de/datenschutz/"),
    ]
    assert found == both * 2


def test_robots_txt_allows_every_public_page_and_names_the_sitemap(client):
    response = client.get("/robots.txt")

    robots = RobotFileParser()
    robots.parse(response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert robots.site_maps() == ["http://testserver/sitemap.xml"]
    for path in ("/", "/privacy/", "/privacy/versions/1/", "/icon.png"):
        assert robots.can_fetch("anything", path)
    assert not robots.can_fetch("anything", "/admin/login/")


# --- security.txt ------------------------------------------------------------------------------


def test_security_txt_names_the_contacts_and_a_day_within_a_year(client, settings):
    settings.SECURITY_CONTACTS = ["mailto:security@example.com", "https://example.com/report"]

    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    fields = [line.split(": ", 1) for line in lines]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACTS
    [expires] = [value for name, value in fields if name == "Expires"]
    assert DAY < datetime.fromisoformat(expires) - timezone.now() < 365 * DAY
    assert "Canonical" not in dict(fields)
    settings.SITE_URL = "https://testserver"
    secure = client.get("/.well-known/security.txt").content.decode()
    assert "Canonical: https://testserver/.well-known/security.txt\n" in secure


def test_security_txt_is_not_kept_in_memory(settings):
    settings.SECURITY_CONTACTS = ["mailto:security@example.com"]

    assert from_django.may_serve(("http", "testserver", "/robots.txt"))
    assert not from_django.may_serve(("http", "testserver", "/.well-known/security.txt"))


def test_without_a_contact_there_is_no_security_txt(client):
    assert client.get("/.well-known/security.txt").status_code == 404


# --- In the pages ------------------------------------------------------------------------------


def described(page):
    [block] = page.xpath('//script[@type="application/ld+json"]')
    assert len(page.xpath("//script")) == 1
    return json.loads(block.text)


def test_a_page_describes_itself_as_a_web_page_about_a_document(client):
    version = make_version(policy=make_policy(slug="privacy"), at=MAY)

    page = described(head(client, "/privacy/"))

    assert (page["@context"], page["@type"]) == ("https://schema.org", "WebPage")
    assert page["url"] == page["@id"] == "http://testserver/privacy/"
    assert (page["version"], page["dateModified"]) == (1, "2026-05-02")
    assert page["inLanguage"] == "en"
    assert page["publisher"]["name"] == page["isPartOf"]["name"] == "Softphonez"
    document = page["mainEntity"]
    assert document["@type"] == "DigitalDocument"
    assert document["url"] == "http://testserver/privacy/versions/1/"
    assert document["datePublished"] == "2026-05-02"
    assert document["encoding"]["sha256"] == version.digest
    assert described(head(client, "/privacy/versions/1/"))["url"].endswith("/versions/1/")


def test_no_title_can_end_the_data_block():
    value = {"name": "</script><script>alert(1)</script><!-- & \u2028 “Größe”"}

    block = as_data_block(value)

    assert re.fullmatch(r'<script type="application/ld\+json">[^<>&\u2028]*</script>', block)
    [element] = html.fragments_fromstring(block)
    assert json.loads(element.text) == value


def test_a_message_with_a_link_to_a_page_gets_a_preview(client):
    make_import(
        make_document(title='Terms & "Conditions"'), policy=make_policy(slug="terms"), at=MAY
    )

    about = metadata(head(client, "/terms/"))

    assert about == {
        "og:type": "article",
        "og:title": 'Terms & "Conditions"',
        "og:description": "Version 1, last updated May 2, 2026",
        "og:site_name": "Softphonez",
        "og:url": "http://testserver/terms/",
        "og:image": "http://testserver/icon.png",
        "article:modified_time": "2026-05-02",
    }
    assert metadata(head(client, "/terms/versions/1/"))["og:url"].endswith("/terms/versions/1/")
    first = metadata(head(client, "/"))
    assert {"og:title", "og:type", "og:image", "og:url"} <= set(first)
    picture = client.get("/icon.png")
    assert picture.getvalue().startswith(b"\x89PNG")
    picture.close()


# --- Which policies apply here (RFC 6903) ------------------------------------------------------


def test_pages_name_the_privacy_policy_and_the_terms_of_the_site(client):
    for slug in ("privacy", "terms", "cookies"):
        make_version(policy=make_policy(slug=slug), at=MAY)
    named = {
        "privacy-policy": "http://testserver/privacy/",
        "terms-of-service": "http://testserver/terms/",
    }

    for url in ("/", "/cookies/", "/terms/", "/terms/embed/"):
        assert named.items() <= rels(client.get(url)).items()
    for url in ("/", "/cookies/"):
        links = {it.get("rel"): it.get("href") for it in head(client, url).iter("link")}
        assert (links["privacy-policy"], links["terms-of-service"]) == ("/privacy/", "/terms/")


def test_the_settings_name_the_sites_policies_by_any_slug_that_they_have_or_had(client, settings):
    settings.SITE_POLICIES = {
        "privacy-policy": ["legal", "datenschutz"],
        "terms-of-service": ["legal"],
    }
    policy = make_version(policy=make_policy(slug="legal"), at=MAY).policy
    make_version(policy=make_policy(slug="privacy"), at=MAY)
    make_version(policy=make_policy(slug="datenschutz", language="de"), at=MAY)
    workflow.rename_policy(
        policy.pk, by=make_user("Publishers"), at=timezone.now(), slug="small-print"
    )

    assert rels(client.get("/")) == {
        "privacy-policy": "http://testserver/small-print/",
        "terms-of-service": "http://testserver/small-print/",
    }
    assert rels(client.get("/de/")) == {"privacy-policy": "http://testserver/de/datenschutz/"}
