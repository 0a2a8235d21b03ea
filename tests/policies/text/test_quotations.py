"""Words quoted from a text are found again after it was edited, or reported as gone."""

import time

import pytest

from policies.text import quotations
from policies.text.document import Document, Section
from policies.text.quotations import (
    MAX_CONTEXT,
    NotQuotable,
    Quotation,
    find_among,
    quote,
    unspaced,
)
from policies.text.quoted_html import CommentMark, divided, marked, readable
from policies.text.redline import compare
from policies.text.rendering import render_document

TEXT = (
    "Retention We keep your name for 30 days after you close your account. We keep your address "
    "for 30 days as well, and your invoices for ten years, as tax law asks for."
)


def quoted(words, text=TEXT, *, prefix="", suffix=""):
    quotation = quote(text, words, prefix=prefix, suffix=suffix)
    assert quotation
    return quotation


def find(text, quotation):
    """Return where the words are in the text that they were quoted from, edited since."""
    place = find_among([text], quotation, 0)
    return place[1] if place else None


def found(text, quotation):
    """Return the words found, in brackets, with what is next to them."""
    span = find(text, quotation)
    if span is None:
        return None
    start, end = span
    assert text[start:end] == quotation.exact
    return f"{text[max(0, start - 9) : start]}[{text[start:end]}]{text[end : end + 9]}"


def test_words_are_quoted_with_some_of_what_is_around_them():
    quotation = quoted("your invoices")

    assert quotation.exact == "your invoices"
    assert TEXT.endswith(quotation.prefix + quotation.exact + quotation.suffix)
    assert found(TEXT, quotation) == "ell, and [your invoices] for ten "


def test_what_is_around_words_says_which_of_the_same_are_quoted():
    second = quoted("30 days", prefix="address for", suffix="as well")

    assert found(TEXT, second) == "ress for [30 days] as well,"
    with pytest.raises(NotQuotable, match="more than once"):
        quote(TEXT, "30 days")
    assert quote(TEXT, "60 days") is None
    assert quote(TEXT, " ") is None


def test_white_space_of_a_browser_or_a_paste_does_not_count():
    assert quoted("your\n  invoices for").exact == "your invoices for"
    assert quoted("and yourinvoices").exact == "and your invoices"


def test_words_are_found_after_an_insertion_before_them():
    second = quoted("30 days", prefix="address for", suffix="as well")
    edited = "Retention In short: little, and not for long. " + TEXT.removeprefix("Retention ")

    assert found(edited, second) == "ress for [30 days] as well,"


@pytest.mark.parametrize(
    ("old", "new"),
    [("your address for", "your address for at most"), ("as well, and", "too. We keep")],
)
def test_words_are_found_after_an_edit_next_to_them(old, new):
    second = quoted("30 days", prefix="address for", suffix="as well")

    shown = found(TEXT.replace(old, new), second)

    assert shown
    assert "name" not in shown
    assert shown.endswith(("] too. We ", "] as well,"))


def test_the_same_words_elsewhere_are_not_taken_for_words_that_are_gone():
    first = quoted("30 days", prefix="name for", suffix="after")
    second = quoted("30 days", prefix="address for", suffix="as well")
    without_second = TEXT.replace("We keep your address for 30 days as well, and", "We keep")

    assert found(without_second, second) is None
    assert found(without_second, first) == "name for [30 days] after yo"
    assert found(TEXT.replace("address for 30 days", "address for 60 days"), second) is None


def test_a_row_that_was_deleted_is_not_found_in_another_row():
    table = "Data Kept for Name 30 days Address 30 days E-mail 30 days Invoices ten years"
    address = quoted("30 days", table, prefix="Address")

    assert found(table.replace("Name 30 days ", ""), address) == " Address [30 days] E-mail 3"
    assert found(table.replace("Address 30 days ", ""), address) is None


def test_a_long_row_that_was_deleted_is_not_found_in_a_row_with_the_same_words():
    basis = "Our legitimate interest in a service that works (Article 6(1)(f) of the GDPR)."
    table = f"Data Why Name {basis} Address Contract. Log files {basis}"
    of_names = quoted(basis, table, prefix="Name")

    assert find(f"Data Why Crash reports {basis}", of_names) is None


def test_words_that_changed_are_gone():
    quotation = quoted("We keep your address for 30 days as well")

    assert found(TEXT.replace("address", "addresses"), quotation) is None
    assert found("", quotation) is None


