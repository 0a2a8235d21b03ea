"""What `ledger.verify` says about a sound site, and what only a noted head can prove."""

import functools
import itertools
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import chains
from policies.ledger.verification import rerendering
from policies.models import (
    AuditEvent,
    Contribution,
    LedgerEntry,
    Policy,
    Rendering,
    ReviewComment,
    ReviewRequest,
    Revision,
    Section,
)
from policies.states import NUMBERED
from tests.conftest import sample
from tests.factories import DAY, NOW, every_row, make_policy, make_user, make_version
from tests.policies.ledger.proved_site import problems_after, proved_rows
from tests.policies.ledger.proved_site import site as site

pytestmark = pytest.mark.django_db

# --- What only a noted head proves -------------------------------------------------------------


@pytest.mark.usefixtures("site")
def test_every_head_that_was_ever_noted_is_still_in_its_chain():
    heads = [
        *LedgerEntry.objects.values_list("digest", flat=True),
        *AuditEvent.objects.values_list("digest", flat=True)[::9],
    ]

    for head in sample(heads):
        assert ledger.verify(head=head).problems == []
    report = ledger.verify()
    assert report.head == LedgerEntry.objects.order_by("-sequence")[0].digest
    assert report.audit_head == AuditEvent.objects.order_by("-sequence")[0].digest


@pytest.mark.usefixtures("site")
def test_entries_cut_off_the_ledger_are_missed_by_the_versions_that_they_recorded():
    for kept in sample(list(range(LedgerEntry.objects.count()))):
        tail = LedgerEntry.objects.filter(sequence__gt=kept)

        assert problems_after(functools.partial(tail._raw_delete, tail.db)), kept


@pytest.mark.usefixtures("site")
def test_a_head_of_the_audit_finds_that_its_tail_was_cut_off():
    privacy = Policy.objects.get(slug="privacy", language="en")
    workflow.confirm_check(privacy.pk, by=make_user("Publishers"), at=NOW + DAY)
    head = ledger.verify().audit_head
    tail = AuditEvent.objects.filter(sequence=AuditEvent.objects.count())

    tail._raw_delete(tail.db)

    assert ledger.verify().problems == []
    assert "neither chain" in ledger.verify(head=head).problems[0]


def forget_the_last_version():
    """Remove the newest version and everything that mentions it."""
    version = Revision.objects.filter(status__in=NUMBERED).order_by("-pk")[0]
    for model in (Section, Rendering, Contribution, ReviewComment, ReviewRequest, LedgerEntry):
        rows = model._default_manager.filter(revision=version)
        rows._raw_delete(rows.db)
    first = AuditEvent.objects.filter(revision=version).order_by("sequence")[0]
    rows = AuditEvent.objects.filter(sequence__gte=first.sequence)
    rows._raw_delete(rows.db)
    rows = Revision.objects.filter(pk=version.pk)
    rows._raw_delete(rows.db)


def test_only_a_noted_head_finds_that_the_last_version_was_erased():
    make_version()
    make_version()
    head = ledger.verify().head
    triggers.remove(connection)

    forget_the_last_version()

    triggers.install(connection)
    assert ledger.verify().problems == []
    assert "neither chain" in ledger.verify(head=head).problems[0]


def chain_anew():
    previous = ""
    for entry in LedgerEntry.objects.order_by("sequence"):
        revision = Revision.objects.get(pk=entry.revision_id)
        entry.private_digest = chains.private_digest(revision)
        entry.previous_digest = previous
        entry.digest = previous = chains.entry_digest(entry)
        entry.save()


@pytest.mark.parametrize("by", [-DAY, DAY])
def test_a_rewritten_ledger_has_to_agree_with_the_audit(by):
    version = make_version(policy=make_version().policy, at=NOW + 2 * DAY)
    recorded_at = LedgerEntry.objects.get(revision=version).recorded_at
    triggers.remove(connection)

    LedgerEntry.objects.filter(revision=version).update(recorded_at=recorded_at + by)
    chain_anew()

    triggers.install(connection)
    problem = "From ledger entry 2 on, the audit records something else."
    assert problem in ledger.verify().problems


def test_only_a_head_finds_that_all_of_history_was_rewritten():
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


# --- No false alarm ----------------------------------------------------------------------------


@pytest.mark.usefixtures("site")
def test_a_site_is_sound_though_everybody_has_left_and_is_looked_at_without_a_change():
    User.objects.all().delete()
    before = every_row()

    report = ledger.verify()

    assert report.problems == []
    assert report.entries == LedgerEntry.objects.count()
    assert report.versions == Revision.objects.numbered().count()
    assert every_row() == before


def test_a_missing_trigger_is_reported_though_nothing_was_changed():
    make_version()
    triggers.remove(connection, only=frozenset({"policies_wall_revision_frozen"}))

    (problem,) = ledger.verify().problems

    assert "policies_wall_revision_frozen" in problem


@pytest.mark.usefixtures("site")
def test_several_processes_find_what_one_finds():
    Rendering.objects.filter(pk=proved_rows(Rendering)[3].pk).update(html="<p>Sold.</p>")

    assert ledger.verify(jobs=2).problems == ledger.verify().problems != []


def test_without_shared_memory_one_process_verifies(monkeypatch, caplog):
    def refused(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    make_version()
    monkeypatch.setattr(rerendering, "ProcessPoolExecutor", refused)

    assert ledger.verify(jobs=2).is_sound
    assert "One process renders" in caplog.text


def test_the_number_of_queries_does_not_grow_with_the_number_of_versions(django_assert_num_queries):
    policies = make_policy(), make_policy()
    for day in range(2):
        make_version(policy=policies[day], at=NOW + day * DAY)
    with CaptureQueriesContext(connection) as with_two_versions:
        ledger.verify()
    assert len(with_two_versions) <= 45
    for day in range(2, 12):
        make_version(policy=policies[day % 2], at=NOW + day * DAY)

    with django_assert_num_queries(len(with_two_versions)):
        report = ledger.verify()

    assert (report.versions, report.problems) == (12, [])


@pytest.mark.django_db(transaction=True)
def test_acts_during_verification_are_no_false_alarm():
    policy, publisher = make_version().policy, make_user("Publishers")
    hours = itertools.count(1)

    def act():
        at = NOW + next(hours) * timedelta(hours=1)
        if Policy.objects.get(pk=policy.pk).retired_at:
            workflow.reinstate(policy.pk, by=publisher, at=at)
        else:
            workflow.retire(policy.pk, by=publisher, at=at, notice="No longer.")
        connection.close()

    def act_before_each_query(execute, *args):
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
