"""The same policy in several languages, as readers, programs and the desk see it."""

import json
import re
from itertools import product

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, KeptRedline, Policy
from policies.public import translations
from policies.states import Status
from policies.text.document import Document, Section
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    NOW,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.public.public_site import body, make_family
from tests.policies.staff.desk import form, words

pytestmark = pytest.mark.django_db


def beside_source(revision):
    return reverse("admin:policies_side_by_side", args=[revision.pk])


def hreflangs(page):
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


# --- Finding the other language ------------------------------------------------------------------


PAGES = ["", "versions/", "versions/1/"]


def test_a_list_in_one_language_names_no_other(client):
    make_version()

    assert hreflangs(body(client, "/")) == {}


def test_each_page_names_itself_in_every_language(client):
    make_family()

    for policy, page in product(("/privacy/", "/de/datenschutz/"), PAGES):
        path = f"{policy}{page}"
        shown = body(client, path)

        assert hreflangs(shown) == {
            "en": f"http://testserver/privacy/{page}",
            "x-default": f"http://testserver/privacy/{page}",
            "de": f"http://testserver/de/datenschutz/{page}",
        }
        menu = re.search(r'<nav class="languages".*?</nav>', shown)
        assert menu
        assert f'<a href="/privacy/{page}" lang="en" hreflang="en"' in menu[0]
        assert f'<a href="/de/datenschutz/{page}" lang="de" hreflang="de"' in menu[0]
        assert menu[0].count('aria-current="page"') == 1
        assert f'<a href="{path}"' in menu[0].split('aria-current="page"')[0]


def test_a_version_links_its_translations(client):
    _, german = make_family(behind=True)
    make_version(policy=german, at=timezone.now())

    assert set(hreflangs(body(client, "/privacy/versions/2/")).values()) == {
        "http://testserver/privacy/versions/2/",
        "http://testserver/de/datenschutz/versions/2/",
    }
    assert hreflangs(body(client, "/de/datenschutz/versions/1/"))["en"].endswith("/versions/1/")


def test_nobody_is_led_to_a_translation_that_was_retired(client):
    english, german = make_family()
    spanish = make_policy(slug="privacidad", language="es", translation_of=english)
    make_version(policy=spanish)
    publisher = make_user("Publishers")
    workflow.retire(german.pk, by=publisher, at=timezone.now(), notice="Nur noch auf Englisch.")

    assert set(hreflangs(body(client, "/privacy/"))) == {"en", "es", "x-default"}
    assert set(hreflangs(body(client, "/es/privacidad/"))) == {"en", "es", "x-default"}
    assert set(hreflangs(body(client, "/de/datenschutz/"))) == {"de", "en", "es", "x-default"}
    of_privacy, of_datenschutz = (
        re.findall(
            'hreflang="([^"]+)"',
            body(client, "/sitemap.xml").partition(path)[2].partition("</url>")[0],
        )
        for path in ("/privacy/</loc>", "/de/datenschutz/</loc>")
    )
    assert set(of_privacy) == {"en", "es"}
    assert set(of_datenschutz) == {"de", "en", "es"}
    # What a version says, it says for ever.
    assert "de" in hreflangs(body(client, "/privacy/versions/1/"))
    # The list has the text in use, and below it the one that was retired.
    german_list = body(client, "/de/")
    assert german_list.index('href="/privacy/"') < german_list.index('href="/de/datenschutz/"')
    missing = client.get("/de/privacy/")
    assert 'href="/privacy/"' in missing.content.decode()
    assert "datenschutz" not in missing.content.decode()
    assert missing.status_code == 404


def test_a_translation_shows_that_its_source_was_retired(client):
    english, german = make_family()
    publisher = make_user("Publishers")
    staff = Client()
    staff.force_login(publisher)
    told = "Der auf Englisch abgefasste Text, dessen Übersetzung dies ist, wurde am"
    assert told not in body(client, german.get_absolute_url())
    form = staff.get(reverse("admin:policies_retire", args=[english.pk])).content.decode()
    assert f">{german.label}</a>" in form

    workflow.retire(english.pk, by=publisher, at=timezone.now(), notice="Gone.")

    assert told in body(client, german.get_absolute_url())
    workflow.retire(german.pk, by=publisher, at=timezone.now(), notice="Weg.")
    assert told not in body(client, german.get_absolute_url())


