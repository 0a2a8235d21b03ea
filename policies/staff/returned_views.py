"""The desk: Word files that came back, and their proposals to a draft."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from policies import child_process, workflow
from policies.ledger.actor_names import name_of_id, names_of
from policies.models import Policy, ReturnedFile, Revision
from policies.staff import pages
from policies.staff.asking_views import warning_before_accepting
from policies.staff.buttons import action_button
from policies.staff.change_views import ShownStretch, Side, name_of, shown_paragraphs, shown_places
from policies.staff.forms import DeskForm, Text, UploadForm, WholeNumber
from policies.staff.guards import (
    action_required,
    allowed_actions,
    is_allowed,
    user_of,
    view_permission_required,
)
from policies.states import OPEN
from policies.text.importing import WORD
from policies.text.redline import Change, ConflictOf, Kind, Proposals
from policies.text.short_text import counted
from policies.workflow import proposal_decisions, returned_files

# Changes that follow from others, or that Word does not track.
_NEVER_TRACKED = {Kind.NUMBERS, Kind.LAYOUT, Kind.ANCHOR, Kind.NOTATION}


class ReturnForm(UploadForm):
    """compare_with: the revision that the file was made from, if it doesn't say so itself."""

    compare_with = WholeNumber()


class DecisionForm(DeskForm):
    """change: ids of proposals, with spaces between; "" for all."""

    file = WholeNumber()
    change = Text()

    row = "file"
    sent_empty = ("change",)
    field_of: ClassVar[Mapping[str, str]] = {"changes": "change"}

    def clean_change(self) -> list[str] | None:
        return self.cleaned_data["change"].split() or None


class AcceptanceForm(DecisionForm):
    seen_saves = WholeNumber()


# --- Bringing a file back ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@action_required("bring_back_file")
def bring_back_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a Word file, and bring it back."""
    revision = pages.revision_or_404(pk)
    form = ReturnForm(request.POST, request.FILES) if request.method == "POST" else ReturnForm()
    if form.is_valid():
        file, wanted = form.cleaned_data["file"], form.cleaned_data["compare_with"]
        try:
            if PurePath(file.name).suffix.lower() not in WORD:
                raise workflow.Incomplete("Choose a Word file (.docx).", "file")
            return _brought_back(request, revision, file.name, file.read(), compare_with=wanted)
        except workflow.Refused as refusal:
            form.refuse(refusal)
    context = {
        "title": f"Upload the edited Word file: {revision.policy}",
        "revision": revision,
        "form": form,
        "texts": [
            (text, returned_files.label_of(text).capitalize())
            for text in (revision, *revision.policy.revisions.numbered().order_by("-number"))
        ],
    }
    return pages.render_staff_page(request, "bring_back_file.html", context)


def _brought_back(
    request: HttpRequest,
    revision: Revision,
    name: str,
    data: bytes,
    *,
    compare_with: int | None = None,
) -> HttpResponse:
    file = workflow.bring_back_file(
        revision.pk,
        by=user_of(request),
        at=timezone.now(),
        name=name,
        data=data,
        compare_with=compare_with,
    )
    found = counted(len(file.changes), "proposal")
    said = file.comments.count() + file.replies.count()
    comments = f" and {counted(said, 'new comment')}" if said else ""
    messages.success(
        request, f"“{name}” was compared with {file.compared_with}: {found}{comments}."
    )
    return HttpResponseRedirect(_proposals_url(file.revision_id, file.pk))


def known_file(request: HttpRequest, policy: Policy, name: str, data: bytes) -> HttpResponse | None:
    """Bring an uploaded file back if it says that it was made from a text of this policy; None for
    any other. Without an open revision, a draft is started first.
    """
    if PurePath(name).suffix.lower() not in WORD or not is_allowed(request, "bring_back_file"):
        return None
    if not returned_files.is_known(policy, name, data):
        return None
    revision = policy.revisions.open().first()
    if revision is None:
        revision = workflow.start_draft(policy.pk, by=user_of(request), at=timezone.now())
    return _brought_back(request, revision, name, data)


def _proposals_url(revision_id: int, file_id: int | None) -> str:
    asked = f"?file={file_id}" if file_id else ""
    return f"{reverse('admin:policies_proposals', args=[revision_id])}{asked}"


# --- Proposals -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownProposal:
    """name: what it changes: "30 days → 14 days". is_untracked: nobody tracked it in Word."""

    id: str
    name: str
    authors: list[tuple[str, datetime | None]]
    is_untracked: bool
    is_there: bool


@dataclass(frozen=True)
class ShownGroup:
    """A paragraph with the proposals in it."""

    label: str
    paragraph: list[ShownStretch]
    proposals: list[ShownProposal]


@dataclass(frozen=True)
class ShownConflict:
    label: str
    anchor: str
    ids: str
    sides: list[Side]
    proposals: list[ShownProposal]


def undecided_files(revision: Revision) -> list[tuple[ReturnedFile, str]]:
    """Return the files with proposals that wait for a decision, with how many: "3 proposals"."""
    if revision.status not in OPEN:
        return []
    files = revision.returned_files.defer("sent", "text", "notes").prefetch_related("decisions")
    left = [(file, len(file.changes) - len(file.decisions.all())) for file in files]
    return [(file, counted(number, "proposal")) for file, number in left if number]


@require_GET
@view_permission_required("revision")
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a file that came back proposes: the newest one, or the one that is asked for."""
    revision = pages.revision_or_404(pk)
    files = list(revision.returned_files.order_by("-pk"))
    wanted = DecisionForm(request.GET).value("file")
    file = next((file for file in files if file.pk == wanted), files[0] if files else None)
    if file is None:
        return redirect("admin:policies_review", pk)
    context = {
        "title": f"{revision.policy}: proposals from {file.name}",
        "files": files,
        **_context(request, revision, file),
    }
    return pages.render_staff_page(request, "proposals.html", context)


