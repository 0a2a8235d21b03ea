"""Remarks of a review changed behind the walls' back: `verify` finds that by the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.models import Acknowledgement, CommentReply, ReviewComment, Revision
from policies.states import Status
from policies.text.findings import Level
from policies.workflow import open_findings as inspection
from tests.factories import NOW, make_document, make_revision, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def reviewed() -> Revision:
    """Return a revision with a comment, an answer, a request for changes and a reason."""
    text = make_document(text="See [what we do](#).")
    revision = make_revision(document=text, status=Status.IN_REVIEW)
    reviewer, writer = make_user("Reviewers"), make_user("Writers")
    remark = workflow.comment(revision.pk, by=reviewer, at=NOW, text="Why?")
    workflow.reply_to_comment(remark.pk, by=writer, at=NOW, text="Because.")
    workflow.resolve_comment(remark.pk, by=reviewer, at=NOW)
    workflow.request_changes(revision.pk, by=reviewer, at=NOW, text="Be clearer.")
    open_findings = [
        it for it in inspection.inspect(revision, at=NOW) if it.finding.level == Level.ACKNOWLEDGE
    ]
    key = open_findings[0].finding.key
    workflow.justify(revision.pk, by=writer, at=NOW, key=key, reason="The law says so.")
    return revision


def test_what_was_said_stands_as_the_audit_tells() -> None:
    reviewed()

    assert ledger.verify().problems == []


CHANGES: dict[str, Callable[[], object]] = {
    "A comment is not as the audit says: “Fine!”.": lambda: ReviewComment.objects.filter(
        text="Be clearer."
    ).update(text="Fine!"),
    "That a comment was resolved is not as the audit says: “Why?”.": lambda: (
        ReviewComment.objects.filter(text="Why?").update(resolved_by=make_user())
    ),
    "That a comment was resolved is gone, or not as the audit says: “": lambda: (
        ReviewComment.objects.filter(text="Why?").update(resolved_at=None, resolved_by=None)
    ),
    "An answer to a comment is gone, or not as the audit says: “": lambda: (
        CommentReply.objects.all().delete()
    ),
    "An answer to a comment is not as the audit says: “Nobody knows.”.": lambda: (
        CommentReply.objects.update(text="Nobody knows.")
    ),
    "A reason for a finding is not as the audit says": lambda: Acknowledgement.objects.update(
        acknowledged_by=make_user()
    ),
}


@pytest.mark.parametrize(("said", "change"), CHANGES.items(), ids=CHANGES)
def test_what_was_said_is_changed_by_somebody_who_owns_the_database(
    said: str, change: Callable[[], object]
) -> None:
    reviewed()
    with triggers.lifted(connection):
        change()

    assert [it for it in ledger.verify().problems if it.startswith(said)]
