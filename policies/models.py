"""What the database keeps, and the constraints that hold without us.

What one row may say stands here as a CHECK; what depends on the row's past or on other rows
stands in walls.py. Who did something is kept twice: as a user id without a foreign-key
constraint, so that removing an account neither erases history nor is stopped by it, and as a name
in the audit.
"""

from __future__ import annotations

import functools
import zoneinfo
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from . import documents
from .headings import Entry
from .mail_models import Announcement as Announcement
from .mail_models import Mail as Mail
from .mail_models import MailOptOut as MailOptOut
from .querysets import PolicyQuerySet, RevisionQuerySet
from .states import NUMBERED, OPEN, Basis, Kind, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from .rendering import Rendered

models.TextField.register_lookup(Length)
models.CharField.register_lookup(Length)


def Actor() -> models.ForeignKey[User | None, User | None]:  # noqa: N802  reads as a field
    """A user who did something. Outlives the user's account: see the module's docstring."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )


def Digest(*, blank: bool = False, unique: bool = False) -> models.CharField[str, str]:  # noqa: N802
    """A SHA-256 as 64 lower-case hex digits."""
    return models.CharField(max_length=64, blank=blank, unique=unique)


# Asking opens every file of the time zone database: once in a process is enough.
_time_zones = functools.cache(zoneinfo.available_timezones)


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone such as Europe/Berlin."""
    if name not in _time_zones():
        raise ValidationError(f"{name} is not a time zone. Use a name such as Europe/Berlin.")


def default_time_zone() -> str:
    return str(settings.TIME_ZONE)


# What stands first in other addresses of the site; language tags, too, are such.
RESERVED_SLUGS = frozenset({"admin", "ledger", "preview", "schemas", "static", *LANG_INFO})

MAX_SLUG = 80
validate_slug_signs = RegexValidator(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", "Use small letters, digits and single hyphens."
)


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless a policy can be found under this slug."""
    validate_slug_signs(slug)
    if len(slug) > MAX_SLUG:
        raise ValidationError(f"A slug has at most {MAX_SLUG} characters.")
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"/{slug}/ is an address of the site itself. Use a longer slug.")


def validate_language(language: str) -> None:
    """Raise ValidationError unless a policy can have its pages in this language (a BCP 47 tag)."""
    if language not in LANG_INFO:
        raise ValidationError("Use the tag of a language that Django knows, such as en or pt-br.")


class Policy(models.Model):
    """A document that the organisation keeps, in one language; its texts are Revisions."""

    slug = models.CharField(max_length=MAX_SLUG, validators=[validate_slug])
    language = models.CharField(max_length=20, default="en", validators=[validate_language])
    name = models.CharField(max_length=200)
    time_zone = models.CharField(
        max_length=64,
        default=default_time_zone,
        validators=[validate_time_zone],
        help_text="The zone in which this policy's dates begin and end.",
    )
    review_every_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="How often somebody looks whether the policy is still right; empty for never.",
    )
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        help_text="The authoritative policy, whose text this is in another language.",
    )
    prevailing_language = models.CharField(
        max_length=20,
        blank=True,
        help_text="Of an authoritative policy: which language prevails where they differ.",
    )
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
        permissions = [
            ("rename_policy", "Can change a policy's address"),
            ("retire_policy", "Can retire and reinstate a policy"),
        ]
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
    def label(self) -> str:
        """The name with the language: "Privacy policy (de)"."""
        return f"{self.name} ({self.language})"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The calendar day of an aware datetime in this policy's time zone."""
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day in this policy's time zone, as an aware UTC datetime."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)


