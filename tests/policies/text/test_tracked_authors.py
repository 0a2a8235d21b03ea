"""Who is named for each change of a Word file that came back."""

from datetime import UTC, datetime

import pytest

from policies.text import importing, word_export
from policies.text.document import Document, Section
from policies.text.importing.returned import read_returned
from policies.text.redline import changes_between
from policies.text.word_proposals import authors_of, proposed
from tests.policies.text.test_linear_time import grows_with_its_length
from tests.policies.text.word_edits import tracked, with_text
from tests.policies.text.word_exports import FACTS, resolved
from tests.policies.text.word_files import MARK, gone, ins, p, r, row, table, word

AT = datetime(2026, 5, 3, 10, tzinfo=UTC)


def named(data, sent=None):
    """Return each change of a file with who tracked it. sent: None if nothing else was changed."""
    before = sent or importing.read("privacy.docx", resolved(data, accept=False)).document
    found = read_returned("privacy.docx", data)
    changes = changes_between(before, found.text)
    authors = authors_of(changes, found.spans)
    return [(it.old.strip(), it.new.strip(), authors[it.id]) for it in changes.listed]


def names(data, sent=None):
    return [(old, new, " ".join(it for it, _ in by)) for old, new, by in named(data, sent)]


def marked_up(text, *edits):
    """Return a file, and the text that it was made of. edits: for each of some signs in the text
    the word that it stands for, the new word, and who tracked the change, "" for nobody.
    """
    data = word_export.write(Document("Terms", text), FACTS)
    for sign, old, new, author in edits:
        text = text.replace(sign, old)
        data = tracked(data, sign, new, author) if author else with_text(data, sign, new)
        data = with_text(data, sign, old) if author else data
    return data, Document("Terms", text)


def test_each_change_of_a_file_that_two_lawyers_marked_up_has_its_author():
    data = word(
        p("T", "Title"),
        p(r("We keep data for ") + gone("30") + ins(r("60")) + r(" days.")),
        p(r("We ") + ins(r("never "), "Bo") + r("sell data, and we share it.")),
        p(r("A term") + ins(r("s"), "Bo") + r(" here.")),
        p(ins(r("All is new."), "Bo"), more=f"<w:rPr>{ins('', 'Bo')}</w:rPr>"),
        p(r("Nobody tracked this, so it was done by hand.")),
    )

    assert named(data) == [
        ("30", "60", (("Ada", AT),)),
        ("", "never", (("Bo", AT),)),
        ("term", "terms", (("Bo", AT),)),
        ("", "All is new.", (("Bo", AT),)),
    ]


def test_whoever_changed_the_same_word_of_one_sentence_is_named_for_their_own_change():
    text = "We keep §1, sell no §2, rent no §3 and lend no names."
    words = ("names", "data")
    edits = ("§1", *words, "Ada"), ("§2", *words, ""), ("§3", *words, "Bo")

    assert names(*marked_up(text, *edits)) == [(*words, "Ada"), (*words, ""), (*words, "Bo")]


def test_words_side_by_side_that_two_people_changed_are_one_change_of_both():
    text = "We keep data for §1 §2. We keep logs for §3 days."
    edits = ("§1", "30", "60", "Ada"), ("§2", "days", "weeks", "Bo"), ("§3", "30", "60", "Cy")

    found = names(*marked_up(text, *edits))

    assert found == [("30 days", "60 weeks", "Ada Bo"), ("30", "60", "Cy")]


def test_words_beside_tracked_ones_that_nobody_tracked_have_no_author():
    sent = Document("T", "We keep data for 30 days.")
    data = word(
        p("T", "Title"), p(r("We keep data for ") + gone("30") + ins(r("60")) + r(" weeks."))
    )

    assert names(data, sent) == [("30 days", "60 weeks", "")]
    assert names(data, Document("T", "They keep data for 30 weeks.")) == [
        ("They", "We", ""),
        ("30", "60", "Ada"),
    ]


def test_the_label_of_a_clause_and_what_only_markdown_has_need_no_author():
    ends = f"<w:rPr>{ins('')}</w:rPr>"
    data = word(p("T", "Title"), p("Words."), p(ins(r("See our terms now.")), more=ends))
    found = read_returned("privacy.docx", data)

    for text in ("##### 2.3.3. See our terms now.", "(b) See [our terms](https://a.org/) **now**."):
        changes = changes_between(Document("T", "Words."), Document("T", f"Words.\n\n{text}"))
        assert [*authors_of(changes, found.spans).values()] == [(("Ada", AT),)]


