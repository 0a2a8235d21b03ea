"""Helpers for tests of the rules: rows to attack, and whether a refusal is that of a rule."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, models

from policies import workflow
from policies.database import triggers
from policies.database.rules import rules, sqlite_rules
from policies.models import (
    AuditEvent,
    Contribution,
    LateApproval,
    LedgerEntry,
    Policy,
    Rendering,
    ReviewComment,
    Revision,
    Section,
)
from policies.states import NUMBERED, Status
from tests.factories import DAY, IN_FIFTY_YEARS, NOW, make_emergency, make_revision, make_user

TEXT = [Section, Rendering]
OF_A_REVISION = [Revision, *TEXT, Contribution, ReviewComment]
APPEND_ONLY = [LateApproval, LedgerEntry, AuditEvent]
GUARDED = [Policy, *OF_A_REVISION, *APPEND_ONLY]

# By the status of a revision, each table of which none of its rows may then change.
FROZEN = {
    Status.DRAFT: [Contribution],
    Status.IN_REVIEW: [*TEXT, Contribution],
    Status.APPROVED: [*TEXT, Contribution],
    Status.PUBLISHED: [*OF_A_REVISION, *APPEND_ONLY],
    Status.WITHDRAWN: OF_A_REVISION,
    Status.DISCARDED: OF_A_REVISION,
}
in_each_status = pytest.mark.parametrize("status", FROZEN)


def make_commented_revision(status, **options):
    draft = make_revision(status=Status.DRAFT, **options)
    reviewer, writer, publisher = map(make_user, ["Reviewers", "Writers", "Publishers"])
    remark = workflow.comment(draft.pk, by=reviewer, at=NOW, text="Is this so?")
    workflow.resolve_comment(remark.pk, by=writer, at=NOW)
    if status == Status.DISCARDED:
        workflow.discard(draft.pk, by=writer, at=NOW)
    elif status != Status.DRAFT:
        workflow.submit(draft.pk, by=writer, at=NOW)
    if status in {Status.APPROVED, *NUMBERED}:
        workflow.approve(draft.pk, by=reviewer, at=NOW)
    if status in NUMBERED:
        workflow.publish(
            draft.pk, by=publisher, at=NOW, change_note="New.", effective_at=IN_FIFTY_YEARS
        )
    if status == Status.WITHDRAWN:
        workflow.withdraw(draft.pk, by=publisher, at=NOW, reason="A mistake.")
    return Revision.objects.get(pk=draft.pk)


def make_frozen_rows(status):
    """Make a row of each table that is frozen in `status`, with other rows beside it."""
    make_commented_revision(Status.DRAFT)
    if status == Status.PUBLISHED:
        for _ in range(2):
            version = make_emergency()
            workflow.approve_afterwards(version.pk, by=make_user("Reviewers"), at=NOW)
    revision = make_commented_revision(status)
    return [_row_of(revision, model) for model in FROZEN[status]]


def _row_of(revision, model):
    if model is Revision:
        return revision
    rows = model._default_manager.order_by("pk")
    return rows[0] if model in APPEND_ONLY else rows.filter(revision=revision)[0]


def contents():
    return {model.__name__: list(model._default_manager.values_list()) for model in GUARDED}


def refused(*names):
    """Expect a refusal by one of our triggers (one of those named, if any), not by a constraint."""
    every_rule = [*rules(), *sqlite_rules()]
    messages = [rule.message for rule in every_rule if not names or rule.name in names]
    if not names:
        messages.append(triggers.NEVER_EMPTIED)
    assert messages
    return pytest.raises(IntegrityError, match="|".join(map(re.escape, messages)))


def fields_of(model):
    return list(model._meta.local_concrete_fields)


def field_to_change(model):
    """Return a column of text or time that is neither a key nor in the condition of a rule."""
    return next(
        field
        for field in reversed(fields_of(model))
        if isinstance(field, (models.TextField, models.DateTimeField, models.CharField))
    )


def another(field, value):
    if isinstance(field, models.DateTimeField):
        return (value or NOW) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or NOW.date()) + DAY
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, (models.CharField, models.TextField)):
        return f"x{value}"[:10]
    return (value or 0) + 1000


def columns_of(model, *, without=""):
    columns = [str(field.column) for field in fields_of(model)]
    return ", ".join(column for column in columns if column != without)


def pk_column(model):
    return str(model._meta.pk.column)
