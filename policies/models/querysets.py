"""The vocabulary of questions about policies and revisions. Time is always passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from policies.states import NUMBERED, OPEN, Basis, Status

if TYPE_CHECKING:
    from datetime import datetime

    from policies.models import Address, Policy, Revision  # noqa: F401  the type parameters of the querysets


class PolicyQuerySet(models.QuerySet["Policy"]):
    def public(self) -> PolicyQuerySet:
        """Those that readers can know of: a version was published, even if withdrawn since."""
        revisions: Any = apps.get_model("policies", "Revision")._default_manager
        return self.filter(Exists(revisions.filter(policy=OuterRef("pk")).numbered()))

    def with_version_in_force(self, *, at: datetime) -> Any:
        """Annotate `in_force_id`: the id of the version in force at `at`, or None."""
        revisions: Any = apps.get_model("policies", "Revision")._default_manager
        in_force = revisions.filter(policy=OuterRef("pk")).effective(at=at)
        return self.annotate(in_force_id=Subquery(in_force.values("pk")[:1]))

    def telling_of_translations(self) -> Any:
        """Annotate `is_translated`: whether it has translations or is one."""
        return self.annotate(is_translated=_is_translated("pk", "translation_of"))


class AddressQuerySet(models.QuerySet["Address"]):
    def public(self) -> AddressQuerySet:
        """Those by which readers can know the policy: the ledger names it by them."""
        entries: Any = apps.get_model("policies", "LedgerEntry")._default_manager
        named = entries.filter(policy=OuterRef("policy"), slug=OuterRef("slug"))
        return self.filter(Exists(named))


def _is_translated(policy: str, translation_of: str) -> Any:
    policies: Any = apps.get_model("policies", "Policy")._default_manager
    return Q(**{f"{translation_of}__isnull": False}) | Exists(
        policies.filter(translation_of=OuterRef(policy))
    )


class RevisionQuerySet(models.QuerySet["Revision"]):
    def open(self) -> RevisionQuerySet:
        """Work in progress: drafts, in review, approved. At most one per policy."""
        return self.filter(status__in=OPEN)

    def telling_of_translations(self) -> Any:
        """Annotate `is_translated`: whether their policy has translations or is one."""
        return self.annotate(is_translated=_is_translated("policy", "policy__translation_of"))

    def numbered(self) -> RevisionQuerySet:
        """Everything that has a version number, withdrawn versions included."""
        return self.filter(status__in=NUMBERED)

    def published(self) -> RevisionQuerySet:
        """Published and not withdrawn; in force, upcoming or superseded."""
        return self.filter(status=Status.PUBLISHED)

    def newest(self) -> Revision | None:
        """Of one policy's versions: the published one with the highest number, upcoming or not."""
        return self.published().order_by("-number").first()

    def effective(self, *, at: datetime) -> RevisionQuerySet:
        """Published versions that have taken effect by `at`, the latest first.

        Of one policy's, the first is the one in force: the way to ask for that, since its cost
        grows neither with policies nor with versions.
        """
        return self.published().filter(effective_at__lte=at).order_by("-effective_at")

    def telling_what_came_before(self) -> Any:
        """Annotate `before`: the number of the published version before, or None.

        One that was withdrawn was never what the policy said, so nothing is compared with it.
        """
        revisions: Any = self.model._default_manager
        earlier = revisions.published().filter(
            policy=OuterRef("policy"), number__lt=OuterRef("number")
        )
        return self.annotate(before=Subquery(earlier.order_by("-number").values("number")[:1]))

    def in_force(self, *, at: datetime) -> RevisionQuerySet:
        """The versions in force at `at` of all policies: at most one of each."""
        policies: Any = apps.get_model("policies", "Policy")._default_manager
        return self.filter(
            pk__in=policies.with_version_in_force(at=at).values("in_force_id"),
        )

    def upcoming(self, *, at: datetime) -> RevisionQuerySet:
        """Published versions that take effect after `at`, the next one first."""
        return self.published().filter(effective_at__gt=at).order_by("effective_at")

    def without_part_of(self, user_id: int) -> RevisionQuerySet:
        """Those in which a person had no part; for one revision, authorship.people says who had.

        Contributions name who had a part in what a draft began with, too (texts.keep_authors).
        """
        return self.exclude(contributions__contributed_by=user_id).exclude(published_by=user_id)

    def awaiting_late_approval(self) -> RevisionQuerySet:
        """Published without approval, and nobody else has approved them since."""
        return self.filter(
            basis=Basis.EMERGENCY, status__in=NUMBERED, late_approval__isnull=True
        ).order_by("published_at")
