"""Making XML: text that it may hold, elements, and the document around them."""

import re
import xml.etree.ElementTree as ET

# What XML 1.0 can't hold, not even escaped (section 2.2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_without_controls(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return _NOT_IN_XML.sub("", text)


def make(
    tag: str, parent: ET.Element | None = None, /, text: str = "", **attributes: str
) -> ET.Element:
    """Return a new element, put at the end of `parent` if there is one.

    Characters that XML can't hold are left out of the text. Attributes must not have any.
    """
    element = ET.Element(tag, attributes)
    if text:
        element.text = text_without_controls(text)
    if parent is not None:
        parent.append(element)
    return element


def add_text(element: ET.Element, text: str | None) -> None:
    """Add a text at the end of an element."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def document(root: ET.Element) -> bytes:
    """Return an element as a whole XML document, in UTF-8."""
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
