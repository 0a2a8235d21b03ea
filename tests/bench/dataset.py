"""Makes policies with thousands of versions in bulk. Import this after site.set_up().

    python -m tests.bench.dataset FILE [POLICIES VERSIONS]    (1000 × 500 if not named)

Rows are inserted with the triggers lifted, as the workflow would have written them: `manage.py
verify` finds the site sound. The text is rendered once; in each version one word differs.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench import site

if __name__ == "__main__":
    site.set_up(Path(sys.argv[1]).resolve())

from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import chains
from policies.ledger.actor_names import name_of
from policies.models import AuditEvent, LedgerEntry, Policy, Rendering, Revision, Section
from policies.models.derived import rendering_values
from policies.text import document as documents
from policies.text import findings, rendering
from policies.text.document import Document
from policies.text.findings import Level

START = datetime(2000, 1, 1, tzinfo=UTC)
MARK = "Versionmark"
BATCH = 500
SHORT = Document(
    "A short policy",
    f"This is {MARK}.",
    (
        documents.Section("Scope", "scope", "It is about what we do, and about nothing else."),
        documents.Section("Contact", "contact", "Write to <privacy@example.com>."),
    ),
)


def seed():
    """Return a text of the seed's size that can be published, with one word to change.

    Sections with drafting notes get the body of one without.
    """
    text = documents.parse(site.SEED.read_text(encoding="utf-8"))
    found = findings.examine(text)
    noted = {it.anchor for it in found if it.level != Level.ADVICE}
    spare = next(it.body for it in text.sections if it.anchor not in noted and len(it.body) > 500)
    sections = tuple(
        documents.Section(it.heading, it.anchor, spare) if it.anchor in noted else it
        for it in text.sections
    )
    return Document(text.title, f"{text.introduction}\n\nThis is {MARK}.", sections)


def make_policy(slug, *, versions, marked):
    """Make a policy with so many versions, a day apart. marked: its text, with MARK once in it."""
    workflow.create_policy(slug=slug, name=slug, by=None, at=START)
    policy = Policy.objects.get(slug=slug)
    rendered = rendering.render(documents.body(marked))
    with triggers.lifted(connection):
        for first in range(1, versions + 1, BATCH):
            _insert(policy, marked, rendered, range(first, min(first + BATCH, versions + 1)))
    return policy


def make_policies(policies, *, versions, marked=SHORT):
    """Make this many policies, called policy-1, policy-2 …, with this many versions each."""
    with triggers.lifted(connection):
        for number in range(1, policies + 1):
            make_policy(f"policy-{number}", versions=versions, marked=marked)


def _insert(policy, marked, rendered, numbers):
    revisions = Revision.objects.bulk_create(_revision(policy, marked, it) for it in numbers)
    sections = Section.objects.bulk_create(
        Section(
            revision=revision,
            position=position,
            heading=section.heading,
            anchor=section.anchor,
            body=section.body,
        )
        for revision in revisions
        for position, section in enumerate(marked.sections, start=1)
    )
    values = rendering_values(rendered)
    Rendering.objects.bulk_create(
        Rendering(
            **{**values, "html": values["html"].replace(MARK, f"version{revision.number}")},
            revision=revision,
        )
        for revision in revisions
    )
    entries, acts = _Chain(LedgerEntry), _Chain(AuditEvent)
    each = len(marked.sections)
    for index, revision in enumerate(revisions):
        at = revision.published_at or START
        # The rows that the private digest covers, so that it needs no queries.
        rows = {"sections": sections[index * each : (index + 1) * each]}
        vars(revision)["_prefetched_objects_cache"] = {**rows, "contributions": [], "comments": []}
        entries.add(ledger.publication_entry(revision, at=at))
        acts.add(
            AuditEvent(
                action="publish_import",
                done_at=at,
                actor=name_of(None),
                policy=policy,
                revision=revision,
                reason=revision.basis_reason,
                document_digest=revision.digest,
            )
        )
    entries.insert()
    acts.insert()


def _revision(policy, marked, number):
    introduction = marked.introduction.replace(MARK, f"version{number}")
    moment = START + timedelta(days=number)
    return Revision(
        policy=policy,
        status="published",
        title=marked.title,
        introduction=introduction,
        digest=documents.digest(Document(marked.title, introduction, marked.sections)),
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


class _Chain:
    """Continues a chain with entries that are linked in memory and inserted together."""

    def __init__(self, model):
        self.model = model
        self.entries = []
        last = model._default_manager.order_by("-sequence").first()
        self.sequence, self.digest = (last.sequence, last.digest) if last else (0, "")

    def add(self, entry):
        self.sequence += 1
        entry.sequence, entry.previous_digest = self.sequence, self.digest
        entry.digest = self.digest = chains.entry_digest(entry)
        self.entries.append(entry)

    def insert(self):
        self.model._default_manager.bulk_create(self.entries)


if __name__ == "__main__":
    policies, versions = [int(it) for it in sys.argv[2:4]] or [1000, 500]
    make_policies(policies, versions=versions)
    print(f"{policies} policies × {versions} versions are in {sys.argv[1]}.")