def test_words_are_found_whole_or_not_at_all():
    quotation = quoted("art", "All art is ours. Nothing else.", prefix="All", suffix="is")

    assert find("All parts is ours. Nothing else.", quotation) is None
    assert find("No art is ours. Nothing else.", quotation) == (3, 6)


def test_the_same_words_with_nothing_of_what_was_around_them_are_others():
    quotation = quoted("30 days", "Scope It is kept for 30 days. Then we delete it.")

    assert find("Scope Ask within 30 days after a change.", quotation) is None


@pytest.mark.parametrize(
    "words", ["個人情報を保護し", "البيانات الشخصية", "naïve café", "👩‍⚖️ decides", "İstanbul’da"]
)
def test_words_of_any_script_are_found(words):
    text = f"前文。 Before: {words} ends here. Nothing else."
    quotation = quoted(words, text)

    assert find("New. " + text, quotation) == (
        5 + text.index(words),
        5 + text.index(words) + len(words),
    )


def test_words_at_an_end_that_occur_elsewhere_too_are_gone_rather_than_mistaken():
    before = "You choose. Name 30 days Address 30 days"
    last = quote(before, "30 days", prefix="Address ")
    assert last

    assert find("You choose. Mail 30 days Name 30 days", last) is None


def test_a_sentence_is_found_after_all_around_it_was_rewritten():
    sentence = "We never sell or rent what we know about you."
    before = f"Sharing Our partners get statistics alone. {sentence} Ask us for a list of them."
    after = f"Sharing With whom? Nobody at all. {sentence} This includes advertisers."

    assert found(after, quoted(sentence, before)) == f" at all. [{sentence}] This inc"


def test_words_of_a_heading_are_found_after_a_paragraph_was_added_below_it():
    heading = quoted("Retention")
    last = quoted("as tax law asks for")

    assert found(TEXT.replace("We keep", "This is new. We keep", 1), heading) == (
        "[Retention] This is "
    )
    assert found(f"Retention and deletion. {TEXT[10:]}", heading) == "[Retention] and dele"
    assert found("Retention Other words, as tax law asks for.", last) == (
        "r words, [as tax law asks for]."
    )
    assert find("Other words. Retention", heading) is None


def test_words_moved_to_another_section_are_found_there():
    texts = [
        "Intro.",
        "Scope This is about us. We keep your invoices for ten years.",
        "Contact Us.",
    ]
    quotation = quoted("your invoices", texts[1])
    moved = [
        "Intro.",
        "Scope This is about us.",
        "Contact Us. We keep your invoices for ten years.",
    ]
    alike = ["Intro.", "Scope This is about us.", "Contact Send your invoices to us by letter."]

    assert find_among(moved, quotation, 1) == (2, (20, 33))
    assert find_among([moved[2], moved[1]], quotation, None) == (0, (20, 33))
    assert find_among(alike, quotation, 1) is None
    assert find_among(texts, quotation, 2) == (1, (32, 45))


def test_a_long_quotation_is_found_whatever_is_around_it():
    words = "your invoices for ten years, as tax law asks for, and no longer than that"
    quotation = quoted(words, f"Scope We keep {words}.")

    assert find_among(["A B", f"Tax Here are {words}!"], quotation, None) == (
        1,
        (13, 13 + len(words)),
    )


def test_a_quotation_keeps_so_much_around_it_that_it_is_the_only_one_but_no_more():
    same = "Yes. No. " * 20
    assert len(quoted("Yes", f"Start {same}End", prefix="Start").prefix) == 6
    endless = "Yes. No. " * 10_000
    middle = quoted("Yes", f"Start {endless}End", prefix="Start")

    assert len(middle.prefix) + len(middle.suffix) <= 2 * MAX_CONTEXT
    assert found(f"Start {endless}End", middle) == "Start [Yes]. No. Yes"


def test_the_search_takes_time_in_proportion_to_the_text():
    def seconds(repeats):
        text = "a " * repeats + "z"
        quotation = Quotation("a", "b " * 256, " a" * 256, 3, 5)
        begin = time.process_time()
        for _ in range(3):
            find(text, quotation)
            find(text, Quotation("a " * 400 + "b", "a " * 250, "a", 1, 1))
        return time.process_time() - begin

    short, long = min(seconds(50_000) for _ in range(3)), min(seconds(400_000) for _ in range(3))
    assert long < 24 * max(short, 0.002)


