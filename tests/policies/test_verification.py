"""`ledger.verify` against an owner who has taken every wall down and changes what is stored."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from policies import ledger, rendering, triggers, workflow
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
from policies.states import NUMBERED, Kind, Status
from tests.factories import NOW, make_document, make_policy, make_revision, make_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# What is proved, and the columns of policies that are.
PROVED: list[type[models.Model]] = [
    *(LedgerEntry, AuditEvent, Revision, Section, Rendering, Contribution, ReviewComment),
    *(LateApproval, Policy),
]
OF_A_POLICY = {
    *("slug", "language", "retired_at", "retired_by_id", "retirement_notice", "successor_id"),
}


# --- A site with everything on it ----------------------------------------------------------------


def make_site() -> None:
    """Make versions of every kind: see the comments."""
    writer, reviewer, publisher = map(make_user, ["Writers", "Reviewers", "Publishers"])
    hasty = make_user(permissions=["policies.publish_without_approval"])
    people = {"writer": writer, "reviewer": reviewer, "publisher": publisher}
    privacy = make_policy(slug="privacy")
    # An import; then a version in force that was commented on; then an upcoming one.
    draft = workflow.import_draft(privacy.pk, make_document(), by=None, at=NOW)
    workflow.publish_import(
        draft.pk, by=None, at=NOW, reason="From the old site.", effective_at=NOW - 99 * DAY
    )
    draft = workflow.start_draft(privacy.pk, by=writer, at=NOW)
    draft = workflow.save_draft(
        draft.pk, make_document(text="Less."), by=writer, at=NOW, seen_saves=draft.saves
    )
    remark = workflow.comment(draft.pk, by=reviewer, at=NOW, text="Why?", section_anchor="scope")
    workflow.comment(draft.pk, by=reviewer, at=NOW, text="And how?")
    for comment in draft.comments.all():
        workflow.resolve_comment(comment.pk, by=writer, at=NOW)
    assert remark.section_anchor
    workflow.submit(draft.pk, by=writer, at=NOW)
    workflow.approve(draft.pk, by=reviewer, at=NOW)
    workflow.publish(
        draft.pk, by=publisher, at=NOW, kind=Kind.EDITORIAL, change_note="A word less."
    )
    make_revision(
        status=Status.PUBLISHED, policy=privacy, at=NOW, effective_at=NOW + 30 * DAY, **people
    )
    # Emergencies in another language, one of them approved afterwards.
    german = make_policy(slug="privacy", language="de", name="Datenschutz")
    for day in range(2):
        draft = make_revision(policy=german, writer=writer, at=NOW + day * DAY)
        version = workflow.publish_without_approval(
            draft.pk, by=hasty, at=NOW + day * DAY, reason="A court order.", change_note="Now."
        )
        if day == 0:
            workflow.approve_afterwards(version.pk, by=reviewer, at=NOW + DAY)
    # Withdrawn; retired with a successor; retired and taken up again; work in progress.
    terms = make_policy(slug="terms")
    make_revision(status=Status.PUBLISHED, policy=terms, **people)
    make_revision(status=Status.WITHDRAWN, policy=terms, **people)
    cookies = make_policy(slug="cookies")
    make_revision(status=Status.PUBLISHED, policy=cookies, **people)
    workflow.retire(cookies.pk, by=publisher, at=NOW, notice="See there.", successor_id=privacy.pk)
    imprint = make_policy(slug="imprint")
    make_revision(status=Status.PUBLISHED, policy=imprint, **people)
    workflow.retire(imprint.pk, by=publisher, at=NOW, notice="No longer.")
    workflow.reinstate(imprint.pk, by=publisher, at=NOW + DAY)
    make_revision(status=Status.DRAFT, policy=terms, writer=writer)


def proved_rows(model: type[models.Model]) -> list[Any]:
    """Return the rows of a table that the ledger answers for: no work in progress."""
    rows = model._default_manager.order_by("pk")
    if model is Revision:
        rows = rows.filter(status__in=NUMBERED)
    elif model in {Section, Rendering, Contribution, ReviewComment}:
        rows = rows.filter(revision__status__in=NUMBERED)
    return list(rows)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make a site, then take down everything that keeps the owner of the database from changing it.

    Texts are rendered once each: how fast that is isn't what is tested here.
    """
    make_site()
    assert ledger.verify().problems == []
    monkeypatch.setattr(rendering, "render", functools.cache(rendering.render))
    monkeypatch.setattr(triggers, "missing", lambda _: [])
    triggers.remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid::regclass::text LIKE 'policies_%'"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        assert ledger.verify().problems == []
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def problems_after(change: Callable[[], object]) -> list[str] | None:
    """Make a change, verify, undo it. None: the columns themselves can't hold the change."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                change()
        except IntegrityError:
            problems = None
        else:
            problems = ledger.verify().problems
        transaction.set_rollback(True)
    return problems


# --- Changing one value ----------------------------------------------------------------------------


def other_values(field: models.Field[Any, Any], value: Any, pks: list[int]) -> list[Any]:
    """Return values that the column could have instead, some of them very like the one it has."""
    found: list[Any]
    if field.is_relation:
        found = [(value or 0) + 1000, *[pk for pk in pks if pk != value][:1]]
    elif isinstance(field, models.DateTimeField):
        found = [(value or NOW) + timedelta(microseconds=1)]
    elif isinstance(field, models.DateField):
        found = [(value or NOW.date()) + DAY]
    elif isinstance(field, models.JSONField):
        found = [value[:-1], [*value, *value]]
    elif isinstance(field, (models.CharField, models.TextField)):
        found = flipped(value)
    else:
        found = [(value or 0) + 1]
    return [*found, *([None] if field.null and value is not None else [])]


def flipped(text: str) -> list[str]:
    if not text:
        return ["x"]
    middle = len(text) // 2
    one_bit = chr(ord(text[middle]) ^ 1)
    return [text[:middle] + one_bit + text[middle + 1 :], "", f"{text} "]


def mutations(model: type[models.Model]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each change of one value in a table, and what to call it."""
    for field in model._meta.local_concrete_fields:
        if model is Policy and field.attname not in OF_A_POLICY:
            continue
        pks: list[int] = []
        if field.is_relation:
            pks = list(field.related_model._default_manager.values_list("pk", flat=True))  # type: ignore[union-attr]
        for row in proved_rows(model):
            for value in other_values(field, getattr(row, field.attname), pks):
                rows = model._default_manager.filter(pk=row.pk)
                change = functools.partial(rows.update, **{field.attname: value})
                yield f"{model.__name__} {row.pk}: {field.attname} = {value!r}", change


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", PROVED)
def test_every_change_of_a_single_value_is_found(model: type[models.Model]) -> None:
    tried, unnoticed = 0, []

    for name, change in mutations(model):
        problems = problems_after(change)
        tried += problems is not None
        if problems == []:
            unnoticed.append(name)

    assert unnoticed == []
    assert tried >= 2 * len(proved_rows(model)) > 0
    assert ledger.verify().problems == []


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("status", [s for s in Status if s not in NUMBERED])
def test_a_version_that_is_hidden_as_work_of_another_state_is_found(status: Status) -> None:
    for revision in proved_rows(Revision):
        rows = Revision.objects.filter(pk=revision.pk)

        # An open one can't be hidden where there is another: the unique index stands.
        problems = problems_after(functools.partial(rows.update, status=status))

        assert problems != []
