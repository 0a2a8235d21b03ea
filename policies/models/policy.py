"""Policies, and the addresses that they have or had."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.formats import date_format

from policies.models.fields import (
    Actor,
    Record,
    default_time_zone,
    validate_language,
    validate_slug,
    validate_time_zone,
)
from policies.permissions import permissions_of
from policies.text.limits import MAX_LANGUAGE, MAX_MONTHS, MAX_NOTICE_DAYS, MAX_SLUG
from policies.text.short_text import counted

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations  # of the type checker: no site has it


class InForceId(TypedDict):
    in_force_id: int | None


class PolicyQuerySet(models.QuerySet["Policy"]):
    def public(self) -> PolicyQuerySet:
        """Those that readers can know of: a version was published, even if withdrawn since."""
        revisions: Any = apps.get_model("policies", "Revision")._default_manager
        return self.filter(Exists(revisions.filter(policy=OuterRef("pk")).numbered()))

    def with_version_in_force(
        self, *, at: datetime
    ) -> models.QuerySet[WithAnnotations[Policy, InForceId]]:
        """Annotate `in_force_id`: the id of the version in force at `at`, or None."""
        revisions: Any = apps.get_model("policies", "Revision")._default_manager
        in_force = revisions.filter(policy=OuterRef("pk")).effective(at=at)
        annotated = self.annotate(in_force_id=Subquery(in_force.values("pk")[:1]))
        return cast("models.QuerySet[WithAnnotations[Policy, InForceId]]", annotated)

    def with_is_translated(self) -> PolicyQuerySet:
        """Annotate `is_translated`: whether it has translations or is one."""
        return self.annotate(is_translated=translated_condition("pk", "translation_of"))


class AddressQuerySet(models.QuerySet["Address"]):
    def public(self) -> AddressQuerySet:
        """Those by which readers can know the policy: the ledger names it by them."""
        entries: Any = apps.get_model("policies", "LedgerEntry")._default_manager
        named = entries.filter(policy=OuterRef("policy"), slug=OuterRef("slug"))
        return self.filter(Exists(named))


class Policy(models.Model):
    """A document that the organisation keeps, in one language; its texts are Revisions."""

    slug = models.CharField(max_length=MAX_SLUG, validators=[validate_slug])
    language = models.CharField(
        max_length=MAX_LANGUAGE, default="en", validators=[validate_language]
    )
    name = models.CharField(max_length=200)
    time_zone = models.CharField(
        max_length=64,
        default=default_time_zone,
        validators=[validate_time_zone],
        help_text="The zone in which this policy's dates begin and end.",
    )
    check_every_months = models.PositiveSmallIntegerField(
        db_column="review_every_months",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_MONTHS)],
        help_text="How often somebody looks whether the policy is still right; empty for never.",
    )
    notice_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_NOTICE_DAYS)],
        help_text="Days between the publication of a material change and its effect.",
    )
    # Ids of text.checklist.CHECKLISTS; None: those that apply by default.
    checklists = models.JSONField(null=True, blank=True)
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        help_text="The authoritative policy, whose text this is in another language.",
    )
    prevailing_language = models.CharField(
        max_length=MAX_LANGUAGE,
        blank=True,
        help_text="Of an authoritative policy: which language prevails where they differ.",
    )
    # Who looks after it, and is reminded of its periodic checks.
    owner = Actor()
    created_at = models.DateTimeField()
    created_by = Actor()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = Actor()
    retirement_notice = models.TextField(blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["name", "language"]
        default_permissions = ("add", "change", "view")
        permissions = permissions_of("policy")
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="policy_slug_language_once"),
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(language="") & ~Q(name=""), name="policy_is_named"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retirement_notice="", successor__isnull=True)
                | (Q(retired_at__isnull=False) & ~Q(retirement_notice="")),
                name="policy_retired_with_notice",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="policy_not_its_own_successor",
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"], name="policy_translated_once"
            ),
            models.CheckConstraint(
                condition=Q(translation_of__isnull=True) | Q(prevailing_language=""),
                name="policy_authoritative_says_what_prevails",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.language == settings.LANGUAGE_CODE else self.label

    def get_absolute_url(self) -> str:
        return self.url("policy")

    def url(self, name: str, **arguments: object) -> str:
        """Return the path of one of its public pages, by the page's name in urls.py."""
        which = {"slug": self.slug, "language": self.language}
        return reverse(f"policies:{name}", kwargs={**which, **arguments})

    @property
    def former_slugs(self) -> list[str]:
        """The slugs that it had before; they lead to it for ever."""
        return [address.slug for address in self.addresses.all() if address.slug != self.slug]

    @property
    def label(self) -> str:
        """The name with the language: "Privacy policy (de)"."""
        return f"{self.name} ({self.language})"

    @property
    def responsible(self) -> User | None:
        """The person who looks after it, while their account is active: its owner, or its source's.

        To be read with both owners (select_related), which also are None once they are deleted.
        """
        owner = self.owner or (self.translation_of.owner if self.translation_of else None)
        return owner if owner and owner.is_active else None

    @property
    def checklists_in_words(self) -> str:
        """Which checklists apply, as the audit records it."""
        if self.checklists is None:
            return "by default"
        return ", ".join(self.checklists) or "none"

    @property
    def notice_in_words(self) -> str:
        """The notice period, as the audit records it: "30 days"."""
        return counted(self.notice_days, "day") if self.notice_days else "none"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day of an aware datetime in this policy's time zone."""
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant of a day in this policy's time zone, as a datetime in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def in_words(self, moment: datetime) -> str:
        """Return a time by this policy's clock, for staff: May 2, 2026, 14:00 (Europe/Berlin)."""
        return f"{date_format(moment.astimezone(self.zone), 'DATETIME_FORMAT')} ({self.time_zone})"


class Address(Record):
    """A slug that a policy has or once had. It is given to no other, for ever. Append-only."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="addresses")
    slug = models.CharField(max_length=MAX_SLUG)
    language = models.CharField(max_length=MAX_LANGUAGE)

    objects = AddressQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name_plural = "addresses"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="address_given_once")
        ]


def public_url(path: str) -> str:
    """Return the URL of a public page for whoever is not on the site, given its path."""
    return f"{settings.SITE_URL}{path}"


def translated_condition(policy: str, translation_of: str) -> Combinable:
    translations = Policy.objects.filter(translation_of=OuterRef(policy))
    return Q(**{f"{translation_of}__isnull": False}) | Exists(translations)
