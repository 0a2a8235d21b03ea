"""A site of any size to measure on, in a temporary SQLite file."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.models import Policy

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = ROOT / "content" / "privacy.md"
START = datetime(2000, 1, 1, tzinfo=UTC)
_MARK = "Versionmark"


def set_up() -> None:
    """Load Django on an empty database of this process's own."""
    folder = tempfile.mkdtemp(prefix="policies-bench-")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "softphonez_site.settings",
        "SECRET_KEY": "for-benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "localhost",
        "HTTPS": "off",
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_policy(slug: str, *, versions: int) -> Policy:
    """Make a policy with so many versions of the seed's text, a day apart, each with another word.

    Rows are inserted in bulk, past the triggers, with what the workflow would have written: the
    site is sound (`manage.py verify`). Rendered once: in each version one word differs.
    """
    from django.db import connection

    from policies import documents, ledger, rendering, triggers, workflow
    from policies.models import Policy, Rendering, Revision, Section, contents_as_json

    workflow.create_policy(slug=slug, name=slug, by=None, at=START)
    policy = Policy.objects.get(slug=slug)
    seed = documents.parse(SEED.read_text(encoding="utf-8"))
    marked = f"{seed.introduction}\n\nThis is {_MARK}."
    rendered = rendering.render(
        documents.body(documents.Document(seed.title, marked, seed.sections))
    )
    contents = contents_as_json(rendered.contents)
    with triggers.lifted(connection):
        revisions = []
        for number in range(1, versions + 1):
            text = documents.Document(
                seed.title, marked.replace(_MARK, f"version{number}"), seed.sections
            )
            moment = START + timedelta(days=number)
            revisions.append(
                Revision(
                    policy=policy,
                    status="published",
                    title=text.title,
                    introduction=text.introduction,
                    digest=documents.digest(text),
                    saves=1,
                    created_at=moment,
                    saved_at=moment,
                    number=number,
                    kind="material",
                    change_note="Another word.",
                    effective_at=moment,
                    last_updated_on=moment.date(),
                    published_at=moment,
                    basis="import",
                    basis_reason="For a benchmark.",
                )
            )
        Revision.objects.bulk_create(revisions, batch_size=500)
        Section.objects.bulk_create(
            (
                Section(
                    revision=revision,
                    position=position,
                    heading=section.heading,
                    anchor=section.anchor,
                    body=section.body,
                )
                for revision in revisions
                for position, section in enumerate(seed.sections, start=1)
            ),
            batch_size=2000,
        )
        Rendering.objects.bulk_create(
            (
                Rendering(
                    revision=revision,
                    html=rendered.html.replace(_MARK, f"version{revision.number}"),
                    contents=contents,
                )
                for revision in revisions
            ),
            batch_size=500,
        )
        for revision in revisions:
            at = revision.published_at or START
            ledger.record_publication(revision, at=at)
            ledger.record_act(
                "publish_import",
                by=None,
                at=at,
                policy=policy,
                revision=revision,
                reason=revision.basis_reason,
            )
    return policy
