"""`ledger.verify` against an owner who has taken every wall down and changes what is stored."""

from __future__ import annotations

import functools
import itertools
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, models, transaction

from policies import chains, ledger, rendering, triggers, verification, workflow
from policies.documents import Document
from policies.models import (
    Address,
    AuditEvent,
    Contribution,
    Departure,
    LateApproval,
    LedgerEntry,
    Policy,
    Rendering,
    ReviewComment,
    Revision,
    Section,
)
from policies.states import NUMBERED, Kind, Status
from tests.conftest import sample
from tests.factories import NOW, make_document, make_policy, make_revision, make_user, make_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# What is proved, and the columns of policies that are.
PROVED: list[type[models.Model]] = [
    *(LedgerEntry, AuditEvent, Revision, Section, Rendering, Contribution, ReviewComment),
    *(LateApproval, Policy, Address, Departure),
]
CHAINS = {LedgerEntry, AuditEvent}
OF_A_POLICY = {
    *("slug", "language", "time_zone"),
    *("retired_at", "retired_by_id", "retirement_notice", "successor_id"),
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
        draft = make_revision(policy=german, at=NOW + day * DAY)
        version = workflow.publish_without_approval(
            draft.pk, by=hasty, at=NOW + day * DAY, reason="A court order.", change_note="Now."
        )
        if day == 0:
            workflow.approve_afterwards(version.pk, by=reviewer, at=NOW + DAY)
    # Renamed twice; a section that departed, came back and departed again.
    apps = make_policy(slug="apps")
    whole = make_document()
    shorter = Document(whole.title, "", whole.sections[:1])
    for day, (slug, text) in enumerate(
        [("apps", whole), ("app", shorter), ("apps", whole), ("app-policy", shorter)]
    ):
        at = NOW + day * DAY
        if day:
            workflow.rename_policy(apps.pk, by=publisher, at=at, slug=slug)
        make_revision(status=Status.PUBLISHED, policy=apps, document=text, at=at, **people)
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


# Who and what: nothing that verification reads is anywhere else.
KEPT: list[type[models.Model]] = [User, *Policy._meta.apps.get_app_config("policies").get_models()]
render = functools.cache(rendering.render)


@functools.cache
def rows_of_the_site() -> list[list[models.Model]]:
    """Make a site and undo it; return its rows, with which each test has the same one at once."""
    with transaction.atomic():
        make_site()
        assert ledger.verify().problems == []
        rows = [list(model._base_manager.all()) for model in KEPT]
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take down everything that keeps the owner of the database from changing it; make a site.

    Texts are rendered once each: how fast that is isn't what is tested here.
    """
    rows = rows_of_the_site()
    monkeypatch.setattr(rendering, "render", render)
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
        for model, kept in zip(KEPT, rows, strict=True):
            model._base_manager.bulk_create(kept)
        assert ledger.verify().problems == []
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def problems_after(
    change: Callable[[], object], model: type[models.Model] | None = None
) -> list[str] | None:
    """Make a change, verify, undo it. None: the columns themselves can't hold the change.

    model: what is changed. An entry of a chain is looked at in its chain first: the whole begins
    with the same reading, so what that finds the whole finds too, at ten times the cost.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                change()
        except IntegrityError:
            problems = None
        else:
            in_chain = model in CHAINS and verification.verify_chains().problems
            problems = in_chain or ledger.verify().problems
        transaction.set_rollback(True)
    return problems


# --- Changing one value --------------------------------------------------------------------------


def other_values(field: models.Field[Any, Any], value: Any, others: list[int]) -> list[Any]:
    """Return values that the column could have instead, some of them very like the one it has.

    others: keys of rows that a foreign key could point to.
    """
    found: list[Any]
    if field.is_relation:
        found = [others[0] if others else (value or 0) + 1000]
    elif isinstance(field, models.DateTimeField):
        found = [(value or NOW) + timedelta(microseconds=1)]
    elif isinstance(field, models.DateField):
        found = [(value or NOW.date()) + DAY]
    elif isinstance(field, models.JSONField):
        found = [value[:-1], [*value, *value]] if value else [["x"]]
    elif isinstance(field, models.TextField):
        found = [flipped(value), f"{value} ", *([""] if value else [])]
    elif isinstance(field, models.CharField):
        found = [flipped(value)]
    else:
        found = [(value or 0) + 1]
    return [*found, *([None] if field.null and value is not None else [])]


def flipped(text: str) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}{chr(ord(text[middle]) ^ 1)}{text[middle + 1 :]}" if text else "x"


