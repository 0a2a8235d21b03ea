"""The public pages, as readers get them."""

import re
import sys
from datetime import UTC, datetime
from itertools import product

import pytest
from django.utils import timezone

from policies import languages, workflow
from policies.public import listed_urls, pdfs, views
from policies.states import Kind, Status
from tests.factories import DAY, make_document, make_policy, make_revision, make_user, make_version
from tests.policies.public.public_site import body, make_history

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_version_in_force(client):
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=timezone.now() - DAY)
    make_revision(policy=policy, text="Not yet public.")

    page = body(client, "/privacy/")

    assert "Version 1, in force since" in page
    assert "Not yet public." not in page


# --- The version in force ----------------------------------------------------------------------


def test_a_retired_policy_stays_readable_under_its_notice(client):
    policy = make_version(policy=make_policy(slug="old"), at=timezone.now()).policy
    successor = make_version(policy=make_policy(slug="new"), at=timezone.now()).policy
    workflow.retire(
        policy.pk,
        by=make_user("Publishers"),
        at=timezone.now(),
        notice="Replaced by a <shorter> one.",
        successor_id=successor.pk,
    )

    page = body(client, "/old/")

    assert "This policy was retired on" in page
    assert "Replaced by a &lt;shorter&gt; one." in page
    assert 'href="/new/"' in page
    assert "in force since" not in page
    last = body(client, "/old/versions/1/")
    assert "This policy was retired on" in last
    assert "Version 1, the last one, took effect on" in last
    assert "in force since" not in last
    index = body(client, "/")
    assert "retired</span>" in index
    assert index.index('href="/new/"') < index.index('href="/old/"')


def test_the_history_of_a_retired_policy_has_nothing_in_force(client):
    now = timezone.now()
    policy = make_version(policy=make_policy(slug="old"), at=now).policy
    workflow.retire(policy.pk, by=make_user("Publishers"), at=now, notice="Gone.")

    page = body(client, "/old/versions/")
    pill, today = (
        page.split('class="status">')[1].split("<")[0],
        " ".join(languages.day(policy.day_of(now)).split()),
    )
    assert pill.strip() == "retired"
    assert f"{today}</time>" in page
    assert "</time> – <time" not in page  # it was in force for less than a day
    assert "In force since" not in page
    assert "Read the last version" in page


def test_a_policy_whose_first_version_was_withdrawn_says_so_and_links_it(client):
    make_revision(policy=make_policy(slug="new"), status=Status.WITHDRAWN)

    page = body(client, "/new/", status=404)

    assert "No version of this policy has taken effect yet." in page
    assert 'href="/new/versions/1/">Read version 1</a>' in page


def test_a_policy_not_in_force_yet_links_its_first_version(client):
    now = timezone.now()
    policy = make_policy(slug="new")
    make_version(policy=policy, at=now, effective_at=now + 30 * DAY)

    page = body(client, "/new/", status=404)

    assert "This policy takes effect on" in page
    assert 'href="/new/versions/1/">Read version 1</a>' in page
    history = body(client, "/new/versions/")
    assert "Takes effect" in history
    assert "Read the current version" not in history
    # It would lead to a page that is not there yet.
    assert client.get("/new/timemap/").status_code == 404
    assert "timemap" not in client.get("/new/versions/").get("Link", "")


def test_an_upcoming_version_shows_no_end(client):
    """Of two upcoming versions each has its own day, not the other's behind it."""
    now = timezone.now()
    policy = make_policy(slug="new")
    for days in (30, 60):
        make_version(policy=policy, at=now, effective_at=now + days * DAY)

    history = body(client, "/new/versions/")

    assert history.count("Takes effect") == 2
    assert "– <time" not in history


def test_a_version_that_has_not_taken_effect_shows_no_last_updated_date(client):
    make_history()

    for number, on_paper in ((2, "in force from"), (3, "It never took effect"), (4, "in force")):
        shown = body(client, f"/privacy/versions/{number}/")
        assert ("Last updated" in shown) == (number == 2)
        assert on_paper in shown[shown.index('class="source"') :]
    assert "takes effect" not in body(client, "/privacy/versions/3/")


