"""The actions about translations: of which policy, of which version, which language prevails."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.models import Policy, Revision, grants
from policies.states import Status
from policies.workflow import texts
from policies.workflow.preconditions import (
    locked_and_allowed,
    locked_policy,
    locked_with_source,
    require_not_prevailing,
    require_source_as_seen,
)
from policies.workflow.refusals import Incomplete, WrongState, work_in_words


@transaction.atomic
def set_translation_of(policy_id: int, *, by: User, at: datetime, source_id: int | None) -> Policy:
    """Set the authoritative policy that another translates; None: it is authoritative itself.

    The source version of an open draft is the newest from then on, and whoever sets this is one of
    its authors. Raises WrongState if work on the policy is in review or approved, if its language
    prevails, or if it says which one does.
    """
    policy = locked_with_source("set_translation_of", policy_id, by, source_id)
    source = checked_source(policy, source_id, by)
    if policy.translation_of == source:
        return policy
    draft = policy.revisions.open().first()
    if draft and draft.status != Status.DRAFT:
        raise WrongState(
            f"{policy} has {work_in_words(draft)}, and its source is part of that. "
            "Publish it, or reopen it as a draft, first."
        )
    require_not_prevailing(policy)
    if policy.prevailing_language:
        raise WrongState(f"{policy} has a prevailing language. Remove it first.")
    policy.translation_of = source
    policy.save(update_fields=["translation_of"])
    if draft:
        draft.source_version = newest_of_source(policy)
        draft.save(update_fields=["source_version"])
        texts.add_author(draft, by.pk, at=at)
    record_translation(policy, by=by, at=at)
    return policy


def record_translation(policy: Policy, *, by: User | None, at: datetime) -> None:
    """Record in the audit, and for readers if they know both, which policy another translates."""
    source = policy.translation_of
    said = f"translation of {source.label}" if source else "no translation"
    ledger.record_translation(policy, by=by, at=at)
    facts = {"source": policy.translation_of_id}
    ledger.record_act("set_translation_of", policy, by=by, at=at, reason=said, facts=facts)


@transaction.atomic
def set_prevailing_language(policy_id: int, *, by: User, at: datetime, language: str) -> Policy:
    """Set which language of an authoritative policy prevails where they differ; "" for none.

    Pages show it once there is a version in force in it. Raises WrongState if it is a translation
    itself, Incomplete if the policy is not there in this language.
    """
    policy = locked_policy("set_prevailing_language", policy_id, by)
    if policy.translation_of:
        raise WrongState(
            f"{policy.translation_of.label} is the authoritative policy. Set it there."
        )
    known = {policy.language}
    for translation in policy.translations.filter(retired_at__isnull=True):
        is_public = translation.revisions.effective(at=at).exists()
        if is_public or grants.sees(by, translation):
            known.add(translation.language)
    if language and language not in known:
        raise Incomplete(
            f"{policy} has no text in {language}. Choose from {', '.join(sorted(known))}.",
            "language",
        )
    if policy.prevailing_language == language:
        return policy
    policy.prevailing_language = language
    policy.save(update_fields=["prevailing_language"])
    ledger.record_prevalence(policy, by=by, at=at)
    said = f"{language} prevails" if language else "nothing is said"
    ledger.record_act("set_prevailing_language", policy, by=by, at=at, reason=said)
    return policy


@transaction.atomic
def set_source_version(
    revision_id: int,
    *,
    by: User | None,
    at: datetime,
    number: int | None,
    seen: int | None = None,
) -> Revision:
    """Set the version of the authoritative policy that a draft translates.

    number: None if that is not known, as of some imports; publication, but of an import, then takes
    the version in force, or else the newest. Whoever sets it counts among the authors. seen: the
    number that it had when this person saw it, 0 for none; None: do not check. Raises TextChanged.
    """
    revision = locked_and_allowed("set_source_version", revision_id, by)
    source = revision.policy.translation_of
    if source is None:
        raise WrongState(f"{revision.policy} is not a translation, so it has no source version.")
    version = source.revisions.published().filter(number=number).first() if number else None
    if number and version is None:
        raise Incomplete(f"{source.label} has no version {number} to translate.", "number")
    if version == revision.source_version:
        return revision
    require_source_as_seen(revision, seen)
    revision.source_version = version
    revision.save(update_fields=["source_version"])
    if by:
        texts.add_author(revision, by.pk, at=at)
    said = f"version {number} of {source.label}" if number else "not known"
    ledger.record_act("set_source_version", revision, by=by, at=at, reason=said)
    return revision


def checked_source(policy: Policy, source_id: int | None, by: User | None) -> Policy | None:
    """Return the policy that another is to translate, locked; None for None. Raises Incomplete,
    also if `by` may not know of it.
    """
    if source_id is None:
        return None
    source = Policy.objects.select_for_update().filter(pk=source_id).first()
    is_new = source_id != policy.translation_of_id
    if source is None or source == policy or (by and is_new and not grants.sees(by, source)):
        raise Incomplete("Choose another policy as the source.", "translation_of")
    if source.translation_of_id:
        raise Incomplete(
            f"{source.label} is a translation. Choose its source instead.",
            "translation_of",
        )
    if source.language == policy.language:
        raise Incomplete(
            f"{source.label} is in the same language. Choose another source or language.",
            "language",
            "translation_of",
        )
    if policy.pk and policy.translations.exists():
        raise Incomplete(f"{policy.label} has translations, so it can't be a translation.")
    other = source.translations.filter(language=policy.language).exclude(pk=policy.pk).first()
    if other:
        raise Incomplete(
            f"{source.label} is already translated into this language: {other.get_absolute_url()}.",
            "language",
            "translation_of",
        )
    return source


def newest_of_source(policy: Policy) -> Revision | None:
    """Return the source version of a translation unless somebody sets another: the newest."""
    if policy.translation_of is None:
        return None
    return policy.translation_of.revisions.newest()
