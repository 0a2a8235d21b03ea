"""`manage.py import_policies [PATH …]`: turn files into drafts, or publish them at once."""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from policies import documents, importing, languages, workflow
from policies.models import Policy
from policies.short_lines import in_short
from policies.states import Kind

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from policies.markup.notes import Note
    from policies.models import Revision


class Command(BaseCommand):
    help = (
        "Import policies from Markdown, HTML or Word files, or from all such files in a folder. "
        "Each file becomes a draft; a file whose text is there already changes nothing; a file "
        "that can't be taken is named with the line and the reason, and leaves nothing behind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            metavar="PATH",
            type=Path,
            help=f"files and folders (default: {settings.CONTENT_DIR.name}/)",
        )
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish at once, recorded as an import; the dates in the front matter are kept",
        )
        parser.add_argument(
            "--all-or-none",
            action="store_true",
            help="import nothing if there is a file that can't be taken",
        )

    def handle(
        self, *args: Any, paths: list[Path], publish: bool, all_or_none: bool, **options: Any
    ) -> None:
        files = list(_files(paths or [settings.CONTENT_DIR]))
        kinds = ", ".join(importing.KINDS)
        if not files and paths:
            raise CommandError(f"There is no file of a known kind ({kinds}) in what you named.")
        if not files:
            self.stdout.write(f"There is no file of a known kind in {settings.CONTENT_DIR}.")
        with transaction.atomic() if all_or_none else nullcontext():
            if all_or_none:  # one transaction for many verbs: all policies first, as a verb its own
                list(Policy.objects.select_for_update().order_by("pk"))
            refused = self._import(files, publish=publish, verbosity=options["verbosity"])
            if refused:
                were = "files were" if refused > 1 else "file was"
                so = ", and so nothing was" if all_or_none else ""
                raise CommandError(f"{refused} {were} not imported{so}.")

    def _import(self, files: list[Path], *, publish: bool, verbosity: int) -> int:
        """Import what can be taken, translations last, so that what they render is there.

        Returns how many files could not be.
        """
        at, refused, taken = timezone.now(), 0, dict[tuple[str, str], Path]()
        waiting = deque[tuple[Path, importing.Imported | None]]((path, None) for path in files)
        while waiting:
            path, found = waiting.popleft()
            try:
                if found is None:
                    found = _read(path)
                    if found.front.translation_of:
                        waiting.append((path, found))
                        continue
                done = _import(path, found, taken, at=at, publish=publish)
            except importing.ImportRefused as error:
                refused += 1
                self.stderr.write(str(error))
                continue
            if done.changed or done.notes or verbosity > 1:
                self.stdout.write(f"{path}: {done.outcome}")
            for note in done.notes:
                self.stdout.write(f"  {note}")
        return refused


