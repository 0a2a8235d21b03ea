"""Versions as Akoma Ntoso: collects from the database what the pure conversion needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from policies.models import Revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from policies.models import Policy
    from policies.text.akoma_ntoso import Version


def of(version: Revision, absolute: Callable[[str], str]) -> bytes:
    """Return a numbered version, with its policy and its rendering, as Akoma Ntoso XML."""
    # Few readers ask for it, and the others' memory needn't hold it.
    from policies.text.akoma_ntoso import convert

    return convert(version.rendering.html, _facts(version, absolute))


def _facts(version: Revision, absolute: Callable[[str], str]) -> Version:
    from policies import ledger
    from policies.text.akoma_ntoso import Version

    policy = version.policy
    source = policy.translation_of
    # Constraints of the database: a numbered version has all of them.
    assert version.number  # noqa: S101
    assert version.published_at  # noqa: S101
    assert version.effective_at  # noqa: S101
    assert version.last_updated_on  # noqa: S101
    return Version(
        # The work is that of the authoritative policy, if it is public.
        slug=ledger.first_slug(source if source and ledger.is_public(source) else policy),
        language=policy.language,
        country=settings.ORGANISATION_COUNTRY,
        organisation=settings.ORGANISATION_NAME,
        number=version.number,
        title=version.title,
        kind=version.kind,
        change_note=version.change_note,
        digest=version.digest,
        work_on=_work_on(policy),
        published_on=policy.day_of(version.published_at),
        last_updated_on=version.last_updated_on,
        published_at=version.published_at,
        effective_at=version.effective_at,
        policy_url=absolute(policy.get_absolute_url()),
        url=absolute(policy.url("version", number=version.number)),
        markdown_url=absolute(policy.url("markdown", number=version.number)),
    )


def _work_on(policy: Policy) -> date:
    """Return the day on which the policy was first published in any language."""
    source = policy.translation_of_id or policy.pk
    first = (
        Revision.objects.numbered()
        .filter(Q(policy=source) | Q(policy__translation_of=source))
        .select_related("policy")
        .only("published_at", "policy__time_zone")
        .order_by("published_at", "pk")
        .first()
    )
    assert first  # noqa: S101  this version, if no other
    assert first.published_at  # noqa: S101
    return first.policy.day_of(first.published_at)  # the same day for all languages
