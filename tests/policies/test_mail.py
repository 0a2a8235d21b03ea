"""E-mail: who is told of what, in which words, and what a mail server that fails can't break."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from policies import letters, notices, postbox, reminders, workflow
from policies.models import Announcement, AuditEvent, Mail, MailOptOut, Policy, Revision
from policies.states import Status
from policies.verbs import VERBS
from tests.factories import make_document, make_policy, make_revision, make_user, make_version
from tests.policies.test_admin_views import log_in, page, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Captured = Callable[..., Any]

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOW = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)


def make_staff(name: str, *roles: str, **options: Any) -> User:
    user = make_user(*roles, name=name, **options)
    user.email = f"{name}@example.com"
    user.save(update_fields=["email"])
    return user


class People:
    """A house in which each role is taken twice, and which has a superuser."""

    def __init__(self) -> None:
        self.wanda, self.willi = make_staff("wanda", "Writers"), make_staff("willi", "Writers")
        self.ravi, self.rosa = make_staff("ravi", "Reviewers"), make_staff("rosa", "Reviewers")
        self.pia, self.paul = make_staff("pia", "Publishers"), make_staff("paul", "Publishers")
        self.admin = make_staff("admin", is_superuser=True)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def act(django_capture_on_commit_callbacks: Captured) -> Callable[..., dict[str, Any]]:
    """Return a function that calls a verb, commits, and gives the mails by their receivers."""

    def call(verb: Callable[..., Any], pk: int, **arguments: Any) -> dict[str, Any]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            verb(pk, **{"at": NOW, **arguments})
        return received()

    return call


def received() -> dict[str, Any]:
    found = {message.to[0].removesuffix("@example.com"): message for message in mail.outbox}
    assert len(found) == len(mail.outbox), "somebody got two"
    return found


class Down(EmailBackend):
    """A mail server that can't be reached."""

    def open(self) -> bool:
        raise ConnectionRefusedError("nobody there")


class Picky(EmailBackend):
    """A mail server that refuses rosa."""

    def send_messages(self, messages: Any) -> int:
        if any("rosa" in message.to[0] for message in messages):
            raise OSError("550 no such user")
        return super().send_messages(messages)


