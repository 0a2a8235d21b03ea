"""The Link headers of pages: versions (RFC 5829), time travel (RFC 7089), kinds (RFC 6903).

The Original Resource of RFC 7089 is the page of a policy; its Mementos are the pages of the
versions that have taken effect, each for the time at which it did. An upcoming or a withdrawn
version was never in force, and so is no Memento.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.http import http_date

from policies.models import Address, Policy, Revision, version_status
from policies.models.policy import public_url
from policies.models.version_status import AdjacentVersions, VersionInfo, VersionRef
from policies.public.web_links import Link, as_header

LINK_FORMAT = "application/link-format"


def site_policies(language: str, *, at: datetime) -> list[tuple[str, Policy]]:
    """Return (relation type, policy) for the site's own privacy policy and terms of service.

    RFC 6903, sections 4 and 5. The settings name them (SITE_POLICIES), by any slug that they have
    or had; one without a version in force is left out. One query.
    """
    known = set(chain.from_iterable(settings.SITE_POLICIES.values()))
    in_force = Revision.objects.effective(at=at).filter(policy=OuterRef("policy"))
    addresses = list(
        Address.objects.filter(language=language, slug__in=known)
        .filter(Exists(in_force))
        .select_related("policy")
    )
    named = []
    for relation, slugs in settings.SITE_POLICIES.items():
        named += [(relation, address.policy) for address in addresses if address.slug in slugs]
    return list(dict.fromkeys(named))


def of_site(named: Iterable[tuple[str, Policy]]) -> list[Link]:
    """Return the links that any page may have; named: as `site_policies` returns them."""
    return [Link(public_url(policy.get_absolute_url()), rel) for rel, policy in named]


def of_policy(current: Revision, named: Iterable[tuple[str, Policy]]) -> list[Link]:
    """Return the links of a policy's page, which shows the version in force."""
    policy = current.policy
    return [
        Link(public_url(policy.url("timegate")), "timegate"),
        _timemap(policy),
        Link(public_url(policy.url("version", number=current.number)), "latest-version"),
        Link(public_url(policy.url("history")), "version-history"),
        *of_site(named),
    ]


def of_history(policy: Policy, current: Revision | None) -> list[Link]:
    """Return the links of the list of a policy's versions; none before the first is in force, since
    there is no time to travel to.
    """
    if current is None:
        return []
    latest = Link(public_url(policy.url("version", number=current.number)), "latest-version")
    return [_timemap(policy), latest]


def of_version(version_info: VersionInfo, adjacent: AdjacentVersions) -> dict[str, str]:
    """Return the headers of the page of a version."""
    version = version_info.version
    policy = version.policy
    links = []
    if version_info.took_effect:
        links.append(Link(public_url(policy.url("timegate")), "timegate"))
        links += of_timegate(version, adjacent)
    related = {
        "latest-version": adjacent.current,
        "predecessor-version": adjacent.before,
        "successor-version": adjacent.after,
    }
    links += [Link(_page(policy, ref), rel) for rel, ref in related.items() if ref]
    links.append(Link(public_url(policy.url("history")), "version-history"))
    headers = {"Link": as_header(links)}
    if version_info.took_effect and version.effective_at:
        headers["Memento-Datetime"] = http_date(version.effective_at.timestamp())
    return headers


def of_timegate(version: Revision, adjacent: AdjacentVersions) -> list[Link]:
    """Return the links of a TimeGate that has chosen a version."""
    policy = version.policy
    rels: dict[VersionRef, list[str]] = {version_status.version_ref(version): []}
    for rel, ref in (
        ("first", adjacent.first),
        ("last", adjacent.current),
        ("prev", adjacent.before),
        ("next", adjacent.after),
    ):
        if ref and adjacent.current and ref <= adjacent.current:
            rels.setdefault(ref, []).append(rel)
    return [
        Link(public_url(policy.get_absolute_url()), "original"),
        _timemap(policy),
        *(_memento(policy, ref, rels[ref]) for ref in sorted(rels)),
    ]


def timemap(policy: Policy, mementos: list[VersionRef]) -> list[Link]:
    """Return the links of a TimeMap (RFC 7089, section 5). mementos: one or more, first to last."""
    first, last = mementos[0], mementos[-1]
    start, end = (http_date(ref.effective_at.timestamp()) for ref in (first, last))
    about = (("type", LINK_FORMAT), ("from", start), ("until", end))
    links = [
        Link(public_url(policy.get_absolute_url()), "original"),
        Link(public_url(policy.url("timemap")), "self", about),
        Link(public_url(policy.url("timegate")), "timegate"),
    ]
    for ref in mementos:
        rels = [rel for rel, named in (("first", first), ("last", last)) if ref == named]
        links.append(_memento(policy, ref, rels))
    return links


def _timemap(policy: Policy) -> Link:
    return Link(public_url(policy.url("timemap")), "timemap", (("type", LINK_FORMAT),))


def _memento(policy: Policy, ref: VersionRef, rels: list[str]) -> Link:
    taken_effect = (("datetime", http_date(ref.effective_at.timestamp())),)
    return Link(_page(policy, ref), " ".join([*rels, "memento"]), taken_effect)


def _page(policy: Policy, ref: VersionRef) -> str:
    return public_url(policy.url("version", number=ref.number))
