"""A whole file: its paragraphs in their order, and what is around them: styles, header and footer,
footnotes, properties, and the zip.

Made by python-docx, but for what it can't make: footnotes, custom properties, numbering.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import OxmlElement, parse_xml

from policies.text.document import Document, digest, notation
from policies.text.importing.word.names import INDENT
from policies.text.importing.word.numbering import (
    BULLETS,
    HEADINGS,
    LEVELS,
    Level,
    Numbering,
    Numbers,
)
from policies.text.redline import PairedTexts, paired
from policies.text.redline.blocks import Block, Side, Tree
from policies.text.redline.parsing import REFERENCE
from policies.text.rendering.sections import is_numbered
from policies.text.word_export import comments
from policies.text.word_export.body import Body
from policies.text.word_export.facts import Comment, Facts
from policies.text.word_export.footnotes import Footnotes
from policies.text.word_export.words import (
    Bookmarks,
    ChangeMarks,
    Element,
    RunWriter,
    distinguish_from_moves,
    make,
    text_of,
)
from policies.text.xml_text import text_without_controls

_CONTENT = "application/vnd.openxmlformats-officedocument"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = Path(__file__).with_name("styles.xml")
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a zip can hold
# A4, in twips.
_PAGE = {"w": "11906", "h": "16838"}


def write(old: Document, new: Document, facts: Facts, remarks: Sequence[Comment] = ()) -> bytes:
    """Return the changes between two texts as .docx. remarks: comments on the new one."""
    texts = paired(old, new)
    file = _empty_file(facts)
    notes_part = _footnotes_part(file)
    changes = ChangeMarks(facts.author, facts.at)
    linked, referred = _targets(texts.new_tree)
    linked_of = {Side.OLD: _targets(texts.old_tree)[0], Side.NEW: linked, Side.BOTH: linked}
    bookmarks = Bookmarks(texts.new_ids, linked_of, referred)
    numbered, levels = _numbered(old, new, texts)
    notes = Footnotes([*texts.notes])
    numbers = Numbers()
    words = RunWriter(file.part, facts.base, changes, bookmarks, notes.refer)
    body = Body(words, numbers, numbered)
    notes.body = Body(
        RunWriter(notes_part, facts.base, changes, bookmarks, notes.refer_in_note),
        numbers,
        numbered,
    )
    body.title(texts.title)
    body.pairs(texts.introduction)
    begins = {"": 0}
    for section in texts.in_both_orders():
        for heading in section.heading.new:
            begins.setdefault(heading.attributes.get("id", ""), len(body.out))
        if section.move:
            body.moved(section.pairs, section.move)
        else:
            body.pairs(section.pairs)
    body.pairs(notes.not_referred_to())
    body.end()
    distinguish_from_moves(body.out)
    section = file.element.body.sectPr  # looked for among all paragraphs each time
    for element in body.out:
        section.addprevious(element)
    ends = [*sorted(begins.values())[1:], len(body.out)]
    spans = zip(sorted(begins, key=begins.__getitem__), ends, strict=True)
    if facts.is_rtl:
        for root in (file.element.body, *notes.written):
            _set_right_to_left(root)
    comments.add(file, remarks, {anchor: body.out[begins[anchor] : end] for anchor, end in spans})
    _add_numbering(file, numbers.made, levels)
    _fill_footnotes(file, notes_part, notes.written)
    _add_margins(file, facts.header)
    _add_properties(file, new.title, facts)
    _add_custom_properties(file, {**facts.properties, **_properties(old, new)})
    return _packed(file, facts.at)


def _targets(tree: Tree) -> tuple[frozenset[str], frozenset[str]]:
    """Return the anchors to which links of the text lead, and references in it."""
    links, references = set[str](), set[str]()
    for run in tree.runs():
        for mark in run.marks:
            if mark.attributes.get("href", "").startswith("#"):
                is_reference = mark.attributes.get("class") == REFERENCE
                (references if is_reference else links).add(mark.attributes["href"][1:])
    return frozenset(links), frozenset(references)


def _properties(old: Document, new: Document) -> dict[str, str]:
    values = {"PolicyDigest": digest(new)}
    if old != new:
        values["PolicyOldDigest"] = digest(old)
    return values | {f"Policy{name.title()}": str(value) for name, value in notation(new).items()}


def _numbered(old: Document, new: Document, texts: PairedTexts) -> tuple[dict[int, int], int]:
    """Return the level of the number of each heading that has one, 0 for a section's, by id() of
    the heading, and how many levels are numbered.
    """
    found: dict[int, int] = {}
    for document, tree in ((old, texts.old_tree), (new, texts.new_tree)):
        words = [_text_of(heading) for heading, _ in tree.sections]
        if not (words and is_numbered(words, document.numbering)):
            continue
        for heading, body in tree.sections:
            found[id(heading)] = 0
            for block in body if document.numbering == "headings" else ():
                if block.kind == "heading":
                    found[id(block)] = max(int(block.tag[1]) - 2, 0)
    return found, max(found.values(), default=-1) + 1


def _text_of(block: Block) -> str:
    return "".join(run.text for run in block.runs)


def _empty_file(facts: Facts) -> WordDocument:
    """Return an empty file with our styles."""
    document = docx.Document()
    _without_leftovers(document)
    _add_styles(document, facts)
    size = document.element.body.sectPr.find(qn("w:pgSz"))
    for name, value in _PAGE.items():
        size.set(qn(f"w:{name}"), value)
    if facts.is_rtl:
        document.element.body.sectPr.find(qn("w:docGrid")).addprevious(make("w:bidi"))
    return document


def _without_leftovers(document: WordDocument) -> None:
    """Remove what python-docx's template holds beside what it needs."""
    for part, kinds in (
        (document.part, ("stylesWithEffects", "customXml", "webSettings")),
        (document.part.package, ("thumbnail",)),
    ):
        for number, relation in list(part.rels.items()):
            if relation.reltype.endswith(kinds):
                del part.rels[number]
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    settings = document.settings.element
    for child in list(settings):
        if child.tag.endswith(
            ("}rsids", "}shapeDefaults", "}docId", "}savePreviewPicture", "}zoom")
        ):
            settings.remove(child)


