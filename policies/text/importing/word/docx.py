"""From a Word file to HTML, with notes on what HTML can't hold.

Pure: bytes in, values out. The file is opened within limits (package), and what it means is
read (body) and put into a new, small file. Only that one is given to mammoth, which makes the
HTML, so that mammoth meets nothing that a stranger wrote but words.
"""

import io
import re
import zipfile
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

import mammoth

from policies.text.document import NUMBERINGS, Document, DocumentError, read_any_style
from policies.text.importing import conversion
from policies.text.importing.html.list_markers import LABEL
from policies.text.importing.html.tree import TOO_MANY_ELEMENTS, TooComplex, max_elements
from policies.text.importing.metadata import ImportRefused, title_from
from policies.text.importing.word.body import Body
from policies.text.importing.word.inline import Inline, run_of
from policies.text.importing.word.lists import Lists
from policies.text.importing.word.names import OUR_MARK, OUR_REFERENCE, R, W, value, words
from policies.text.importing.word.package import TOO_MUCH_TEXT, Package, Unreadable, open_package
from policies.text.importing.word.styles import Styles
from policies.text.markdown import characters, frontmatter, headings
from policies.text.markdown.import_notes import ImportNote
from policies.text.short_text import counted

__all__ = ["Unreadable", "to_html"]

# Characters of HTML. A policy of 100,000 words has a fifth of that.
MAX_HTML = 4_000_000

# Pieces of one paragraph that look different, cells of one row, rows of one table: a page can show
# fewer of them (markdown/limits), and mammoth takes a fifth of a millisecond for each.
MAX_PARTS = 5_000

# Kinds of notes on what only a file that came back is read for.
COMMENT = "comment dropped"
TRACKED = "tracked changes taken as accepted"
_TOO_DEEP = "Its tables or text boxes are nested too deeply."
# Bookmark names that programs make up, which no reader should see in an address.
_GENERATED = re.compile(r"_|h\.|heading=|bookmark=|id\.|kix\.|OLE_LINK\d")
# The name of an anchor that was too long for a bookmark (word_export).
_DIGEST = re.compile(r"X[0-9a-f]{39}")
_LEVEL = "ul|ol > li > "
_STYLES = "\n".join(
    [
        *(f"p.H{level} => h{level}:fresh" for level in range(1, 7)),
        "p.Q => blockquote > p:fresh",
        *(f"p.U{depth} => {_LEVEL * (depth - 1)}ul > li:fresh" for depth in range(1, 10)),
        *(f"p.N{depth} => {_LEVEL * (depth - 1)}ol > li:fresh" for depth in range(1, 10)),
        *(f"p.T{depth} => {_LEVEL * depth}p:fresh" for depth in range(1, 10)),
        "u => u",
        "highlight => mark",
    ]
)
_LABELLED = re.compile('<li>(\ufdd0\\d+\ufdd1)?<a id="number-([0-9a-f]+)-(\\w+)"></a>')
_UNLABELLED = re.compile(r'<a id="number-[0-9a-f]+-\w+"></a>')
_NOTE = re.compile(r'(id="|href="#)footnote-(ref-)?(\d+)"')
# A mark, and the tags between it and the beginning of its paragraph. Its signs are no characters.
_OUR_SIGNS = re.compile("[\ufdd0\ufdd1]")
_MARKED = re.compile(f'(<(?:p|li(?: {LABEL}="[^"]*")?|h[1-6])>(?:<[^<>]*>)*)?\ufdd0(\\d+)\ufdd1')


def to_html(
    data: bytes, *, paragraphs_on_lines: bool = False
) -> tuple[str, tuple[ImportNote, ...]]:
    """Return a .docx as a fragment of HTML, tracked changes accepted, and notes on what was lost.

    paragraphs_on_lines: each paragraph begins on the line that has its number; otherwise all is on
    one line. Raises Unreadable, worded for whoever uploads it.
    """
    try:
        html, notes, _ = _read(open_package(data))
    except RecursionError as error:
        raise Unreadable(_TOO_DEEP) from error
    if paragraphs_on_lines:
        return _with_paragraphs_on_lines(html), notes
    return _MARKED.sub(r"\1", html), notes


@dataclass(frozen=True, slots=True)
class WordText:
    """The text of a Word file. properties: the custom ones, by name. inline: what was read."""

    document: Document
    notes: tuple[ImportNote, ...]
    properties: Mapping[str, str]
    package: Package
    inline: Inline


