"""What a Word file that came back would change, and who is named for each change."""

import re
from dataclasses import replace

import pytest

from policies.text import redline, word_export
from policies.text.document import Document, Section
from policies.text.importing.returned import read_returned
from policies.text.word_proposals import proposed
from tests.policies.text.examined import seed
from tests.policies.text.test_word_redline import edited
from tests.policies.text.word_edits import tracked, with_text
from tests.policies.text.word_exports import FACTS
from tests.policies.text.word_files import unzipped, zipped

BODY = "We keep names. We erase them after a year.\n\nWe sell nothing, and we rent nothing."
HEADING = '<w:pStyle w:val="Heading1"/>'
SENT = Document("Terms", "", (Section("Fees", "fees", BODY), Section("Law", "law", "Ours.")))


def authors(sent, data):
    """Return what each change takes and gives, and who is named for it."""
    text, named = proposed(sent, read_returned("counsel.docx", data), FACTS.base)
    listed = redline.changes_between(sent, text).listed
    return [(it.old, it.new, [name for name, _ in named[it.id]]) for it in listed]


def split(data, words, author):
    """Return a file in which a paragraph ends behind some words, with changes tracked."""
    begin, end = '<w:r><w:t xml:space="preserve">', "</w:t></w:r>"
    mark = f'<w:ins w:id="7" w:author="{author}" w:date="2026-05-01T09:30:00Z"/>'
    properties = f"<w:pPr><w:rPr>{mark}</w:rPr></w:pPr>"
    data = with_text(data, f"<w:p>{begin}{words}", f"<w:p>{properties}{begin}{words}")
    return with_text(data, words, f"{words}{end}</w:p><w:p>{begin}")


def test_a_paragraph_that_was_split_is_named_with_who_split_it():
    data = split(word_export.write(SENT, FACTS), "We keep names.", "Jane Roe")

    assert authors(SENT, data) == [(" We", "\n\nWe", ["Jane Roe"])]


@pytest.mark.parametrize("anchor", ["scope", "law"])
def test_a_heading_that_libreoffice_made_a_paragraph_is_still_one(anchor):
    """It gives the paragraph behind a deleted one the style of that, but keeps its bookmark."""
    law, others = Section("2. The *Law*", "law", "Ours."), (SENT.sections[0], Section("End", "end"))
    sent = Document("Terms", BODY, (Section("Scope", "scope", "All."), law, *others))
    data = tracked(word_export.write(sent, FACTS), "Ours", "Yours")
    source = unzipped(data)["word/document.xml"].decode()
    before, bookmark, after = source.partition(f'w:name="{anchor}"')
    above, _, _ = before.rpartition("<w:pPr>")
    source = f'{above}<w:pPr/><w:bookmarkStart w:id="77" {bookmark}{after}'
    data = zipped(unzipped(data) | {"word/document.xml": source.encode()})

    text, _ = proposed(sent, read_returned("counsel.docx", data), FACTS.base)

    assert [it.anchor for it in text.sections] == ["scope", "law", "fees", "end"]
    assert authors(sent, data) == [("Ours.", "Yours.", ["Jane Roe"])]


def returned(old, new):
    """Return what a file proposes to change in `old` if counsel has made `new` of it."""
    data = word_export.write_redline(old, new, FACTS)
    return proposed(old, read_returned("counsel.docx", data), FACTS.base)[0]


@pytest.mark.parametrize("number", ["1\\.", "[](#one)1.", "1."])
def test_numbers_in_headings_stay_whichever_sections_are_added_or_removed(number):
    """An import takes them out where they are 1 … n, which a page counts itself."""
    one, two = Section(f"{number} One", "one", "A."), Section("2. Two", "two", "B.")
    summary = Section("Summary", "summary", "C.")
    numbered, more = (Document("T", "", it) for it in ((one, two), (one, summary, two)))

    assert returned(numbered, more) == more
    assert returned(more, numbered) == numbered


