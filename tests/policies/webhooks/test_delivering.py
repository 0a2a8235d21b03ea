"""Deliveries on the wire, to a receiver on this machine: once each, tried again, given up."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from policies.models import AuditEvent, WebhookDelivery, WebhookEndpoint
from policies.webhooks import delivering, endpoints, signing
from tests.conftest import database_url
from tests.factories import make_policy, make_version
from tests.policies.webhooks.receiver import (
    BOTH,
    HOUR,
    an_hour_ago,
    answering,
    is_signed_with,
    make_endpoint,
    published,
    receiving,
)

pytestmark = pytest.mark.django_db


def test_each_event_is_sent_once_and_signed_with_the_secret(receiver):
    endpoint = make_endpoint(receiver, since=an_hour_ago())
    now = published()

    for _ in range(3):
        delivering.run(at=now)

    assert receiver.types == BOTH
    for message in receiver.messages:
        assert is_signed_with(message, endpoint.secret)
        assert not is_signed_with(message, signing.new_secret())
        assert message.headers["content-type"] == "application/json"
        assert message.headers["host"] == f"127.0.0.1:{receiver.port}"
        assert message.path == "/hook"
    rows = WebhookDelivery.objects.values_list("status", "tries", "due_at")
    assert list(rows) == [(204, 1, None)] * 2


def test_the_receivers_code_of_the_documentation_accepts_it_and_nothing_else(receiver):
    endpoint = make_endpoint(receiver, since=an_hour_ago(), events=["policy.published"])
    delivering.run(at=published())
    page = (site.BASE_DIR / "docs" / "webhooks.md").read_text(encoding="utf-8")
    code = {}
    exec(page.partition("```python\n")[2].partition("```")[0], code)  # noqa: S102  our own page
    verify = code["verify"]
    (message,) = receiver.messages

    verify(message.headers, message.body, endpoint.secret)
    late = {**message.headers, "webhook-timestamp": "1700000000"}
    for headers, body, secret in (
        (message.headers, message.body + b" ", endpoint.secret),
        (message.headers, message.body, signing.new_secret()),
        ({**message.headers, "webhook-id": "other"}, message.body, endpoint.secret),
        (late, message.body, endpoint.secret),
    ):
        with pytest.raises(ValueError, match=r"wrong signature|too old"):
            verify(headers, body, secret)


def test_a_failed_delivery_is_tried_again_later_under_the_same_id(receiver):
    make_endpoint(receiver, since=an_hour_ago(), events=["policy.published"])
    receiver.behaviours = [answering(500, "down"), answering(503), answering(200, "thanks")]
    now = published()

    began = timezone.now()
    assert delivering.run(at=now).failed == 1
    ended = timezone.now()
    assert delivering.run(at=now).failed == 0, "it is not due yet"
    due_at = WebhookDelivery.objects.get().due_at
    assert due_at is not None
    assert began <= due_at - delivering.BACK_OFF[0] <= ended
    delivering.run(at=now + timedelta(minutes=1))
    delivering.run(at=now + timedelta(minutes=10))

    first, second, third = receiver.messages
    assert first.id == second.id == third.id
    assert first.body == second.body == third.body
    row = WebhookDelivery.objects.get()
    assert (row.tries, row.status, row.answer, row.due_at) == (3, 200, "thanks", None)


def test_after_the_last_try_a_delivery_is_given_up_and_the_command_fails(receiver):
    make_endpoint(receiver, since=an_hour_ago(), events=["policy.published"])
    receiver.behaviours = [answering(500)] * 20
    now = published()
    for after in (timedelta(0), *delivering.BACK_OFF):
        WebhookDelivery.objects.update(due_at=now)
        outcome = delivering.run(at=now + after)
    assert (outcome.given_up, len(receiver.messages)) == (1, 10)
    delivering.run(at=now + timedelta(days=2))
    assert len(receiver.messages) == 10

    WebhookDelivery.objects.update(due_at=now)
    with pytest.raises(CommandError, match="1 given up"):
        call_command("send_webhooks")


def test_what_is_gone_is_disabled_once_and_only_as_it_was_asked(receiver):
    endpoint = make_endpoint(receiver, since=an_hour_ago())
    asked = WebhookEndpoint.objects.get(pk=endpoint.pk)
    acts = AuditEvent.objects.filter(action="disable_webhook")

    endpoint.url += "elsewhere"
    endpoint.save()
    endpoints.disable_gone(asked, at=timezone.now())
    assert not acts.exists()

    for _ in range(3):
        endpoints.disable_gone(endpoint, at=timezone.now())
    assert acts.count() == 1

    endpoint.delete()
    endpoints.disable_gone(endpoint, at=timezone.now())
    assert acts.count() == 1


def test_an_endpoint_gets_the_events_and_policies_that_it_wants_from_its_start(receiver):
    wanted = make_policy(slug="wanted")
    make_version(policy=wanted, at=an_hour_ago())
    now = timezone.now()
    endpoint = make_endpoint(receiver, since=now, events=["policy.in_force"])
    endpoint.policies.add(wanted)
    published(slug="other")
    make_version(policy=wanted, at=timezone.now())

    delivering.run(at=timezone.now())

    assert [it.payload["data"]["policy"] for it in receiver.messages] == ["wanted"]
    assert receiver.types == ["policy.in_force"]


def test_a_disabled_endpoint_gets_nothing_not_even_what_waited(receiver):
    endpoint = make_endpoint(receiver, since=an_hour_ago())
    receiver.behaviours = [answering(500)]
    now = published()
    delivering.run(at=now)
    endpoint.disable()

    delivering.run(at=now + HOUR)

    assert len(receiver.messages) == 1


def test_what_was_sent_long_ago_is_deleted_and_not_sent_again(receiver):
    make_endpoint(receiver, since=an_hour_ago())
    now = published()
    delivering.run(at=now)

    delivering.run(at=now + delivering.NEWS + HOUR)
    assert WebhookDelivery.objects.count() == 2
    delivering.run(at=now + delivering.KEPT_FOR + HOUR)

    assert WebhookDelivery.objects.count() == 0
    assert len(receiver.messages) == 2


@pytest.mark.django_db(transaction=True)
def test_a_second_run_in_the_middle_of_the_first_sends_nothing_twice(receiver):
    make_endpoint(receiver, since=an_hour_ago())
    published()
    second_runs = []

    def start_another(handler):
        second_runs.append(delivering.run(at=timezone.now()))
        connections.close_all()  # this thread's
        answering(204)(handler)

    receiver.behaviours = [start_another]

    first = delivering.run(at=timezone.now())

    assert [it.sent for it in second_runs] == [1], "it took the one that was free"
    assert first.sent == 1
    assert sorted(receiver.types) == sorted(BOTH)


def meanwhile(change, status):
    """Change the database from elsewhere while a delivery is tried, then answer."""

    def behave(handler):
        change()
        connections.close_all()  # this thread's
        answering(status)(handler)

    return behave


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [204, 410, 500])
def test_an_endpoint_may_be_deleted_while_it_is_tried(receiver, status):
    endpoint = make_endpoint(receiver, since=an_hour_ago(), name="A")
    receiver.behaviours = [meanwhile(WebhookEndpoint.objects.filter(name="A").delete, status)]
    with receiving() as other:
        make_endpoint(other, since=an_hour_ago(), name="B")

        delivering.run(at=published())

        assert other.types == BOTH, "the run went on"
    assert len(receiver.messages) == 1
    assert not WebhookDelivery.objects.filter(endpoint_id=endpoint.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [204, 500])
def test_an_endpoint_that_is_disabled_while_it_is_tried_gets_no_old_event_later(receiver, status):
    endpoint = make_endpoint(receiver, since=an_hour_ago())
    receiver.behaviours = [meanwhile(endpoint.disable, status)]
    now = published()
    delivering.run(at=now)
    endpoint.enable(by=None, at=timezone.now())

    delivering.run(at=now + HOUR)

    assert len(receiver.messages) == 1
    sent = WebhookDelivery.objects.filter(sent_at__isnull=False)
    assert sent.count() == (status == 204), "what was received is in the log"


@pytest.mark.django_db(transaction=True)
def test_a_url_and_a_secret_that_change_during_a_run_count_from_the_next_try(receiver):
    make_endpoint(receiver, since=an_hour_ago())
    changed = {"url": receiver.url + "/new", "secret": signing.new_secret()}
    receiver.behaviours = [meanwhile(lambda: WebhookEndpoint.objects.update(**changed), 204)]

    delivering.run(at=published())

    before, after = receiver.messages
    assert (before.path, after.path) == ("/hook", "/hook/new")
    assert is_signed_with(after, changed["secret"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_killed_in_the_middle_is_resumed_with_the_same_id(receiver):
    make_endpoint(receiver, since=an_hour_ago())
    published()
    environment = {**os.environ, "DATABASE_URL": database_url(), "WEBHOOK_PRIVATE_NETWORKS": "on"}
    received, is_started = [], threading.Event()

    def kill(handler):
        received.append(handler.headers["webhook-id"])
        is_started.wait()
        os.kill(process.pid, signal.SIGKILL)

    receiver.behaviours = [kill]  # before it starts: it may be faster than this process
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_webhooks"], cwd=site.BASE_DIR, env=environment
    )
    is_started.set()
    assert process.wait(60) == -signal.SIGKILL

    delivering.run(at=timezone.now())
    assert len(receiver.messages) == 2, "the first one is reserved, the second was free"
    delivering.run(at=timezone.now() + delivering.LEASE)

    ids = [it.id for it in receiver.messages]
    assert (ids[0], ids[2]) == (received[0], received[0])
    assert len(set(ids)) == 2
    assert not WebhookDelivery.objects.waiting().exists()


def test_no_secret_and_no_url_is_logged(receiver, caplog):
    endpoint = make_endpoint(receiver, since=an_hour_ago())
    receiver.behaviours = [answering(410, endpoint.secret)]
    with caplog.at_level("DEBUG"):
        delivering.run(at=published())

    assert "410" in caplog.text
    assert endpoint.secret not in caplog.text
    assert receiver.url not in caplog.text


def test_a_run_has_a_bounded_number_of_tries(receiver, monkeypatch):
    monkeypatch.setattr(delivering, "MAX_TRIES", 3)
    make_endpoint(receiver, since=an_hour_ago())
    for _ in range(3):
        now = published()

    counts = []
    for _ in range(3):
        delivering.run(at=now)
        counts.append(len(receiver.messages))
    assert counts == [3, 6, 6]
    assert len({it.id for it in receiver.messages}) == 6