def read(name: str, data: bytes, *, rejects: bool = False) -> WordText:
    """Read a Word file. It has no front matter, and no lines that notes could name.

    rejects: reject all tracked changes instead of accepting them. Raises ImportRefused.
    """
    try:
        package = open_package(data)
        package.rejects = rejects
        html, notes, inline = _read(package)
        html, more_notes = characters.clean(_with_paragraphs_on_lines(html))
        notes += _of_paragraphs(more_notes)
        found = conversion.from_html(html, is_foreign=False)
        if not found.markdown.strip():
            raise ImportRefused(name, 1, "The file has no text.")
        own = _properties(package)
        values = {"clauses": found.clauses or None, **_notation(own, rejects=rejects)}
        split = frontmatter.Split(values, "", found.markdown)
        document, more_notes = read_any_style(split, title_from(name))
    except RecursionError as error:
        raise ImportRefused(name, 1, _TOO_DEEP) from error
    except (Unreadable, TooComplex, DocumentError) as error:
        raise ImportRefused(name, 1, str(error)) from error
    without_lines = (replace(note, line=None) for note in more_notes)
    notes = (*notes, *_of_paragraphs(found.notes), *without_lines)
    return WordText(document, notes, own, package, inline)


def _notation(properties: Mapping[str, str], *, rejects: bool) -> dict[str, object]:
    """Return what a file that we made says of how its text is written."""
    if OUR_MARK not in properties:
        return {}
    numbering = properties.get("PolicyNumbering", "")
    if rejects:
        numbering = properties.get("PolicyOldNumbering", numbering)
    return {"numbering": numbering if numbering in NUMBERINGS else ""}


def _of_paragraphs(notes: Iterable[ImportNote]) -> tuple[ImportNote, ...]:
    return tuple(replace(it, line=None, paragraph=it.line) for it in notes)


def _read(package: Package) -> tuple[str, tuple[ImportNote, ...], Inline]:
    """Return HTML, with a mark before the words of each paragraph, and notes."""
    root = package.part(package.document)
    if root is None or root.tag != "w:document":
        raise Unreadable(
            "The file contains no Word document. Open it in Word and save it as .docx."
        )
    styles = Styles.read(_only(package, "styles"))
    notes = {
        (kind, note.get("w:id", "")): (note, package.relations(name))
        for kind in ("footnote", "endnote")
        for name, part in package.related(f"{kind}s")
        for note in part
        if note.tag == f"w:{kind}" and note.get("w:type", "normal") == "normal"
    }
    inline = Inline(styles, frozenset(notes))
    is_ours = OUR_MARK in _properties(package)
    lists = Lists.read(_only(package, "numbering"), styles, indents_mean=is_ours)
    body = Body(inline, lists, numbers_itself=is_ours)
    blocks = body.part(root, package.relations(package.document))
    footnotes: list[list[Element]] = []
    while len(footnotes) < len(inline.queue):  # a note may refer to another
        note, relations = notes[inline.queue[len(footnotes)]]
        footnotes.append(body.part(note, relations))
    everything = [*blocks, *(one for note in footnotes for one in note)]
    if any(_has_too_many_parts(one) for block in everything for one in block.iter()):
        raise Unreadable(
            f"One paragraph, row or table in it has more than {MAX_PARTS:,} parts. Divide it, or "
            "remove formatting that changes within words."
        )
    shown = sum(_becomes_element(one) for block in everything for one in block.iter())
    if shown > max_elements(MAX_HTML):  # refused before mammoth makes them
        raise Unreadable(TOO_MANY_ELEMENTS)
    _note_changes(inline, [root, *(note for note, _ in notes.values())])
    _note_margins(package, inline)
    _note_comments(package, inline)
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        inline.notes.add("macros dropped")
    written = _Written(keeps_places=is_ours)
    written.name_places(everything, inline)
    html = _converted(written.package(blocks, footnotes), inline)
    return _with_labels(html), tuple(inline.notes), inline


def _has_too_many_parts(one: Element) -> bool:
    return len(one) > MAX_PARTS and one.tag in ("w:p", "w:tr", "w:tbl")


def _becomes_element(one: Element) -> bool:
    if one.tag == "w:tc":
        return value(one, "w:tcPr", "w:vMerge") in (None, "restart")
    return one.tag == "w:tr" or (one.tag == "w:p" and bool(words(one)))


