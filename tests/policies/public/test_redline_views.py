"""What changed between two versions, as readers get it."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from policies import workflow
from policies.public import comparisons, views
from policies.states import Kind, Status
from policies.text.document import Section
from tests.factories import (
    DAY,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.public.public_site import body, make_history

pytestmark = pytest.mark.django_db


OTHERS = (
    Section("Contact", "contact", "Write to privacy@softphonez.com."),
    Section("Cookies", "cookies", "There are none."),
)


def make_changed():
    now = timezone.now()
    policy = make_policy(slug="privacy")
    for number, text in enumerate(("We keep little.", "We keep nothing.", "We keep much.")):
        make_version(policy=policy, text=text, at=now - (30 - 10 * number) * DAY)
    make_version(policy=policy, text="We keep all.", at=now, effective_at=now + DAY)
    return policy


def without_labels(page):
    """Return a page without what it says of its marks to who can't see them."""
    return re.sub(r'<span class="redline-label">[^<]*</span>', "", page)


def test_any_two_versions_can_be_compared(client):
    make_changed()

    page = body(client, "/privacy/compare/1/3/")

    assert "little</del>" in without_labels(page)
    assert "1 section changed" in page
    assert '<details class="unchanged"> <summary>Contact <small>unchanged, 4 words</small>' in page
    assert 'href="#site:change-1"' in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ((Section("What we hold", "data", "We keep nothing."), *OTHERS), "changed and renamed"),
        (
            (*OTHERS, Section("Data", "data", "We keep *little*, and nobody else.")),
            "changed and moved",
        ),
        ((*OTHERS, Section("What", "data", "We keep nothing.")), "changed, moved and renamed"),
        ((*OTHERS, Section("What", "data", "We keep little.")), "moved and renamed"),
        (
            (Section("Data", "data", "We keep *little*."), *OTHERS),
            "changed in numbering or formatting only",
        ),
    ],
)
def test_a_section_is_counted_once_with_all_that_happened_to_it(client, changed, words):
    policy = make_policy(slug="privacy")
    now = timezone.now()
    first = (Section("Data", "data", "We keep little."), *OTHERS)
    for days, sections in ((2, first), (1, changed)):
        document = replace(make_document(), sections=sections)
        make_import(document, policy=policy, at=now - days * DAY)

    page = BeautifulSoup(body(client, "/privacy/compare/1/2/"), "html.parser")

    said = [it.get_text() for it in page.select(".summary li")]
    counted = [line for line in said if re.match("[0-9]", line)]
    assert counted == [f"1 section {words}", "2 sections unchanged"]


def test_a_section_whose_clauses_have_other_labels_is_not_said_to_be_formatted(client):
    policy = make_policy(slug="privacy")
    for days, number in ((2, 4), (1, 5)):
        sections = (Section("Fees", "fees", f"{number}.1 You pay.\n\n{number}.2 At once."),)
        document = replace(make_document(), sections=sections)
        make_import(document, policy=policy, at=timezone.now() - days * DAY)

    page = body(client, "/privacy/compare/1/2/")

    assert "1 section changed in numbering or formatting only" in page
    assert "[4.2 → 5.2]" in page


def test_since_shows_what_changed_up_to_the_version_in_force(client):
    make_changed()

    page = body(client, "/privacy/since/2/")

    assert "what changed since version 2" in page
    assert "nothing</del>" in without_labels(page)
    assert "much</ins>" in without_labels(page)
    assert "We keep all." not in page


def test_the_change_note_of_each_version_in_between_is_shown_unless_it_was_withdrawn(client):
    policy = make_policy(slug="privacy")
    now = timezone.now()
    make_version(policy=policy, at=now - 40 * DAY)
    publish(policy, "Fees go up.", at=now - 30 * DAY)
    withdrawn = publish(policy, "Never.", at=now - 20 * DAY, effective_at=now + DAY)
    by = make_user("Publishers")
    workflow.withdraw(withdrawn.pk, by=by, at=now - 19 * DAY, reason="A mistake.")
    publish(policy, "A comma.", at=now - 10 * DAY, kind=Kind.EDITORIAL)

    for address in ("since/1/", "embed/since/1/", "compare/1/4/"):
        page = body(client, f"/privacy/{address}")
        assert "Version 2 (material): <span>Fees go up.</span>" in page
        assert "Version 4 (editorial): <span>A comma.</span>" in page
        assert "Never." not in page
    assert "<p>A comma.</p>" in body(client, "/privacy/since/2/")


