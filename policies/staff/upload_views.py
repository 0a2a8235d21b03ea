"""The desk: making a draft from a file, and telling what could not be carried over."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies import workflow
from policies.models import Policy
from policies.staff.pages import may, page, user_of
from policies.text import importing
from policies.text.limits import MAX_FILE
from policies.text.short_text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@may("import_draft")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft from a Markdown, HTML or Word file, and tell what could not be carried over."""
    policy = get_object_or_404(Policy, pk=pk)
    context: dict[str, Any] = {"title": f"Upload a file: {policy}", "policy": policy}
    context["kinds"] = ",".join(importing.SUFFIXES)
    if request.method == "POST":
        try:
            context |= _draft_of_file(request, policy)
        except (importing.ImportRefused, workflow.Refused) as refusal:
            context["problem"] = _refused(refusal)
        else:
            context["title"] = f"Draft made from {context['name']}"
    return page(request, "upload.html", context, refused="problem" in context)


def _refused(refusal: Exception) -> str:
    """Return why a file was refused; without "line 1", which stands for the file as a whole."""
    if isinstance(refusal, importing.ImportRefused) and refusal.line == 1:
        return f"{refusal.file}: {refusal.reason}"
    return str(refusal)


def _draft_of_file(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Make the draft; return it with the notes on what could not be carried over.

    Raises ImportRefused, and what the action raises; Incomplete also for no file, or a large one.
    """
    file = request.FILES.get("file")
    if file is None:
        raise workflow.Incomplete("Choose a file first.")
    if (file.size or 0) > MAX_FILE:
        most = MAX_FILE // 1_000_000
        raise workflow.Incomplete(f"The file is larger than {most} MB. Save a smaller one.")
    name = PurePath(file.name or "file").name
    found = importing.read(name, file.read())
    by = user_of(request)
    draft = workflow.import_draft(
        policy.pk, found.document, by=by, at=timezone.now(), file=_for_the_audit(name, found.notes)
    )
    return {"draft": draft, "notes": found.notes, "name": file.name}


# Characters of a file's name and the notes on it that the audit keeps.
MAX_AUDIT_NOTE = 2_000


def _for_the_audit(name: str, notes: Iterable[object]) -> str:
    """Return a file's name and the notes on it as the audit keeps them: printable, and cut."""
    told = f"{name}: {'; '.join(map(str, notes))}" if notes else name
    visible = "".join(sign if sign.isprintable() else " " for sign in told)
    return cut(visible, MAX_AUDIT_NOTE)
