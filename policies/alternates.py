"""The same policy in other languages, for every output that tells of it (sitemap, heads, feeds)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Policy


class Alternate(NamedTuple):
    """language: a BCP 47 tag, or "x-default"; path: of the page in it."""

    language: str
    path: str


def alternates(policy: Policy, among: Sequence[Policy] = ()) -> list[Alternate]:
    """Return where a policy is in each of its languages, its own included; [] if it has but one.

    among: policies that the caller has at hand, so that a list of many needs no query for each.
    """
    return []
