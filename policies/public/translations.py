"""How a policy, its translations and their versions relate to one another. Derived, never stored.

A family is an authoritative policy with its translations. Each version of a translation records
which version of the authoritative policy it was made from (Revision.source_version).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from policies.models import Address, Policy, Revision
from policies.models.translation_sources import translated_from


@dataclass(frozen=True)
class Alternate:
    """A page in another language (or this one), for hreflang and the menu of languages."""

    language: str
    path: str
    is_authoritative: bool


@dataclass(frozen=True)
class Family:
    """A policy in different languages.

    members: those with a version in force, the authoritative one first, then by language tag; each
    has in_force_id. offered: those of them that readers are led to.
    """

    authoritative: Policy
    members: list[Policy]
    offered: list[Policy]

    @property
    def prevailing(self) -> Policy | None:
        """The policy whose language prevails, if the organisation has chosen one."""
        wanted = self.authoritative.prevailing_language
        return next((member for member in self.members if member.language == wanted), None)

    def alternates(self, name: str) -> list[Alternate]:
        """Return the page `name` (of urls.py) of each that is offered; [] where it is alone."""
        return _alternates((policy, policy.url(name)) for policy in self.offered)


def family_of(policy: Policy, *, at: datetime) -> Family:
    """Return a policy's family, with what is offered to its readers: one query."""
    root = policy.translation_of_id or policy.pk
    policies = list(
        Policy.objects.filter(Q(pk=root) | Q(translation_of=root)).with_version_in_force(at=at)
    )
    authoritative = next(member for member in policies if member.pk == root)
    members = _in_order(member for member in policies if member.in_force_id)
    return Family(authoritative, members, offered=_offered(members, policy))


def alternates(policy: Policy, name: str, *, at: datetime) -> list[Alternate]:
    """Return a policy's page `name` in each language: one query, none if it has no translations."""
    if not getattr(policy, "is_translated", True):  # True if the query didn't ask
        return []
    return family_of(policy, at=at).alternates(name)


def alternates_among(policies: Iterable[Policy]) -> dict[Policy, list[Alternate]]:
    """Return the pages of each of these policies in every language that is among them: no query."""
    families: dict[int, list[Policy]] = {}
    for policy in policies:
        families.setdefault(policy.translation_of_id or policy.pk, []).append(policy)
    pages: dict[Policy, list[Alternate]] = {}
    for members in families.values():
        for policy in members:
            offered = _offered(_in_order(members), policy)
            pages[policy] = _alternates((other, other.get_absolute_url()) for other in offered)
    return pages


def page_context(version: Revision, name: str, *, at: datetime) -> dict[str, Any]:
    """Return the template context about other languages for the page `name` (policy or version):
    four queries at most, none if the policy has no translations.
    """
    if not getattr(version, "is_translated", True):  # True if the query didn't ask
        return {}
    family = family_of(version.policy, at=at)
    return {
        "family": family,
        "translated_from": translated_from(version, at=at, source=family.authoritative),
        "alternates": family.alternates(name)
        if name == "policy"
        else versions_alike(version, family),
    }


def versions_alike(version: Revision, family: Family) -> list[Alternate]:
    """Return the pages of the same version in each language: its source, its translations.

    The newest in each language, but the version itself in its own; retired or not, since versions
    are for ever. Two queries at most.
    """
    policy = version.policy
    source = version.source_version if policy.translation_of_id else version
    if source is None or (policy.translation_of_id or policy.pk) != source.policy_id:
        return []
    translated = (
        Revision.objects.published()
        .filter(source_version=source, policy__translation_of=source.policy_id)
        .select_related("policy")
        .order_by("number")
    )
    if policy.translation_of_id:
        source.policy = family.authoritative
    by_policy = {alike.policy: alike for alike in [source, *translated, version]}
    return _alternates(
        (policy, policy.url("version", number=by_policy[policy].number))
        for policy in _in_order(by_policy)
    )


def languages_in_force(*, at: datetime) -> list[str]:
    """Return the languages that a policy is in force in: one query."""
    found = Revision.objects.in_force(at=at).values_list("policy__language", flat=True)
    return sorted(set(found.order_by().distinct()))


def versions_to_list(language: str, *, at: datetime) -> list[Revision]:
    """Return the versions in force for the list of policies in a language: one query.

    First those in it; then, of policies that are missing in it, the authoritative text; last of
    all what is retired. A translation that was retired alone is no reason to leave its source out.
    """
    relevant = Q(policy__language=language) | Q(policy__translation_of=None)
    in_force = Revision.objects.in_force(at=at).filter(relevant).select_related("policy")
    versions = list(in_force.order_by())
    own = [version for version in versions if version.policy.language == language]
    shown = _shown_by(own)
    shown_in_use = _shown_by(version for version in own if not version.policy.retired_at)
    missing = []
    for version in versions:
        policy = version.policy
        known = shown if policy.retired_at else shown_in_use
        if policy.language != language and not {policy.pk, policy.slug} & known:
            missing.append(version)

    def place(version: Revision) -> tuple[object, ...]:
        """Return the same order on each database, whose collations differ."""
        policy = version.policy
        is_retired, is_missing = policy.retired_at is not None, policy.language != language
        return is_retired, is_missing, policy.name.casefold(), policy.language, policy.pk

    return sorted([*own, *missing], key=place)


def _shown_by(versions: Iterable[Revision]) -> set[int | str | None]:
    """Return what these versions already show: the keys of their sources, and their own slugs."""
    shown: set[int | str | None] = set()
    for version in versions:
        shown.update((version.policy.translation_of_id, version.policy.slug))
    return shown


def alternate_indexes(offered: Iterable[str]) -> list[Alternate]:
    """Return the list of policies in each of these languages and in the site's own."""
    own = str(settings.LANGUAGE_CODE)
    indexes = [
        Alternate(code, reverse("policies:index", kwargs={"language": code}), code == own)
        for code in [own, *sorted(set(offered) - {own})]
    ]
    return indexes if len(indexes) > 1 else []


def offered_instead(slug: str, language: str, *, at: datetime) -> list[Policy]:
    """Return what to offer for a slug that is not there in `language`: two queries.

    The text in that language, if it is at another address and in use; else the authoritative one.
    """
    named = Policy.objects.filter(
        pk__in=Address.objects.public().filter(slug=slug).values("policy")
    )
    roots = {policy.translation_of_id or policy.pk for policy in named}
    members = _in_order(
        Policy.objects.filter(Q(pk__in=roots) | Q(translation_of__in=roots))
        .with_version_in_force(at=at)
        .exclude(in_force_id=None)
    )
    sources = [member for member in members if member.translation_of_id is None]
    own = [member for member in members if member.language == language]
    in_use = [member for member in own if not member.retired_at]
    return in_use or [member for member in sources if not member.retired_at] or own or sources


def _offered(members: Iterable[Policy], policy: Policy) -> list[Policy]:
    """Return those that readers of a policy are led to: itself, those in use, and from a retired
    one the retired ones.
    """
    if policy.retired_at:
        return list(members)
    return [member for member in members if member == policy or not member.retired_at]


def _alternates(pages: Iterable[tuple[Policy, str]]) -> list[Alternate]:
    alternates = [
        Alternate(policy.language, path, policy.translation_of_id is None) for policy, path in pages
    ]
    return alternates if len(alternates) > 1 else []


def _in_order(policies: Iterable[Policy]) -> list[Policy]:
    return sorted(
        policies, key=lambda policy: (policy.translation_of_id is not None, policy.language)
    )
