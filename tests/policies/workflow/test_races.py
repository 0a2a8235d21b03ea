"""Things that happen at once: real threads, real transactions, real processes that are killed."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from policies import ledger, workflow
from policies.models import AuditEvent, LedgerEntry, Policy, Revision, WebhookEndpoint
from policies.staff.editing import DraftText
from policies.staff.two_texts import fingerprints
from policies.states import Status
from policies.text import rendering
from policies.text.document import Document, Section
from policies.workflow import unsaved_texts
from tests.conftest import database_url, is_quick, sample
from tests.factories import (
    IN_FIFTY_YEARS,
    NOW,
    every_row,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.public.public_site import make_family
from tests.policies.staff.desk import form, log_in, page

pytestmark = pytest.mark.django_db(transaction=True)


def race(*calls):
    """Call all at the same instant, each in its own thread; return results and errors."""
    start = threading.Barrier(len(calls))
    results = []
    errors = []

    def run(call):
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            results.append(call())
        except Exception as error:  # noqa: BLE001  whatever it is, the test looks at it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results, errors


# Actions that can be done once, each with a state in which they can.
ONCE = {
    "save_draft": Status.DRAFT,
    "submit": Status.DRAFT,
    "discard": Status.DRAFT,
    "approve": Status.IN_REVIEW,
    "request_changes": Status.IN_REVIEW,
    "withdraw_submission": Status.IN_REVIEW,
    "nudge": Status.IN_REVIEW,
    "publish": Status.APPROVED,
    "reopen": Status.APPROVED,
    "withdraw": Status.PUBLISHED,
    "start_draft": Status.DISCARDED,
    "import_draft": Status.DISCARDED,
}


def by_two_people(action):
    """The same action called on the same revision, or its policy, by two people."""
    revision = make_revision(status=ONCE[action], effective_at=IN_FIFTY_YEARS)
    identity = revision.policy_id if action in {"start_draft", "import_draft"} else revision.pk

    def call(by):
        extra = {
            "save_draft": {
                "document": make_document(text=f"By {by}."),
                "seen_saves": revision.saves,
            },
            "import_draft": {"document": make_document(text=f"By {by}.")},
            "request_changes": {"text": "No."},
            "withdraw": {"reason": "Wrong."},
        }.get(action, {})
        return lambda: getattr(workflow, action)(identity, by=by, at=NOW, **extra)

    return [call(make_user(is_superuser=True)) for _ in range(2)]


@pytest.mark.parametrize("action", ONCE)
def test_of_two_people_at_the_same_instant_one_wins_and_the_other_reads_why(action):
    both = by_two_people(action)
    acts_before = AuditEvent.objects.count()

    results, errors = race(*both)

    assert len(results) == 1
    assert [type(error) for error in errors] in ([workflow.WrongState], [workflow.SavedMeanwhile])
    assert str(NOW.year) in str(errors[0])  # it says when the other one did it
    assert AuditEvent.objects.count() == acts_before + 1
    assert ledger.verify().problems == []


def test_of_publish_and_discard_one_wins():
    revision = make_revision(status=Status.APPROVED)
    one, other = make_user(is_superuser=True), make_user(is_superuser=True)

    results, errors = race(
        lambda: workflow.publish(revision.pk, by=one, at=NOW),
        lambda: workflow.discard(revision.pk, by=other, at=NOW),
    )

    assert (len(results), [type(error) for error in errors]) == (1, [workflow.WrongState])
    revision.refresh_from_db()
    assert (revision.number == 1) == (revision.status == Status.PUBLISHED)


def test_an_upcoming_version_is_moved_withdrawn_and_followed_at_once():
    policy = make_version(at=NOW - timedelta(days=100)).policy
    now, by = timezone.now(), [make_user(is_superuser=True) for _ in range(4)]
    day = {number: now + timedelta(days=number) for number in (5, 9, 12, 20)}
    upcoming = make_version(policy=policy, effective_at=day[9])
    following = make_revision(policy=policy, status=Status.APPROVED)

    _, errors = race(
        *(
            partial(
                workflow.reschedule,
                upcoming.pk,
                by=who,
                at=now,
                effective_at=day[to],
                reason="Law.",
            )
            for who, to in zip(by, (5, 20), strict=False)
        ),
        lambda: workflow.withdraw(upcoming.pk, by=by[2], at=now, reason="Wrong."),
        lambda: workflow.publish(
            following.pk, by=by[3], at=now, change_note="New.", effective_at=day[12]
        ),
    )

    assert {type(error) for error in errors} <= {workflow.WrongState, workflow.Incomplete}
    days = list(policy.revisions.published().order_by("number").values_list("effective_at"))
    assert days == sorted(days)
    assert ledger.verify().problems == []


def test_writers_who_save_different_sections_at_once_are_all_saved():
    base = Document("T", "", tuple(Section(name, name, "Old.") for name in "abcd"))
    draft = make_revision(document=base)
    seen = fingerprints(DraftText.of(base))
    clients = [log_in("Writers")[0] for _ in base.sections]

    def saving(number):
        bodies = ["New." if at == number else "Old." for at in range(4)]
        sent = form(draft, body=bodies, seen_parts=seen)
        return lambda: clients[number].post(page("edit", draft.pk), sent)

    answers, errors = race(*map(saving, range(4)))

    assert ([answer.status_code for answer in answers], errors) == ([302] * 4, [])
    bodies = [section.body for section in Revision.objects.get(pk=draft.pk).document().sections]
    assert bodies == ["New."] * 4


def test_no_text_slips_in_between_saving_and_submitting():
    draft = make_revision()
    one, other = make_user(is_superuser=True), make_user(is_superuser=True)

    race(
        lambda: save_draft(draft, make_document(text="New."), by=one),
        lambda: workflow.submit(draft.pk, by=other, at=NOW),
    )

    draft.refresh_from_db()
    assert draft.status == Status.IN_REVIEW
    was_saved = draft.contributions.filter(contributed_by=one).exists()
    assert (draft.sections.get(anchor="scope").body == "New.") == was_saved


def test_eight_policies_published_at_once_make_one_chain():
    publisher = make_user("Publishers")
    revisions = [make_revision(status=Status.APPROVED) for _ in range(8)]

    results, errors = race(
        *(
            lambda pk=revision.pk: workflow.publish(pk, by=publisher, at=NOW)
            for revision in revisions
        )
    )

    assert (len(results), errors) == (8, [])
    assert list(LedgerEntry.objects.values_list("sequence", flat=True)) == list(range(1, 9))
    assert ledger.verify().problems == []


def test_two_policies_at_the_same_address_are_one():
    results, errors = race(*(lambda: make_policy(slug="privacy") for _ in range(2)))

    assert (len(results), [type(error) for error in errors]) == (1, [workflow.Incomplete])
    assert Policy.objects.count() == 1


@pytest.mark.parametrize("action", ["set_translation_of", "retire"])
def test_of_two_policies_made_translations_or_successors_of_each_other_at_once_one_is(action):
    publisher = make_user("Publishers")
    for language in sample(["de", "fr", "es", "pt", "it", "nl"]):
        pair = [make_policy(), make_policy(language=language)]
        if action == "retire":
            pair = [make_version().policy, make_version().policy]

        def link(one, other):
            how = {"by": publisher, "at": NOW}
            if action == "retire":
                how |= {"notice": "See there.", "successor_id": other.pk}
            else:
                how["source_id"] = other.pk
            return lambda: getattr(workflow, action)(one.pk, **how)

        results, errors = race(link(*pair), link(*reversed(pair)))

        assert (len(results), [type(error) for error in errors]) == (1, [workflow.Incomplete])


# --- A process that dies -----------------------------------------------------------------------

# Loading Django takes most of a second, so one process does, and forks for each that is to die:
# a line in names the statement, a line out says how it ended.
PUBLISH_AND_DIE = """
import os, signal, sys
import django
from datetime import datetime
django.setup()
from django.contrib.auth.models import User
from django.db import connection
from policies import workflow

