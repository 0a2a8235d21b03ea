"""The desk's page of a translation beside its source."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from policies import workflow
from policies.text.document import Document, Section
from tests.factories import DAY, NOW, make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

SOURCE = {"scope": "We keep little.", "rights": "Ask us.", "contact": "Write to us."}
GERMAN = {"scope": "Wir speichern wenig.", "rights": "Fragen Sie.", "contact": "Schreiben Sie."}


def text(bodies, **changed):
    parts = {**bodies, **changed}
    return Document(
        "Privacy", "", tuple(Section(it.capitalize(), it, body) for it, body in parts.items())
    )


def publish(policy, document, day):
    at = NOW + day * DAY
    return make_version(policy=policy, document=document, at=at)


def draft(policy, document, day):
    return make_revision(policy=policy, document=document, at=NOW + day * DAY)


def to_do(client, revision):
    """Return what the page asks for, by the heading of the section."""
    shown = BeautifulSoup(client.get(page("side_by_side", revision.pk)).content, "html.parser")
    found = (row for row in shown.select("section.to-do"))
    return {str(it["aria-label"]): it.select_one(".pair-work").get_text() for it in found}


@pytest.fixture
def english():
    policy = make_policy(name="Privacy")
    publish(policy, text(SOURCE), 0)
    return policy


@pytest.fixture
def german(english):
    policy = make_policy(name="Datenschutz", language="de", translation_of=english)
    publish(policy, text(GERMAN), 1)
    return policy


def test_what_changed_in_the_source_needs_work_until_it_changes_in_the_translation(english, german):
    publish(english, text(SOURCE, scope="We keep half.", rights="Ask us in writing."), 2)
    revision = draft(german, text(GERMAN, rights="Fragen Sie schriftlich."), 3)
    client, _ = log_in("Reviewers")

    shown = words(client.get(page("side_by_side", revision.pk)))

    assert to_do(client, revision) == {"Scope": "Changed in the source"}
    assert "1 section needs work" in shown
    assert "Changes since version 1, which was translated, are marked" in shown
    assert "half" in shown
    assert "schriftlich" in shown


def test_sections_that_are_missing_added_or_not_translated_need_work(english, german):
    more = {**SOURCE, "cookies": "We set none.", "minors": "Nobody under 16."}
    publish(english, text({it: more[it] for it in more if it != "rights"}), 2)
    bodies = {"extra": "Nur hier.", **GERMAN, "cookies": "We set none."}
    revision = draft(german, text(bodies), 3)
    client, _ = log_in("Writers")

    assert to_do(client, revision) == {
        "Rights": "Removed from the source",
        "Cookies": "Not translated yet",
        "Extra": "Not in the source",
        "Minors": "Missing in the translation",
    }


def test_sections_with_other_anchors_are_paired_by_their_place(english):
    german = make_policy(name="Datenschutz", language="de", translation_of=english)
    bodies = {"umfang": "Wir speichern wenig.", "rechte": "Fragen Sie.", "contact": "Schreiben."}
    revision = draft(german, text(bodies), 1)
    client, _ = log_in("Writers")

    assert to_do(client, revision) == {}
    assert "No section needs work." in words(client.get(page("side_by_side", revision.pk)))


def test_a_blank_translation_needs_work_in_every_section(english):
    german = make_policy(name="Datenschutz", language="de", translation_of=english)
    writer = make_user("Writers")
    revision = workflow.start_draft(german.pk, by=writer, at=NOW + DAY, blank=True)
    client, _ = log_in("Writers")

    assert set(to_do(client, revision).values()) == {"Not translated yet"}
    assert len(to_do(client, revision)) == 3
    assert "3 sections need work" in words(client.get(page("side_by_side", revision.pk)))


def test_an_introduction_that_needs_work_is_not_counted_as_a_section():
    english = make_policy(name="Privacy")
    publish(english, replace(text(SOURCE), introduction="Read this."), 0)
    german = make_policy(name="Datenschutz", language="de", translation_of=english)
    writer = make_user("Writers")
    revision = workflow.start_draft(german.pk, by=writer, at=NOW + DAY, blank=True)
    client, _ = log_in("Writers")

    assert len(to_do(client, revision)) == 4
    assert "4 parts need work" in words(client.get(page("side_by_side", revision.pk)))


def test_writer_and_reviewer_have_a_way_to_it_and_others_are_led_back(english, german):
    revision = draft(german, text(GERMAN, scope="Wir speichern fast nichts."), 2)
    client, _ = log_in("Writers", "Reviewers")
    address = page("side_by_side", revision.pk)

    for name in ("edit", "review"):
        assert f'href="{address}"' in words(client.get(page(name, revision.pk)))
    of_source = draft(english, text(SOURCE, scope="We keep less."), 2)
    led_back = client.get(page("side_by_side", of_source.pk), follow=True)
    assert "no published source" in words(led_back)


def test_a_published_translation_is_shown_beside_the_version_that_it_translates(english, german):
    version = german.revisions.get(number=1)
    publish(english, text(SOURCE, scope="We keep half."), 2)
    client, _ = log_in("Publishers")

    shown = words(client.get(page("side_by_side", version.pk)))

    assert "<strong>English, version 1</strong>" in shown
    assert "half" not in shown


def test_each_region_of_the_editor_of_a_translation_has_a_name_of_its_own(english, german):
    publish(english, text(SOURCE, scope="We keep half."), 2)
    client, writer = log_in("Writers")
    revision = make_revision(policy=german, writer=writer, at=NOW + 3 * DAY)

    shown = BeautifulSoup(client.get(page("edit", revision.pk)).content, "html.parser")

    regions = shown.select("[role=region][aria-labelledby], section[aria-labelledby]")
    named_by = [str(region["aria-labelledby"]) for region in regions]
    assert len(named_by) == len(set(named_by)) == 4
    assert all(shown.find(id=name) for name in named_by)
