"""The desk: making a draft from a file, and showing what could not be converted."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies import workflow
from policies.models import Policy
from policies.staff.forms import DeskForm
from policies.staff.pages import action_required, render_staff_page, user_of
from policies.text import importing
from policies.text.limits import MAX_FILE
from policies.text.short_text import cut

# Characters of a file's name and the notes on it that the audit keeps.
MAX_AUDIT_NOTE = 2_000


class UploadForm(DeskForm):
    file = forms.FileField(
        allow_empty_file=True, error_messages={"required": "Choose a file to upload."}
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            megabytes = MAX_FILE // 1_000_000
            raise forms.ValidationError(
                f"The file is larger than {megabytes} MB. Choose a smaller one."
            )
        return file


@require_http_methods(["GET", "POST"])
@action_required("import_draft")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft from a Markdown, HTML or Word file, and show what could not be converted."""
    policy = get_object_or_404(Policy, pk=pk)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    context: dict[str, Any] = {
        "title": f"Upload a file: {policy}",
        "policy": policy,
        "suffixes": ",".join(importing.SUFFIXES),
        "form": form,
    }
    if form.is_valid():
        file = form.cleaned_data["file"]
        name = PurePath(file.name or "file").name
        with form.showing_refusal():
            try:
                found = importing.read(name, file.read())
            except importing.ImportRefused as refusal:
                # "line 1" means the file as a whole.
                whole = f"{refusal.file}: {refusal.reason}"
                reason = whole if refusal.line == 1 else str(refusal)
                raise workflow.Incomplete(reason, "file") from refusal
            # The audit keeps what is printable.
            note = f"{name}: {'; '.join(map(str, found.notes))}" if found.notes else name
            visible = "".join(sign if sign.isprintable() else " " for sign in note)
            by, at, note = user_of(request), timezone.now(), cut(visible, MAX_AUDIT_NOTE)
            draft = workflow.import_draft(pk, found.document, by=by, at=at, file=note)
            context |= {"title": f"Draft made from {file.name}", "name": file.name}
            context |= {"draft": draft, "notes": found.notes}
    return render_staff_page(request, "upload.html", context)