def mutations(model: type[models.Model]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each change of one value in a table, and what to call it."""
    for field in model._meta.local_concrete_fields:
        if model is Policy and field.attname not in OF_A_POLICY:
            continue
        if model in {Address, Departure} and field.primary_key:
            continue  # nothing hangs on it
        if (model, field.attname) == (Rendering, "findings"):
            continue  # a count for the desk, made by rules that change; publication counts anew
        keys: list[int] = []
        if field.is_relation:
            keys = list(field.related_model._default_manager.values_list("pk", flat=True))  # type: ignore[union-attr]
        for row in sample(proved_rows(model)):
            value = getattr(row, field.attname)
            # Every second row points to nothing that there is.
            others = [key for key in keys if key != value] if row.pk % 2 else []
            for other in other_values(field, value, others):
                rows = model._default_manager.filter(pk=row.pk)
                change = functools.partial(rows.update, **{field.attname: other})
                yield f"{model.__name__} {row.pk}: {field.attname} = {other!r}", change


@pytest.mark.no_cover  # the same lines thousands of times, which other tests reach too
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", PROVED)
def test_every_change_of_a_single_value_is_found(model: type[models.Model]) -> None:
    tried, unnoticed = 0, []

    for name, change in mutations(model):
        problems = problems_after(change, model)
        tried += problems is not None
        if problems == []:
            unnoticed.append(name)

    assert unnoticed == []
    assert tried >= 2 * len(sample(proved_rows(model))) > 0
    assert ledger.verify().problems == []


@pytest.mark.no_cover
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
def test_verification_finds_all_that_a_look_at_the_chains_finds(model: type[models.Model]) -> None:
    for row in sample(proved_rows(model)):
        with transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(digest=flipped(row.digest))
            found = verification.verify_chains().problems
            found_by_all = ledger.verify().problems
            transaction.set_rollback(True)

        assert found
        assert set(found) <= set(found_by_all)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("status", [s for s in Status if s not in NUMBERED])
def test_a_version_that_is_hidden_as_work_of_another_state_is_found(status: Status) -> None:
    for revision in proved_rows(Revision):
        rows = Revision.objects.filter(pk=revision.pk)

        # An open one can't be hidden where there is another: the unique index stands.
        problems = problems_after(functools.partial(rows.update, status=status))

        assert problems != []


# --- Removing, inserting, swapping -------------------------------------------------------------


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [model for model in PROVED if model is not Policy])
def test_the_removal_of_every_row_is_found(model: type[models.Model]) -> None:
    rows = proved_rows(model)
    assert rows
    last = rows[-1]
    for row in rows:
        if model is AuditEvent and row == last:
            continue  # see test_a_head_of_the_audit_finds_that_its_tail_was_cut_off
        queryset = model._default_manager.filter(pk=row.pk)

        assert problems_after(functools.partial(queryset._raw_delete, queryset.db), model), row


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("model", [Section, Contribution, ReviewComment, LateApproval, Revision])
def test_every_row_that_was_slipped_in_is_found(model: type[models.Model]) -> None:
    for row in proved_rows(model):
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
@pytest.mark.parametrize("event", LedgerEntry.Event)
def test_an_entry_that_was_forged_to_continue_the_ledger_is_found(event: str) -> None:
    source = make_policy()
    make_policy(language="de", translation_of=source)
    workflow.set_prevailing_language(source.pk, by=make_user("Publishers"), at=NOW, language="de")
    genuine = LedgerEntry.objects.filter(event=event)[0]

    def forge() -> None:
        genuine.revision = None  # for each revision there is one entry of a kind
        chains.append(genuine)

    assert problems_after(forge)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "verb", ["publish", "publish_import", "withdraw", "retire", "approve_afterwards"]
)
def test_an_act_that_was_forged_to_continue_the_audit_is_found(verb: str) -> None:
    genuine = AuditEvent.objects.filter(verb=verb)[0]
    genuine.done_by_id = 1000

    assert problems_after(functools.partial(chains.append, genuine))


def swap(one: Any, other: Any, names: list[str]) -> None:
    """Give each of two rows the other's values, by way of values that nothing else has."""
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


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("model", "names"),
    [
        (LedgerEntry, ["sequence"]),
        (AuditEvent, ["sequence"]),
        (LedgerEntry, ["recorded_at", "document_digest", "change_note", "version", "slug"]),
        (AuditEvent, ["actor", "verb", "done_by_id", "digest"]),
        (Section, ["id"]),
        (Section, ["position"]),
        (Section, ["heading", "anchor", "body"]),
        (Rendering, ["html", "contents"]),
        (Revision, ["title", "introduction", "digest", "saves", "change_note"]),
        (Contribution, ["contributed_by_id"]),
        (ReviewComment, ["text"]),
        (ReviewComment, ["id"]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "-".join(value),
)
def test_two_rows_that_were_swapped_are_found(model: type[models.Model], names: list[str]) -> None:
    rows = proved_rows(model)
    pairs = [
        (one, other)
        for one, other in itertools.pairwise(rows)
        if names == [model._meta.pk.attname]
        or any(getattr(one, name) != getattr(other, name) for name in names)
    ]
    assert pairs

    for one, other in pairs:
        problems = problems_after(functools.partial(swap, one, other, names), model)

        assert problems != [], (one, other)


def test_an_entry_that_is_gone_is_named_by_its_number() -> None:
    for day in range(3):
        make_version(at=NOW + day * DAY)
    triggers.remove(connection)
    rows = LedgerEntry.objects.filter(sequence=2)
    rows._raw_delete(rows.db)
    triggers.install(connection)

    assert "Ledger entry 2 is missing: 3 follows 1." in ledger.verify().problems


# --- What only a noted head proves -------------------------------------------------------------


def test_every_head_that_was_ever_noted_still_stands() -> None:
    make_site()
    heads = [
        *LedgerEntry.objects.values_list("digest", flat=True),
        *AuditEvent.objects.values_list("digest", flat=True)[::9],
    ]

    for head in heads:
        assert ledger.verify(head=head).problems == []
    report = ledger.verify()
    assert report.head == LedgerEntry.objects.order_by("-sequence")[0].digest
    assert report.audit_head == AuditEvent.objects.order_by("-sequence")[0].digest


@pytest.mark.parametrize("head", ["", "f" * 64, "nonsense"])
def test_a_head_that_never_was_is_not_found(head: str) -> None:
    make_version()

    assert "neither chain" in ledger.verify(head=head).problems[0]


@pytest.mark.usefixtures("site")
def test_entries_cut_off_the_ledger_are_missed_by_what_they_told_of() -> None:
    for kept in range(LedgerEntry.objects.count()):
        tail = LedgerEntry.objects.filter(sequence__gt=kept)

        assert problems_after(functools.partial(tail._raw_delete, tail.db)), kept


@pytest.mark.usefixtures("site")
def test_a_head_of_the_audit_finds_that_its_tail_was_cut_off() -> None:
    head = ledger.verify().audit_head
    tail = AuditEvent.objects.filter(sequence=AuditEvent.objects.count())

    tail._raw_delete(tail.db)

    assert ledger.verify().problems == []
    assert "neither chain" in ledger.verify(head=head).problems[0]


def forget_the_last_version() -> None:
    """Remove the newest version with all that ever told of it."""
    version = Revision.objects.filter(status__in=NUMBERED).order_by("-pk")[0]
    for model in (Section, Rendering, Contribution, ReviewComment, LedgerEntry):
        rows = model._default_manager.filter(revision=version)
        rows._raw_delete(rows.db)
    first = AuditEvent.objects.filter(revision=version).order_by("sequence")[0]
    rows = AuditEvent.objects.filter(sequence__gte=first.sequence)
    rows._raw_delete(rows.db)
    rows = Revision.objects.filter(pk=version.pk)
    rows._raw_delete(rows.db)


def test_only_a_head_finds_that_the_last_version_was_made_not_to_have_been() -> None:
    make_version()
    make_version()
    head = ledger.verify().head
    triggers.remove(connection)

    forget_the_last_version()

    triggers.install(connection)
    assert ledger.verify().problems == []
    assert "neither chain" in ledger.verify(head=head).problems[0]


def chain_anew() -> None:
    """Have each entry of the ledger follow from the one before as it stands now."""
    previous = ""
    for entry in LedgerEntry.objects.order_by("sequence"):
        revision = Revision.objects.get(pk=entry.revision_id)
        entry.private_digest = chains.private_digest(revision)
        entry.previous_digest = previous
        entry.digest = previous = chains.entry_digest(entry)
        entry.save()


@pytest.mark.parametrize("by", [-DAY, DAY])
def test_a_ledger_that_was_written_anew_tells_what_the_audit_tells(by: timedelta) -> None:
    version = make_version()
    told = LedgerEntry.objects.get(revision=version).recorded_at
    triggers.remove(connection)

    LedgerEntry.objects.filter(revision=version).update(recorded_at=told + by)
    chain_anew()

    triggers.install(connection)
    problem = "From ledger entry 1 on, the audit tells something else."
    assert problem in ledger.verify().problems


def test_only_a_head_finds_that_all_of_history_was_written_anew() -> None:
    version = make_version()
    make_version(policy=version.policy, at=NOW + DAY)
    head = ledger.verify().head
    triggers.remove(connection)

    Revision.objects.filter(pk=version.pk).update(change_note="It was never so.")
    LedgerEntry.objects.filter(revision=version).update(change_note="It was never so.")
    chain_anew()

    triggers.install(connection)
    assert ledger.verify().problems == []
    assert "neither chain" in ledger.verify(head=head).problems[0]


# --- Values that can't even be read ------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("policies_revision", "effective_at", "'the day after'"),
        ("policies_revision", "published_at", "'2026-13-45 00:00:00'"),
        ("policies_revision", "title", "CAST(x'ff' AS TEXT)"),
        ("policies_section", "body", "CAST(x'c328' AS TEXT)"),
        ("policies_section", "body", "x'00'"),
        ("policies_rendering", "contents", "'{'"),
        ("policies_rendering", "html", "CAST(x'ff' AS TEXT)"),
        ("policies_ledgerentry", "recorded_at", "'never'"),
        ("policies_ledgerentry", "slug", "CAST(x'ff' AS TEXT)"),
        ("policies_auditevent", "done_at", "7"),
        ("policies_auditevent", "actor", "CAST(x'ff' AS TEXT)"),
        ("policies_lateapproval", "approved_at", "'never'"),
        ("policies_reviewcomment", "text", "x'ff'"),
        ("policies_contribution", "contributed_at", "1.5"),
    ],
)
def test_a_value_that_its_column_can_not_have_is_reported_in_words(
    table: str, column: str, value: str
) -> None:
    def damage() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {column} = {value}"  # noqa: S608
                f" WHERE rowid = (SELECT MIN(rowid) FROM {table})"
            )

    problems = problems_after(damage)

    assert problems
    assert all(len(problem) > 20 for problem in problems)


