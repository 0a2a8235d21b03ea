"""What happens to a document's tree between the grammar and the sanitizer, step by step.

Pure: no Django. The longer steps have modules of their own: anchors, references, sections.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter, deque
from collections.abc import Iterator

from bleach.linkifier import LinkifyFilter

from policies.text.markdown.characters import controls_in, without_controls
from policies.text.rendering import sanitizer
from policies.text.rendering.anchors import list_anchors, mark_clauses, settle_ids
from policies.text.rendering.sections import settle_headings
from policies.text.rendering.tree import HEADINGS, RenderReport, is_empty, walk
from policies.text.xml_text import add_text

_LOOKS_LIKE_HTML = re.compile(r"<(?:[a-z/][^<>]*>|!--)", re.IGNORECASE)


def check_texts(root: ET.Element, report: RenderReport) -> None:
    """Remove control characters that came as entities; report HTML that is shown as text."""
    for element in root.iter():
        if element.text:
            element.text = _checked_text(element.text, report, html=element.tag != "code")
        if element.tail:
            element.tail = _checked_text(element.tail, report, html=True)
        for name, value in element.items():
            element.set(name, _checked_text(value, report, html=False))


def _checked_text(text: str, report: RenderReport, *, html: bool) -> str:
    if html and "<" in text:
        for match in _LOOKS_LIKE_HTML.finditer(text):
            report.add("HTML is shown as text", match[0])
    for control in controls_in(text):
        report.add("Control character", control)
    return without_controls(text)


def check_addresses(root: ET.Element, report: RenderReport) -> None:
    """Let only safe addresses through; keep the words of links and images that lose theirs."""
    for image in root.iter("img"):
        _settle_image(image, report)
    for element, inside_link in walk(root):
        if element.tag == "a":
            _settle_link(element, report, inside_link=inside_link)


def _settle_image(image: ET.Element, report: RenderReport) -> None:
    source = image.get("src", "")
    if sanitizer.is_own_image(source):
        image.set("src", sanitizer.encode_url(source))
        return
    if sanitizer.is_safe_url(source):
        report.add("Image from another site is shown as a link", source)
    image.tag = "a"
    image.text = image.attrib.pop("alt", "") or source
    image.set("href", image.attrib.pop("src", ""))


def _settle_link(link: ET.Element, report: RenderReport, *, inside_link: bool) -> None:
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


def put_footnotes_last(root: ET.Element, _: RenderReport) -> None:
    """Put footnotes at the end, in the order in which the text refers to them.

    Notes that nothing refers to come last; their words are part of the policy too. All marks are
    numbers and arrows, so that they need no translation.
    """
    notes = _take_notes(root)
    numbers: dict[str, int] = {}
    places: Counter[str] = Counter()
    parts, waiting = deque([root]), deque(notes)
    count = 0

    def number(label: str) -> None:
        """Give a label its number; read its notes next, in which there may be more references."""
        nonlocal count
        if label not in numbers:
            numbers[label] = count + 1
            count += len(notes[label])
            parts.extend(notes[label])

    while parts:
        for element, inside_link in walk(parts.popleft()):
            if element.tag == "noteref":
                label = element.attrib.pop("label")
                number(label)
                places[label] += 1
                _refer_to_note(element, numbers[label], places[label], inside_link=inside_link)
        while not parts and waiting:
            number(waiting.popleft())
    if notes:
        _add_notes(root, [(notes[label], places[label]) for label in numbers])


def _take_notes(root: ET.Element) -> dict[str, list[ET.Element]]:
    """Take the definitions out of the tree. A label may have been defined twice."""
    notes: dict[str, list[ET.Element]] = {}
    for parent in list(root.iter()):
        for child in parent.findall("note"):
            notes.setdefault(child.attrib.pop("label"), []).append(child)
            parent.remove(child)
    return notes


def _add_notes(root: ET.Element, notes: list[tuple[list[ET.Element], int]]) -> None:
    box = ET.SubElement(root, "div", {"class": "footnotes"})
    ET.SubElement(box, "hr")
    items = ET.SubElement(box, "ol")
    number = 0
    for definitions, places in notes:
        for index, note in enumerate(definitions):
            number += 1
            item = ET.SubElement(items, "li", id=f"fn:{number}")
            item.text = note.text
            item.extend(note)
            if index == 0 and places:
                _refer_back(item, number, places)


def _refer_to_note(element: ET.Element, number: int, place: int, *, inside_link: bool) -> None:
    """Turn an element into a reference: a raised number that links to the note."""
    element.tag = "sup"
    element.set("id", _id_of_reference(number, place))
    if inside_link:
        element.text = str(number)
        return
    attributes = {"class": "footnote-ref", "href": f"#fn:{number}", "role": "doc-noteref"}
    ET.SubElement(element, "a", attributes).text = str(number)


def _refer_back(item: ET.Element, number: int, places: int) -> None:
    last = item[-1] if len(item) and item[-1].tag == "p" else ET.SubElement(item, "p")
    for place in range(1, places + 1):
        attributes = {
            "class": "footnote-back",
            "href": f"#{_id_of_reference(number, place)}",
            "role": "doc-backlink",
            "aria-label": f"↩ {number}" + (f".{place}" if place > 1 else ""),
        }
        if not is_empty(last):
            add_text(last, " ")
        ET.SubElement(last, "a", attributes).text = "↩"


def _id_of_reference(number: int, place: int) -> str:
    return f"fnref:{number}" + (f":{place}" if place > 1 else "")


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

# bleach's two steps, one by one. Its whole filter would take "&amp;" in a plain text for "&".
_FINDER = LinkifyFilter(None, callbacks=[], url_re=_URL, email_re=_EMAIL)  # type: ignore[arg-type]


def link_bare_addresses(root: ET.Element, _: RenderReport) -> None:
    """Make links of web and e-mail addresses in a text, but for those inside a link or code."""
    if not _HINT.search("".join(root.itertext())):
        return
    for element in list(_with_addresses(root)):
        before, children = element.text, list(element)
        element.text, element[:] = None, []
        _add_linked(element, before)
        for child in children:
            after, child.tail = child.tail, None
            element.append(child)
            _add_linked(element, after)


def _with_addresses(root: ET.Element) -> Iterator[ET.Element]:
    """Yield elements that may have addresses in their own texts, which may become links there."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag not in _WITHOUT_LINKS:
            texts = (element.text, *(child.tail for child in element))
            if any(text and _HINT.search(text) for text in texts):
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
