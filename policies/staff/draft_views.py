"""The desk: beginning, writing, previewing and handing in a draft; reasons for its findings.

After a refusal, a form shows again what the person typed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import workflow
from policies.models.derived import rendering_values
from policies.staff import revision_state, translation_views
from policies.staff.comment_views import threads_of
from policies.staff.editing import (
    Checked,
    DraftText,
    SectionText,
    chosen,
    differences,
    fingerprints,
    read_fingerprints,
    wanted_of_theirs,
    whole_number,
)
from policies.staff.pages import (
    address_of_home,
    give_text_back,
    home_of,
    may,
    may_see,
    outcome_as_message,
    page,
    revision_or_404,
    sees,
    user_of,
)
from policies.states import Status
from policies.text import document as documents
from policies.text import findings, rendering
from policies.text.findings import Level
from policies.text.importing import pasting
from policies.workflow import open_findings, texts
from policies.workflow.wording import unresolved

if TYPE_CHECKING:
    from django.http import HttpRequest

    from policies.models import Revision
    from policies.text.document import Document


# --- Beginning ---------------------------------------------------------------------------------


@require_POST
@may("start_draft")
def start_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a draft from the newest version, or from the revision that the form names."""
    based_on = whole_number(request.POST.get("based_on"))
    with outcome_as_message(request):
        draft = workflow.start_draft(pk, by=user_of(request), at=timezone.now(), based_on=based_on)
        return redirect("admin:policies_edit", draft.pk)
    return redirect("admin:policies_policy_change", pk)


# --- Writing -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("save_draft")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole document in one form; save, hand in, rearrange or preview what it holds."""
    revision = revision_or_404(pk)
    if request.method == "GET":
        return _opened(request, revision)
    text, order = DraftText.posted(request.POST), request.POST.get("do", "save")
    if order == "hand_in":
        return _save_and_hand_in(request, revision, text)
    if order == "choose":
        text = chosen(text, DraftText.of(revision.document()), wanted_of_theirs(request.POST))
    if order in {"save", "choose"}:
        return _save(request, revision, text) or _saved(request, pk)
    checked = text.checked() if order == "preview" else Checked(text.rearranged(order), None)
    return _unsaved(request, revision, checked)


def _opened(request: HttpRequest, revision: Revision) -> HttpResponse:
    if revision.status != Status.DRAFT:
        messages.warning(request, f"{revision} is not a draft any more, so it can't be edited.")
        return home_of(request, revision.pk)
    text = DraftText.of(revision.document())
    seen_parts = fingerprints(text)
    return _editor(
        request, revision, text.checked(), seen_saves=revision.saves, seen_parts=seen_parts
    )


def _save(request: HttpRequest, revision: Revision, text: DraftText) -> HttpResponse | None:
    """Save what was typed; return None, or a page that shows it again with the problems."""
    checked = text.checked()
    problems = dict(checked.problems)
    if checked.document is not None:
        try:
            _store(request, revision, checked.document)
        except workflow.SavedMeanwhile as refusal:
            return _conflict(request, revision.pk, text, str(refusal))
        except workflow.Refused as refusal:
            problems["document"] = str(refusal)
        else:
            return None
    return _unsaved(request, revision, replace(checked, problems=problems))


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect("admin:policies_edit", pk)


def _unsaved(request: HttpRequest, revision: Revision, checked: Checked) -> HttpResponse:
    """Show the editor with what was typed, which is not saved."""
    return _editor(
        request,
        revision,
        checked,
        seen_saves=whole_number(request.POST.get("seen_saves")),
        seen_parts=request.POST.get("seen_parts", ""),
        is_unsaved=True,
    )


