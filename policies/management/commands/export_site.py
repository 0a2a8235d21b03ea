"""`manage.py export_site DIR`: write every public URL to a file, for a web server or a CDN."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from policies.management import arguments, logs
from policies.operations import exporting
from policies.operations.exporting.client import Site, parts_of
from policies.operations.exporting.tree import Tree
from policies.page_cache.publication_watcher import read
from policies.page_cache.wsgi import PagesOverWSGI
from policies.public import listed_urls, pdfs

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator
    from pathlib import Path

# The settings that public pages depend on, except ALLOWED_HOSTS and HTTPS: the base URL has those.
SHOWN = (
    *("TIME_ZONE", "ORGANISATION_NAME", "ORGANISATION_COUNTRY", "SITE_POLICIES"),
    *("TAG_AUTHORITY", "SECURITY_CONTACTS", "EMBED_ORIGINS"),
)
# How often an export begins again because something was published meanwhile.
ATTEMPTS = 5


class Command(BaseCommand):
    help = (
        "Write every public URL to DIR as a file, with its compressed forms, and beside them what "
        "nginx (.export/*.conf) and static hosts (_headers, _redirects) must send with it. Files "
        "that have not changed are not touched, what was broken off goes on, and nothing is "
        "replaced or removed that this command did not write."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=arguments.folder)
        parser.add_argument(
            "--base-url",
            default=settings.SITE_URL,
            help="scheme and host under which the files will be served (default: %(default)s)",
        )
        parser.add_argument(
            "--all",
            action="store_true",
            dest="ask_all",
            help="ask for every page again, even if nothing seems to have changed",
        )

    def handle(
        self, *args: Any, folder: Path, base_url: str, ask_all: bool, **options: Any
    ) -> None:
        try:
            parts_of(base_url)  # only to refuse a bad one before anything is asked or written
            tree = Tree(folder)
        except (exporting.ExportFailed, exporting.ExportRefused) as error:
            raise CommandError(str(error)) from error
        try:
            # Django's warnings about missing pages (404) are of no interest here.
            with logs.at_least(logging.ERROR, "django.request"):
                done = _export(base_url, tree, anew=ask_all, quiet=options["verbosity"] == 0)
        except (
            exporting.ExportFailed,
            exporting.ExportRefused,
            exporting.UnwritableHeader,
        ) as error:
            raise CommandError(str(error)) from error
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise CommandError(
                f"{folder} can't be written to: {reason}. What is in it is whole; "
                "the next export goes on from here."
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. The next export goes on from here.", returncode=130
            ) from None
        finally:
            tree.close()
        if options["verbosity"]:
            self.stdout.write(
                f"{folder}: {done.written} pages written, {done.unchanged} unchanged, "
                f"{done.removed} removed; {done.redirects} redirects."
            )


@contextmanager
def _served(base_url: str) -> Iterator[tuple[Site, Site]]:
    """Yield the site as a worker serves it, with an empty memory; and Django alone."""
    django = WSGIHandler()
    adapter = PagesOverWSGI(django, in_background=False)
    try:
        yield Site(adapter, base_url), Site(django, base_url)
    finally:
        adapter.stop()


def _code() -> str:
    """Return a digest of what makes pages from policies: the code and the settings."""
    told = {name: getattr(settings, name) for name in SHOWN}
    digest = hashlib.sha256(repr([told, pdfs.are_made()]).encode())
    for folder in ("policies", "softphonez_site", "templates", "static", "locale"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    digest.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    return digest.hexdigest()


def _export(base_url: str, tree: Tree, *, anew: bool, quiet: bool) -> exporting.Counts:
    """Export until nothing was published meanwhile, so that all pages show one state."""
    code, state = _code(), read()
    for _ in range(ATTEMPTS):
        with _served(base_url) as (site, plain):
            export = exporting.Export(site, plain, tree, moved=listed_urls.moved())
            export.begin(code=code, state=repr(state), anew=anew)
            _pages(export, quiet=quiet)
        before, state = state, read()
        if state == before:
            export.finish()
            return export.counts
    raise exporting.ExportFailed("Something is published all the time. Run the export again later.")


def _pages(export: exporting.Export, *, quiet: bool) -> None:
    export.refuse_foreign(listed_urls.listed())
    total = sum(1 for _ in listed_urls.listed())
    # A progress bar, on a terminal only: for a log, the sums at the end are enough.
    tqdm.monitor_interval = 0  # no monitor thread, which would outlive the bar
    bar = tqdm(total=total, unit=" pages", file=sys.stderr, disable=True if quiet else None)
    with bar:
        for url in listed_urls.listed():
            export.page(url, goes_by_clock=listed_urls.goes_by_clock(url))
            bar.update()
