"""The desk: what somebody has typed into the editor, kept for them alone until they save it.

The page sends it some seconds after the last change. Without scripts, each button keeps it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies.http import resubmission
from policies.models import Revision, UnsavedText
from policies.staff.editing import Checked, DraftText
from policies.staff.forms import DeskForm, EditorForm, WholeNumber
from policies.staff.guards import action_required, user_of
from policies.states import Status
from policies.text.document import Document
from policies.workflow import unsaved_texts
from policies.workflow.refusals import Incomplete


class OpenForm(DeskForm):
    """text: the id of the unsaved text to open, instead of the newest."""

    text = WholeNumber()


# What is kept of the form.
_FIELDS = {"title", "introduction", "numbering", "heading", "anchor", "body"}
_FIELDS |= {"seen_saves", "seen_parts", "source_version", "seen_source_version"}
_SAVED = "saved-draft"  # in the session: the id of the one to show as it is saved, once


@require_POST
@action_required("save_draft")
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a window holds. Answers with JSON: "kept" and "at", or a "problem"."""
    revision = get_object_or_404(Revision.objects.select_related("policy"), pk=pk)
    if EditorForm(request.POST).value("writer") != request.user.pk:
        return JsonResponse({"problem": "Somebody else has logged in here."}, status=409)
    try:
        DraftText.posted(request.POST)
    except Incomplete as refusal:  # and what was kept before stays
        return JsonResponse({"problem": str(refusal)}, status=422)
    try:
        text = _kept(request, revision)
    except Incomplete as refusal:
        return JsonResponse({"problem": str(refusal)}, status=413)
    answer = {"kept": text.pk, "at": f"{text.kept_at.astimezone(revision.policy.zone):%H:%M}"}
    if revision.status != Status.DRAFT:
        answer["note"] = "This is no longer a draft, so nobody can save it."
    elif unsaved_texts.of(revision, user_of(request)).count() > 1:
        answer["note"] = "Also open in another window. The text there is kept, too."
    return JsonResponse(answer)


def _kept(request: HttpRequest, revision: Revision) -> UnsavedText:
    form = EditorForm(request.POST)
    fields = resubmission.as_text(pair for pair in request.POST.lists() if pair[0] in _FIELDS)
    return unsaved_texts.keep(
        revision,
        by=user_of(request),
        at=timezone.now(),
        fields=fields,
        window=form.value("window") or "",
        instead_of=form.value("kept"),
    )


def sent(request: HttpRequest, revision: Revision) -> EditorForm:
    """Keep what a button of the editor sent, and return it with the id of what was kept.

    A text that is too long is not kept: it comes back with the page that refuses to save it.
    """
    data = request.POST.copy()
    with suppress(Incomplete):
        data["kept"] = str(_kept(request, revision).pk)
    return EditorForm(data)


def opened(
    request: HttpRequest, revision: Revision, mine: list[UnsavedText]
) -> tuple[EditorForm, Checked]:
    """Return the text with which the editor opens: what this person has not saved yet, or else the
    draft's. The form is empty then. mine: this person's unsaved texts of it.
    """
    wanted, document = OpenForm(request.GET).value("text"), revision.document()
    is_saved = request.session.pop(_SAVED, None) == revision.pk
    wanted_rows = [row for row in mine if row.pk == wanted or not is_saved]
    wanted_rows.sort(key=lambda row: row.pk != wanted)
    for row, form, checked in _read_all(wanted_rows):
        if _differs(form, checked, document):
            return form, checked
        mine.remove(row)
        row.delete()  # it was saved in another way
    return EditorForm(QueryDict()), DraftText.of(document).checked()


def _read_all(rows: Iterable[UnsavedText]) -> Iterator[tuple[UnsavedText, EditorForm, Checked]]:
    for row in rows:
        data = _as_query(row)
        try:
            text = DraftText.posted(data, saved=row.revision.numbering or "")
        except Incomplete:  # an older release kept forms of which a part had not arrived
            continue
        yield row, EditorForm(data), Checked(text, text.checked().document)


def _differs(form: EditorForm, checked: Checked, document: Document) -> bool:
    return checked.document != document or bool(form.newly_chosen)


def forget(
    request: HttpRequest, revision: Revision, form: EditorForm, *, is_saved: bool = False
) -> None:
    """Forget what was kept for a window: it was saved, or is not wanted. If another page comes, it
    shows the saved draft, whatever other windows hold.

    is_saved: whether this is in the transaction that has saved it.
    """
    forget = unsaved_texts.forget_saved if is_saved else unsaved_texts.forget
    kept, window = form.value("kept"), form.value("window")
    forget(revision, by=user_of(request), kept=kept, window=window or "")
    if request.accepts("text/html"):
        request.session[_SAVED] = revision.pk


def _as_query(text: UnsavedText) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in resubmission.from_text(text.fields):
        data.appendlist(name, value)
    data["kept"] = str(text.pk)
    return data


def context(saved: Document, form: EditorForm, mine: Iterable[UnsavedText]) -> dict[str, object]:
    """Return what the editor shows of a person's unsaved texts: this window's, and others.

    Not those that are what is saved now, as one is that arrived after its page was left.
    """
    by_key = {row.pk: row for row in mine}
    kept = by_key.pop(form.value("kept"), None)
    others = [
        row for row, other, text in _read_all(by_key.values()) if _differs(other, text, saved)
    ]
    return {"kept": kept, "others": others}