revision_id, user_id = map(int, sys.argv[1:])
count = deadly = 0

def die(execute, sql, params, many, context):
    global count
    result = execute(sql, params, many, context)
    count += 1
    if count == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

for line in sys.stdin:
    child = os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    deadly = int(line)
    person = User.objects.get(pk=user_id)
    with connection.execute_wrapper(die):
        workflow.publish(revision_id, by=person, at=datetime.fromisoformat("2026-05-02T12:00Z"))
    break
"""


@contextmanager
def publishing_and_dying(revision, by):
    """Return a function that publishes in a process that is killed after so many statements.

    It returns the process's exit status.
    """
    environment = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", PUBLISH_AND_DIE, str(revision.pk), str(by.pk)]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        orders, answers = process.stdin, process.stdout

        def publish_and_die(after):
            orders.write(f"{after}\n")
            orders.flush()
            return int(answers.readline())

        yield publish_and_die


def test_a_process_killed_between_any_two_statements_leaves_no_half_publication():
    revision = make_revision(status=Status.APPROVED)
    publisher = make_user("Publishers")
    before = every_row()

    survived = False
    with publishing_and_dying(revision, publisher) as publish_and_die:
        for statements in range(1, 60, 3 if is_quick() else 1):
            status = publish_and_die(statements)
            if status == 0:
                survived = True
                break
            assert status == -signal.SIGKILL
            assert every_row() == before

    assert survived
    revision.refresh_from_db()
    assert revision.number == 1
    assert ledger.verify().problems == []


# --- While others work ----------------------------------------------------------------------------


def test_nobody_waits_for_the_rendering_of_somebody_elses_text(monkeypatch):
    """A long text takes seconds; in a transaction, it would block all other writers for as long."""
    client, _ = log_in("Writers")
    version = make_version()
    inside = []
    render = rendering.render_document

    def watched(document):
        inside.append(connection.in_atomic_block)
        return render(document)

    monkeypatch.setattr(rendering, "render_document", watched)
    client.post(page("start_draft", version.policy_id))
    draft = Revision.objects.get(status=Status.DRAFT)
    changed = form(draft, introduction="Another.")
    assert client.post(page("edit", draft.pk), changed).status_code == 302
    hasty, _ = log_in(permissions=["publish_without_approval", "view_revision"])
    assert hasty.get(page("publish_preview", draft.pk)).status_code == 200
    draft.refresh_from_db()
    client.post(page("edit", draft.pk), form(draft, do="submit", introduction="A third."))
    client.post(page("submit", draft.pk))

    assert Revision.objects.get(pk=draft.pk).status == Status.IN_REVIEW
    assert inside
    assert not any(inside)


# --- What one action asks and another changes -----------------------------------------------------


def is_waiting():
    with connection.cursor() as cursor:
        # Not pg_stat_activity, which a transaction sees as it was at its first look; and only who
        # waits for this process, since other tests run beside this one.
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def refused_behind(first, second, then=lambda: None):
    """Start the second while the first is not committed and `then` is still to be done; return
    why the second was refused.
    """
    errors = []

    def run():
        try:
            second()
        except workflow.Refused as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not is_waiting():
            thread.join(timeout=0.02)
        then()
    thread.join(timeout=30)
    assert not thread.is_alive()
    return errors


@pytest.mark.postgresql
def test_an_action_locks_the_policy_before_the_revision():
    draft, by = make_revision(), make_user("Writers")

    def policy_is_locked():
        policies = Policy.objects.select_for_update(nowait=True)
        with pytest.raises(OperationalError, match="could not obtain lock"), transaction.atomic():
            policies.get(pk=draft.policy_id)

    errors = refused_behind(
        lambda: Revision.objects.select_for_update().get(pk=draft.pk),
        lambda: workflow.submit(draft.pk, by=by, at=NOW),
        then=policy_is_locked,
    )

    assert errors == []


@pytest.mark.postgresql
def test_no_translation_of_a_version_that_is_being_withdrawn_is_published():
    english, german = make_family()
    now, by = timezone.now(), make_user("Publishers")
    upcoming = make_version(policy=english, at=now, effective_at=now + timedelta(days=30))
    draft = make_revision(policy=german, status=Status.APPROVED, at=now)

    errors = refused_behind(
        lambda: workflow.withdraw(upcoming.pk, by=by, at=now, reason="Not after all."),
        lambda: workflow.publish(draft.pk, by=by, at=now, change_note="New."),
    )

    assert ["which was withdrawn" in str(it) for it in errors] == [True]


@pytest.mark.postgresql
def test_of_two_who_take_a_name_at_once_the_second_reads_that_it_is_taken(settings):
    """As of a button of Django admin that was pressed twice."""
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    client, _ = log_in("Publishers")
    values = {"name": "Intranet", "url": "https://127.0.0.1/", "format": "standard"}
    answers = []

    def add():
        sent = {**values, "events": ["policy.in_force"]}
        answers.append(client.post("/admin/policies/webhookendpoint/add/", sent))

    refused_behind(lambda: WebhookEndpoint.objects.create(**values), add)

    assert [it.status_code for it in answers] == [200]
    assert b"Webhook with this Name already exists." in answers[0].content
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.postgresql
def test_no_translation_without_a_source_version_gets_one_that_is_being_withdrawn():
    now, by = timezone.now(), make_user(is_superuser=True)
    english = make_policy(slug="imprint")
    upcoming = make_version(policy=english, at=now, effective_at=now + timedelta(days=30))
    german = make_policy(slug="imprint", language="de", translation_of=english)
    draft = make_revision(policy=german, at=now)
    workflow.set_source_version(draft.pk, by=by, at=now, number=None)
    workflow.submit(draft.pk, by=by, at=now)
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=now)

    errors = refused_behind(
        lambda: workflow.withdraw(upcoming.pk, by=by, at=now, reason="Not after all."),
        lambda: workflow.publish(draft.pk, by=by, at=now),
    )

    assert ["which was withdrawn" in str(it) for it in errors] == [True]


@pytest.mark.postgresql
@pytest.mark.parametrize("is_first", [True, False])
def test_a_source_and_its_translation_that_are_moved_at_once_stay_in_order(is_first):
    """Either may be moved, if the other is not: the source to after where the translation goes."""
    english, german = make_family()
    now, by = timezone.now(), make_user("Publishers")
    days = [now + timedelta(days=it) for it in range(50)]
    source = make_version(policy=english, at=now, effective_at=days[20])
    draft = make_revision(policy=german, at=now)
    writer, number = draft.created_by, source.number
    assert writer
    assert number
    workflow.set_source_version(draft.pk, by=writer, at=now, number=number)
    workflow.submit(draft.pk, by=writer, at=now)
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=now)
    workflow.publish(draft.pk, by=by, at=now, change_note="New.", effective_at=days[40])

    def to(version, day):
        how = {"by": by, "at": now, "reason": "The app comes later."}
        return lambda: workflow.reschedule(version.pk, effective_at=day, **how)

    both = [to(source, days[35]), to(draft, days[25])]

    errors = refused_behind(*(both if is_first else reversed(both)))

    assert ["Reschedule that first" in str(it) for it in errors] == [True]
    source.refresh_from_db()
    draft.refresh_from_db()
    assert source.effective_at
    assert draft.effective_at
    assert source.effective_at < draft.effective_at
    assert ledger.verify().problems == []


@pytest.mark.postgresql
@pytest.mark.parametrize("is_first", [True, False])
def test_no_language_prevails_that_is_being_retired(is_first):
    english, german = make_family()
    now, by = timezone.now(), make_user("Publishers")
    both = [
        lambda: workflow.retire(german.pk, by=by, at=now, notice="Gone."),
        lambda: workflow.set_prevailing_language(english.pk, by=by, at=now, language="de"),
    ]

    assert len(refused_behind(*(both if is_first else reversed(both)))) == 1


@pytest.mark.postgresql
def test_a_language_that_is_to_prevail_stays_one_of_the_policys():
    english, german = make_family()
    by = make_user(is_superuser=True)

    errors = refused_behind(
        lambda: workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="de"),
        lambda: workflow.set_translation_of(german.pk, by=by, at=NOW, source_id=None),
    )

    assert len(errors) == 1
    german.refresh_from_db()
    assert german.translation_of == english


@pytest.mark.postgresql
def test_actions_that_record_in_either_order_do_not_deadlock():
    """Making a policy is recorded only in the audit, renaming it in the ledger first."""
    by = make_user(is_superuser=True)
    one, other = make_policy(), make_policy()

    errors = refused_behind(
        lambda: workflow.create_policy(slug="new", name="New", by=by, at=NOW),
        lambda: workflow.rename_policy(other.pk, by=by, at=NOW, slug="there"),
        then=lambda: workflow.rename_policy(one.pk, by=by, at=NOW, slug="here"),
    )

    assert errors == []
    assert Policy.objects.filter(slug__in=["new", "there", "here"]).count() == 3
    assert ledger.verify().problems == []


def test_windows_of_one_person_keep_their_texts_at_the_same_time():
    """More of them than are kept, so that each deletes texts of others."""
    writer, draft = make_user("Writers"), make_revision()

    def window(name):
        def write():
            kept = None
            for number in range(20):
                text = unsaved_texts.keep(
                    draft,
                    by=writer,
                    at=timezone.now(),
                    fields=f"{number}",
                    window=name,
                    instead_of=kept,
                )
                kept = text.pk

        return write

    names = [f"window {number}" for number in range(unsaved_texts.MAX_TEXTS + 2)]
    _, errors = race(*map(window, names))

    assert errors == []
    assert draft.unsaved_texts.count() == unsaved_texts.MAX_TEXTS
    discard = partial(workflow.discard, draft.pk, by=writer, at=timezone.now())
    _, errors = race(*map(window, names), discard)
    assert errors == []