def _add_styles(document: WordDocument, facts: Facts) -> None:
    """Put our styles in the place of python-docx's 160, which would be half of the file."""
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.extend(parse_xml(_STYLES.read_bytes()))
    for element in styles.iter(qn("w:lang")):
        for name in ("val", "eastAsia", "bidi"):
            element.set(qn(f"w:{name}"), facts.language)
    if facts.is_rtl:
        for defaults in styles.iter(qn("w:pPrDefault")):
            for properties in defaults:
                properties.insert(0, make("w:bidi"))


def _set_right_to_left(root: Element) -> None:
    """Mark runs and tables as from right to left, which styles can't say of them."""
    for style in root.iter(qn("w:tblStyle")):
        style.addnext(make("w:bidiVisual"))
    for run in root.iter(qn("w:r")):
        if run.find(qn("w:rPr")) is None:
            run.insert(0, make("w:rPr"))
        run[0].append(make("w:rtl"))


def _add_margins(document: WordDocument, header: str) -> None:
    """Write the header, and into the footer the number of the page and that of all."""
    section = document.sections[0]
    section.header.paragraphs[0].add_run(text_without_controls(header))
    footer = section.footer.paragraphs[0]
    shown = _field("PAGE", make("w:r", text_of("1")))
    shown += [make("w:r", text_of(" / ")), *_field("NUMPAGES", make("w:r", text_of("1")))]
    footer.paragraph_format.element.extend(shown)
    footer.alignment = 1


def _field(instructions: str, *shown: Element) -> list[Element]:
    """Return the runs of a field that Word works out. shown: runs with its result."""
    code = make("w:instrText", xml_space="preserve")
    code.text = f" {instructions} "
    kinds = ("begin", "separate", "end")
    marks = [make("w:r", make("w:fldChar", fldCharType=kind)) for kind in kinds]
    return [marks[0], make("w:r", code), marks[1], *shown, marks[2]]


