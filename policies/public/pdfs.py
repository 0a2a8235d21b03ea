"""Versions as PDF: made once, kept, and checked each time that they are served.

See docs/adr/0012-pdf.md for why a reader's request may make one, and what keeps many from doing so.
"""

import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from importlib.util import find_spec

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from policies import languages
from policies.models import KeptFile, Revision
from policies.public import html_to_pdf, kept_files
from policies.public.inline_assets import static_text
from policies.text import document as documents
from policies.text.timestamps import around

logger = logging.getLogger(__name__)

# How long a process that has begun to print a version is left alone; then another may try.
LEASE = timedelta(seconds=html_to_pdf.SECONDS + 30)
_LEASE_SECONDS = int(LEASE.total_seconds())

# One at a time in each process, so that readers of pages always find a thread and a processor.
_PRINTING = threading.BoundedSemaphore(1)


class NotYet(Exception):
    """A PDF can't be had now. seconds: when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Ask again in {seconds} seconds.")
        self.seconds = seconds


class CanNotBeMade(NotYet):
    """It was tried, and failed. seconds: when it may be tried again."""


class WeasyPrinter:
    """Prints with WeasyPrint (the extra `pdf`), in a process of its own."""

    @cached_property
    def is_installed(self) -> bool:
        """Whether the extra and the libraries that it needs are here."""
        if find_spec("weasyprint") is None:
            return False
        from ctypes.util import find_library  # memory that a site without PDFs does without

        libraries = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset")
        return all(map(find_library, libraries))

    def print_page(self, page: dict[str, str]) -> bytes:
        """Return a page as PDF. Raises SubprocessError, OSError."""
        return subprocess.run(  # noqa: S603  our own file; nothing of a reader's in the arguments
            [sys.executable, "-I", html_to_pdf.__file__],
            input=json.dumps(page).encode(),
            capture_output=True,
            check=True,
            timeout=html_to_pdf.SECONDS,
        ).stdout


# Tests put another in its place: printing takes a second, and needs libraries.
PRINTER = WeasyPrinter()


def are_made() -> bool:
    return PRINTER.is_installed


def get_or_make(version: Revision, *, at: datetime) -> bytes:
    """Return a numbered version as PDF.

    version: with its policy and its rendering. Raises NotYet where it has to be made first and
    can't be made at once; CanNotBeMade where that was tried and failed.
    """
    kept = kept_files.rows(version, kept_files.PDF).first()
    if kept and kept.content and (content := kept_files.kept_content(kept, _page(version))):
        return content
    # Before anything else, so that it costs next to nothing to send many away.
    if kept and not kept.content and abs(at - kept.begun_at) <= LEASE:
        raise CanNotBeMade(_LEASE_SECONDS) if kept.has_failed else NotYet(5)
    if not _PRINTING.acquire(blocking=False):
        raise NotYet(5)
    try:
        return _print_and_keep(version, at)
    finally:
        _PRINTING.release()


def _print_and_keep(version: Revision, at: datetime) -> bytes:
    """Print and keep a version, unless another process does it."""
    if not _claim(version, at):
        raise NotYet(5)
    page = _page(version)
    row = kept_files.rows(version, kept_files.PDF)
    try:
        content = PRINTER.print_page(page)
    except (OSError, subprocess.SubprocessError) as error:
        traceback = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        said = traceback.rpartition("\n")[2] or error
        logger.error("%s could not be made into a PDF: %s", version, said)
        # The row stays, so that it is not tried again at once.
        with suppress(DatabaseError):
            row.update(has_failed=True)
        raise CanNotBeMade(_LEASE_SECONDS) from error
    try:
        kept_files.fill(row, content, page)
    except DatabaseError as error:
        said = " ".join(str(error).split())
        logger.error("The PDF of %s could not be kept: %s", version, said)
    return content


def _claim(version: Revision, at: datetime) -> bool:
    """Record that this version is being printed; return False if another process did before."""
    row = kept_files.rows(version, kept_files.PDF)
    try:
        # Whoever began it has given up, or what is kept is an older page: the policy was renamed.
        free = ~Q(begun_at__range=around(at, LEASE)) | ~Q(content=b"")
        if row.filter(free).update(begun_at=at, content=b"", seal="", has_failed=False):
            return True
        with transaction.atomic():
            KeptFile.objects.create(
                revision=version, kind=kept_files.PDF, origin=settings.SITE_URL, begun_at=at
            )
    except IntegrityError:
        return False
    except DatabaseError as error:
        raise NotYet(60) from error
    return True


def _page(version: Revision) -> dict[str, str]:
    """Return what html_to_pdf.py prints. Of a version, only the dates can change, once or more
    before it takes effect; then it is printed again.
    """
    policy = version.policy
    with languages.page_in(policy.language):
        frame = languages.frame(policy.language)
        context = {"policy": policy, "version": version, **frame}
        html = render_to_string("policies/paper.html", context)
        description = translation.gettext("The text in Markdown: its SHA-256 is the digest.")
    return {
        "html": html,
        "css": static_text("paper.css"),
        "identifier": f"{version.digest} {settings.SITE_URL}",
        "at": version.published_at.isoformat() if version.published_at else "",
        "name": f"{policy.slug}-{version.number}.md",
        "text": documents.serialize(version.document()),
        "description": description,
    }