def test_a_link_leads_to_its_section_after_that_got_another_name():
    """Word keeps 40 characters of an anchor; the rest is made of the heading."""
    anchor = "what-if-something-or-someone-offends-you"
    base = Document("T", f"See [there](#{anchor}).", (Section("What if?", anchor, "Tell us."),))
    renamed = replace(base, sections=(Section("What if it is bad?", anchor, "Tell us now."),))

    assert returned(base, renamed) == renamed


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n    \n"])
@pytest.mark.parametrize("signs", ["- - -", "1. 2. 3.", "(a) (b) (c)"])
def test_words_at_the_end_of_an_item_leave_the_next_one_alone(signs, between):
    first, second, third = (f"{sign} Item" for sign in signs.split())
    old, new = (
        Document("T", between.join([first, second + more, third]), clauses=signs[0] == "(")
        for more in ("", " and so on")
    )

    assert returned(old, new) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("|Name|Kept|\n|---|---|\n|Mail|a year|", "|Name|Kept|\n|---|---|\n|Mail here|a year|"),
        ("We keep names\nfor a year.", "We keep names here\nfor a year."),
        ("Use `code` now.", "Use our `code` now."),
        ("- a\n\n    more\n\n- b\n\n- c", "- a\n\n- b\n\n- c"),
        ("- a\n- b\n- c", "- a\n- b\n\n    more\n\n- c"),
    ],
)
def test_an_edit_leaves_what_is_beside_it_as_it_is_written(old, new):
    assert returned(Document("T", old), Document("T", new)) == Document("T", new)


def test_a_paragraph_before_a_block_of_code_can_come_back():
    texts = ("One.\n\n```\nb c\n```", "One.\n\nTwo.\n\n```\nb c\n```")
    found = returned(*(Document("T", text, (Section("A", "a", text),)) for text in texts))

    assert found.introduction == found.sections[0].body == "One.\n\nTwo.\n\nb c"


def test_a_definition_that_was_removed_is_named_with_who_removed_it():
    old, new = Document("T", "A\n:   B c\n\nD\n:   E"), Document("T", "A\n:   B c")
    data = word_export.write_redline(old, new, FACTS)

    assert authors(old, data) == [("D\n:   E", "", [FACTS.author])]


def test_what_stood_below_a_removed_heading_was_moved_by_whoever_removed_it():
    table = "| a | b |\n|---|--:|\n| c | d |"
    sections = (Section("A", "a", "One."), Section("Bee", "b", f"{table}\n\nTwo."))
    data = word_export.write(Document("T", "", (*sections, Section("C", "c", "Three."))), FACTS)
    data = tracked(data, "Bee", "")

    found = authors(Document("T", "", (*sections, Section("C", "c", "Three."))), data)

    assert {tuple(names) for _, _, names in found} == {("Jane Roe",)}


SPELLINGS = [
    '*b* c, _d_ e, **f** g, __h__ i, ***j*** and fees k, see [l](https://a.org "T").',
    'See [*our* fees](https://a.org "T") and __more__ of *law*.',
    "*Some fees* of ours, _too_, see [there](https://a.org).",
    "We *keep **all** fees* here, __too__.\\\nSee <https://a.org>.",
    "One\\\ntwo fees<br>three\\\n*four*, [a](HTTPS://a.org)",
    "1\\. fees \\* and \\[x\\] &copy; &amp; *x* [a](<https://a.org>)",
    "1) one *x*\n2) fees __y__ [a](https://a.org 'T')",
    "+ a fees\n+ __b__ [*x*](https://a.org)",
    "| *a* | fees |\n|---|---|\n| __c__ | `d` [x](https://a.org) |",
    "> *quote* fees\n> and __more__ [a](https://a.org)",
    "word[^n] *x*\n\n[^n]: A *note* of fees, [a](https://a.org).",
    'A [ref][r] of fees *x* `y`.\n\n[r]: https://a.org "T"',
]


@pytest.mark.parametrize("body", SPELLINGS)
def test_what_is_only_spelled_otherwise_is_no_change(body):
    """LibreOffice adds a slash behind a host; the import has a spelling of its own."""
    sent = Document("Terms", "", (Section("Law", "law", f"Soft\u00adly.\n\n{body}"),))
    files = unzipped(word_export.write(sent, FACTS))
    for name in [name for name in files if name.endswith(".rels")]:
        files[name] = re.sub(rb'(?i)(")https://a.org"', rb'\1https://a.org/"', files[name])
    soft = b'</w:t><w:softHyphen/><w:t xml:space="preserve">'
    name = "word/document.xml"
    files[name] = files[name].replace("\u00ad".encode(), soft)
    assert b"softHyphen" in files[name]
    part = "word/footnotes.xml" if "[^n]" in body else name
    edited = with_text(zipped(files), "fees", "charges", part)

    assert authors(sent, zipped(files)) == []
    assert authors(sent, edited) == [("fees", "charges", [])]


