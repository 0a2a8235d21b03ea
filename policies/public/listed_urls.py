"""Every public URL that can be listed; the export asks here and nowhere else.

Each named route of the site is in one of three tables: ONCE, OF_POLICY or NOT_LISTED. A new
route without a row fails a test. A row says with which arguments the route is an address of this
site; whether it leads to a page, to a redirect or to nothing, only the site knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from policies.models import Address, LedgerEntry, Policy, Revision
from policies.public import pdfs, word_files
from policies.public.json_data import LEDGER_PAGE

Arguments = Mapping[str, object]

# Versions on one page of the history.
HISTORY_PAGE = 100
# The JSON Schemas of what programs read: NAME.json.
SCHEMAS = settings.BASE_DIR / "policies" / "schemas"


def once(*_: object) -> Iterable[Arguments]:
    return [{}]


def each_language() -> Iterable[Arguments]:
    """Return the site's own language, and each other that a policy is published in."""
    published = Revision.objects.numbered().values_list("policy__language", flat=True)
    languages = sorted({settings.LANGUAGE_CODE, *published.distinct()})
    return [{"language": language} for language in languages]


def each_full_ledger_page() -> Iterable[Arguments]:
    newest = LedgerEntry.objects.order_by("-sequence").first()
    full = newest.sequence // LEDGER_PAGE if newest else 0
    return [{"number": number} for number in range(1, full + 1)]


# Names of routes, with the application's in front where it has one.
ONCE: dict[str, Callable[[], Iterable[Arguments]]] = {
    "policies:index": each_language,
    "policies:feed_of_all": once,
    "policies:sitemap": once,
    "policies:robots": once,
    "policies:security": lambda: [{}] if settings.SECURITY_CONTACTS else [],
    "policies:ledger_json": once,
    "policies:openapi": once,
    "policies:ledger_page": each_full_ledger_page,
    "policies:schema": lambda: [{"name": path.stem} for path in sorted(SCHEMAS.glob("*.json"))],
}


@dataclass(frozen=True)
class Published:
    """A policy with the numbers of its versions, in order, withdrawn ones included.

    linked: the pairs that pages compare, each version with the published one before it.
    """

    policy: Policy
    numbers: list[int]
    linked: list[tuple[int, int]]


def each_version(of: Published) -> Iterable[Arguments]:
    return [{"number": number} for number in of.numbers]


def each_compared_pair(of: Published) -> Iterable[Arguments]:
    """Return each version with the one before it, and the published one before it, which pages
    link. All pairs would be too many to list.
    """
    pairs = dict.fromkeys([*pairwise(of.numbers), *of.linked])
    return [{"old": old, "new": new} for old, new in pairs]


def older_history(of: Published) -> Iterable[Arguments]:
    """Return each further page of the history: the last number on the page before it."""
    lasts = of.numbers[::-1][HISTORY_PAGE - 1 : -1 : HISTORY_PAGE]
    return [{"before": last} for last in lasts]


# Names of routes under a policy's address.
OF_POLICY: dict[str, Callable[[Published], Iterable[Arguments]]] = {
    "policies:policy": once,
    "policies:current_json": once,
    "policies:current_markdown": once,
    "policies:history": once,
    "policies:older": older_history,
    "policies:version": each_version,
    "policies:markdown": each_version,
    "policies:json": each_version,
    "policies:notice_text": each_version,
    "policies:notice_html": each_version,
    "policies:notice_json": each_version,
    "policies:compare": each_compared_pair,
    "policies:since": each_version,
    "policies:akoma_ntoso": each_version,
    "policies:pdf": lambda of: each_version(of) if pdfs.are_made() else [],
    "policies:word": lambda of: each_version(of) if word_files.are_made() else [],
    "policies:embed": once,
    "policies:embed_since": each_version,
    "policies:feed": once,
    "policies:timemap": once,
}

# Routes whose addresses are not listed, and why.
NOT_LISTED = {
    "policies:on": "There is one for every day.",
    "policies:timegate": "It answers by a field of the request.",
    "policies:word_changes": "No public page links to it.",
    "policies:preview": "It is for whoever has the link.",
    "policies:preview_changes": "It is for whoever has the link.",
    "policies:preview_comment": "It takes comments, from whoever has the link.",
    "policies:subscribe": "It takes a form.",
    "policies:confirm": "It is for whoever has the link.",
    "policies:unsubscribe": "It is for whoever has the link.",
    "policies:healthz": "It is about a process, not about policies.",
    "policies:readyz": "It is about a process, not about policies.",
    "policies:metrics": "It is about the server, for whoever has the key.",
}


def listed() -> Iterator[str]:
    """Yield the path of every public URL, once; those under former addresses of policies too: a few
    queries per policy, none of which stays open while it yields.
    """
    yield from (
        f"/{path.name}" for path in sorted(settings.WHITENOISE_ROOT.iterdir()) if path.is_file()
    )
    for name, arguments in ONCE.items():
        for each in arguments():
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
            for each in arguments(published):
                which = {"slug": slug, "language": policy.language}
                yield reverse(name, kwargs={**which, **each})
