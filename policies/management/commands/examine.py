"""`manage.py examine FILE …`: what a lawyer should look at in policy files before publication."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.management import finding_lines
from policies.management.arguments import HelpAsWritten
from policies.operations.policy_files import language_of, read_file
from policies.text import importing
from policies.text.findings import Level, render_and_examine
from policies.text.rendering import RenderingRefused
from policies.text.short_text import counted


class Command(BaseCommand):
    help = """\
Examine policies in Markdown, HTML or Word files, and print what a lawyer should look at before they
are published: one finding on each line, those of a file that block publication first.

  FILE:LINE: LEVEL: RULE: what is wrong, and what to do "the words"

LEVEL is blocks (it blocks publication), acknowledge (it has to be fixed or justified) or advice (a
suggestion). A Word file has no lines, so the section is named instead.

Nothing is imported, and no database is needed. The command ends with status 0 if nothing blocks
publication, and with status 1 if something does, or if a file can't be read.

Examples:
  manage.py examine terms.docx                      one file
  manage.py examine content/*.md                    several files, as in a CI job
  manage.py examine --format json content/*.md      for a program: a list of objects"""

    requires_system_checks: list[str] = []  # for those that need a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = HelpAsWritten
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="default: %(default)s"
        )

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        found: list[finding_lines.Located] = []
        unread = 0
        for path in files:
            try:
                found += _examined(path)
            except importing.ImportRefused as error:
                unread += 1
                self.stderr.write(f"{path}:{error.line}: error: {error.reason}")
        if options["format"] == "json":
            objects = [line.as_object() for line in found]
            self.stdout.write(json.dumps(objects, ensure_ascii=False, indent=1))
        else:
            for line in finding_lines.listed(found):
                self.stdout.write(line)
            words = finding_lines.summary(line.finding for line in found)
            self.stdout.write(f"{counted(len(files) - unread, 'file')} examined: {words}.")
        if unread:
            raise CommandError(f"{counted(unread, 'file')} could not be read.")
        if any(line.finding.level == Level.BLOCKS for line in found):
            raise CommandError("Findings block publication.")


def _examined(path: Path) -> list[finding_lines.Located]:
    """Return the findings in a file. Raises ImportRefused, also for a text that can't be shown."""
    imported = read_file(path)
    try:
        _, found = render_and_examine(imported.document, language=language_of(imported))
    except RenderingRefused as error:
        raise importing.ImportRefused(str(path), 1, str(error)) from error
    return finding_lines.located(path, imported.document, found)
