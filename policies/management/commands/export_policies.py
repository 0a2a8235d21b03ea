"""`manage.py export_policies DIR`: write policies back as the files that import_policies reads."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.ledger.chains import address
from policies.management import arguments
from policies.models import Policy, Revision
from policies.text import importing


class Command(BaseCommand):
    help = (
        "Write the version in force of every policy to DIR as Markdown with front matter: "
        "SLUG.md, or SLUG.LANGUAGE.md where the language is not the site's own. Files of the same "
        "names are replaced, others are left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=arguments.path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            where = error.filename or folder
            raise CommandError(f"{where} can't be written to: {error.strerror}.") from error
        versions = Revision.objects.in_force(at=timezone.now()).select_related(
            "policy__translation_of", "source_version"
        )
        for version in versions.prefetch_related("sections"):
            policy = version.policy
            language = "" if _is_of_the_site(policy) else f".{policy.language}"
            path = folder / f"{policy.slug}{language}.md"
            _replace(path, file_text(version))
            self.stdout.write(f"{path}: {version}")


def _replace(path: Path, text: str) -> None:
    """Write a file aside and move it into its place, so that it is never there in part.

    Raises CommandError, which names the file.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")  # hidden, so that no import takes it
    try:
        try:
            aside.write_text(text, encoding="utf-8", newline="\n")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(
            f"{path} can't be written to: {error.strerror}. The old file is unchanged."
        ) from error


def _is_of_the_site(policy: Policy) -> bool:
    return policy.language == settings.LANGUAGE_CODE


def file_text(version: Revision) -> str:
    """Return a version as a content file, in which import_policies finds nothing new.

    The change note is left out: the file is meant to become the next version, whose note is
    another.
    """
    policy, day = version.policy, version.last_updated_on
    source = policy.translation_of
    # A file named like terms.de.md is taken for a translation unless it says otherwise.
    translated = None if _is_of_the_site(policy) else ""
    if source:
        translated = source.slug if _is_of_the_site(source) else address(source)
    rendered = version.translated_version
    at_start_of_day = day is not None and version.effective_at == policy.start_of(day)
    front = importing.FrontMatter(
        slug=policy.slug,
        language=policy.language,
        name=policy.name,
        last_updated=day,
        effective=None if at_start_of_day else version.effective_at,
        translation_of=translated,
        renders=rendered.number if rendered else None,
        renders_digest=rendered.digest if rendered else None,
    )
    return importing.write(front, version.document())
