"""`manage.py export_site DIR`: write every public URL to a file, for a web server or a CDN."""

import hashlib
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from policies.management import arguments
from policies.operations.exporting.export import Export, Site, parts_of
from policies.operations.exporting.tree import ExportFailed, ExportFolder
from policies.public import listed_urls, pdfs
from policies.publication_state.reading import read_state

# The settings that public pages depend on, except ALLOWED_HOSTS and HTTPS: the base URL has those.
SHOWN = (
    *("TIME_ZONE", "ORGANISATION_NAME", "ORGANISATION_COUNTRY", "SITE_POLICIES"),
    *("TAG_AUTHORITY", "SECURITY_CONTACTS", "EMBED_ORIGINS", "BRAND"),
    *("LOG_KEYS", "LOG_ORIGIN", "WITNESSES"),
)
# How often an export begins again because something was published meanwhile.
ATTEMPTS = 5


class Command(BaseCommand):
    help = """\
Write every public page and file of the site to the folder DIR, so that a web server, an object
store or a CDN can serve it without the application. Each file is written plain and compressed.
DIR also gets what servers need to send the right headers: .export/nginx-*.conf for nginx,
_headers and _redirects for static hosts, .export/files.jsonl for anything else.

Run it again after each publication: only changed files are replaced, all at the end, once every
page is there. A run that was stopped is continued by the next. Files in DIR that export_site did
not write are never replaced or removed: if one is in the way, the export stops.

A PDF that can't be made is named and left out, and the command ends with status 0: it keeps nothing
else from being published.

Examples:
  manage.py export_site /srv/policies-files
  manage.py export_site /srv/policies-files --base-url https://policies.example.com
  manage.py export_site /srv/policies-files --all      after a restore, for example

docs/deploying.md shows how to serve the folder."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = arguments.HelpAsWritten
        parser.add_argument(
            "folder", metavar="DIR", type=arguments.path, help="made if it does not exist"
        )
        parser.add_argument(
            "--base-url",
            default=settings.SITE_URL,
            help="scheme and host under which the files will be served (default: %(default)s)",
        )
        parser.add_argument(
            "--all",
            action="store_true",
            dest="request_all",
            help="check every page, even if nothing seems to have changed",
        )

    def handle(
        self, *args: Any, folder: Path, base_url: str, request_all: bool, **options: Any
    ) -> None:
        try:
            parts_of(base_url)  # only to refuse a bad one before anything is requested or written
            # Django's warnings about missing pages (404) are of no interest here.
            with (
                closing(ExportFolder(folder)) as tree,
                arguments.log_level_at_least(logging.ERROR, "django.request"),
            ):
                export = _export(base_url, tree, anew=request_all, quiet=options["verbosity"] == 0)
        except ExportFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{folder} can't be written to: {error.strerror}. The files in it are whole, and "
                "the next export goes on from here."
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. The next export goes on from here.", returncode=130
            ) from None
        done = export.counts
        if options["verbosity"]:
            self.stdout.write(
                f"{folder}: {done['written']} pages written, {done['unchanged']} unchanged, "
                f"{done['removed']} removed; {done['redirects']} redirects."
            )
        for url in export.not_made:
            self.stderr.write(
                f"{url} could not be made now, and is not in the export unless an earlier one had "
                "it. The log has the reason. The next export tries again."
            )


@contextmanager
def _site_at(base_url: str) -> Iterator[Site]:
    """Yield the site. In this process its address is the base URL."""
    site_url, settings.SITE_URL = settings.SITE_URL, base_url.rstrip("/")
    try:
        yield Site(WSGIHandler(), base_url)
    finally:
        settings.SITE_URL = site_url


def _code_digest() -> str:
    """Return a digest of what makes pages from policies: the code and the settings."""
    values = {name: getattr(settings, name) for name in SHOWN}
    digest = hashlib.sha256(repr([values, pdfs.are_made()]).encode())
    ours = ("policies", "softphonez_site", "templates", "static", "locale")
    folders = [settings.BASE_DIR / name for name in ours]
    for folder in (*folders, settings.CONTENT_DIR / "templates", settings.CONTENT_DIR / "static"):
        for path in sorted(folder.rglob("*.*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    digest.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    return digest.hexdigest()


def _export(base_url: str, tree: ExportFolder, *, anew: bool, quiet: bool) -> Export:
    """Export until nothing was published meanwhile, so that all pages show one state."""
    code, state = _code_digest(), read_state()
    for _ in range(ATTEMPTS):
        with _site_at(base_url) as site:
            export = Export(site, tree, moved=listed_urls.renamed_policies())
            export.begin(code=code, state=repr(state), anew=anew)
            _pages(export, quiet=quiet)
        before, state = state, read_state()
        if state == before:
            export.finish()
            return export
    raise ExportFailed(
        "Something was published again and again during the export. Run it again later."
    )


def _pages(export: Export, *, quiet: bool) -> None:
    export.refuse_foreign(listed_urls.listed_paths())
    total = sum(1 for _ in listed_urls.listed_paths())
    # A progress bar, on a terminal only: for a log, the sums at the end are enough.
    tqdm.monitor_interval = 0  # no monitor thread, which would outlive the bar
    bar = tqdm(total=total, unit=" pages", file=sys.stderr, disable=True if quiet else None)
    with bar:
        for url in listed_urls.listed_paths():
            export.page(url, goes_by_clock=listed_urls.goes_by_clock(url))
            bar.update()
