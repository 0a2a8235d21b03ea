"""Every public URL that can be listed; the export asks here and nowhere else.

Each named route of the site is in one of three tables: ONCE, OF_POLICY or NOT_LISTED. A new
route without a row fails a test. A row says with which arguments the route is an address of this
site; whether it leads to a page, to a redirect or to nothing, only the site knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from policies.models import Address, LedgerEntry, Policy, Revision
from policies.public import pdfs
from policies.public.json_data import LEDGER_PAGE

Arguments = Mapping[str, object]

# Versions on one page of the history.
HISTORY_PAGE = 100
# The JSON Schemas of what programs read: NAME.json.
SCHEMAS = settings.BASE_DIR / "policies" / "schemas"


def once(*_: object) -> Iterator[Arguments]:
    yield {}


# --- Of the whole site -------------------------------------------------------------------------


def each_language() -> Iterator[Arguments]:
    """Yield the site's own language, and each other that a policy is published in."""
    published = Revision.objects.numbered().values_list("policy__language", flat=True)
    for language in sorted({settings.LANGUAGE_CODE, *published.distinct()}):
        yield {"language": language}


def each_full_ledger_page() -> Iterator[Arguments]:
    newest = LedgerEntry.objects.order_by("-sequence").first()
    full = newest.sequence // LEDGER_PAGE if newest else 0
    for number in range(1, full + 1):
        yield {"number": number}


def each_schema() -> Iterator[Arguments]:
    for path in sorted(SCHEMAS.glob("*.json")):
        yield {"name": path.stem}


def if_there_is_a_contact() -> Iterator[Arguments]:
    if settings.SECURITY_CONTACTS:
        yield {}


# Names of routes, with the application's in front where it has one.
ONCE: dict[str, Callable[[], Iterator[Arguments]]] = {
    "policies:index": each_language,
    "policies:feed_of_all": once,
    "policies:sitemap": once,
    "policies:robots": once,
    "policies:security": if_there_is_a_contact,
    "policies:ledger_json": once,
    "policies:ledger_page": each_full_ledger_page,
    "policies:schema": each_schema,
}


# --- Of each policy ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """A policy with the numbers of its versions, in order, withdrawn ones included.

    linked: the pairs that pages compare, each version with the published one before it.
    """

    policy: Policy
    numbers: list[int]
    linked: list[tuple[int, int]]


def each_version(of: Published) -> Iterator[Arguments]:
    for number in of.numbers:
        yield {"number": number}


def each_version_if_printed(of: Published) -> Iterator[Arguments]:
    if pdfs.are_made():
        yield from each_version(of)


def each_compared_pair(of: Published) -> Iterator[Arguments]:
    """Yield each version with the one before it, and the published one before it, which pages link.

    All pairs would be too many to list.
    """
    for old, new in dict.fromkeys([*pairwise(of.numbers), *of.linked]):
        yield {"old": old, "new": new}


def older_history(of: Published) -> Iterator[Arguments]:
    """Yield each further page of the history, which names the last number on the page before it."""
    newest_first = of.numbers[::-1]
    for last in range(HISTORY_PAGE - 1, len(newest_first) - 1, HISTORY_PAGE):
        yield {"before": newest_first[last]}


# Names of routes under a policy's address.
OF_POLICY: dict[str, Callable[[Published], Iterator[Arguments]]] = {
    "policies:policy": once,
    "policies:current_json": once,
    "policies:history": once,
    "policies:older": older_history,
    "policies:version": each_version,
    "policies:markdown": each_version,
    "policies:json": each_version,
    "policies:compare": each_compared_pair,
    "policies:since": each_version,
    "policies:akoma_ntoso": each_version,
    "policies:pdf": each_version_if_printed,
    "policies:embed": once,
    "policies:embed_since": each_version,
    "policies:feed": once,
    "policies:timemap": once,
}

# --- Neither -----------------------------------------------------------------------------------

# Routes whose addresses are not listed, and why.
NOT_LISTED = {
    "policies:on": "There is one for every day.",
    "policies:timegate": "It answers by a field of the request.",
    "policies:preview": "It is for whoever has the link.",
    "policies:preview_changes": "It is for whoever has the link.",
    "policies:healthz": "It is about a process, not about policies.",
    "policies:readyz": "It is about a process, not about policies.",
    "policies:metrics": "It is about the server, for whoever has the key.",
}


# --- The list ----------------------------------------------------------------------------------


def listed() -> Iterator[str]:
    """Yield the path of every public URL, once; those under former addresses of policies too.

    Asks the database a few questions per policy; none stays open while it yields.
    """
    yield from _root_files(settings.WHITENOISE_ROOT)
    for name, arguments in ONCE.items():
        for each in list(arguments()):
            yield reverse(name, kwargs=dict(each))
    for policy in list(Policy.objects.order_by("pk")):
        versions = policy.revisions.numbered().with_previous_number().order_by("number")
        pairs = [(before or 0, n or 0) for before, n in versions.values_list("before", "number")]
        if pairs:
            numbers = [number for _, number in pairs]
            yield from _of(Published(policy, numbers, [pair for pair in pairs if pair[0]]))


def goes_by_clock(url: str) -> bool:
    """Return whether a public page changes with time although nothing is published."""
    try:
        return getattr(resolve(url).func, "goes_by_clock", False)
    except Resolver404:
        return False  # a file at the root


def moved() -> Iterator[tuple[str, str]]:
    """Yield the former public address, and the present one, of each policy that was renamed."""
    for address in list(Address.objects.public().select_related("policy").order_by("pk")):
        if address.slug != address.policy.slug:
            former = {"slug": address.slug, "language": address.language}
            yield reverse("policies:policy", kwargs=former), address.policy.get_absolute_url()


def _of(published: Published) -> Iterator[str]:
    policy = published.policy
    former = policy.addresses.public().values_list("slug", flat=True)
    for slug in dict.fromkeys([policy.slug, *former]):
        for name, arguments in OF_POLICY.items():
            for each in list(arguments(published)):
                which = {"slug": slug, "language": policy.language}
                yield reverse(name, kwargs={**which, **each})


def _root_files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield f"/{path.name}"
