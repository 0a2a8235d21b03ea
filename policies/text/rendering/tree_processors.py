"""What happens to a document's tree between the grammar and the sanitizers.

Pure: no Django. `tree_processors` gives them in order. The longer ones have modules of their own:
footnotes, ids, references, sections.
"""

import re
import xml.etree.ElementTree as ET

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from policies.text.markdown.characters import controls_in, without_controls
from policies.text.rendering import sanitizer
from policies.text.rendering.clauses import Clauses
from policies.text.rendering.footnotes import Footnotes
from policies.text.rendering.ids import Anchors, Ids
from policies.text.rendering.references import References
from policies.text.rendering.sections import Headings
from policies.text.rendering.tree import HEADINGS, RenderReport, TreeProcessor, is_empty, walk

# Separates the HTML of one top-level block from the next. Since control characters are taken out
# of every text, no text can forge it.
BOUNDARY = "\x1e"


def tree_processors(
    md: Markdown, report: RenderReport, *, links: bool = False
) -> list[Treeprocessor]:
    """Return the tree processors, in the order in which they must run.

    links: whether references to clauses and sections become links.
    """
    steps = (_Texts, _Addresses, Footnotes, Ids, Clauses, Anchors, Headings, _Tables)
    last = (References, _Layout) if links else (_Layout,)
    return [step(md, report) for step in (*steps, *last)]


_LOOKS_LIKE_HTML = re.compile(r"<(?:[a-z/][^<>]*>|!--)", re.IGNORECASE)


class _Texts(TreeProcessor):
    """Removes control characters that came as entities; reports HTML that is shown as text."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.text:
                element.text = self._checked(element.text, html=element.tag != "code")
            if element.tail:
                element.tail = self._checked(element.tail, html=True)
            for name, value in element.items():
                element.set(name, self._checked(value, html=False))

    def _checked(self, text: str, *, html: bool) -> str:
        if html and "<" in text:
            for match in _LOOKS_LIKE_HTML.finditer(text):
                self.report.add("HTML is shown as text", match[0])
        for control in controls_in(text):
            self.report.add("Control character", control)
        return without_controls(text)


class _Addresses(TreeProcessor):
    """Lets only safe addresses through; keeps the words of links and images that lose theirs."""

    def run(self, root: ET.Element) -> None:
        for image in root.iter("img"):
            self._image(image)
        for element, inside_link in walk(root):
            if element.tag == "a":
                self._link(element, inside_link=inside_link)

    def _image(self, image: ET.Element) -> None:
        source = image.get("src", "")
        if sanitizer.is_own_image(source):
            image.set("src", sanitizer.encode_url(source))
            return
        if sanitizer.is_safe_url(source):
            self.report.add("Image from another site is shown as a link", source)
        image.tag = "a"
        image.text = image.attrib.pop("alt", "") or source
        image.set("href", image.attrib.pop("src", ""))

    def _link(self, link: ET.Element, *, inside_link: bool) -> None:
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
            self.report.add("Link without words", href)
        elif not inside_link:
            self.report.add("Address is not allowed, only its words are shown", href)
        link.attrib.pop("href", None)
        link.tag = "span"
        link.attrib.pop("title", None)


class _Tables(TreeProcessor):
    """Puts each table into a box that scrolls, named by the heading above it.

    The box can have the focus, so that a keyboard can scroll it (WCAG 2.1.1).
    """

    def run(self, root: ET.Element) -> None:
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


_BLOCKS = sanitizer.TAGS - sanitizer.INLINE_TAGS


class _Layout(TreeProcessor):
    """Puts blocks on lines of their own, marks where each top-level block ends, escapes every "&".

    Python-Markdown's serialiser takes "&name;" in a text for an entity; here texts are plain.
    """

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.tag in _BLOCKS and not element.tail:
                element.tail = "\n"
            if element.tag == "br":
                element.tail = "\n" + (element.tail or "").lstrip("\n")
            element.text = element.text and element.text.replace("&", "&amp;")
            element.tail = element.tail and element.tail.replace("&", "&amp;")
            for name, value in element.items():
                element.set(name, value.replace("&", "&amp;"))
        for child in root:
            child.tail = (child.tail or "") + BOUNDARY
