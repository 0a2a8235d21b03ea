"""What is kept of e-mails: those to be sent, those that were sent, and who wants none.

No text is kept: a message is written from the audit when it is sent (mail/messages.py). These rows
are no history, so they go with the account. They point at the audit but do not protect its rows:
database/rules/ does.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from policies.models.chains import AuditEvent
from policies.models.fields import Outgoing, Record
from policies.models.policy import Policy
from policies.models.revision import Revision


class Announcement(Record):
    """An act whose mails are still to be created. Written in the act's own transaction."""

    event = models.OneToOneField(
        AuditEvent,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(auto_now_add=True)


class Mail(Outgoing):
    """One mail to one person, about an act or as the reminder of a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(
        AuditEvent,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    due_on = models.DateField(null=True)
    remind_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(Outgoing.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="mail_once_per_act"),
            models.UniqueConstraint(
                fields=["user", "policy", "remind_on"], name="mail_once_per_reminder"
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=False, due_on__isnull=True, remind_on__isnull=True)
                | Q(event__isnull=True, due_on__isnull=False, remind_on__isnull=False),
                name="mail_has_one_occasion",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recorded_at"], condition=Q(sent_at__isnull=True), name="mail_to_be_sent"
            ),
        ]


class MailThread(Record):
    """The first mail that a person got about a revision: later ones answer it.

    event: the act that this mail was about, of which its Message-ID is made.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(
        AuditEvent, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "revision"], name="mail_thread_once")
        ]


class MailOptOut(Record):
    """A kind of mail (a key of mail/notices.KINDS) that a person has switched off.

    Or notices.SINGLE: each mail by itself. Who has switched that off gets a digest of them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="mail_opt_out_once")]