class Address(models.Model):
    """A slug that a policy has or once had. It is given to no other, for ever. Append-only."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="addresses")
    slug = models.CharField(max_length=MAX_SLUG)
    language = models.CharField(max_length=20)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="address_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.language}/{self.slug}"


class Revision(models.Model):
    """One piece of work on a policy, from draft to publication. Only workflow.py moves it."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="revisions")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # The text, with its Sections.
    title = models.CharField(max_length=300)
    introduction = models.TextField(blank=True)
    renders = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rendered_by",
        help_text="Of a translation: the version of its source that it renders.",
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
        permissions = [
            ("write_revision", "Can write, submit and discard drafts"),
            ("review_revision", "Can approve revisions and request changes"),
            ("publish_revision", "Can publish approved revisions and withdraw upcoming versions"),
            ("publish_without_approval", "Can publish without approval in an emergency"),
        ]
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
        """The text as a plain value. Raises DocumentError if the rows no longer make one."""
        return documents.Document(
            title=self.title,
            introduction=self.introduction,
            sections=tuple(
                documents.Section(heading=row.heading, anchor=row.anchor, body=row.body)
                for row in self.sections.all()
            ),
        )

    @property
    def html(self) -> SafeString:
        """The text as HTML, as the sanitiser left it when the text was saved."""
        return mark_safe(self.rendering.html)  # noqa: S308  written by rendering.render alone

    @property
    def contents(self) -> tuple[Entry, ...]:
        """The table of contents."""
        return _entries(self.rendering.contents)


def contents_as_json(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Return a table of contents as Rendering.contents keeps it."""
    return [{**asdict(entry), "children": contents_as_json(entry.children)} for entry in entries]


def rendering_values(rendered: Rendered) -> dict[str, Any]:
    """Return what a Rendering keeps of a rendered text, by column."""
    return {
        "html": rendered.html,
        "contents": contents_as_json(rendered.contents),
        "anchors": [asdict(anchor) for anchor in rendered.anchors],
        "removed": list(rendered.removed),
    }


def _entries(rows: list[dict[str, Any]]) -> tuple[Entry, ...]:
    return tuple(Entry(**{**row, "children": _entries(row["children"])}) for row in rows)


class Section(models.Model):
    """A heading with its anchor and Markdown body. Numbered on the page by its position."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    heading = models.TextField()
    anchor = models.TextField()
    body = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="section_position_once"),
            models.UniqueConstraint(fields=["revision", "anchor"], name="section_anchor_once"),
            models.CheckConstraint(
                condition=~Q(heading="") & ~Q(anchor=""), name="section_is_named"
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class Rendering(models.Model):
    """The HTML that rendering.render made of a revision's text, kept so that no reader waits."""

    revision = models.OneToOneField(
        Revision, on_delete=models.CASCADE, primary_key=True, related_name="rendering"
    )
    html = models.TextField()
    contents = models.JSONField(default=list)
    anchors = models.JSONField(default=list)
    # What the HTML does not show as it was written, for the findings.
    removed = models.JSONField(default=list)
    # For the list of all policies: how many findings of each level, see findings.py.
    findings = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"HTML of {self.revision}"

    @property
    def values(self) -> dict[str, Any]:
        """What rendering_values made."""
        return {
            "html": self.html,
            "contents": self.contents,
            "anchors": self.anchors,
            "removed": self.removed,
        }


class Departure(models.Model):
    """An anchor that the version before this one had and this one has not. Append-only.

    heading: the words of the heading that it was, or under which it stood; "" for a footnote's.
    Derived from the anchors of the two Renderings: departures.py writes it, `verify` derives it
    again.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="departures")
    anchor = models.TextField()
    heading = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "anchor"], name="departure_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.anchor}, gone in {self.revision}"


class KeptRedline(models.Model):
    """The redline of two versions, signed, so that it is computed once: see comparisons.py."""

    old = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    signed = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="kept_redline_once"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class KeptPdf(models.Model):
    """A version as PDF, signed, so that it is made once: see pdfs.py.

    origin: scheme and host of the addresses in it. content: empty while it is being made.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=300)
    begun_at = models.DateTimeField()
    seal = Digest(blank=True)
    content = models.BinaryField(default=b"")

    class Meta:
        verbose_name = "kept PDF"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "origin"], name="kept_pdf_once"),
        ]

    def __str__(self) -> str:
        return f"PDF of {self.revision_id}"


