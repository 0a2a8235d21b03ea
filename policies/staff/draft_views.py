"""The desk: starting, writing and previewing a draft.

After a refusal, a form shows again what the person typed.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import child_process, workflow
from policies.http.resubmission import read_json
from policies.models import Revision, UnsavedText
from policies.models.derived import rendering_values
from policies.public import word_files
from policies.staff import change_views, choice_views, pages, presence, unsaved_text
from policies.staff.buttons import action_button
from policies.staff.comment_views import threads_of
from policies.staff.editing import Checked, DraftText, SectionText, checksums
from policies.staff.findings import by_level
from policies.staff.forms import (
    DeskForm,
    EditorForm,
    PastedForm,
    StartDraftForm,
    Text,
    WholeNumber,
)
from policies.staff.guards import (
    action_required,
    allowed_actions,
    may_view,
    user_of,
    view_permission_required,
)
from policies.staff.returned_views import undecided_files
from policies.staff.translation_views import source_context, source_now
from policies.staff.two_texts import chosen, chosen_of_theirs, fingerprints
from policies.states import Status
from policies.text import document as documents
from policies.text import rendering, surface
from policies.text.document import Document
from policies.text.importing import pasting
from policies.text.markdown.limits import RenderingRefused
from policies.text.quoted_html import divided
from policies.workflow import drafting, numbering, open_findings, texts, unsaved_texts
from policies.workflow.heavy_work import done_now

# --- Starting ----------------------------------------------------------------------------------


@require_POST
@action_required("start_draft")
def start_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a draft from the newest version, or from the revision that the form names."""
    form, by, at = StartDraftForm(request.POST), user_of(request), timezone.now()
    try:
        draft = workflow.start_draft(pk, by=by, at=at, **form.values())
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:policies_policy_change", pk)
    return redirect("admin:policies_edit", draft.pk)


# --- Writing -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@action_required("save_draft")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole document in one form; save, submit, rearrange or preview what it holds."""
    revision = get_object_or_404(Revision.objects.select_related("policy", "based_on"), pk=pk)
    if request.method == "GET":
        return _open(request, revision)
    try:
        text = DraftText.posted(request.POST, saved=revision.numbering or "")
    except workflow.Incomplete as refusal:
        context = {"title": "This was not saved", "problem": str(refusal), "revision": revision}
        return pages.render_staff_page(request, "only_forms.html", context, refused=True)
    form = unsaved_text.sent(request, revision)  # first: the server may stop while it saves
    button = pages.button_of(request, "save")
    if button == "forget":
        unsaved_text.forget(request, revision, form)
        messages.success(request, "Discarded. This is the saved draft.")
        return redirect("admin:policies_edit", pk)
    if button == "submit":
        return _save_and_submit(request, revision, form, text)
    if button == "choose":
        theirs = DraftText.of(revision.document())
        text = chosen(text, theirs, chosen_of_theirs(request.POST))
    if button in {"save", "choose", "correct"}:
        if refused := _save(request, revision, form, text, correct=button == "correct"):
            return refused
        if not request.accepts("text/html"):  # a script, whose page stays
            return _saved(pages.revision_or_404(pk))
        messages.success(request, "Corrected and saved." if button == "correct" else "Saved.")
        return redirect("admin:policies_edit", pk)
    if button == change_views.SHOW or button.startswith(change_views.UNDO):
        return _with_changes(request, revision, form, text)
    checked = text.checked() if button == "preview" else Checked(text.rearranged(button), None)
    return _editor(request, revision, form, checked)


def _saved(revision: Revision) -> HttpResponse:
    """Return the fields of the form that say which saved text it began with, as they are now."""
    parts = fingerprints(DraftText.of(revision.document()))
    return JsonResponse({"seen_saves": revision.saves, "seen_parts": parts, "kept": ""})


def _with_changes(
    request: HttpRequest, revision: Revision, form: EditorForm, text: DraftText
) -> HttpResponse:
    """Show the changes, without scripts. If the button of one was pressed, undo that first."""
    if (button := pages.button_of(request)) != change_views.SHOW:
        try:
            text, _ = change_views.undone(revision, text, button)
        except workflow.Refused as refusal:
            messages.error(request, str(refusal))
    checked = text.checked()
    changes = change_views.context_of(revision, checked)
    return _editor(request, revision, form, checked, changes)


