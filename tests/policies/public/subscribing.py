"""Helpers for tests of subscriptions: switches them on, asks for one, and makes one."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from policies.mail import subscriptions
from policies.public.subscription_mails import unsubscribe_url

# Of tests alone: 32 bytes in base64url.
KEY = "dGVzdHMgYWxvbmUgdXNlIHRoaXMga2V5LCB0cnVzdCE="


@pytest.fixture
def on(settings):
    settings.SUBSCRIPTIONS = True
    settings.SUBSCRIPTION_KEYS = [KEY]


def ask(client, address, *, slug="privacy"):
    return client.post(f"/{slug}/subscribe/", {"address": address})


def confirm_link(message):
    (found,) = re.findall(r"http://[^/\s]+(/\S*/subscribe/\S+)", str(message.body))
    return str(found)


def unsubscribe_link(subscription):
    return urlsplit(unsubscribe_url(subscription)).path


def subscribe(policy, address):
    now = timezone.now()
    request = subscriptions.request_confirmation(policy, address, client=None, at=now)
    assert request is not None
    subscription = subscriptions.confirm(request, at=now)
    request.delete()  # as if it were long ago
    return subscription
