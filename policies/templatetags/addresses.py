"""Links: to the pages of policies, out of an app, and on paper, where they show their address."""

import re
from html import unescape
from urllib.parse import unquote

from django import template

from policies.models import Policy
from policies.public import pdfs
from policies.public.external_links import mark

register = template.Library()
# {% filter mark_external_links:request.get_host %}
register.filter("mark_external_links", mark, is_safe=True)

_PLAIN_LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>([^<]*)</a>')
_HREF = re.compile(r' href="([^"]*)"')
_SCHEME = re.compile(r"\A(?:https?://|mailto:|tel:)", re.IGNORECASE)


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


# {% pdfs_are_made as can_print %}
register.simple_tag(pdfs.are_made, name="pdfs_are_made")
