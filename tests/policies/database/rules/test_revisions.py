"""The rules on a revision: every move between states, and what must come with it."""

# ruff: noqa: S608  names of tables and columns are our own

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from policies import workflow
from policies.models import Revision
from policies.states import MOVES, MOVES_WITHOUT_APPROVAL, OPEN, Basis, Status
from tests.factories import DAY, NOW, make_policy, make_revision, make_user, make_version
from tests.policies.database.rules.attacks import fields_of, make_commented_revision, refused

pytestmark = pytest.mark.django_db


def companions(revision, status, basis):
    """Return what a revision needs besides its new status, as the workflow would set it."""
    someone = make_user().pk
    published = {
        "number": (Revision.objects.filter(policy=revision.policy).count()),
        "kind": "material",
        "change_note": "New.",
        "effective_at": NOW + 9 * DAY,
        "last_updated_on": NOW.date(),
        "published_at": NOW,
        "published_by_id": someone,
        "basis": basis.value,
        "basis_reason": "" if basis == Basis.APPROVAL else "A reason.",
    }
    return {
        Status.DRAFT: {
            "submitted_at": None,
            "submitted_by_id": None,
            "approved_at": None,
            "approved_by_id": None,
            "approved_digest": "",
        },
        Status.IN_REVIEW: {"submitted_at": NOW, "submitted_by_id": someone},
        Status.APPROVED: {
            "approved_at": NOW,
            "approved_by_id": someone,
            "approved_digest": revision.digest,
        },
        Status.PUBLISHED: published,
        Status.WITHDRAWN: {
            "withdrawn_at": NOW,
            "withdrawn_by_id": someone,
            "withdrawal_reason": "A mistake.",
        },
        Status.DISCARDED: {"discarded_at": NOW, "discarded_by_id": someone},
    }[status]


def is_a_move(old, new, basis):
    if new != Status.PUBLISHED:
        return new in MOVES[old]
    if basis == Basis.APPROVAL:
        return new in MOVES[old]
    # What a person wrote is no import, and the revisions of these tests have writers.
    return new in MOVES_WITHOUT_APPROVAL.get(old, ()) and basis == Basis.EMERGENCY


@pytest.mark.parametrize("new", Status)
@pytest.mark.parametrize("old", Status)
def test_the_database_knows_the_moves_of_states_py_and_no_other(old, new, execute):
    revision = make_commented_revision(old)
    moved = 0

    for basis in Basis if new == Status.PUBLISHED else [Basis.APPROVAL]:
        values = {"status": new.value, **companions(revision, new, basis)}
        change = "UPDATE policies_revision SET {} WHERE id = ?".format(
            ", ".join(f"{column} = ?" for column in values)
        )
        if is_a_move(old, new, basis) or old == new == Status.DRAFT:
            execute(change, *values.values(), revision.pk)
            moved += 1
        else:
            with refused():
                execute(change, *values.values(), revision.pk)

    expected = new in MOVES[old] | MOVES_WITHOUT_APPROVAL.get(old, frozenset())
    assert moved == (expected or old == new == Status.DRAFT)


@pytest.mark.parametrize("status", [s for s in Status if s != Status.DRAFT])
def test_a_revision_is_born_a_draft(status, execute):
    born = make_revision(status=status)
    born.pk, born.policy = None, make_policy()
    fields = [field for field in fields_of(Revision) if not field.primary_key]
    columns = [str(field.column) for field in fields]

    with refused("revision_born_draft"), transaction.atomic():
        born.save(force_insert=True)
    with refused("revision_born_draft"):
        execute(
            f"INSERT INTO policies_revision ({', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(columns))})",
            *(getattr(born, field.attname) for field in fields),
        )


@pytest.mark.parametrize(
    "traces",
    [{"submitted_at": NOW}, {"approved_at": NOW}, {"number": 1}],
    ids=["submitted", "approved", "numbered"],
)
def test_a_draft_is_born_without_a_past(traces):
    draft = Revision(
        policy=make_policy(), title="T", digest="0" * 64, created_at=NOW, saved_at=NOW, **traces
    )

    with refused("revision_born_draft"), transaction.atomic():
        draft.save()


