"""Comments, replies and reasons that were changed in the database: `verify` finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.models import CommentReply, Justification, ReviewComment, Revision
from policies.states import Status
from policies.text.findings import Level
from policies.workflow import open_findings
from tests.factories import NOW, make_document, make_revision, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def reviewed() -> Revision:
    """Return a revision with a comment, a reply, a request for changes and a reason."""
    text = make_document(text="See [what we do](#).")
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
    return revision


def test_a_review_is_sound_as_the_workflow_stored_it() -> None:
    reviewed()

    assert ledger.verify().problems == []


CHANGES: dict[str, Callable[[], object]] = {
    "A comment is not as the audit records it: “Fine!”.": lambda: ReviewComment.objects.filter(
        text="Be clearer."
    ).update(text="Fine!"),
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
    "The reason for a finding is not as the audit records it": lambda: Justification.objects.update(
        justified_by=make_user()
    ),
}


@pytest.mark.parametrize(("said", "change"), CHANGES.items(), ids=CHANGES)
def test_verify_finds_a_change_by_somebody_who_owns_the_database(
    said: str, change: Callable[[], object]
) -> None:
    reviewed()
    with triggers.lifted(connection):
        change()

    assert [it for it in ledger.verify().problems if it.startswith(said)]