@pytest.mark.usefixtures("site")
def test_a_text_that_is_no_document_any_more_is_reported() -> None:
    section = proved_rows(Section)[0]
    rows = Section.objects.filter(pk=section.pk)

    problems = problems_after(functools.partial(rows.update, body="# A title in a section"))

    assert problems is not None
    assert "is no document any more" in " ".join(problems)


# --- No false alarm ----------------------------------------------------------------------------


def test_a_successor_that_was_renamed_since_is_no_false_alarm() -> None:
    policy, successor = make_version().policy, make_version().policy
    publisher = make_user("Publishers")
    workflow.retire(policy.pk, by=publisher, at=NOW, notice="See there.", successor_id=successor.pk)
    workflow.rename_policy(successor.pk, by=publisher, at=NOW, slug="elsewhere")

    assert ledger.verify().problems == []


def test_an_empty_site_is_sound() -> None:
    report = ledger.verify()

    assert (report.is_sound, report.entries, report.versions, report.head) == (True, 0, 0, "")


def test_a_site_is_sound_and_everything_on_it_was_looked_at() -> None:
    make_site()

    report = ledger.verify()

    assert report.problems == []
    assert report.entries == LedgerEntry.objects.count()
    assert report.versions == Revision.objects.numbered().count()


def test_a_site_is_sound_after_everybody_has_left() -> None:
    make_site()

    User.objects.all().delete()

    assert ledger.verify().problems == []