def _store(request: HttpRequest, revision: Revision, document: Document) -> None:
    """Save the text and, if it was changed, which version a translation renders; or neither."""
    by = user_of(request)
    at, text = timezone.now(), texts.prepare(document, revision.policy)
    seen_saves = whole_number(request.POST.get("seen_saves"))
    seen = -1 if seen_saves is None else seen_saves
    with transaction.atomic():
        workflow.save_draft(revision.pk, text, by=by, at=at, seen_saves=seen)
        if number := _newly_chosen(request):
            workflow.set_source_version(revision.pk, by=by, at=at, number=number)


def _conflict(request: HttpRequest, pk: int, mine: DraftText, refusal: str) -> HttpResponse:
    """Show the text typed and the one saved meanwhile, part by part, to choose from."""
    revision = revision_or_404(pk)
    theirs = DraftText.of(revision.document())
    parts = differences(mine, theirs, read_fingerprints(request.POST.get("seen_parts", "")))
    context = {
        "title": f"{revision.policy}: this draft was saved meanwhile",
        "revision": revision,
        "refusal": refusal,
        "mine": mine,
        "parts": [part for part in parts if not part.is_same],
        "same": sum(part.is_same for part in parts),
        "seen_parts": fingerprints(theirs),
        "renders": _newly_chosen(request),
        "was_handing_in": request.POST.get("do") == "hand_in",
    }
    return page(request, "conflict.html", context, status=409)


def _newly_chosen(request: HttpRequest) -> int | None:
    """Return the number of the version to render, if this person has chosen another one."""
    chosen = request.POST.get("renders")
    return whole_number(chosen) if chosen != request.POST.get("seen_renders") else None


def _editor(
    request: HttpRequest,
    revision: Revision,
    checked: Checked,
    *,
    seen_saves: int | None,
    seen_parts: str,
    is_unsaved: bool = False,
) -> HttpResponse:
    saved = revision.document()
    context = {
        "title": f"{revision.policy}: draft",
        "revision": revision,
        "text": checked.text,
        "sections": _numbered(checked),
        "problems": checked.problems,
        "seen_saves": seen_saves,
        "seen_parts": seen_parts,
        "is_unsaved": is_unsaved,
        "may": revision_state.allowed_actions(request, revision),
        "may_see_review": sees(request, "revision"),
        "is_blank": saved.is_blank,
        "threads": _still_to_answer(request, revision),
        **translation_views.of_draft(request, revision),
        **_beside(revision, checked.document or saved),
    }
    return page(request, "edit.html", context, refused=bool(checked.problems))


def _numbered(checked: Checked) -> list[tuple[int, SectionText, str]]:
    """Return the sections, at least one, each with its number and its problem ("" for none)."""
    sections = checked.text.sections or (SectionText(),)
    problems = checked.problems
    return [
        (number, section, problems.get(f"section-{number}", ""))
        for number, section in enumerate(sections, start=1)
    ]


