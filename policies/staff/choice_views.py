"""Two texts of a draft to choose from: after a conflict, or when a file is uploaded."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from policies import child_process, workflow
from policies.ledger import authorship
from policies.ledger.actor_names import name_of
from policies.models import Policy, Revision
from policies.staff import pages
from policies.staff.change_views import ShownStretch, Side, compared, shown_paragraphs
from policies.staff.editing import DraftText, SectionText
from policies.staff.forms import EditorForm, UploadForm
from policies.staff.guards import action_required, is_allowed, user_of
from policies.staff.returned_views import known_file
from policies.staff.two_texts import (
    Difference,
    Part,
    differences,
    fingerprints,
    read_object,
    read_opened,
    together,
)
from policies.states import Status
from policies.text import importing
from policies.text.document import Document, DocumentError
from policies.text.markdown.import_notes import by_kind
from policies.text.redline import Kind
from policies.text.short_text import cut, in_short
from policies.workflow import texts
from policies.workflow.heavy_work import done_now

_NUMBERINGS = {"": "Sections: 1., 2., 3.", "headings": "All headings: 1., 1.1", "none": "None"}


@dataclass(frozen=True)
class Choice:
    """A part to choose. picked: what is chosen beforehand: "mine" or ""."""

    name: str
    label: str
    sides: list[Side]
    picked: str


def choices_after_conflict(parts: Iterable[Difference], saved: str) -> list[Choice]:
    """Return the parts that two people changed. saved: what the other's text is called."""
    choices = []
    for part in parts:
        if not part.is_same:
            mine = Side("Your version", _changed(part, part.mine, part.theirs))
            theirs = Side(saved, _changed(part, part.theirs, part.mine))
            choices.append(Choice(part.name, part.label, [mine, theirs], ""))
    return choices


def _changed(part: Difference, text: Part, other: Part) -> list[list[ShownStretch]] | None:
    """Return what a text changed in the one that both began with; if that is not known, its words
    beside the other's.
    """
    if text is None:
        return None
    if part.base is not None:
        return shown_paragraphs(_source(part, part.base), _source(part, text))
    against = shown_paragraphs(_source(part, other), _source(part, text))
    return [list(map(_without_old, paragraph)) for paragraph in against]


def _without_old(stretch: ShownStretch) -> ShownStretch:
    return stretch if stretch.is_kept else ShownStretch("", stretch.new)


def choices_of_file(parts: Iterable[Difference]) -> list[Choice]:
    """Return the parts in which a file, which is mine, differs from the draft."""
    choices = []
    for part in parts:
        if not part.is_same:
            changed = shown_paragraphs(_source(part, part.theirs), _source(part, part.mine))
            choices.append(Choice(part.name, part.label, [Side("", changed)], "mine"))
    return choices


def _source(part: Difference, text: Part) -> str:
    if isinstance(text, SectionText):
        return f"{text.heading}\n\n{text.body}".rstrip()
    return _NUMBERINGS.get(text or "", "") if part.name == "numbering" else text or ""


def saved_version(revision: Revision, reader: User) -> str:
    """Return what the saved text of a draft is called: "Ana’s version, saved 10:42"."""
    zone = revision.policy.zone
    saved = revision.saved_at.astimezone(zone)
    is_today = saved.date() == timezone.now().astimezone(zone).date()
    time = date_format(saved, "H:i" if is_today else "DATETIME_FORMAT")
    who = "Your other" if revision.saved_by == reader else f"{name_of(revision.saved_by)}’s"
    return f"{who} version, saved {time}"


# Characters of a file's name and the notes on it that the audit keeps.
MAX_AUDIT_NOTE = 2_000


