"""What a heading's words give: its anchor and its own number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.markdown import headings


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Your rights & choices", "your-rights-choices"),
        ("  A -- b_c ", "a-b-c"),
        ("Größe", "größe"),
        ("プライバシー", "プライバシー"),
        ("سياسة الخصوصية", "سياسة-الخصوصية"),
        ("गोपनीयता नीति", "गोपनीयता-नीति"),
        ("🔒", "section"),
        ("", "section"),
    ],
)
def test_the_slug_keeps_letters_and_digits_of_every_script(text, slug):
    assert headings.slug(text) == slug


@given(st.text())
def test_every_slug_is_an_anchor(text):
    assert headings.is_anchor(headings.slug(text))


def test_a_taken_anchor_gets_the_first_free_number():
    assert headings.Anchors().unique("a") == "a"
    anchors = headings.Anchors({"a", "a-1", "a-3"})
    assert [anchors.unique("a") for _ in range(3)] == ["a-2", "a-4", "a-5"]


@pytest.mark.parametrize("text", ["a", "a.b:c", "é", "a'b", "%20", "a#b", "1"])
def test_what_can_be_written_in_braces_is_an_anchor(text):
    assert headings.is_anchor(text)


@pytest.mark.parametrize("text", ["", "a b", "a\u2003b", "a{", "}", "a#", 'a"', "<a", "a>", "`"])
def test_what_would_end_the_braces_or_an_attribute_is_no_anchor(text):
    assert not headings.is_anchor(text)


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("1. Scope", "1. "),
        ("2.3 Scope", "2.3 "),
        ("2.3. Scope", "2.3. "),
        ("1 - Scope", "1 - "),
        ("IV. Scope", "IV. "),
        ("A) Scope", "A) "),
        ("Article 4 – Scope", "Article 4 – "),
        ("Section 2: Scope", "Section 2: "),
        ("Artículo 3. Ámbito", "Artículo 3. "),
        ("المادة ١ النطاق", "المادة ١ "),
        ("§ 5 Scope", "§ 5 "),
        ("第3条 範囲", "第3条 "),
        ("第三條 總則", "第三條 "),
        ("Section 1.1 Scope", "Section 1.1 "),
        ("SECTION 2. Scope", "SECTION 2. "),
        ("ARTICLE IV. Scope", "ARTICLE IV. "),
        ("Art. 1 Scope", "Art. 1 "),
        ("Art. 1: Scope", "Art. 1: "),
        ("(1) Scope", "(1) "),
        ("Annex I", "Annex I"),
        ("Annex II – Measures", "Annex II – "),
        ("Schedule 1 – Fees", "Schedule 1 – "),
        ("Appendix A: Forms", "Appendix A: "),
        ("Exhibit B", "Exhibit B"),
        ("Anlage 1 Muster", "Anlage 1 "),
        ("Scope", ""),
        ("Article 6(1) GDPR", ""),
        ("Schedule a call", ""),
        ("Annexes", ""),
        ("Parties", ""),
        ("Section 1798.100", ""),
        ("(c) Softphonez", ""),
        ("7 days", ""),
        ("I agree", ""),
        ("1.", "1."),
    ],
)
def test_a_number_before_a_heading_is_not_taken_for_its_words(heading, number):
    assert headings.own_number(heading) == number
