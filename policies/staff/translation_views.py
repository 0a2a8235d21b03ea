"""The desk: a translation beside its source, for whoever writes or reviews it: both in two columns,
from which the editor takes the source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from policies import languages
from policies.models import Policy, Revision
from policies.public import comparisons
from policies.public.comparisons import Comparison, ShownPart
from policies.staff import pages
from policies.staff.forms import EditorForm
from policies.staff.guards import is_allowed, view_permission_required
from policies.states import Status
from policies.text.document import Document
from policies.text.redline import State
from policies.text.short_text import counted


@require_GET
@view_permission_required("revision")
def side_by_side(request: HttpRequest, pk: int) -> HttpResponse:
    """Show source and translation in two columns, with what changed in each since the translation
    before, and mark the sections that need work.
    """
    revision = pages.revision_or_404(pk)
    source = revision.policy.translation_of
    before = _version_before(revision)
    old, new = _source_versions(revision, before)
    if source is None or new is None:
        messages.warning(request, f"{revision}: there is no published source to show beside it.")
        return redirect("admin:policies_review", pk)
    text = revision.document()
    theirs = comparisons.of_versions(old, new) if old and old != new else _unmarked(new)
    own = comparisons.of_texts(before.document() if before else text, text)
    left = untranslated(new.document(), text)
    pairs = paired(theirs.parts, own.parts, untranslated=left)
    to_do = [(number, pair) for number, pair in enumerate(pairs, 1) if pair.work]
    what = counted(len(to_do), "section" if all(pair.is_section for _, pair in to_do) else "part")
    context = {
        "title": f"{revision if revision.number else revision.policy}: beside its source",
        "revision": revision,
        "state": pages.state_of(revision),
        "may_edit": revision.status == Status.DRAFT and is_allowed(request, "save_draft"),
        "source": source,
        "source_language": languages.name_of(source.language),
        "language": languages.name_of(revision.policy.language),
        "old": old,
        "new": new,
        "before": before,
        "titles": (theirs.title, own.title),
        "pairs": pairs,
        "to_do": to_do,
        "to_do_title": f"{what} need{'s' if len(to_do) == 1 else ''} work",
    }
    return pages.render_staff_page(request, "side_by_side.html", context)


def source_context(revision: Revision, form: EditorForm) -> dict[str, Any]:
    """Return what a translator needs beside the draft: the source, and which version it has."""
    source = revision.policy.translation_of
    if source is None:
        return {}
    _, new = _source_versions(revision, _version_before(revision))
    stored = revision.source_version.number if revision.source_version else None
    return {
        "source": source,
        "source_versions": source.revisions.published().order_by("-number"),
        "source_version": form.value("source_version") or stored,
        "seen_source_version": form.value("seen_source_version") or stored,
        "source_new": new,
    }


def source_now(revision: Revision) -> dict[str, Any]:
    """Return what the form has seen of it, once its writer was shown that it was changed."""
    numbers = Revision.objects.filter(translated_by=revision).values_list("number", flat=True)
    return {"seen_source_version": numbers.first()}


def _unmarked(version: Revision) -> Comparison:
    text = version.document()
    return comparisons.of_texts(text, text)


def _version_before(revision: Revision) -> Revision | None:
    """Return the published version that a revision changes or, as a version, follows."""
    versions = revision.policy.revisions.published().exclude(pk=revision.pk)
    if revision.number:
        versions = versions.filter(number__lt=revision.number)
    return versions.newest()


def _source_versions(
    revision: Revision, before: Revision | None
) -> tuple[Revision | None, Revision | None]:
    """Return the source version that was translated before, and the one to translate now."""
    source: Policy | None = revision.policy.translation_of
    if source is None:
        return None, None
    own = revision.translated_version
    translated = before.translated_version if before else None
    if revision.number:
        return translated, own
    in_force = source.revisions.effective(at=timezone.now()).first()
    candidates = [version for version in (in_force, own) if version]
    new = max(candidates, key=lambda version: version.number or 0, default=None)
    return translated or own, new


_OTHER_WORDS = frozenset({State.CHANGED, State.ADDED, State.RENAMED})


@dataclass(frozen=True)
class Pair:
    """A part of the source beside that of the translation; None: it has no such part.

    work: what is to be done, in a few words; "" for nothing.
    """

    source: ShownPart | None
    own: ShownPart | None
    work: str

    @property
    def is_empty(self) -> bool:
        return not any(part and part.html for part in (self.source, self.own))

    @property
    def is_section(self) -> bool:
        part = self.own or self.source
        return part is not None and part.kind == "section"

    @property
    def heading(self) -> str:
        part = self.own or self.source
        return "" if part is None else part.heading or part.kind.capitalize()


def paired(
    source: Sequence[ShownPart],
    own: Sequence[ShownPart],
    *,
    untranslated: frozenset[str] = frozenset(),
) -> list[Pair]:
    """Pair the parts of two redlines, in the order of the source.

    Sections with the same anchor are a pair; others are one by their place, if they follow the
    same pair. untranslated: the anchors of the translation's sections that still have to be
    translated, "" for its introduction.
    """
    source, own = _once(source), _once(own)
    partners = _partners([_key(part) for part in source], [_key(part) for part in own])
    of_key = {_key(part): part for part in own}
    rows: list[tuple[ShownPart | None, ShownPart | None]] = [
        (part, of_key.get(partners.get(_key(part), ("", "")))) for part in source
    ]
    # What the source lacks comes after what it follows in the translation.
    at = 0
    for part in own:
        if _key(part) in partners.values():
            at = 1 + next(n for n, (_, own_part) in enumerate(rows) if own_part is part)
        else:
            rows.insert(at, (None, part))
            at += 1
    pairs = [Pair(*row, _work(*row, untranslated)) for row in rows]
    return [pair for pair in pairs if not pair.is_empty]


def untranslated(source: Document, own: Document) -> frozenset[str]:
    """Return what `paired` asks for: parts without words, or with those of the source."""
    theirs = {section.body.strip() for section in source.sections}
    missing = theirs | {""}
    same = {section.anchor for section in own.sections if section.body.strip() in missing}
    introduction = source.introduction.strip()
    if introduction and own.introduction.strip() in {"", introduction}:
        same.add("")
    # A heading can be all that a section has.
    bare = {section.anchor for section in source.sections if not section.body.strip()}
    return frozenset(same - bare)


def _once(parts: Sequence[ShownPart]) -> list[ShownPart]:
    """Leave out a removed section if another one has its anchor now."""
    kept = {_key(part) for part in parts if State.REMOVED not in part.states}
    return [part for part in parts if State.REMOVED not in part.states or _key(part) not in kept]


def _key(part: ShownPart) -> tuple[str, str]:
    return (part.kind, part.anchor)


def _partners(
    source: list[tuple[str, str]], own: list[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the keys of the translation's parts by those of the source's."""
    partners = {key: key for key in source if key in own}
    last = -1
    for key in source:
        if key in partners:
            last = own.index(partners[key])
            continue
        following = own[last + 1 : last + 2]
        if following and following[0] not in partners.values() and following[0][0] == key[0]:
            last += 1
            partners[key] = own[last]
    return partners


def _work(source: ShownPart | None, own: ShownPart | None, untranslated: frozenset[str]) -> str:
    is_there = own is not None and State.REMOVED not in own.states
    if source is None:
        return "Not in the source" if is_there else ""
    if State.REMOVED in source.states:
        return "Removed from the source" if is_there else ""
    if own is None or not is_there:
        return "Missing in the translation" if source.html else ""
    if own.anchor in untranslated and own.kind != "notes":
        return "Not translated yet"
    if _OTHER_WORDS & set(source.states) and not _OTHER_WORDS & set(own.states):
        return "Changed in the source"
    if State.MOVED in source.states and State.MOVED not in own.states:
        return "Moved in the source"
    return ""
