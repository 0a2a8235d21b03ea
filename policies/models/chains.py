"""The two hash chains: the public ledger and the private audit.

What goes into an entry is in ledger/__init__.py, how entries are chained and appended in
ledger/chains.py, how they are verified in ledger/verification/.
"""

from django.db import models

from policies.models.fields import ActionField, Actor, Digest
from policies.models.policy import Policy
from policies.models.revision import Revision
from policies.permissions import ACTIONS
from policies.text.limits import MAX_LANGUAGE, MAX_SLUG


class LedgerEntry(models.Model):
    """One entry of the public chain, as chains.append makes it. Append-only."""

    class Event(models.TextChoices):
        PUBLICATION = "publication", "Publication"
        WITHDRAWAL = "withdrawal", "Withdrawal"
        RESCHEDULING = "rescheduling", "Rescheduling"
        RETIREMENT = "retirement", "Retirement"
        REINSTATEMENT = "reinstatement", "Reinstatement"
        RENAMING = "renaming", "Renaming"
        TRANSLATION = "translation", "Translation"
        PREVALENCE = "prevalence", "Prevalence"

    sequence = models.PositiveBigIntegerField(primary_key=True)
    event = models.CharField(max_length=13, choices=Event.choices)
    recorded_at = models.DateTimeField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="ledger_entries")
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="ledger_entries"
    )
    slug = models.CharField(max_length=MAX_SLUG)
    language = models.CharField(max_length=MAX_LANGUAGE)
    version = models.PositiveIntegerField(null=True)
    document_digest = Digest(blank=True)
    kind = models.CharField(max_length=10, blank=True)
    change_note = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True)
    last_updated_on = models.DateField(null=True)
    notice = models.TextField(
        blank=True, help_text="Why a version was withdrawn, or what a retired policy's readers see."
    )
    successor = models.CharField(
        max_length=MAX_LANGUAGE + 1 + MAX_SLUG,
        blank=True,
        help_text="Where readers go now: the policy that follows, or this one's new address.",
    )
    renders = models.CharField(
        max_length=MAX_LANGUAGE + 1 + MAX_SLUG + 1 + 10,
        blank=True,
        help_text="Of a translation: the version that it renders, such as en/privacy/3.",
    )
    # Of a publication: covers every stored value of the revision. Of anything else: who did it.
    private_digest = Digest()
    previous_digest = Digest(blank=True)
    digest = Digest(unique=True)

    class Meta:
        ordering = ["sequence"]
        default_permissions = ("view",)
        verbose_name_plural = "ledger entries"
        constraints = [
            # A version is published once, and withdrawn once, but may be rescheduled often.
            models.UniqueConstraint(
                fields=["revision", "event"],
                condition=~models.Q(event="rescheduling"),
                name="ledger_event_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.event} of {self.slug} {self.version or ''}".strip()


class AuditEvent(models.Model):
    """Who did what, when, with what reason. Private, chained like the ledger. Append-only."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    action = ActionField(max_length=30, db_column="verb")
    done_at = models.DateTimeField()
    done_by = Actor()
    actor = models.CharField(max_length=200, help_text="The person's name as it was then.")
    # None for an act on what is about no policy: a webhook.
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, related_name="audit_events"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="audit_events"
    )
    reason = models.TextField(blank=True)
    document_digest = Digest(blank=True)
    # What the act stored that no other column has, such as when a preview link expires. None for
    # most actions, and for everything that version 1.0 recorded.
    facts = models.JSONField(null=True)
    previous_digest = Digest(blank=True)
    digest = Digest(unique=True)

    class Meta:
        ordering = ["sequence"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.actor}: {self.act}"

    @property
    def act(self) -> str:
        """What was done, in the words of the desk; the action itself if it is none of ours.

        Such an entry can only be forged, and must not keep anybody from reading the audit.
        """
        done = ACTIONS.get(self.action)
        return done.past if done else self.action
