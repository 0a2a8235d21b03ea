"""Around a revision: who wrote, text not saved yet, comments, answers to findings, preview links,
and Word files: the texts that were sent out, the files that came back, what was decided about them.

Public pages show none of it. database/rules/reviews.toml holds what of it may change, and when.
"""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db import models
from django.db.models import F, Q

from policies.models.fields import Actor, Digest, Person, Record, by_someone
from policies.models.policy import Policy
from policies.models.revision import Revision
from policies.states import Basis, Status
from policies.text.short_text import in_short


class Contribution(Record):
    """A person changed something in a revision, and so may not approve it. Append-only."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="contributions")
    contributed_at = models.DateTimeField()
    contributed_by = Person()

    class Meta(Record.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "contributed_by"], name="contribution_once_per_person"
            ),
        ]


class UnsavedText(Record):
    """What a person has typed in one window of a draft's editor and not saved: theirs alone.

    Not a revision, and not recorded anywhere: it may change and go at any time, see
    workflow/unsaved_texts.py. fields: those of the editor's form, as resubmission.as_text writes
    them. window: a name that the window made up; "" without scripts.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="unsaved_texts")
    kept_at = models.DateTimeField()
    kept_by = Person()
    window = models.CharField(max_length=100, blank=True)
    fields = models.TextField()

    class Meta(Record.Meta):
        ordering = ["-id"]


class EditorVisit(Record):
    """A person has the editor of a draft open, or had it minutes ago (staff/presence.py).

    Recorded nowhere else: it may change and go at any time. place: the heading of the section in
    which they write; "" if that is not known.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="visits")
    seen_at = models.DateTimeField()
    seen_by = Person()
    place = models.TextField(blank=True)

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["revision", "seen_by"], name="editor_visit_once"),
        ]


class ReviewComment(models.Model):
    """A comment on a revision, or on one of its sections. Open ones block approval."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    section_anchor = models.TextField(
        blank=True, help_text="The section it is about; empty for the whole."
    )
    # The words it is about, as quotations.Quotation has them; null: it is about all of the above.
    quotation = models.JSONField(null=True, blank=True)
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = Actor()
    # Of a comment from outside: the preview link or the Word file it came by, and the name that was
    # given.
    link = models.ForeignKey(
        "PreviewLink", on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    file = models.ForeignKey(
        "ReturnedFile", on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    guest = models.TextField(null=True, blank=True)  # noqa: DJ001  null as in Revision.clauses
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = Actor()

    class Meta:
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            by_someone("resolved", name="comment_resolved_by_someone"),
        ]

    def __str__(self) -> str:
        return in_short(self.text)


class CommentReply(Record):
    """A reply to a comment, which stays open until somebody resolves it. Append-only."""

    comment = models.ForeignKey(ReviewComment, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = Actor()
    # Of a reply from outside, as of a comment.
    file = models.ForeignKey(
        "ReturnedFile", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    guest = models.TextField(null=True, blank=True)  # noqa: DJ001  null as in Revision.clauses

    class Meta(Record.Meta):
        ordering = ["id"]
        verbose_name_plural = "comment replies"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reply_says_something")]


class Justification(Record):
    """The reason why a finding may stay; it holds while the sentence is unchanged.

    Append-only. key: findings.Finding.key.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="justifications")
    key = Digest()
    excerpt = models.TextField(blank=True)
    reason = models.TextField()
    justified_at = models.DateTimeField(db_column="acknowledged_at")
    justified_by = Actor(db_column="acknowledged_by_id")

    class Meta(Record.Meta):
        db_table = "policies_acknowledgement"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "key"], name="acknowledgement_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="acknowledgement_has_reason"),
        ]


class Overruling(Record):
    """A reviewer's reason why a finding that blocks publication is no problem.

    It holds while the sentence is unchanged, for each revision in which that person had no part
    (involved), until it is withdrawn. Nothing else of it ever changes. key: as above.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="overrulings")
    key = Digest()
    excerpt = models.TextField(blank=True)
    reason = models.TextField()
    overruled_at = models.DateTimeField()
    overruled_by = Actor()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = Actor()

    class Meta(Record.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & Q(overruled_by__isnull=False),
                name="overruling_by_someone_with_a_reason",
            ),
            by_someone("withdrawn", name="overruling_withdrawn_by_someone"),
        ]


# A link's address has its id, signed with the site's key, so that it can't be guessed.
_link_signer = signing.Signer(sep=".", salt="policies.public.preview_links")


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def with_token(self, token: str) -> PreviewLinkQuerySet:
        """The link whose address this is in, open or not; none for a token that is not ours."""
        try:
            return self.filter(pk=int(_link_signer.unsign(token)))
        except signing.BadSignature:
            return self.none()


class PreviewLink(Record):
    """Lets somebody without an account read one revision, until it expires or is revoked.

    The address that they get holds this row's id, signed; nothing here is secret.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="preview_links")
    recipient = models.CharField(max_length=200)
    # Whether they may comment on it. Null for no, as in Revision.clauses.
    takes_comments = models.BooleanField(null=True)
    created_at = models.DateTimeField()
    created_by = Actor()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = Actor()
    last_used_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(recipient=""), name="preview_link_is_for_someone"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="preview_link_lasts"
            ),
            by_someone("revoked", name="preview_link_revoked_by_someone"),
        ]

    @property
    def token(self) -> str:
        """The link's id and a signature, as its address has them."""
        return _link_signer.sign(str(self.pk))

    def is_open(self, *, at: datetime) -> bool:
        """Return whether the link opens anything at `at`: the text, or the version it became."""
        is_given_up = self.revision.status == Status.DISCARDED
        return self.revoked_at is None and at < self.expires_at and not is_given_up


class ReviewedText(Record):
    """What a revision said when it was last taken out of review, to be sent back or opened again.

    Shown to whoever reviews it next. The audit has its digest (workflow/reviewing.last_reviewed).
    """

    revision = models.OneToOneField(
        Revision, on_delete=models.PROTECT, primary_key=True, related_name="reviewed_text"
    )
    markdown = models.TextField()


class LateApproval(Record):
    """Another person has approved what was published in an emergency. Append-only."""

    revision = models.OneToOneField(
        Revision, on_delete=models.PROTECT, primary_key=True, related_name="late_approval"
    )
    approved_at = models.DateTimeField()
    approved_by = Person()
    approved_digest = Digest()


class SentText(Record):
    """What an open revision said when it was downloaded as Word, as canonical Markdown.

    The file has the digest. What has a version number needs no row: it never changes.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sent_texts")
    digest = Digest()
    markdown = models.TextField()

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["revision", "digest"], name="sent_text_once")
        ]


class ReturnedFile(Record):
    """A Word file with proposals to an open revision. Append-only.

    sent, text: canonical Markdown, of what the file was made from and of what it says now.
    compared_with: what the first is, in words. changes: the id of each single change between them
    (redline.Change), with its authors: [["Jane Roe", "2026-05-02T12:00:00Z"], …], a time "" if it
    is not known, no authors if it was made without tracking. notes: what of the file is not in it.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="returned_files")
    name = models.TextField()
    sha256 = Digest()
    compared_with = models.TextField()
    sent = models.TextField()
    text = models.TextField()
    changes = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    returned_at = models.DateTimeField()
    returned_by = Person()

    class Meta(Record.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "sha256"], name="returned_file_once"),
            models.CheckConstraint(condition=~Q(name=""), name="returned_file_has_a_name"),
        ]


