"""How a draft's text is stored: the revision's columns, its sections, its HTML, its authors.

Called by the actions, under their locks, and by `manage.py rerender`. Nothing here checks
permissions.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from django.contrib.auth.models import User
from django.db import connection, transaction

from policies import child_process, ledger
from policies.cache import OF_TEXTS
from policies.database import triggers
from policies.models import Contribution, Policy, Rendering, Revision, Section, participants
from policies.models.derived import rendering_values
from policies.models.review import was_approved
from policies.states import Status
from policies.text import document as documents
from policies.text import findings, rendering
from policies.text.document import Document
from policies.text.markdown.limits import check_lines
from policies.text.markdown.outline import MAX_TITLE
from policies.workflow import open_findings
from policies.workflow.heavy_work import Outdated, done_now
from policies.workflow.refusals import Incomplete


@dataclass(frozen=True)
class Prepared:
    """A text with all that is stored beside it.

    source: the headings of its source, against which it was examined.
    """

    document: Document
    digest: str
    values: dict[str, Any]
    source: frozenset[str]


# What came of rendering a text ahead: nothing, if it is no draft's.
Ahead: TypeAlias = Prepared | Incomplete | None


def prepare(document: Document, policy: Policy | None) -> Prepared:
    """Render and examine a text: a long one takes a second, so never in a transaction.

    policy: whose text it is; a translation is examined against its source. None: not known.
    Raises Incomplete (rendering refuses it, or the title is too long to be kept), NotNow.
    """
    source = open_findings.headings_of_source(policy) if policy else frozenset[str]()
    language, body = policy.language if policy else "en", documents.body(document)
    # It is often submitted right after it was saved.
    make = partial(_prepared, document, body, source, language)
    return OF_TEXTS.get(("prepared", document, source, language), len(body), make)


def _prepared(document: Document, body: str, source: frozenset[str], language: str) -> Prepared:
    if len(document.title) > MAX_TITLE:
        raise Incomplete(
            f"The title has {len(document.title)} characters. Shorten it to {MAX_TITLE} or fewer."
        )
    work = partial(
        child_process.run,
        findings.render_and_examine,
        document,
        source=source,
        language=language,
        dated=True,
        length=len(body),
    )
    try:
        check_lines(body)
        rendered, examined = done_now(work)
    except rendering.RenderingRefused as error:
        raise Incomplete(str(error)) from error
    values = {**rendering_values(rendered), "findings": open_findings.count_by_level(examined)}
    return Prepared(document, documents.digest(document), values, source)


def insert(
    policy: Policy,
    text: Prepared,
    *,
    by: User | None,
    at: datetime,
    based_on: Revision | None,
    source_version: Revision | None,
) -> Revision:
    """Insert a draft with its text. `by` becomes its first author."""
    revision = Revision.objects.create(
        policy=policy,
        based_on=based_on,
        source_version=source_version,
        saves=1,
        created_at=at,
        created_by=by,
        **_columns(text, by=by, at=at),
    )
    _store_parts(revision, text, by=by, at=at)
    return revision


def replace(revision: Revision, text: Prepared, *, by: User | None, at: datetime) -> None:
    """Replace a draft's text and the HTML that was made of it. `by` becomes one of its authors."""
    columns = {**_columns(text, by=by, at=at), "saves": revision.saves + 1}
    for column, value in columns.items():
        setattr(revision, column, value)
    revision.save(update_fields=list(columns))
    revision.sections.all().delete()
    _store_parts(revision, text, by=by, at=at)


def _columns(text: Prepared, *, by: User | None, at: datetime) -> dict[str, Any]:
    """Return what a draft's own row has of its text, and of who saved it."""
    return {
        "title": text.document.title,
        "introduction": text.document.introduction,
        "clauses": text.document.clauses or None,
        "numbering": text.document.numbering or None,
        "digest": text.digest,
        "saved_at": at,
        "saved_by": by,
    }


def _store_parts(revision: Revision, text: Prepared, *, by: User | None, at: datetime) -> None:
    """Store the sections, of which none may be there (any more), the HTML and the author."""
    Section.objects.bulk_create(
        Section(
            revision=revision,
            position=position,
            heading=section.heading,
            anchor=section.anchor,
            body=section.body,
        )
        for position, section in enumerate(text.document.sections, start=1)
    )
    if not Rendering.objects.filter(revision=revision).update(**text.values):
        Rendering.objects.create(revision=revision, **text.values)
    if by:
        add_author(revision, by.pk, at=at)


