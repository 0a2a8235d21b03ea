"""Secrets that change, and endpoints that are set up by the environment."""

import pytest
from django.utils import timezone

from policies.models import WebhookEndpoint
from policies.webhooks import delivering, endpoints, signing
from tests.factories import make_user
from tests.policies.webhooks.receiver import (
    BOTH,
    HOUR,
    an_hour_ago,
    answering,
    is_signed_with,
    make_endpoint,
    published,
)

pytestmark = pytest.mark.django_db


def test_both_secrets_sign_for_a_day_after_a_change(receiver):
    endpoint = make_endpoint(receiver, since=an_hour_ago(), events=["policy.published"])
    old = endpoint.secret
    endpoints.rotate(endpoint, by=make_user("Publishers"), at=timezone.now())
    delivering.run(at=published())
    WebhookEndpoint.objects.update(rotated_at=timezone.now() - 24 * HOUR)
    delivering.run(at=published())

    meanwhile, after = receiver.messages
    assert old != endpoint.secret
    assert is_signed_with(meanwhile, old)
    assert is_signed_with(meanwhile, endpoint.secret)
    assert not is_signed_with(after, old)
    assert is_signed_with(after, endpoint.secret)


def test_the_environments_endpoints_get_everything_with_the_environments_secrets(
    receiver, settings
):
    new, old = signing.new_secret(), signing.new_secret()
    settings.WEBHOOKS, settings.WEBHOOK_SECRETS = [receiver.url], [new, old]
    delivering.run(at=an_hour_ago())
    now = published()
    delivering.run(at=now)

    assert receiver.types == BOTH
    assert all(is_signed_with(it, one) for it in receiver.messages for one in (new, old))
    assert not WebhookEndpoint.objects.exclude(secret="").exists()

    settings.WEBHOOKS = []
    delivering.run(at=published())
    assert len(receiver.messages) == 2
    assert WebhookEndpoint.objects.get().enabled_at is None


def test_one_of_the_environment_that_is_gone_stays_disabled_until_it_is_listed_again(
    receiver, settings
):
    settings.WEBHOOKS, settings.WEBHOOK_SECRETS = [receiver.url], [signing.new_secret()]
    receiver.behaviours = [answering(410)]
    delivering.run(at=an_hour_ago())
    now = published()
    for _ in range(3):
        delivering.run(at=now)
    assert len(receiver.messages) == 1

    settings.WEBHOOKS = []
    delivering.run(at=now)
    settings.WEBHOOKS = [receiver.url]
    delivering.run(at=timezone.now())
    delivering.run(at=published())
    assert len(receiver.messages) == 3


def test_the_environments_endpoints_get_along_with_names_that_staff_chose(receiver, settings):
    settings.WEBHOOKS, settings.WEBHOOK_SECRETS = [receiver.url], [signing.new_secret()]
    delivering.run(at=an_hour_ago())
    mine = WebhookEndpoint.objects.get()
    taken = mine.name
    mine.delete()
    staff = make_endpoint(receiver, since=None, name=taken)

    delivering.run(at=an_hour_ago())
    delivering.run(at=published())

    assert receiver.types == BOTH
    names = WebhookEndpoint.objects.order_by("name").values_list("name", "secret")
    assert list(names) == [(taken, staff.secret), (f"{taken} 2", "")]


def test_the_environments_endpoints_get_events_that_were_added_to_the_list(receiver, settings):
    settings.WEBHOOKS, settings.WEBHOOK_SECRETS = [receiver.url], [signing.new_secret()]
    delivering.run(at=an_hour_ago())
    WebhookEndpoint.objects.update(events=["policy.published"])

    delivering.run(at=published())

    assert receiver.types == BOTH