def _add_numbering(document: WordDocument, made: Sequence[Numbering], heading_levels: int) -> None:
    """Write the numberings of items and headings. heading_levels: how many are numbered."""
    headings: dict[int, Level] = {}
    pattern = "%1"
    for level in range(heading_levels):
        pattern = f"{pattern}.%{level + 1}" if level else pattern
        headings[level] = Level("decimal", pattern if level else "%1.", 1)
    bullets = {level: Level("bullet", "•◦▪"[level % 3], 1) for level in range(LEVELS)}
    numberings = [Numbering(HEADINGS, headings), Numbering(BULLETS, bullets), *made]
    root = document.part.numbering_part.element
    root.extend(map(_abstract_numbering, numberings))
    for numbering in numberings:
        number = str(numbering.id)
        root.append(make("w:num", make("w:abstractNumId", val=number), numId=number))


def _abstract_numbering(numbering: Numbering) -> Element:
    """Return a w:abstractNum, with all levels up to its last: Word would fill the gaps itself."""
    abstract = make("w:abstractNum", abstractNumId=str(numbering.id))
    abstract.append(make("w:multiLevelType", val="multilevel"))
    for at in range(max(numbering.levels, default=0) + 1):
        own = numbering.levels.get(at, Level("decimal", f"%{at + 1}.", 1))
        level = make(
            "w:lvl",
            make("w:start", val=str(own.start)),
            make("w:numFmt", val=own.form),
            ilvl=str(at),
        )
        if numbering.id == HEADINGS:
            level.append(make("w:pStyle", val=f"Heading{at + 1}"))
            level.append(make("w:suff", val="space"))
        level.append(make("w:lvlText", val=own.pattern))
        level.append(make("w:lvlJc", val="left"))
        left = 0 if numbering.id == HEADINGS else INDENT * (at + 1)
        hanging = 0 if numbering.id == HEADINGS else INDENT
        level.append(make("w:pPr", make("w:ind", left=str(left), hanging=str(hanging))))
        abstract.append(level)
    return abstract


def _footnotes_part(document: WordDocument) -> XmlPart:
    """Return the part for footnotes, still empty."""
    name, kind = PackURI("/word/footnotes.xml"), f"{_CONTENT}.wordprocessingml.footnotes+xml"
    root = OxmlElement("w:footnotes", nsdecls={prefix: nsmap[prefix] for prefix in ("w", "r")})
    part = XmlPart(name, kind, root, document.part.package)
    document.part.relate_to(part, RT.FOOTNOTES)
    return part


def _fill_footnotes(document: WordDocument, part: XmlPart, notes: Iterable[Element]) -> None:
    """Write footnotes, and the lines that Word draws above them."""
    root = part.element
    properties = make("w:footnotePr")
    for number, kind in enumerate(("separator", "continuationSeparator"), start=-1):
        sign = make("w:p", make("w:r", make(f"w:{kind}")))
        root.append(make("w:footnote", sign, type=kind, id=str(number)))
        properties.append(make("w:footnote", id=str(number)))
    root.extend(notes)
    settings = document.settings.element
    settings.find(qn("w:characterSpacingControl")).addnext(properties)


def _add_properties(document: WordDocument, title: str, facts: Facts) -> None:
    core = document.core_properties
    core.title, core.subject, core.author = (
        text_without_controls(text)[:255] for text in (title, facts.header, facts.author)
    )
    core.language, core.comments, core.last_modified_by = facts.language, "", core.author
    core.created = core.modified = facts.at.astimezone(UTC).replace(tzinfo=None)
    core.revision = 1


def _add_custom_properties(document: WordDocument, values: Mapping[str, str]) -> None:
    """Write properties of our own, by which a file that comes back is known."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006"
    entries = [
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}">'
        f"<vt:lpwstr>{escape(text_without_controls(value))}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(values.items(), start=2)
    ]
    root = parse_xml(
        f'<Properties xmlns="{office}/custom-properties" xmlns:vt="{office}/docPropsVTypes">'
        f"{''.join(entries)}</Properties>"
    )
    name, kind = PackURI("/docProps/custom.xml"), f"{_CONTENT}.custom-properties+xml"
    package = document.part.package
    part = Part(name, kind, serialize_part_xml(root), package)
    package.relate_to(part, f"{_RELATION}/custom-properties")


def _packed(document: WordDocument, at: datetime) -> bytes:
    """Return the file: the same bytes for the same text and time."""
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    stamp = max(at.astimezone(UTC), _EARLIEST).timetuple()[:6]
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(out, "w") as result:
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, stamp)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            result.writestr(entry, archive.read(name))
    return out.getvalue()
