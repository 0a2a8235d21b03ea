"""What a draft changes, shown while it is written: each change can be undone.

The form's text is compared with the version that the draft is based on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from policies import child_process, workflow
from policies.models import Revision
from policies.staff.editing import Checked, DraftText
from policies.staff.guards import action_required
from policies.staff.pages import button_of, revision_or_404, window_of
from policies.text import document as documents
from policies.text import redline
from policies.text.document import Document, DocumentError
from policies.text.redline import Change, Changes, ComparedPart, Kind, Stretch
from policies.text.short_text import in_short

_LABELS = {"title": "Title", "introduction": "Introduction", "notation": "Heading numbers"}
# Changes that no words show.
_BESIDE = {
    Kind.LAYOUT: "line breaks, spaces and quotation marks",
    Kind.ANCHOR: "link to this section",
    Kind.NOTATION: "numbers of headings",
}
_OF_SECTION = {
    Kind.ADDED: "section added",
    Kind.REMOVED: "section removed",
    Kind.MOVED: "section moved",
}


class Undo(NamedTuple):
    """A button. name: what it undoes: "30 days → 14 days"."""

    id: str
    name: str


class ShownStretch(NamedTuple):
    """Words that were kept (then old and new are the same), or replaced.

    undo: the button behind them, unless the change has one already.
    """

    old: str
    new: str
    undo: Undo | None = None

    @property
    def is_kept(self) -> bool:
        return self.old == self.new


class Side(NamedTuple):
    """A version of a part. paragraphs: with what it changed; None if it has no such part."""

    label: str
    paragraphs: list[list[ShownStretch]] | None


@dataclass(frozen=True)
class ShownPlace:
    """A part that changed. beside: the changes that its words don't show. line: the title or the
    heading, if that changed.
    """

    label: str
    beside: list[Undo]
    line: list[ShownStretch]
    paragraphs: list[list[ShownStretch]]


def name_of(change: Change) -> str:
    """Return what a change is called that words show."""
    old, new = in_short(change.old), in_short(change.new)
    if change.kind is Kind.NUMBERS:
        return "renumbering"
    if change.kind is Kind.MOVED:
        return f"moved: {new}"
    if old and new:
        return f"{old} → {new}"
    return f"added: {new}" if new else f"removed: {old}"


def shown_places(
    found: Changes, decided: Mapping[str, bool] = MappingProxyType({})
) -> list[ShownPlace]:
    """Return the parts that changed, in the order of the text.

    decided: changes that are no more shown, by id: whether the text has them.
    """
    waiting = {change.id: change for change in found.listed if change.id not in decided}
    changed = [part for part in found.parts if waiting.keys() & part.changes]
    return [_shown(part, waiting, decided) for part in changed]


def shown_paragraphs(old: str, new: str) -> list[list[ShownStretch]]:
    """Return the paragraphs of two texts of one part, without buttons. Raises NotNow (of
    child_process).
    """
    length = len(old) + len(new)
    found = child_process.run(redline.paragraphs_between, old, new, length=length)
    return [list(map(_as_read, paragraph.stretches)) for paragraph in found]


def _as_read(stretch: Stretch) -> ShownStretch:
    """Other line breaks and spaces are no difference."""
    old, new, _ = stretch
    return ShownStretch(new if old.split() == new.split() else old, new)


def _shown(
    place: ComparedPart, waiting: dict[str, Change], decided: Mapping[str, bool]
) -> ShownPlace:
    """waiting: the changes without a button so far; those that get one here are removed."""
    of_section = [waiting.pop(id_) for id_ in (place.change, place.move) if id_ in waiting]
    beside = [Undo(change.id, _OF_SECTION[change.kind]) for change in of_section]
    for stretch in (place.anchor, *place.stretches):
        change = waiting.get(stretch.change)
        if change and change.kind in _BESIDE:
            beside.append(Undo(change.id, _BESIDE[change.kind]))
            del waiting[change.id]
    layout = {undo.id for undo in beside} - {change.id for change in of_section}
    shown = partial(_stretches, waiting=waiting, decided=decided, layout=layout)
    label = _LABELS.get(place.name) or place.line_of(()) or place.line_of({place.change})
    line = list(shown(place.line)) if place.name != "notation" else []
    if all(stretch.is_kept for stretch in line):
        line = []  # the label is enough
    paragraphs = [list(shown(paragraph.stretches)) for paragraph in place.paragraphs]
    return ShownPlace(label, beside, line, paragraphs)


def _stretches(
    stretches: Iterable[Stretch],
    *,
    waiting: dict[str, Change],
    decided: Mapping[str, bool],
    layout: set[str],
) -> Iterator[ShownStretch]:
    """Yield words with the buttons of their changes. layout: the changes that no words show."""
    for old, new, id_ in stretches:
        if id_ in decided:
            kept = new if decided[id_] else old
            yield ShownStretch(kept, kept)
            continue
        change = waiting.pop(id_, None)
        undo = Undo(id_, name_of(change)) if change else None
        before = new if id_ in layout else old
        if id_ and (new or old).endswith("\n"):  # which comes behind the button
            yield ShownStretch(before.removesuffix("\n"), new.removesuffix("\n"), undo)
            yield ShownStretch("\n", "\n")
        else:
            yield ShownStretch(before, new, undo)


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
    revision = revision_or_404(pk)
    button, answer = button_of(request), dict[str, Any]()
    window = f"{window_of(request, revision)} {SHOW}"
    try:
        text = DraftText.posted(request.POST, saved=revision.numbering or "")
        with child_process.one_turn(ending_previews=window, is_preview=True):
            if button.startswith(UNDO):
                text, indexes = undone(revision, text, button)
                answer["text"] = asdict(text) | {"indexes": indexes}
            context = context_of(revision, text.checked())
        if request.POST.get("with_base") and (base := revision.base_document):
            sections = {section.anchor: section.body for section in base.sections}
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
    if (base := revision.base_document) is None:
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
    checked, base = text.checked(), revision.base_document
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
