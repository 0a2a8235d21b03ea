"""What becomes of a policy file: which policy it is of, whether it is new, when it takes effect.

For `manage.py import_policies`, which reads the files with policies.text.importing. The actions in
policies.workflow do the work; whatever they can't take over from a file is reported.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Q
from django.utils.translation import gettext

from policies import languages, workflow
from policies.models import Policy, Revision
from policies.operations import file_dates, file_findings, known_texts
from policies.operations.file_findings import Ready
from policies.operations.source_lines import SourceLines
from policies.states import Kind
from policies.text import document as documents
from policies.text import importing
from policies.text.findings import Finding
from policies.text.importing import FrontMatter, Imported
from policies.text.language_detection import are_alike, detect
from policies.text.markdown.import_notes import as_lines
from policies.text.short_text import in_short
from policies.workflow import heavy_work, texts


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a file. notes: what was not kept, assumed, or differs on this site.

    refused: the notes say why the file was not imported, and what to do. found: the findings in
    what was imported that nobody has justified, of a published text also the suggestions.
    """

    summary: str
    changed: bool
    notes: tuple[str, ...] = ()
    refused: bool = False
    found: Sequence[Finding] = ()


def read_file(path: Path) -> Imported:
    """Read a file. Raises ImportRefused, also for a link to what is none, which may never end."""
    try:
        if path.is_dir():
            raise importing.ImportRefused(
                str(path), 1, f"This is a folder. Name the files in it, such as {path / '*.md'}."
            )
        if path.exists() and not path.is_file():
            raise importing.ImportRefused(str(path), 1, "This is neither a file nor a folder.")
        importing.checked_kind(str(path), path.stat().st_size)
        return importing.read(str(path), path.read_bytes(), languages=LANG_INFO)
    except OSError as error:
        raise importing.ImportRefused(
            str(path), 1, f"It can't be read: {error.strerror}."
        ) from error


def import_file(
    path: Path,
    imported: Imported,
    files: dict[tuple[str, str], Path],
    *,
    at: datetime,
    publish: bool,
    despite: str = "",
    ready: Ready | None = None,
) -> ImportOutcome:
    """Import one file in one transaction. Raises ImportRefused, and then nothing has changed.

    files: those of this run, by slug and language; this one is added. despite: why a text is
    published in which findings block that; "": it is refused (Blocked). ready: the file's text from
    `rendered_ahead`, from a caller that has a transaction open.
    """
    address = _address(imported)
    known = _policy_at(address)
    own = (known.slug, known.language) if known else address
    if own in files:
        raise importing.ImportRefused(
            str(path),
            1,
            f"{files[own]} already has the slug {own[0]} in this language. Give this file another "
            "slug: start it with the lines ---, slug: …, ---. To import two versions of one "
            "policy, run the command once for each.",
        )
    files[own] = path

    renderings = chain([ready] if ready else [], _renderings(imported, address, at=at))
    act = partial(_import, path, imported, address, at=at, publish=publish, despite=despite)
    with _refusing(path):
        return heavy_work.with_work_ahead(partial(next, renderings), act)


def rendered_ahead(path: Path, imported: Imported, *, at: datetime) -> Ready | None:
    """Render and examine a file's text for `import_file`. Raises ImportRefused.

    None if the newest version or the draft says the same: there is probably nothing to import.
    """
    with _refusing(path):
        return next(_renderings(imported, _address(imported), at=at))


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except workflow.Refused as error:
        raise importing.ImportRefused(str(path), 1, str(error)) from error


def language_of(imported: Imported) -> str:
    """Return the language of a file: as it says, else as it appears, else the site's."""
    if imported.front.language:
        return imported.front.language
    site, apparent = settings.LANGUAGE_CODE, imported.apparent_language
    if apparent in LANG_INFO and not _is_alike(apparent, site):
        return apparent
    return site


def _is_alike(language: str, other: str) -> bool:
    return are_alike(languages.primary(language), languages.primary(other))


def _address(imported: Imported) -> tuple[str, str]:
    """Return the slug and language of a file's policy.

    A text that this site already has in its own language, though it is in another, stays there.
    """
    slug, language = imported.front.slug, language_of(imported)
    site = (slug, settings.LANGUAGE_CODE)
    if not imported.front.language and (known := _policy_at(site)):
        digest = documents.digest(imported.document)
        for revision in (known.revisions.newest(), known.revisions.open().first()):
            if revision and digest == revision.digest:
                return site
            found = detect(importing.as_text(revision.document())) if revision else None
            if found and _is_alike(found, language):
                return site
    return slug, language


_FEW_WORDS = 20  # a shorter text shows no language, and needs no note on that


