"""What pages tell search engines about themselves: schema.org, as JSON-LD 1.1 inside the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context

from policies.models import Revision

register = template.Library()

# So that no "<" can end the element, and nobody takes "&" for an entity.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def web_page(
    version: Revision, *, path: str, organisation: str, absolute: Callable[[str], str]
) -> dict[str, Any]:
    """Return the description of the page at `path`, which shows `version`.

    dateModified is the date that the page gives as "Last updated": an editorial change leaves it.
    """
    address = absolute(path)
    publisher = {"@type": "Organization", "name": organisation, "url": absolute("/")}
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "name": version.title,
        "inLanguage": version.policy.language,
        "dateModified": str(version.last_updated_on),
        "version": version.number,
        "publisher": publisher,
        "isPartOf": {"@type": "WebSite", "name": organisation, "url": absolute("/")},
        "mainEntity": {
            "@type": "DigitalDocument",
            "name": version.title,
            "inLanguage": version.policy.language,
            "version": version.number,
            "datePublished": str(version.policy.day_of(version.published_at))
            if version.published_at
            else None,
            "dateModified": str(version.last_updated_on),
            "publisher": publisher,
            "url": absolute(version.policy.url("version", number=version.number)),
            "encoding": {
                "@type": "MediaObject",
                "encodingFormat": "text/markdown",
                "contentUrl": absolute(version.policy.url("markdown", number=version.number)),
                "sha256": version.digest,
            },
        },
    }


def as_data_block(value: dict[str, Any]) -> str:
    """Return JSON-LD in a <script> that no browser runs.

    A browser keeps a block of another type than JavaScript as data (HTML, section 4.12.1): it
    runs nothing, and `script-src` of the Content Security Policy does not come into it.
    """
    text = json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    return f'<script type="application/ld+json">{text}</script>'


class _StructuredDataNode(template.Node):
    # A node's text goes out as it is: inside <script> a browser does not read "&quot;" as a quote.
    def __init__(self, version: FilterExpression, path: FilterExpression) -> None:
        self.version, self.path = version, path

    def render(self, context: Context) -> str:
        version, path = self.version.resolve(context), self.path.resolve(context)
        organisation, request = context["organisation"], context["request"]
        page = web_page(
            version, path=path, organisation=organisation, absolute=request.build_absolute_uri
        )
        return as_data_block(page)


@register.tag
def structured_data(parser: Parser, token: Token) -> template.Node:
    """Describe, as data, a page that shows a version: {% structured_data version path %}."""
    _, version, path = token.split_contents()
    return _StructuredDataNode(parser.compile_filter(version), parser.compile_filter(path))
