"""The desk lists references that a draft's changes have made wrong, and corrects them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from policies.models import AuditEvent
from policies.states import Status
from policies.text.document import Document, Section
from tests.factories import NOW, make_import, make_revision
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db

BEFORE = Document(
    "Terms",
    "See section 2.",
    (Section("Scope", "scope", "For all."), Section("Fees", "fees", "One fee.")),
)
AFTER = Document(
    "Terms", "See section 2.", (Section("New", "new", "This is new."), *BEFORE.sections)
)


def make_draft(document=AFTER, status=Status.DRAFT):
    return make_revision(policy=make_import(BEFORE).policy, document=document, status=status)


def test_the_editor_lists_what_is_wrong_and_offers_to_correct_it():
    client, _ = log_in("Writers")

    shown = words(client.get(page("edit", make_draft().pk)))

    assert "1 reference with an old number" in shown
    assert "<q>section 2</q> should be <q>section 3</q>." in shown
    assert "Correct 1 reference and save" in shown


def test_the_list_follows_what_is_typed():
    client, _ = log_in("Writers")
    draft = make_draft(BEFORE)
    typed = {"heading": ["New", "Scope", "Fees"], "anchor": ["new", "scope", "fees"]}
    typed["body"] = ["This is new.", "For all.", "One fee."]

    answer = client.post(page("preview", draft.pk), form(draft, **typed)).json()

    assert "section 3" in answer["findings"]


def test_the_list_is_still_there_after_a_finding_was_justified():
    client, _ = log_in("Writers")
    late = replace(AFTER, introduction="See section 2. See section 14 of these Terms.")
    draft = make_draft(late)
    key = re.search(r'name="key" value="([^"]+)"', words(client.get(page("edit", draft.pk))))
    assert key

    answer = client.post(
        page("justify", draft.pk),
        {"key": key[1], "reason": "It is right.", "in_editor": "1"},
        headers={"accept": "application/json"},
    ).json()

    assert "<q>section 3</q>" in answer["parts"]["findings-list"]


def test_one_button_corrects_what_was_typed_as_an_edit_of_whoever_presses_it():
    client, writer = log_in("Writers")
    draft = make_draft()

    typed = form(draft, do="correct", introduction="Yes: see section 2.")
    response = client.post(page("edit", draft.pk), typed, follow=True)

    draft.refresh_from_db()
    assert draft.introduction == "Yes: see section 3."
    assert "Corrected and saved." in words(response)
    assert "with an old number" not in words(response)
    assert draft.contributions.filter(contributed_by=writer).exists()
    assert AuditEvent.objects.filter(action="save_draft", actor=str(writer)).exists()


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"seen_saves": 0, "introduction": "Mine."}, 409), ({"introduction": "# No"}, 422)],
    ids=["saved meanwhile", "no valid text"],
)
def test_what_can_not_be_saved_is_not_corrected(typed, status):
    client, _ = log_in("Writers")
    draft = make_draft()

    response = client.post(page("edit", draft.pk), form(draft, do="correct", **typed))

    draft.refresh_from_db()
    assert response.status_code == status
    assert draft.introduction == "See section 2."


def test_reviewers_see_what_is_wrong_and_can_change_nothing():
    client, _ = log_in("Reviewers")

    shown = words(client.get(page("review", make_draft(status=Status.IN_REVIEW).pk)))

    assert "<q>section 2</q> should be <q>section 3</q>." in shown
    assert 'value="correct"' not in shown


def test_a_published_version_has_no_such_list():
    client, _ = log_in("Reviewers")
    policy = make_import(BEFORE).policy
    later = make_import(AFTER, policy=policy, at=NOW + timedelta(days=1))

    assert "with an old number" not in words(client.get(page("review", later.pk)))


def test_a_first_draft_has_nothing_to_compare_with():
    client, _ = log_in("Writers")

    assert "with an old number" not in words(client.get(page("edit", make_revision().pk)))