def _converted(package: bytes, inline: Inline) -> str:
    found = mammoth.convert_to_html(
        io.BytesIO(package),
        style_map=_STYLES,
        include_default_style_map=False,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    for message in found.messages:
        if "Unrecognised" not in message.message and "not defined" not in message.message:
            inline.notes.add("part of the file not understood", message.message)
    if len(found.value) > MAX_HTML:
        raise Unreadable(TOO_MUCH_TEXT)
    return _NOTE.sub(lambda one: f'{one[1]}fn{"ref" if one[2] else ""}:{one[3]}"', found.value)


def _properties(package: Package) -> dict[str, str]:
    root = package.part("docProps/custom.xml")
    found = root if root is not None else ()
    return {one.get("name", ""): "".join(one.itertext()) for one in found}


def _only(package: Package, kind: str) -> Element | None:
    return next((root for _, root in package.related(kind)), None)


def _note_changes(inline: Inline, roots: Sequence[Element]) -> None:
    formats = sum(one.tag.endswith("PrChange") for root in roots for one in root.iter())
    formatting = f"{counted(formats, 'change')} of formatting" if formats else ""
    if text := ", ".join(filter(None, (inline.changes.summary(), formatting))):
        inline.notes.collected.insert(0, ImportNote(TRACKED, text))


def _note_margins(package: Package, inline: Inline) -> None:
    """Note what page headers and footers hold, if it is not just page numbers."""
    inline.notes.paragraph = None
    for kind in ("header", "footer"):
        for _, root in package.related(kind):
            text = words(root)
            if re.search(r"[^\W\d_]{2}", re.sub(r"\b(?:page|seite|of|von)\b", "", text.lower())):
                inline.notes.add(f"page {kind} dropped", text)
            for mark in [one.get("string", "") for one in root.iter() if one.tag == "v:textpath"]:
                inline.notes.add("watermark dropped", mark)
            if any(one.tag in ("a:blip", "v:imagedata") for one in root.iter()):
                inline.notes.add(f"image in a page {kind} dropped", text)


def _note_comments(package: Package, inline: Inline) -> None:
    for comment in [one for _, root in package.related("comments") for one in root]:
        author = comment.get("w:author", "").strip()
        about = inline.comments.get(comment.get("w:id", ""))
        inline.notes.paragraph = about.paragraph if about else None
        inline.notes.add(COMMENT, ": ".join(filter(None, (author, words(comment)))))
    inline.notes.paragraph = None


@dataclass(slots=True)
class _Written:
    """A new Word file in the making.

    keeps_places: whether bookmarks are anchors of the text, whether a link leads to them or not.
    addresses: link address → relationship id. places: bookmark that a link leads to → its new name.
    given: the headings' names that bookmarks have taken. anchors: all names.
    """

    keeps_places: bool = False
    addresses: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    anchors: headings.Anchors = field(default_factory=headings.Anchors)

    def name_places(self, blocks: Sequence[Element], inline: Inline) -> None:
        """Give readable names to the bookmarks that links lead to; remove all others."""
        links = [link for block in blocks for link in block.iter("w:hyperlink")]
        if self.keeps_places:
            _drop_references(links)
        wanted = {link.get("bookmark", "") for link in links if not link.get("address")}
        for block in [one for outer in blocks for one in outer.iter("w:p")]:
            own = ""
            if _style(block).startswith("H") and not self.keeps_places:
                text = words(block)
                without_number = text[len(headings.own_number(text)) :].strip(" .:–—-")
                own = self.anchors.unique(headings.slug(without_number or text))
            block[:] = [one for one in block if self._stays(one, wanted, own)]
        for paragraph in [one for block in blocks for one in block.iter("w:p")]:
            inline.notes.paragraph = int(paragraph.get("number", "0"))
            for link in paragraph.iter("w:hyperlink"):
                self._settle(link, inline)
            _mark(paragraph)

    def _stays(self, one: Element, wanted: Container[str], own: str) -> bool:
        """Name a bookmark, and return whether it is needed. own: the heading's, "" for none."""
        if one.tag != "w:bookmarkStart":
            return True
        name = one.attrib.pop("w:name", None)
        if name is None:
            one.set("w:name", f"number-{one.attrib.pop('number', '')}")
        elif name in self.places or not (name in wanted or self._is_anchor(name)):
            return False
        else:
            self.places[name] = self._place(name, own)
            one.set("w:name", self.places[name])
        return True

    def _is_anchor(self, name: str) -> bool:
        return self.keeps_places and not (_GENERATED.match(name) or _DIGEST.fullmatch(name))

    def _place(self, name: str, own: str) -> str:
        if _GENERATED.match(name) and own and own not in self.given:
            self.given.add(own)
            return own
        plain = re.sub(r"[^\w.-]+", "-", name).strip("-_") or "place"
        plain = f"to-{plain}" if re.match(r"number-|(?:foot|end)note-", plain) else plain
        return self.anchors.unique(plain.lower() if _GENERATED.match(name) else plain)

    def _settle(self, link: Element, inline: Inline) -> None:
        """Point a link at an address or a place; without either, only its words stay."""
        address, bookmark = link.attrib.pop("address", ""), link.attrib.pop("bookmark", "")
        if not (address or bookmark):
            return
        if address:
            address = f"{address.partition('#')[0]}#{bookmark}" if bookmark else address
            link.set("r:id", self.addresses.setdefault(address, f"r{len(self.addresses) + 1}"))
        elif bookmark in self.places:
            link.set("w:anchor", self.places[bookmark])
        else:
            inline.notes.add("link to a missing bookmark dropped, its words are kept", words(link))

    def package(self, blocks: Sequence[Element], footnotes: Sequence[Sequence[Element]]) -> bytes:
        """Return the file, which holds only these blocks and the addresses of their links."""
        document = _root("w:document")
        SubElement(document, "w:body").extend(blocks)
        notes = _root("w:footnotes")
        for number, note in enumerate(footnotes, start=1):
            SubElement(notes, "w:footnote", {"w:id": str(number)}).extend(note)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", tostring(document))
            archive.writestr("word/footnotes.xml", tostring(notes))
            for part in ("document", "footnotes"):
                archive.writestr(f"word/_rels/{part}.xml.rels", tostring(self._relations()))
        return out.getvalue()

    def _relations(self) -> Element:
        uri = "http://schemas.openxmlformats.org/package/2006/relationships"
        root = Element("Relationships", {"xmlns": uri})
        for address, identity in self.addresses.items():
            target = {"Target": address, "TargetMode": "External"}
            SubElement(root, "Relationship", {"Id": identity, "Type": f"{R}/hyperlink", **target})
        return root


def _drop_references(links: Sequence[Element]) -> None:
    """Let references lead nowhere that only the page made links: it will make them again."""
    for link in links:
        if link.get("bookmark", "").startswith(OUR_REFERENCE):
            link.set("bookmark", "")


def _root(name: str) -> Element:
    return Element(name, {"xmlns:w": W, "xmlns:r": R})


def _mark(paragraph: Element) -> None:
    """Put its number before the words of a paragraph."""
    for text in paragraph.iter("w:t"):
        text.text = _OUR_SIGNS.sub("\ufffd", text.text or "")
    mark = f"\ufdd0{paragraph.attrib.pop('number')}\ufdd1"
    run = next(paragraph.iter("w:r"), ())
    first = next((one for one in run if one.tag != "w:rPr"), None)
    if first is not None and first.tag == "w:t":
        first.text = f"{mark}{first.text}"
    elif first is not None:
        paragraph.insert(int(paragraph[0].tag == "w:pPr"), run_of(mark))


def _with_paragraphs_on_lines(html: str) -> str:
    """Take the marks away, and begin each paragraph on the line of its number."""
    line = 1

    def begin(found: re.Match[str]) -> str:
        nonlocal line
        missing = max(int(found[2]) - line, 0)
        line += missing
        return "\n" * missing + (found[1] or "")

    return _MARKED.sub(begin, html)


def _style(paragraph: Element) -> str:
    found = paragraph.find("./*/*") if len(paragraph) and paragraph[0].tag == "w:pPr" else None
    return "" if found is None else found.get("w:val", "")


def _with_labels(html: str) -> str:
    """Give items the labels that they have in Word, and part lists where numbers jump."""

    def item(found: re.Match[str]) -> str:
        mark, label, place = found[1] or "", bytes.fromhex(found[2]).decode(), found[3]
        parted = "</ol><ol>" if place == "parted" else ""
        return f'{parted}<li {LABEL}="{escape(label)}">{mark}'

    return _UNLABELLED.sub("", _LABELLED.sub(item, html))
