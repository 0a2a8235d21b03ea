"""The desk: a translation beside its source, for whoever writes or reviews it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from policies import languages
from policies.models import Policy, Revision
from policies.public import comparisons, translations
from policies.public.comparisons import Comparison
from policies.staff.pages import (
    is_allowed,
    render_staff_page,
    revision_or_404,
    state_of,
    view_permission_required,
)
from policies.staff.side_by_side import paired, untranslated
from policies.states import Status


@require_GET
@view_permission_required("revision")
def side_by_side(request: HttpRequest, pk: int) -> HttpResponse:
    """Show source and translation in two columns, with what changed in each since the translation
    before, and mark the sections that need work.
    """
    revision = revision_or_404(pk)
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
    context = {
        "title": f"{revision if revision.number else revision.policy}: beside its source",
        "policy": revision.policy,
        "revision": revision,
        "state": state_of(revision),
        "may_edit": revision.status == Status.DRAFT and is_allowed(request, "save_draft"),
        "source": source,
        "source_language": languages.name_of(source.language),
        "language": languages.name_of(revision.policy.language),
        "old": old,
        "new": new,
        "before": before,
        "titles": (theirs.title, own.title),
        "pairs": pairs,
        "to_do": [(number, it) for number, it in enumerate(pairs, 1) if it.work],
    }
    return render_staff_page(request, "side_by_side.html", context)


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
    own = translations.of_source(source, revision.source_version)
    translated = translations.of_source(source, before.source_version) if before else None
    if revision.number:
        return translated, own
    in_force = source.revisions.effective(at=timezone.now()).first()
    candidates = [it for it in (in_force, own) if it]
    new = max(candidates, key=lambda it: it.number or 0, default=None)
    return translated or own, new
