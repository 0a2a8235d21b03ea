"""`manage.py import_policies [PATH …]`: import files as drafts, or publish them at once.

policies/text/importing/ reads a file, and policies/operations/policy_files.py decides what becomes
of it.
"""

import shlex
import stat
from argparse import ArgumentParser
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from policies.management import arguments
from policies.management.finding_lines import listed, located
from policies.models import Policy
from policies.operations.file_findings import Blocked, Ready
from policies.operations.policy_files import import_file, read_file, rendered_ahead
from policies.text import importing
from policies.text.findings import Finding
from policies.text.short_text import counted

Ahead: TypeAlias = tuple[importing.Imported, Ready | None]


class Command(BaseCommand):
    help = """\
Import policies from Markdown, HTML or Word files. Each file becomes a draft, which somebody then
reviews and publishes at the desk, or is published at once with --publish. Files whose text is
already on the site change nothing, so a whole folder can be imported again and again.

A file that can't be imported is reported with its line and the reason, and the command ends with
status 1. The other files are imported all the same, unless you add --all-or-none.

What a lawyer should look at in the text is printed as by manage.py examine; with --verbosity 0, one
line counts it. A file in which something blocks publication becomes a draft, but is not published,
unless you give a reason.

Examples:
  manage.py import_policies                            drafts of all files in content/
  manage.py import_policies terms.docx                 a draft of one file
  manage.py import_policies --publish legal/           publish all files in a folder
  manage.py import_policies --publish --all-or-none    publish content/, all of it or nothing

With --publish, the dates come from the front matter of each file (last_updated, effective). If it
has none, the date that the text itself states near its beginning is taken, such as
“Last updated: 3 March 2024”. If that date is not clear, the file is not published."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = arguments.HelpAsWritten
        parser.add_argument(
            "paths",
            nargs="*",
            metavar="PATH",
            type=arguments.path,
            help=f"files and folders (default: {settings.CONTENT_DIR.name}/)",
        )
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish at once, recorded as an import that nobody approved here",
        )
        parser.add_argument(
            "--despite-blocks",
            metavar="REASON",
            default="",
            help="publish also what findings block; the audit keeps the reason",
        )
        parser.add_argument(
            "--all-or-none",
            action="store_true",
            help="import nothing if any file can't be imported",
        )

    def handle(self, *args: Any, paths: list[Path], all_or_none: bool, **options: Any) -> None:
        files = list(_files(paths or [settings.CONTENT_DIR]))
        if not files:
            where = "the files and folders that you named" if paths else str(settings.CONTENT_DIR)
            words = f"Found no {', '.join(importing.SUFFIXES)} file in {where}."
            if paths:
                raise CommandError(words)
            self.stdout.write(words)
        how = {name: options[name] for name in ("publish", "despite_blocks", "verbosity")}
        if how["despite_blocks"] and not how["publish"]:
            raise CommandError("--despite-blocks gives a reason to publish: add --publish.")
        ahead = _read_ahead(files) if all_or_none else {}
        with transaction.atomic() if all_or_none else nullcontext():
            # Each action locks its policy first. One transaction for many actions locks all of
            # them.
            if all_or_none:
                list(Policy.objects.select_for_update().order_by("pk"))
            refused = self._import(files, ahead, **how)
            if refused:
                so = ", so nothing was" if all_or_none else ""
                raise CommandError(f"{counted(refused, 'file')} could not be imported{so}.")

    def _import(
        self,
        files: list[Path],
        ahead: Mapping[Path, Ahead],
        *,
        publish: bool,
        despite_blocks: str,
        verbosity: int,
    ) -> int:
        """Import the files that can be imported; return how many could not.

        Translations come last, after the versions that they were made from.
        """
        at, refused, unchanged, seen = timezone.now(), 0, 0, dict[tuple[str, str], Path]()
        waiting = deque[tuple[Path, importing.Imported | None]]((path, None) for path in files)
        only_counted = Counter[Path]()
        while waiting:
            path, imported = waiting.popleft()
            read, ready = ahead.get(path, (None, None))
            try:
                if imported is None:
                    imported = read or read_file(path)
                    if imported.front.translation_of:
                        waiting.append((path, imported))
                        continue
                outcome = import_file(
                    path,
                    imported,
                    seen,
                    at=at,
                    publish=publish,
                    despite=despite_blocks.strip(),
                    ready=ready,
                )
            except importing.ImportRefused as error:
                refused += 1
                if isinstance(error, Blocked) and imported:
                    self._print_findings(path, imported, error.found)
                self.stderr.write(str(error))
                continue
            refused += outcome.refused
            if outcome.changed or outcome.notes or verbosity > 1:
                self.stdout.write(f"{path}: {outcome.summary}")
            else:
                unchanged += 1
            for note in outcome.notes:
                self.stdout.write(f"  {note}")
            if verbosity:
                self._print_findings(path, imported, outcome.found)
            else:
                only_counted[path] = len(outcome.found)
        self._print_summary(unchanged if verbosity else 0, +only_counted)
        return refused

    def _print_summary(self, unchanged: int, only_counted: Counter[Path]) -> None:
        if unchanged:
            have = "files have" if unchanged > 1 else "file has"
            self.stdout.write(f"{unchanged:,} {have} nothing new.")
        if only_counted:
            list_them = shlex.join(["manage.py", "examine", *map(str, only_counted)])
            self.stdout.write(
                f"{counted(only_counted.total(), 'finding')} for a lawyer to look at. To list: "
                f".venv/bin/python {list_them}"
            )

    def _print_findings(
        self, path: Path, imported: importing.Imported, found: Sequence[Finding]
    ) -> None:
        for line in listed(located(path, imported.document, found)):
            self.stdout.write(line)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each file once; of a folder, the files that can be policies, sorted by name."""
    files = {path.resolve(): path for path in reversed(list(_named(paths)))}
    yield from reversed(files.values())


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                list(path.iterdir())  # raises, where rglob would find nothing
        except FileNotFoundError as error:
            raise CommandError(f"There is no file or folder {path}.") from error
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        if stat.S_ISREG(mode):
            yield path
        elif stat.S_ISDIR(mode):
            yield from (file for file in sorted(path.rglob("*")) if _can_be_policy(file, path))
        else:
            raise CommandError(f"{path} is neither a file nor a folder.")


def _can_be_policy(file: Path, folder: Path) -> bool:
    """Return whether a file in a folder is to be imported: of a known kind, not hidden, not one of
    Word's lock files (~$…), no part of the brand. A link is, even if it leads nowhere: `read_file`
    then reports it.
    """
    is_brand = any(settings.CONTENT_DIR / name in file.parents for name in ("static", "templates"))
    is_hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
    is_known = file.suffix.lower() in importing.SUFFIXES
    return is_known and not (is_hidden or is_brand) and (file.is_symlink() or file.is_file())


def _read_ahead(files: list[Path]) -> dict[Path, Ahead]:
    """Read, render and examine files before anything is locked, as a long text takes a second.

    Leaves out what can't be read, and does not render what can't be rendered, or is a translation
    of a file that comes with it: `_import` does either again, and reports it.
    """
    found: dict[Path, Ahead] = {}
    for path in files:
        with suppress(importing.ImportRefused):
            imported = read_file(path)
            found[path] = imported, None
            found[path] = imported, rendered_ahead(path, imported, at=timezone.now())
    return found