def _still_to_answer(request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
    """Return the unresolved comments; none for somebody who may not see the revision."""
    if not sees(request, "revision"):
        return []
    return [it for it in threads_of(revision) if it["remark"].resolved_at is None]


def _beside(revision: Revision, document: Document) -> dict[str, Any]:
    """Return what the page shows beside the text: the preview and the findings."""
    try:
        rendered = rendering.render(documents.body(document))
    except rendering.RenderingRefused as error:
        return {"preview_problem": str(error), "levels": []}
    found = open_findings.findings_of_text(
        revision.policy, document, rendering=rendering_values(rendered), at=timezone.now()
    )
    return {
        "preview": mark_safe(rendered.html),  # noqa: S308  written by rendering.render alone
        "preview_title": document.title,
        "levels": [_of_level(level, found) for level in Level],
        "open_findings": len(open_findings.still_open(found)),
        "checklist": findings.checklist(document),
        "reading": findings.reading(document),
    }


def _of_level(
    level: Level, found: list[open_findings.ExaminedFinding]
) -> tuple[Level, list[open_findings.ExaminedFinding], int]:
    """Return the findings of a level, and how many of them hold up publication."""
    those = [it for it in found if it.finding.level == level]
    return level, those, len(open_findings.still_open(those))


@require_POST
@may("save_draft")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with JSON: the preview and the findings of the form's text, each as HTML."""
    revision = revision_or_404(pk)
    checked = DraftText.posted(request.POST).checked()
    if checked.document is None:
        return JsonResponse({"problems": dict(checked.problems)}, status=422)
    context = {"revision": revision, **_beside(revision, checked.document)}
    return JsonResponse(
        {
            "preview": render_to_string("admin/policies/includes/_preview.html", context, request),
            "findings": render_to_string(
                "admin/policies/includes/_findings.html", context, request
            ),
        }
    )


@require_POST
@may("save_draft")
def paste(request: HttpRequest) -> HttpResponse:
    """Turn HTML from a clipboard into Markdown, and say what is left out. Answers with JSON.

    labels: those of the draft's footnotes, with spaces between; the new ones get others.
    """
    try:
        labels = request.POST.get("labels", "").split()
        found = pasting.read(request.POST.get("html", ""), labels=labels)
    except pasting.TooMuch as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    told = [f"Left out of what you pasted: {', '.join(found.left_out)}."] if found.left_out else []
    if found.headings > 1:
        told.append(
            f"Its {found.headings} headings stand inside this part of the text, not in the "
            "contents."
        )
    answer = {"markdown": found.markdown, "headings": found.headings, "told": " ".join(told)}
    return JsonResponse(answer)


@require_POST
@may("justify")
def justify(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge a finding with a reason."""
    key, reason = request.POST.get("key", ""), request.POST.get("reason", "")
    back = f"{address_of_home(request, pk)}#findings"
    try:
        workflow.justify(pk, by=user_of(request), at=timezone.now(), key=key, reason=reason)
    except workflow.Refused as refusal:
        return give_text_back(request, refusal, field="reason", back=back)
    messages.success(request, "Your reason was recorded.")
    return redirect(back)


# --- Handing in, or giving up --------------------------------------------------------------------


def _save_and_hand_in(request: HttpRequest, revision: Revision, text: DraftText) -> HttpResponse:
    """Save what was typed, and hand it in for review."""
    # A second click: the same text is handed in already, and there is nothing to save.
    is_again = revision.status != Status.DRAFT and text.checked().document == revision.document()
    refused = None if is_again else _save(request, revision, text)
    return refused or _hand_in(request, revision.pk)


def _hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    revision = revision_or_404(pk)
    waiting = len(open_findings.still_open(open_findings.findings_of(revision, at=timezone.now())))
    said = "Handed in for review. Reviewers see it on their desk."
    if waiting:
        are = "is" if waiting == 1 else "are"
        said += f" {waiting} of its findings {are} open, and must be resolved before publication."
    comments = unresolved(revision, "approved")
    with outcome_as_message(request, f"{said} {comments}".strip()):
        workflow.submit(pk, by=user_of(request), at=timezone.now())
    return home_of(request, pk)


@require_POST
@may("withdraw_submission")
def withdraw_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a revision back from review: it is a draft again."""
    with outcome_as_message(request, "It is a draft again, and waits on no reviewer's desk."):
        workflow.withdraw_submission(pk, by=user_of(request), at=timezone.now())
    return home_of(request, pk)


@require_POST
@may("discard")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard a draft."""
    with outcome_as_message(request, "Discarded. The text is kept in the history."):
        workflow.discard(pk, by=user_of(request), at=timezone.now())
    return home_of(request, pk)


@require_GET
@may_see("revision")
def markdown(request: HttpRequest, pk: int) -> HttpResponse:
    """Download a revision's text as a Markdown file."""
    revision = revision_or_404(pk)
    response = HttpResponse(
        documents.serialize(revision.document()), content_type="text/markdown; charset=utf-8"
    )
    name = f"{revision.policy.slug}-{revision.number or f'draft-{revision.pk}'}.md"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
