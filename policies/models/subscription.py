"""Readers who get e-mails about a policy: their addresses, encrypted, and what they were sent.

mail/addresses.py encrypts an address and computes its `lookup`, by which it is found. Everything
about a reader is deleted with their subscription.
"""

import secrets
from enum import StrEnum

from django.db import models

from policies.models.fields import Outgoing, Record
from policies.models.policy import Policy
from policies.models.revision import Revision


def new_token() -> str:
    """Return 128 random bits in hex: nobody guesses one."""
    return secrets.token_hex(16)


class Occasion(StrEnum):
    """What an e-mail is about: a version was published, or an upcoming one took effect or won't,
    or was moved to another day: "moved_1" the first time, and so on.
    """

    PUBLISHED = "published"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"


class SubscriptionRequest(Outgoing):
    """An address that somebody has entered, until its owner confirms it or the link expires.

    address: "" once it can't be confirmed any more; the row then only counts towards the limits.
    lookup: of the address without its tag, so that all e-mails to one mailbox count together.
    client: a keyed hash of the IP address that the form came from, "" if that says nothing.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, default=new_token, unique=True)
    lookup = models.CharField(max_length=64)
    address = models.TextField()
    client = models.CharField(max_length=64)
    requested_at = models.DateTimeField()

    class Meta(Outgoing.Meta):
        indexes = [
            models.Index(fields=["lookup", "requested_at"], name="request_by_address"),
            models.Index(fields=["client", "requested_at"], name="request_by_client"),
            models.Index(fields=["policy", "requested_at"], name="request_by_policy"),
        ]


class Subscription(Record):
    """A confirmed address that gets e-mails about a policy. token: names it in these e-mails."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="subscriptions")
    token = models.CharField(max_length=32, default=new_token, unique=True)
    lookup = models.CharField(max_length=64, db_index=True)
    address = models.TextField()
    confirmed_at = models.DateTimeField()

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["policy", "lookup"], name="subscription_once")
        ]


class SubscriberMail(Outgoing):
    """One e-mail to one subscriber, about one version and occasion."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="mails")
    version = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=10)
    recorded_at = models.DateTimeField()

    class Meta(Outgoing.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "version", "occasion"], name="subscriber_mail_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tried_at"],
                condition=models.Q(sent_at__isnull=True),
                name="subscriber_mail_to_be_sent",
            )
        ]
