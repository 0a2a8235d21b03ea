"""E-mails that can't be sent are kept and tried again, and delay nobody."""

import socket
import sqlite3
import threading
from contextlib import closing
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from policies import workflow
from policies.mail import notices, sending, staff_mails
from policies.models import Announcement, Mail, MailOptOut, Revision
from policies.states import Status
from tests.factories import DAY, NOW, make_revision, make_version
from tests.policies.mail.received import Down, Picky, make_overdue, make_staff, received, use
from tests.policies.mail.received import act as act
from tests.policies.mail.received import people as people

pytestmark = pytest.mark.django_db


def test_a_mail_server_that_is_down_undoes_nothing_and_loses_nothing(people, act, settings, caplog):
    draft = make_revision(writer=people.wanda)
    use(settings, Down)

    assert act(workflow.submit, draft.pk, by=people.wanda) == {}
    assert Revision.objects.get(pk=draft.pk).status == Status.IN_REVIEW
    assert "2 e-mails waiting: the mail server can't be reached" in caplog.text

    use(settings, EmailBackend)
    call_command("send_reminders")
    assert set(received()) == {"ravi", "rosa"}
    call_command("send_reminders")
    assert len(mail.outbox) == 2


def test_no_password_gets_into_the_log(people, act, settings, caplog):
    draft = make_revision(writer=people.wanda)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and doesn't listen
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = deaf.getsockname()
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "hush-hush"
        act(workflow.submit, draft.pk, by=people.wanda)

    assert "ConnectionRefusedError" in caplog.text
    assert "hush" not in caplog.text


def test_one_that_is_refused_keeps_no_other_from_being_sent(people, act, settings, caplog):
    make_staff("sara", "Reviewers")
    draft = make_revision(writer=people.wanda)
    use(settings, Picky)

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"ravi", "sara"}
    assert "550 no such user" in caplog.text


def test_send_reminders_fails_while_a_mail_can_not_be_sent(people, settings, capsys):
    make_staff("rosalia", "Writers")
    make_overdue()
    use(settings, Picky)

    with pytest.raises(CommandError, match="1 failed") as failure:
        call_command("send_reminders")
    assert failure.value.returncode == 1
    assert "4 sent" in capsys.readouterr().out

    use(settings, Down)
    with pytest.raises(CommandError, match="1 failed"):
        call_command("send_reminders")
    use(settings, EmailBackend)
    call_command("send_reminders")
    assert "rosalia" in received()


def test_mails_that_can_not_even_be_created_undo_nothing(people, act, monkeypatch, caplog):
    draft = make_revision(writer=people.wanda)
    monkeypatch.setattr(notices, "audience", lambda event: 1 / 0)

    assert act(workflow.submit, draft.pk, by=people.wanda) == {}
    assert "failed" in caplog.text
    waiting = Announcement.objects.filter(event__revision=draft, event__action="submit")
    assert waiting.exists()
    call_command("send_reminders")  # a process may be at it right now
    waiting.update(recorded_at=timezone.now() - DAY)
    with pytest.raises(CommandError, match="1 failed"):
        call_command("send_reminders")
    assert mail.outbox == []
    monkeypatch.undo()

    call_command("send_reminders")
    assert set(received()) == {"ravi", "rosa"}
    assert not waiting.exists()


def test_mails_that_were_not_sent_for_days_are_dropped(people):
    make_revision(status=Status.IN_REVIEW, writer=people.wanda)
    Announcement.objects.update(recorded_at=timezone.now() - staff_mails.KEPT_FOR - DAY)

    call_command("send_reminders")

    assert mail.outbox == []
    assert not Announcement.objects.exists()


class Overtaken(EmailBackend):
    """A mail server so slow that a second run starts in the middle of the first."""

    overtaken = False

    def send_messages(self, messages):
        if not Overtaken.overtaken:
            Overtaken.overtaken = True
            call_command("send_reminders")
        return super().send_messages(messages)


def test_of_two_runs_at_once_each_person_gets_one_mail(people, settings, monkeypatch):
    monkeypatch.setattr(Overtaken, "overtaken", False)
    make_overdue()
    use(settings, Overtaken)

    call_command("send_reminders")

    assert Overtaken.overtaken
    assert set(received()) == {"wanda", "willi", "pia", "paul"}


def test_what_stopped_in_the_middle_goes_on_where_it_stopped(people, act, monkeypatch):
    draft = make_revision(writer=people.wanda)
    send = mail.EmailMultiAlternatives.send

    def stop(message, *args):
        if "rosa" in message.to[0]:
            raise KeyboardInterrupt
        return send(message, *args)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", stop)
    with pytest.raises(KeyboardInterrupt):
        act(workflow.submit, draft.pk, by=people.wanda)
    monkeypatch.undo()

    assert set(received()) == {"ravi"}
    call_command("send_reminders")
    assert set(received()) == {"ravi", "rosa"}


@pytest.mark.parametrize("since", [staff_mails.LEASE, -365 * DAY], ids=["over", "by a wrong clock"])
def test_a_mail_that_another_process_is_sending_is_tried_again_only_after_the_lease(
    people, act, settings, since
):
    draft = make_revision(writer=people.wanda)
    use(settings, Down)
    act(workflow.submit, draft.pk, by=people.wanda)
    use(settings, EmailBackend)
    Mail.objects.filter(user=people.ravi).update(tried_at=timezone.now())
    Mail.objects.filter(user=people.rosa).update(tried_at=timezone.now() - since)

    call_command("send_reminders")

    assert set(received()) == {"rosa"}


