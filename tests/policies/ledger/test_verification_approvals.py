"""Rows changed in the database before publication: `verify` finds that by the audit."""

import pytest
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.models import AuditEvent, Contribution, Rendering, Revision, Section
from policies.states import Status
from policies.workflow import texts
from tests.factories import NOW, make_document, make_revision, make_user

pytestmark = pytest.mark.django_db


def published(status, change):
    """Return what `verify` reports after a revision was changed in a state, with the rules lifted,
    and then published like any other. It is given a head from before.
    """
    writer, reviewer = make_user("Writers", "Reviewers"), make_user("Reviewers")
    revision = make_revision(status=status, writer=writer, reviewer=reviewer)
    head = AuditEvent.objects.latest("sequence").digest
    with triggers.lifted(connection):
        change(revision)
    revision.refresh_from_db()
    if revision.status == Status.IN_REVIEW:
        workflow.approve(revision.pk, by=writer, at=NOW)
    workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)
    return ledger.verify(head=head).problems


def swap_the_text(revision):
    made = texts.prepare(make_document(text="We sell everything."), revision.policy)
    Section.objects.filter(revision=revision, anchor="scope").update(body="We sell everything.")
    Rendering.objects.filter(revision=revision).update(**made.values)
    rows = Revision.objects.filter(pk=revision.pk)
    rows.update(digest=made.digest, approved_digest=made.digest)


def approve_by_hand(revision):
    Revision.objects.filter(pk=revision.pk).update(
        status=Status.APPROVED,
        approved_by=make_user("Reviewers"),
        approved_at=NOW,
        approved_digest=revision.digest,
    )


def forget_the_author(revision):
    Contribution.objects.filter(revision=revision).delete()
    rows = Revision.objects.filter(pk=revision.pk)
    rows.update(created_by=None, saved_by=None, submitted_by=make_user())


@pytest.mark.parametrize(
    ("status", "change", "problem_part"),
    [
        (Status.APPROVED, swap_the_text, "was not approved as the audit records it"),
        (Status.IN_REVIEW, approve_by_hand, "was not approved as the audit records it"),
        (Status.IN_REVIEW, forget_the_author, "and is not an author of it"),
    ],
)
def test_what_was_forged_before_publication_contradicts_the_audit(status, change, problem_part):
    (problem, *_) = published(status, change)

    assert problem_part in problem


def test_whoever_approved_what_they_had_written_is_found():
    """With the rules lifted, and afterwards: nothing publishes it."""
    revision = make_revision(status=Status.APPROVED)
    (wrote,) = revision.contributions.all()
    workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)
    with triggers.lifted(connection):
        Revision.objects.filter(pk=revision.pk).update(approved_by=wrote.contributed_by)
        events = AuditEvent.objects.filter(revision=revision, action="approve")
        events.update(done_by=wrote.contributed_by)

    problems = ledger.verify().problems

    assert any("was approved by somebody who wrote in it" in it for it in problems)
