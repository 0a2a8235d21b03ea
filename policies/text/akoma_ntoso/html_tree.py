"""The HTML that rendering.render made, as a tree.

It is well nested, because a sanitiser wrote it last; this is no parser for HTML from elsewhere.
"""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from policies.text.xml_text import add_text, text_without_controls

_VOID = frozenset({"br", "hr", "img"})


def parse(html: str) -> ET.Element:
    """Return an element `root` with the HTML in it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def classes(element: ET.Element) -> list[str]:
    return element.get("class", "").split()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = ET.Element("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: text_without_controls(value or "") for name, value in attrs}
        element = ET.SubElement(self._open[-1], tag, values)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        add_text(self._open[-1], text_without_controls(data))
