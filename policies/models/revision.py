"""Revisions with their Sections, and who was asked to review them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.safestring import SafeString, mark_safe

from policies.models.fields import Actor, Digest, Person, Record
from policies.models.people import People
from policies.models.policy import Policy, translated_condition
from policies.permissions import permissions_of
from policies.states import NUMBERED, OPEN, Basis, Kind, Status
from policies.text import document as documents
from policies.text.markdown.headings import Entry

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations  # of the type checker: no site has it


class PreviousNumber(TypedDict):
    before: int | None


@dataclass(frozen=True)
class DateChange:
    """An upcoming version was rescheduled `at` a time: it was to take effect at another."""

    before: datetime
    after: datetime
    at: datetime


def fetch_date_changes(versions: Iterable[Any]) -> None:
    """Fetch the date changes of versions that have `is_moved`: one query, none if none has any."""
    moved = [version for version in versions if version.is_moved]
    models.prefetch_related_objects(moved, "ledger_entries")


class RevisionQuerySet(models.QuerySet["Revision"]):
    def open(self) -> RevisionQuerySet:
        """Work in progress: drafts, in review, approved. At most one per policy."""
        return self.filter(status__in=OPEN)

    def with_is_translated(self) -> RevisionQuerySet:
        """Annotate `is_translated`: whether their policy has translations or is one."""
        return self.annotate(is_translated=translated_condition("policy", "policy__translation_of"))

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

        Of one policy's, the first is the one in force. Its cost grows with nothing.
        """
        return self.published().filter(effective_at__lte=at).order_by("-effective_at")

    def with_is_moved(self) -> RevisionQuerySet:
        """Annotate `is_moved`: whether a version was rescheduled, so that few ask for more."""
        entries = Revision.objects.filter(pk=OuterRef("pk"), ledger_entries__event="rescheduling")
        return self.annotate(is_moved=Exists(entries))

    def with_previous_number(self) -> models.QuerySet[WithAnnotations[Revision, PreviousNumber]]:
        """Annotate `before`: the number of the published version before, or None.

        One that was withdrawn was never what the policy said, so nothing is compared with it.
        """
        earlier = Revision.objects.published().filter(
            policy=OuterRef("policy"), number__lt=OuterRef("number")
        )
        before = Subquery(earlier.order_by("-number").values("number")[:1])
        annotated = self.annotate(before=before)
        return cast("models.QuerySet[WithAnnotations[Revision, PreviousNumber]]", annotated)

    def in_force(self, *, at: datetime) -> RevisionQuerySet:
        """The versions in force at `at` of all policies: at most one of each."""
        policies = Policy.objects.with_version_in_force(at=at)
        return self.filter(pk__in=policies.values("in_force_id"))

    def upcoming(self, *, at: datetime) -> RevisionQuerySet:
        """Published versions that take effect after `at`, the next one first."""
        return self.published().filter(effective_at__gt=at).order_by("effective_at")

    def awaiting_late_approval(self) -> RevisionQuerySet:
        """Published without approval, and nobody else has approved them since."""
        return self.filter(
            basis=Basis.EMERGENCY, status__in=NUMBERED, late_approval__isnull=True
        ).order_by("published_at")


