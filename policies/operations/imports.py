"""What becomes of an imported file: which policy it is of, whether it is new, when it takes effect.

For `manage.py import_policies`. The actions do the work; whatever they do not take over from a file
is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from policies import languages, workflow
from policies.models import Policy
from policies.states import Kind, Status
from policies.text import document as documents
from policies.text import importing
from policies.text.short_text import in_short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policies.models import Revision
    from policies.text.markdown.import_notes import ImportNote


@dataclass(frozen=True)
class Done:
    """What became of a file. notes: what could not be kept as it was, or differs on this site."""

    outcome: str
    changed: bool
    notes: tuple[ImportNote | str, ...] = ()


def take(
    path: Path,
    imported: importing.Imported,
    taken: dict[tuple[str, str], Path],
    *,
    at: datetime,
    publish: bool,
) -> Done:
    """Import one file in one transaction. Raises ImportRefused, and then nothing has changed.

    taken: the files of this run, by slug and language.
    """
    address = (imported.front.slug, imported.front.language or settings.LANGUAGE_CODE)
    known = _known(address)
    own = (known.slug, known.language) if known else address
    if own in taken:
        raise importing.ImportRefused(
            str(path),
            1,
            f"{taken[own]} has the slug {own[0]} in this language already. Give this file "
            "its own: begin it with the lines ---, slug: …, ---. An older or newer text of the "
            "same policy is imported in a run of its own.",
        )
    taken[own] = path
    try:
        with transaction.atomic():
            return _store(imported, address, path.name, at=at, publish=publish)
    except workflow.Refused as error:
        raise importing.ImportRefused(str(path), 1, str(error)) from error


def _store(
    imported: importing.Imported,
    address: tuple[str, str],
    name: str,
    *,
    at: datetime,
    publish: bool,
) -> Done:
    if imported.document.is_blank:
        raise workflow.Incomplete(
            "It has no text beside headings, or none that a reader would see. Look for a tag, a "
            "comment or a quotation mark in it that is not closed."
        )
    policy, told = _policy(imported, address, at=at)
    digest = documents.digest(imported.document)
    newest, draft = policy.revisions.newest(), policy.revisions.open().first()
    is_new = draft is None or draft.digest != digest
    if answer := _said_already(policy, imported.front, digest):
        version, why = answer
        if draft and is_new and version.digest == digest:
            why += [f"{draft}, says something else, and is left as it is: discard it if it is old"]
        return Done(f"unchanged, {version}", changed=False, notes=(*told, *why))
    if not (is_new or publish):
        return Done(f"unchanged, {draft}", changed=False, notes=tuple(told))
    if draft is None or is_new:
        draft = workflow.import_draft(policy.pk, imported.document, by=None, at=at, file=name)
    told += _say_what_it_renders(draft, imported.front, at=at)
    notes: tuple[ImportNote | str, ...] = (*imported.notes, *draft.rendering.removed, *told)
    if not publish:
        return Done(f"{draft}", changed=True, notes=notes)
    version = _publish(draft, imported.front, name, at=at)
    notes += tuple(_assumptions(version, newest, imported.front, at=at))
    return Done(f"published as {version}", changed=True, notes=notes)


def _assumptions(
    version: Revision, newest: Revision | None, front: importing.FrontMatter, *, at: datetime
) -> Iterator[str]:
    """Yield what was assumed when a version was published, since its file does not say it.

    newest: the version before it.
    """
    if newest and not front.change_note:
        yield "it has no change_note, so readers are not told what changed"
    if version.kind == Kind.EDITORIAL and not front.kind:
        yield (
            "its last_updated is unchanged, so this is an editorial change: readers see that "
            "date, and apps ask nobody again. Write a later one, or kind: material"
        )
    if version.source_version and not (front.renders or front.renders_digest):
        shown = version.source_version
        yield f"the file has no renders, so readers are told that it renders {shown}"
    given = front.effective or front.last_updated
    if newest and version.effective_at == at and _is_past(given, newest, at=at):
        yield f"it takes effect now: until now readers were shown {newest}"


def _said_already(
    policy: Policy, front: importing.FrontMatter, digest: str
) -> tuple[Revision, list[str]] | None:
    """Return the version that makes a file with this text redundant, with remarks; None if the file
    brings something new.

    Either the newest version has the same text. Or the file is out of date: an older version had
    the text, or one that was withdrawn, and no date in the file is later than the newest's or, if
    the withdrawn one was the last with this text, than that one's.
    """
    newest = policy.revisions.newest()
    if newest and newest.digest == digest and not _renders_another(newest, front):
        return newest, _unused_date(front, newest)
    saying_it = policy.revisions.numbered().filter(digest=digest).order_by("-number")
    last = saying_it.first()
    if last and last.status == Status.WITHDRAWN:
        why = "said this, and was withdrawn. Give the file a later date if it is to be published"
        return None if _is_later(front, last) else (last, [f"{last} {why}"])
    versions = policy.revisions.published()
    if newest and versions.filter(digest=digest).exclude(pk=newest.pk).exists():
        why = f"it says what an older version said, so {newest} is left as it is"
        return None if _is_later(front, newest) else (newest, [why])
    return None


def _unused_date(front: importing.FrontMatter, newest: Revision) -> list[str]:
    given, kept = front.last_updated, newest.last_updated_on
    if not (given and kept and given > kept):
        return []
    return [
        f"its last_updated is {given}, but the text is that of {newest}, of {kept}: that date stays"
    ]


def _is_later(front: importing.FrontMatter, version: Revision) -> bool:
    """Return whether a file has a later date than a version."""
    updated: Any = version.last_updated_on  # it has a number, so it has both
    effect: Any = version.effective_at
    moment = _moment(front.effective, version.policy) if front.effective else effect
    return bool(moment > effect or (front.last_updated or updated) > updated)


def _is_past(given: date | datetime | None, newest: Revision, *, at: datetime) -> bool:
    """Return whether a file names a past day of effect that is not the newest version's."""
    if given is None or _moment(given, newest.policy) == newest.effective_at:
        return False
    policy = newest.policy
    return policy.day_of(_moment(given, policy)) < policy.day_of(at)


