"""`ledger.verify` finds every value that the database's owner changes with all rules lifted."""

import functools
import itertools
from datetime import timedelta

import pytest
from django.db import connection, models, transaction

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import chains, verification
from policies.models import (
    Address,
    AuditEvent,
    Contribution,
    LateApproval,
    LedgerEntry,
    Policy,
    PreviewLink,
    RemovedAnchor,
    Rendering,
    ReviewComment,
    Revision,
    Section,
)
from policies.states import Status
from tests.conftest import is_quick, sample
from tests.factories import DAY, NOW, make_policy, make_user, make_version
from tests.policies.ledger.proved_site import PROVED, flipped, problems_after, proved_rows
from tests.policies.ledger.proved_site import site as site

pytestmark = pytest.mark.django_db

# What is not proved, of rows that are, and why not.
NOT_PROVED = {
    (Policy, "id"): "rows and entries that name it would have to change as well",
    (Address, "id"): "nothing refers to it",
    (RemovedAnchor, "id"): "nothing refers to it",
    (Contribution, "id"): "nothing refers to it (of a version, the private digest covers it)",
    (Rendering, "findings"): "a count for the desk, made by rules that change; publication counts",
    (PreviewLink, "last_used_at"): "readers change it",
    (PreviewLink, "uses"): "readers change it",
}


# --- Changing one value --------------------------------------------------------------------------

# Rows, of which two are changed in each of the four ways that other_values has.
MANY = 8


def other_values(field, value, others):
    """Return other values that the column could have, some very similar to the present one.

    others: keys of rows to which a foreign key could point.
    """
    if field.is_relation:
        values = [others[0] if others else (value or 0) + 1000]
    elif isinstance(field, models.DateTimeField):
        values = [(value or NOW) + timedelta(microseconds=1)]
    elif isinstance(field, models.DateField):
        values = [(value or NOW.date()) + DAY]
    elif isinstance(field, models.JSONField):
        fewer = value[:-1] if isinstance(value, list) else {}
        values = [[*value, *value], fewer] if value else [["x"]]
    elif isinstance(field, models.TextField) and value is None:
        values = ["", "x"]
    elif isinstance(field, models.TextField):
        values = [flipped(value), f"{value} ", *([""] if value else [])]
    elif isinstance(field, models.CharField):
        values = [flipped(value or "")]
    elif isinstance(field, models.BooleanField):
        values = [not value]
    else:
        values = [(value or 0) + 1]
    return [*values, *([None] if field.null and value is not None else [])]


