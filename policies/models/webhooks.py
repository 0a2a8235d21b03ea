"""Webhooks: who is informed of publications by HTTP, and what was or is to be sent to each.

docs/adr/0041-webhooks.md says why the secrets are stored as they are.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from policies.models.fields import Actor, Outgoing
from policies.models.policy import Policy
from policies.permissions import permissions_of

# For so long the secret before still signs, so that receivers can take the new one.
ROTATION = timedelta(hours=24)
# Between two tries of a delivery.
LONGEST_WAIT = timedelta(hours=24)


class WebhookFormat(models.TextChoices):
    """What is sent: JSON as of Standard Webhooks, or one line of text as Slack takes it."""

    STANDARD = "standard", "Standard Webhooks (JSON)"
    SLACK = "slack", "Slack (text)"


class WebhookEndpoint(models.Model):
    """An address that is informed of events.

    url: it may be a secret itself, as Slack's are. events: names of webhooks.events.EVENTS.
    policies: none for all. secret: "" if it is one of the environment (WEBHOOKS). enabled_at: None
    if nothing is sent; nothing that happened before it is sent.
    """

    name = models.CharField(max_length=80, unique=True)
    url = models.CharField("URL", max_length=500)
    format = models.CharField(
        max_length=8, choices=WebhookFormat.choices, default=WebhookFormat.STANDARD
    )
    events = models.JSONField(default=list)
    policies = models.ManyToManyField(Policy, blank=True, related_name="+")
    secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    rotated_by = Actor()
    enabled_at = models.DateTimeField(null=True, editable=False)
    enabled_by = Actor()
    # Why the site itself disabled it: it answered 410 Gone.
    disabled_reason = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = "webhook"
        default_permissions = ()
        permissions = permissions_of("webhookendpoint")

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_environment(self) -> bool:
        return not self.secret

    def enable(self, *, by: User | None, at: datetime) -> None:
        """Send what happens from `at` on. by: None for the environment."""
        self.enabled_at, self.enabled_by, self.disabled_reason = at, by, ""
        self.save(update_fields=["enabled_at", "enabled_by", "disabled_reason"])

    def disable(self, reason: str = "") -> None:
        """Send nothing more, not even what waits. It may have been deleted meanwhile."""
        values = {"enabled_at": None, "enabled_by": None, "disabled_reason": reason}
        for name, value in values.items():
            setattr(self, name, value)
        WebhookEndpoint.objects.filter(pk=self.pk).update(**values)
        self.deliveries.waiting().update(due_at=None)


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> "WebhookDeliveryQuerySet":
        """Those that will be tried, now or later."""
        return self.filter(due_at__isnull=False)

    def due(self, *, at: datetime) -> "WebhookDeliveryQuerySet":
        """Those that are to be tried at `at`: of each endpoint the longest due, then its next.

        So the first of them are of all endpoints, however much waits for one.
        """
        turn = Window(RowNumber(), partition_by="endpoint", order_by=["due_at", "pk"])
        # What is later than any next try was put off while the clock was ahead.
        is_due = Q(due_at__lte=at) | Q(due_at__gt=at + LONGEST_WAIT)
        waiting = self.filter(is_due, endpoint__enabled_at__isnull=False)
        return waiting.annotate(turn=turn).order_by("turn", "due_at", "pk")


class WebhookDelivery(Outgoing):
    """One event for one endpoint, and how the last try ended.

    message_id: the same in every try and for every endpoint (the header webhook-id). body: exactly
    the bytes, as UTF-8. due_at: when it is tried next; None if it was sent or given up. While it is
    being tried: when others take its process for dead. status: of HTTP. answer: its first
    characters, or why there was none.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    message_id = models.CharField(max_length=80)
    event = models.CharField(max_length=30)
    about = models.CharField(max_length=300)
    body = models.TextField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "message_id"], name="webhook_once_per_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="webhook_to_be_sent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}: {self.about}"
