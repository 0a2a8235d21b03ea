"""An upcoming version is moved to another day: its text and its number stay, readers see it."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from policies import ledger, workflow
from policies.database import triggers
from policies.models import AuditEvent, LedgerEntry, Revision
from policies.states import Kind
from policies.workflow import Incomplete, WrongState
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    NOW,
    make_policy,
    make_revision,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db

ONLY_BY_RULE = "A published revision never changes|Only publishing gives a version"


def upcoming(policy=None, **options):
    return make_version(policy=policy, **{"effective_at": IN_FIFTY_YEARS, **options})


def move(version, to, **options):
    how = {"by": make_user("Publishers"), "at": NOW + DAY, "reason": "The app comes later."}
    workflow.reschedule(version.pk, **{**how, "effective_at": to, **options})
    return Revision.objects.get(pk=version.pk)


def test_the_ledger_and_the_audit_have_an_entry_each_and_all_of_it_is_verified():
    version = upcoming(make_version().policy)
    for days in (14, -14, 7):
        move(version, IN_FIFTY_YEARS + days * DAY)

    assert ledger.verify().problems == []
    entries = LedgerEntry.objects.filter(event="rescheduling").order_by("sequence")
    assert [it.effective_at for it in entries] == [IN_FIFTY_YEARS + it * DAY for it in (14, -14, 7)]
    assert {(it.version, it.document_digest) for it in entries} == {(2, version.digest)}
    act = AuditEvent.objects.filter(action="reschedule")[0]
    assert "May 2, 2076, 12:00 (UTC) → May 16, 2076, 12:00 (UTC)" in act.reason
    assert act.reason.endswith("The app comes later.")
    assert act.act == "rescheduled"


def test_an_editorial_change_of_the_same_day_keeps_its_public_date():
    policy = make_version().policy
    date = upcoming(policy).last_updated_on
    later = IN_FIFTY_YEARS + timedelta(hours=1)
    version = upcoming(policy, effective_at=later, kind=Kind.EDITORIAL)

    assert move(version, IN_FIFTY_YEARS + DAY).last_updated_on == version.last_updated_on == date


def test_a_time_that_makes_no_sense_is_refused():
    version = upcoming(make_version().policy)

    for to, words in (
        (NOW + DAY + timedelta(seconds=15), "is in the past, or too close"),
        (IN_FIFTY_YEARS, "already takes effect on"),
        (IN_FIFTY_YEARS.replace(year=9999, month=12, day=31), "too far away"),
    ):
        with pytest.raises(Incomplete, match=words) as refused:
            move(version, to)
        assert refused.value.about == ("effective_at",)
    assert not LedgerEntry.objects.filter(event="rescheduling").exists()


def test_the_order_of_the_versions_is_kept():
    policy = make_version().policy
    second = upcoming(policy)
    third = upcoming(policy, effective_at=IN_FIFTY_YEARS + 10 * DAY)

    with pytest.raises(Incomplete, match="must take effect before version 3"):
        move(second, IN_FIFTY_YEARS + 10 * DAY)
    with pytest.raises(Incomplete, match="must take effect later than version 2"):
        move(third, IN_FIFTY_YEARS - DAY)

    assert move(third, IN_FIFTY_YEARS + DAY).effective_at == IN_FIFTY_YEARS + DAY


def test_a_version_that_a_later_one_corrects_keeps_its_day():
    policy = make_version().policy
    second = upcoming(policy)
    upcoming(policy, effective_at=IN_FIFTY_YEARS + 10 * DAY, kind=Kind.EDITORIAL)

    with pytest.raises(WrongState, match="corrects it as an editorial change"):
        move(second, IN_FIFTY_YEARS + DAY)


def test_an_earlier_day_needs_notice_or_a_reason_for_less():
    policy = make_version().policy
    workflow.set_notice_period(policy.pk, by=make_user("Publishers"), at=NOW, days=30)
    version = upcoming(policy)
    sooner = NOW + 20 * DAY

    with pytest.raises(Incomplete, match="30 days of notice") as refused:
        move(version, sooner)
    assert refused.value.about == ("short_notice_reason",)
    move(version, IN_FIFTY_YEARS + DAY)  # a later one needs none
    reason = AuditEvent.objects.filter(action="reschedule").get().reason
    assert "notice" not in reason


def test_a_translation_does_not_take_effect_before_what_it_translates():
    source = upcoming(make_version().policy)
    german = make_policy(language="de", translation_of=source.policy)
    draft = make_revision(policy=german)
    workflow.set_source_version(draft.pk, by=draft.created_by, at=NOW, number=2)
    workflow.submit(draft.pk, by=draft.created_by, at=NOW)
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW)
    translation = workflow.publish(
        draft.pk, by=make_user("Publishers"), at=NOW, effective_at=IN_FIFTY_YEARS
    )

    with pytest.raises(Incomplete, match="Reschedule that first"):
        move(source, IN_FIFTY_YEARS + DAY)
    with pytest.raises(Incomplete, match="Reschedule that first"):
        move(translation, IN_FIFTY_YEARS - DAY)

    move(translation, IN_FIFTY_YEARS + DAY)
    move(source, IN_FIFTY_YEARS + DAY)
    assert ledger.verify().problems == []


# --- What the database refuses -------------------------------------------------------------------


def changed(version, **values):
    with transaction.atomic():
        Revision.objects.filter(pk=version.pk).update(**values)


def test_the_database_changes_the_day_only_with_its_entry():
    version = upcoming(make_version().policy)

    with pytest.raises(IntegrityError, match=ONLY_BY_RULE):
        changed(version, effective_at=IN_FIFTY_YEARS + DAY)


def test_the_database_changes_nothing_but_the_dates_of_the_last_entry():
    version = move(upcoming(make_version().policy), IN_FIFTY_YEARS + DAY)

    for values in (
        {"effective_at": IN_FIFTY_YEARS + 2 * DAY},
        {"last_updated_on": NOW.date()},
        {"change_note": "Another."},
        {"number": 3},
        {"title": "Another"},
        {"approved_at": NOW + DAY},
        {"basis_reason": "None."},
    ):
        with pytest.raises(IntegrityError):
            changed(version, **values)


def test_the_database_does_not_go_back_to_an_older_entry():
    version = upcoming(make_version().policy)
    first = move(version, IN_FIFTY_YEARS + DAY)
    move(version, IN_FIFTY_YEARS + 2 * DAY)

    with pytest.raises(IntegrityError, match=ONLY_BY_RULE):
        changed(version, effective_at=first.effective_at, last_updated_on=first.last_updated_on)


def forged(version, effective_at, *, by=None, at=NOW):
    """Append an entry as the workflow would, without its checks, and change the row.

    by: who does it; then the audit has it, too.
    """
    with transaction.atomic():
        version.effective_at = effective_at
        ledger.record_rescheduling(version, by=by or make_user(), at=at)
        if by:
            ledger.record_act("reschedule", version, by=by, at=at, reason="A → B\nIt is so.")
        version.save(update_fields=["effective_at", "last_updated_on"])


def test_the_ledger_takes_no_day_in_the_past():
    with pytest.raises(IntegrityError, match="Only an upcoming version is rescheduled"):
        forged(upcoming(), NOW - DAY)


def test_the_ledger_takes_no_new_day_of_what_is_in_force():
    with pytest.raises(IntegrityError, match="Only an upcoming version is rescheduled"):
        forged(make_version(), IN_FIFTY_YEARS)


def test_the_clock_of_the_database_goes_on_during_a_transaction():
    """The test is one, which begins with its first query: this version took effect since."""
    policy = make_policy()
    just_now = upcoming(policy, effective_at=timezone.now())

    with pytest.raises(IntegrityError, match="Only an upcoming version is rescheduled"):
        forged(just_now, IN_FIFTY_YEARS)
    with (
        triggers.lifted(connection, only=frozenset({"policies_wall_ledger_rescheduling"})),
        pytest.raises(IntegrityError, match=ONLY_BY_RULE),
    ):
        forged(just_now, IN_FIFTY_YEARS)
    with pytest.raises(IntegrityError, match="in force, by the database's clock"):
        workflow.withdraw(just_now.pk, by=make_user("Publishers"), at=NOW, reason="A mistake.")


@pytest.mark.sqlite
def test_sqlite_takes_no_time_in_another_format_which_it_would_compare_wrongly():
    version = upcoming()
    last = LedgerEntry.objects.latest("sequence")
    last.pk, last.event, last.sequence = None, "rescheduling", last.sequence + 1
    last.previous_digest, last.digest = last.digest, "0" * 64
    a_minute_ago = timezone.now() - timedelta(minutes=1)

    for written in (
        *("{:%Y-%m-%dT%H:%M:%S}", "{:%Y-%m-%d %H:%M:%S}+00:00", "{:%Y-%m-%d %H:%M}"),
        *("{:%Y-%m-%d %H:%M:%S}.5", "{:%Y-%m-%d %H:%M:%S}.5000000", "{:%Y}", "soon"),
    ):
        last.effective_at = RawSQL("%s", [written.format(a_minute_ago)])
        with pytest.raises(IntegrityError, match="A time is stored as"), transaction.atomic():
            last.save(force_insert=True)
        with pytest.raises(IntegrityError, match="A time is stored as"):
            changed(version, effective_at=last.effective_at)


def test_the_database_keeps_the_order_of_the_versions():
    policy = make_version().policy
    second = upcoming(policy)
    third = upcoming(policy, effective_at=IN_FIFTY_YEARS + 10 * DAY)

    with pytest.raises(IntegrityError, match="later than every version before it"):
        forged(second, IN_FIFTY_YEARS + 20 * DAY)
    with pytest.raises(IntegrityError, match="later than every version before it"):
        forged(third, IN_FIFTY_YEARS - DAY)


# --- What verify finds ---------------------------------------------------------------------------


def test_verify_finds_a_day_that_is_not_that_of_the_last_entry():
    version = move(upcoming(make_version().policy), IN_FIFTY_YEARS + DAY)
    with triggers.lifted(connection):
        changed(version, effective_at=IN_FIFTY_YEARS)

    (problem,) = ledger.verify().problems

    assert "The dates, number or notes" in problem


def test_verify_finds_an_entry_that_no_act_explains():
    version = upcoming(make_version().policy)
    forged(version, IN_FIFTY_YEARS + DAY)

    problems = ledger.verify().problems

    assert any("is not rescheduled as recorded" in it for it in problems)
    assert any("the audit records something else" in it for it in problems)


def test_verify_finds_an_entry_that_claims_to_be_older_than_one_before_it():
    """As somebody would write it who moves a version after it took effect."""
    version = upcoming(make_version().policy)
    make_version(at=NOW + 10 * DAY)

    with triggers.lifted(connection):
        forged(version, IN_FIFTY_YEARS + DAY, by=make_user(), at=NOW + 9 * DAY)

    problems = ledger.verify().problems
    assert len(problems) == 2
    assert re.fullmatch(r"Ledger entry \d+ says that it is older than one before it.", problems[0])
    assert re.fullmatch(r"Audit event \d+ says that it is older than one before it.", problems[1])


def test_while_the_clock_is_behind_what_is_recorded_nothing_is_rescheduled():
    version = upcoming(make_version().policy)
    make_version(policy=make_policy(slug="terms"), at=NOW + 2 * DAY)

    with pytest.raises(WrongState, match="clock is behind, or was ahead"):
        move(version, IN_FIFTY_YEARS + DAY, at=NOW + DAY)

    move(version, IN_FIFTY_YEARS + DAY, at=NOW + 2 * DAY)
    assert ledger.verify().problems == []


def test_verify_allows_for_the_seconds_that_an_action_waits_for_another():
    version = upcoming(make_version().policy)
    make_version(at=NOW + 10 * DAY)

    move(version, IN_FIFTY_YEARS + DAY, at=NOW + 10 * DAY - timedelta(seconds=30))

    assert ledger.verify().problems == []


@pytest.mark.parametrize(("number", "days"), [(2, 20), (3, -20), (1, 20)])
def test_verify_finds_versions_out_of_order(number, days):
    policy = make_version().policy
    upcoming(policy)
    upcoming(policy, effective_at=IN_FIFTY_YEARS + 10 * DAY)
    version = Revision.objects.get(policy=policy, number=number)

    with triggers.lifted(connection):
        forged(version, IN_FIFTY_YEARS + days * DAY, by=make_user(), at=NOW)

    problems = ledger.verify().problems
    assert any("takes effect before a version with a lower number" in it for it in problems)


def test_verify_finds_nothing_out_of_order_once_a_version_is_withdrawn():
    policy = make_version().policy
    second = upcoming(policy)
    third = upcoming(policy, effective_at=IN_FIFTY_YEARS + 10 * DAY)
    workflow.withdraw(second.pk, by=make_user("Publishers"), at=NOW, reason="No.")

    move(third, IN_FIFTY_YEARS - 10 * DAY)

    assert ledger.verify().problems == []


def test_who_looked_at_another_day_is_refused():
    version = upcoming(make_version().policy)
    move(version, IN_FIFTY_YEARS + 30 * DAY)

    with pytest.raises(WrongState, match="Somebody has rescheduled it to June 1, 2076"):
        move(version, IN_FIFTY_YEARS + DAY, seen_effective_at=IN_FIFTY_YEARS)
