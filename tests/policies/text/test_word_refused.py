"""Word files that are broken, hostile or made up: refused with a reason, never a crash."""

import io
import re
import tracemalloc
from collections import Counter
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import importing, rendering
from policies.text.document import body, parse, serialize
from policies.text.importing import ImportRefused
from policies.text.importing.word.inline import ParagraphReader
from policies.text.limits import MAX_FILE
from tests.conftest import sample
from tests.policies.text.word_files import (
    field,
    item,
    p,
    part,
    r,
    relations,
    row,
    table,
    unzipped,
    word,
    zipped,
)

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how a compound file begins ([MS-CFB], 2.2)
DOCTYPE = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


def broken():
    data = bytearray(word(p("x" * 2000)))
    at = data.find(b"word/document.xml") + 40
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


def bomb():
    return zipped({"word/document.xml": part("document", ""), "x": b"0" * 60_000_000})


LINK = f'<w:hyperlink r:id="a">{r("x")}</w:hyperlink>'
BOX = f"<w:r><w:pict><w:txbxContent>{p('x')}</w:txbxContent></w:pict></w:r>"
END = '<w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr>'


MANY_PARTS = [
    [p("x")] * 25_000,
    [item("x", 1, number % 9) for number in range(25_000)],
    [table(row("x")), p("x")] * 10_000,
    [table(row(*["x"] * 60))] * 400,
    [f"<w:p>{LINK * 4_000}</w:p>"] * 9,
    [f"<w:p>{BOX * 4_000}</w:p>"] * 6,
    [f"<w:p>{(r('a', '<w:b/>') + r('b')) * 2_000}</w:p>"] * 10,
    [f"<w:p>{END}{r('x')}</w:p>"] * 25_000,
    ["<w:p/>"] * 150_000,
]


def test_more_parts_than_words_can_need_are_refused_before_most_of_them_are_read(monkeypatch):
    """A page can't show them, and packed they are a few kilobytes."""
    opened = Counter[str]()
    take = ParagraphReader.content

    def counted(inline, paragraph):
        opened["paragraphs"] += 1
        return take(inline, paragraph)

    monkeypatch.setattr(ParagraphReader, "content", counted)
    for blocks in sample(MANY_PARTS):
        opened.clear()
        with pytest.raises(ImportRefused, match=r"too many elements|more than .* parts"):
            importing.read("a.docx", word(p("T", "Title"), *blocks, links={"a": "https://x.org"}))
        assert opened["paragraphs"] < 20_000, blocks[0][:200]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x", "not a Word file, or it is damaged"),
        (b"", "not a Word file, or it is damaged"),
        (word(p("x"))[:-30], "not a Word file, or it is damaged"),
        (broken(), "damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + b"WordDocument", "Word 97"),
        (bomb(), "unpacks to"),
        (zipped({f"{n}": b"" for n in range(2001)}), "holds 2,001 parts"),
        (zipped({"a.txt": b"x"}), "contains no Word document"),
        (zipped({"word/document.xml": "<x/>"}), "contains no Word document"),
        (zipped({"word/document.xml": "<x>"}), "is not XML"),
        (zipped({"word/document.xml": f"{DOCTYPE}<w>&b;</w>"}), "has a DOCTYPE"),
        (zipped({"word/document.xml": f"{DOCTYPE}<w>&b;</w>".encode("utf-16")}), "has a DOCTYPE"),
        (zipped({"word/document.xml": "<x>" * 200 + "</x>" * 200}), "too deep"),
        (word(p((field("PAGE", "") + r("x")).replace('"end"', '"begin"') * 60)), "too deep"),
        (word(p("x" * 5_000_001)), "more text than a policy can have"),
        (word(p("")), "has no text"),
        (b"PK" + b"0" * MAX_FILE, "the most is 10,000,000"),
    ],
)
def test_what_is_not_a_word_file_is_refused_with_its_reason(data, reason):
    with pytest.raises(ImportRefused, match=reason):
        importing.read("a.docx", data)


@pytest.mark.parametrize(
    "name",
    [
        *("word/_rels/document.xml.rels", "_rels/.rels", "docProps/custom.xml", "word/styles.xml"),
        *("word/numbering.xml", "word/footnotes.xml", "word/comments.xml", "word/header1.xml"),
    ],
)
def test_no_part_may_define_entities(name):
    files = unzipped(word(p("x"), footnotes="", comments="", header1=""))
    files[name] = f"{DOCTYPE}<w>&b;</w>".encode()

    with pytest.raises(ImportRefused, match=f"{re.escape(name)} has a DOCTYPE"):
        importing.read("a.docx", zipped(files))