# --- Every version -----------------------------------------------------------------------------


def test_a_version_shows_its_status_at_the_top(client):
    make_history()

    for number, words in {
        1: "Version 1, no longer in force.",
        2: "Version 2, in force since",
        3: "Version 3 was withdrawn",
        4: "Version 4 is not in force yet.",
    }.items():
        page = body(client, f"/privacy/versions/{number}/")

        assert words in page
        assert ('<meta name="robots" content="noindex">' in page) == (number != 2)
        assert '<link rel="canonical" href="http://testserver/privacy/">' in page
        assert page.count("Read the current version") == (number != 2)


def test_a_withdrawn_version_gives_its_reason(client):
    make_history()

    page = body(client, "/privacy/versions/3/")

    assert "A mistake was found." in page
    assert '<p class="dateline">' not in page


def test_the_history_lists_every_version_with_its_digest(client):
    policy = make_history()

    page = body(client, "/privacy/versions/")

    for version in policy.revisions.numbered():
        assert f'href="/privacy/versions/{version.number}/"' in page
        assert version.digest in page
    for word in ("in force", "superseded", "upcoming", "withdrawn", "material", "editorial"):
        assert word in page


def test_dates_are_in_the_time_zone_of_the_policy_and_the_page_names_it(client):
    policy = make_policy(slug="privacy")
    policy.time_zone = "Pacific/Auckland"
    policy.save(update_fields=["time_zone"])
    make_version(policy=policy, at=datetime(2026, 1, 1, 12, 0, tzinfo=UTC))

    page = body(client, "/privacy/versions/1/")

    assert "in force since <bdi>January 2, 2026</bdi>" in page
    assert "in the time zone Pacific/Auckland" in page


NOWHERE = [
    *("/privacy/versions/0/", "/privacy/versions/01/", "/privacy/versions/5/"),
    *("/privacy/versions/-1/", "/privacy/versions/99999999999/", "/privacy/versions/999999999/"),
    *("/privacy/versions/9.md", "/privacy/versions/9.json", "/privacy/versions/9.pdf"),
    *("/privacy/versions/9.akn.xml", "/privacy/versions/1.xml", "/unknown/", "/unknown/versions/"),
    *("/unknown/current.json", "/unknown/on/2026-05-02/", "/Privacy/", "/privacy//versions/"),
    *("/schemas/nothing.json",),
]


def test_a_bad_address_is_not_found(client):
    make_history()

    assert {url: client.get(url).status_code for url in NOWHERE} == dict.fromkeys(NOWHERE, 404)


# --- On a day ----------------------------------------------------------------------------------


def make_dated():
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=datetime(2026, 1, 10, 9, 0, tzinfo=UTC))
    make_version(policy=policy, at=datetime(2026, 2, 10, 9, 0, tzinfo=UTC))
    return policy


def test_a_day_leads_to_the_version_that_was_in_force(client):
    make_dated()

    for day, number in (("01-10", 1), ("02-09", 1), ("02-10", 2), ("03-01", 2)):
        response = client.get(f"/privacy/on/2026-{day}/")

        assert response.status_code == 302
        assert response["Location"] == f"/privacy/versions/{number}/", day


def test_a_day_without_a_version_gets_a_clear_explanation(client):
    make_dated()

    for day, words in {
        "2026-01-09": (
            "On <bdi>January 9, 2026</bdi>, no version was in force yet (Privacy policy). The "
            "first version took effect on"
        ),
        "0001-01-01": "no version was in force yet (Privacy policy).",
        "9999-12-31": "in the future",
        "2999-01-01": "<bdi>January 1, 2999</bdi> is in the future",
        "2026-02-30": "not a valid date. Write it as 2026-05-02.",
        "yesterday": "not a valid date",
        **dict.fromkeys(("20260301", "2026-W09-7", "2026W097"), "Write it as 2026-05-02."),
        "%3Cscript%3E": "“&lt;script&gt;” is not a valid date",
    }.items():
        assert words in body(client, f"/privacy/on/{day}/", status=404)