def test_a_draft_is_not_based_on_another_policys_revision():
    other = make_version()

    with refused("revision_origin"), transaction.atomic():
        Revision.objects.create(
            policy=make_policy(),
            based_on=other,
            title="T",
            digest="0" * 64,
            created_at=NOW,
            saved_at=NOW,
        )


@pytest.mark.parametrize("status", sorted(OPEN))
def test_there_is_no_second_open_revision(status):
    policy = make_revision(status=status).policy

    with refused("revision_one_open"), transaction.atomic():
        Revision.objects.create(
            policy=policy, title="T", digest="0" * 64, created_at=NOW, saved_at=NOW
        )


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_what_is_under_review_or_approved_stays_as_it_is(status):
    revision = make_revision(status=status)
    changes = {
        "title": "Another",
        "clauses": True,
        "numbering": "none",
        "digest": "f" * 64,
        "saves": 7,
        "saved_by_id": 999_999,
        "submitted_at": NOW + DAY,
        "approved_digest": "f" * 64,
        "approved_at": NOW + DAY,
        "number": 1,
        "change_note": "Psst.",
        "created_at": NOW - DAY,
        "based_on_id": 999_999,
    }

    for column, value in changes.items():
        with refused(), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(**{column: value})


def test_an_author_does_not_approve_through_the_orm():
    writer = make_user(is_superuser=True)
    revision = make_revision(status=Status.IN_REVIEW, writer=writer)

    with refused("revision_four_eyes"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            status=Status.APPROVED, approved_at=NOW, approved_by=writer, approved_digest=F("digest")
        )
    revision.status, revision.approved_at, revision.approved_by = Status.APPROVED, NOW, writer
    revision.approved_digest = revision.digest
    with refused("revision_four_eyes"), transaction.atomic():
        revision.save()


@pytest.mark.parametrize("trace", ["created_by", "saved_by"])
def test_whoever_saved_a_draft_is_its_author_even_without_a_contribution(trace):
    me = make_user(is_superuser=True)
    draft = Revision.objects.create(
        policy=make_policy(),
        title="Mine",
        digest="0" * 64,
        created_at=NOW,
        saved_at=NOW,
        **{trace: me},
    )
    Revision.objects.filter(pk=draft.pk).update(
        status=Status.IN_REVIEW, submitted_at=NOW, submitted_by=me
    )

    with refused("revision_four_eyes"), transaction.atomic():
        Revision.objects.filter(pk=draft.pk).update(
            status=Status.APPROVED, approved_at=NOW, approved_by=me, approved_digest=F("digest")
        )


def test_an_open_comment_blocks_approval():
    revision = make_revision(status=Status.IN_REVIEW)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=NOW, text="Is this so?")

    with refused("revision_comments_first"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            status=Status.APPROVED,
            approved_at=NOW,
            approved_by=make_user("Reviewers"),
            approved_digest=F("digest"),
        )


def test_an_open_comment_blocks_publication():
    revision = make_revision(status=Status.APPROVED)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=NOW, text="Is this so?")
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL)

    with refused("revision_comments_first"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("first", [Status.PUBLISHED, Status.WITHDRAWN])
def test_a_version_gets_the_next_number_and_no_other(first):
    policy = make_revision(status=first).policy
    revision = make_revision(status=Status.APPROVED, policy=policy)
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL)

    for number in (None, 0, 1, 3, 1000):
        values["number"] = number
        with refused("revision_number_next"), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("said_to_be", [-DAY, timedelta(days=9)], ids=["in time", "too late"])
def test_a_version_in_force_is_not_withdrawn_whatever_its_row_says(said_to_be):
    """The database asks its own clock: in an UPDATE anybody can write any time."""
    version = make_version(effective_at=NOW + 9 * DAY)
    end = {"withdrawn_at": NOW + said_to_be, "withdrawn_by": make_user(), "withdrawal_reason": "-"}

    with refused("revision_withdrawn_in_time"), transaction.atomic():
        Revision.objects.filter(pk=version.pk).update(status=Status.WITHDRAWN, **end)


def test_a_version_takes_effect_after_every_earlier_one():
    version = make_version(effective_at=NOW + DAY)
    revision = make_revision(status=Status.APPROVED, policy=version.policy)
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL)

    for effective_at in (NOW + DAY, NOW + DAY - timedelta(microseconds=1), NOW):
        values["effective_at"] = effective_at
        with refused("revision_effective_later"), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)
