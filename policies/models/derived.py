"""What is made from texts, published or not, and kept so that nobody has to wait for it.

All of it can be made again: `rerender` makes the HTML and the removed anchors anew, `verify`
compares them with the texts, and a redline or PDF that is missing is made when somebody asks.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import models

from policies.models.fields import Digest, Record
from policies.models.revision import Revision
from policies.text.markdown.headings import Anchor, Entry

if TYPE_CHECKING:
    from policies.text.rendering import Rendered


def contents_as_json(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Return a table of contents as Rendering.contents keeps it."""
    return [{**asdict(entry), "children": contents_as_json(entry.children)} for entry in entries]


def _anchor_as_json(anchor: Anchor) -> dict[str, Any]:
    """Return an anchor as Rendering.anchors keeps it: what is no clause as version 1.0 did."""
    values: dict[str, Any] = {"id": anchor.id, "heading": anchor.heading}
    if anchor.clause:
        values["clause"] = {**asdict(anchor.clause), "labels": list(anchor.clause.labels)}
    return values


def rendering_values(rendered: Rendered) -> dict[str, Any]:
    """Return what a Rendering keeps of a rendered text, by column."""
    return {
        "html": rendered.html,
        "contents": contents_as_json(rendered.contents),
        "anchors": [_anchor_as_json(anchor) for anchor in rendered.anchors],
        "removed": list(rendered.removed),
    }


class Rendering(Record):
    """The HTML that rendering.render made of a revision's text, kept so that no reader waits."""

    revision = models.OneToOneField(
        Revision, on_delete=models.CASCADE, primary_key=True, related_name="rendering"
    )
    html = models.TextField()
    contents = models.JSONField(default=list)
    anchors = models.JSONField(default=list)
    # What the HTML does not show as it was written, for the findings.
    removed = models.JSONField(default=list)
    # For the list of all policies: how many findings of each level (open_findings.count_by_level).
    findings = models.JSONField(default=dict)

    @property
    def values(self) -> dict[str, Any]:
        """What rendering_values made."""
        return {name: getattr(self, name) for name in ("html", "contents", "anchors", "removed")}

    @property
    def entries(self) -> tuple[Entry, ...]:
        return _entries(self.contents)


def _entries(rows: list[dict[str, Any]]) -> tuple[Entry, ...]:
    return tuple(Entry(**{**row, "children": _entries(row["children"])}) for row in rows)


class RemovedAnchor(models.Model):
    """An anchor that the version before this one had and this one has not, or that is no more the
    anchor of the same clause. Append-only.

    heading: the words of the heading that it was, or was under; "" for a footnote's. moved_to: the
    anchor that its clause has now, "" if that was removed; None for what was no clause.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="removed_anchors")
    anchor = models.TextField()
    heading = models.TextField(blank=True)
    moved_to = models.TextField(null=True)  # noqa: DJ001  "" means something else

    class Meta:
        db_table = "policies_departure"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "anchor"], name="departure_once")
        ]

    def __str__(self) -> str:
        return f"#{self.anchor}, removed with {self.revision}"


class KeptRedline(Record):
    """The redline of two versions, signed, so that it is computed once: see comparisons.py."""

    old = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    signed = models.TextField()

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="kept_redline_once")]


class KeptFile(Record):
    """A version as a file, signed, so that it is made once: see public/kept_files.py.

    kind: "pdf"; "docx"; "docx-7" for what changed since the revision with this key. origin: scheme
    and host of the addresses in it. content: empty while it is being made. has_failed: it could not
    be made when that was last tried.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, default="pdf", db_default="pdf")
    origin = models.CharField(max_length=300)
    begun_at = models.DateTimeField()
    seal = Digest(blank=True)
    content = models.BinaryField(default=b"")
    has_failed = models.BooleanField(default=False)

    class Meta(Record.Meta):
        db_table = "policies_keptpdf"
        constraints = [
            models.UniqueConstraint(fields=["revision", "kind", "origin"], name="kept_file_once")
        ]