# --- Addresses that were left ------------------------------------------------------------------


def rename(policy, *slugs):
    for slug in slugs:
        workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=timezone.now(), slug=slug)


OF_A_POLICY = [
    *("", "versions/", "versions/1/", "versions/1.md", "versions/1.json", "compare/1/2/"),
    *("since/1/", "on/2026-01-01/", "current.json", "versions/before/2/", "feed.xml", "timemap/"),
    "embed/",
]


def test_every_url_under_an_old_slug_leads_to_the_new_one_for_ever(client):
    """But no browser keeps the redirect for ever: after a renaming back, it would loop."""
    policy = make_history()
    rename(policy, "privacy-notice", "privacy-policy")

    for old, rest in product(("privacy", "privacy-notice"), OF_A_POLICY):
        response = client.get(f"/{old}/{rest}")

        assert response.status_code == 301, rest
        assert response["Location"] == f"/privacy-policy/{rest}"
        assert "public" in response["Cache-Control"], rest
        assert "max-age=60" in response["Cache-Control"], rest
        assert "immutable" not in response["Cache-Control"], rest
        if rest.endswith(".json"):
            assert response["Access-Control-Allow-Origin"] == "*"


def test_what_is_not_found_under_the_new_slug_is_not_found_under_the_old(client):
    rename(make_history(), "privacy-policy")

    response = client.get("/privacy/versions/99/", follow=True)

    assert response.redirect_chain == [("/privacy-policy/versions/99/", 301)]
    assert response.status_code == 404


def test_a_policy_in_another_language_has_its_tag_in_the_address(client):
    german = make_policy(slug="datenschutz", language="de")
    make_version(policy=german, at=timezone.now() - DAY)

    page = body(client, "/de/datenschutz/")

    assert '<html lang="de"' in page
    assert '"/de/datenschutz/versions/"' in page
    assert client.get("/datenschutz/").status_code == 404
    assert client.get("/en/datenschutz/").status_code == 404
    rename(german, "privatsphaere")
    assert client.get("/de/datenschutz/versions/1/")["Location"] == "/de/privatsphaere/versions/1/"


# --- A long history ----------------------------------------------------------------------------


def test_a_long_history_comes_in_pages(client, monkeypatch):
    for module in (views, listed_urls):
        monkeypatch.setattr(module, "HISTORY_PAGE", 2)
    policy = make_history()
    make_version(policy=policy, at=timezone.now(), effective_at=timezone.now() + 60 * DAY)

    seen, url, pages = [], "/privacy/versions/", set()
    while url:
        page = body(client, url)
        pages.add(url)
        seen += [int(it) for it in re.findall(r"/privacy/versions/(\d+)/", page)]
        older = re.search(r'"(/privacy/versions/before/\d+/)"', page)
        url = older[1] if older else ""

    assert seen == [5, 4, 3, 2, 1]
    assert pages <= set(listed_urls.listed_paths())
    assert "superseded" in body(client, "/privacy/versions/before/2/")
    assert client.get("/privacy/versions/before/1/").status_code == 404


def test_a_withdrawn_version_neither_ends_another_nor_is_compared_with_one(client, monkeypatch):
    now, policy = timezone.now(), make_policy(slug="privacy")
    for number in (1, 3, 4):
        if number == 3:
            withdrawn = {"status": Status.WITHDRAWN, "effective_at": now + 99 * DAY}
            make_revision(policy=policy, at=now - 40 * DAY, **withdrawn)
        make_version(policy=policy, at=now - (50 - 10 * number) * DAY)
    whole = body(client, "/privacy/versions/")
    monkeypatch.setattr(views, "HISTORY_PAGE", 1)
    older = body(client, "/privacy/versions/before/2/")

    assert "/privacy/compare/1/3/" in whole
    assert "/privacy/compare/2/3/" not in whole
    moments = re.compile(r'<time datetime="([^"]+)"')
    of_the_first = moments.findall(older)
    assert len(of_the_first) == 3  # from, until, published
    assert of_the_first == moments.findall(whole)[-3:]


