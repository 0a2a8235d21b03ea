"""No row can be replaced by a new one with one of its keys."""

# ruff: noqa: S608  names of tables and columns are our own

import pytest

from policies import workflow
from policies.models import (
    AuditEvent,
    Contribution,
    LateApproval,
    LedgerEntry,
    Policy,
    Rendering,
    Revision,
)
from policies.states import OPEN, Status
from tests.factories import NOW, make_emergency, make_policy, make_revision, make_user, make_version
from tests.policies.database.rules.attacks import fields_of, make_frozen_rows, pk_column, refused

pytestmark = pytest.mark.django_db


def copy_with(model, pk, **values):
    """Return SQL for SQLite: INSERT OR REPLACE of a row's copy with some other values."""
    columns = [str(field.column) for field in fields_of(model)]
    chosen = [str(values.get(column, column)) for column in columns]
    if "rowid" in values:
        columns, chosen = ["rowid", *columns], [str(values["rowid"]), *chosen]
    table = model._meta.db_table
    return (
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen)}"
        f" FROM {table} WHERE {pk_column(model)} = {pk}"
    )


@pytest.mark.sqlite
@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
def test_an_entry_that_continues_the_chain_takes_no_earlier_ones_place(model, execute):
    make_version()
    make_version()
    first, last = model.objects.order_by("sequence")[0], model.objects.order_by("-sequence")[0]
    goes_on = {"sequence": last.sequence + 1, "previous_digest": f"'{last.digest}'"}
    new = {"digest": f"'{'f' * 64}'"}

    # By its place in the file, by its digest, by its event.
    with refused():
        execute(copy_with(model, first.pk, **goes_on, **new, rowid=1, revision_id="NULL"))
    with refused():
        execute(copy_with(model, first.pk, **goes_on, revision_id="NULL"))
    if model is LedgerEntry:
        with refused():
            execute(copy_with(model, first.pk, **goes_on, **new))


@pytest.mark.sqlite
@pytest.mark.parametrize("model", [Rendering, LateApproval])
def test_a_row_that_may_come_takes_no_published_ones_place_in_the_file(model, execute):
    frozen = next(it for it in make_frozen_rows(Status.PUBLISHED) if isinstance(it, model))
    if model is Rendering:
        target = make_revision()
        Rendering.objects.filter(revision=target).delete()
    else:
        target = make_emergency()
    rowid = f"(SELECT rowid FROM {model._meta.db_table} WHERE revision_id = {frozen.pk})"
    digest = {"approved_digest": f"'{target.digest}'"} if model is LateApproval else {}

    with refused():
        execute(copy_with(model, frozen.pk, revision_id=target.pk, rowid=rowid, **digest))

    # Without a place that is taken, the same row comes in: nothing else was wrong with it.
    execute(copy_with(model, frozen.pk, revision_id=target.pk, **digest))


@pytest.mark.sqlite
def test_a_draft_takes_no_published_versions_number(execute):
    version = make_version()
    draft = make_revision(policy=version.policy)

    with refused("revision_publication"):
        execute("UPDATE OR REPLACE policies_revision SET number = 1 WHERE id = ?", draft.pk)
    workflow.discard(draft.pk, by=make_user("Writers"), at=NOW)


@pytest.mark.sqlite
def test_a_new_draft_takes_no_published_versions_number(execute):
    version = make_version()

    with refused("revision_not_replaced"):
        execute(
            copy_with(
                Revision, version.pk, id="NULL", status="'draft'", submitted_at="NULL",
                approved_at="NULL",
            )
        )  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize("status", sorted(OPEN))
def test_a_new_draft_takes_no_open_revisions_place(status, execute):
    revision = make_revision(status=status)

    with refused("revision_one_open"):
        execute(
            "INSERT OR REPLACE INTO policies_revision (policy_id, status, title, introduction,"
            " digest, saves, created_at, saved_at, approved_digest, kind, change_note, basis,"
            " basis_reason, withdrawal_reason)"
            " VALUES (?, 'draft', 'Mine', '', ?, 0, ?, ?, '', '', '', '', '', '')",
            revision.policy_id,
            "0" * 64,
            NOW,
            NOW,
        )


@pytest.mark.sqlite
def test_an_author_takes_no_other_record_of_their_own_place(execute):
    contribution = Contribution.objects.get(revision=make_revision())

    with refused("contribution_not_replaced"):
        execute(copy_with(Contribution, contribution.pk, id="NULL"))


@pytest.mark.sqlite
def test_a_policy_takes_no_other_policys_place(execute):
    one, other = make_policy(slug="one"), make_policy(slug="other")

    with refused("policy_not_replaced"):
        execute(copy_with(Policy, one.pk, id="NULL"))
    with refused("policy_address_kept"):
        execute("UPDATE OR REPLACE policies_policy SET slug = 'one' WHERE id = ?", other.pk)


@pytest.mark.sqlite
def test_a_translation_takes_no_other_translations_place(execute):
    english = make_policy(slug="terms")
    german = make_policy(slug="bedingungen", language="de", translation_of=english)
    other = make_policy(slug="andere", language="de")

    with refused("policy_translated_by_one"):
        execute(
            "UPDATE OR REPLACE policies_policy SET translation_of_id = ? WHERE id = ?",
            english.pk,
            other.pk,
        )
    assert Policy.objects.filter(pk=german.pk).exists()