def _language_note(imported: Imported, policy: Policy) -> list[str]:
    """Return a note if nothing states the language, unless the words are in that of the site."""
    apparent = imported.apparent_language
    if imported.front.language or (apparent and _is_alike(apparent, settings.LANGUAGE_CODE)):
        return []
    if not apparent and len(importing.as_text(imported.document).split()) < _FEW_WORDS:
        return []
    shown = f"is in {apparent}, and" if apparent else "is in none, or several, that are known, so"
    return [
        f"the file names no language. Its text {shown} the policy in {policy.language}. "
        "If that is wrong, discard the draft, make the policy at the desk in the right language, "
        "and upload the file there"
    ]


def _renderings(
    imported: Imported, address: tuple[str, str], *, at: datetime
) -> Iterator[Ready | None]:
    """Yield what `rendered_ahead` returns; from then on, a rendering in any case."""
    document, known = imported.document, _policy_at(address)
    newest = [known.revisions.newest(), known.revisions.open().first()] if known else []
    digest = documents.digest(document)
    if document.is_blank or any(revision and revision.digest == digest for revision in newest):
        yield None
    policy = known or Policy(language=address[1], translation_of=_source(imported.front, address))
    while True:
        ready = texts.prepare(document, policy)
        yield file_findings.examined(ready, policy, at=at)


def _import(
    path: Path,
    imported: Imported,
    address: tuple[str, str],
    ready: Ready | None,
    *,
    at: datetime,
    publish: bool,
    despite: str,
) -> ImportOutcome:
    if imported.document.is_blank:
        raise workflow.Incomplete(
            "The file has no text besides headings, or none that a reader would see. Look for a "
            "tag, a comment or a quotation mark that is not closed."
        )
    policy, notes = _policy(imported, address, at=at)
    dated = file_dates.with_stated_dates(imported, policy, at=at)
    digest = documents.digest(imported.document)
    newest, draft = policy.revisions.newest(), policy.revisions.open().first()
    front = file_dates.as_rescheduled(dated.front, newest)
    is_new = draft is None or draft.digest != digest
    if known := known_texts.find_known_text(policy, front, digest, name=path.name, publish=publish):
        if draft and is_new and known.version.digest == digest:
            is_old = "has another text and was left unchanged: discard it if it is old"
            notes.append(f"{draft}, {is_old}")
        notes += known.remarks
        return ImportOutcome(f"unchanged, {known.version}", False, tuple(notes), known.refused)
    if not (is_new or publish):
        return ImportOutcome(f"unchanged, {draft}", changed=False, notes=tuple(notes))
    if publish and dated.unclear:
        lines = SourceLines(path.read_bytes().decode("utf-8", "replace"), imported.document)
        raise importing.ImportRefused(str(path), lines.line_with(dated.unclear), dated.note)
    if ready is None:
        raise heavy_work.Outdated
    texts.require_up_to_date(ready.text, imported.document, policy)
    reason = file_findings.reason_to_publish(path, ready, despite) if publish else ""
    if draft is None or is_new:
        draft = workflow.import_draft(policy.pk, ready.text, by=None, at=at, file=path.name)
    notes += [dated.note] if dated.note else []
    notes += _record_source_version(draft, front, at=at)
    lost = [
        *imported.notes,
        *importing.not_shown(draft.rendering.removed, path.name, path.read_bytes()),
    ]
    notes = [*as_lines(lost), *_language_note(imported, policy), *notes]
    if not publish:
        return ImportOutcome(f"{draft}", changed=True, notes=tuple(notes), found=ready.open)
    version = _publish(draft, front, reason, ready.text, at=at)
    notes += _assumptions(version, newest, front, at=at)
    found = ready.open_and_suggestions
    return ImportOutcome(f"published as {version}", changed=True, notes=tuple(notes), found=found)


def _assumptions(
    version: Revision, newest: Revision | None, front: FrontMatter, *, at: datetime
) -> Iterator[str]:
    """Yield what was assumed when a version was published, since its file doesn't give it.

    newest: the version before it.
    """
    if newest and not front.change_note:
        yield "the file has no change_note, so readers don't learn what changed"
    if version.kind == Kind.EDITORIAL and not front.kind:
        yield (
            "its last_updated is unchanged, so this is an editorial change: readers see the same "
            "date, and apps ask nobody to accept it again. If that is wrong, give a later "
            "last_updated or kind: material next time"
        )
    if version.source_version and not (front.renders or front.renders_digest):
        shown = version.source_version
        yield f"the file has no renders, so readers are shown that it translates {shown}"
    given = front.effective or front.last_updated
    if newest and version.effective_at == at and file_dates.is_past(given, newest, at=at):
        yield f"it takes effect now, since until now readers were shown {newest}"


