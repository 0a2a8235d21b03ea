"""How a draft's text is stored: the revision's columns, its sections, its HTML, its authors.

Called by workflow.py, under its locks, and by `manage.py rerender`. Nothing here asks whether one
may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from . import documents, ledger, rendering, triggers
from .models import Contribution, Rendering, Revision, Section, rendering_values

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from .documents import Document
    from .models import Policy
    from .rendering import Rendered


def insert(
    policy: Policy,
    document: Document,
    rendered: Rendered,
    *,
    by: User | None,
    at: datetime,
    based_on: Revision | None,
) -> Revision:
    """Insert a draft with its text. `by` becomes its first author."""
    revision = Revision.objects.create(
        policy=policy,
        based_on=based_on,
        title=document.title,
        digest=documents.digest(document),
        created_at=at,
        created_by=by,
        saved_at=at,
        saved_by=by,
    )
    replace(revision, document, rendered, by=by, at=at)
    return revision


def replace(
    revision: Revision, document: Document, rendered: Rendered, *, by: User | None, at: datetime
) -> None:
    """Replace a draft's text and the HTML that was made of it. `by` becomes one of its authors."""
    revision.title, revision.introduction = document.title, document.introduction
    revision.digest = documents.digest(document)
    revision.saves += 1
    revision.saved_at, revision.saved_by = at, by
    revision.save(
        update_fields=["title", "introduction", "digest", "saves", "saved_at", "saved_by"]
    )
    revision.sections.all().delete()
    Section.objects.bulk_create(
        Section(
            revision=revision,
            position=position,
            heading=section.heading,
            anchor=section.anchor,
            body=section.body,
        )
        for position, section in enumerate(document.sections, start=1)
    )
    values = rendering_values(rendered)
    if not Rendering.objects.filter(revision=revision).update(**values):
        Rendering.objects.create(revision=revision, **values)
    if by and not revision.contributions.filter(contributed_by=by).exists():
        Contribution.objects.create(revision=revision, contributed_at=at, contributed_by=by)


def render_again(revision: Revision, *, at: datetime) -> str:
    """Make a revision's stored HTML anew from its text; return the old HTML if that changed it.

    For `manage.py rerender`: the one way in which the HTML of a published version may change,
    recorded in the audit. Returns "" when nothing changed. Raises DocumentError, RenderingRefused.
    """
    rendered = rendering.render(documents.body(revision.document()))
    values = rendering_values(rendered)
    stored = Rendering.objects.filter(revision=revision).first()
    if stored and stored.values == values:
        return ""
    with triggers.lifted(connection, only=triggers.RENDERING_WALL):
        Rendering.objects.update_or_create(revision=revision, defaults=values)
        ledger.record_act("rerender", by=None, at=at, policy=revision.policy, revision=revision)
    return (stored.html if stored else "") or "(none)"