def test_a_word_of_a_paragraph_that_was_deleted_and_rewritten_has_its_author():
    ends = (f"<w:rPr>{it}</w:rPr>" for it in (f"<w:del {MARK.format('Ada')}/>", ins("")))
    others = (p(r("We ") + ins(r("never "), name) + r("sell.")) for name in ("Bo", "Cy"))
    lines = [p(gone("From Other Sources"), more=next(ends))]
    lines += [p(ins(r("From never Sources")), more=next(ends))]
    data = word(p("T", "Title"), next(others), *lines, next(others))

    assert names(data) == [("", "never", "Bo"), ("Other", "never", "Ada"), ("", "never", "Cy")]


def test_what_was_inserted_by_one_and_deleted_by_another_is_in_neither_text():
    data = word(p("T", "Title"), p(r("We ") + ins(gone("never ", "Bo")) + r("sell.")))

    assert read_returned("privacy.docx", data).text.introduction == "We sell."
    assert names(data, Document("T", "We sell.")) == []


def test_rows_and_ends_of_paragraphs_that_are_gone_are_named():
    end = f"<w:rPr><w:del {MARK.format('Ada')}/></w:rPr>"
    mark = f"<w:del {MARK.format('Bo')}/>"
    lines = (row("a", "b"), row(f"<w:tc>{p(gone('x', 'Bo'))}</w:tc>", more=mark), row("c", "d"))
    data = word(p("T", "Title"), p("One", more=end), p("Two"), table(*lines), p("End"))

    assert [by for _, _, by in names(data)] == ["Ada", "Bo"]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "unit", ["](", "[^", "[^\n", "{#", '](a "', "](()", "](a]", "> ", "1.", "- ", "&", "_"]
)
def test_the_words_of_any_source_are_found_in_time_in_proportion(unit):
    found = read_returned(
        "a.docx", word(p("T", "Title"), p(r("We ") + ins(r("never ")) + r("sell.")))
    )

    def find(text):
        changes = changes_between(
            Document("T", f"{text} sell."), Document("T", f"{text} never sell.")
        )
        assert authors_of(changes, found.spans)

    assert grows_with_its_length(find, lambda size: unit * (size // len(unit)), 8_000)


@pytest.mark.no_cover
def test_the_authors_of_many_changes_are_found_in_time_in_proportion():
    tracked_words = "".join(ins(r(" x"), f"Counsel {number}") for number in range(10))

    def find(text):
        size = len(text)
        lines = [p(r(f"We keep {it}") + ins(r(f" n{it}")) + tracked_words) for it in range(size)]
        found = read_returned("privacy.docx", word(p("T", "Title"), *lines))
        sent = "\n\n".join(f"We keep {it}" for it in range(size))
        authors = authors_of(changes_between(Document("T", sent), found.text), found.spans)
        assert {len(it) for it in authors.values()} == {11}

    assert grows_with_its_length(find, lambda size: "x" * size, 40)


def test_labels_hide_no_words_and_a_word_that_stays_in_a_new_paragraph_needs_no_author():
    text = "### 8.1. Ads\n\n1. We sell.\n1. We rent.\n\nOurs. See it."
    sent = Document("Terms", "", (Section("Law", "law", text),))
    data = word_export.write(sent, FACTS)
    for old, new, author in (("Ads", "News", "Ada"), ("sell", "lend", "Bo"), ("See", "Read", "Cy")):
        data = tracked(data, old, new, author)
    data = tracked(data, "Ours", "Yours", "Di")

    returned, authors = proposed(sent, read_returned("privacy.docx", data), FACTS.base)
    found = changes_between(sent, returned).listed
    assert [(it.old, it.new, [*dict(authors[it.id])]) for it in found] == [
        ("Ads", "News", ["Ada"]),
        ("sell", "lend", ["Bo"]),
        ("Ours. See it.", "", ["Di", "Cy"]),
        ("", "Yours. Read it.", ["Di", "Cy"]),
    ]
