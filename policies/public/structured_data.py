"""What pages tell search engines about themselves: schema.org, as JSON-LD 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.models import Revision


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
