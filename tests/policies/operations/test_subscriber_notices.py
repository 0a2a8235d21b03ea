"""Each subscriber gets each e-mail about a change once, whatever is killed or fails meanwhile."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from policies import workflow
from policies.mail import addresses, sending, subscriptions
from policies.models import SubscriberMail, Subscription, SubscriptionRequest
from policies.operations import bounces, subscriber_notices
from policies.public import subscription_mails
from policies.public.subscription_mails import unsubscribe_url
from policies.states import Status
from tests.conftest import ENVIRONMENT, database_url
from tests.factories import DAY, make_policy, make_revision, make_user, make_version
from tests.policies.mail.received import Down, use
from tests.policies.mail.smtp import Inbox, serving
from tests.policies.mail.smtp import inbox as inbox
from tests.policies.public.subscribing import KEY, ask, subscribe
from tests.policies.public.subscribing import on as on

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
READER = "reader@softphonez.com"
FAST = 1_000_000  # messages in a minute


@pytest.fixture
def policy(on):
    """A policy with one version and one subscriber."""
    found = make_policy(slug="privacy")
    make_version(policy=found, at=timezone.now() - 10 * DAY)
    subscribe(found, READER)
    since(days_ago=9)
    return found


def since(*, days_ago):
    Subscription.objects.update(confirmed_at=timezone.now() - days_ago * DAY)


def move(version, *, to):
    by, now = make_user("Publishers"), timezone.now()
    workflow.reschedule(version.pk, by=by, at=now, effective_at=to, reason="The app comes later.")


def send(*, at=None):
    """Send what is due, twice; return the messages that were sent. at: None for now."""
    mail.outbox.clear()
    for _ in range(2):
        if at is None:
            call_command("send_notices", per_minute=FAST)
        else:
            subscriber_notices.send(per_minute=FAST, now=lambda: at)
    return list(mail.outbox)


# --- What is sent ---------------------------------------------------------------------------------


def test_a_material_version_is_announced_to_who_had_subscribed_before(policy):
    assert send() == []
    make_version(policy=policy, at=timezone.now())
    subscribe(policy, "later@softphonez.com")
    make_version(policy=make_policy(slug="terms"), at=timezone.now())

    (message,) = send()

    assert message.to == [READER]
    assert message.subject.startswith("Privacy Policy: new version from ")
    assert "Version 2, in force since" in message.body
    assert "http://testserver/privacy/compare/1/2/" in message.body
    assert send() == []


def test_an_upcoming_version_is_announced_and_again_when_it_applies(policy):
    now = timezone.now()
    make_version(policy=policy, at=now - 3 * DAY, effective_at=now + 5 * DAY)
    (announced,) = send()
    assert announced.body.startswith("Softphonez\n\nPrivacy Policy\n\nThis policy changes on ")

    (applies,) = send(at=now + 6 * DAY)

    assert applies.subject == "Privacy Policy: the new version applies now"
    assert announced.extra_headers["Message-ID"] != applies.extra_headers["Message-ID"]


def test_a_withdrawal_is_announced_with_its_reason_and_what_was_not_sent_is_dropped(policy):
    make_revision(status=Status.WITHDRAWN, policy=policy, at=timezone.now())

    (message,) = send()

    assert message.subject.startswith("Privacy Policy: no new version from ")
    assert "A mistake was found." in message.body


def test_each_move_of_an_upcoming_version_is_announced_to_who_knows_another_day(policy):
    now = timezone.now()
    version = make_version(policy=policy, at=now, effective_at=now + 5 * DAY)
    send()
    subscribe(policy, "later@softphonez.com")
    names = set()
    for days in (15, 25):
        day = (now + days * DAY).replace(hour=12)
        move(version, to=day)
        move(version, to=day + timedelta(hours=1))

        (message,) = send()

        assert message.to == [READER]
        assert message.body.count("; moved to ") == len(names) + 1
        names.add(message.extra_headers["Message-ID"])
    assert len(names) == 2
    for name in names:
        assert subscription_mails.tokens_in([name]) == {
            Subscription.objects.order_by("pk")[0].token
        }
    assert len(send(at=now + 26 * DAY)) == 2, "both hear that it applies"


def test_each_e_mail_unsubscribes_with_one_click_and_is_in_two_forms(policy, client):
    make_version(policy=policy, at=timezone.now())

    (message,) = send()

    address = unsubscribe_url(Subscription.objects.get())
    assert message.extra_headers["List-Unsubscribe"] == f"<{address}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert address in message.body
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert f'href="{address}"' in html
    client.post(address.removeprefix("http://testserver"))
    make_version(policy=policy, at=timezone.now())
    assert send() == []


# --- How it is sent -------------------------------------------------------------------------------


def many(policy, number):
    """Subscribe so many readers, and publish a version."""
    now = timezone.now()
    Subscription.objects.bulk_create(
        Subscription(
            policy=policy,
            lookup=addresses.lookups(f"reader{n}@softphonez.com")[0],
            address=addresses.encrypt(f"reader{n}@softphonez.com"),
            confirmed_at=now - DAY,
        )
        for n in range(number)
    )
    make_version(policy=policy, at=now)


class Killer(Inbox):
    """A mail server that kills the sender while it has so many messages, before it says so.

    before: kill when the recipient is named, so that the message never comes.
    """

    def __init__(self):
        super().__init__()
        self.process = None
        self.kill_at, self.before, self.connections = 0, False, 0

    def _kill(self):
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    async def handle_RCPT(  # noqa: N802
        self, server, session, envelope, address, options
    ):
        if self.before and len(self.messages) + 1 == self.kill_at:
            self._kill()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_EHLO(  # noqa: N802
        self, server, session, envelope, hostname, responses
    ):
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if not self.before and len(self.messages) == self.kill_at:
            self._kill()
        return answer

    def run(self, port, *, kill_at=0, before=False):
        """Run the command in a process of its own; return its status."""
        self.kill_at, self.before = kill_at, before
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "send_notices", "--per-minute", "1000000"],
            cwd=ROOT,
            env={
                **os.environ,
                **ENVIRONMENT,
                "DATABASE_URL": database_url(),
                "SUBSCRIPTIONS": "on",
                "SUBSCRIPTION_KEY": KEY,
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self.process.wait(120)


@pytest.fixture
def killer(settings):
    found = Killer()
    with serving(found, settings):
        yield found


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_sending_that_is_killed_again_and_again_reaches_everybody_once(on, killer, settings):
    """Only a message that the server had when the sender died comes again: as the same message."""
    policy, port = make_policy(slug="privacy"), settings.EMAIL_PORT
    make_version(policy=policy, at=timezone.now() - 10 * DAY)
    many(policy, 120)
    for kill_at, before in [(1, False), (99, True), (101, False)]:
        assert killer.run(port, kill_at=kill_at, before=before) == -signal.SIGKILL

    assert killer.run(port) == 0
    # Three messages were in flight, of which it is not known whether the server has them.
    assert SubscriberMail.objects.filter(sent_at=None).count() == 3
    assert len(killer.messages) == 119
    SubscriberMail.objects.filter(sent_at=None).update(
        tried_at=timezone.now() - sending.AGAIN_AFTER
    )
    assert killer.run(port) == 0

    received = Counter(str(it["To"]) for it in killer.messages)
    assert received.keys() == {f"reader{n}@softphonez.com" for n in range(120)}
    assert sum(received.values()) == 122
    ids = {str(it["Message-ID"]) for it in killer.messages}
    assert len(ids) == 120  # what came twice was the same message
    assert not SubscriberMail.objects.filter(sent_at=None).exists()


class Clock:
    """A clock that goes on only while somebody pauses."""

    def __init__(self):
        self.paused = []

    def monotonic(self):
        return sum(self.paused)

    def sleep(self, seconds):
        self.paused.append(seconds)


def test_messages_are_paced_and_a_run_that_takes_too_long_leaves_the_rest_to_the_next(
    policy, monkeypatch
):
    many(policy, 9)
    clock = Clock()
    monkeypatch.setattr(sending, "time", clock)
    monkeypatch.setattr(sending, "LONGEST_RUN", timedelta(seconds=50))

    call_command("send_notices", per_minute=6)  # one each ten seconds

    assert len(mail.outbox) == 6
    assert clock.paused == [0, 10, 10, 10, 10, 10, 10]
    monkeypatch.undo()
    call_command("send_notices", per_minute=FAST)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 10


def test_a_server_that_is_down_is_tried_once_and_loses_nothing(policy, settings, caplog):
    many(policy, 3)
    use(settings, Down)
    with pytest.raises(CommandError, match="4 failed"):
        call_command("send_notices")
    assert len([it for it in caplog.messages if "can't be reached" in it]) == 1

    use(settings, EmailBackend)
    assert len(send()) == 4


def test_what_waits_when_the_key_is_lost_is_named_in_the_log_and_sent_once_it_is_back(
    policy, settings, caplog
):
    make_version(policy=policy, at=timezone.now())
    kept, settings.SUBSCRIPTION_KEYS = (
        settings.SUBSCRIPTION_KEYS,
        [base64.urlsafe_b64encode(bytes(32)).decode()],
    )

    with pytest.raises(CommandError, match="1 failed"):
        call_command("send_notices")
    assert "no key in SUBSCRIPTION_KEY fits its address" in caplog.text

    settings.SUBSCRIPTION_KEYS = kept
    SubscriberMail.objects.update(tried_at=None)
    (message,) = send()
    assert message.to == [READER]


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        (f"550 5.1.1 <{READER}> no such user", 0),
        (f"550 5.2.1 {READER} is disabled", 0),
        (f"550 5.7.1 {READER}: no relaying here", 1),
        ("550 5.1.8 the sender's domain does not exist", 1),
        ("550 5.1.7 the sender's address is no address", 1),
    ],
)
def test_an_address_that_the_mail_server_does_not_know_is_deleted_and_none_is_logged(
    policy, inbox, caplog, refusal, left
):
    many(policy, 2)
    inbox.refused, inbox.refusal = {READER}, refusal

    with pytest.raises(CommandError, match="1 failed"):
        call_command("send_notices", per_minute=FAST)

    assert len(inbox.messages) == 2
    assert len(subscriptions.export(READER)) == left
    (line,) = [it.getMessage() for it in caplog.records if it.name.startswith("policies")]
    assert line.endswith("failed and is tried again later: SMTPRecipientsRefused 550")


# --- Reports of failed deliveries -----------------------------------------------------------------


def report(message_id, *, status="5.1.1", action="failed", whole=True):
    """Return a report as RFC 3464 has it, about the message of this Message-ID."""
    returned = f"From: Policies <policies@example.com>\r\nMessage-ID: {message_id}\r\n\r\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nTo: policies@example.com\r\n"
        "Subject: Undelivered Mail\r\nMessage-ID: <1@mx.example.net>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        "Final-Recipient: rfc822; somebody.else@softphonez.com\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{returned}--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    "about",
    [{}, {"whole": False}, *({"status": it} for it in ("5.1.2", "5.1.10 (null MX)", "5.2.1"))],
)
def test_an_address_that_does_not_exist_ends_the_subscription_that_the_message_names(
    policy, tmp_path, about
):
    other = subscribe(policy, "somebody.else@softphonez.com")
    since(days_ago=1)
    make_version(policy=policy, at=timezone.now())
    (to_reader,) = [it for it in send() if it.to == [READER]]
    file = tmp_path / "report.eml"
    file.write_bytes(report(to_reader.extra_headers["Message-ID"], **about))

    call_command("bounces", str(file))

    assert list(Subscription.objects.all()) == [other]


OTHER_FAILURES = [
    *("4.2.2", "nonsense"),
    # About the sender, the way there, or the e-mail.
    *("5.7.1", "5.1.7", "5.1.8", "5.4.4", "5.3.4", "5.6.1", "5.2.2"),
    *("5.0.0", "5.1.0", "5.1.11", "5.2.10"),
]


def test_a_failure_that_is_not_the_addresss_deletes_nothing(policy, tmp_path):
    make_version(policy=policy, at=timezone.now())
    (message,) = send()
    own = message.extra_headers["Message-ID"]
    forged = own.replace(Subscription.objects.get().token, "0" * 32)
    reports = [
        *(report(own, status=it) for it in OTHER_FAILURES),
        report(own, action="delayed"),
        report(forged),
        f"In-Reply-To: {own}\r\nMessage-ID: {own}\r\n\r\nStatus: 5.1.1".encode(),
        report(own)[:300],
        b"",
    ]
    for number, content in enumerate(reports):
        (tmp_path / str(number)).write_bytes(content)

    for file in tmp_path.iterdir():
        call_command("bounces", str(file))
        assert Subscription.objects.count() == 1, file.read_bytes()


def test_the_address_of_a_request_that_could_not_be_delivered_is_deleted(policy, client, tmp_path):
    """But the request counts, or whoever enters it again and again is never stopped."""
    file = tmp_path / "report.eml"
    for _ in range(subscriptions.MAX_TO_ADDRESS + 1):
        ask(client, "typo@softphonez.com")
        file.write_bytes(report(mail.outbox[-1].extra_headers["Message-ID"]))
        call_command("bounces", str(file))

    assert len(mail.outbox) == subscriptions.MAX_TO_ADDRESS
    assert {it.address for it in SubscriptionRequest.objects.all()} == {""}
    assert send() == []


def test_a_request_that_the_mail_server_refuses_counts_too(policy, inbox, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_BY_CLIENT", 3)
    client, typos = Client(REMOTE_ADDR="8.8.8.8"), [f"typo{n}@softphonez.com" for n in range(4)]
    inbox.refused, inbox.refusal = {*typos}, "550 5.1.1 no such user"

    assert [ask(client, it).status_code for it in typos] == [200, 200, 200, 429]
    assert {it.address for it in SubscriptionRequest.objects.all()} == {""}
    call_command("send_notices")  # there is nothing left to fail


@pytest.mark.parametrize(("first", "left"), [(False, 0), (True, 1)])
def test_a_report_of_any_length_is_read_to_a_bound(policy, tmp_path, first, left):
    make_version(policy=policy, at=timezone.now())
    (message,) = send()
    own, padding = report(message.extra_headers["Message-ID"]), b"x" * bounces.MAX_REPORT
    file = tmp_path / "report.eml"
    file.write_bytes(own.replace(b"It failed.", padding) if first else own + padding)

    call_command("bounces", str(file))

    assert Subscription.objects.count() == left


@pytest.mark.django_db
def test_a_report_without_an_end_is_read_to_the_same_bound(capsys):
    call_command("bounces", "/dev/zero")

    assert capsys.readouterr().out == "0 deleted.\n"


def test_a_report_with_parts_in_parts_in_parts_deletes_nothing(policy, tmp_path, capsys):
    make_version(policy=policy, at=timezone.now())
    (message,) = send()
    own = report(message.extra_headers["Message-ID"]).decode()
    depth = sys.getrecursionlimit()
    head, body = own.split("\r\n\r\n", 1)
    kind = "Content-Type: multipart/mixed; boundary="
    nested = "".join(f'--{n}\r\n{kind}"{n + 1}"\r\n\r\n' for n in range(depth))
    nested = f'--b\r\n{kind}"0"\r\n\r\n{nested}--{depth}\r\n\r\nIt failed.\r\n'
    file = tmp_path / "report.eml"
    file.write_text(f"{head}\r\n\r\n{nested}{body}", newline="")
    capsys.readouterr()

    call_command("bounces", str(file))

    assert capsys.readouterr().out == "0 deleted.\n"
    assert Subscription.objects.count() == 1


# --- Commands -------------------------------------------------------------------------------------


def test_an_address_is_exported_and_erased_by_command(policy, capsys, caplog):
    make_version(policy=policy, at=timezone.now())
    send()
    capsys.readouterr()

    call_command("subscribers", "count")
    assert capsys.readouterr().out == "privacy (en): 1\n"
    call_command("subscribers", "export", "Reader@softphonez.com")
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["policy"], found["language"], found["address"]) == ("privacy", "en", READER)
    assert datetime.fromisoformat(found["confirmed_at"])
    (sent,) = found["e-mails"]
    assert (sent["version"], sent["about"]) == (2, "published")

    call_command("subscribers", "erase", READER)
    assert capsys.readouterr().out == "1 subscription deleted.\n"
    call_command("subscribers", "export", READER)
    assert capsys.readouterr().out == "[]\n"
    assert not SubscriberMail.objects.exists()
    assert READER not in caplog.text


def test_requests_that_nobody_confirmed_are_deleted_when_their_link_has_expired(policy):
    subscriptions.request_confirmation(
        policy, READER, client=None, at=timezone.now() - subscriptions.LINK_VALID
    )

    call_command("send_notices")

    assert not SubscriptionRequest.objects.exists()


def test_a_batch_goes_over_one_connection(policy, killer, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 20)
    many(policy, 49)

    call_command("send_notices", per_minute=FAST)

    assert (len(killer.messages), killer.connections) == (50, 3)
