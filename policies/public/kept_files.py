"""Files of versions that are made once and kept: as PDF, as Word file, as tracked changes.

What is kept is shown to readers, so that it must not be a back door: it is signed with the site's
key, together with all that the file was made from. What does not fit is made again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from policies.models import KeptFile, Revision

# Of PDFs kept at most, and of Word files; the oldest go first. One takes some 60 kB.
MAX_KEPT = 2_000
PDF, WORD = "pdf", "docx"
_SALT = "policies.public.pdfs"


def rows(version: Revision, kind: str) -> QuerySet[KeptFile]:
    """Return the row of a file with the site's present address. kind: as KeptFile has it."""
    return KeptFile.objects.filter(revision=version.pk, kind=kind, origin=settings.SITE_URL)


def kept_content(row: KeptFile | None, made_from: Mapping[str, Any]) -> bytes | None:
    """Return what was kept, or None if it was made from something else, or by others."""
    if row is None or not row.content:
        return None
    is_ours = constant_time_compare(row.seal, _seal(made_from, row.content))
    return bytes(row.content) if is_ours else None


def fill(row: QuerySet[KeptFile], content: bytes, made_from: Mapping[str, Any]) -> None:
    """Keep a file in its row. Raises DatabaseError."""
    row.update(content=content, seal=_seal(made_from, content))
    is_pdf = row.filter(kind=PDF).exists()
    alike = KeptFile.objects.filter(kind=PDF) if is_pdf else KeptFile.objects.exclude(kind=PDF)
    if (surplus := alike.count() - MAX_KEPT) > 0:
        oldest = alike.order_by("pk").values_list("pk", flat=True)[:surplus]
        KeptFile.objects.filter(pk__in=list(oldest)).delete()


def forget_all() -> None:
    """Forget what is kept, after `rerender`."""
    KeptFile.objects.all().delete()


def _seal(made_from: Mapping[str, Any], content: bytes | memoryview) -> str:
    covered = [made_from, hashlib.sha256(content).hexdigest()]
    return salted_hmac(_SALT, json.dumps(covered, sort_keys=True), algorithm="sha256").hexdigest()
