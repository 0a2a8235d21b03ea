"""Text in XML: what it may hold, where it goes, and the document around it. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

# What XML 1.0 can't hold, not even escaped (section 2.2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_without_controls(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return _NOT_IN_XML.sub("", text)


def add_text(element: ET.Element, text: str | None) -> None:
    """Put a text behind all that is in an element."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def document(root: ET.Element) -> bytes:
    """Return an element as a whole XML document, in UTF-8."""
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