def _known(address: tuple[str, str]) -> Policy | None:
    """Return the policy that has or ever had this address: a file may name the one before a
    renaming.
    """
    slug, language = address
    return Policy.objects.filter(addresses__slug=slug, addresses__language=language).first()


def _policy(
    imported: importing.Imported, address: tuple[str, str], *, at: datetime
) -> tuple[Policy, list[str]]:
    """Return the file's policy, made if there is none, and notes on where it differs from the file.

    It and its source are locked, as by an action, before the first of several actions records
    anything.
    """
    slug, language = address
    known = _known(address)
    if known:
        both = Q(pk=known.pk) | Q(pk=known.translation_of_id)
        list(Policy.objects.select_for_update().filter(both).order_by("pk"))
        return known, _differences(known, imported, address)
    source = _source(imported.front, address)
    name, told = _name(imported.front)
    policy = workflow.create_policy(
        slug=slug,
        language=language,
        name=name,
        translation_of_id=source.pk if source else None,
        by=None,
        at=at,
    )
    return policy, told


def _differences(
    policy: Policy, imported: importing.Imported, address: tuple[str, str]
) -> list[str]:
    """Return what a file says of its policy that is not so, and that an import does not change."""
    notes = []
    named, _ = _name(imported.front)
    if named not in (policy.name, imported.document.title):
        notes.append(
            f"its name is “{policy.name}” here, and “{named}” in the file: rename it at the desk, "
            "or mend the file"
        )
    if imported.front.translation_of and _source(imported.front, address) != policy.translation_of:
        notes.append(
            f"the file says that it is a translation of {imported.front.translation_of}, which it "
            "is not here: say so at the desk, or mend the file"
        )
    return notes


def _name(front: importing.FrontMatter) -> tuple[str, list[str]]:
    """Return what the policy is called, with a note if that had to be shortened.

    It is the title where the file gives no name, and a title may be longer.
    """
    most = Policy._meta.get_field("name").max_length or 0
    if len(front.name) <= most:
        return front.name, []
    told = f"the policy's name has {len(front.name)} characters, and was shortened to {most}"
    return in_short(front.name, most), [told]


def _source(front: importing.FrontMatter, address: tuple[str, str]) -> Policy | None:
    """Return the policy that a file is a translation of. Raises Incomplete if it is not there.

    A slug alone means the policy in the site's language, or else the only one that has it and is no
    translation itself. A file that only has the name of a translation (privacy.de.md) may
    stand alone.
    """
    if not front.translation_of:
        return None
    language, _, slug = front.translation_of.rpartition("/")
    there = Policy.objects.filter(addresses__slug=slug)
    if slug == address[0]:
        there = there.exclude(language=address[1])
    source = there.filter(language=language or settings.LANGUAGE_CODE).first()
    others = [] if source or language else list(there.filter(translation_of=None)[:2])
    if len(others) == 1:
        return others[0]
    if source is None and front.names_source:
        choices = " or ".join(f"{it.language}/{slug}" for it in others)
        raise workflow.Incomplete(
            f"It is a translation of {front.translation_of}: say which, as in {choices}."
            if others
            else f"It is a translation of {front.translation_of}, which is not there: import that "
            "first. (A source in another language than the site's is written like de/privacy.)"
        )
    return source


