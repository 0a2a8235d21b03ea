"""References within a text: which are recognised, and which lead nowhere."""

from dataclasses import replace

import pytest

from policies.text.document import Document
from policies.text.findings import Level
from policies.text.references.recognition import Target, references
from tests.policies.text.examined import by_rule, policy


def found(text, language="en"):
    """Return each reference of a text that may be to itself: its kind, its number, its words."""
    return [
        (it.kind, it.path, text[it.start : it.end])
        for it in references(text, language)
        if it.target is not Target.OTHER
    ]


# --- Recognition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("as section 14 says", ["14"]),
        ("Section 14.", ["14"]),
        ("SECTION 14 APPLIES", ["14"]),
        ("under clause 4(b), we", ["4 b"]),
        ("clause 4 (b)(iii)", ["4 b iii"]),
        ("Clause 12.10", ["12 10"]),
        ("clause 4.2(b)(iv) above", ["4 2 b iv"]),
        ("Sections 3 to 5, 7 and 9.2 below", ["3", "5", "7", "9 2"]),
        ("section 4(b) or (c)", ["4 b", "4 c"]),
        ("sections 3–5", ["3", "5"]),
        ("within section 4 and 14 days later", ["4"]),
        ("Section IV", ["iv"]),
        ("paragraph (b) of section 4", ["4 b"]),
        ("section 4, paragraph b", ["4 b"]),
        ("sub-clause 7.1", ["7 1"]),
        ("Section 10A", ["10a"]),
        ("Section 8d below", ["8d"]),
        ("Schedule 2, Annex B and Appendix 1", ["2", "b", "1"]),
        ("Section 4 (“Payment”) of these Terms", ["4"]),
        ("section no. 14", ["14"]),
        ("Attachment 3", ["3"]),
        ("a section of the text, in 14 sections", []),
        ("Section I agree", ["i"]),
        ("section 1798.83", []),
        ("clause 4% of", []),
        ("intersection 14", []),
    ],
)
def test_references_are_recognised_in_english(text, paths):
    assert [" ".join(path) for _, path, _ in found(text)] == paths


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("siehe Abschnitt 14", ["14"]),
        ("nach Ziffer 4.2 Buchstabe b", ["4 2 b"]),
        ("gemäß § 5 Abs. 2 lit. b", ["5 2 b"]),
        ("Ziff. 3 bis 5", ["3", "5"]),
        ("in den Abschnitten 3, 4 und 14", ["3", "4", "14"]),
        ("Anlage 2 und Anhang B", ["2", "b"]),
        ("Artikel 4 dieser Bedingungen", ["4"]),
        ("in 14 Abschnitten", []),
    ],
)
def test_references_are_recognised_in_german(text, paths):
    assert [" ".join(path) for _, path, _ in found(text, "de-AT")] == paths


@pytest.mark.parametrize(
    "text",
    [
        "Section 230 of the Communications Decency Act",
        "section 7 of the Act",
        "the Consumer Rights Act 2015, section 9",
        "Article 6(1)(b) GDPR",
        "the GDPR (Article 6(1)(f))",
        "Article 28 of Regulation (EU) 2016/679",
        "Cal. Civ. Code § 17",
        "Section 4 of our Privacy Policy",
        "our Cookie Policy, section 4",
        "Section 4 (“Payment”) of our Terms of Sale",
        "Schedule 1 to the Data Processing Agreement",
        "sections 3 and 4 of that agreement",
        "Section 5 FTC Act",
    ],
)
def test_laws_and_other_documents_are_recognised(text):
    assert references(f"See {text}.", "en")[-1].target is Target.OTHER


@pytest.mark.parametrize(
    "text",
    ["§ 312g BGB", "Art. 6 Abs. 1 lit. f DSGVO", "§ 7 des Gesetzes", "Ziffer 4 der Preisliste"],
)
def test_german_laws_and_other_documents_are_recognised(text):
    assert references(f"Siehe {text}.", "de")[-1].target is Target.OTHER


def test_a_reference_has_its_place_and_kind():
    text = "See clauses 4 and 9.2(b), Annex C and Article 3."

    assert found(text) == [
        ("section", ("4",), "clauses 4"),
        ("section", ("9", "2", "b"), "9.2(b)"),
        ("annex", ("c",), "Annex C"),
        ("article", ("3",), "Article 3"),
    ]


def test_a_language_that_is_not_known_has_no_references():
    assert references("l'article 6 et la section 14", "fr") == []


# --- Resolution -----------------------------------------------------------------------------------


