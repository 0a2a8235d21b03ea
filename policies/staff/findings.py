"""The desk: the findings in a text, and the forms that answer them.

The forms work without a script. With one (desk-findings.js), no page is loaded: the answer is JSON,
with the parts of the page that have changed as HTML.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.models import Revision
from policies.staff import pages
from policies.staff.forms import DeskForm, FindingForm, ReasonForFindingForm
from policies.text import child_process, findings
from policies.text import document as documents
from policies.text.document import Document
from policies.text.findings import Level
from policies.text.short_text import counted
from policies.workflow import numbering, open_findings
from policies.workflow.open_findings import ExaminedFinding


def as_list(found: Sequence[ExaminedFinding]) -> dict[str, Any]:
    """Return what the list of the review and publish pages shows."""
    return {
        "groups": open_findings.grouped(found),
        "finding_count": len(found),
        "open_findings": len(open_findings.still_open(found)),
        "open_blocks": sum(it.is_open and it.can_be_overruled for it in found),
        "overruled": sum(it.overruling is not None for it in found),
    }


def by_level(
    revision: Revision, document: Document, found: Sequence[ExaminedFinding]
) -> dict[str, Any]:
    """Return what the editor shows beside a text of a draft: its findings, the references with an
    old number, the checklist, how it reads.

    Raises NotNow (of child_process).
    """
    of_level = {level: [it for it in found if it.finding.level == level] for level in Level}
    stale = numbering.stale_references(revision, document)
    policy = revision.policy
    length = len(documents.body(document))
    return {
        # Each level with its findings, how many there are, and how many block publication.
        "levels": [
            (level, open_findings.grouped(its), len(its), len(open_findings.still_open(its)))
            for level, its in of_level.items()
        ],
        "open_findings": len(open_findings.still_open(found)),
        "stale": stale,
        "correctable": sum(bool(it.corrected) for it in stale),
        "checklist": child_process.run(
            findings.checklist,
            document,
            policy.checklists,
            language=policy.language,
            length=length,
        ),
        "reading": child_process.run(findings.reading, document, length=length),
    }


def open_now(revision: Revision) -> list[ExaminedFinding]:
    """Return what stops the publication, for the message after an action; none if this can't be
    worked out now, since what was done is done.
    """
    with suppress(child_process.NotNow):
        return open_findings.still_open(open_findings.findings_of(revision, at=timezone.now()))
    return []


def still_blocking(number: int) -> str:
    """Return " 2 findings still block publication.", to follow what was done; "" for none."""
    block = "blocks" if number == 1 else "block"
    return f" {counted(number, 'finding')} still {block} publication." if number else ""


def _findings_url(request: HttpRequest, pk: int) -> str:
    return f"{pages.form_page_url(request, pk)}#findings"


def _answering(action: str, done: str, form: type[DeskForm]) -> pages.View:
    """Return the view of a form that answers findings. done: the message if that was done."""

    text = "reason" if "reason" in form.base_fields else ""
    without_script = pages.action_button(action, done, after=_findings_url, form=form, text=text)

    @require_POST
    @pages.action_required(action)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if request.accepts("text/html"):
            return without_script(request, pk)
        by, at = pages.user_of(request), timezone.now()
        try:
            getattr(workflow, action)(pk, by=by, at=at, **form(request.POST).values())
        except workflow.Refused as refusal:
            return JsonResponse({"problem": str(refusal)}, status=422)
        return _done_as_json(request, pages.revision_or_404(pk), done)

    view.__name__ = action  # after which its URL is named
    return view


def _done_as_json(request: HttpRequest, revision: Revision, done: str) -> JsonResponse:
    """Return what was done, and the parts of the page to replace, by the id of their element."""
    found = open_findings.findings_of(revision, at=timezone.now())
    context: dict[str, Any] = {
        "revision": revision,
        "may": pages.allowed_actions(request, revision),
    }
    if pages.is_in_editor(request):
        context |= by_level(revision, revision.document(), found)
        parts = {"findings-list": "findings"}
    else:
        context |= as_list(found)
        parts = {"findings-list": "open_findings", "blocking": "blocking"}
    html = {
        place: render_to_string(f"admin/policies/includes/_{part}.html", context, request)
        for place, part in parts.items()
    }
    done += still_blocking(context["open_findings"])
    return JsonResponse({"done": done, "parts": html})


justify = _answering("justify", "Reason saved.", ReasonForFindingForm)
overrule = _answering("overrule", "Overruled.", ReasonForFindingForm)
withdraw_overruling = _answering("withdraw_overruling", "Overruling withdrawn.", FindingForm)
