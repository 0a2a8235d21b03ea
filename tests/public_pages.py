"""Every public address of a site, as the routes and the rows say, and what is there."""

import itertools
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from policies.models import LedgerEntry, Policy

# Not public: for who has the link.
PRIVATE = {"preview", "preview_changes", "preview_comment", "confirm", "unsubscribe"}
# Takes a second each, and has tests of its own: test_pdfs.py, test_word_views.py.
DEAR = {"pdf", "word", "word_changes"}


def _routes(
    resolver: URLResolver, outer: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each route's name with the names of its arguments."""
    for pattern in resolver.url_patterns:
        arguments = outer | frozenset(pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            yield str(pattern.name), arguments
        else:
            yield from _routes(pattern, arguments)


def _values(policy: Policy) -> dict[str, list[Any]]:
    """Return what the arguments of a policy's routes can be."""
    versions = list(policy.revisions.numbered().order_by("number"))
    numbers = [version.number for version in versions]
    days = {str(policy.day_of(version.effective_at)) for version in versions}
    return {
        "number": numbers,
        "old": numbers,
        "new": numbers,
        "before": numbers,
        "day": ["2001-01-01", *sorted(days)],
    }


def addresses() -> list[str]:
    """Return every public address, those that redirect or answer 404 as well."""
    found = {"/no-such-policy/"}
    of_policies: list[tuple[Policy | None, dict[str, list[Any]]]] = [
        (it, _values(it)) for it in Policy.objects.prefetch_related("addresses")
    ]
    of_the_site: list[tuple[Policy | None, dict[str, list[Any]]]] = [(None, _of_the_site())]
    for name, arguments in set(_routes(get_resolver("policies.urls"))):
        if name in PRIVATE | DEAR:
            continue
        for policy, values in of_policies if "slug" in arguments else of_the_site:
            free = sorted(arguments - {"slug", "language"} if policy else arguments)
            unknown = set(free) - set(values)
            assert not unknown, f"Say above what {unknown} of the route {name} can be."
            for chosen in itertools.product(*(values[it] for it in free)):
                given = dict(zip(free, chosen, strict=True))
                if policy is None:
                    found.add(reverse(f"policies:{name}", kwargs=given))
                    continue
                for address in policy.addresses.all():
                    policy.slug = address.slug
                    found.add(policy.url(name, **given))
    return sorted(found)


def _of_the_site() -> dict[str, list[Any]]:
    pages = LedgerEntry.objects.count() // 1000 + 1
    return {
        "language": ["de", "fr"],
        "number": list(range(1, pages + 1)),
        "name": ["current", "ledger", "version", "other"],
    }


def everything() -> dict[str, tuple[int, str, bytes]]:
    """Return the status, the place it leads to and the body of every public address."""
    client = Client(raise_request_exception=False)
    pages = {}
    for address in addresses():
        answer = client.get(address)
        pages[address] = (answer.status_code, answer.get("Location", ""), answer.content)
    return pages