def _policy_at(address: tuple[str, str]) -> Policy | None:
    """Return the policy that has or ever had this address: a file may name the one before a
    renaming.
    """
    slug, language = address
    return Policy.objects.filter(addresses__slug=slug, addresses__language=language).first()


def _policy(
    imported: Imported, address: tuple[str, str], *, at: datetime
) -> tuple[Policy, list[str]]:
    """Return the file's policy, made if there is none, and notes on where it differs from the file.

    It and its source are locked, as by an action, before the first of several actions records
    anything.
    """
    slug, language = address
    known = _policy_at(address)
    if known:
        both = Q(pk=known.pk) | Q(pk=known.translation_of_id)
        list(Policy.objects.select_for_update().filter(both).order_by("pk"))
        return known, _differences(known, imported, address)
    source = _source(imported.front, address)
    name, notes = _policy_name(imported.front)
    policy = workflow.create_policy(
        slug=slug,
        language=language,
        name=name,
        translation_of_id=source.pk if source else None,
        by=None,
        at=at,
    )
    return policy, notes


def _differences(policy: Policy, imported: Imported, address: tuple[str, str]) -> list[str]:
    """Return where a file and its policy on this site differ, which an import doesn't change."""
    notes = []
    named, _ = _policy_name(imported.front)
    if named not in (policy.name, imported.document.title):
        notes.append(
            f"the policy is named “{policy.name}” on this site and “{named}” in the file: rename "
            "it at the desk, or correct the file"
        )
    if imported.front.translation_of and _source(imported.front, address) != policy.translation_of:
        notes.append(
            f"the file gives translation_of: {imported.front.translation_of}, which is not so on "
            "this site: set it at the desk, or correct the file"
        )
    return notes


def _policy_name(front: FrontMatter) -> tuple[str, list[str]]:
    """Return what the policy is called, with a note if that had to be shortened.

    It is the title where the file gives no name, and a title may be longer.
    """
    most = Policy._meta.get_field("name").max_length or 0
    if len(front.name) <= most:
        return front.name, []
    note = f"the policy's name was shortened from {len(front.name)} to {most} characters"
    return in_short(front.name, most), [note]


def _source(front: FrontMatter, address: tuple[str, str]) -> Policy | None:
    """Return the policy that a file is a translation of. Raises Incomplete if it is not there.

    A slug alone means the policy in the site's language, or else the only one that has it and is no
    translation itself. A file that only has the name of a translation (privacy.de.md) need not be
    one.
    """
    if not front.translation_of:
        return None
    language, _, slug = front.translation_of.rpartition("/")
    candidates = Policy.objects.filter(addresses__slug=slug)
    if slug == address[0]:
        candidates = candidates.exclude(language=address[1])
    source = candidates.filter(language=language or settings.LANGUAGE_CODE).first()
    others = [] if source or language else list(candidates.filter(translation_of=None)[:2])
    if len(others) == 1:
        return others[0]
    if source is None and front.names_source:
        choices = " or ".join(f"{policy.language}/{slug}" for policy in others)
        raise workflow.Incomplete(
            f"translation_of: {front.translation_of} could mean several policies. Write {choices}."
            if others
            else f"translation_of: there is no policy {front.translation_of} yet. Import it first. "
            "If its language is not the site's, write it as in de/privacy."
        )
    return source


def _record_source_version(draft: Revision, front: FrontMatter, *, at: datetime) -> list[str]:
    """Record which version a translation was made from; return a note if that is not known."""
    source = draft.policy.translation_of
    if not (front.renders or front.renders_digest):
        return []
    if source is None:
        return ["the file has renders, but its policy is not a translation on this site"]
    number = known_texts.source_number(source, front)
    workflow.set_source_version(draft.pk, by=None, at=at, number=number)
    if number:
        return []
    return [f"the version of {source.label} in renders is not on this site, so it was not recorded"]


def _publish(
    draft: Revision, front: FrontMatter, reason: str, ready: texts.Prepared, *, at: datetime
) -> Revision:
    """Publish with the dates that the file gives. A changed text under an unchanged date is an
    editorial change.
    """
    newest = draft.policy.revisions.newest()
    with languages.page_in(draft.policy.language):
        no_note = gettext("This version was imported without a note of what changed.")
    same_date = newest is not None and newest.last_updated_on == front.last_updated
    return workflow.publish_import(
        draft.pk,
        by=None,
        at=at,
        reason=reason,
        effective_at=file_dates.takes_effect_at(draft.policy, newest, front, at=at),
        last_updated_on=front.last_updated,
        kind=Kind(front.kind or (Kind.EDITORIAL if same_date else Kind.MATERIAL)),
        change_note=front.change_note or (no_note if newest else ""),
        ready=ready,
    )
