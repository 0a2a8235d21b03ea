"""Comments, replies and reasons that were changed in the database: `verify` finds them."""

import pytest
from django.db import connection

from policies import workflow
from policies.database import triggers
from policies.models import CommentReply, Justification, Overruling, ReviewComment, Revision
from policies.states import Status
from policies.text.findings import Level
from policies.workflow import open_findings
from tests.factories import NOW, make_document, make_revision, make_user
from tests.policies.ledger.proved_site import problems_after

pytestmark = pytest.mark.django_db


def reviewed():
    """Return a revision with a comment, a reply, a request for changes, a reason and two findings
    that were overruled, of which one blocks again.
    """
    text = make_document(text="See [what we do](#). Ask [TBD]. Or [TODO].")
    revision = make_revision(document=text, status=Status.IN_REVIEW)
    reviewer, writer = make_user("Reviewers"), make_user("Writers")
    remark = workflow.comment(revision.pk, by=reviewer, at=NOW, text="Why?")
    workflow.reply_to_comment(remark.pk, by=writer, at=NOW, text="Because.")
    workflow.resolve_comment(remark.pk, by=reviewer, at=NOW)
    workflow.request_changes(revision.pk, by=reviewer, at=NOW, text="Be clearer.")
    found = [
        it
        for it in open_findings.findings_of(revision, at=NOW)
        if it.finding.level == Level.ACKNOWLEDGE
    ]
    key = found[0].finding.key
    workflow.justify(revision.pk, by=writer, at=NOW, key=key, reason="The law says so.")
    found = [
        it for it in open_findings.findings_of(revision, at=NOW) if it.finding.level == Level.BLOCKS
    ]
    for it in found:
        how = {"by": reviewer, "at": NOW, "key": it.finding.key}
        workflow.overrule(revision.pk, **how, reason=f"Fine: {it.finding.excerpt}")
    workflow.withdraw_overruling(revision.pk, **how)
    return revision


CHANGES = {
    "A comment is not as the audit records it: “Fine!”.": lambda: ReviewComment.objects.filter(
        text="Be clearer."
    ).update(text="Fine!"),
    # As if it had suggested other words.
    "A comment is not as the audit records it: “Be clearer.”": lambda: ReviewComment.objects.filter(
        text="Be clearer."
    ).update(quotation={"exact": "little", "prefix": "", "suffix": "", "replacement": "much"}),
    # As if somebody else had brought it from outside.
    "A comment is not as the audit records it: “Be": lambda: ReviewComment.objects.filter(
        text="Be clearer."
    ).update(guest="Jane Roe"),
    "The resolution of a comment is not as the audit records it: “Why?”.": lambda: (
        ReviewComment.objects.filter(text="Why?").update(resolved_by=make_user())
    ),
    "The resolution of a comment is missing or was changed since: “": lambda: (
        ReviewComment.objects.filter(text="Why?").update(resolved_at=None, resolved_by=None)
    ),
    "A reply to a comment is missing or was changed since: “": lambda: (
        CommentReply.objects.all().delete()
    ),
    "A reply to a comment is not as the audit records it: “Nobody knows.”.": lambda: (
        CommentReply.objects.update(text="Nobody knows.")
    ),
    "A reply to a comment is not as the audit records it: “Because.”.": lambda: (
        CommentReply.objects.update(comment=ReviewComment.objects.get(text="Be clearer."))
    ),
    "The reason for a finding is not as the audit records it": lambda: Justification.objects.update(
        justified_by=make_user()
    ),
    "The reason for a finding is missing or was changed": lambda: Justification.objects.update(
        key="f" * 64
    ),
    "The reason for a finding is missing or": lambda: Justification.objects.update(
        excerpt="Another"
    ),
    "An overruling is not as the audit records it: “Because.”": lambda: Overruling.objects.update(
        reason="Because."
    ),
    "An overruling is not as the audit records it: “Fine: Ask": lambda: Overruling.objects.update(
        overruled_by=make_user()
    ),
    "An overruling is not as the audit records it: “Fine": lambda: Overruling.objects.update(
        key="f" * 64
    ),
    "An overruling is missing or was changed since: “Fine": lambda: (
        Overruling.objects.all().delete()
    ),
    "An overruling is not as the audit records it: “A forged one.”": lambda: (
        Overruling.objects.create(
            policy=Revision.objects.get().policy,
            key="f" * 64,
            reason="A forged one.",
            overruled_at=NOW,
            overruled_by=make_user(),
        )
    ),
    "The withdrawal of an overruling is missing": lambda: Overruling.objects.update(
        withdrawn_at=None, withdrawn_by=None
    ),
    "The withdrawal of an overruling is not as the audit": lambda: Overruling.objects.exclude(
        withdrawn_at=None
    ).update(withdrawn_by=make_user()),
}


def test_verify_finds_a_change_by_somebody_who_owns_the_database():
    reviewed()
    triggers.remove(connection)

    for said, change in CHANGES.items():
        assert [it for it in problems_after(change) or [] if it.startswith(said)], said