def mutations(model):
    """Yield each change of one value in a table, with a name for it.

    Where there are many rows, each in one way: two in the same, the next two in the next. In a
    quick run, of each column only one row's.
    """
    every = sample(proved_rows(model))
    in_turn = len(every) > MANY
    for turn, field in enumerate(model._meta.local_concrete_fields):
        if (model, field.attname) in NOT_PROVED:
            continue
        keys = []
        if field.is_relation:
            keys = list(field.related_model._default_manager.values_list("pk", flat=True))
        rows_to_change = [every[turn % len(every)]] if is_quick() else every
        for number, row in enumerate(rows_to_change):
            value = getattr(row, field.attname)
            # Every second row points to nothing that there is.
            others = [key for key in keys if key != value] if row.pk % 2 else []
            values = other_values(field, value, others)
            way = (turn + number // 2) % len(values)
            for other in [values[way]] if in_turn or is_quick() else values:
                rows = model._default_manager.filter(pk=row.pk)
                change = functools.partial(rows.update, **{field.attname: other})
                yield f"{model.__name__} {row.pk}: {field.attname} = {other!r}", change


@pytest.mark.no_cover  # the same lines thousands of times, which other tests reach too
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", PROVED)
def test_every_change_of_a_single_value_is_found(model):
    tried, unnoticed = 0, []

    for name, change in mutations(model):
        problems = problems_after(change, model)
        tried += problems is not None
        if problems == []:
            unnoticed.append(name)

    assert unnoticed == [], "Compare it in ledger/verification/, or say in NOT_PROVED why not."
    assert tried >= len(sample(proved_rows(model))) > 0
    assert ledger.verify().problems == []


@pytest.mark.usefixtures("site")
def test_verify_finds_a_forged_reason_or_author_of_a_withdrawal():
    rows = Revision.objects.filter(status=Status.WITHDRAWN)
    assert problems_after(functools.partial(rows.update, withdrawal_reason="Another one."))
    assert problems_after(functools.partial(rows.update, withdrawn_by_id=1000))


@pytest.mark.no_cover
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
def test_verification_finds_all_that_a_look_at_the_chains_finds(model):
    for row in sample(proved_rows(model)):
        with transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(digest=flipped(row.digest))
            found = verification.verify_chains().problems
            found_by_all = ledger.verify().problems
            transaction.set_rollback(True)

        assert found
        assert set(found) <= set(found_by_all)


# --- Removing, inserting, swapping -------------------------------------------------------------


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [model for model in PROVED if model is not Policy])
def test_the_removal_of_every_row_is_found(model):
    rows = proved_rows(model)
    assert rows
    last = rows[-1]
    for row in sample(rows):
        if model is AuditEvent and row == last:
            continue  # see test_a_head_of_the_audit_finds_that_its_tail_was_cut_off
        queryset = model._default_manager.filter(pk=row.pk)

        assert problems_after(functools.partial(queryset._raw_delete, queryset.db), model), row


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [Section, Contribution, ReviewComment, LateApproval, Revision])
def test_every_row_that_was_slipped_in_is_found(model):
    for row in sample(proved_rows(model)):
        forged = model._default_manager.get(pk=row.pk)
        if model is LateApproval:
            emergencies = Revision.objects.filter(basis="emergency", late_approval=None)
            forged.pk = emergencies.values_list("pk", flat=True)[0]
        else:
            forged.pk = None
        if isinstance(forged, Section):
            forged.position, forged.anchor = 99, "forged"
        if isinstance(forged, Contribution):
            forged.contributed_by_id = 1000
        if isinstance(forged, Revision):
            forged.number, forged.effective_at = 99, NOW + 99 * DAY

        assert problems_after(functools.partial(forged.save, force_insert=True)), row


@pytest.mark.usefixtures("site")
def test_an_entry_that_was_forged_to_continue_the_ledger_is_found():
    source = make_version().policy
    make_version(policy=make_policy(language="de", translation_of=source))
    workflow.set_prevailing_language(source.pk, by=make_user("Publishers"), at=NOW, language="de")
    for event in LedgerEntry.Event:
        genuine = LedgerEntry.objects.filter(event=event)[0]
        genuine.revision = None  # for each revision there is one entry of a kind

        assert problems_after(functools.partial(chains.append, genuine)), event


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "action", ["publish", "publish_import", "withdraw", "retire", "approve_afterwards"]
)
def test_an_act_that_was_forged_to_continue_the_audit_is_found(action):
    genuine = AuditEvent.objects.filter(action=action)[0]
    genuine.done_by_id = 1000

    assert problems_after(functools.partial(chains.append, genuine))


def swap(one, other, names):
    """Swap the values of two rows, by way of values that no other row has."""
    rows = type(one)._default_manager
    values = [{name: getattr(row, name) for name in names} for row in (one, other)]
    key = type(one)._meta.pk.attname
    pks = [one.pk, other.pk]
    if key in names:
        rows.filter(pk=pks[0]).update(**{key: 999_999})
        rows.filter(pk=pks[1]).update(**{key: pks[0]})
        rows.filter(pk=999_999).update(**{key: pks[1]})
        return
    aside = {
        name: {"digest": "f" * 64, "anchor": "aside", "position": 999, "number": 999}.get(
            name, value
        )
        for name, value in values[0].items()
    }
    rows.filter(pk=pks[0]).update(**aside)
    rows.filter(pk=pks[1]).update(**values[0])
    rows.filter(pk=pks[0]).update(**values[1])


SWAPPED = [
    (LedgerEntry, ["sequence"]),
    (AuditEvent, ["sequence"]),
    (LedgerEntry, ["recorded_at", "document_digest", "change_note", "version", "slug"]),
    (AuditEvent, ["actor", "action", "done_by_id", "digest"]),
    (Section, ["id"]),
    (Section, ["position"]),
    (Section, ["heading", "anchor", "body"]),
    (Rendering, ["html", "contents"]),
    (Revision, ["title", "introduction", "digest", "saves", "change_note"]),
    (Contribution, ["contributed_by_id"]),
    (ReviewComment, ["text"]),
    (ReviewComment, ["id"]),
]