@pytest.mark.parametrize("why", ["right", "wish", "address", "state", "age"])
def test_what_waits_is_dropped_when_it_is_out_of_date(people, act, settings, why):
    draft = make_revision(writer=people.wanda)
    use(settings, Down)
    act(workflow.submit, draft.pk, by=people.wanda)
    use(settings, EmailBackend)
    if why == "right":
        people.ravi.groups.clear()
    elif why == "wish":
        MailOptOut.objects.create(user=people.ravi, kind="handed_in")
    elif why == "address":
        User.objects.filter(pk=people.ravi.pk).update(email="")
    elif why == "state":
        workflow.discard(draft.pk, by=people.wanda, at=NOW)
    else:
        Mail.objects.update(recorded_at=timezone.now() - staff_mails.KEPT_FOR - DAY)

    call_command("send_reminders")

    assert "ravi" not in received()


def test_sent_mails_are_not_kept_for_ever(people, act):
    act(workflow.submit, make_revision(writer=people.wanda).pk, by=people.wanda)
    policy, day = Mail.objects.all()[0].policy, NOW.date()
    reminder = Mail.objects.create(
        user=people.ravi, policy=policy, due_on=day, remind_on=day, sent_at=NOW
    )

    for since, left in (
        (staff_mails.KEPT_FOR, {reminder}),
        (staff_mails.REMINDERS_KEPT_FOR, set()),
    ):
        Mail.objects.update(recorded_at=timezone.now() - since - DAY)
        call_command("send_reminders")
        assert set(Mail.objects.all()) == left


class Waiting(EmailBackend):
    """A mail server that answers when the test lets it."""

    may_answer = threading.Event()

    def send_messages(self, messages):
        assert self.may_answer.wait(30)
        return super().send_messages(messages)


@pytest.fixture
def in_background(settings):
    settings.MAIL_IN_BACKGROUND = True
    Waiting.may_answer.clear()
    yield
    Waiting.may_answer.set()
    sending.background.submit(int).result(30)


@pytest.mark.django_db(transaction=True)
def test_no_action_waits_for_the_mail_server(in_background, settings):
    writer = make_staff("wanda", "Writers")
    make_staff("ravi", "Reviewers")
    draft = make_revision(writer=writer)
    use(settings, Waiting)

    workflow.submit(draft.pk, by=writer, at=NOW)
    assert Revision.objects.get(pk=draft.pk).status == Status.IN_REVIEW
    assert mail.outbox == []

    Waiting.may_answer.set()
    sending.background.submit(int).result(30)
    assert set(received()) == {"ravi"}


def test_no_row_says_what_makes_no_sense(people):
    version = make_version()
    event = version.audit_events.latest("sequence")
    row = {"user": people.ravi, "policy": version.policy}
    day = date(2026, 5, 2)
    reminder = {**row, "due_on": day, "remind_on": day}
    Mail.objects.create(**row, event=event)
    Mail.objects.create(**reminder)
    MailOptOut.objects.create(user=people.ravi, kind="ended")

    for broken in ({**row, "event": event}, reminder, row, {**reminder, "event": event}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mail.objects.create(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        MailOptOut.objects.create(user=people.ravi, kind="ended")
    people.ravi.delete()
    assert not Mail.objects.exists()


# --- A busy database -----------------------------------------------------------------------------


@pytest.fixture
def writer_elsewhere(settings):
    """Another connection that holds the database; ours don't wait for it."""
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as other:
        connection.ensure_connection()
        connection.connection.execute("PRAGMA busy_timeout = 0")
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield other
        connection.close()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_busy_database_only_makes_a_mail_wait(caplog, request):
    event_id = act_without_mails()
    caplog.clear()
    other = request.getfixturevalue("writer_elsewhere")
    tries = []

    def end_at_the_third(execute, sql, *more):
        if sql.startswith("BEGIN") or "UPDATE" in sql:
            tries.append(sql)
        if len(tries) == 3:
            other.rollback()
        return execute(sql, *more)

    with connection.execute_wrapper(end_at_the_third):
        staff_mails.notify(event_id)

    assert set(received()) == {"ravi"}
    assert caplog.records == []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_busy_is_one_line_in_the_log(caplog, request):
    event_id = act_without_mails()
    other = request.getfixturevalue("writer_elsewhere")
    caplog.clear()

    staff_mails.notify(event_id)
    other.rollback()

    assert mail.outbox == []
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage().endswith("wait for send_reminders: database is locked")
    staff_mails.notify(event_id)
    assert set(received()) == {"ravi"}


def act_without_mails():
    """Submit a draft whose reviewer gets no mail about it yet; return the number of the act."""
    writer = make_staff("wanda", "Writers")
    draft = make_revision(writer=writer)
    workflow.submit(draft.pk, by=writer, at=NOW)
    event = draft.audit_events.get(action="submit")
    make_staff("ravi", "Reviewers")
    Announcement.objects.create(event=event)
    mail.outbox.clear()
    return event.pk
