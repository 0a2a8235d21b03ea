"""The workflow's publishing: what takes effect, when, and without approval."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from policies import workflow
from policies.database import triggers
from policies.ledger import authorship
from policies.models import AuditEvent, Rendering, Revision
from policies.states import Basis, Kind, Status
from policies.text import document as documents
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    NOW,
    make_document,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)

pytestmark = pytest.mark.django_db

# --- Publishing --------------------------------------------------------------------------------


def test_what_was_approved_is_what_is_published():
    revision = make_revision(status=Status.APPROVED)

    published = workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)

    assert published.digest == revision.approved_digest == documents.digest(published.document())
    assert (published.number, published.basis) == (1, Basis.APPROVAL)


def test_a_version_takes_effect_later_than_every_version_before_it():
    upcoming = make_version(effective_at=NOW + 10 * DAY)
    revision = make_revision(status=Status.APPROVED, policy=upcoming.policy)
    publisher = make_user("Publishers")

    for moment in (NOW + 9 * DAY, NOW + 10 * DAY):
        with pytest.raises(workflow.Incomplete, match="later than version 1"):
            workflow.publish(
                revision.pk, by=publisher, at=NOW, change_note="x", effective_at=moment
            )
    published = workflow.publish(
        revision.pk, by=publisher, at=NOW, change_note="x", effective_at=NOW + 11 * DAY
    )

    assert published.number == 2


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_end_alike_wherever_a_note_comes_from(end):
    """A browser sends CRLF, a file has LF; the ledger's digest is of the one that is kept."""
    first = make_version()
    second = make_revision(status=Status.APPROVED, policy=first.policy)

    published = workflow.publish(
        second.pk, by=make_user("Publishers"), at=NOW + DAY, change_note=f"One.{end}Two."
    )

    published.refresh_from_db()
    assert published.change_note == "One.\nTwo."


def test_a_text_based_on_a_withdrawn_version_is_no_editorial_change():
    """What was new in that would come into force under the name of a correction, and no app would
    ask its users.
    """
    first = make_version()
    policy, at = first.policy, NOW + DAY
    withdrawn = make_version(policy=policy, at=at, effective_at=IN_FIFTY_YEARS)
    revision = make_revision(policy=policy, at=at, status=Status.APPROVED)
    assert revision.based_on == withdrawn
    publisher = make_user("Publishers")
    workflow.withdraw(withdrawn.pk, by=publisher, at=at, reason="Wrong.")
    how = {"by": publisher, "at": at, "change_note": "A typo."}

    with pytest.raises(workflow.Incomplete, match=r"more than correct .*version 1"):
        workflow.publish(revision.pk, kind=Kind.EDITORIAL, **how)

    assert workflow.publish(revision.pk, kind=Kind.MATERIAL, **how).number == 3


def test_an_import_takes_no_day_on_which_readers_were_shown_something_else():
    first = make_version()
    draft = workflow.import_draft(first.policy.pk, make_document(), by=None, at=NOW + DAY)
    how = {"by": None, "reason": "From the old site.", "change_note": "x"}

    with pytest.raises(workflow.Incomplete, match=r"Readers have been shown .*version 1"):
        workflow.publish_import(
            draft.pk, at=NOW + 2 * DAY, effective_at=NOW + timedelta(hours=1), **how
        )

    at = NOW + 2 * DAY
    assert workflow.publish_import(draft.pk, at=at, effective_at=at, **how).number == 2


def test_an_editorial_change_keeps_the_public_date_and_a_material_one_moves_it():
    first = make_version(at=NOW)
    editorial = make_version(policy=first.policy, at=NOW + 10 * DAY, kind=Kind.EDITORIAL)
    material = make_version(policy=first.policy, at=NOW + 20 * DAY, kind=Kind.MATERIAL)

    assert [v.last_updated_on for v in (first, editorial, material)] == [
        date(2026, 5, 2),
        date(2026, 5, 2),
        date(2026, 5, 22),
    ]


def test_only_an_upcoming_version_can_be_withdrawn():
    version = make_version(effective_at=IN_FIFTY_YEARS)
    publisher = make_user("Publishers")

    with pytest.raises(workflow.WrongState, match="Only an upcoming version"):
        workflow.withdraw(version.pk, by=publisher, at=IN_FIFTY_YEARS, reason="Too late.")
    with pytest.raises(workflow.Incomplete, match="Readers will see it"):
        workflow.withdraw(version.pk, by=publisher, at=NOW, reason="")
    withdrawn = workflow.withdraw(version.pk, by=publisher, at=NOW, reason="A mistake.")

    assert withdrawn.status == Status.WITHDRAWN


# --- The emergency way -------------------------------------------------------------------------


def test_publishing_without_approval_needs_a_reason_and_is_recorded():
    by = make_user(permissions=["publish_without_approval"])
    draft = make_revision()

    with pytest.raises(workflow.Incomplete, match="can't wait"):
        workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason=" ")
    version = workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason="A leak.")

    assert (version.basis, version.basis_reason) == (Basis.EMERGENCY, "A leak.")
    act = AuditEvent.objects.get(action="publish_without_approval")
    assert (act.done_by, act.reason, act.revision) == (by, "A leak.", version)