@pytest.mark.usefixtures("site")
def test_two_rows_that_were_swapped_are_found():
    for model, names in SWAPPED:
        pairs = [
            (one, other)
            for one, other in itertools.pairwise(proved_rows(model))
            if names == [model._meta.pk.attname]
            or any(getattr(one, name) != getattr(other, name) for name in names)
        ]
        tried = 0
        for one, other in sample(pairs):
            problems = problems_after(functools.partial(swap, one, other, names), model)

            assert problems != [], (one, other, names)
            tried += problems is not None
        assert tried, (model, names)


def test_an_entry_that_is_gone_is_named_by_its_number():
    for day in range(3):
        make_version(at=NOW + day * DAY)
    triggers.remove(connection)
    rows = LedgerEntry.objects.filter(sequence=2)
    rows._raw_delete(rows.db)
    triggers.install(connection)

    assert "Ledger entry 2 is missing: 3 follows 1." in ledger.verify().problems


# --- Values that can't even be read ------------------------------------------------------------


def execute(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def damage(table, column, value):
    first = f"(SELECT MIN(rowid) FROM policies_{table} WHERE {column} IS NOT NULL)"  # noqa: S608
    execute([f"UPDATE policies_{table} SET {column} = {value} WHERE rowid = {first}"])  # noqa: S608


@pytest.mark.sqlite
@pytest.mark.usefixtures("site")
def test_a_value_that_its_column_can_not_have_is_reported_with_an_explanation():
    for change in (
        ("revision", "effective_at", "'the day after'"),
        ("revision", "published_at", "'2026-13-45 00:00:00'"),
        ("revision", "title", "CAST(x'ff' AS TEXT)"),
        ("section", "body", "CAST(x'c328' AS TEXT)"),
        ("section", "body", "x'00'"),
        ("rendering", "contents", "'{'"),
        ("rendering", "html", "CAST(x'ff' AS TEXT)"),
        ("ledgerentry", "recorded_at", "'never'"),
        ("ledgerentry", "slug", "CAST(x'ff' AS TEXT)"),
        ("auditevent", "done_at", "7"),
        ("auditevent", "actor", "CAST(x'ff' AS TEXT)"),
        ("lateapproval", "approved_at", "'never'"),
        ("reviewcomment", "text", "x'ff'"),
        ("contribution", "contributed_at", "1.5"),
    ):
        problems = problems_after(functools.partial(damage, *change))
        assert problems, change
        assert all(len(problem) > 20 for problem in problems), change


# --- What only queries see ---------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.usefixtures("site")
def test_what_misleads_queries_is_found():
    """SQLite compares times as text, and a page asks an index which version is in force."""
    times = {
        ("revision", "effective_at"): "replace(effective_at, '-', '')",
        ("revision", "last_updated_on"): "replace(last_updated_on, '-', '')",
        ("previewlink", "expires_at"): "replace(expires_at, ' ', 'T')",
        ("reviewcomment", "resolved_at"): "''",
        ("auditevent", "done_at"): "done_at || '+00:00'",
    }
    doubled = (
        "ALTER TABLE policies_rendering RENAME TO kept",
        "CREATE TABLE policies_rendering AS SELECT * FROM kept",
        "INSERT INTO policies_rendering SELECT * FROM kept",
    )
    index_without_rows = (
        "CREATE INDEX lacking ON policies_revision (title) WHERE id < 0",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, ' WHERE id < 0', '') WHERE name = 'lacking'",
        "PRAGMA writable_schema = RESET",
    )
    for change, expected in [
        *((functools.partial(damage, *place, time), "notation") for place, time in times.items()),
        (functools.partial(execute, doubled), "The table policies_rendering has a row twice."),
        (functools.partial(execute, index_without_rows), "index lacking"),
    ]:
        assert any(expected in problem for problem in problems_after(change)), (change, expected)
