"""Subscriptions: what the database takes once only."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from policies.models import Occasion, SubscriberMail, Subscription
from tests.factories import make_policy, make_version

pytestmark = pytest.mark.django_db


def make_subscription():
    policy = make_policy(slug="privacy")
    now = timezone.now()
    return Subscription.objects.create(policy=policy, lookup="a", address="b", confirmed_at=now)


def test_an_address_is_subscribed_to_a_policy_once():
    known = make_subscription()

    with pytest.raises(IntegrityError):
        Subscription.objects.create(
            policy=known.policy, lookup=known.lookup, address="c", confirmed_at=timezone.now()
        )


def test_a_subscriber_gets_one_mail_about_a_version_and_occasion():
    subscription = make_subscription()
    mail = {
        "subscription": subscription,
        "version": make_version(policy=subscription.policy),
        "occasion": Occasion.PUBLISHED,
        "recorded_at": timezone.now(),
    }
    SubscriberMail.objects.create(**mail)

    with pytest.raises(IntegrityError):
        SubscriberMail.objects.create(**mail)