@pytest.mark.parametrize("kept", [0, 1])
def test_headings_are_found_in_a_file_that_lost_the_styles_of_its_paragraphs(kept):
    """They are bold items then, since they have numbers. kept: how many did not lose theirs."""
    body = "(a) Fees are due.\n(b) No more.\n\nOurs."
    sections = (*SENT.sections, Section("The *end*", "end", body), Section("Rest", "rest", "All."))
    sent = Document("Terms", BODY, sections, clauses=True)
    data = tracked(word_export.write(sent, FACTS), "All", "Everything")
    whole, *headings = unzipped(data)["word/document.xml"].decode().split(HEADING)
    for index, heading in enumerate(headings):
        words, end, others = heading.partition("</w:p>")
        style = HEADING if index < kept else ""
        words = re.sub(
            "<w:r>(<w:rPr>)?", lambda it: f"<w:r><w:rPr><w:b/>{'' if it[1] else '</w:rPr>'}", words
        )
        whole = f"{whole}{style}{words}{end}{others}"
    data = zipped(unzipped(data) | {"word/document.xml": whole.encode()})

    assert authors(sent, data) == [("All.", "Everything.", ["Jane Roe"])]


def test_changes_without_words_are_named_with_who_else_changed_that_section():
    data = tracked(word_export.write(SENT, FACTS), "Ours", "Yours", "John Doe")
    data = split(data, "We keep names.", "Jane Roe")

    assert authors(SENT, data) == [
        (" We", "\n\nWe", ["Jane Roe"]),
        ("Ours.", "Yours.", ["John Doe"]),
    ]


def test_words_that_changed_without_tracking_have_no_author_though_others_changed_the_same():
    data = tracked(word_export.write(SENT, FACTS), "names", "addresses")
    data = with_text(data, "sell nothing", "sell addresses")
    data = tracked(data, "rent nothing", "rent names")

    assert authors(SENT, data) == [
        ("names", "addresses", ["Jane Roe"]),
        ("nothing", "addresses", []),
        ("nothing", "names", ["Jane Roe"]),
    ]


def test_formatting_without_tracking_beside_tracked_words_has_no_author():
    data = tracked(word_export.write(SENT, FACTS), "names", "addresses")
    bold = (
        '</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>sell</w:t></w:r><w:r><w:t xml:space="preserve">'
    )
    data = with_text(data, "sell", bold)

    assert authors(SENT, data) == [("names", "addresses", ["Jane Roe"]), ("sell", "**sell**", [])]


def test_a_line_break_is_named_with_who_added_it():
    old, new = (Document("Terms", f"We keep names.{it}We erase them.") for it in (" ", "<br>"))
    data = word_export.write_redline(old, new, FACTS)

    assert {tuple(it) for _, _, it in authors(old, data)} == {(FACTS.author,)}


def test_footnotes_that_came_or_went_are_named_with_who_added_or_removed_them():
    noted = f"{BODY}[^1]\n\n[^1]: Not even yours."
    with_note = Document("Terms", "", (Section("Fees", "fees", noted),))
    without = Document("Terms", "", (Section("Fees", "fees", BODY),))

    for old, new in ((with_note, without), (without, with_note)):
        data = word_export.write_redline(old, new, FACTS)
        assert {tuple(it) for _, _, it in authors(old, data)} == {(FACTS.author,)}


@pytest.mark.parametrize("numbering", ["", "headings", "none"])
def test_a_file_without_its_properties_proposes_what_was_edited_and_nothing_else(numbering):
    """Law firms remove them before a file leaves the house, as Word's own inspector does."""
    sections = (
        Section("Fees", "fees", "You pay as section 2 and [that](#law) say.\n\n### When\n\nNow."),
        Section("Law of the land", "law", f"Ours. See [there](#{'a' * 50}).\n\n(a) one\n(b) two"),
        Section("Rest", "a" * 50, "All."),
    )
    sent = Document("Terms", "", sections, clauses=True, numbering=numbering)
    data = tracked(word_export.write(sent, FACTS), "Ours", "Yours")
    files = unzipped(data)
    del files["docProps/custom.xml"]
    relation = rb"<Relationship [^>]*custom-properties[^>]*/>"
    files["_rels/.rels"] = re.sub(relation, b"", files["_rels/.rels"])

    assert authors(sent, zipped(files)) == [("Ours", "Yours", ["Jane Roe"])]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_nothing_that_was_tracked_is_called_untracked(share):
    data = word_export.write_redline(seed(), edited(seed(), 0, share), FACTS)

    assert {tuple(it) for _, _, it in authors(seed(), data)} == {(FACTS.author,)}
