"""Every public URL that can be listed; the export asks here and nowhere else.

Each route of the site has a row in addresses.toml; a new route without one fails a test. The names
of its parameters say with which arguments it is an address of this site; whether it leads to a
page, to a redirect or to nothing, only the site knows.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import Resolver404, resolve, reverse

from policies.ledger import log
from policies.models import Address, LedgerEntry, Policy, Revision
from policies.public import pdfs
from policies.public.json_data import LEDGER_PAGE

Arguments = Mapping[str, object]

# Versions on one page of the history.
HISTORY_PAGE = 100
# The JSON Schemas of what programs read: NAME.json.
SCHEMAS = settings.BASE_DIR / "policies" / "schemas"


def without_arguments(*_: object) -> Iterable[Arguments]:
    return [{}]


def each_full_ledger_page() -> Iterable[Arguments]:
    newest = LedgerEntry.objects.order_by("-sequence").first()
    full = newest.sequence // LEDGER_PAGE if newest else 0
    return [{"number": number} for number in range(1, full + 1)]


def each_schema() -> Iterable[Arguments]:
    return [{"name": path.stem} for path in sorted(SCHEMAS.glob("*.json"))]


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


def each_older_history_page(of: Published) -> Iterable[Arguments]:
    """Return each further page of the history: the last number on the page before it."""
    lasts = of.numbers[::-1][HISTORY_PAGE - 1 : -1 : HISTORY_PAGE]
    return [{"before": last} for last in lasts]


# With which arguments a route is an address, by the names of its parameters.
OF_THE_SITE: dict[tuple[str, ...], Callable[[], Iterable[Arguments]]] = {
    (): without_arguments,
    ("number",): each_full_ledger_page,
    ("name",): each_schema,
    ("place",): lambda: [{"place": path} for path in log.each_tile()],
}
OF_A_POLICY: dict[tuple[str, ...], Callable[[Published], Iterable[Arguments]]] = {
    (): without_arguments,
    ("number",): each_version,
    ("old", "new"): each_compared_pair,
    ("before",): each_older_history_page,
}
# Routes that not every site has.
ONLY_IF: dict[str, Callable[[], bool]] = {
    "security": lambda: bool(settings.SECURITY_CONTACTS),
    "pdf": pdfs.are_made,
    **dict.fromkeys(["checkpoint", "tile", "proof"], log.is_kept),
}


@cache
def addresses() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("addresses.toml").read_text("utf-8"))


def parameters(path: str) -> tuple[str, ...]:
    """Return the names of a path's parameters: of {language}/versions/{number}/, both."""
    return tuple(re.findall(r"{(\w+)}", path))


def _rows(kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and the parameters of each listed route. kind: as in addresses.toml."""
    for row in addresses()[kind]:
        name = row["name"]
        if "unlisted" not in row and (name not in ONLY_IF or ONLY_IF[name]()):
            yield f"policies:{name}", parameters(row["path"])


def listed_paths() -> Iterator[str]:
    """Yield the path of every public URL, once; those under former addresses of policies too: a few
    queries per policy, none of which stays open while it yields.
    """
    yield from (
        f"/{path.name}" for path in sorted(settings.WHITENOISE_ROOT.iterdir()) if path.is_file()
    )
    yield from map(static, settings.BRAND["logo"].values())
    for name, of in _rows("site"):
        for each in OF_THE_SITE[of]():
            yield reverse(name, kwargs=dict(each))
    published = Revision.objects.numbered().exclude(policy__language=settings.LANGUAGE_CODE)
    for language in sorted(set(published.values_list("policy__language", flat=True))):
        yield reverse("policies:index", kwargs={"language": language})
    for policy in list(Policy.objects.order_by("pk")):
        versions = policy.revisions.numbered().with_previous_number().order_by("number")
        pairs = [(before or 0, n or 0) for before, n in versions.values_list("before", "number")]
        if pairs:
            numbers = [number for _, number in pairs]
            yield from _paths_of(Published(policy, numbers, [pair for pair in pairs if pair[0]]))


def goes_by_clock(url: str) -> bool:
    """Return whether a public page changes with time although nothing is published."""
    try:
        return getattr(resolve(url).func, "goes_by_clock", False)
    except Resolver404:
        return False  # a file at the root


def renamed_policies() -> Iterator[tuple[str, str]]:
    """Yield the former public address, and the present one, of each policy that was renamed."""
    for address in list(Address.objects.public().select_related("policy").order_by("pk")):
        if address.slug != address.policy.slug:
            former = {"slug": address.slug, "language": address.language}
            yield reverse("policies:policy", kwargs=former), address.policy.get_absolute_url()


def _paths_of(published: Published) -> Iterator[str]:
    policy = published.policy
    former = policy.addresses.public().values_list("slug", flat=True)
    for slug in dict.fromkeys([policy.slug, *former]):
        for name, of in _rows("policy"):
            for each in OF_A_POLICY[of](published):
                which = {"slug": slug, "language": policy.language}
                yield reverse(name, kwargs={**which, **each})
