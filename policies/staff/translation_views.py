"""The desk: what a policy is a translation of, of which version, and which language prevails."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from policies import languages
from policies.models import Policy, Revision
from policies.public import comparisons, translations
from policies.staff.forms import EditorForm, PrevailingLanguageForm, SourcePolicyForm
from policies.staff.pages import action_button, is_allowed, policy_url


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
    """Return what a translator needs beside the draft: the source, and what is new in it."""
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
    candidates = [it for it in (in_force, revision.source_version) if it]
    new = max(candidates, key=lambda it: it.number or 0, default=None)
    # `new` may be the earlier one: the version that was translated may have been withdrawn since.
    changes = comparisons.of_versions(old, new) if old and new and old != new else None
    stored = revision.source_version.number if revision.source_version else None
    return {
        "source": source,
        "source_versions": versions,
        "renders": form.value("renders") or stored,
        "seen_renders": form.value("seen_renders") or stored,
        "source_old": old,
        "source_new": new,
        "source_changes": changes,
        "is_first": translated is None,
    }


set_translation_of = action_button(
    "set_translation_of", "Source saved.", after=policy_url, form=SourcePolicyForm
)
set_prevailing_language = action_button(
    "set_prevailing_language", "Language saved.", after=policy_url, form=PrevailingLanguageForm
)