def test_the_page_explains_how_to_check_its_digest(client):
    version = make_history().revisions.get(number=1)

    page = body(client, "/privacy/versions/1/")

    assert f"<code>{version.digest}</code>" in page
    assert 'href="/privacy/versions/1.md"' in page
    assert "sha256sum" in page


# --- All public pages --------------------------------------------------------------------------

PUBLIC = [
    *("/", "/privacy/", "/privacy/versions/", "/privacy/versions/before/3/"),
    *("/privacy/versions/1/", "/privacy/versions/3/", "/privacy/versions/4/"),
    *("/privacy/versions/1.md", "/privacy/versions/1.json", "/privacy/compare/1/2/"),
    *("/privacy/since/1/", f"/privacy/on/{timezone.now().date()}/", "/privacy/current.json"),
    *("/privacy/embed/", "/privacy/embed/since/1/", "/privacy/feed.xml", "/privacy/timemap/"),
    *("/feed.xml", "/sitemap.xml", "/robots.txt", "/ledger.json", "/schemas/ledger.json"),
]


def test_a_public_page_takes_at_most_four_queries(
    client, django_assert_max_num_queries, monkeypatch
):
    """But one redline in a hundred, when the oldest are cleared away: not here, by whose number."""
    monkeypatch.setattr("policies.public.comparisons.CLEAN_EVERY", sys.maxsize)
    make_history()

    for url in PUBLIC:
        with django_assert_max_num_queries(4, info=url):
            answer = client.get(url)
        assert answer.status_code in {200, 302}, url


def test_an_upcoming_version_links_its_changes(client):
    now = timezone.now()
    first = make_version(at=now - DAY)
    make_version(policy=first.policy, at=now, effective_at=now + DAY)
    make_version(policy=first.policy, at=now, effective_at=now + 2 * DAY)
    here = first.policy.get_absolute_url()

    announced = client.get(here).content.decode()
    assert f'href="{here}compare/1/2/"' in announced
    assert f'href="{here}compare/2/3/"' in announced
    assert f'href="{here}compare/1/2/"' in client.get(f"{here}versions/2/").content.decode()
    assert "compare/" not in client.get(f"{here}versions/1/").content.decode()


def test_a_comparison_without_changes_does_not_explain_the_marks(client):
    document = make_document()
    now, status = timezone.now(), Status.PUBLISHED
    first = make_revision(status=status, document=document, at=now - 2 * DAY)
    make_version(policy=first.policy, at=now - DAY)
    make_revision(status=status, policy=first.policy, document=document, at=now)
    here = first.policy.get_absolute_url()

    assert "underlined" in client.get(f"{here}compare/1/2/").content.decode()
    same = client.get(f"{here}compare/1/3/").content.decode()
    assert "The wording did not change" in same
    assert "underlined" not in same


# --- What is new -------------------------------------------------------------------------------


def test_the_page_shows_what_changed_beside_the_date_without_a_script(client):
    make_history()

    page = body(client, "/privacy/")

    changed = re.search(r'<p class="dateline"> Last updated .*?<details (.*?)</details>', page)
    assert changed is not None
    for part in ("<summary>What changed</summary>", "A comma."):
        assert part in changed[1]
    assert '<a href="/privacy/compare/1/2/">Changes since version 1</a>' in page
    assert "<details class" not in body(client, "/privacy/versions/2/").split("<main")[1]


