"""Word files: the texts that were sent out, the files that came back, what was decided about them.

database/rules/reviews.py holds that nothing of the last two ever changes.
"""

from django.db import models
from django.db.models import Q

from policies.models.fields import Digest, Person
from policies.models.revision import Revision


class SentText(models.Model):
    """What an open revision said when it was downloaded as Word, as canonical Markdown.

    The file has the digest. What has a version number needs no row: it never changes.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sent_texts")
    digest = Digest()
    markdown = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "digest"], name="sent_text_once")
        ]

    def __str__(self) -> str:
        return f"what {self.revision} said when it was downloaded"


class ReturnedFile(models.Model):
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

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "sha256"], name="returned_file_once"),
            models.CheckConstraint(condition=~Q(name=""), name="returned_file_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalDecision(models.Model):
    """What became of a proposal. Append-only. change: its id, as in ReturnedFile.changes."""

    file = models.ForeignKey(ReturnedFile, on_delete=models.PROTECT, related_name="decisions")
    change = models.CharField(max_length=16)
    is_accepted = models.BooleanField()
    decided_at = models.DateTimeField()
    decided_by = Person()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["file", "change"], name="proposal_decided_once")
        ]

    def __str__(self) -> str:
        return f"{self.change}: {'accepted' if self.is_accepted else 'declined'}"