def test_a_version_without_approval_stays_flagged_until_another_has_approved_it():
    by = make_user("Reviewers", permissions=["publish_without_approval"])
    version = make_emergency(by=by)
    flagged = Revision.objects.awaiting_late_approval()
    assert list(flagged) == [version]

    with pytest.raises(workflow.NotAllowed, match="published this version yourself"):
        workflow.approve_afterwards(version.pk, by=by, at=NOW)
    assert list(flagged.all()) == [version]
    workflow.approve_afterwards(version.pk, by=make_user("Reviewers"), at=NOW + DAY)

    assert list(flagged.all()) == []


def test_an_author_may_not_approve_afterwards():
    author = make_user("Writers", "Reviewers")
    version = make_emergency(make_revision(writer=author))

    with pytest.raises(workflow.NotAllowed, match="You worked on this revision"):
        workflow.approve_afterwards(version.pk, by=author, at=NOW)


def test_only_an_emergency_is_approved_afterwards_and_only_once():
    reviewer = make_user("Reviewers")
    usual = make_version()
    emergency = make_emergency()
    workflow.approve_afterwards(emergency.pk, by=reviewer, at=NOW)

    with pytest.raises(workflow.WrongState, match="not published in an emergency"):
        workflow.approve_afterwards(usual.pk, by=reviewer, at=NOW)
    with pytest.raises(workflow.WrongState, match="already"):
        workflow.approve_afterwards(emergency.pk, by=reviewer, at=NOW)


# --- Time --------------------------------------------------------------------------------------


# --- What an emergency leaves behind --------------------------------------------------------------


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_whoever_published_without_approval_may_not_approve_what_is_based_on_it(is_withdrawn):
    """Not through a colleague either, who only presses the button."""
    policy = make_version().policy
    hasty = make_user("Writers", "Reviewers", permissions=["publish_without_approval"])
    draft = make_revision(policy=policy, writer=hasty, at=NOW + DAY)
    rushed = workflow.publish_without_approval(
        draft.pk,
        by=hasty,
        at=NOW + DAY,
        reason="A leak.",
        change_note="Sooner.",
        effective_at=IN_FIFTY_YEARS if is_withdrawn else None,
    )
    if is_withdrawn:
        by = make_user("Publishers")
        workflow.withdraw(rushed.pk, by=by, at=NOW + 2 * DAY, reason="Not so.")
    colleague = make_user("Writers")
    again = workflow.start_draft(
        policy.pk, by=colleague, at=NOW + 3 * DAY, based_on=rushed.pk if is_withdrawn else None
    )
    text = replace(make_document(text="With a comma, now."), clauses=True)
    again = save_draft(again, text, by=colleague, at=NOW + 3 * DAY)
    workflow.submit(again.pk, by=colleague, at=NOW + 3 * DAY)

    assert {it.name for it in authorship.authors(again)} == {str(hasty), str(colleague)}
    with pytest.raises(workflow.NotAllowed, match="somebody else must approve it"):
        workflow.approve(again.pk, by=hasty, at=NOW + 4 * DAY)


# --- What readers get -----------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["publish", "publish_without_approval", "publish_import"])
def test_html_that_is_not_the_texts_does_not_outlive_the_draft(action):
    """Whatever the ORM wrote beside the text meanwhile: a reviewer reads the text."""
    text = make_document(text="You may cancel at any time.")
    draft = (
        workflow.import_draft(make_policy().pk, text, by=None, at=NOW)
        if action == "publish_import"
        else make_revision(document=text)
    )
    forged = {"html": "<p>You may never cancel.</p><script>alert(1)</script>", "contents": []}
    Rendering.objects.filter(revision=draft).update(**forged)

    if action == "publish":
        workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)
        workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW)
        workflow.publish(draft.pk, by=make_user("Publishers"), at=NOW)
    elif action == "publish_import":
        workflow.publish_import(draft.pk, by=None, at=NOW, reason="Imported.", effective_at=NOW)
    else:
        by = make_user(permissions=["publish_without_approval"])
        workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason="A leak.")

    shown = Rendering.objects.get(revision=draft)
    assert "never" not in shown.html
    assert "You may cancel at any time." in shown.html
    assert shown.contents


# --- At the edge ----------------------------------------------------------------------------------


def test_authors_of_unapproved_headings_may_not_approve_their_translation():
    hasty = make_user(permissions=["publish_without_approval"])
    author = make_user("Writers", "Reviewers")
    source = make_revision(writer=author)
    workflow.publish_without_approval(source.pk, by=hasty, at=NOW, reason="A leak.")
    german = make_policy(language="de", translation_of=source.policy)
    translator = make_user("Writers")
    draft = workflow.start_draft(german.pk, by=translator, at=NOW)
    text = replace(draft.document(), introduction="Kurz.")
    save_draft(draft, text, by=translator)
    workflow.submit(draft.pk, by=translator, at=NOW)

    with pytest.raises(workflow.NotAllowed, match="You worked on"):
        workflow.approve(draft.pk, by=author, at=NOW)
    assert workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW).status == Status.APPROVED


def test_an_approved_text_that_was_changed_in_the_database_is_not_published():
    revision = make_revision(status=Status.APPROVED)
    with triggers.lifted(connection):
        revision.sections.filter(anchor="scope").update(body="Slipped in.")

    with pytest.raises(workflow.TextChanged, match="is not the one that was approved"):
        workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)


@pytest.mark.parametrize(
    ("status", "named"),
    [(Status.DRAFT, "a draft"), (Status.APPROVED, "approved"), (Status.PUBLISHED, "published")],
)
def test_a_refusal_says_what_state_it_is_in(status, named):
    revision = make_revision(status=status)

    with pytest.raises(workflow.WrongState, match=f" is {named} now\\."):
        workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)