def _open(request: HttpRequest, revision: Revision) -> HttpResponse:
    if revision.status == Status.DRAFT:
        revision.fetch_texts()
        mine = list(unsaved_texts.of(revision, user_of(request)))
        form, checked = unsaved_text.opened(request, revision, mine)
        return _editor(request, revision, form, checked, mine=mine)
    messages.warning(request, f"{revision} is no longer a draft, so it can't be edited.")
    return redirect(pages.work_url(request, revision.pk))


def _save_and_submit(
    request: HttpRequest, revision: Revision, form: EditorForm, text: DraftText
) -> HttpResponse:
    # A second click: the same text is submitted already, and there is nothing to save.
    is_again = revision.status != Status.DRAFT
    is_again = is_again and text.checked().document == revision.document()
    if is_again:
        unsaved_text.forget(request, revision, form)
    elif refused := _save(request, revision, form, text):
        return refused
    return redirect("admin:policies_submit", revision.pk)


def _save(
    request: HttpRequest,
    revision: Revision,
    form: EditorForm,
    text: DraftText,
    *,
    correct: bool = False,
) -> HttpResponse | None:
    """Save the text and, if it was changed, the version that was translated; or neither.

    If somebody has saved meanwhile, the changes of both are saved, and a message says whose is
    what. correct: whether to correct the references that its changes have made wrong. Returns None,
    or a page that shows what was typed again: with the problems, or beside what is in conflict.
    """
    seen, said, whole = form.value("seen_saves"), "", text
    while True:
        checked = whole.checked(is_complete=pages.button_of(request) == "submit")
        if checked.document is None:
            return _editor(request, revision, form, checked)
        try:
            _store(request, revision, form, checked.document, seen_saves=seen, correct=correct)
            break
        except workflow.SavedMeanwhile as refusal:
            if not request.accepts("text/html"):  # a script, which then sends the form for a page
                return JsonResponse({"problem": str(refusal)}, status=409)
            revision = pages.revision_or_404(revision.pk)
            edits = choice_views.ConcurrentEdits(revision, form, text)
            if edits.together.conflicts:
                return choice_views.conflict(request, edits, form, str(refusal))
            seen, whole = revision.saves, edits.together.text
            said = edits.in_words(user_of(request))
        except workflow.NotNow as refusal:
            context = _editor_context(request, revision, form, checked)
            context |= {"problems": {"document": str(refusal)}, **_no_preview(refusal)}
            return pages.render_staff_page(request, "edit.html", context, status=503)
        except workflow.Refused as refusal:
            checked = replace(checked, problems={**checked.problems, "document": str(refusal)})
            is_source = isinstance(refusal, workflow.TextChanged)
            more = source_now(revision) if is_source else None
            return _editor(request, revision, form, checked, more)
    if said:
        messages.info(request, said)
    return None


def _store(
    request: HttpRequest,
    revision: Revision,
    form: EditorForm,
    document: Document,
    *,
    seen_saves: int | None,
    correct: bool,
) -> None:
    by, at = user_of(request), timezone.now()
    with child_process.one_turn(ending_previews=pages.window_of(request, revision)):
        if correct:
            document = done_now(partial(numbering.corrected, revision, document))
        prepared = texts.prepare(document, revision.policy)
    with transaction.atomic():
        seen = -1 if seen_saves is None else seen_saves
        drafting.save_prepared(revision.pk, prepared, by=by, at=at, seen_saves=seen)
        if number := form.newly_chosen:
            workflow.set_source_version(
                revision.pk, by=by, at=at, number=number, seen=form.seen_source
            )
        unsaved_text.forget(request, revision, form, is_saved=True)