def test_the_menu_is_in_the_language_of_the_page(client):
    make_family()

    page = body(client, "/de/datenschutz/")

    assert '<html lang="de" dir="ltr">' in page
    assert 'aria-label="Sprache"' in page
    assert ">Deutsch</a>" in page
    assert ">English</a>" in page
    assert "Stand: <time" in page
    assert '<a href="/de/">Alle Richtlinien</a>' in page
    assert 'href="/"' not in page


def test_the_list_of_policies_offers_missing_ones_in_another_language_under_a_label(client):
    make_family()
    make_version(policy=make_policy(slug="terms", name="Terms"))

    german, english = body(client, "/de/"), body(client, "/")

    assert '<a href="/de/datenschutz/">Datenschutzerklärung</a>' in german
    assert '<a href="/terms/" hreflang="en" lang="en" dir="ltr">' in german
    assert german.count("(auf Englisch)") == 1
    assert 'href="/privacy/"' not in german.split("<main")[1]
    assert "(in German)" not in english
    assert hreflangs(german) == {
        "en": "http://testserver/",
        "x-default": "http://testserver/",
        "de": "http://testserver/de/",
    }


@pytest.mark.usefixtures("four_catalogs")
def test_each_language_of_the_interface_has_a_list_before_any_translation(client):
    make_version(policy=make_policy(slug="terms"))

    assert "(en anglais)" in body(client, "/fr/")
    assert "(باللغة الإنجليزيّة)" in body(client, "/ar/")
    assert client.get("/ja/").status_code == 404


MISSING = [
    ("/de/terms/", 'lang="de" dir="ltr"', "Diese Richtlinie liegt nicht auf Deutsch vor."),
    ("/fr/terms/versions/3/", 'lang="fr" dir="ltr"', "n’est pas disponible en français."),
    ("/ar/terms/", 'lang="ar" dir="rtl"', "هذه السياسة غير متاحة باللغة العربيّة."),
    ("/ja/terms/", 'lang="en" dir="ltr"', "This policy is not available in Japanese."),
]


@pytest.mark.usefixtures("four_catalogs")
def test_a_policy_missing_in_a_language_is_offered_in_the_authoritative_one(client):
    make_version(policy=make_policy(slug="terms", name="Terms"))

    for path, html, told in MISSING:
        page = body(client, path, status=404)

        assert f"<html {html}>" in page
        assert told in page
        assert '<a href="/terms/" hreflang="en"' in page


def test_the_slug_of_another_language_leads_to_the_translation(client):
    make_family()

    page = body(client, "/de/privacy/", status=404)

    assert "Möglicherweise suchen Sie:" in page
    assert '<a href="/de/datenschutz/">Datenschutz</a>' in page


