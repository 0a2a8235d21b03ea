"""Webhooks at the desk: set up, tried, given a new secret, sent again; and who may."""

import hashlib
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from policies import ledger
from policies.ledger.actor_names import name_of
from policies.models import AuditEvent, WebhookDelivery, WebhookEndpoint
from policies.staff import webhook_admin
from policies.webhooks import delivering, requesting, signing
from tests.factories import make_policy, make_version
from tests.policies.staff.desk import log_in, words
from tests.policies.webhooks.receiver import answering, is_signed_with, make_endpoint, receiving

pytestmark = pytest.mark.django_db

ADD = "/admin/policies/webhookendpoint/add/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def client():
    return log_in("Publishers")[0]


def fields(receiver, **changes):
    return {
        "name": "Intranet",
        "url": receiver.url,
        "format": "standard",
        "enabled": "on",
        "events": ["policy.in_force"],
        **changes,
    }


def page_of(endpoint):
    return reverse("admin:policies_webhookendpoint_change", args=[endpoint.pk])


def press(client, endpoint, do):
    address = reverse("admin:policies_webhookendpoint_act", args=[endpoint.pk])
    return client.post(address, {"do": str(do)}, follow=True)


def history():
    return [it.get_change_message() for it in LogEntry.objects.order_by("pk")]


def test_a_webhook_that_is_set_up_shows_its_secret_once_and_works(client, receiver):
    response = client.post(ADD, fields(receiver))

    endpoint = WebhookEndpoint.objects.get()
    assert SECRET.findall(words(response)) == [endpoint.secret]
    assert "no-store" in response["Cache-Control"]
    assert endpoint.secret not in words(client.get(page_of(endpoint)))
    make_version(at=timezone.now())
    delivering.run(at=timezone.now())
    assert receiver.types == ["policy.in_force"]
    assert is_signed_with(receiver.messages[0], endpoint.secret)
    assert "Delivered: 204" in words(client.get(page_of(endpoint)))


def test_the_form_proposes_all_but_what_other_events_cover(client):
    form = client.get(ADD).context["adminform"].form

    assert "policy.published" not in form["events"].value()
    assert {"policy.upcoming", "policy.in_force", "policy.renamed"} <= set(form["events"].value())
    assert form["enabled"].value() is True


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://93.184.216.34/", "https://"),
        ("https://127.0.0.1/", "not on the public internet"),
        ("https://169.254.169.254/latest/meta-data", "not on the public internet"),
        ("https://me:secret@93.184.216.34/", "without a user name"),
    ],
)
def test_a_url_that_must_not_be_reached_is_refused_under_its_field(
    client, receiver, settings, url, problem
):
    settings.WEBHOOK_PRIVATE_NETWORKS = False
    response = client.post(ADD, fields(receiver, url=url))

    assert problem in str(response.context["adminform"].form.errors["url"])
    assert not WebhookEndpoint.objects.exists()


def test_a_changed_url_is_checked_as_well(client, receiver, settings):
    endpoint = make_endpoint(receiver, since=timezone.now())
    settings.WEBHOOK_PRIVATE_NETWORKS = False

    response = client.post(page_of(endpoint), fields(receiver, url="https://10.0.0.1/"))

    assert "url" in response.context["adminform"].form.errors
    endpoint.refresh_from_db()
    assert endpoint.url == receiver.url


def test_a_url_is_looked_up_while_others_can_write(client, receiver, monkeypatch):
    from django.db import connection

    depths = []
    real = requesting.target_of

    def look_up(url):
        depths.append(len(connection.savepoint_ids))
        return real(url)

    monkeypatch.setattr(requesting, "target_of", look_up)
    outside = len(connection.savepoint_ids)
    client.post(ADD, fields(receiver))

    assert depths == [outside]