def _editor(
    request: HttpRequest,
    revision: Revision,
    form: EditorForm,
    checked: Checked,
    more: dict[str, Any] | None = None,
    mine: list[UnsavedText] | None = None,
) -> HttpResponse:
    """more: what the page shows, too. mine: as _editor_context takes it."""
    context = _editor_context(request, revision, form, checked, mine)
    document = checked.document or revision.document()
    if request.method == "GET" and child_process.is_long(len(documents.body(document))):
        context |= {"is_late": True, "levels": []}
    else:
        context |= _beside(revision, document)
    context |= more or {}
    return pages.render_staff_page(request, "edit.html", context, refused=bool(checked.problems))


def _editor_context(
    request: HttpRequest,
    revision: Revision,
    form: EditorForm,
    checked: Checked,
    mine: list[UnsavedText] | None = None,
) -> dict[str, Any]:
    """Return what the editor shows, without what is beside it. mine: this person's unsaved texts,
    if they were read already.
    """
    revision.fetch_texts()
    if mine is None:
        mine = list(unsaved_texts.of(revision, user_of(request)))
    saved, is_unsaved = revision.document(), bool(form.data)
    may_see_review = may_view(request, "revision")
    before = revision.base_document
    base: Any = checksums(DraftText.of(before)) if before else None
    may = allowed_actions(request, revision)
    accepts = user_of(request) if may["accept_suggestion"] else None
    threads = threads_of(revision, accepts) if may_see_review else []
    return {
        "title": f"{revision.policy}: draft",
        "revision": revision,
        "text": checked.text,
        # At least one, each with its number, its problem and, for the outline, its checksum in the
        # base: "" if it is new, None if there is no base.
        "sections": [
            (
                number,
                section,
                checked.problems.get(f"section-{number}", ""),
                base and base.get(section.anchor, ""),
            )
            for number, section in enumerate(checked.text.sections or (SectionText(),), start=1)
        ],
        "beginning_base": base and base[""],
        "problems": checked.problems,
        "seen_saves": form.value("seen_saves") if is_unsaved else revision.saves,
        "seen_parts": form.value("seen_parts") if is_unsaved else fingerprints(DraftText.of(saved)),
        "is_unsaved": is_unsaved,
        "may": may,
        "may_see_review": may_see_review,
        "is_blank": saved.is_blank,
        "visits": presence.visits_of_others(request, revision),
        "max_paste": pasting.MAX_BYTES,
        "waiting_files": undecided_files(revision),
        "threads": [thread for thread in threads if thread["comment"].resolved_at is None],
        **source_context(revision, form),
        **unsaved_text.context(saved, form, mine),
    }


def _no_preview(problem: Exception) -> dict[str, Any]:
    return {"preview_problem": str(problem), "levels": []}


def _beside(revision: Revision, document: Document) -> dict[str, Any]:
    """Return the preview of a text and what was found in it, or why there is no preview."""
    try:
        with child_process.one_turn(is_preview=True):
            return _preview(revision, document)
    except (rendering.RenderingRefused, child_process.NotNow) as problem:
        return _no_preview(problem)


def _preview(revision: Revision, document: Document) -> dict[str, Any]:
    """Raises RenderingRefused, NotNow (of child_process)."""
    body = documents.body(document)
    rendered = child_process.run(rendering.render_document, document, length=len(body))
    found = open_findings.findings_of_text(
        revision.policy,
        document,
        rendering=rendering_values(rendered),
        at=timezone.now(),
        revision=revision,
    )
    return {**_of_html(document.title, rendered.html), **by_level(revision, document, found)}


def _of_html(title: str, html: str) -> dict[str, Any]:
    """Return a preview: each section with a digest, so that a script gets only what it has not.

    html: as rendering.render has written it.
    """
    parts = [mark_safe(part) for part in divided(html)]  # noqa: S308
    preview = [(documents.part_digest(part), part) for part in parts]
    return {"preview": preview, "preview_title": title}


class PreviewForm(DeskForm):
    """unsent, have: as `preview` takes them, with spaces between. place: as in presence.py."""

    seen_saves = WholeNumber()
    unsent = Text()
    have = Text()
    place = Text()


