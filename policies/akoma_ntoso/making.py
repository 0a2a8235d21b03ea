"""How elements are made. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

# What XML 1.0 has no way to write (section 2.2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_without_controls(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return _NOT_IN_XML.sub("", text)


def make(tag: str, parent: ET.Element | None = None, /, **attributes: str) -> ET.Element:
    """Return a new element, put at the end of `parent` if there is one."""
    element = ET.Element(tag, attributes)
    if parent is not None:
        parent.append(element)
    return element


def add_text(element: ET.Element, text: str | None) -> None:
    """Put a text behind all that stands in an element."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def has_words(element: ET.Element) -> bool:
    """Return whether anything in the element can be read."""
    return bool("".join(element.itertext()).strip())