@pytest.mark.parametrize("name", ["word/document.xml", "word/_rels/document.xml.rels"])
def test_a_part_that_is_too_large_is_refused_before_it_is_read(name):
    """A comment of XML has none of the text that is counted."""
    files = unzipped(word(p("T", "Title"), p("x")))
    start, end = files[name].rsplit(b"</", 1)
    large = b"%s<!--%s--></%s" % (start, b"y" * 30_000_001, end)

    with pytest.raises(ImportRefused, match=f"part {name} has .* bytes; the most is 30,000,000"):
        importing.read("a.docx", zipped(files | {name: large}))


@pytest.mark.parametrize("packing", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_a_part_that_is_larger_than_it_states_is_not_unpacked(packing):
    out, size = io.BytesIO(), 10_000_000
    with ZipFile(out, "w", packing) as archive:
        archive.writestr("word/document.xml", bytes(size))
    data = out.getvalue().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match=r"can't be unpacked|packed in an unknown way"):
            importing.read("a.docx", data)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_what_a_part_points_at_is_read_once_however_many_notes_it_has(monkeypatch):
    read = Counter[str]()
    unpack = ZipFile.open

    def counted(archive, part):
        read[part.filename] += 1
        return unpack(archive, part)

    notes = "".join(f'<w:footnote w:id="{it}">{p(f"Note {it}.")}</w:footnote>' for it in range(20))
    data = unzipped(word(p("T", "Title"), p("x"), footnotes=notes))
    files = data | {"word/_rels/footnotes.xml.rels": relations({"a": ("hyperlink", "/x", "")})}
    data = zipped(files)
    monkeypatch.setattr(ZipFile, "open", counted)
    importing.read("a.docx", data)

    assert {it: times for it, times in read.items() if it.endswith(".rels")} == {
        "_rels/.rels": 1,
        "word/_rels/document.xml.rels": 1,
        "word/_rels/footnotes.xml.rels": 1,
    }


def test_tables_in_tables_are_read_or_refused():
    for depth in (1, 5, 20, 30, 60):
        inner = p("x")
        for _ in range(depth):
            inner = table(f"<w:tr><w:tc>{inner}{p('y')}</w:tc></w:tr>")
        try:
            importing.read("a.docx", word(p("T", "Title"), inner))
        except ImportRefused:
            assert depth > 5


@given(st.binary(max_size=300), st.integers(0, 4000), st.booleans())
def test_any_bytes_are_imported_or_refused(junk, at, inside):
    data = WHOLE[:at] + junk + WHOLE[at + len(junk) :] if inside else junk
    for name in ("a.docx", "a.md", "a.html"):
        try:
            found = importing.read(name, data)
        except ImportRefused:
            continue
        assert parse(serialize(found.document)) == found.document


NAMES = st.sampled_from(
    [
        *("p", "r", "t", "tbl", "tr", "tc", "tcPr", "pPr", "rPr", "ins", "del", "moveFrom"),
        *("moveTo", "hyperlink", "sdt", "sdtContent", "sdtPr", "fldSimple", "fldChar", "instrText"),
        *("bookmarkStart", "footnoteReference", "br", "tab", "sym", "drawing", "pict"),
        *("txbxContent", "numPr", "numId", "ilvl", "pStyle", "rStyle", "gridSpan", "vMerge"),
        *("trPr", "gridBefore", "ruby", "rubyBase", "rt", "ind"),
    ]
)
VALUES = st.sampled_from(
    ["0", "1", "2", "-1", "99999999999", "x", "", "begin", "separate", "end", "Heading1", "_a"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            *("w:val", "w:id", "w:name", "w:anchor", "r:id", "w:fldCharType", "w:instr", "w:char"),
            *("w:font",),
        ]
    ),
    VALUES,
    max_size=3,
)
TEXTS = st.sampled_from(["word", " TOC ", 'HYPERLINK "a"', r" REF _a \h ", "", " "])


def element(name, attributes, inner):
    given_ones = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<w:{name}{given_ones}>{''.join(inner)}</w:{name}>"


TREES = st.recursive(
    st.one_of(
        TEXTS.map(lambda one: f"<w:t>{one}</w:t>"),
        TEXTS.map(lambda one: f"<w:instrText>{one}</w:instrText>"),
        st.builds(element, NAMES, ATTRIBUTES, st.just([])),
    ),
    lambda inner: st.builds(element, NAMES, ATTRIBUTES, st.lists(inner, max_size=5)),
    max_leaves=40,
)


@given(st.lists(TREES, max_size=6))
def test_any_tree_of_words_elements_is_imported_or_refused(trees):
    try:
        found = importing.read("a.docx", word(p("T", "Title"), p("kept as it is"), *trees))
    except ImportRefused:
        return
    assert "kept as it is" in rendering.render(body(found.document)).html


WHOLE = word(
    p("T", "Title"), p("A", "Heading1"), item("x", 2), table(row("a", "b")), p(r("b", "<w:b/>"))
)
