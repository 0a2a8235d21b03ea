"""What happens to a document's tree between the grammar and the sanitizer.

Pure: no Django. The longer steps have modules of their own: anchors, footnotes, references,
sections.
"""

import re
import xml.etree.ElementTree as ET

from policies.text.markdown.characters import controls_in, without_controls
from policies.text.rendering import sanitizer
from policies.text.rendering.anchors import list_anchors, mark_clauses, settle_ids
from policies.text.rendering.footnotes import put_footnotes_last
from policies.text.rendering.sections import settle_headings
from policies.text.rendering.tree import HEADINGS, RenderReport, is_empty, walk

_LOOKS_LIKE_HTML = re.compile(r"<(?:[a-z/][^<>]*>|!--)", re.IGNORECASE)


def check_texts(root: ET.Element, report: RenderReport) -> None:
    """Remove control characters that came as entities; report HTML that is shown as text."""
    for element in root.iter():
        if element.text:
            element.text = _checked(element.text, report, html=element.tag != "code")
        if element.tail:
            element.tail = _checked(element.tail, report, html=True)
        for name, value in element.items():
            element.set(name, _checked(value, report, html=False))


def _checked(text: str, report: RenderReport, *, html: bool) -> str:
    if html and "<" in text:
        for match in _LOOKS_LIKE_HTML.finditer(text):
            report.add("HTML is shown as text", match[0])
    for control in controls_in(text):
        report.add("Control character", control)
    return without_controls(text)


def check_addresses(root: ET.Element, report: RenderReport) -> None:
    """Let only safe addresses through; keep the words of links and images that lose theirs."""
    for image in root.iter("img"):
        _image(image, report)
    for element, inside_link in walk(root):
        if element.tag == "a":
            _link(element, report, inside_link=inside_link)


def _image(image: ET.Element, report: RenderReport) -> None:
    source = image.get("src", "")
    if sanitizer.is_own_image(source):
        image.set("src", sanitizer.encode_url(source))
        return
    if sanitizer.is_safe_url(source):
        report.add("Image from another site is shown as a link", source)
    image.tag = "a"
    image.text = image.attrib.pop("alt", "") or source
    image.set("href", image.attrib.pop("src", ""))


def _link(link: ET.Element, report: RenderReport, *, inside_link: bool) -> None:
    href = link.attrib.pop("href", "")
    if not inside_link and sanitizer.is_safe_url(href):
        link.set("href", sanitizer.encode_url(href))
        if len(link) or (link.text or "").strip():
            return
        # A link without words can't be seen or named. It gets its address, unless that is here.
        link.text = href
        if href and not href.startswith("#"):
            return
        link.text = None
        report.add("Link without words", href)
    elif not inside_link:
        report.add("Address is not allowed, only its words are shown", href)
    link.attrib.pop("href", None)
    link.tag = "span"
    link.attrib.pop("title", None)


def box_tables(root: ET.Element, _: RenderReport) -> None:
    """Put each table into a box that scrolls, named by the heading above it.

    The box can have the focus, so that a keyboard can scroll it (WCAG 2.1.1).
    """
    heading = ""
    for parent in list(root.iter()):
        for index, child in enumerate(parent):
            if child.tag in HEADINGS:
                heading = child.get("id", "")
            if child.tag == "table":
                parent[index] = _boxed(child, heading)


def _boxed(table: ET.Element, heading: str) -> ET.Element:
    box = ET.Element("div", {"class": "table-scroll", "tabindex": "0"})
    if heading:
        box.set("role", "region")
        box.set("aria-labelledby", heading)
    for cell in table.iter("th"):
        if is_empty(cell):
            cell.tag = "td"  # a corner that heads nothing
        else:
            cell.set("scope", "col")
    box.append(table)
    return box


# The steps up to a tree that means what readers see, in the order in which they must be done.
STEPS = (
    check_texts,
    check_addresses,
    put_footnotes_last,
    settle_ids,
    mark_clauses,
    list_anchors,
    settle_headings,
    box_tables,
)

_BLOCKS = sanitizer.TAGS - sanitizer.INLINE_TAGS


def lay_out(root: ET.Element) -> None:
    """Put blocks on lines of their own, and escape every "&".

    Python-Markdown's serialiser takes "&name;" in a text for an entity; here texts are plain.
    """
    for element in root.iter():
        if element.tag in _BLOCKS and not element.tail:
            element.tail = "\n"
        if element.tag == "br":
            element.tail = "\n" + (element.tail or "").lstrip("\n")
        element.text = element.text and element.text.replace("&", "&amp;")
        element.tail = element.tail and element.tail.replace("&", "&amp;")
        for name, value in element.items():
            element.set(name, value.replace("&", "&amp;"))
