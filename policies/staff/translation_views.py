"""The desk: what a policy is a translation of, of which version, and which language prevails."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import languages, workflow
from policies.models import Policy, Revision
from policies.public import comparisons, translations
from policies.staff.forms import EditorForm, PrevailingLanguageForm, SourcePolicyForm
from policies.staff.pages import action_required, is_allowed, outcome_as_message, user_of


def translations_context(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return what a policy's page shows about its translations, or about its source."""
    now = timezone.now()
    in_force = policy.revisions.select_related("source_version").effective(at=now).first()
    known = translations.all_translated_from(at=now, policy__translation_of=policy)
    own = list(policy.translations.all())
    retired = {it.language for it in own if it.retired_at}
    can_be = Q(translation_of=None, retired_at=None) | Q(pk=policy.translation_of_id)
    others = Policy.objects.filter(can_be).exclude(pk=policy.pk)
    return {
        "may_link": is_allowed(request, "set_translation_of") and not policy.retired_at,
        "may_add_translation": is_allowed(request, "create_policy")
        and not policy.translation_of_id
        and not policy.retired_at,
        "translated_from": translations.translated_from(in_force, at=now) if in_force else None,
        "translations": [(it, known[it.pk][1] if it.pk in known else None) for it in own],
        "sources": [] if own else others,
        "prevailing_choices": [
            (tag, languages.name_of(tag))
            for tag in [policy.language, *(it.language for it in own)]
            if tag not in retired or tag == policy.prevailing_language
        ]
        if own
        else [],
    }


def source_context(revision: Revision, form: EditorForm) -> dict[str, Any]:
    """Return what a translator needs beside the draft: the source, and what is new in it.

    renders: the version chosen in the form, until it is saved. seen_renders: the one that the form
    showed when it was opened.
    """
    policy, now = revision.policy, timezone.now()
    source = policy.translation_of
    if source is None:
        return {}
    versions = list(source.revisions.published().order_by("-number"))
    published = policy.revisions.newest()
    # The published version may be a translation of another policy, its source before.
    translated = translations.of_source(source, published.source_version) if published else None
    old = translated or translations.of_source(source, revision.source_version)
    in_force = next((it for it in versions if it.effective_at and it.effective_at <= now), None)
    new = max((it for it in (in_force, revision.source_version) if it), key=_number, default=None)
    stored = revision.source_version.number if revision.source_version else None
    return {
        "source": source,
        "source_versions": versions,
        "renders": form.value("renders") or stored,
        "seen_renders": form.value("seen_renders") or stored,
        "source_old": old,
        "source_new": new,
        "source_changes": _changes(old, new),
        "is_first": translated is None,
    }


def _number(version: Revision) -> int:
    return version.number or 0


def _changes(old: Revision | None, new: Revision | None) -> comparisons.Comparison | None:
    """Return what is new in the source, None for nothing.

    `new` may be the earlier version: the one that was translated may have been withdrawn since.
    """
    if old is None or new is None or old == new:
        return None
    return comparisons.of_versions(old, new)


@require_POST
@action_required("set_translation_of")
def set_translation_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the policy that another is a translation of, or that it is a translation of none."""
    form, by, at = SourcePolicyForm(request.POST), user_of(request), timezone.now()
    with outcome_as_message(request, "Source saved."):
        workflow.set_translation_of(pk, by=by, at=at, **form.values())
    return redirect("admin:policies_policy_change", pk)


@require_POST
@action_required("set_prevailing_language")
def set_prevailing_language(request: HttpRequest, pk: int) -> HttpResponse:
    """Set which language prevails, or that none is stated to."""
    form, by, at = PrevailingLanguageForm(request.POST), user_of(request), timezone.now()
    with outcome_as_message(request, "Language saved."):
        workflow.set_prevailing_language(pk, by=by, at=at, **form.values())
    return redirect("admin:policies_policy_change", pk)