@dataclass(frozen=True)
class _Done:
    """What became of a file. notes: what could not be kept as it was, or is not so here."""

    outcome: str
    changed: bool
    notes: tuple[Note | str, ...] = ()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, and what can be a policy in the folders, in the order of their names."""
    for path in paths:
        if not path.exists():
            raise CommandError(f"There is no file or folder {path}.")
        if path.is_file():
            yield path
        elif path.is_dir():
            inner = sorted(path.rglob("*"))
            kinds = importing.KINDS
            yield from (file for file in inner if file.is_file() and file.suffix.lower() in kinds)
        else:
            raise CommandError(f"{path} is neither a file nor a folder.")


def _read(path: Path) -> importing.Imported:
    """Read a file. Raises ImportRefused."""
    try:
        return importing.read(str(path), path.read_bytes(), languages=LANG_INFO)
    except OSError as error:
        raise importing.ImportRefused(str(path), 1, f"It can't be read: {error}.") from error


def _import(
    path: Path,
    found: importing.Imported,
    taken: dict[tuple[str, str], Path],
    *,
    at: datetime,
    publish: bool,
) -> _Done:
    """Import one file in one transaction. Raises ImportRefused, and then nothing has changed."""
    address = (found.front.slug, found.front.language or settings.LANGUAGE_CODE)
    if address in taken:
        raise importing.ImportRefused(
            str(path),
            1,
            f"{taken[address]} has the slug {address[0]} in this language already. Give this file "
            "its own: begin it with the lines ---, slug: …, ---.",
        )
    taken[address] = path
    try:
        with transaction.atomic():
            return _store(found, address, path.name, at=at, publish=publish)
    except workflow.Refused as error:
        raise importing.ImportRefused(str(path), 1, str(error)) from error


def _store(
    found: importing.Imported,
    address: tuple[str, str],
    name: str,
    *,
    at: datetime,
    publish: bool,
) -> _Done:
    policy, told = _policy(found, address, at=at)
    digest = documents.digest(found.document)
    newest, draft = policy.revisions.newest(), policy.revisions.open().first()
    is_new = draft is None or draft.digest != digest
    if newest and newest.digest == digest and not _renders_another(newest, found.front):
        if draft and is_new:
            told += [f"{draft}, says something else, and is left as it is: discard it if it is old"]
        return _Done(f"unchanged, {newest}", changed=False, notes=tuple(told))
    if newest and _is_old(found, newest, digest):
        told += [f"it says what an older version said, so {newest} is left as it is"]
        return _Done(f"unchanged, {newest}", changed=False, notes=tuple(told))
    if not (is_new or publish):
        return _Done(f"unchanged, {draft}", changed=False, notes=tuple(told))
    if draft is None or is_new:
        draft = workflow.import_draft(policy.pk, found.document, by=None, at=at, file=name)
    told += _say_what_it_renders(draft, found.front, at=at)
    notes: tuple[Note | str, ...] = (*found.notes, *draft.rendering.removed, *told)
    if not publish:
        return _Done(f"{draft}", changed=True, notes=notes)
    if newest and not found.front.change_note:
        notes += ("it has no change_note, so readers are not told what changed",)
    version = _publish(draft, found.front, name, at=at)
    if version.kind == Kind.EDITORIAL and not _kind(found.front):
        notes += (
            "its last_updated is that of before, so this is an editorial change: readers see that "
            "date, and apps ask nobody again. Write a later one, or kind: material",
        )
    if version.renders and not (found.front.renders or found.front.renders_digest):
        notes += (
            f"the file has no renders, so readers are told that it renders {version.renders}",
        )
    return _Done(f"published as {version}", changed=True, notes=notes)


def _is_old(found: importing.Imported, newest: Revision, digest: str) -> bool:
    """Tell whether a file was overtaken: its text is that of an older version, and no date in it is
    later than those of the newest.
    """
    front, policy = found.front, newest.policy
    if not policy.revisions.published().filter(digest=digest).exclude(pk=newest.pk).exists():
        return False
    dates = [_moment(it, policy) for it in (front.last_updated, front.effective) if it]
    return not any(newest.effective_at and it > newest.effective_at for it in dates)


def _policy(
    found: importing.Imported, address: tuple[str, str], *, at: datetime
) -> tuple[Policy, list[str]]:
    """Return the file's policy, made if it is not there, and notes on what is not as in the file.

    It and its source are locked, as by a verb, before the first of several verbs records anything.
    """
    slug, language = address
    # By any address it ever had: a file may still name the one before a renaming.
    known = Policy.objects.filter(addresses__slug=slug, addresses__language=language).first()
    if known:
        both = Q(pk=known.pk) | Q(pk=known.translation_of_id)
        list(Policy.objects.select_for_update().filter(both).order_by("pk"))
        return known, _differences(known, found, address)
    source = _source(found.front, address)
    name, told = _name(found.front)
    policy = workflow.create_policy(
        slug=slug,
        language=language,
        name=name,
        translation_of_id=source.pk if source else None,
        by=None,
        at=at,
    )
    return policy, told


def _differences(policy: Policy, found: importing.Imported, address: tuple[str, str]) -> list[str]:
    """Return what a file says of its policy that is not so, and that an import does not change."""
    notes = []
    named, _ = _name(found.front)
    if named not in (policy.name, found.document.title):
        notes.append(
            f"its name is “{policy.name}” here, and “{named}” in the file: rename it at the desk, "
            "or mend the file"
        )
    if found.front.translation_of and _source(found.front, address) != policy.translation_of:
        notes.append(
            f"the file says that it is a translation of {found.front.translation_of}, which it is "
            "not here: say so at the desk, or mend the file"
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
    """Return the policy of which a file is the translation. Raises Incomplete if it is not there.

    A slug alone means the policy in the site's language, or else the only one that has it and is no
    translation itself. A file that has but the name of a translation (privacy.de.md) may stand
    alone.
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
    if source is None and front.translation_of != front.slug:
        found = " or ".join(f"{it.language}/{slug}" for it in others)
        raise workflow.Incomplete(
            f"It is a translation of {front.translation_of}: say which, as in {found}."
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
    if source is None or not (front.renders or front.renders_digest):
        return []
    number = _number_rendered(source, front)
    workflow.set_rendered_version(draft.pk, by=None, at=at, number=number)
    if number:
        return []
    return [f"the version of {source.label} that it renders is not here, so that is not recorded"]


def _number_rendered(source: Policy, front: importing.FrontMatter) -> int | None:
    """Return the number of the version of its source that a file renders; None where that is not
    known. A digest tells more than a number, which may be another's on another site.
    """
    if not front.renders_digest:
        return front.renders
    versions = source.revisions.published().filter(digest=front.renders_digest)
    return versions.order_by("-number").values_list("number", flat=True).first()


def _renders_another(newest: Revision, front: importing.FrontMatter) -> bool:
    """Tell whether a file says that the newest version's words render another version by now."""
    source = newest.policy.translation_of
    number = _number_rendered(source, front) if source else None
    return number is not None and number != (newest.renders.number if newest.renders else None)


def _publish(draft: Revision, front: importing.FrontMatter, name: str, *, at: datetime) -> Revision:
    """Publish with the dates that the file gives.

    A changed text under an unchanged date is an editorial change, in force from now on. So is what
    would take effect when the newest version did, which is what an export says of that.
    """
    newest = draft.policy.revisions.newest()
    date_given = front.last_updated is not None
    same_date = newest is not None and date_given and newest.last_updated_on == front.last_updated
    given = front.effective
    if given and newest and _moment(given, draft.policy) == newest.effective_at:
        given = None
    effective = given or (front.last_updated if not same_date else None) or at
    return workflow.publish_import(
        draft.pk,
        by=None,
        at=at,
        reason=f"Imported from {name}.",
        effective_at=_moment(effective, draft.policy),
        last_updated_on=front.last_updated,
        kind=_kind(front) or (Kind.EDITORIAL if same_date else Kind.MATERIAL),
        change_note=front.change_note or (_no_note(draft.policy) if newest else ""),
    )


def _no_note(policy: Policy) -> str:
    """Return what readers find where the file does not say what changed, in their language."""
    with languages.page_in(policy.language):
        return gettext("This version was imported without a note of what changed.")


def _kind(front: importing.FrontMatter) -> Kind | None:
    """Return the kind of change; a word that means something to another site only is none."""
    return Kind(front.kind) if front.kind in Kind.values else None


def _moment(value: date | datetime, policy: Policy) -> datetime:
    """Return a day's beginning, or a moment that names no zone, by the policy's clock."""
    if not isinstance(value, datetime):
        return policy.start_of(value)
    return value if value.tzinfo else value.replace(tzinfo=policy.zone)