class ConcurrentEdits:
    """What somebody typed, and what was saved since they opened the draft.

    parts: of both. together: with the changes of both.
    """

    def __init__(self, revision: Revision, form: EditorForm, mine: DraftText) -> None:
        self.revision, self.since = revision, form.value("seen_saves") or 0
        self.theirs = DraftText.of(revision.document())
        self.seen = read_object(form.value("seen_parts") or "")
        self.opened = read_opened(form.value("opened_parts") or "")
        self.parts = differences(mine, self.theirs, self.seen, self.opened)
        self.together = together(mine, self.theirs, self.seen, self.opened)

    def in_words(self, reader: User) -> str:
        """Return which parts came from others, and from whom; "" if none did."""
        savers = self._savers(reader)
        of_others: dict[str, list[str]] = {}
        for part in self.parts:
            if not (part.is_same or part.is_only_mine):
                name = authorship.NOTATION if part.name == "numbering" else part.name
                who = savers.get(name, savers[_ANY_PART])
                of_others.setdefault(who, []).append(_quoted(part))
        mover = savers.get(authorship.ORDER)
        if mover and not self.together.both_moved:
            of_others.setdefault(mover, []).append("the order of sections")
        if not of_others:
            return ""
        said = "; ".join(f"{_listed(parts)} ({who})" for who, parts in of_others.items())
        order = " You have both moved sections; their order is yours."
        return f"Changed meanwhile, and kept: {said}.{order if self.together.both_moved else ''}"

    def _savers(self, reader: User) -> dict[str, str]:
        """Return who last saved each part since, by what the audit calls it, and any part."""
        saves = max(self.revision.saves - self.since, 0)
        acts = self.revision.audit_events.filter(action__in=authorship.SAVING)
        found: dict[str, str] = {}
        for act in acts.order_by("-sequence")[:saves]:
            who = "you, in another window" if act.done_by_id == reader.pk else act.actor
            for name in (*act.reason.split(), _ANY_PART):
                found.setdefault(name, who)
        return {_ANY_PART: name_of(self.revision.saved_by), **found}


_ANY_PART = ""
# Parts that a message names of each person: it is read at a glance.
MAX_NAMED = 8


def _quoted(part: Difference) -> str:
    label = in_short(part.label)
    return f"“{label}”" if part.name.startswith("#") else label.lower()


