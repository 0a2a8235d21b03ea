"""`manage.py import_policies [PATH …]`: turn files into drafts, or publish them at once."""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from policies.models import Policy
from policies.operations import imports
from policies.text import importing

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator


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
            help="publish at once, recorded as an import, with the dates in the front matter",
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
        kinds = ", ".join(importing.SUFFIXES)
        if not files and paths:
            raise CommandError(f"There is no file of a known kind ({kinds}) in what you named.")
        if not files:
            self.stdout.write(f"There is no file of a known kind in {settings.CONTENT_DIR}.")
        with transaction.atomic() if all_or_none else nullcontext():
            # Each action locks its policy first. One transaction for many actions locks all of
            # them.
            if all_or_none:
                list(Policy.objects.select_for_update().order_by("pk"))
            refused = self._import(files, publish=publish, verbosity=options["verbosity"])
            if refused:
                were = "files were" if refused > 1 else "file was"
                so = ", and so nothing was" if all_or_none else ""
                raise CommandError(f"{refused} {were} not imported{so}.")

    def _import(self, files: list[Path], *, publish: bool, verbosity: int) -> int:
        """Import the files that can be taken; return how many could not.

        Translations come last, after the versions that they render.
        """
        at, refused, unchanged, taken = timezone.now(), 0, 0, dict[tuple[str, str], Path]()
        waiting = deque[tuple[Path, importing.Imported | None]]((path, None) for path in files)
        while waiting:
            path, imported = waiting.popleft()
            try:
                if imported is None:
                    imported = _read(path)
                    if imported.front.translation_of:
                        waiting.append((path, imported))
                        continue
                done = imports.take(path, imported, taken, at=at, publish=publish)
            except importing.ImportRefused as error:
                refused += 1
                self.stderr.write(str(error))
                continue
            if done.changed or done.notes or verbosity > 1:
                self.stdout.write(f"{path}: {done.outcome}")
            else:
                unchanged += 1
            for note in done.notes:
                self.stdout.write(f"  {note}")
        if unchanged and verbosity:
            says = "files say" if unchanged > 1 else "file says"
            self.stdout.write(f"{unchanged:,} {says} nothing new.")
        return refused


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each file once; of a folder, the files that can be policies, sorted by name."""
    found = {it.resolve(): it for it in reversed(list(_named(paths)))}
    yield from reversed(found.values())


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not _is_there(path):
            raise CommandError(f"There is no file or folder {path}.")
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (it for it in sorted(path.rglob("*")) if _can_be_policy(it, path))
        else:
            raise CommandError(f"{path} is neither a file nor a folder.")


def _is_there(path: Path) -> bool:
    """Return whether a path exists. Raises CommandError if that can't be found out."""
    try:
        return path.exists()
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error


def _can_be_policy(file: Path, folder: Path) -> bool:
    """Return whether a file in a folder is to be imported: of a known kind, not hidden, and not one
    of Word's lock files (~$…).
    """
    is_hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
    return not is_hidden and file.suffix.lower() in importing.SUFFIXES and _may_be_file(file)


def _may_be_file(path: Path) -> bool:
    """Return whether a path is a file. True if that can't be found out: `_read` then refuses it."""
    try:
        return path.is_file()
    except OSError:
        return True


def _read(path: Path) -> importing.Imported:
    """Read a file. Raises ImportRefused."""
    try:
        return importing.read(str(path), path.read_bytes(), languages=LANG_INFO)
    except OSError as error:
        raise importing.ImportRefused(str(path), 1, f"It can't be read: {error}.") from error