@require_POST
@action_required("save_draft")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with JSON: the preview and the findings of the form's text, and who else writes in the
    draft, each as HTML.

    The form may leave out the bodies that are as they were saved ("unsent": their anchors), unless
    somebody has saved since (412), and gets those parts of the preview empty that it shows already
    ("have": their digests). A newer request from the same window ends an older one (409). 503: the
    site is busy, try again.
    """
    revision = get_object_or_404(Revision.objects.select_related("policy", "based_on"), pk=pk)
    revision.fetch_texts()
    form = PreviewForm(request.POST)
    unsent = (form.value("unsent") or "").split()
    if unsent and form.value("seen_saves") != revision.saves:
        return JsonResponse({}, status=412)
    try:
        text = DraftText.posted(request.POST, saved=revision.numbering or "")
    except workflow.Incomplete as refusal:
        return JsonResponse({"problems": {"document": str(refusal)}}, status=422)
    checked = text.completed(revision.document(), unsent).checked()
    if checked.document is None:
        return JsonResponse({"problems": dict(checked.problems)}, status=422)
    try:
        window = pages.window_of(request, revision)
        with child_process.one_turn(ending_previews=window, is_preview=True):
            beside = _preview(revision, checked.document)
    except rendering.RenderingRefused as problem:
        beside = _no_preview(problem)
    except child_process.NotNow as problem:
        statuses = {child_process.TooSlow: 422, child_process.Superseded: 409}
        status = statuses.get(type(problem), 503)
        return JsonResponse({"problems": {"document": str(problem)}}, status=status)
    context = {"revision": revision, "may": allowed_actions(request, revision), **beside}
    context["have"] = form.value("have")
    context["visits"] = presence.visits_of_others(request, revision, form.value("place") or "")
    return JsonResponse(
        {
            part: render_to_string(f"admin/policies/includes/_{part}.html", context, request)
            for part in ("preview", "findings", "visits")
        }
    )


@require_POST
@action_required("save_draft")
def paste(request: HttpRequest) -> HttpResponse:
    """Convert HTML from a clipboard to Markdown. Answers with JSON; "note" says what was lost."""
    try:
        values = PastedForm(request.POST).values()
        html, labels = values["html"], values["labels"].split()
        found = child_process.run(pasting.read, html, labels=labels, length=len(html))
    except (workflow.Refused, pasting.TooComplex, child_process.NotNow) as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    left_out = ", ".join(found.left_out)
    notes = [f"Left out of what you pasted: {left_out}."] if left_out else []
    if found.headings > 1:
        notes.append(
            f"Its {found.headings} headings are inside this part of the text, not in the contents."
        )
    answer = {"markdown": found.markdown, "headings": found.headings, "note": " ".join(notes)}
    return JsonResponse(answer)


# --- Withdrawing a submission, or discarding -----------------------------------------------------


withdraw_submission = action_button(
    workflow.withdraw_submission,
    "Submission withdrawn. It is a draft again.",
    after=pages.work_url,
)
discard = action_button(
    workflow.discard, "Discarded. The text is kept in the history.", after=pages.work_url
)


@require_GET
@view_permission_required("revision")
def markdown(request: HttpRequest, pk: int) -> HttpResponse:
    revision = pages.revision_or_404(pk)
    response = HttpResponse(
        documents.serialize(revision.document()), content_type="text/markdown; charset=utf-8"
    )
    name = word_files.file_name(revision)
    response["Content-Disposition"] = f'attachment; filename="{name}.md"'
    return response


class TextsForm(DeskForm):
    """A JSON list of texts. definitions: the lines of other sections that texts may refer to."""

    texts = Text(strip=False)
    definitions = Text(strip=False)

    def clean_texts(self) -> list[str]:
        texts = read_json(self.cleaned_data["texts"])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise forms.ValidationError("Send a list of texts.")
        return texts


@require_POST
@action_required("save_draft")
def blocks(request: HttpRequest) -> HttpResponse:
    """Answer with JSON: the texts as surface.Divided, or the problem."""
    try:
        values = TextsForm(request.POST).values()
        texts = surface.divide_all(values["texts"], values["definitions"])
    except (workflow.Refused, RenderingRefused) as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    answer = []
    for text in texts:
        blocks = [block._asdict() for block in text.blocks]
        answer.append({"blocks": blocks, "end": text.end})
    return JsonResponse({"texts": answer})
