"""Typed links, as HTTP headers and lists of links write them, and links that lead out of an app.

Pure: values in, text out.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

# What a URI may hold (RFC 3986, section 2), and so what may be between < and >.
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\*?")


@dataclass(frozen=True)
class Link:
    """A link from what is answered to `target`, a URI; rel: relation types with spaces between.

    attributes: more target attributes in order, such as ("type", "application/link-format").
    Raises ValueError for what can't be written so that everybody reads the same.
    """

    target: str
    rel: str
    attributes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not _URI.fullmatch(self.target):
            raise ValueError(f"{self.target!r} is not a URI.")
        for name, value in (("rel", self.rel), *self.attributes):
            if not (_TOKEN.fullmatch(name) and value.isascii() and value.isprintable()):
                raise ValueError(f"{name}={value!r} can't be written into a link.")

    def __str__(self) -> str:
        """Write the link as RFC 8288, section 3 and RFC 6690, section 2 have it."""
        text = f"<{self.target}>"
        for name, value in (("rel", self.rel), *self.attributes):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            text += f'; {name}="{escaped}"'
        return text


def as_header(links: Iterable[Link]) -> str:
    """Return the value of a Link header (RFC 8288)."""
    return ", ".join(map(str, links))


def as_document(links: Iterable[Link]) -> str:
    """Return a document of the media type application/link-format (RFC 6690), a link a line."""
    return ",\n".join(map(str, links)) + "\n"


# --- Links that lead out of an app ---------------------------------------------------------------
#
# The text stays as it was published: what is marked is the page around it, when it is shown.

# Any tag, as the sanitiser and our templates write them: lower case, double quotes. Tags of
# every kind are matched whole, so that "<a" in the value of an attribute is never taken for one;
# in text, "<" is always escaped.
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>')
_HREF = re.compile(r'\shref="([^"]*)"')
_MARKS = re.compile(r'\s(?:rel|target)="([^"]*)"')
_REL = re.compile(r'\srel="([^"]*)"')


def mark(html: str, host: str) -> str:
    """Return the HTML with marks on the links that lead out of this page.

    Another site: `rel="external noopener" target="_blank"`. Another page of this site, whose
    host (with its port) is `host`: `rel="noopener" target="_blank"`. An address to write to or
    to call: `rel="external"`. A place on the same page: nothing.

    `target` is for a page in a frame: most sites, and all our other pages, refuse to be shown in
    one. To an app, such a link is a request for a new window, which it can take.
    """
    return _TAG.sub(lambda tag: _marked(tag[2], host) if tag[1] == "a" else tag[0], html)


def _marked(attributes: str, host: str) -> str:
    href = _HREF.search(attributes)
    address = unescape(href[1]).strip() if href else "#"
    if address.startswith("#"):
        return f"<a{attributes}>"
    is_page, is_ours = True, False
    with suppress(ValueError):
        parts = urlsplit(address)
        is_page = parts.scheme in {"", "http", "https"}
        is_ours = is_page and parts.netloc.lower() in {"", host.lower()}
    own = _REL.search(attributes)
    rel = own[1].split() if own else []
    if not is_ours:
        rel.append("external")
    if is_page:
        rel.append("noopener")
    target = ' target="_blank"' if is_page else ""
    return f'<a{_MARKS.sub("", attributes)} rel="{" ".join(dict.fromkeys(rel))}"{target}>'