def test_of_many_versions_in_between_the_latest_are_listed_and_the_history_is_linked(
    client, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(views, "MAX_STEPS", 2)
    policy = make_policy(slug="privacy")
    now = timezone.now()
    for number in range(1, 6):
        make_version(policy=policy, at=now - (10 - number) * DAY)
    body(client, "/privacy/since/1/")  # from then on the redline is kept

    with django_assert_max_num_queries(4):
        page = body(client, "/privacy/since/1/")

    named = [f"Version {number} (material)" for number in range(1, 6)]
    assert [it in page for it in named] == [False, False, False, True, True]
    assert '<li><a href="/privacy/versions/">All versions</a></li>' in page


def publish(policy, change_note, *, at, **how):
    text = make_document(text=f"{change_note} {at}")
    approved = make_revision(status=Status.APPROVED, policy=policy, document=text, at=at)
    return workflow.publish(
        approved.pk, by=make_user("Publishers"), at=at, change_note=change_note, **how
    )


def test_a_heading_in_the_introduction_is_not_numbered_as_a_section(client):
    policy = make_policy(slug="privacy")
    for day, note in ((20, "### A note"), (10, "### Another note")):
        text = replace(make_document(), introduction=f"{note}\n\nWords.")
        at = timezone.now() - day * DAY
        make_version(policy=policy, document=text, at=at)

    page = BeautifulSoup(client.get("/privacy/compare/1/2/").content, "html5lib")

    sections = page.select(".numbered > h2, .numbered > .unchanged > summary")
    named = [it.get_text(" ", strip=True).split()[0] for it in sections]
    assert named == ["Scope", "Contact"]
    assert page.select(".redline h2")


def test_since_the_current_version_nothing_changed(client):
    make_changed()

    assert "Nothing: version 3, in force since" in body(client, "/privacy/since/3/")


def test_comparing_a_version_with_itself_redirects_to_it_and_an_unknown_one_is_not_found(client):
    make_changed()

    for path, target in {
        "/privacy/compare/2/2/": "/privacy/versions/2/",
        "/privacy/compare/3/1/": "/privacy/compare/1/3/",
        "/privacy/since/4/": "/privacy/versions/4/",
    }.items():
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, target)
    for path in ("/privacy/compare/1/9/", "/privacy/compare/0/1/", "/privacy/since/9/"):
        assert client.get(path).status_code == 404, path
    assert client.get("/other/since/1/").status_code == 404


@pytest.mark.parametrize("embed", ["", "embed/"])
def test_before_anything_is_in_force_since_redirects_to_the_version(client, embed):
    policy = make_policy(slug="privacy")
    upcoming = timezone.now() + DAY
    version = make_version(policy=policy, at=timezone.now(), effective_at=upcoming)

    for _ in range(2):
        answer = client.get(f"/privacy/{embed}since/1/")
        assert (answer.status_code, answer["Location"]) == (302, "/privacy/versions/1/")
        if version.status == Status.PUBLISHED:
            version = workflow.withdraw(
                version.pk, by=make_user("Publishers"), at=timezone.now(), reason="No."
            )


def test_a_comparison_shows_which_of_its_versions_has_not_taken_effect(client):
    make_history()

    withdrawn, upcoming = (body(client, f"/privacy/compare/2/{it}/") for it in (3, 4))
    nothing_yet = body(client, "/privacy/since/2/")

    assert "Version 3 was withdrawn on" in withdrawn
    assert "It never took effect." in withdrawn
    assert "Version 4 is not in force yet." in upcoming
    for page_ in (withdrawn, upcoming):
        assert "Version 2 was" not in page_
        assert "Version 2 is" not in page_
    assert "Nothing: version 2" in nothing_yet
    assert "This policy changes on" in nothing_yet
    assert 'href="/privacy/versions/4/"' in nothing_yet


def test_the_newest_redlines_of_drafts_are_not_computed_again():
    before, draft = make_document(text="We keep it."), make_document(text="We delete it.")

    assert comparisons.of_texts(before, draft) is comparisons.of_texts(before, draft)