@pytest.mark.parametrize("path", ["/", "/de/", "/ar/"])
def test_an_error_page_is_in_the_language_of_the_address(client, path, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(translations, "versions_to_list", lambda *_, **__: 1 / 0)

    page = body(client, path, status=500)

    said = {"/": "Something went wrong", "/de/": "Bei uns ist", "/ar/": "حدث خطأ"}[path]
    assert said in page
    assert 'dir="rtl"' in page if path == "/ar/" else 'dir="ltr"' in page


@pytest.mark.usefixtures("four_catalogs")
def test_text_in_a_language_without_a_catalog_is_marked_apart_from_the_interface(client):
    """WCAG 2.2, 3.1.2."""
    policy = make_policy(slug="privacy", name="プライバシー", language="ja")
    make_import(make_document(title="プライバシーポリシー"), policy=policy)

    page = body(client, "/ja/privacy/")

    assert '<html lang="ja" dir="ltr">' in page
    assert '<body lang="en" dir="ltr">' in page
    assert '<h1 lang="ja" dir="ltr">プライバシーポリシー</h1>' in page
    assert '<div class="prose" lang="ja" dir="ltr">' in page
    assert "Last updated <time" in page
    assert '<bdi lang="ja" dir="ltr">2026年5月2日</bdi>' in page


@pytest.mark.usefixtures("four_catalogs")
def test_the_name_of_a_policy_is_marked_apart_where_the_interface_has_no_catalog(client):
    """WCAG 2.2, 3.1.2: in the list, and where a policy is not (yet) at the address."""
    english = make_policy(slug="privacy")
    make_version(policy=english)
    hebrew = make_policy(slug="pratiyut", name="פרטיות", language="he", translation_of=english)
    make_import(make_document(title="מדיניות פרטיות"), policy=hebrew)
    upcoming = make_policy(slug="terms", language="he")
    make_version(policy=upcoming, effective_at=timezone.now() + DAY)

    link = '<a href="/he/pratiyut/" lang="he" dir="rtl">'
    assert f"{link}מדיניות פרטיות</a>" in body(client, "/he/")
    assert f"{link}פרטיות</a>" in body(client, "/he/privacy/", status=404)
    assert '<h1 lang="he" dir="rtl">Privacy Policy</h1>' in body(client, "/he/terms/", status=404)


# --- Behind ---------------------------------------------------------------------------------------


def test_a_translation_shows_which_version_it_translates(client):
    make_family()

    for path in ("/de/datenschutz/", "/de/datenschutz/versions/1/"):
        page = body(client, path)

        assert (
            'Übersetzung von <a href="/privacy/versions/1/" hreflang="en">Fassung 1 auf Englisch'
            in page
        )
        assert "nicht mehr aktuell" not in page


def test_a_translation_that_is_behind_shows_that_and_links_the_newer_text(client):
    make_family(behind=True)

    for path in ("/de/datenschutz/", "/de/datenschutz/versions/1/"):
        page = body(client, path)

        assert "Fassung 1 des auf Englisch abgefassten Textes" in page
        assert "Fassung 2 ist seit" in page
        assert '<a href="/privacy/" hreflang="en">Fassung 2 auf Englisch lesen</a>' in page
        assert 'href="/privacy/compare/1/2/"' in page
    assert "no longer up to date" not in body(client, "/privacy/")


def test_a_translation_is_not_behind_before_the_new_version_is_in_force(client):
    english, german = make_family()
    make_version(policy=english, at=timezone.now(), effective_at=timezone.now() + DAY)
    assert "nicht mehr aktuell" not in body(client, "/de/datenschutz/")

    make_version(policy=german, at=timezone.now())

    assert "die nicht in Kraft ist" in body(client, "/de/datenschutz/")


def test_the_desk_shows_what_is_behind_and_what_changed(client):
    _, german = make_family(behind=True)
    client.force_login(make_user("Writers"))

    desk = body(client, "/admin/")
    assert ">Translation outdated<" in desk
    assert "Translates version 1 (en), but version 2 is in force" in desk
    assert "1 version behind" in desk

    opened = client.post(reverse("admin:policies_start_draft", args=[german.pk]), follow=True)
    assert '<option value="2" selected>Version 2' in words(opened)
    beside = words(client.get(beside_source(german.revisions.open().get())))
    assert "Changes since version 1, which was translated, are marked" in beside
    assert "<ins>" in beside
    assert 'href="/privacy/compare/1/2/"' in beside
    assert ">Translation outdated<" not in body(client, "/admin/")


def test_a_source_version_can_not_be_withdrawn_while_an_upcoming_translation_needs_it():
    english, german = make_family()
    publisher, day = make_user("Publishers"), IN_FIFTY_YEARS
    source = make_version(policy=english, at=timezone.now(), effective_at=day)
    translation = make_version(policy=german, at=timezone.now(), effective_at=day)
    assert translation.source_version == source
    how = {"by": publisher, "at": timezone.now(), "reason": "A mistake."}

    with pytest.raises(
        workflow.WrongState, match="translates it, and would still come into force on"
    ):
        workflow.withdraw(source.pk, **how)

    workflow.withdraw(translation.pk, **how)
    assert workflow.withdraw(source.pk, **how).status == Status.WITHDRAWN


def test_a_translation_without_a_chosen_source_version_translates_the_one_in_force():
    english = make_policy(slug="terms")
    german = make_policy(slug="agb", language="de", translation_of=english)
    translation = make_revision(policy=german, status=Status.APPROVED)
    in_force = make_version(policy=english)
    make_version(policy=english, effective_at=IN_FIFTY_YEARS)

    published = workflow.publish(
        translation.pk, by=make_user("Publishers"), at=timezone.now(), seen_source_version=0
    )

    assert published.source_version == in_force


def test_a_source_that_is_not_public_yet_is_not_revealed(client):
    german = make_version(policy=make_policy(slug="agb", language="de")).policy
    secret = make_policy(slug="moonshot")
    by = make_user("Publishers")
    workflow.set_translation_of(german.pk, by=by, at=timezone.now(), source_id=secret.pk)

    for file in ("current.json", "versions/1.json"):
        answer = client.get(f"/de/agb/{file}")
        assert "moonshot" not in answer.content.decode()
        assert answer.json()["translation_of"] is None

    make_version(policy=secret)
    assert client.get("/de/agb/current.json").json()["translation_of"]["policy"] == "moonshot"


def test_the_address_of_an_unpublished_policy_offers_nothing(client):
    """Else who guesses it would learn that it is there."""
    english = make_version(policy=make_policy(slug="terms")).policy
    make_policy(slug="geheim", language="de", translation_of=english)
    renamed = make_policy(slug="operation-x")
    root = make_user(is_superuser=True)
    workflow.rename_policy(renamed.pk, by=root, at=timezone.now(), slug="cookies")
    make_version(policy=renamed)

    for known, unknown in (("/de/geheim/", "/de/fremd/"), ("/operation-x/", "/nothing-x/")):
        pages = [body(client, it, status=404).replace(it, "") for it in (known, unknown)]
        assert pages[0] == pages[1]


def test_the_source_version_of_a_translation_may_have_been_withdrawn_since(client):
    now, by = timezone.now(), make_user("Publishers", "Writers", is_superuser=True)
    english, german = make_family()
    upcoming = make_version(policy=english, at=now, effective_at=now + 30 * DAY)
    make_version(policy=german, at=now)  # renders what is upcoming
    workflow.withdraw(upcoming.pk, by=by, at=now, reason="Not after all.")
    draft = workflow.start_draft(german.pk, by=by, at=now)
    client.force_login(by)

    shown = body(client, beside_source(draft))

    assert f"Changes since version {upcoming.number}, which was translated, are marked" in shown
    assert "it was withdrawn before it took effect" in shown


def test_a_version_translated_from_an_earlier_source_is_compared_with_nothing(client):
    _, german = make_family()
    other = make_version(policy=make_policy(slug="other"))
    by = make_user(is_superuser=True)
    at = timezone.now()
    workflow.set_translation_of(german.pk, source_id=other.policy.pk, by=by, at=at)
    draft = workflow.start_draft(german.pk, by=by, at=at)
    client.force_login(by)

    shown = body(client, beside_source(draft))

    assert "English, version 1" in shown
    assert "which was translated" not in shown
    assert not KeptRedline.objects.exists()


def test_an_unchanged_choice_does_not_undo_somebody_elses(client):
    english, german = make_family(behind=True)
    make_version(policy=english, at=timezone.now())
    writer = make_user("Writers")
    draft = workflow.start_draft(german.pk, by=writer, at=NOW)
    workflow.set_source_version(draft.pk, by=writer, at=NOW, number=1)
    client.force_login(writer)
    address = reverse("admin:policies_edit", args=[draft.pk])
    opened = BeautifulSoup(client.get(address).content, "html.parser")
    assert opened.select_one("[name=seen_source_version]")["value"] == "1"
    mine = form(draft, title="Mein Titel", introduction="Neu.", do="submit")
    workflow.set_source_version(draft.pk, by=make_user("Writers"), at=NOW, number=2)

    client.post(address, {**mine, "source_version": "1", "seen_source_version": "1"})
    client.post(reverse("admin:policies_submit", args=[draft.pk]))

    draft.refresh_from_db()
    assert (draft.status, draft.title, draft.source_version.number) == (
        "in_review",
        "Mein Titel",
        2,
    )


def keeping_mine(conflict):
    """Return what the page about a conflict sends beside the texts, where one keeps one's own."""
    form = BeautifulSoup(conflict.content, "html.parser").find("form", {"data-unsent": True})
    sent = {"do": ["choose"]}
    for field in form.find_all("input", type=["hidden", "radio"]):
        if field["type"] == "hidden" or field["value"] == "mine":
            sent.setdefault(field["name"], []).append(field["value"])
    return sent


def test_choosing_no_version_does_not_undo_somebody_elses_choice(client):
    english, german = make_family(behind=True)
    writer = make_user("Writers")
    draft = workflow.start_draft(german.pk, by=writer, at=NOW)
    client.force_login(writer)
    address = reverse("admin:policies_edit", args=[draft.pk])
    opened = BeautifulSoup(client.get(address).content, "html.parser")
    seen = opened.find("input", attrs={"name": "seen_source_version"})["value"]
    mine = form(
        draft, title="Mein Titel", introduction="Neu.", source_version="2", seen_source_version=seen
    )
    colleague = make_user("Writers")
    theirs = Document("Ihr Titel", "Anders.", draft.document().sections)
    save_draft(draft, theirs, by=colleague)
    workflow.set_source_version(draft.pk, by=colleague, at=NOW, number=1)

    quarrel = client.post(address, {**mine, "do": "save"})
    kept = keeping_mine(quarrel)
    assert "source_version" not in kept
    del mine["source_version"]
    assert client.post(address, {**mine, **kept}).status_code == 302

    draft.refresh_from_db()
    assert (draft.title, draft.source_version) == ("Mein Titel", english.revisions.get(number=1))


def test_a_translation_that_says_the_same_of_a_newer_version_is_pointed_out(client):
    _, german = make_family(behind=True)
    writer = make_user("Writers")
    draft = workflow.start_draft(german.pk, by=writer, at=NOW)
    workflow.submit(draft.pk, by=writer, at=NOW)
    client.force_login(make_user("Reviewers", "Publishers"))

    shown = body(client, reverse("admin:policies_review", args=[draft.pk]))
    assert "The text of this translation has not changed" in shown
    assert "translation of version 2 of Privacy" in shown
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW)
    shown = body(client, reverse("admin:policies_publish", args=[draft.pk]))
    assert "The text of this translation has not changed" in shown
    publisher = make_user("Publishers")
    workflow.publish(draft.pk, by=publisher, at=timezone.now(), change_note="Renders version 2.")
    first = german.revisions.get(number=1)
    shown = body(client, reverse("admin:policies_review", args=[first.pk]))
    assert "The text of this translation has not changed" not in shown