def _listed(labels: list[str]) -> str:
    more = len(labels) - MAX_NAMED
    return ", ".join(labels[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def conflict(
    request: HttpRequest, edits: ConcurrentEdits, form: EditorForm, refusal: str
) -> HttpResponse:
    """Show what is in conflict between the text typed and the one that somebody else saved, to
    choose from. The rest of the text that is saved then has the changes of both.
    """
    revision, reader = edits.revision, user_of(request)
    who = (
        "this draft has changed since you opened it"
        if revision.saved_by == reader
        else "somebody else has saved this draft"
    )
    mine, names = edits.together.text, edits.together.conflicts
    parts = differences(mine, edits.theirs, edits.seen, edits.opened)
    in_conflict = [part for part in parts if part.name in names]
    context = {
        "title": f"{revision.policy}: {who}",
        "problem": refusal,
        "choices": choices_after_conflict(in_conflict, saved_version(revision, reader)),
        "source_version": form.newly_chosen,
        "window": form.value("window"),
        "kept": form.value("kept"),
        "was_submitted": pages.button_of(request) == "submit",
        "revision": revision,
        "mine": mine,
        "seen_parts": fingerprints(edits.theirs),
    }
    return pages.render_staff_page(request, "conflict.html", context, status=409)


@require_http_methods(["GET", "POST"])
@action_required("import_draft")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft from a Markdown, HTML or Word file, and show what could not be converted.

    If somebody has written a draft, show what the file would change in it, to choose from. A Word
    file that was downloaded here is brought back, with what was changed in it as proposals.
    """
    policy = get_object_or_404(Policy, pk=pk)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    draft = _written_draft(policy) if is_allowed(request, "save_draft") else None
    context: dict[str, Any] = {
        "title": f"Upload a file: {policy}",
        "policy": policy,
        "suffixes": ",".join(importing.SUFFIXES),
        "form": form,
        "has_draft": draft is not None,
    }
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _uploaded(request, policy, draft, file.name, file.read(), context)
        except workflow.Refused as refusal:
            form.refuse(refusal)
    return pages.render_staff_page(request, "upload.html", context)


def _uploaded(
    request: HttpRequest,
    policy: Policy,
    draft: Revision | None,
    name: str,
    data: bytes,
    context: dict[str, Any],
) -> HttpResponse:
    """draft: one that the file must not replace. context: of the page, which gets the notes."""
    if brought_back := known_file(request, policy, name, data):
        return brought_back
    found = _read(name, data, policy.language)
    text = texts.prepare(found.document, policy)
    lost = importing.not_shown(text.values["removed"], name, data)
    context |= {"name": name, "notes": by_kind([*found.notes, *lost])}
    if draft and draft.document() != text.document:
        return _compare_with_file(request, draft, found.document, context)
    # The audit keeps what is printable.
    note = f"{name}: {'; '.join(map(str, found.notes))}" if found.notes else name
    visible = "".join(sign if sign.isprintable() else " " for sign in note)
    by, at, note = user_of(request), timezone.now(), cut(visible, MAX_AUDIT_NOTE)
    made = workflow.import_draft(policy.pk, text, by=by, at=at, file=note)
    context |= {"title": f"Draft made from {name}", "draft": made}
    return pages.render_staff_page(request, "upload.html", context)


def _read(name: str, data: bytes, language: str) -> importing.Imported:
    """Raises Incomplete, about the file, and NotNow."""
    read = partial(child_process.run, importing.read, name, data, length=None, language=language)
    try:
        return done_now(read)
    except importing.ImportRefused as refusal:
        # "line 1" means the file as a whole.
        whole = f"{refusal.file}: {refusal.reason}"
        reason = whole if refusal.line == 1 else str(refusal)
        raise workflow.Incomplete(reason, "file") from refusal


def _written_draft(policy: Policy) -> Revision | None:
    """Return the draft that a file must not replace: somebody has written it."""
    draft = policy.revisions.filter(status=Status.DRAFT).first()
    if draft is None or draft.document().is_blank or not draft.contributions.exists():
        return None
    return draft


def _compare_with_file(
    request: HttpRequest, draft: Revision, document: Document, context: dict[str, Any]
) -> HttpResponse:
    """Show what a file would change in a draft. The form that saves the choices is the editor's."""
    theirs = DraftText.of(draft.document())
    mine = DraftText.of(done_now(partial(_with_anchors_of, draft.document(), document)))
    if problems := mine.checked().problems:
        raise workflow.Incomplete(" ".join(problems.values()), "file")
    choices = choices_of_file(differences(mine, theirs))
    if not choices:
        raise workflow.Incomplete("The file has the same text as the draft.", "file")
    context |= {
        "title": f"{draft.policy}: what the file would change",
        "file": context["name"],
        "choices": choices,
        "revision": draft,
        "mine": mine,
        "seen_parts": fingerprints(theirs),
    }
    return pages.render_staff_page(request, "conflict.html", context)


def _with_anchors_of(draft: Document, document: Document) -> Document:
    """Return a file's text in which sections that the draft has, too, keep the draft's anchors."""
    found = compared(draft, document)
    anchors = {change.id: change for change in found.listed if change.kind is Kind.ANCHOR}
    try:
        kept = found.resolve(anchors)
    except DocumentError:
        return document
    links = {f"](#{change.new})": f"](#{change.old})" for change in anchors.values()}
    return _with_links(kept, links) if links else kept


def _with_links(document: Document, links: Mapping[str, str]) -> Document:
    """Return a text in which links lead elsewhere."""
    one_of = re.compile("|".join(map(re.escape, links)))

    def linked(text: str) -> str:
        return one_of.sub(lambda found: links[found[0]], text)

    sections = tuple(replace(section, body=linked(section.body)) for section in document.sections)
    return replace(document, introduction=linked(document.introduction), sections=sections)
