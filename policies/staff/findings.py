"""The desk: the findings in a text, and the forms that answer them.

The forms work without a script. With one (desk-findings.js), no page is loaded: the answer is JSON,
with the parts of the page that have changed as HTML.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from policies import child_process, workflow
from policies.models import Revision
from policies.staff import pages
from policies.staff.buttons import action_button
from policies.staff.forms import FindingForm, ReasonForFindingForm
from policies.staff.guards import allowed_actions
from policies.text import document as documents
from policies.text import findings
from policies.text.checklist import checklist
from policies.text.document import Document
from policies.text.findings import Level
from policies.text.short_text import counted
from policies.workflow import numbering, open_findings
from policies.workflow.open_findings import ExaminedFinding, FindingGroup

# Groups of like suggestions that are shown at once; the others are folded.
SUGGESTIONS = 5


def _folded(found: Sequence[ExaminedFinding]) -> tuple[list[FindingGroup], list[FindingGroup]]:
    """Return the groups that are shown at once, and those that are folded."""
    groups = open_findings.grouped(found)
    suggestions = [group for group in groups if group.first.finding.level == Level.ADVICE]
    folded = suggestions[SUGGESTIONS:]
    return groups[: len(groups) - len(folded)], folded


def as_list(found: Sequence[ExaminedFinding]) -> dict[str, Any]:
    """Return what the list of the review and publish pages shows."""
    groups, folded = _folded(found)
    return {
        "groups": groups,
        "folded": folded,
        "finding_count": len(found),
        "open_findings": len(open_findings.still_open(found)),
        "open_blocks": sum(finding.is_open and finding.can_be_overruled for finding in found),
        "overruled": sum(finding.overruling is not None for finding in found),
    }


def by_level(
    revision: Revision, document: Document, found: Sequence[ExaminedFinding]
) -> dict[str, Any]:
    """Return what the editor shows beside a text of a draft: its findings, the references with an
    old number, the checklist, how it reads.

    Raises NotNow (of child_process).
    """
    # Each level with its findings, shown and folded, how many there are, how many block
    # publication, and a digest, so that a script gets only what it has not.
    levels = []
    for level in Level:
        of_level = [finding for finding in found if finding.finding.level == level]
        still_open = len(open_findings.still_open(of_level))
        digest = documents.part_digest(str([(each.finding, each.answer) for each in of_level]))
        levels.append((level, *_folded(of_level), len(of_level), still_open, digest))
    stale = numbering.stale_references(revision, document)
    checklists = revision.policy.checklists
    length = len(documents.body(document))
    return {
        "levels": levels,
        "open_findings": len(open_findings.still_open(found)),
        "stale": stale,
        "correctable": sum(bool(reference.corrected) for reference in stale),
        "checklist": child_process.run(checklist, document, checklists, length=length),
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


def _in_place(request: HttpRequest, pk: int) -> tuple[str, dict[str, str]]:
    """Return what still blocks publication, and the parts of the page to replace."""
    revision = pages.revision_or_404(pk)
    found = open_findings.findings_of(revision, at=timezone.now())
    context: dict[str, Any] = {
        "revision": revision,
        "may": allowed_actions(request, revision),
    }
    if pages.is_in_editor(request):
        context |= by_level(revision, revision.document(), found)
        parts = {"findings-list": "findings"}
    else:
        context |= as_list(found)
        parts = {"findings-list": "open_findings", "blocking": "blocking"}
    return still_blocking(context["open_findings"]), {
        place: render_to_string(f"admin/policies/includes/_{part}.html", context, request)
        for place, part in parts.items()
    }


_answering = partial(action_button, after=_findings_url, in_place=_in_place)
justify = _answering(workflow.justify, "Reason saved.", form=ReasonForFindingForm)
overrule = _answering(workflow.overrule, "Overruled.", form=ReasonForFindingForm)
withdraw_overruling = _answering(
    workflow.withdraw_overruling, "Overruling withdrawn.", form=FindingForm
)