class Contribution(models.Model):
    """A person changed something in a revision, and so may not approve it. Append-only."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="contributions")
    contributed_at = models.DateTimeField()
    contributed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "contributed_by"], name="contribution_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contributed_by_id} wrote in {self.revision_id}"


class LateApproval(models.Model):
    """Another person has approved what was published in an emergency. Append-only."""

    revision = models.OneToOneField(
        Revision, on_delete=models.PROTECT, primary_key=True, related_name="late_approval"
    )
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    approved_digest = Digest()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"late approval of {self.revision}"


class ReviewComment(models.Model):
    """A remark on a revision, or on one of its sections. Open ones block approval."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    section_anchor = models.TextField(
        blank=True, help_text="The section it is about; empty for the whole."
    )
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = Actor()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = Actor()

    class Meta:
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class CommentReply(models.Model):
    """An answer to a comment, which stays open until somebody resolves it. Append-only."""

    comment = models.ForeignKey(ReviewComment, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = Actor()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        verbose_name_plural = "comment replies"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reply_says_something")]

    def __str__(self) -> str:
        return self.text[:60]


class PreviewLink(models.Model):
    """Lets somebody without an account read one revision, until it expires or is revoked.

    The address that they get holds this row's id, signed (sharing.py); nothing here is secret.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="preview_links")
    recipient = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = Actor()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = Actor()
    last_used_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(recipient=""), name="preview_link_is_for_someone"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="preview_link_lasts"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="preview_link_revoked_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"preview of {self.revision} for {self.recipient}"

    def is_open(self, *, at: datetime) -> bool:
        """Tell whether the link opens anything at `at`."""
        return self.revoked_at is None and at < self.expires_at


class Acknowledgement(models.Model):
    """Somebody answers for a finding, with a reason; it holds while the sentence is unchanged.

    Append-only. key: findings.Finding.key.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="acknowledgements")
    key = Digest()
    excerpt = models.TextField(blank=True)
    reason = models.TextField()
    acknowledged_at = models.DateTimeField()
    acknowledged_by = Actor()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["policy", "key"], name="acknowledgement_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="acknowledgement_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.excerpt}: {self.reason}"


class LedgerEntry(models.Model):
    """One entry of the public chain. Written and verified by ledger.py alone. Append-only."""

    class Event(models.TextChoices):
        PUBLICATION = "publication", "Publication"
        WITHDRAWAL = "withdrawal", "Withdrawal"
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
    slug = models.CharField(max_length=80)
    language = models.CharField(max_length=20)
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
        max_length=101,
        blank=True,
        help_text="Where readers go now: the policy that follows, or this one's new address.",
    )
    renders = models.CharField(
        max_length=112,
        blank=True,
        help_text="Of a translation: the version that it renders, such as en/privacy/3.",
    )
    # Covers the columns that are not public: who wrote, approved and published, and when.
    private_digest = Digest()
    previous_digest = Digest(blank=True)
    digest = Digest(unique=True)

    class Meta:
        ordering = ["sequence"]
        default_permissions = ("view",)
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["revision", "event"], name="ledger_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.event} of {self.slug} {self.version or ''}".strip()


class AuditEvent(models.Model):
    """Who did what, when, with what reason. Private, chained like the ledger. Append-only."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    verb = models.CharField(max_length=30)
    done_at = models.DateTimeField()
    done_by = Actor()
    actor = models.CharField(max_length=200, help_text="The person's name as it was then.")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="audit_events")
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="audit_events"
    )
    reason = models.TextField(blank=True)
    document_digest = Digest(blank=True)
    previous_digest = Digest(blank=True)
    digest = Digest(unique=True)

    class Meta:
        ordering = ["sequence"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.actor}: {self.verb}"