class Revision(models.Model):
    """One piece of work on a policy, from draft to publication. Only workflow/ moves it."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="revisions")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # The text, with its Sections.
    title = models.CharField(max_length=300)
    introduction = models.TextField(blank=True)
    # Document.clauses. Null for no: SQLite would make a new table for any other default.
    clauses = models.BooleanField(null=True, editable=False)
    numbering = models.CharField(max_length=8, null=True, editable=False)  # noqa: DJ001  as above
    source_version = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translated_by",
        db_column="renders_id",
        help_text="The source version that a translation was made from.",
    )
    # Of the text as the workflow last saved it; a text changed behind its back no longer fits.
    digest = Digest()
    # Grows by one with each save, so that two writers notice each other.
    saves = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField()
    created_by = Actor()
    saved_at = models.DateTimeField()
    saved_by = Actor()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = Actor()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = Actor()
    approved_digest = Digest(blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = Actor()

    # What publication adds.
    number = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    change_note = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    last_updated_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = Actor()
    basis = models.CharField(max_length=10, choices=Basis.choices, blank=True)
    basis_reason = models.TextField(blank=True)

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = Actor()
    withdrawal_reason = models.TextField(blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "-id"]
        default_permissions = ("view",)
        permissions = permissions_of("revision")
        constraints = [
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(status__in=sorted(OPEN)),
                name="revision_one_open_per_policy",
            ),
            models.UniqueConstraint(fields=["policy", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["policy", "effective_at"],
                condition=Q(status=Status.PUBLISHED),
                name="revision_effective_at_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="revision_has_title"),
            models.CheckConstraint(condition=Q(digest__length=64), name="revision_has_digest"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(Status.values)), name="revision_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=sorted(NUMBERED),
                    number__isnull=False,  # a CHECK lets NULL >= 1 pass
                    number__gte=1,
                    kind__in=sorted(Kind.values),
                    basis__in=sorted(Basis.values),
                    effective_at__isnull=False,
                    last_updated_on__isnull=False,
                    published_at__isnull=False,
                )
                | (
                    ~Q(status__in=sorted(NUMBERED))
                    & Q(
                        number__isnull=True,
                        kind="",
                        change_note="",
                        basis="",
                        basis_reason="",
                        effective_at__isnull=True,
                        last_updated_on__isnull=True,
                        published_at__isnull=True,
                        published_by__isnull=True,
                    )
                ),
                name="revision_numbered_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(NUMBERED)) | Q(number=1) | ~Q(change_note=""),
                name="revision_change_note_from_second",
            ),
            models.CheckConstraint(
                condition=~Q(number=1) | Q(kind=Kind.MATERIAL), name="revision_first_is_material"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["", Basis.APPROVAL.value], basis_reason="")
                | (~Q(basis__in=["", Basis.APPROVAL.value]) & ~Q(basis_reason="")),
                name="revision_reason_without_approval",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                & ~Q(status__in=[Status.IN_REVIEW.value, Status.APPROVED.value])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False)
                & ~Q(status=Status.DRAFT),
                name="revision_submitted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True, approved_digest="")
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    approved_digest__length=64,
                ),
                name="revision_approval_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.APPROVED) & ~Q(basis=Basis.APPROVAL)
                | Q(approved_at__isnull=False),
                name="revision_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(approved_digest__in=["", F("digest")]),
                name="revision_approved_as_it_stands",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["", Basis.IMPORT.value]) | Q(published_by__isnull=False),
                name="revision_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=Status.WITHDRAWN,
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawn_at__lt=F("effective_at"),
                )
                & ~Q(withdrawal_reason="")
                | ~Q(status=Status.WITHDRAWN)
                & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason=""),
                name="revision_withdrawn_before_effect",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=Status.DISCARDED,
                    discarded_at__isnull=False,
                    discarded_by__isnull=False,
                )
                | ~Q(status=Status.DISCARDED)
                & Q(discarded_at__isnull=True, discarded_by__isnull=True),
                name="revision_discarded_by_someone",
            ),
        ]

    def __str__(self) -> str:
        if self.number is None:
            return f"{self.policy}, {self.get_status_display().lower()}"
        return f"{self.policy}, version {self.number}"

    def document(self) -> documents.Document:
        """Return the text as a plain value. Raises DocumentError if the rows no longer make one."""
        rows = self.sections.all()
        sections = tuple(documents.Section(row.heading, row.anchor, row.body) for row in rows)
        return documents.Document(
            self.title, self.introduction, sections, bool(self.clauses), self.numbering or ""
        )

    def is_upcoming(self, *, at: datetime) -> bool:
        """Return whether it is published, and takes effect after `at`."""
        effect = self.effective_at
        return self.status == Status.PUBLISHED and effect is not None and effect > at

    def awaits_late_approval(self) -> bool:
        """Return whether it was published without approval, and has none since."""
        awaiting = Revision.objects.awaiting_late_approval().filter(pk=self.pk)
        return self.basis == Basis.EMERGENCY and awaiting.exists()

    def version_before(self, *, at: datetime) -> Revision | None:
        """Return the published version before a version; the one in force before a draft."""
        versions = self.policy.revisions.all()
        if self.number:
            return versions.filter(number__lt=self.number).newest()
        return versions.effective(at=at).prefetch_related("sections").first()

    @property
    def translated_version(self) -> Revision | None:
        """The version that it was made from; None if that is of a source that is no more its."""
        source = self.source_version
        return source if source and source.policy_id == self.policy.translation_of_id else None

    def contributor_ids(self) -> list[int]:
        """Return the ids of the users who wrote in it, whoever was first before the others."""
        return [row.contributed_by_id for row in self.contributions.all()]

    @cached_property
    def people(self) -> People:
        """To whom accounts belong. Those who list revisions can give all of them the same."""
        return People()

    @cached_property
    def base(self) -> Revision | None:
        """The revision that a draft changes: what it is based on, of an imported one the newest
        version. None for a first version.
        """
        return self.based_on or self.policy.revisions.newest()

    def fetch_texts(self) -> None:
        """Fetch the sections of this and of what it is based on, for a page that compares them."""
        both = [self, self.based_on] if self.based_on else [self]
        models.prefetch_related_objects(both, "sections")

    @cached_property
    def base_document(self) -> documents.Document | None:
        """The text of `base`, which is closed, so it stays; None also if its rows no longer make
        one.
        """
        base = self.base
        if base is None or base == self:
            return None
        try:
            return base.document()
        except documents.DocumentError:
            return None

    @property
    def review_request(self) -> ReviewRequest | None:
        """Who is asked to review this, and by when; None unless it is in review.

        Also None if version 1.0 submitted it. Looks at prefetched `review_requests`, if they are.
        """
        if self.status != Status.IN_REVIEW or self.submitted_at is None:
            return None
        requests = self.review_requests.all()
        asked = [request for request in requests if request.asked_at >= self.submitted_at]
        return asked[-1] if asked else None

    @cached_property
    def date_changes(self) -> list[DateChange]:
        """How a version was rescheduled, the first time first; no query if `is_moved` says no."""
        if not getattr(self, "is_moved", self.number):
            return []
        rows = [(entry.effective_at, entry.recorded_at) for entry in self.ledger_entries.all()]
        effects = [(effect, at) for effect, at in rows if effect]  # a withdrawal has none
        return [DateChange(old, new, at) for (old, _), (new, at) in pairwise(effects)]

    @property
    def day_changes(self) -> list[DateChange]:
        """The date changes that readers are shown: to another day in the policy's time zone."""
        day_of, changes = self.policy.day_of, self.date_changes
        return [change for change in changes if day_of(change.before) != day_of(change.after)]

    @property
    def html(self) -> SafeString:
        """The text as HTML, as the sanitiser left it when the text was saved."""
        return mark_safe(self.rendering.html)  # noqa: S308  written by rendering.render alone

    @property
    def contents(self) -> tuple[Entry, ...]:
        return self.rendering.entries

    @property
    def shown_sections(self) -> dict[str, Entry]:
        """All sections by their anchors, as readers see their headings. The contents leave one out
        of which they see nothing: that has its source.
        """
        sections = self.sections.all()
        entries = {row.anchor: Entry(2, row.anchor, "", row.heading) for row in sections}
        shown = {entry.anchor: entry for entry in self.contents if entry.anchor in entries}
        return entries | shown


class Section(Record):
    """A heading with its anchor and Markdown body. Numbered on the page by its position."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    heading = models.TextField()
    anchor = models.TextField()
    body = models.TextField(blank=True)

    class Meta(Record.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="section_position_once"),
            models.UniqueConstraint(fields=["revision", "anchor"], name="section_anchor_once"),
            models.CheckConstraint(
                condition=~Q(heading="") & ~Q(anchor=""), name="section_is_named"
            ),
        ]


class ReviewRequest(Record):
    """A submission was given to a reviewer, or to anyone who may review it. Append-only.

    It says who is expected, not who may: whoever may approve a revision still can. Reassigning adds
    a row; the latest since the submission counts (Revision.review_request). reviewer: None for
    anyone who may. due_on: in the policy's time zone; None for no day.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="review_requests")
    asked_at = models.DateTimeField()
    asked_by = Person()
    reviewer = Actor()
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta(Record.Meta):
        ordering = ["id"]