def test_a_translation_is_made_on_the_desk_at_the_address_and_with_the_headings_of_its_source(
    client,
):
    english = make_policy(slug="privacy")
    make_version(policy=english)
    client.force_login(make_user("Writers"))
    form = {"name": "سياسة الخصوصية", "language": "ar", "translation_of": str(english.pk)}

    editor = words(client.post(reverse("admin:policies_policy_add"), form, follow=True))

    policy = Policy.objects.get(language="ar")
    assert (policy.slug, policy.translation_of) == ("privacy", english)
    draft = policy.revisions.get()
    assert draft.source_version == english.revisions.get()
    headings = (Section("Scope", "scope"), Section("Contact", "contact"))
    assert draft.document() == Document("سياسة الخصوصية", "", headings)
    assert '<option value="1" selected>Version 1' in editor
    assert words(client.get(beside_source(draft))).count("<strong>Not translated yet<") >= 2


def test_json_names_no_prevailing_language_that_is_not_in_force(client):
    english = make_version(policy=make_policy(slug="privacy")).policy
    french = make_policy(slug="privacy", language="fr", translation_of=english)
    by = make_user("Publishers")
    workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="fr")

    def prevailing():
        return client.get("/privacy/current.json").json()["prevailing_language"]

    assert prevailing() is None
    make_version(policy=french)
    assert prevailing() == "fr"


