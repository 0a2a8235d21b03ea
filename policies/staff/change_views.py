"""What a draft changes, shown while it is written: each change can be undone.

The form's text is compared with the version that the draft is based on.
"""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from policies import workflow
from policies.models import Revision
from policies.staff.editing import Checked, DraftText
from policies.staff.pages import action_required, button_of, revision_or_404, window_of
from policies.staff.shown_changes import shown_places
from policies.text import child_process, redline
from policies.text import document as documents
from policies.text.document import Document, DocumentError

# What the editor's button sends that shows the changes, and how those of single changes begin.
SHOW, UNDO = "changes", "undo:"
# Changes that are shown at once, each with its button: a page of them takes 0.2 s. A version of
# a policy rarely has more than a hundred.
MAX_SHOWN = 1_000


@require_POST
@action_required("save_draft")
def changes(request: HttpRequest, pk: int) -> JsonResponse:
    """Answer with JSON: what the form's text changes, as HTML; after an undo, the text, too; and
    the text that it is compared with, if the editor asks for that.

    A newer request from the same window ends an older one. 503: the site is busy, try again.
    """
    revision, text = revision_or_404(pk), DraftText.posted(request.POST)
    button, answer = button_of(request), dict[str, Any]()
    window = f"{window_of(request, revision)} {SHOW}"
    try:
        with child_process.one_turn(ending_previews=window, is_preview=True):
            if button.startswith(UNDO):
                text, indexes = undone(revision, text, button)
                answer["text"] = asdict(text) | {"indexes": indexes}
            context = context_of(revision, text.checked())
        if request.POST.get("with_base") and (base := revision.base_document()):
            sections = {it.anchor: it.body for it in base.sections}
            answer["base"] = {"introduction": base.introduction, "sections": sections}
    except workflow.Refused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    except child_process.NotNow as reason:
        return JsonResponse({"problem": str(reason)}, status=503)
    template = "admin/policies/includes/_single_changes.html"
    return JsonResponse({"changes": render_to_string(template, context, request), **answer})


def context_of(revision: Revision, checked: Checked) -> dict[str, Any]:
    """Return what `_single_changes.html` shows of a text. Raises NotNow (of child_process)."""
    context: dict[str, Any] = {"shows_changes": True, "language": revision.policy.language}
    if checked.document is None:
        return {**context, "changes_problem": " ".join(checked.problems.values())}
    if (base := revision.base_document()) is None:
        return context
    context["base"] = revision.base
    found = compared(base, checked.document)
    if (number := len(found.listed)) > MAX_SHOWN:
        too_many = (
            f"There are {number:,} changes, too many to show here. Save the draft to see them."
        )
        return {**context, "changes_problem": too_many}
    return {**context, "places": shown_places(found)}


def undone(revision: Revision, text: DraftText, button: str) -> tuple[DraftText, list[int | None]]:
    """Return a form's text without the change that a button names, as `DraftText.revised` does.

    Raises Incomplete if there is no such change any more or it can't be undone alone, and NotNow.
    """
    checked, base = text.checked(), revision.base_document()
    if checked.document is None or base is None:
        raise workflow.Incomplete(" ".join(checked.problems.values()) or "There is no change.")
    try:
        found = compared(base, checked.document)
        return text.revised(checked.document, found.resolve([button.removeprefix(UNDO)]))
    except KeyError as error:
        raise workflow.Incomplete("This change is not in the text any more.") from error
    except DocumentError as error:
        raise workflow.Incomplete(f"This can’t be undone alone. {error}") from error


def compared(old: Document, new: Document) -> redline.Changes:
    """Return the single changes between two texts. Raises NotNow (of child_process)."""
    length = len(documents.body(old)) + len(documents.body(new))
    return child_process.run(redline.changes_between, old, new, length=length)
