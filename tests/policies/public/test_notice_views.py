"""The notice of a version: what an organisation sends to its users."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from policies import languages
from policies.models import Policy
from tests.factories import DAY, make_policy, make_revision, make_version
from tests.policies.public.public_site import make_family, make_history

pytestmark = pytest.mark.django_db


def day_of_effect(policy, number):
    version = policy.revisions.get(number=number)
    assert version.effective_at is not None
    return languages.written_day(policy.day_of(version.effective_at), policy.language)


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_notice_of_an_upcoming_version_is_ready_to_be_sent(client):
    policy = make_history()

    response = client.get("/privacy/versions/4/notice.txt")

    day = day_of_effect(policy, 4)
    redline = "http://testserver/privacy/compare/2/4/"
    subject, short, publisher, title, opening, *rest = response.content.decode().split("\n\n")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert subject == f"Privacy Policy: new version from {day}"
    assert short == f"{subject}. What is new. {redline}"
    assert (publisher, title) == ("Softphonez", "Privacy Policy")
    assert opening == f"This policy changes on {day}."
    assert rest[0] == "What will change:\nWhat is new."
    assert rest[1] == "What you can do:"
    assert f"Takes effect: {day}" in rest[-1]
    assert f"Changes since version 2:\n{redline}" in rest
    assert "Read version 4:\nhttp://testserver/privacy/versions/4/" in rest
    assert "Read the current version:\nhttp://testserver/privacy/" in rest


def test_the_notice_of_an_upcoming_first_version_names_the_day_and_no_change(client):
    now, policy = timezone.now(), make_policy(slug="privacy")
    make_version(policy=policy, at=now, effective_at=now + 30 * DAY)

    notice = text(client, "/privacy/versions/1/notice.txt")

    assert f"\n\nThis policy takes effect on {day_of_effect(policy, 1)}.\n\n" in notice
    assert "What will change" not in notice


def test_the_notice_follows_what_became_of_a_version(client):
    policy = make_history()
    first, second = day_of_effect(policy, 1), day_of_effect(policy, 2)

    superseded = text(client, "/privacy/versions/1/notice.txt")
    assert "no longer in force" in superseded
    assert f"In force: {first} – {second}" in superseded
    current = text(client, "/privacy/versions/2/notice.txt")
    assert "Version 2, in force since" in current
    assert f"In force since: {second}" in current
    withdrawn = text(client, "/privacy/versions/3/notice.txt")
    assert withdrawn.startswith("Privacy Policy: no new version from")
    assert "Reason:\nA mistake was found." in withdrawn
    assert "In force: never" in withdrawn


def test_the_mail_is_one_document_that_loads_nothing_and_allows_only_its_own_style(client):
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=timezone.now() - DAY)
    make_version(policy=policy, at=timezone.now(), change_note="<b>One</b>\nTwo")

    response = client.get("/privacy/versions/2/notice.html")

    page = response.content.decode()
    assert "&lt;b&gt;One&lt;/b&gt;<br>Two" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert 'href="http://testserver/privacy/compare/1/2/"' in page
    for loaded in (" src=", "<link", "<script", "url(", " style="):
        assert loaded not in page
    assert len(response.content) < 3000
    policy_of_it = response["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy_of_it
    assert "unsafe" not in policy_of_it


def test_plain_text_says_what_html_says_in_the_same_order(client, settings):
    settings.BRAND = {
        **settings.BRAND,
        "sentence": {"en": "You use what we make & sell.", "fr": "Vous êtes notre client."},
        "imprint": "https://softphonez.example/imprint",
        "support": "mailto:help@softphonez.example",
    }
    make_history()

    plain = text(client, "/privacy/versions/4/notice.txt").split("\n\n", 2)[2]
    page = BeautifulSoup(text(client, "/privacy/versions/4/notice.html"), "html.parser")

    shown = page.body.find_all(["header", "p", "h1", "h2", "blockquote"])
    said = [element.get_text() for element in shown]
    assert said[:4] == [
        "Softphonez",
        "Privacy Policy",
        f"This policy changes on {day_of_effect(Policy.objects.get(), 4)}.",
        "You use what we make & sell.",
    ]
    assert said[-2:] == ["Imprint", "Contact"]
    places = [plain.index(words) for words in said]
    assert places == sorted(places)
    for link in page.find_all("a"):
        assert link["href"].removeprefix("mailto:") in plain


def test_the_notice_for_a_mail_tool_has_every_form_and_leads_to_other_languages(client):
    make_family()

    german = client.get("/de/datenschutz/versions/1/notice.json").json()

    assert german["language"] == "de"
    assert "neue Fassung ab" in german["subject"]
    assert german["subject"] in german["text"] or german["subject"] in german["html"]
    assert german["html"] == text(client, "/de/datenschutz/versions/1/notice.html")
    assert {it["language"]: it["url"] for it in german["alternates"]} == {
        "en": "http://testserver/privacy/versions/1/notice.json",
        "de": "http://testserver/de/datenschutz/versions/1/notice.json",
    }
    for it in german["alternates"]:
        assert client.get(it["url"]).status_code == 200


def test_what_is_not_published_has_no_notice(client):
    policy = make_history()
    make_revision(policy=policy)

    for form in ("txt", "html", "json"):
        assert client.get(f"/privacy/versions/5/notice.{form}").status_code == 404
        response = client.get(f"/privacy/versions/4/notice.{form}")
        assert "max-age=60" in response["Cache-Control"]