def test_publishers_link_translations_and_say_what_prevails(client):
    english = make_version(policy=make_policy(slug="privacy")).policy
    german = make_version(policy=make_policy(slug="privacy", language="de")).policy
    client.force_login(make_user("Publishers"))

    client.post(
        reverse("admin:policies_set_translation_of", args=[german.pk]),
        {"translation_of": english.pk},
    )
    client.post(
        reverse("admin:policies_set_prevailing_language", args=[english.pk]), {"language": "en"}
    )

    page = body(client, "/de/privacy/")
    assert 'hreflang="en">die auf Englisch abgefasste Fassung maßgeblich</a>' in page
    assert "prevails" not in body(client, "/privacy/")
    actions = AuditEvent.objects.order_by("-sequence").values_list("action", "reason")[:2]
    assert list(actions) == [
        ("set_prevailing_language", "en prevails"),
        ("set_translation_of", "translation of Privacy policy (en)"),
    ]
    shown = body(client, reverse("admin:policies_policy_change", args=[english.pk]))
    assert "Does not state which version (en) it translates" in shown


# --- For programs --------------------------------------------------------------------------------


def test_json_has_the_source_version_and_whether_a_translation_is_behind(client):
    import jsonschema  # here, since it takes seconds in every process of the tests

    english, _ = make_family(behind=True)
    workflow.set_prevailing_language(english.pk, by=make_user("Publishers"), at=NOW, language="en")

    german = json.loads(client.get("/de/datenschutz/current.json").content)
    version = json.loads(client.get("/de/datenschutz/versions/1.json").content)
    source = json.loads(client.get("/privacy/current.json").content)

    for name, answer in (("current", german), ("version", version), ("current", source)):
        schema = (settings.BASE_DIR / f"policies/schemas/{name}.json").read_text()
        jsonschema.validate(answer, json.loads(schema))
    assert german["translation_of"]["url"] == "http://testserver/privacy/"
    assert german["renders"]["version"] == version["renders"]["version"] == 1
    assert german["behind"]["version"] == 2
    assert german["behind"]["changes"] == "http://testserver/privacy/compare/1/2/"
    assert german["prevailing_language"] == "en"
    assert [it["language"] for it in german["alternates"]] == ["en", "de"]
    assert source["translation_of"] is source["renders"] is source["behind"] is None


def test_a_page_of_a_translated_policy_takes_a_bounded_number_of_queries(
    client, django_assert_max_num_queries
):
    english, _ = make_family(behind=True)
    for language in ("fr", "es", "ar", "ja"):
        make_version(policy=make_policy(slug="privacy", language=language, translation_of=english))

    for path in ("/de/datenschutz/", "/de/datenschutz/versions/1/", "/de/", "/privacy/versions/"):
        with django_assert_max_num_queries(8):
            body(client, path)


def test_the_list_has_the_same_order_on_each_database():
    for name in ("Zusatz", "eCommerce terms", "Änderungen", "account terms"):
        make_version(policy=make_policy(name=name))
    make_version(policy=make_policy(name="AGB", language="de"))

    found = translations.versions_to_list("en", at=timezone.now())

    names = ["account terms", "eCommerce terms", "Zusatz", "Änderungen", "AGB"]
    assert [it.policy.name for it in found] == names
