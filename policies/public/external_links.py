"""Marks the links of a page inside an app that lead out of it. Pure.

The text stays as it was published: what is marked is the page around it, when it is shown.
"""

import re
from contextlib import suppress
from html import unescape
from urllib.parse import urlsplit

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