def terms(count, words, *, numbered=True, at=2):
    """Return a text of so many sections, one of which has these words."""
    return policy(
        "",
        *(
            (
                f"{number}. Part {chr(64 + number)}" if numbered else f"Part {chr(64 + number)}",
                f"part-{number}",
                words if number == at else "We keep it short.",
            )
            for number in range(1, count + 1)
        ),
        title="Terms of Service",
    )


def dead(document, language="en"):
    return [
        (one.level, one.reason.partition("“")[2].partition("”")[0])
        for one in by_rule(document, "dead-reference", language=language)
    ]


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize(
    "words",
    [
        *("Section 14 applies.", "As set out in section 14, we may end this."),
        *("See clause 14 below.", "See Section 14 of these Terms.", "Sections 3 and 14 survive."),
        *("The limits of section 14 apply.", "See section XIV.", "See § 14 of these Terms."),
    ],
)
def test_a_section_beyond_the_last_is_found(words, numbered):
    ((level, reference),) = dead(terms(13, words, numbered=numbered))

    assert level is Level.ACKNOWLEDGE
    assert "14" in reference or "XIV" in reference
    assert dead(terms(14, words, numbered=numbered)) == []


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("See clause 4(b).", "We keep (a) names and (c) dates."),
        ("See clause 4(b).", "We keep it."),
        ("See section 4.2.", "4.1 We keep it."),
        ("See section 4(d).", "- one\n- two\n- three"),
        ("See section 4(iv).", "- one\n- two\n- three"),
        ("See section 4.2.9.", "4.1 We keep it.\n\n4.2 We delete it."),
        ("See paragraph (f) above.", "(a) names, (c) dates"),
        ("See section 4.3 above.", "### One\n\nA.\n\n### Two\n\nB."),
    ],
)
def test_a_clause_that_its_section_has_not_is_found(words, body):
    document = policy(
        "",
        ("1. One", "one", words),
        ("2. Two", "two", "2.1 We say it."),
        ("3. Three", "three", "We like (b) best."),
        ("4. Four", "four", body),
        ("5. Five", "five", "We stop."),
    )

    ((level, reference),) = dead(document)

    assert level is Level.ADVICE
    assert reference in words


@pytest.mark.parametrize("number", ["4(c)", "4(a)(iii)"])
def test_a_clause_is_missing_where_the_others_of_its_kind_are(number):
    """Also if the reference is among them itself."""
    words = f"See clause {number}."
    clauses = f"(a) Names:\n    (i) first,\n    (ii) last.\n(b) Dates.\n(d) {words}"
    sections = [(f"{at}. Part", f"part-{at}", "We keep it.") for at in range(1, 4)]
    document = policy("", *sections, ("4. Four", "four", clauses))

    assert dead(replace(document, clauses=True)) == [(Level.ADVICE, f"clause {number}")]


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("See clause 4(b).", "We keep (a) names and (b) dates."),
        ("See clause 4(b).", "a) names\n\nb) dates"),
        ("See clause 4(b).", "1. names\n2. dates"),
        ("See section 4.2.", "4.1 We keep it.\n\n4.2 We delete it."),
        ("See section 4.2.", "**4.2 Deletion.** We delete it."),
        ("See section 4.2.", "### 4.2 Deletion\n\nWe delete it."),
        ("See section 4.2.", "1. We keep it.\n2. We delete it."),
        ("See section 4.2.", "### Keeping\n\nWe do.\n\n### Deleting\n\nWe do."),
        ("See section 4.2.", "4.2.1 We delete it."),
        ("See section 4.2.1.", "4.2.1 We delete it."),
        ("See section 4(iii).", "- one\n- two\n- three"),
        ("See paragraph (b) above.", "(a) names, (b) dates"),
        ("See paragraph (ii) above.", "1. names\n2. dates"),
        ("See section 4b.", "b. We delete it."),
        ("See this section 14.", "We keep it."),
        ("See [section 14](https://softphonez.com/terms).", "We keep it."),
        ("See `section 14`.", "We keep it."),
    ],
)
def test_a_clause_that_its_section_has_is_left_alone(words, body):
    document = policy("", ("1. One", "one", words), ("4. Four", "four", body))

    assert dead(document) == []


@pytest.mark.parametrize(
    "words",
    [
        "Section 230 protects us.",
        "You have rights under section 75 of the Consumer Credit Act 1974.",
        "The Consumer Credit Act gives you rights; section 75 applies to cards.",
        "We rely on Article 6(1)(b).",
        "See Section 14 of our Privacy Policy.",
        "See our Privacy Policy (section 14).",
        "See Section 14 (“Data”) of the Vendor Terms.",
        "See Annex 2 of the Standard Contractual Clauses.",
        "There are 14 sections in this text.",
    ],
)
def test_laws_and_other_documents_raise_no_alarm(words):
    assert dead(terms(6, words)) == []


