"""Making elements, and telling whether one has words. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET


def make(tag: str, parent: ET.Element | None = None, /, **attributes: str) -> ET.Element:
    """Return a new element, put at the end of `parent` if there is one."""
    element = ET.Element(tag, attributes)
    if parent is not None:
        parent.append(element)
    return element


def has_words(element: ET.Element) -> bool:
    """Return whether anything in the element can be read."""
    return bool("".join(element.itertext()).strip())
