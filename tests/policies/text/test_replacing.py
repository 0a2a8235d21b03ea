"""Words that readers see, replaced in the Markdown behind them."""

import pytest

from policies.text.document import Document, Section
from policies.text.quotations import replaced
from policies.text.quoted_html import divided, readable
from policies.text.rendering import render_document


def changed(body, words, replacement="NEW", *, nth=1):
    """Return a section's body with the nth of the words replaced, None if they can't be."""
    document = Document("Title", "", (Section("Scope", "scope", body),))
    shown = readable(divided(render_document(document).html)[1])
    at = -1
    for _ in range(nth):
        at = shown.index(words, at + 1)
    found = replaced(("Scope", body), shown, (at, at + len(words)), replacement)
    return found and found[1]


def test_words_are_replaced_where_they_were_found():
    body = "We keep *it* for\n30 days, and that for 30\ndays."

    assert changed(body, "30 days") == "We keep *it* for\nNEW, and that for 30\ndays."
    assert changed(body, "30 days", nth=2) == "We keep *it* for\n30 days, and that for NEW."
    assert changed(body, "it", "all") == "We keep *all* for\n30 days, and that for 30\ndays."
    assert changed("A (b) c.", "(b)", r"\1") == r"A \1 c."


def test_words_behind_a_backslash_and_in_wide_lines_are_counted_as_they_are_shown():
    assert changed("\n a  a\n\n\ta   b ", "a a b".removesuffix(" b")) == "\n NEW\n\n\ta   b "
    assert replaced((r"\*a *a",), "*a *a", (3, 5), "b") is None
    assert replaced((r"\\a a",), r"\a a", (3, 4), "b") is None
    assert replaced(("a a a\n a",), "a a a a", (4, 7), "b") == ("a a b",)


def test_words_of_a_heading_are_replaced_there():
    assert replaced(("Our scope", "Scope."), "Our scope Scope.", (4, 9), "aim") == (
        "Our aim",
        "Scope.",
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("We keep *all* data.", "keep all data"),
        ("See [privacy](https://softphonez.com/privacy).", "privacy"),
        (r"A \* b.", "* b"),
        ("One[^1] word.\n\n[^1]: Note.", "One word"),
        ("Some words.", "Scope Some"),
    ],
)
def test_words_with_other_marks_in_them_or_in_an_address_are_left_alone(body, words):
    assert changed(body, words) is None
