"""Word files that came back: nothing is lost on the way to counsel and back."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given

from policies.text import importing, word_export
from policies.text.document import Document, Section, digest
from policies.text.importing import ImportRefused, returned
from policies.text.importing.returned import read_returned
from policies.text.quotations import Quotation
from policies.text.quoted_html import readable
from policies.text.redline.merging import with_edits
from policies.text.rendering import render_document
from policies.text.word_export import Comment
from tests.policies.text import word_files
from tests.policies.text.examined import seed
from tests.policies.text.test_redline_exactness import documents as nasty_documents
from tests.policies.text.test_word_redline import edited
from tests.policies.text.word_exports import FACTS, by_libreoffice, check_package, resolved, shape
from tests.policies.text.word_files import MARK, gone, ins, p, r, word

AT = datetime(2026, 5, 3, 10, tzinfo=UTC)


def back(data):
    return read_returned("privacy.docx", data)


def before(data):
    """Return the text of a file with all of its tracked changes rejected."""
    return importing.read("privacy.docx", resolved(data, accept=False)).document


def sent(base):
    """Return a text after a trip through Word."""
    return importing.read("privacy.docx", word_export.write(base, FACTS)).document


def shown(text):
    return f"{text.title} {readable(render_document(text).html)}"


def said(found):
    return [(span.by.author, span.before, span.after) for span in found.spans if span.by]


def check(old, new):
    """Send a redline of two texts through Word, and find both again."""
    data = word_export.write_redline(old, new, FACTS)
    found = back(data)

    assert shown(before(data)) == shown(sent(old))
    assert found.text == sent(new)
    assert shown(with_edits(old, sent(old), found.text)) == shown(new)


# --- Both texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_both_texts_of_a_redline_come_back(share):
    check(seed(), edited(seed(), 0, share))


def test_versions_of_one_text_come_back_each_as_edits_of_the_one_before():
    versions = [seed()]
    for number in range(10, 13):
        versions.append(edited(versions[-1], number, 0.2))

    for old, new in pairwise(versions):
        check(old, new)


@given(nasty_documents(), nasty_documents())
def test_any_redline_has_both_texts_in_word_and_when_it_comes_back(old, new):
    redline = word_export.write_redline(old, new, FACTS)
    files = [word_export.write(text, FACTS) for text in (old, new)]
    for data in (redline, *files):
        check_package(data)
    for accept, data in zip((False, True), files, strict=True):
        assert shape(resolved(redline, accept=accept)) == shape(data)
    try:
        before = importing.read("privacy.docx", files[0]).document
        found, after = back(redline), back(files[1]).text
    except ImportRefused:  # a text of which Word shows nothing
        return
    assert found.digest == digest(new)
    assert shown(found.text) == shown(after)
    assert with_edits(old, before, before) == old


def test_a_text_that_nobody_edited_stays_to_the_letter_whatever_word_loses():
    base = Document(
        "Terms",
        'We [ask](/privacy/ "Our policy")  *you*\nfor `names`.\n\n***\n\n![A sign](/a.png)',
        (Section("Fees", "a" * 60, "Term\n:   Meaning\n\n* one\n\n* two\n\n| a |\n|:-:|\n| b |"),),
    )
    copy = sent(base)

    assert copy != base
    assert with_edits(base, copy, back(word_export.write(base, FACTS)).text) == base


def test_an_edit_changes_its_words_and_leaves_the_rest_of_its_paragraph_alone():
    base = Document(
        "Terms", "", (Section("Fees", "a" * 60, 'See [us](/x "Us") for 30 days\nor `more`.'),)
    )
    copy = sent(base)
    body = copy.sections[0].body
    after = Document("Terms", "", (Section("Fees", "fees", body.replace("30", "60")),))

    assert with_edits(base, copy, after).sections == (
        Section("Fees", "a" * 60, 'See [us](/x "Us") for 60 days\nor `more`.'),
    )


def test_an_item_that_went_leaves_nothing_behind_and_the_list_as_it_is_written():
    base = Document("Terms", "Before.\n\n* one\n    \n* **two**\n    \n* three\n\nAfter.")
    copy = sent(base)
    after = Document("Terms", copy.introduction.replace("- **two**\n", ""))

    assert with_edits(base, copy, after).introduction == (
        "Before.\n\n* one\n    \n* three\n\nAfter."
    )


@pytest.mark.parametrize(
    ("items", "came_back", "expected"),
    [
        ("*   one\n*   two", "- one\n- new\n- two", "*   one\n*   new\n*   two"),
        ("*   one\n*   two", "- new\n- one\n- two", "*   new\n*   one\n*   two"),
        ("+ one\n+ two", "- one\n- two\n- new", "+ one\n+ two\n+ new"),
        ("* a\n    * b\n* c", "- a\n    - b\n    - new\n- c", "* a\n    * b\n    * new\n* c"),
        ("* a\n    + b", "- a\n- new\n    - b", "* a\n* new\n    + b"),
        ("* a\n    \n* b\n\nC", "- a\n\n- b\n\n    new\n\nC", "* a\n    \n* b\n\n    new\n\nC"),
        ("* a\n* b\n* c", "- a\n    - b\n- new\n- c", "* a\n    - b\n* new\n* c"),
        ("* * *\n\n+ a", "- a\n- new", "* * *\n\n+ a\n+ new"),
        ("* a\n\nWords.", "- a\n\nWords.\n\n- new", "* a\n\nWords.\n\n* new"),
        ("*\n    a\n* \n    b", "- new\n- a\n- b", "* new\n*\n    a\n* \n    b"),
        ("*  \n    **a**", "New.\n\n- **a**", "New.\n\n*  \n    **a**"),
    ],
)
def test_an_item_that_was_added_has_the_sign_of_its_list(items, came_back, expected):
    """With another sign it would begin a list of its own."""
    base = Document("Terms", items)

    found = with_edits(base, sent(base), Document("Terms", came_back))

    assert found.introduction == expected


NOTED = (
    Section("A", "a", "We keep[^gdpr] data long.\n\n[^gdpr]: As the law says."),
    Section("B", "b", "We sell[^x] nothing[^y].\n\n[^x]: Ever.\n[^y]: At all."),
)


@pytest.mark.parametrize(
    ("words", "now"),
    [
        ("data long", "data short"),
        ("As the law says", "As the law wants"),
        ("Ever", "Never"),
        ("We keep[^gdpr] data long.\n\n[^gdpr]: As the law says.", "We keep data long."),
        ("[^gdpr] data long.", "[^gdpr] data[^note-1] long.\n\n[^note-1]: Of yours."),
    ],
)
def test_footnotes_keep_their_labels_and_places(words, now):
    base = Document("Terms", "", NOTED)
    sections = (Section(it.heading, it.anchor, it.body.replace(words, now)) for it in NOTED)
    new = Document("Terms", "", tuple(sections))

    found = back(word_export.write_redline(base, new, FACTS))

    assert shown(with_edits(base, sent(base), found.text)) == shown(new)
    assert "[^gdpr]: As" in with_edits(base, sent(base), sent(base)).sections[0].body


def test_a_renamed_section_keeps_its_anchor_though_word_divides_the_text_otherwise():
    sections = (Section("8\\. Fees", "fees", "Due."), Section("Law", "law", "Ours."))
    base = Document("Terms", "### Contents\n\nAll.", sections)
    new = replace(base, sections=(replace(sections[0], heading="What 8\\. costs"), sections[1]))
    assert len(sent(base).sections) == 3

    found = back(word_export.write_redline(base, new, FACTS))

    assert with_edits(base, sent(base), found.text).sections[0].anchor == "fees"


def test_a_section_that_was_added_gets_an_anchor_that_no_other_has():
    base = Document("Terms", "", (Section("Old fees", "fees", "We ask for money."),))
    after = Document(
        "Terms", "", (*sent(base).sections, Section("Fees", "fees-1", "Nothing like it."))
    )

    found = with_edits(base, sent(base), after)

    assert [it.anchor for it in found.sections] == ["fees", "fees-1"]


@pytest.mark.parametrize("more", ["", "[^x]: Before it.\n\n", "[^y]: Behind it, at length.\n\n"])
def test_a_footnote_that_was_edited_beside_one_that_came_or_went_keeps_its_label(more):
    note = "[^gdpr]: As the law of the Union says."
    marks = {"": "[^gdpr]", "[^x": "[^x][^gdpr]", "[^y": "[^gdpr][^y]"}[more[:3]]
    base = Document("Terms", f"We keep[^gdpr] data.\n\n{note}")
    new = Document("Terms", f"We keep{marks} data.\n\n{more}{note.replace('says', 'wants')}")

    for one, two in ((base, new), (new, base)):
        found = back(word_export.write_redline(one, two, FACTS))
        edited_text = with_edits(one, sent(one), found.text)
        assert "[^gdpr]: As the law" in edited_text.introduction
        assert shown(edited_text) == shown(two)


def test_what_the_text_alone_has_stays_before_words_that_were_deleted_at_the_end():
    base, copy, edited = (
        Document("Terms", "", (Section("Fees", "fees", body),))
        for body in (
            "Due at once.\n\n### Refunds {#refunds}\n\nWe refund fees.",
            "Due at once.\n\n### Refunds\n\nWe refund fees.",
            "Due at once.\n\n### Refunds",
        )
    )
    assert with_edits(base, copy, edited).sections[0].body.endswith("### Refunds {#refunds}")


@pytest.mark.parametrize("body", ["Fee\n:   A sum.\n:   A tax.\n\nLaw\n:   A law.", "    A code."])
def test_a_definition_and_code_stay_that_although_their_first_word_was_replaced(body):
    base = Document("Terms", body)
    new = replace(base, introduction=body.replace("A ", "The "))

    assert with_edits(base, sent(base), sent(new)) == new


def test_formats_come_back_as_they_were():
    old_looks = f"<w:rPrChange {MARK.format('Ada')}><w:rPr><w:i/></w:rPr></w:rPrChange>"
    styled = (
        f'<w:p><w:pPr><w:pStyle w:val="Heading2"/><w:pPrChange {MARK.format("Ada")}><w:pPr/>'
        f"</w:pPrChange></w:pPr>{r('Fees')}</w:p>"
    )
    found = back(word(p("T", "Title"), p(r("loud", f"<w:b/>{old_looks}")), styled))

    assert found.text.introduction == "**loud**"
    assert [it.heading for it in found.text.sections] == ["Fees"]
    assert said(found) == [("Ada", "loud", "loud"), ("Ada", "Fees", "Fees")]


# --- Comments ------------------------------------------------------------------------------------


CLAUSES = "(a) one thing\n(b) another [thing here](https://softphonez.com/) and **more**"
TALK = (
    Comment(
        "Carla Counsel",
        AT,
        "Too long?\nI think so.",
        "",
        Quotation("60 days"),
        (Comment("Ed", AT, "No."), Comment("Carla Counsel", AT, "Well.")),
    ),
    Comment("Ed", AT, "Which?", "fees", Quotation("another thing h")),
    Comment("Ed", AT, "Both.", "end", Quotation("of you. Two", "Bye to all ")),
    Comment("Ed", AT, "All of this.", "end"),
    Comment("Ed", AT, "The whole."),
    Comment("Ed", AT, "Not there.", "end", Quotation("no such words")),
)


def talked_of():
    sections = (
        Section("Fees", "fees", CLAUSES),
        Section("End", "end", "Bye to **all** of you.\n\nTwo."),
    )
    more = "\n\nOdd" * 20  # so that whoever counts characters wrongly ends in another section
    return tuple(
        Document("Terms", f"We keep data for {days} days.{more}", sections, clauses=True)
        for days in (30, 60)
    )


def places(found):
    return [(it.section, it.quotation.exact if it.quotation else "") for it in found.comments]


def test_comments_go_out_and_come_back_at_their_words_with_answers():
    old, new = talked_of()

    data = word_export.write_redline(old, new, FACTS, TALK)
    found = back(data)

    assert found.text == sent(new)
    assert before(data) == sent(old)
    assert places(found) == [
        *[("", "60 days")] * 3,
        ("fees", "another thing h"),
        ("end", "of you. Two"),
        ("end", ""),
        ("", ""),
        ("end", ""),
    ]
    first, second, third, *_ = found.comments
    assert (first.author, first.at, first.text) == ("Carla Counsel", AT, "Too long?\nI think so.")
    assert (first.parent, second.parent, third.parent) == ("", first.id, first.id)
    assert kinds(found) == ["page header dropped"]


def test_the_same_comments_give_the_same_bytes():
    _, new = talked_of()
    assert word_export.write(new, FACTS, TALK) == word_export.write(new, FACTS, TALK)


def test_a_comment_on_words_that_are_deleted_is_on_their_section():
    start, end = (f'<w:commentRange{it} w:id="1"/>' for it in ("Start", "End"))
    sign = '<w:r><w:commentReference w:id="1"/></w:r>'
    comment = f"<w:comment {MARK.format('Ada')}>{p('Gone?')}</w:comment>"
    about = r("We ") + start + gone("never ") + end + sign + r("sell.")
    found = back(word(p("T", "Title"), p("Fees", "Heading2"), p(about), comments=comment))

    (only,) = found.comments
    assert (only.section, only.quotation, only.text) == ("fees", None, "Gone?")


def test_comments_with_one_id_are_one_and_those_at_no_words_are_on_the_whole():
    comment = '<w:comment w:id="{}" w:author="Ada" w:date="soon">{}</w:comment>'
    comments = "".join(comment.format(*it) for it in ((1, p("A")), (1, p("B")), ("x", p("C"))))
    found = back(word(p("T", "Title"), p("Words."), comments=comments))

    assert [(it.text, it.at, it.quotation) for it in found.comments] == [
        ("A", None, None),
        ("C", None, None),
    ]


@pytest.mark.parametrize(
    "date",
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "1850-01-01"],
)
def test_a_time_that_no_clock_showed_is_invalid(date):
    """Other time zones have no such time: a page that shows it would fail."""
    mark = f'w:id="1" w:author="Ada" w:date="{date}"'
    inserted = f"<w:ins {mark}>{r('now')}</w:ins>"
    found = back(word(p("T", "Title"), p(r("We sell ") + inserted + r("."))))

    assert [span.by for span in found.spans if span.by] == [("Ada", None)]


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_keeps_changes_and_comments(tmp_path):
    old, new = talked_of()

    data = by_libreoffice(word_export.write_redline(old, new, FACTS, TALK), tmp_path)
    found = back(data)

    assert found.digest == digest(new)
    assert [shown(it) for it in (before(data), found.text)] == [shown(it) for it in (old, new)]
    assert with_edits(new, sent(new), found.text) == new
    assert said(found) == [(FACTS.author, "30", ""), (FACTS.author, "", "60")]
    assert sorted(places(found))[-3:] == [
        ("end", ""),
        ("end", "of you. Two"),
        ("fees", "another thing h"),
    ]
    answered = [it.author for it in found.comments if it.parent]
    assert sorted(answered) == ["Carla Counsel", "Ed"]


# --- Hostile files -------------------------------------------------------------------------------


def kinds(found):
    return [it.kind for it in found.notes]


def test_macros_objects_and_links_to_other_files_are_named_and_dropped():
    data = word(p("T", "Title"), p("<w:r><w:object/></w:r>" + r("Words.")))
    files = word_files.unzipped(data)
    template = (
        f'<Relationship Id="t" Type="{word_files.R}/attachedTemplate" '
        'Target="https://softphonez.com/evil.dotm" TargetMode="External"/></Relationships>'
    )
    rels = files["word/_rels/document.xml.rels"].decode().replace("</Relationships>", template)
    files |= {"word/vbaProject.bin": b"x", "word/_rels/document.xml.rels": rels.encode()}

    found = back(word_files.zipped(files))

    assert found.text.introduction == "Words."
    assert kinds(found) == [
        "embedded object dropped",
        "macros dropped",
        "link to another file dropped",
    ]


@pytest.mark.parametrize(("name", "most"), [("MAX_CHANGES", 2), ("MAX_COMMENTS", 1)])
def test_more_changes_or_comments_than_anyone_can_go_through_are_refused(name, most, monkeypatch):
    comments = "".join(f'<w:comment w:id="{it}">{p("x")}</w:comment>' for it in range(most + 1))
    data = word(p("T", "Title"), *[p(r("A ") + ins(r("b")))] * (most + 1), comments=comments)
    assert back(data).spans

    monkeypatch.setattr(returned, name, most)

    with pytest.raises(ImportRefused, match=f"more than {most} (?:tracked changes|comments)"):
        back(data)


def test_more_than_ten_thousand_changes_are_refused_and_not_compared():
    with pytest.raises(ImportRefused, match="more than 10,000 tracked changes"):
        back(word(p("T", "Title"), *[p((r("a") + ins(r("b"))) * 50)] * 201))


@pytest.mark.parametrize("name", ["privacy.md", "privacy.doc", "privacy"])
def test_what_is_not_a_word_file_is_refused(name):
    with pytest.raises(ImportRefused):
        read_returned(name, b"# Title\n\nWords.")


def test_a_file_from_elsewhere_has_no_digest():
    assert back(word(p("T", "Title"), p("Words."))).digest == ""