def use(settings: Any, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


# --- Who is told ---------------------------------------------------------------------------------


def test_each_step_is_told_to_those_who_can_act_on_it_or_took_part(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    it = people
    pk = make_revision(writer=it.wanda).pk

    told = act(workflow.submit, pk, by=it.wanda)
    assert set(told) == {"ravi", "rosa"}
    told = act(workflow.comment, pk, by=it.ravi, text="Too long.")
    assert set(told) == {"wanda"}
    told = act(workflow.comment, pk, by=it.wanda, text="Which part?")
    assert set(told) == {"ravi"}
    told = act(workflow.request_changes, pk, by=it.rosa, text="Shorter, please.")
    assert set(told) == {"wanda"}
    assert "Shorter, please." in told["wanda"].body
    for remark in Revision.objects.get(pk=pk).comments.all():
        assert act(workflow.resolve_comment, remark.pk, by=it.wanda) == {}
    act(workflow.submit, pk, by=it.willi)
    told = act(workflow.approve, pk, by=it.ravi)
    assert set(told) == {"pia", "paul", "wanda"}
    assert f"http://testserver{page('publish', pk)}" in told["pia"].body
    assert page("publish", pk) not in told["wanda"].body
    told = act(workflow.publish, pk, by=it.pia, change_note="Shorter.", effective_at=NOW + 9 * DAY)
    assert set(told) == {"paul", "wanda", "ravi"}
    told = act(workflow.withdraw, pk, by=it.paul, reason="A mistake.")
    assert set(told) == {"pia", "wanda", "ravi"}


def test_a_reopened_approval_is_told_to_who_gave_it(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    pk = make_revision(status=Status.APPROVED, writer=people.wanda, reviewer=people.ravi).pk

    assert set(act(workflow.reopen, pk, by=people.pia)) == {"wanda", "ravi"}
    assert set(act(workflow.discard, pk, by=people.willi)) == {"wanda", "ravi"}


def test_a_publication_without_approval_is_told_loudly_to_all_who_could_approve_it(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    both = make_staff("both", "Writers", "Reviewers")
    hasty = make_staff("hasty", permissions=["policies.publish_without_approval"])
    pk = make_revision(writer=both).pk

    told = act(workflow.publish_without_approval, pk, by=hasty, reason="A court order.")

    assert set(told) == {"ravi", "rosa", "both", "pia", "paul"}
    assert "PUBLISHED WITHOUT APPROVAL" in told["ravi"].subject
    assert "A court order." in told["ravi"].body
    assert page("review", pk) in told["ravi"].body
    assert "Please read it now, and approve it afterwards" in told["ravi"].body
    assert "approve it afterwards" not in told["both"].body
    told = act(workflow.approve_afterwards, pk, by=people.ravi)
    assert {"both", "pia"} <= set(told)


def test_retiring_and_reinstating_is_told_to_writers_and_publishers(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    policy = make_version().policy

    told = act(workflow.retire, policy.pk, by=people.pia, notice="See the new one.")
    assert set(told) == {"wanda", "willi", "paul"}
    assert "See the new one." in told["paul"].body
    assert set(act(workflow.reinstate, policy.pk, by=people.pia)) == {"wanda", "willi", "paul"}


def test_saving_importing_and_a_refused_verb_are_told_to_nobody(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    draft = make_revision(writer=people.wanda)
    changed = make_document(text="Other words.")

    assert act(workflow.save_draft, draft.pk, document=changed, by=people.wanda, seen_saves=2) == {}
    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"ravi", "rosa"}
    mail.outbox.clear()
    with pytest.raises(workflow.WrongState):
        act(workflow.submit, draft.pk, by=people.wanda)
    assert mail.outbox == []


def test_what_is_rolled_back_is_told_to_nobody(
    people: People, django_capture_on_commit_callbacks: Captured
) -> None:
    draft = make_revision(writer=people.wanda)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        workflow.submit(draft.pk, by=people.wanda, at=NOW)
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_only_active_staff_with_an_address_and_the_right_to_see_it_are_told(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    draft = make_revision(writer=people.wanda)
    User.objects.filter(pk=people.ravi.pk).update(is_active=False)
    User.objects.filter(pk=people.rosa.pk).update(email="")
    make_staff("blind", permissions=["policies.review_revision"])
    outside = make_staff("outside", "Reviewers")
    User.objects.filter(pk=outside.pk).update(is_staff=False)
    make_staff("able", "Reviewers")

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"able"}


def test_who_wrote_and_has_lost_the_right_to_look_is_told_no_more(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    pk = make_revision(status=Status.IN_REVIEW, writer=people.wanda).pk
    people.wanda.groups.clear()

    assert act(workflow.request_changes, pk, by=people.ravi, text="No.") == {}


def test_superusers_are_told_where_nobody_else_could_act(
    act: Callable[..., dict[str, Any]],
) -> None:
    boss, writer = make_staff("boss", is_superuser=True), make_staff("both", "Writers", "Reviewers")
    draft = make_revision(writer=writer)

    assert set(act(workflow.submit, draft.pk, by=writer)) == {"boss"}
    assert set(act(workflow.approve, draft.pk, by=boss)) == {"both"}


def test_a_kind_that_somebody_switched_off_is_sent_to_the_others(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    MailOptOut.objects.create(user=people.ravi, kind="handed_in")
    draft = make_revision(writer=people.wanda)

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"rosa"}
    act(workflow.comment, draft.pk, by=people.ravi, text="Hm.")
    assert set(act(workflow.comment, draft.pk, by=people.wanda, text="Yes?")) == {"ravi"}


def test_every_act_is_of_a_verb_and_of_a_kind_and_has_a_letter() -> None:
    assert set(notices.ACTS) <= set(VERBS)
    assert set(notices.ACTS) == set(letters.LETTERS)
    assert {act.kind for act in notices.ACTS.values()} | {"review_due"} == set(notices.KINDS)


# --- What it says --------------------------------------------------------------------------------


def test_a_mail_says_who_did_what_and_where_to_go_in_text_and_html(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    draft = make_revision(writer=people.wanda)
    people.wanda.first_name, people.wanda.last_name = "Wanda", "O'Hara & <Sons>"

    sent = act(workflow.submit, draft.pk, by=people.wanda)["ravi"]

    html, kind = sent.alternatives[0]
    link = f"http://testserver{page('review', draft.pk)}"
    assert sent.subject == "Privacy policy: handed in for your review"
    assert sent.from_email == "Policies <policies@example.com>"
    assert "Wanda O'Hara & <Sons> handed in “Privacy Policy” for review" in sent.body
    assert "May 2, 2026, 12:00 (UTC)" in sent.body
    assert f"\n{link}\n" in sent.body
    assert "http://testserver/admin/mail/" in sent.body
    assert kind == "text/html"
    assert "Wanda O&#x27;Hara &amp; &lt;Sons&gt;" in html
    assert f'href="{link}"' in html
    assert "src=" not in html
    headers = sent.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["References"] == f"<revision-{draft.pk}@testserver>"
    assert (
        headers["Message-ID"] == f"<act-{AuditEvent.objects.count()}-{people.ravi.pk}@testserver>"
    )


def test_a_publication_is_told_with_its_change_note_and_its_time_in_the_policys_zone(
    people: People, act: Callable[..., dict[str, Any]]
) -> None:
    policy = make_policy()
    type(policy).objects.filter(pk=policy.pk).update(time_zone="Europe/Berlin")
    first = make_revision(status=Status.APPROVED, policy=policy, writer=people.wanda)
    at = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)

    sent = act(
        workflow.publish,
        first.pk,
        by=people.pia,
        change_note="We keep <less>.\nMuch less.",
        effective_at=at,
    )["wanda"]

    assert sent.subject == "Privacy policy: version 1 published, in force from July 1, 2026"
    assert "takes effect on July 1, 2026, 00:00 (Europe/Berlin), as a material change" in sent.body
    assert "Change note:\n\n> We keep <less>.\n> Much less.\n" in sent.body
    assert "We keep &lt;less&gt;.\nMuch less." in sent.alternatives[0][0]
    assert f"http://testserver/{policy.slug}/versions/1/" in sent.body


def test_no_name_gets_into_the_headers(people: People, act: Callable[..., dict[str, Any]]) -> None:
    revision = make_revision(status=Status.IN_REVIEW, writer=people.wanda)
    name = "Privacy\r\nBcc: all@example.com\x1b[2J" + "x" * 150
    Policy.objects.filter(pk=revision.policy_id).update(name=name)
    people.ravi.first_name = "Ravi\nTo: all@example.com"

    sent = act(workflow.comment, revision.pk, by=people.ravi, text="a\n.\nb")["wanda"]

    assert sent.subject.startswith("Privacy Bcc: all@example.com[2Jxxx")
    assert len(sent.subject) <= 180
    message = sent.message()
    assert message["Bcc"] is None
    assert message.get_all("To") == ["wanda@example.com"]
    assert "\nTo: all" not in sent.body


# --- What fails ----------------------------------------------------------------------------------


def test_a_mail_server_that_is_down_undoes_nothing_and_loses_nothing(
    people: People,
    act: Callable[..., dict[str, Any]],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = make_revision(writer=people.wanda)
    use(settings, Down)

    assert act(workflow.submit, draft.pk, by=people.wanda) == {}
    assert Revision.objects.get(pk=draft.pk).status == Status.IN_REVIEW
    assert "2 e-mails wait: the mail server can't be reached" in caplog.text

    use(settings, EmailBackend)
    call_command("send_reminders")
    assert set(received()) == {"ravi", "rosa"}
    call_command("send_reminders")
    assert len(mail.outbox) == 2


def test_no_password_gets_into_the_log(
    people: People,
    act: Callable[..., dict[str, Any]],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = make_revision(writer=people.wanda)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and doesn't listen
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = deaf.getsockname()
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "hush-hush"
        act(workflow.submit, draft.pk, by=people.wanda)

    assert "ConnectionRefusedError" in caplog.text
    assert "hush" not in caplog.text


def test_one_that_is_refused_keeps_no_other_from_being_sent(
    people: People,
    act: Callable[..., dict[str, Any]],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_staff("sara", "Reviewers")
    draft = make_revision(writer=people.wanda)
    use(settings, Picky)

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"ravi", "sara"}
    assert "550 no such user" in caplog.text
    call_command("send_reminders")
    assert "1 failed" in capsys.readouterr().err


def test_what_cant_even_be_made_out_undoes_nothing(
    people: People,
    act: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = make_revision(writer=people.wanda)
    monkeypatch.setattr(notices, "audience", lambda event: 1 / 0)

    assert act(workflow.submit, draft.pk, by=people.wanda) == {}
    assert "could not be made out" in caplog.text
    assert Announcement.objects.filter(event__revision=draft, event__verb="submit").exists()
    monkeypatch.undo()

    call_command("send_reminders")  # a process may be at it right now
    assert mail.outbox == []
    Announcement.objects.filter(event__verb="submit").update(recorded_at=timezone.now() - DAY)
    call_command("send_reminders")
    assert set(received()) == {"ravi", "rosa"}
    assert not Announcement.objects.filter(event__verb="submit").exists()


def test_what_nobody_was_told_of_for_days_is_no_news_any_more(people: People) -> None:
    make_revision(status=Status.IN_REVIEW, writer=people.wanda)
    Announcement.objects.update(recorded_at=timezone.now() - postbox.KEPT_FOR - DAY)

    call_command("send_reminders")

    assert mail.outbox == []
    assert not Announcement.objects.exists()


class Overtaken(EmailBackend):
    """A mail server that is so slow that a second run starts in the middle of the first."""

    overtaken = False

    def send_messages(self, messages: Any) -> int:
        if not Overtaken.overtaken:
            Overtaken.overtaken = True
            call_command("send_reminders")
        return super().send_messages(messages)


def test_of_two_runs_at_once_each_person_gets_one_mail(
    people: People, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Overtaken, "overtaken", False)
    make_overdue()
    use(settings, Overtaken)

    call_command("send_reminders")

    assert Overtaken.overtaken
    assert set(received()) == {"wanda", "willi", "pia", "paul"}


def test_what_stopped_in_the_middle_goes_on_where_it_stopped(
    people: People, act: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_revision(writer=people.wanda)
    send = mail.EmailMultiAlternatives.send

    def stop(message: Any, *args: Any) -> Any:
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


def test_a_mail_that_another_process_is_sending_is_left_to_it_until_that_must_be_dead(
    people: People, act: Callable[..., dict[str, Any]], settings: Any
) -> None:
    draft = make_revision(writer=people.wanda)
    use(settings, Down)
    act(workflow.submit, draft.pk, by=people.wanda)
    use(settings, EmailBackend)
    Mail.objects.filter(user=people.ravi).update(tried_at=timezone.now())
    Mail.objects.filter(user=people.rosa).update(tried_at=timezone.now() - postbox.LEASE)

    call_command("send_reminders")

    assert set(received()) == {"rosa"}


@pytest.mark.parametrize("why", ["right", "wish", "address", "state", "age"])
def test_what_waits_is_dropped_when_it_is_no_news_any_more(
    people: People, act: Callable[..., dict[str, Any]], settings: Any, why: str
) -> None:
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
        Mail.objects.update(recorded_at=timezone.now() - postbox.KEPT_FOR - DAY)

    call_command("send_reminders")

    assert "ravi" not in received()


class Waiting(EmailBackend):
    """A mail server that answers when it is told to."""

    may_answer = threading.Event()

    def send_messages(self, messages: Any) -> int:
        assert self.may_answer.wait(30)
        return super().send_messages(messages)


@pytest.fixture
def in_background(settings: Any) -> Iterator[None]:
    settings.MAIL_IN_BACKGROUND = True
    Waiting.may_answer.clear()
    yield
    Waiting.may_answer.set()
    postbox.background.submit(int).result(30)


@pytest.mark.django_db(transaction=True)
def test_no_verb_waits_for_the_mail_server(in_background: None, settings: Any) -> None:
    writer = make_staff("wanda", "Writers")
    make_staff("ravi", "Reviewers")
    draft = make_revision(writer=writer)
    use(settings, Waiting)

    workflow.submit(draft.pk, by=writer, at=NOW)
    assert Revision.objects.get(pk=draft.pk).status == Status.IN_REVIEW
    assert mail.outbox == []

    Waiting.may_answer.set()
    postbox.background.submit(int).result(30)
    assert set(received()) == {"ravi"}


def test_no_row_says_what_makes_no_sense(people: People) -> None:
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


# --- Reminders -----------------------------------------------------------------------------------


def make_overdue(days: int = 0) -> Revision:
    """Publish a version of a policy that is due for review since so many days."""
    now = timezone.now()
    version = make_version(at=now - timedelta(days=365 + days))
    boss = make_user("Publishers")
    workflow.set_review_interval(version.policy.pk, by=boss, at=now, months=12)
    return version


def test_nobody_is_reminded_of_what_was_confirmed_as_it_is(people: People) -> None:
    policy = make_overdue(days=2).policy
    workflow.confirm_review(policy.pk, by=people.wanda, at=timezone.now())

    call_command("send_reminders")

    assert mail.outbox == []


def test_what_is_due_for_review_is_told_once_however_often_it_is_asked(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = make_overdue(days=2).policy
    make_version()
    MailOptOut.objects.create(user=people.willi, kind="review_due")

    call_command("send_reminders", dry_run=True)
    assert mail.outbox == []
    assert "reminds wanda, pia, paul" in capsys.readouterr().out
    call_command("send_reminders")
    call_command("send_reminders")

    told = received()
    assert set(told) == {"wanda", "pia", "paul"}
    assert told["pia"].subject.startswith("Privacy policy: due for review since ")
    assert f"http://testserver/admin/policies/policy/{policy.pk}/change/" in told["pia"].body
    assert "every 12 months" in told["pia"].body


def test_nobody_is_reminded_of_what_is_not_due_or_was_reviewed_meanwhile(
    people: People, settings: Any
) -> None:
    make_overdue(days=-30)
    version = make_overdue(days=1)
    use(settings, Down)
    call_command("send_reminders")
    make_version(policy=version.policy, at=timezone.now())
    use(settings, EmailBackend)

    call_command("send_reminders")

    assert mail.outbox == []


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (6, 0), (7, 7), (28, 28), (35, 28), (55, 28), (56, 56), (90, 84)]
)
def test_reminders_come_weekly_and_then_every_four_weeks(days: int, expected: int) -> None:
    due = date(2026, 5, 2)

    assert reminders.remind_on(due, due + days * DAY) == due + expected * DAY


# --- The page ------------------------------------------------------------------------------------


def test_each_person_chooses_which_mails_they_get_and_for_nobody_else() -> None:
    client, user = log_in("Reviewers", name="ravi")
    other = make_staff("rosa", "Reviewers")
    shown = words(client.get("/admin/mail/"))
    assert "Your account has no e-mail address" in shown
    assert shown.count(" checked") == len(notices.KINDS)

    User.objects.filter(pk=user.pk).update(email="ravi@example.com")
    answer = client.post(
        "/admin/mail/", {"kind": ["handed_in", "nonsense"], "user": other.pk}, follow=True
    )

    assert "ravi@example.com" in words(answer)
    assert words(answer).count(" checked") == 1
    off = MailOptOut.objects.filter(user=user)
    assert {it.kind for it in off} == set(notices.KINDS) - {"handed_in"}
    assert not MailOptOut.objects.exclude(user=user).exists()
    client.post("/admin/mail/", {"kind": list(notices.KINDS)})
    assert not MailOptOut.objects.exists()


def test_the_page_is_linked_everywhere_and_is_for_staff_alone(client: Any) -> None:
    staff, _ = log_in()
    assert 'href="/admin/mail/"' in words(staff.get("/admin/"))
    assert staff.get("/admin/mail/").status_code == 200
    assert client.get("/admin/mail/").status_code == 302
    assert "/admin/login/" in client.get("/admin/mail/")["Location"]


def test_a_form_on_the_desk_sends_once_even_if_it_is_sent_twice(
    people: People, django_capture_on_commit_callbacks: Captured
) -> None:
    client, writer = log_in("Writers")
    draft = make_revision(writer=writer)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("submit", draft.pk), HTTP_HOST="localhost")
        client.post(page("submit", draft.pk), HTTP_HOST="localhost")

    assert set(received()) == {"ravi", "rosa"}
    assert "localhost" not in received()["ravi"].body


def test_the_demo_staff_can_be_written_to() -> None:
    call_command("create_demo_staff")

    assert User.objects.get(username="demo-writer").email == "demo-writer@example.com"
    assert Group.objects.get(name="Reviewers").user_set.get().email  # type: ignore[attr-defined]
