"""Who is asked to review a submission, by when; asking somebody else; reminders."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.models import ReviewRequest, Revision
from policies.states import Status
from policies.workflow.reviewing import HOURS_BETWEEN_REMINDERS
from tests.factories import DAY, NOW, make_revision, make_user
from tests.policies.ledger.proved_site import problems_after

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def submitted(**asked):
    draft = make_revision()
    return workflow.submit(draft.pk, by=make_user("Writers"), at=NOW, **asked)


def asked_now(revision):
    request = Revision.objects.get(pk=revision.pk).review_request
    assert request is not None
    return request.reviewer, request.due_on, request.note


def test_a_submission_asks_anyone_who_may_unless_it_names_a_reviewer_and_a_day():
    rosa = make_user("Reviewers")

    assert asked_now(submitted()) == (None, None, "")
    named = submitted(reviewer_id=rosa.pk, due_on=TODAY, note=" Section 2 is new. ")
    assert asked_now(named) == (rosa, TODAY, "Section 2 is new.")
    entry = named.audit_events.get(action="submit")
    assert entry.facts == {"reviewer": rosa.pk, "due_on": "2026-05-02"}
    assert entry.reason == "Section 2 is new."


def people_who_cannot_review():
    gone, outside = make_user("Reviewers"), make_user("Reviewers")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=outside.pk).update(is_staff=False)
    return [gone, outside, make_user("Writers")]


def test_nobody_is_asked_who_cannot_review_it():
    both = make_user("Writers", "Reviewers")
    draft = make_revision(writer=both)

    for person in people_who_cannot_review():
        with pytest.raises(workflow.Incomplete, match="can’t do that"):
            workflow.submit(draft.pk, by=both, at=NOW, reviewer_id=person.pk)
    with pytest.raises(workflow.Incomplete, match="can’t do that"):
        workflow.submit(draft.pk, by=both, at=NOW, reviewer_id=10**9)
    with pytest.raises(workflow.Incomplete, match="worked on this revision"):
        workflow.submit(draft.pk, by=both, at=NOW, reviewer_id=both.pk)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_review_is_wanted_by_a_day_to_come_and_the_note_is_bounded():
    draft, writer = make_revision(), make_user("Writers")
    wrong = [
        {"due_on": TODAY - DAY},
        {"due_on": TODAY.replace(year=9999)},
        {"note": "x" * 10_001},
        {"note": "a\0"},
    ]

    for asked in wrong:
        with pytest.raises(workflow.Incomplete) as refusal:
            workflow.submit(draft.pk, by=writer, at=NOW, **asked)
        assert refusal.value.about == tuple(asked)


def test_reassigning_adds_a_request_and_keeps_the_one_before():
    rosa, ravi = make_user("Reviewers"), make_user("Reviewers")
    revision = submitted(reviewer_id=rosa.pk)

    workflow.reassign_review(
        revision.pk, by=ravi, at=NOW + DAY, reviewer_id=ravi.pk, due_on=TODAY + 2 * DAY
    )

    assert asked_now(revision) == (ravi, TODAY + 2 * DAY, "")
    assert [it.reviewer for it in revision.review_requests.all()] == [rosa, ravi]
    with pytest.raises(workflow.Incomplete, match="Nothing was changed"):
        workflow.reassign_review(
            revision.pk, by=rosa, at=NOW + DAY, reviewer_id=ravi.pk, due_on=TODAY + 2 * DAY
        )
    workflow.reassign_review(revision.pk, by=rosa, at=NOW + DAY)
    assert asked_now(revision) == (None, None, "")
    assert ledger.verify().problems == []


def test_whoever_may_approve_it_can_although_somebody_else_was_asked():
    revision = submitted(reviewer_id=make_user("Reviewers").pk)

    approved = workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)

    assert approved.status == Status.APPROVED
    assert approved.review_request is None


def test_being_asked_gives_no_right_to_approve():
    rosa = make_user("Reviewers")
    revision = submitted(reviewer_id=rosa.pk)
    rosa.groups.clear()

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(revision.pk, by=User.objects.get(pk=rosa.pk), at=NOW)


def test_a_submission_of_version_1_0_asks_nobody():
    revision = submitted()
    with triggers.lifted(connection):
        ReviewRequest.objects.all().delete()

    assert Revision.objects.get(pk=revision.pk).review_request is None
    workflow.reassign_review(revision.pk, by=make_user("Writers"), at=NOW, due_on=TODAY)
    assert asked_now(revision) == (None, TODAY, "")


def test_a_reminder_is_sent_once_a_day_for_each_submission():
    revision, writer = submitted(), make_user("Writers")
    between = timedelta(hours=HOURS_BETWEEN_REMINDERS)

    workflow.nudge(revision.pk, by=writer, at=NOW)
    with pytest.raises(workflow.WrongState, match=r"May 2, 2026, 12:00 \(UTC\)"):
        workflow.nudge(revision.pk, by=make_user("Writers"), at=NOW + between - DAY / 86400)
    workflow.nudge(revision.pk, by=writer, at=NOW + between)
    workflow.withdraw_submission(revision.pk, by=writer, at=NOW + 1.5 * between)
    workflow.submit(revision.pk, by=writer, at=NOW + 1.5 * between)
    workflow.nudge(revision.pk, by=writer, at=NOW + 1.5 * between)

    assert revision.audit_events.filter(action="nudge").count() == 3


def test_verify_finds_requests_that_were_changed_in_the_database():
    revision = submitted(reviewer_id=make_user("Reviewers").pk, note="Please.")
    workflow.reassign_review(revision.pk, by=make_user("Reviewers"), at=NOW)
    assert ledger.verify().problems == []
    rows, other = ReviewRequest.objects.all(), make_user()
    first = rows.filter(pk=rows[0].pk)
    changes = {
        "another reviewer": lambda: first.update(reviewer=other),
        "another day": lambda: rows.update(due_on=TODAY + 9 * DAY),
        "another note": lambda: rows.update(note="Never mind."),
        "another person who asked": lambda: rows.update(asked_by=other),
        "one that is gone": first.delete,
        "one too many": lambda: rows.create(revision=revision, asked_at=NOW, asked_by=other),
    }
    triggers.remove(connection)

    for name, change in changes.items():
        assert "asked to review revision" in str(problems_after(change)), name