def _say_what_it_renders(
    draft: Revision, front: importing.FrontMatter, *, at: datetime
) -> list[str]:
    """Record which version a translation renders; return a note where that can't be told."""
    source = draft.policy.translation_of
    if not (front.renders or front.renders_digest):
        return []
    if source is None:
        return ["it says what it renders, but its policy is no translation here"]
    number = _number_rendered(source, front)
    workflow.set_source_version(draft.pk, by=None, at=at, number=number)
    if number:
        return []
    return [f"the version of {source.label} that it renders is not here, so that is not recorded"]


def _number_rendered(source: Policy, front: importing.FrontMatter) -> int | None:
    """Return the number of the version of its source that a file renders; None where that is not
    known. A digest is surer than a number, which may be another version's on another site.
    """
    if not front.renders_digest:
        return front.renders
    versions = source.revisions.published().filter(digest=front.renders_digest)
    return versions.order_by("-number").values_list("number", flat=True).first()


def _renders_another(newest: Revision, front: importing.FrontMatter) -> bool:
    """Return whether a file says that the newest version's text now renders another version."""
    source = newest.policy.translation_of
    number = _number_rendered(source, front) if source else None
    return number is not None and number != (
        newest.source_version.number if newest.source_version else None
    )


def _publish(draft: Revision, front: importing.FrontMatter, name: str, *, at: datetime) -> Revision:
    """Publish with the dates that the file gives. A changed text under an unchanged date is an
    editorial change.
    """
    newest = draft.policy.revisions.newest()
    same_date = newest is not None and newest.last_updated_on == front.last_updated
    return workflow.publish_import(
        draft.pk,
        by=None,
        at=at,
        reason=f"Imported from {name}.",
        effective_at=_takes_effect_at(draft.policy, newest, front, at=at),
        last_updated_on=front.last_updated,
        kind=Kind(front.kind or (Kind.EDITORIAL if same_date else Kind.MATERIAL)),
        change_note=front.change_note or (_no_note(draft.policy) if newest else ""),
    )


def _takes_effect_at(
    policy: Policy, newest: Revision | None, front: importing.FrontMatter, *, at: datetime
) -> datetime:
    """Return when the text of a file takes effect.

    - A policy's first version: at its `effective`, else on the day of its `last_updated`, else now.
    - No date, or only those of the newest version, as in an export of it: now.
    - A day to come: then.
    - A past day, if the newest version was published here today: then, since a site brings its
      history along on one day. But now, if the file's `last_updated` is later than the newest
      version's, and that took effect no earlier all the same: it corrected a typo.
    - Any other past day: now, since what readers were shown on it can't change.
    """
    if newest is None:
        given = front.effective or front.last_updated
        return _moment(given, policy) if given else at
    said = front.effective
    if said and _moment(said, policy) == newest.effective_at:
        said = None
    if said is None and front.last_updated != newest.last_updated_on:
        said = front.last_updated
    moment = _moment(said, policy) if said else at
    assert newest.published_at  # noqa: S101  it is published
    assert newest.effective_at  # noqa: S101
    published_on = policy.day_of(newest.published_at)
    is_history = policy.day_of(moment) < published_on == policy.day_of(at)
    # A typo was corrected meanwhile: what is newer than the text comes after that.
    is_newer = not front.effective and _is_after(front.last_updated, newest.last_updated_on)
    if is_history and is_newer and moment <= newest.effective_at:
        return at
    return moment if is_history else max(moment, at)


def _is_after(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day > other


def _no_note(policy: Policy) -> str:
    """Return what readers find where the file does not say what changed, in their language."""
    with languages.page_in(policy.language):
        return gettext("This version was imported without a note of what changed.")


def _moment(value: date | datetime, policy: Policy) -> datetime:
    """Return a day's beginning, or a moment that names no zone, by the policy's clock."""
    if not isinstance(value, datetime):
        return policy.start_of(value)
    return value if value.tzinfo else value.replace(tzinfo=policy.zone)