def add_author(revision: Revision, user_id: int, *, at: datetime) -> None:
    """Make somebody one of the authors, who may not approve the revision.

    user_id: as history names people, whose account may be gone.
    """
    if not revision.contributions.filter(contributed_by=user_id).exists():
        Contribution.objects.create(revision=revision, contributed_at=at, contributed_by_id=user_id)


def add_authors_of_base(revision: Revision, *, by: User, at: datetime) -> None:
    """Count the authors of a text that nobody has approved as authors of the draft that is based on
    it, too: the rules of the database know authors by these rows alone. by: its author so far.
    """
    authors = participants(revision)
    source = revision.source_version
    if source and not revision.based_on and not was_approved(source, at=at):
        authors |= participants(source)  # its first text is the headings of its source
    Contribution.objects.bulk_create(
        Contribution(revision=revision, contributed_at=at, contributed_by_id=person)
        for person in sorted(authors - {by.pk})
    )


def rendered_ahead(revision_id: int) -> Ahead:
    """Render what a draft says now, before anything is locked: a long text takes a second.

    Returns the refusal if it can't be rendered; None if it is no draft, or its text no valid
    document: the action refuses that itself. Raises NotNow.
    """
    drafts = Revision.objects.select_related("policy").filter(status=Status.DRAFT)
    revision = drafts.filter(pk=revision_id).first()
    try:
        return prepare(revision.document(), revision.policy) if revision else None
    except documents.DocumentError:
        return None
    except Incomplete as refusal:
        return refusal


def render_for_good(revision: Revision, ready: Ahead) -> None:
    """Render a draft's text anew as it leaves that state, whatever HTML is stored beside it.

    Reviewers read the text, readers the HTML, and from here on neither changes any more.
    ready: its text rendered ahead. Raises Incomplete, Outdated (that was another text, or none).
    """
    if revision.status != Status.DRAFT:
        return
    if isinstance(ready, Incomplete):
        raise ready
    if ready is None:
        raise Outdated
    require_up_to_date(ready, revision.document(), revision.policy)
    if not _is_stored(revision, ready.values):
        Rendering.objects.update_or_create(revision=revision, defaults=ready.values)


def require_up_to_date(ready: Prepared, document: Document, policy: Policy) -> None:
    """Raise Outdated unless this is what was prepared. In a transaction that has locked both."""
    if ready.document != document or ready.source != open_findings.headings_of_source(policy):
        raise Outdated


def render_again(revision: Revision, *, at: datetime) -> str:
    """Make a revision's stored HTML anew from its text; return the old HTML, "" if it is the same.

    For `manage.py rerender`: the one way in which the HTML of a published version may change,
    recorded in the audit. A draft that was saved since `revision` was read is read anew. Returns
    "(none)" if no HTML was stored. Raises DocumentError, Incomplete.
    """
    while True:
        values = prepare(revision.document(), revision.policy).values
        if _is_stored(revision, values):
            return ""
        with transaction.atomic():
            # So that nobody saves meanwhile.
            Policy.objects.select_for_update().get(pk=revision.policy_id)
            now = Revision.objects.select_related("policy").get(pk=revision.pk)
            if now.saves == revision.saves:
                return _store_again(now, values, at=at)
        revision = now


def _is_stored(revision: Revision, values: dict[str, Any]) -> bool:
    stored = Rendering.objects.filter(revision=revision).first()
    return stored is not None and {**stored.values, "findings": stored.findings} == values


def _store_again(revision: Revision, values: dict[str, Any], *, at: datetime) -> str:
    """Replace what is stored by what was rendered; return as render_again does."""
    stored = Rendering.objects.filter(revision=revision).first()
    same = stored is not None and stored.values == {name: values[name] for name in stored.values}
    with triggers.lifted(connection, only=triggers.RENDERING_RULES):
        Rendering.objects.update_or_create(revision=revision, defaults=values)
        if same:
            return ""  # only the count of findings is another
        ledger.record_act("rerender", revision, by=None, at=at)
    return (stored.html if stored else "") or "(none)"
