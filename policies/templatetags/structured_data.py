"""What pages tell search engines about themselves: schema.org, as JSON-LD 1.1 inside the page."""

import json
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from policies.models import Revision
from policies.models.policy import public_url

register = template.Library()

# So that no "<" can end the element, and nobody takes "&" for an entity.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def structured_data(context: Context, version: Revision, path: str) -> SafeString:
    """Describe, as data, a page that shows a version: {% structured_data version path %}.

    dateModified is the date that the page gives as "Last updated": an editorial change leaves it.
    """
    organisation = context["organisation"]
    address = public_url(path)
    publisher = {"@type": "Organization", "name": organisation, "url": public_url("/")}
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "name": version.title,
        "inLanguage": version.policy.language,
        "dateModified": str(version.last_updated_on),
        "version": version.number,
        "publisher": publisher,
        "isPartOf": {"@type": "WebSite", "name": organisation, "url": public_url("/")},
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
            "url": public_url(version.policy.url("version", number=version.number)),
            "encoding": {
                "@type": "MediaObject",
                "encodingFormat": "text/markdown",
                "contentUrl": public_url(version.policy.url("markdown", number=version.number)),
                "sha256": version.digest,
            },
        },
    }
    # Not escaped: inside <script> a browser does not read "&quot;" as a quote.
    return SafeString(as_data_block(page))


def as_data_block(value: dict[str, Any]) -> str:
    """Return JSON-LD in a <script> that no browser runs.

    A browser keeps a block of another type than JavaScript as data (HTML, section 4.12.1): it
    runs nothing, and `script-src` of the Content Security Policy does not come into it.
    """
    compact = (",", ":")
    text = json.dumps(value, ensure_ascii=False, separators=compact).translate(_ESCAPES)
    return f'<script type="application/ld+json">{text}</script>'
