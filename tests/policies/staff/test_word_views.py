"""The desk: texts and what they change, as Word files."""

import pytest

from policies.states import Status
from policies.text import importing
from tests.factories import make_document, make_policy, make_revision, make_version
from tests.policies.staff.desk import log_in, page, words
from tests.policies.text.word_exports import back, document, resolved, tag

pytestmark = pytest.mark.django_db


def test_a_draft_leaves_as_a_word_file_from_the_editor():
    draft = make_revision(policy=make_policy(slug="privacy"))
    client, _ = log_in("Writers")

    assert page("word", draft.pk) in words(client.get(page("edit", draft.pk)))
    answer = client.get(page("word", draft.pk))

    assert answer["Content-Disposition"] == f'attachment; filename="privacy-draft-{draft.pk}.docx"'
    assert back(answer.content) == draft.document()
    notes = importing.read("privacy.docx", answer.content).notes
    (header,) = (it.text for it in notes if it.kind == "page header dropped")
    assert header.startswith(f"{draft.policy.name} · Draft")


def test_what_a_submission_changes_leaves_as_tracked_changes_from_the_review():
    version = make_version(policy=make_policy(slug="privacy"))
    text = make_document(text="Something else.")
    revision = make_revision(policy=version.policy, status=Status.IN_REVIEW, document=text)
    client, _ = log_in("Reviewers")

    assert page("word_changes", revision.pk) in words(client.get(page("review", revision.pk)))
    content = client.get(page("word_changes", revision.pk)).content

    assert back(content) == text
    assert back(resolved(content, accept=False)) == version.document()


def test_the_first_text_of_a_policy_changes_nothing():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    assert page("word_changes", revision.pk) not in words(client.get(page("review", revision.pk)))
    assert client.get(page("word_changes", revision.pk)).status_code == 404


def test_any_two_revisions_are_compared_in_word():
    gone = make_revision(status=Status.DISCARDED)
    draft = make_revision(policy=gone.policy)
    client, _ = log_in("Writers")
    chosen = {"old": gone.pk, "new": draft.pk}

    shown = words(client.get(page("compare", gone.policy_id), chosen))
    address = f"{page('word_comparison', gone.policy_id)}?old={gone.pk}&amp;new={draft.pk}"
    assert address in shown
    content = client.get(page("word_comparison", gone.policy_id), chosen).content

    assert list(document(content).iter(tag("ins"))) != []
    assert back(content) == draft.document()
