"""Links: to the pages of policies, out of an app, and on paper, where they show their address; and
what an old link to a clause meant.
"""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from urllib.parse import unquote

from django import template
from django.template.context import Context
from django.template.loader import render_to_string

from policies.ledger.removed_anchors import RemovedAnchors
from policies.models import Policy
from policies.public import pdfs
from policies.public.web_links import mark

register = template.Library()
# {% filter mark_external_links:request.get_host %}
register.filter("mark_external_links", mark, is_safe=True)

_PLAIN_LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>([^<]*)</a>')
_HREF = re.compile(r' href="([^"]*)"')
_SCHEME = re.compile(r"\A(?:https?://|mailto:|tel:)", re.IGNORECASE)


@register.simple_tag
def pdfs_are_made() -> bool:
    """{% pdfs_are_made as has_pdf %}"""
    return pdfs.are_made()


@register.simple_tag
def policy_url(policy: Policy, name: str, **arguments: object) -> str:
    """Write the path of a policy's page, such as {% policy_url policy "version" number=3 %}."""
    return policy.url(name, **arguments)


@register.filter(is_safe=True)
def mark_addresses(html: str) -> str:
    """Give links whose words are their address the class "address": see @media print.

    html: as rendering.render made it; it stays as safe as it was.
    """
    return _PLAIN_LINK.sub(_marked, html)


def _marked(link: re.Match[str]) -> str:
    attributes, words = link.groups()
    href = _HREF.search(attributes)
    if href is None or " class=" in attributes or _as_written(words) != _as_written(href[1]):
        return link[0]
    return f'<a{attributes} class="address">{words}</a>'


def _as_written(address: str) -> str:
    plain = _SCHEME.sub("", unquote(unescape(address)).strip())
    return plain.removesuffix("/").casefold()


@register.simple_tag(takes_context=True)
def former_clauses(context: Context, lines: Iterable[RemovedAnchors]) -> dict[str, str]:
    """Return, by anchor, what readers learn of the clauses that had it before, as HTML.

    lines: those of anchors that something else has now.
    """
    name = "policies/includes/_former_clauses.html"
    values = {"policy": context["policy"]}
    return {line.anchors[0]: render_to_string(name, {**values, "line": line}) for line in lines}


_CLAUSE_OR_HEADING = re.compile(r'<div class="clause" id="([^"]*)"[^>]*>|<h[2-6] id="([^"]*)">')


@register.filter(is_safe=True)
def with_notes(html: str, notes: Mapping[str, str]) -> str:
    """Put notes into the clauses, or before the headings, that have the anchors.

    html: as rendering.render made it. notes: HTML by anchor.
    """
    return _CLAUSE_OR_HEADING.sub(lambda found: _noted(found, notes), html) if notes else html


def _noted(found: re.Match[str], notes: Mapping[str, str]) -> str:
    note = notes.get(unescape(found[1] or found[2]), "")
    return f"{found[0]}{note}" if found[1] else f"{note}{found[0]}"
