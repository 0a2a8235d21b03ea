"""The desk's first page as a table: a row for each policy, a cell for each language that it is in;
with search, filters and an order, which are in its address.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from policies import languages
from policies.staff.dashboard import NextDate, Row
from policies.states import Status


@dataclass
class Family:
    """A policy in all its languages. cells: a row or None for each column."""

    texts: dict[str, Row] = field(default_factory=dict)
    cells: list[Row | None] = field(default_factory=list)

    @cached_property
    def main(self) -> Row:
        """The authoritative text; of several, the one in the site's language."""
        return min(self.texts.values(), key=_is_secondary)

    @cached_property
    def dates(self) -> list[NextDate]:
        return sorted(chain.from_iterable(row.dates for row in self.texts.values()))

    def has(self, is_wanted: Callable[[Row], object]) -> bool:
        return any(map(is_wanted, self.texts.values()))


def _is_secondary(row: Row) -> tuple[bool, bool]:
    policy = row.policy
    return policy.translation_of_id is not None, policy.language != settings.LANGUAGE_CODE


# By their names in the address: the labels, and of which texts a policy must have one to be shown.
FILTERS: Final[dict[str, tuple[str, Callable[[Row], object]]]] = {
    "mine": ("Mine", attrgetter("is_mine")),
    "behind": ("Behind", attrgetter("is_behind")),
    "due": ("Overdue", lambda row: any(day.is_overdue for day in row.dates)),
    "review": ("In review", lambda row: row.open and row.open.status == Status.IN_REVIEW),
}
ORDERS: Final[dict[str, Callable[[Family], Any]]] = {
    "owner": lambda family: (not family.main.owner, family.main.owner.casefold()),
    "date": lambda family: family.dates[0].on if family.dates else date.max,
}


def families(rows: list[Row]) -> list[Family]:
    """Group texts by the policy that they translate or, where that is not recorded, by address."""
    found: dict[object, Family] = {}
    for row in rows:
        policy = row.policy
        source = policy.translation_of or policy
        family = found.setdefault(source.slug, Family())
        if policy.language in family.texts:  # a translation of another policy has this address
            family = found.setdefault(source.pk, Family())
        family.texts[policy.language] = row
    return list(found.values())


def context(query: QueryDict, rows: list[Row]) -> dict[str, Any]:
    """Return what the template shows. query: that of the address; what means nothing is ignored."""
    words, order = query.get("q", "").strip(), query.get("sort", "")
    shown = families(rows)
    shown = [family for family in shown if family.has(lambda row: words.casefold() in row.names)]
    chosen = [name for name in FILTERS if name in query.getlist("show")]
    filters = []
    for name, (label, is_wanted) in FILTERS.items():
        number = sum(family.has(is_wanted) for family in shown)
        address = _address(query, "show", sorted({name} ^ {*chosen}))
        filters.append((label, number, address, name in chosen))
    for name in chosen:
        shown = [family for family in shown if family.has(FILTERS[name][1])]
    if order in ORDERS:
        shown.sort(key=ORDERS[order])
    tags = sorted({row.policy.language for row in rows})
    tags.sort(key=lambda tag: tag != settings.LANGUAGE_CODE)
    for family in shown:
        family.cells = [family.texts.get(tag) for tag in tags]
    return {
        "families": shown,
        "languages": [(tag, languages.name_of(tag)) for tag in tags],
        "filters": filters,
        "chosen": chosen,
        "words": words,
        "order": order,
        "by_name": _address(query, "sort", []),
        "by_owner": _address(query, "sort", ["owner"]),
        "by_date": _address(query, "sort", ["date"]),
    }


def _address(query: QueryDict, name: str, values: list[str]) -> str:
    """Return a query that differs from this one in the values of one name."""
    changed = query.copy()
    changed.setlist(name, values)
    return f"?{changed.urlencode()}"
