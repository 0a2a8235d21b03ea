"""The words of a Word file's paragraphs, as they are meant.

Pure. Tracked changes are accepted, fields are resolved to what they show, looks are reduced to
those with a meaning, pictures go, and text boxes wait for the end of their paragraph.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from policies.text.importing.word.changes import Changes
from policies.text.importing.word.fields import Fields, Target
from policies.text.importing.word.names import child, is_on, number, value, words
from policies.text.importing.word.package import Relation
from policies.text.importing.word.styles import Styles
from policies.text.markdown.import_notes import CAPITALS, HIDDEN, HIGHLIGHTED, NoteCollector

# What tracked changes remove, and what they add.
GONE = frozenset({"w:del", "w:moveFrom"})
_NEW = frozenset({"w:ins", "w:moveTo"})
_WITHOUT_WORDS = frozenset({"w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr"})
_CHARACTERS = {"w:tab": "\t", "w:ptab": "\t", "w:noBreakHyphen": "\u2011"}
_LINE_BREAKS = re.compile("[\n\r\u2028\u2029]")  # in XML, as in HTML, they are white space
_DRAWN = frozenset({"w:drawing", "w:pict", "w:object"})


@dataclass(slots=True)
class Commented:
    """What a comment is about: where it begins and ends in the words of the file."""

    paragraph: int | None
    start: int
    end: int


@dataclass(slots=True)
class Inline:
    """Reads paragraphs.

    known: all footnotes, as (kind, id). queue: those that were referred to, in order. notes: on
    what could not be kept. boxes: text boxes met. bookmarks: names that wait for the next words.
    comments: what each is about, by id. shown: the words so far, of the length `length`.
    """

    styles: Styles
    known: frozenset[tuple[str, str]] = frozenset()
    notes: NoteCollector = field(default_factory=NoteCollector)
    queue: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)
    comments: dict[str, Commented] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    length: int = 0
    changes: Changes = field(default_factory=Changes)
    fields: Fields = field(default_factory=Fields)
    relations: dict[str, Relation] = field(default_factory=dict)
    _referred: set[tuple[str, str]] = field(default_factory=set)
    _out: list[Element] = field(default_factory=list)
    _target: Target | None = None

    def content(self, paragraph: Element) -> list[Element]:
        """Return runs, links (<w:hyperlink address= bookmark=>) and bookmarks."""
        self._out = [Element("w:bookmarkStart", {"w:name": name}) for name in self.bookmarks]
        self.bookmarks = []
        self._inline(paragraph)
        return self._out

    def show(self, words: str, looks: Element | None = None) -> None:
        """Take words that are in the text, "\n" for the end of a paragraph."""
        self.shown.append(words)
        self.length += len(words)
        if words != "\n":
            self.changes.show(words, looks)

    def mark(self, node: Element) -> None:
        """Take the start, the end or the sign of a comment."""
        place = Commented(self.notes.paragraph, self.length, self.length)
        found = self.comments.setdefault(node.get("w:id", ""), place)
        if node.tag == "w:commentRangeEnd":
            found.end = self.length
        elif node.tag == "w:commentReference":
            found.paragraph = self.notes.paragraph

    def _inline(self, parent: Iterable[Element]) -> None:
        own: dict[str, Callable[[Element], None]] = {
            "w:r": self._run,
            "w:hyperlink": self._hyperlink,
            "w:fldSimple": self._simple_field,
            "w:bookmarkStart": self._bookmark,
            "w:commentRangeStart": self.mark,
            "w:commentRangeEnd": self.mark,
            "m:oMath": self._formula,
            "m:oMathPara": self._formula,
        }
        for node in parent:
            if node.tag in own:
                own[node.tag](node)
            elif node.tag in GONE:
                self.changes.lose(node)
            elif node.tag in _NEW:
                self.changes.enter(node)
                self._inline(node)
                self.changes.leave()
            elif node.tag not in _WITHOUT_WORDS:
                self._inline(chosen(node) if node.tag == "mc:AlternateContent" else node)

    def _simple_field(self, node: Element) -> None:
        self.fields.begin(node.get("w:instr", ""))
        self.fields.separate()
        self._inline(node)
        self.fields.end()

    def _bookmark(self, node: Element) -> None:
        if not self.fields.hides:
            self._out.append(Element("w:bookmarkStart", {"w:name": node.get("w:name", "")}))

    def _hyperlink(self, node: Element) -> None:
        address = ""
        if (wanted := node.get("r:id")) is not None:
            relation = self.relations.get(wanted)
            address = relation.target if relation else ""
            if not relation:
                self.notes.add("link without an address", words(node))
        before = self._target
        found = Target(address, node.get("w:anchor", ""))
        self._target = found if found.address or found.bookmark else before
        self._inline(node)
        self._target = before

    def _formula(self, node: Element) -> None:
        text = words(node)
        if text and not self.fields.hides:
            self.notes.add("formula became text", text)
            self._put(run_of(text))

    def _run(self, run: Element) -> None:
        properties = child(run, "w:rPr")
        on = self.styles.switches(properties)
        out = Element("w:r")
        out.append(self._looks(properties, on))
        custom = any(one.get("w:customMarkFollows", "0") not in ("0", "false") for one in run)
        for node in _flat(run):
            if node.tag in ("w:fldChar", "w:instrText"):
                self._field(node, out)
            elif node.tag in _DRAWN:
                self._drawing(node)
            elif not self.fields.hides and "vanish" not in on:
                if not (custom and node.tag == "w:t"):  # the author's own mark; ours are numbers
                    self._piece(node, out)
            elif not self.fields.hides and words(node):
                self.notes.add(HIDDEN, words(node))
            if node.tag == "w:commentReference":
                self.mark(node)
        if len(out) > 1:
            self._note_looks(properties, on, words(out))
            self.show("".join(one.text or " " for one in out[1:]), properties)
            self._put(out)

    def _note_looks(self, properties: Element | None, on: set[str], shown: str) -> None:
        """Note looks that no element of HTML stands for, and that may mean something."""
        if on & {"caps", "smallCaps"} and shown != shown.upper():
            self.notes.add(CAPITALS, shown)
        shade = child(properties, "w:shd")
        fill = "auto" if shade is None else shade.get("w:fill", "auto").lower()
        is_marked = value(properties, "w:highlight") is not None  # which HTML has an element for
        if shown and fill not in ("auto", "ffffff") and not is_marked:
            self.notes.add(HIGHLIGHTED, shown)

    def _piece(self, node: Element, out: Element) -> None:
        if node.tag == "w:t":
            SubElement(out, "w:t").text = _LINE_BREAKS.sub(" ", node.text or "")
        elif node.tag in _CHARACTERS:
            SubElement(out, "w:t").text = _CHARACTERS[node.tag]
        elif node.tag in ("w:br", "w:cr"):
            if node.get("w:type", "textWrapping") == "textWrapping":
                SubElement(out, "w:br")
            else:
                SubElement(out, "w:t").text = " "  # the end of a page or column
        elif node.tag == "w:sym":  # for mammoth, which knows the usual fonts of signs
            code = node.get("w:char", "")
            if re.fullmatch("[0-9A-Fa-f]{1,6}", code):
                sign = {"w:font": node.get("w:font", ""), "w:char": code.upper()}
                SubElement(out, "w:sym", sign)
        elif node.tag == "w:ruby":
            parts = [words(one) for one in node if one.tag in ("w:rubyBase", "w:rt")]
            parts.reverse()  # in the file the reading comes first
            SubElement(out, "w:t").text = f"{parts[0]} ({parts[1]})" if len(parts) == 2 else ""
        elif node.tag in ("w:footnoteReference", "w:endnoteReference"):
            self._reference(node, out)

    def _looks(self, properties: Element | None, on: set[str]) -> Element:
        looks = Element("w:rPr")
        for switch in ("b", "i"):
            if switch in on:
                SubElement(looks, f"w:{switch}")
        if on & {"strike", "dstrike"}:
            SubElement(looks, "w:strike")
        underline = value(properties, "w:u")
        link = self._target or self.fields.target
        if underline not in (None, "", "none") and link is None:
            SubElement(looks, "w:u", {"w:val": "single"})
        for name in ("w:vertAlign", "w:highlight"):
            given = value(properties, name)
            if given in ("superscript", "subscript") or (name == "w:highlight" and given):
                SubElement(looks, name, {"w:val": given or ""})
        return looks

    def _field(self, node: Element, out: Element) -> None:
        kind = node.get("w:fldCharType")
        if node.tag == "w:instrText":
            self.fields.instruct(node.text or "")
        elif kind == "begin":
            if not self.fields.hides:
                self._form(node, out)
            self.fields.begin()
        elif kind == "separate":
            self.fields.separate()
        elif kind == "end":
            self.fields.end()

    def _form(self, node: Element, out: Element) -> None:
        """Write what the check boxes and choices of a form show; such fields have no result."""
        box = child(node, "w:ffData", "w:checkBox")
        if box is not None:
            state = child(box, "w:checked")
            state = child(box, "w:default") if state is None else state
            SubElement(out, "w:t").text = "☒" if state is not None and is_on(state) else "☐"
        choices = child(node, "w:ffData", "w:ddList")
        if choices is not None:
            entries = [one.get("w:val", "") for one in choices if one.tag == "w:listEntry"]
            at = number(value(choices, "w:result") or value(choices, "w:default"))
            SubElement(out, "w:t").text = entries[at] if 0 <= at < len(entries) else ""

    def _reference(self, node: Element, out: Element) -> None:
        wanted = (node.tag[2:].removesuffix("Reference"), node.get("w:id", ""))
        if wanted not in self.known:
            self.notes.add("reference to a missing footnote dropped", wanted[1])
            return
        if wanted in self._referred:
            self.notes.add("second reference to a footnote dropped", wanted[1])
            return
        self._referred.add(wanted)
        self.queue.append(wanted)
        SubElement(out, "w:footnoteReference", {"w:id": str(len(self.queue))})

    def _drawing(self, node: Element) -> None:
        boxes = _outermost(node)
        self.boxes += boxes
        if self.fields.hides:
            return
        known = {id(one) for box in boxes for one in box.iter()}
        alts = [
            one.get("descr") or one.get("title") or one.get("alt") or one.get("string") or ""
            for one in node.iter()
            if one.tag in ("wp:docPr", "v:shape", "v:textpath") and id(one) not in known
        ]
        text = next((" ".join(alt.split()) for alt in alts if alt.strip()), "no words for it")
        tags = {one.tag for one in node.iter() if id(one) not in known}
        if tags & {"a:blip", "v:imagedata"}:
            self.notes.add("image dropped", text)
        elif node.tag == "w:object":
            self.notes.add("embedded object dropped", text)
        elif not boxes:
            self.notes.add("drawing dropped", text)

    def _put(self, run: Element) -> None:
        if target := self._target or self.fields.target:
            link = Element("w:hyperlink", {"address": target.address, "bookmark": target.bookmark})
            link.append(run)
            self._out.append(link)
        elif self._out and self._out[-1].tag == "w:r" and _looks(self._out[-1]) == _looks(run):
            self._out[-1].extend(one for one in run if one.tag != "w:rPr")
        else:
            self._out.append(run)


def _looks(run: Element) -> list[tuple[str, dict[str, str]]]:
    return [(one.tag, one.attrib) for one in run[0]] if run[0].tag == "w:rPr" else []


def run_of(text: str) -> Element:
    run = Element("w:r")
    SubElement(run, "w:t").text = text
    return run


def chosen(node: Element) -> Iterable[Element]:
    """Return, of several forms of the same content, the first with words, or else the last."""
    choices = [one for one in node if one.tag in ("mc:Choice", "mc:Fallback")]
    with_words = (one for one in choices if words(one))
    return next(with_words, choices[-1] if choices else ())


def _flat(run: Element) -> Iterator[Element]:
    """Yield the content of a run; where it has several forms, that of the chosen one."""
    for node in run:
        yield from chosen(node) if node.tag == "mc:AlternateContent" else (node,)


def _outermost(node: Element) -> list[Element]:
    """Return the text boxes of a drawing, each once, without those inside another."""
    if node.tag == "w:txbxContent":
        return [node]
    if node.tag == "mc:AlternateContent":
        return [box for one in chosen(node) for box in _outermost(one)]
    return [box for one in node for box in _outermost(one)]