class ProposalDecision(Record):
    """What became of a proposal. Append-only. change: its id, as in ReturnedFile.changes."""

    file = models.ForeignKey(ReturnedFile, on_delete=models.PROTECT, related_name="decisions")
    change = models.CharField(max_length=16)
    is_accepted = models.BooleanField()
    decided_at = models.DateTimeField()
    decided_by = Person()

    class Meta(Record.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["file", "change"], name="proposal_decided_once")
        ]


def participants(revision: Revision) -> set[int]:
    """Return the accounts that wrote in a revision or published it, or did so in what it is based
    on, back to what somebody had approved.
    """
    people: set[int] = set()
    for ancestor in line_of_drafts(revision):
        people.update(ancestor.contributor_ids())
        if ancestor.published_by_id is not None:
            people.add(ancestor.published_by_id)
    return people


def involved(revision: Revision) -> set[int]:
    """Return all accounts of the people who took part in a revision. None of them may approve it,
    or decide anything else that takes another person.
    """
    return revision.people.accounts_of(participants(revision))


def line_of_drafts(revision: Revision) -> list[Revision]:
    """Return a revision, and what it came from, back to what somebody had approved."""
    line = [revision]
    while (origin := line[-1].based_on) and not was_approved(origin, at=line[-1].created_at):
        line.append(origin)
    return line


def was_approved(revision: Revision, *, at: datetime) -> bool:
    """Return whether a revision's text had been published by `at`, approved or as an import.

    One that was published without approval counts once it is approved, withdrawn or not.
    """
    if revision.number is None:
        return False
    late = LateApproval.objects.filter(revision=revision, approved_at__lte=at)
    return revision.basis != Basis.EMERGENCY or late.exists()