def test_a_test_is_sent_at_once_and_its_answer_shown(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now())
    receiver.behaviours = [answering(200, "Welcome"), answering(404, "<b>No\x00</b>" + "x" * 900)]

    assert "Delivered: 200. Welcome" in words(press(client, endpoint, "test"))
    failed = words(press(client, endpoint, "test"))

    assert "Not delivered: 404. &lt;b&gt;No &lt;/b&gt;xxx" in failed
    assert len(WebhookDelivery.objects.all()[0].answer) == 200
    first, second = receiver.messages
    assert first.payload["type"] == "webhook.test"
    assert is_signed_with(first, endpoint.secret)
    assert first.id != second.id
    assert not WebhookDelivery.objects.waiting().exists(), "a test is tried once"


def test_slack_gets_text(client, receiver):
    client.post(ADD, fields(receiver, format="slack"))
    press(client, WebhookEndpoint.objects.get(), "test")

    assert receiver.messages[0].payload.keys() == {"text"}
    assert "A test of the webhook “Intranet”" in receiver.messages[0].payload["text"]


def test_a_delivery_can_be_sent_again_under_its_id(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now(), events=["policy.in_force"])
    make_version(at=timezone.now())
    receiver.behaviours = [answering(500)]
    delivering.run(at=timezone.now())

    response = press(client, endpoint, WebhookDelivery.objects.get().pk)

    assert "Delivered: 204" in words(response)
    first, second = receiver.messages
    assert (first.id, first.body) == (second.id, second.body)
    delivering.run(at=timezone.now())
    assert len(receiver.messages) == 2


def test_the_page_of_a_webhook_shows_the_newest_deliveries(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now())
    for _ in range(webhook_admin.MAX_DELIVERIES + 2):
        last = delivering.add_test(endpoint, at=timezone.now())

    page = client.get(page_of(endpoint))

    shown = [it.pk for it, _ in page.context["desk"]["deliveries"]]
    assert (len(shown), shown[0]) == (webhook_admin.MAX_DELIVERIES, last.pk)


def test_a_delivery_of_another_webhook_is_not_sent(client, receiver):
    one = make_endpoint(receiver, since=timezone.now())
    other = make_endpoint(receiver, since=timezone.now(), name="Other")
    delivery = delivering.add_test(one, at=timezone.now())

    for do in (delivery.pk, 10**30, "-1", "²", "nothing"):
        assert press(client, other, do).status_code in {200, 404}
    assert receiver.messages == []


def test_a_new_secret_is_shown_once_and_the_old_one_still_signs(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now())
    old = endpoint.secret

    response = press(client, endpoint, "rotate")
    press(client, endpoint, "test")

    (new,) = SECRET.findall(words(response))
    assert new != old
    assert is_signed_with(receiver.messages[0], new)
    assert is_signed_with(receiver.messages[0], old)
    assert "The old secret signs as well until" in words(client.get(page_of(endpoint)))


def test_one_can_be_disabled_and_enabled_again_without_what_happened_meanwhile(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now(), events=["policy.in_force"])
    client.post(page_of(endpoint), fields(receiver, enabled=""))
    make_version(at=timezone.now())
    delivering.run(at=timezone.now())
    endpoint.refresh_from_db()
    assert endpoint.enabled_at is None

    client.post(page_of(endpoint), fields(receiver))
    delivering.run(at=timezone.now())
    assert receiver.messages == []
    make_version(at=timezone.now())
    delivering.run(at=timezone.now())
    assert receiver.types == ["policy.in_force"]


def test_one_that_was_gone_says_why_it_is_disabled(client, receiver):
    endpoint = make_endpoint(receiver, since=timezone.now())
    receiver.behaviours = [answering(410)]
    press(client, endpoint, "test")

    assert "It answered 410 Gone." in words(client.get(page_of(endpoint)))
    client.post(page_of(endpoint), fields(receiver))
    assert "410 Gone" not in words(client.get(page_of(endpoint))).partition("Deliveries")[0]