def _context(request: HttpRequest, revision: Revision, file: ReturnedFile) -> dict[str, Any]:
    """Return what `_proposals.html` shows."""
    file.revision = revision
    may = allowed_actions(request, revision)
    author, reader = file.returned_by_id, user_of(request)
    accepts = may["accept_proposals"]
    context = {
        "revision": revision,
        "file": file,
        "may": may,
        "warning": warning_before_accepting(revision, reader, [author]) if accepts else "",
        "returned_by": name_of_id(file.returned_by_id),
        "language": revision.policy.language,
    }
    try:
        found = proposal_decisions.proposals_of(file)
        shown = {change.id: _shown(change, file, found.in_draft) for change in found.waiting}
        return context | {
            "groups": _groups(found, shown),
            "conflicts": [_conflict(revision, conflict, shown) for conflict in found.conflicts],
            "free": len(found.free),
            "waiting": len(shown),
            "decided": _decided(file, found),
        }
    except (workflow.NotNow, child_process.NotNow) as reason:
        return context | {"problem": str(reason)}


def _shown(change: Change, file: ReturnedFile, present: Collection[str]) -> ShownProposal:
    authors = [
        (name, datetime.fromisoformat(at) if at else None)
        for name, at in file.changes.get(change.id, ())
    ]
    is_untracked = not authors and change.kind not in _NEVER_TRACKED
    return ShownProposal(change.id, name_of(change), authors, is_untracked, change.id in present)


def _groups(found: Proposals, shown: Mapping[str, ShownProposal]) -> list[ShownGroup]:
    """Return the paragraphs with proposals that are in no conflict."""
    decided = dict.fromkeys(found.accepted, True) | dict.fromkeys(found.declined, False)
    free, groups = dict.fromkeys(found.free), list[ShownGroup]()

    def add(label: str, paragraph: list[ShownStretch], ids: Iterable[str]) -> None:
        proposals = [shown[id_] for id_ in ids if id_ in free]
        for proposal in proposals:
            del free[proposal.id]
        if proposals:
            groups.append(ShownGroup(label, paragraph, proposals))

    for place in shown_places(found.found, decided):
        for paragraph in (place.line, *place.paragraphs):
            add(place.label, paragraph, [stretch.undo.id for stretch in paragraph if stretch.undo])
        add(place.label, [], [undo.id for undo in place.beside])
    add("", [], list(free))  # what no words show
    return groups


def _conflict(
    revision: Revision, found: ConflictOf, shown: Mapping[str, ShownProposal]
) -> ShownConflict:
    conflict = found.conflict
    anchor = conflict.place.removeprefix("#") if conflict.place.startswith("#") else ""
    headings = {section.anchor: section.heading for section in revision.sections.all()}
    sides = [
        Side("As it was sent", shown_paragraphs(conflict.base, conflict.base)),
        Side("The draft now", shown_paragraphs(conflict.base, conflict.ours)),
        Side("The file", shown_paragraphs(conflict.base, conflict.theirs)),
    ]
    label = headings.get(anchor) or anchor or conflict.place.capitalize()
    return ShownConflict(
        label, anchor, " ".join(found.ids), sides, [shown[id_] for id_ in found.ids]
    )


def _decided(file: ReturnedFile, found: Proposals) -> list[dict[str, Any]]:
    changes = {change.id: change for change in found.found.listed}
    rows = [decision for decision in file.decisions.all() if decision.change in changes]
    names = names_of(decision.decided_by_id for decision in rows)
    return [
        {
            "row": decision,
            "name": name_of(changes[decision.change]),
            "by": names[decision.decided_by_id],
        }
        for decision in rows
    ]


def _decided_url(request: HttpRequest, pk: int) -> str:
    return _proposals_url(pk, DecisionForm(request.POST).value("file"))


def _in_place(request: HttpRequest, pk: int) -> tuple[str, dict[str, str]]:
    revision, wanted = pages.revision_or_404(pk), DecisionForm(request.POST).value("file")
    context = _context(request, revision, revision.returned_files.get(pk=wanted))
    template = "admin/policies/includes/_proposals.html"
    return "", {"proposals": render_to_string(template, context, request)}


_deciding = partial(action_button, after=_decided_url, in_place=_in_place)
accept_proposals = _deciding(
    workflow.accept_proposals, "Accepted. The draft was changed.", form=AcceptanceForm
)
decline_proposals = _deciding(
    workflow.decline_proposals, "Declined. The draft was not changed.", form=DecisionForm
)