def test_much_around_the_words_takes_little_more_time_than_nothing():
    """In a row of words that are the same, what is around each differs only at its far ends."""
    texts = ["Head " + "a " * 1_100] * 10

    def seconds(around):
        begin = time.process_time()
        with pytest.raises(NotQuotable, match=r"more than one section|more than once"):
            quotations.quote_among(texts, "a", prefix="b" + "a" * around, suffix="a" * around + "b")
        return time.process_time() - begin

    assert min(seconds(999) for _ in range(3)) < 10 * min(seconds(0) for _ in range(3))


# --- In HTML -------------------------------------------------------------------------------------

OLD = Document(
    "Privacy",
    "We say *what* we do.[^1]\n\n[^1]: A note.",
    (
        Section(
            "Scope", "scope", "(a) One *item* with [a link](https://softphonez.com/).\n\n(b) Two."
        ),
        Section("Data", "data", "| What | For |\n|---|---|\n| Names | 30 days |\n\nAnd & more."),
    ),
    clauses=True,
)
NEW = Document(
    OLD.title,
    OLD.introduction,
    (
        OLD.sections[1],
        Section("Scope", "scope", OLD.sections[0].body.replace("Two", "Two and three")),
    ),
    clauses=True,
)


def test_a_text_and_its_redline_have_the_same_words():
    text = [readable(it) for it in divided(render_document(NEW).html)]
    redline = [readable(part.html) for part in compare(OLD, NEW).parts]

    assert (
        redline
        == text
        == [
            *("We say what we do.", "Data What For Names 30 days And & more."),
            *("Scope One item with a link. Two and three.", "A note."),
        ]
    )


def test_words_are_marked_across_elements_and_linked_to_their_comment():
    html = compare(OLD, NEW).parts[2].html
    text = readable(html)
    at = text.index("item with a link")

    shown = marked(html, [CommentMark(unspaced(text, (at, at + 16)), 7, "1", 'By "A" <b>')])

    assert '<em><mark class="quoted"><span id="words-7"></span>item</mark></em>' in shown
    assert (
        '<mark class="quoted">a link</mark></a><a class="to-comment" href="#comment-7"'
        ' aria-label="By &quot;A&quot; &lt;b&gt;">1</a>.'
    ) in shown
    assert readable(shown.replace(">1</a>", "></a>")) == text


def test_marks_are_never_between_the_rows_of_a_table_and_may_overlap():
    html = divided(render_document(NEW).html)[1]
    text = readable(html)
    everything = CommentMark(unspaced(text, (0, len(text))), 1, "1", "One")
    last = text.index("& more")
    end = CommentMark(unspaced(text, (last, len(text))), 2, "2", "Two")

    shown = marked(html, [everything, end])

    assert '<th scope="col"><mark class="quoted">What</mark></th>' in shown
    assert "<tr><mark" not in shown
    assert '<span id="words-2"></span>&amp; more.</mark>' in shown
    assert shown.endswith(
        '>1</a><a class="to-comment" href="#comment-2" aria-label="Two">2</a></p>\n'
    )


def test_no_text_is_lost_by_marking_it():
    for part in compare(OLD, NEW).parts:
        text = readable(part.html)
        for start in range(0, len(text), 5):
            span = unspaced(text, (start, min(len(text), start + 7)))
            shown = marked(part.html, [CommentMark(span, 1, "", "")])
            assert readable(shown) == text


def test_hostile_html_is_read_in_time_in_proportion_to_it():
    for hostile in ("<" * 200_000, '<a href="' * 20_000, "&" * 200_000, "<del>" * 40_000 + "x"):
        begin = time.process_time()
        readable(hostile)
        marked(hostile, [CommentMark((0, 10**6), 1, "1", "One")])
        assert time.process_time() - begin < 5
    assert quotations.MAX_QUOTED == 1_000


def test_a_thousand_marks_take_little_more_time_than_one():
    html = f"<p>{'Word ' * 8_000}</p>"

    def seconds(count):
        begin = time.process_time()
        marked(html, [CommentMark((30 * it, 30 * it + 20), it, "1", "One") for it in range(count)])
        return time.process_time() - begin

    assert min(seconds(1_000) for _ in range(3)) < 10 * min(seconds(1) for _ in range(3))