def test_what_was_done_is_in_the_history_without_secrets_or_urls(client, receiver, caplog):
    policy = make_policy()
    with caplog.at_level("INFO"):
        client.post(ADD, fields(receiver))
        endpoint = WebhookEndpoint.objects.get()
        changed = {"url": f"{receiver.url}/2", "policies": [policy.pk], "enabled": ""}
        client.post(page_of(endpoint), fields(receiver, **changed))
        press(client, endpoint, "rotate")
        press(client, endpoint, "test")
        press(client, endpoint, WebhookDelivery.objects.get().pk)
        delete = reverse("admin:policies_webhookendpoint_delete", args=[endpoint.pk])
        client.post(delete, {"post": "yes"})

    said = history()
    assert said[0] == "Added."
    assert "URL" in said[1]
    assert "Enabled" in said[1]
    assert said[2:4] == ["Secret changed.", "Test sent."]
    assert said[4].endswith("sent again.")
    assert not WebhookEndpoint.objects.exists()
    whole = caplog.text + "".join(said) + "".join(map(str, LogEntry.objects.values_list()))
    whole += "".join(map(str, AuditEvent.objects.values_list()))
    assert SECRET.search(whole) is None
    assert receiver.url not in whole


def test_each_change_is_in_the_audit_of_all_policies(receiver):
    client, publisher = log_in("Publishers")
    policy = make_policy()
    client.post(ADD, fields(receiver))
    endpoint = WebhookEndpoint.objects.get()
    changed = {"url": f"{receiver.url}/2", "policies": [policy.pk]}
    client.post(page_of(endpoint), fields(receiver, **changed))
    client.post(page_of(endpoint), fields(receiver, **changed))  # changes nothing
    client.post(page_of(endpoint), fields(receiver, **changed, enabled=""))
    client.post(page_of(endpoint), fields(receiver, **changed))
    press(client, endpoint, "rotate")
    press(client, endpoint, "test")
    receiver.behaviours = [answering(410)]
    press(client, endpoint, "test")
    client.post(reverse("admin:policies_webhookendpoint_delete", args=[endpoint.pk]), {"post": "y"})

    which = "Intranet (127.0.0.1)"
    acts = AuditEvent.objects.filter(facts__webhook=endpoint.pk)
    assert [(it.act, it.reason, it.actor) for it in acts] == [
        ("webhook added", which, name_of(publisher)),
        ("webhook changed", f"{which}: URL, policies", name_of(publisher)),
        ("webhook disabled", which, name_of(publisher)),
        ("webhook enabled", which, name_of(publisher)),
        ("webhook’s secret changed", which, name_of(publisher)),
        ("webhook disabled", f"{which}: It answered 410 Gone.", "the site itself"),
        ("webhook deleted", which, name_of(publisher)),
    ]
    facts = acts[1].facts
    assert facts is not None
    assert facts["url"] == hashlib.sha256(f"{receiver.url}/2".encode()).hexdigest()
    assert facts["policies"] == [policy.pk]
    assert ledger.verify().problems == []
    auditor, _ = log_in(is_superuser=True)
    for name in ("whole_audit", "whole_audit_csv", "auditevent_changelist"):
        assert which in words(auditor.get(reverse(f"admin:policies_{name}")))


def test_one_of_the_environment_can_be_tried_and_not_changed(client, receiver, settings):
    settings.WEBHOOKS, settings.WEBHOOK_SECRETS = [receiver.url], [signing.new_secret()]
    delivering.run(at=timezone.now())
    endpoint = WebhookEndpoint.objects.get()

    shown = words(client.get(page_of(endpoint)))
    assert "comes from the setting <code>WEBHOOKS</code>" in shown
    assert "Make a new secret" not in shown
    assert client.post(page_of(endpoint), fields(receiver)).status_code == 403
    assert "Delivered: 204" in words(press(client, endpoint, "test"))
    press(client, endpoint, "rotate")
    endpoint.refresh_from_db()
    assert endpoint.secret == ""

    settings.WEBHOOK_SECRETS = []
    assert "There is no secret" in words(press(client, endpoint, "test"))


@pytest.mark.parametrize("role", ["Writers", "Reviewers"])
def test_others_see_nothing_of_webhooks(receiver, role):
    other, _ = log_in(role)
    endpoint = make_endpoint(receiver, since=timezone.now())

    assert "Webhooks" not in words(other.get("/admin/"))
    assert other.get(page_of(endpoint)).status_code == 403
    assert press(other, endpoint, "test").status_code == 403
    assert receiver.messages == []
