"""Addresses that are written without being links become links. bleach finds them. Pure."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from bleach.linkifier import LinkifyFilter

from policies.text.rendering.tree import RenderReport
from policies.text.xml_text import add_text

_WITHOUT_LINKS = frozenset({"a", "pre", "code"})
_HINT = re.compile(r"https?:|www\.|@", re.IGNORECASE)
# A bare address becomes a link only if it says that it is one, with its scheme or with "www.":
# "Node.js" and "example.com/terms" are prose. Each pattern looks at one character before the
# match and ends before punctuation, so that a second pass over the result finds nothing new.
_URL = re.compile(
    r"""
    (?<![A-Za-z0-9_@/.-])
    (?:https?://\w|www\.\w)
    (?:[^\s<>\[\]"`{}|\\^、。，；：！？（）「」『』【】《》]{0,2000}
       [^\s<>\[\]"`{}|\\^、。，；：！？（）「」『』【】《》.,;:!?'’”»*_~])?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EMAIL = re.compile(
    r"""
    (?<![A-Za-z0-9_@/.=&?%\#+-])
    [a-z0-9_][a-z0-9_.+-]{0,63}@
    (?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}
    (?![\w@-])
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)

# Its two steps, one after the other. The whole filter would take "&amp;" in a plain text for "&".
_FINDER = LinkifyFilter(None, callbacks=[], url_re=_URL, email_re=_EMAIL)  # type: ignore[arg-type]


def link_bare_addresses(root: ET.Element, _: RenderReport) -> None:
    """Make links of web and e-mail addresses in a text, but for those inside a link or code."""
    if not _HINT.search("".join(root.itertext())):
        return
    for element in list(_outside_of_links(root)):
        before, children = element.text, list(element)
        element.text, element[:] = None, []
        _add_linked(element, before)
        for child in children:
            after, child.tail = child.tail, None
            element.append(child)
            _add_linked(element, after)


def _outside_of_links(root: ET.Element) -> Iterator[ET.Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag not in _WITHOUT_LINKS:
            yield element
            waiting += element


def _add_linked(parent: ET.Element, text: str | None) -> None:
    """Add a text to an element, its addresses as links."""
    if not text or not _HINT.search(text):
        add_text(parent, text or "")
        return
    plain = [{"type": "Characters", "data": text}]
    tokens = _FINDER.handle_links(_FINDER.handle_email_addresses(plain))
    place = parent
    for token in tokens:
        match token["type"]:
            case "StartTag":
                place = ET.SubElement(parent, "a", {"href": token["data"][None, "href"]})
            case "EndTag":
                place = parent
            case _:
                add_text(place, token["data"])