def test_a_line_below_the_title_leads_to_what_else_there_is_of_the_text(client, monkeypatch):
    make_history()
    monkeypatch.setattr(pdfs, "are_made", lambda: True)

    def links(path):
        page = body(client, path).split("<h1")[1].split("</header>")[0]
        return re.findall(r'href="/privacy/([^"]*)"', page.split('class="links screen-only"')[1])

    assert links("/privacy/")[:4] == [
        "versions/",
        "compare/1/2/",
        "versions/2.pdf",
        "versions/2.docx",
    ]
    assert links("/privacy/versions/1/")[:3] == ["versions/", "versions/1.pdf", "versions/1.docx"]
    assert links("/privacy/embed/")[0] == "compare/1/2/"
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    assert links("/privacy/versions/1/")[:2] == ["versions/", "versions/1.docx"]


def test_the_list_of_policies_says_for_ninety_days_what_changed_and_always_what_will(client):
    now = timezone.now()
    for slug, days in (("new", 89), ("old", 91)):
        policy = make_policy(slug=slug)
        make_version(policy=policy, at=now - 200 * DAY, change_note="First.")
        make_version(policy=policy, at=now - days * DAY, change_note=f"{slug} words.")
    make_version(policy=make_policy(slug="first"), at=now - DAY, change_note="First.")
    upcoming = make_version(
        policy=policy, at=now, effective_at=now + 20 * DAY, change_note="Later words."
    )

    page = re.sub("</?(bdi|span)>", "", body(client, "/"))

    assert page.count("What changed:") == 1
    assert "What changed: new words." in page
    day = languages.day(policy.day_of(upcoming.effective_at))
    said = re.sub("</?bdi>", "", f"This policy changes on {day}.</a> Later words.")
    assert f'<a href="/old/versions/3/">{said}' in page


def test_what_changed_goes_back_to_the_change_that_the_date_is_of(client):
    now = timezone.now()
    policy = make_policy(slug="privacy")
    for day, (kind, note) in enumerate(
        [
            (Kind.MATERIAL, ""),
            (Kind.EDITORIAL, "An older typo."),
            (Kind.MATERIAL, "We keep less."),
            (Kind.EDITORIAL, "A typo."),
        ]
    ):
        version = {"policy": policy, "at": now - (9 - day) * DAY, "kind": kind}
        make_revision(status=Status.PUBLISHED, change_note=note, **version)

    page = body(client, "/privacy/")

    assert 'href="/privacy/compare/2/4/"' in page
    assert page.index("We keep less.") < page.index("A typo.")
    assert "An older typo." not in page


def test_an_upcoming_version_is_announced_with_its_date_its_note_and_the_redline(client):
    now = timezone.now()
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=now - 9 * DAY)
    make_version(policy=policy, at=now - 2 * DAY, effective_at=now + 20 * DAY)

    day, announced = (languages.day(policy.day_of(now + days * DAY)) for days in (20, -2))
    for path in ("/privacy/", "/privacy/embed/", "/privacy/since/1/"):
        page = body(client, path)

        assert f"This policy changes on {day}." in page, path
        said = rf'Announced on <time datetime="[^"]+">{re.escape(announced)}</time>\.'
        assert re.search(said, page), path
        assert "What is new." in page
        assert "/privacy/versions/2/" in page
        assert "/privacy/compare/1/2/" in page


def test_the_list_of_policies_has_those_that_are_not_in_force_yet(client):
    now = timezone.now()
    new = make_policy(slug="new", name="New")
    for days in (10, 20):
        make_version(policy=new, at=now, effective_at=now + days * DAY)
    elsewhere = make_policy(slug="neu", name="Neu", language="de")
    make_version(policy=elsewhere, at=now, effective_at=now + DAY)

    page = body(client, "/")

    assert page.count("This policy takes effect on") == 1
    assert page.count("This policy changes on") == 1
    assert '<a href="/new/versions/1/">Privacy Policy</a>' in page
    assert "No policy has been published yet." not in page
    assert "/de/neu/" not in page