def test_a_reader_is_sent_to_a_section_whatever_law_it_is_about():
    assert dead(terms(6, "See section 14 for your rights under the GDPR."))
    assert dead(terms(6, "Claims under section 14 are based on the Consumer Rights Act.")) == []


def test_articles_are_those_of_a_law_unless_the_text_has_articles():
    sections = [(f"Article {at} – Rules", f"a{at}", "See Article 14.") for at in range(1, 14)]

    assert len(dead(policy("", *sections))) == 13
    assert dead(terms(13, "See Article 14.")) == []


def test_sections_may_have_letters():
    sections = [(f"{letter}. Rules", letter, "See Section K.") for letter in "ABCDE"]

    assert len(dead(policy("", *sections))) == 5
    assert dead(policy("", *sections, ("K. Rules", "k", "None."))) == []


def test_a_number_in_brackets_makes_no_section():
    assert dead(terms(13, "Over the last fourteen (14) days, section 14 applied."))


@pytest.mark.parametrize(
    "name", ["Schedule 2", "Annex B", "Appendix 1", "Exhibit A", "Annex II", "Attachment 1"]
)
def test_an_annex_that_is_not_there_is_found(name):
    words = f"The services are listed in {name}."
    document = terms(4, words)
    complete = Document(
        document.title,
        document.introduction,
        (*document.sections, *policy("", (f"{name} – Services", "annex", "A list.")).sections),
    )

    assert dead(document) == [(Level.ADVICE, name)]
    assert dead(complete) == []


@pytest.mark.parametrize(
    "words",
    [
        "Siehe Abschnitt 14.",
        "Nach Ziffer 14 gilt das nicht.",
        "Das regelt Punkt 14 dieser Bedingungen.",
        "Siehe § 14 dieser AGB.",
        "Die Ziffern 3 und 14 gelten weiter.",
        "Die Regelungen der Ziffer 14 bleiben unberührt.",
        "Nach Ziff. 14 gilt das nicht.",
    ],
)
def test_a_german_section_beyond_the_last_is_found(words):
    ((level, reference),) = dead(terms(13, words), "de")

    assert level is Level.ACKNOWLEDGE
    assert "14" in reference
    assert dead(terms(14, words), "de") == []


@pytest.mark.parametrize(
    "words",
    [
        "Nach § 14 TMG sind wir verantwortlich.",
        "Nach § 312g BGB können Sie widerrufen.",
        "Das erlauben §§ 14 ff. UrhG.",
        "Wir sitzen in der Hauptstraße Nr. 14.",
        "Rechtsgrundlage ist Art. 6 Abs. 1 lit. f DSGVO.",
        "Siehe Abschnitt 14 unserer Datenschutzerklärung.",
        "Siehe Ziffer 14 der Preisliste.",
    ],
)
def test_german_laws_and_other_documents_raise_no_alarm(words):
    assert dead(terms(6, words), "de") == []


def unnumbered(words):
    """Return a text whose headings have no numbers of their own."""
    headings = ("Scope", "Fees", "Payment", "End")
    return policy("", *((it, it.lower(), words if it == "Fees" else "Yes.") for it in headings))


@pytest.mark.parametrize("words", ["See section 14.", "See section 14 of this policy."])
def test_a_page_without_numbers_has_no_section_beyond_the_last(words):
    assert dead(replace(unnumbered(words), numbering="none")) == []
    assert dead(replace(unnumbered(words), numbering="headings")) == [
        (Level.ACKNOWLEDGE, "section 14")
    ]


def test_a_page_without_numbers_may_have_those_of_its_author():
    assert dead(replace(terms(13, "See section 14."), numbering="none")) != []


def test_headings_inside_a_section_have_numbers_if_the_page_gives_them():
    body = "See section 2.1 and section 2.2.\n\n### Tax\n\nIt is due.\n\n### Price\n\nIt is low."
    document = replace(unnumbered(body), numbering="headings")

    assert dead(document) == []
    assert dead(replace(document, introduction="See section 2.3.")) != []


@pytest.mark.parametrize("numbering", ["", "none"])
@pytest.mark.parametrize("words", ["clause 2.4", "clause 2.4(c)", "clause 2.4 of this policy"])
def test_clauses_have_the_numbers_that_are_written_before_them(words, numbering):
    body = f"See {words}.\n\n2.1 One.\n2.4 Four:\n    (a) five,\n    (c) six."
    document = replace(unnumbered(body), clauses=True, numbering=numbering)

    assert dead(document) == []
    assert dead(replace(document, introduction="See clause 2.5.")) == [(Level.ADVICE, "clause 2.5")]