def test_a_missing_wall_is_reported_though_nothing_was_changed() -> None:
    make_version()
    triggers.remove(connection, only=frozenset({"policies_wall_revision_frozen"}))

    (problem,) = ledger.verify().problems

    assert "policies_wall_revision_frozen" in problem


def test_verifying_changes_nothing() -> None:
    make_site()
    before = [list(model._default_manager.values_list()) for model in PROVED]

    ledger.verify()

    assert [list(model._default_manager.values_list()) for model in PROVED] == before


def test_several_processes_find_what_one_finds() -> None:
    make_site()
    triggers.remove(connection)
    Rendering.objects.filter(pk=proved_rows(Rendering)[3].pk).update(html="<p>Sold.</p>")

    assert ledger.verify(jobs=2).problems == ledger.verify().problems != []


def test_the_number_of_queries_does_not_grow_with_the_number_of_versions(
    django_assert_max_num_queries: Any,
) -> None:
    policy = make_policy()
    for day in range(30):
        make_version(policy=policy, at=NOW + day * DAY)

    with django_assert_max_num_queries(25):
        assert ledger.verify().versions == 30


@pytest.mark.django_db(transaction=True)
def test_acts_during_verification_are_no_false_alarm() -> None:
    policy, publisher = make_version().policy, make_user("Publishers")
    hours = itertools.count(1)

    def act() -> None:
        at = NOW + next(hours) * timedelta(hours=1)
        if Policy.objects.get(pk=policy.pk).retired_at:
            workflow.reinstate(policy.pk, by=publisher, at=at)
        else:
            workflow.retire(policy.pk, by=publisher, at=at, notice="No longer.")
        connection.close()

    def act_before_each_query(execute: Any, *args: Any) -> Any:
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
        return execute(*args)

    with connection.execute_wrapper(act_before_each_query):
        report = ledger.verify()

    assert report.problems == []
    assert next(hours) > 10
    assert ledger.verify().problems == []
    assert ledger.verify().entries > report.entries
