"""Findings: what is found in unfinished texts, and what is left alone in finished ones.

The sentences are in corpus/findings, one per line, in Markdown: `templates` and `unfinished` must
block or be justified, `lookalikes`, `finished` and `elsewhere` (other languages) must be left
alone, `false_alarms` are not, and must not block. `templates` and `lookalikes` were written before
the rules; docs/adr/0028-findings.md has the figures.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import document as documents
from policies.text import rendering
from policies.text.checklist import checklist
from policies.text.document import Document, DocumentError, Section
from policies.text.findings import Level, examine, reading, render_and_examine
from policies.text.reading.parts import read_parts
from tests.policies.text.examined import by_rule, lines, policy, seed, tagged

ABOUT_WORDS = {"placeholder", "placeholder-link", "drafting-note", "struck-out"}


def about_words_of(document):
    return [one for one in examine(document) if one.rule in ABOUT_WORDS]


def about_words(text):
    return about_words_of(policy(text))


def worst(text, language="en"):
    found = [one for one in examine(policy(text), language=language) if one.rule in ABOUT_WORDS]
    return found[0].level if found else None


def sentences_of(document):
    return [one for part in read_parts(document) for one in part.text.sentences]


# --- Words ----------------------------------------------------------------------------------------


SERIOUS = (Level.BLOCKS, Level.ACKNOWLEDGE)


@pytest.mark.parametrize("name", ["templates", "unfinished"])
def test_an_unfinished_sentence_blocks_or_must_be_justified(name):
    """Whatever language the text is said to be in."""
    assert [text for language, text in tagged(name) if worst(text, language) not in SERIOUS] == []
    assert [text for _, text in tagged(name) if worst(text, "en") not in SERIOUS] == []


def test_a_finished_sentence_is_left_alone():
    texts = [*lines("finished"), *lines("elsewhere"), *(text for _, text in tagged("lookalikes"))]

    assert [text for text in texts if worst(text)] == []


def test_a_sentence_listed_as_a_false_alarm_still_is_and_does_not_block():
    """If it raises no alarm, the rules have improved: move it to `finished`."""
    wrong = (None, Level.BLOCKS)

    assert [text for text in lines("false_alarms") if worst(text) in wrong] == []


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("You can withdraw your consent at any time by", "by"),
        ("We are liable for damage, unless\n\nWe keep your data for a year.", "unless"),
        ("Die Daten werden gelöscht, sobald", "sobald"),
        ("Les données sont transmises aux", "aux"),
        ("Los datos se conservarán durante los", "los"),
    ],
)
def test_a_sentence_that_breaks_off_is_a_suggestion(text, last):
    (found,) = by_rule(policy(text), "cut-off")

    assert found.level is Level.ADVICE
    assert found.reason == f"The sentence breaks off after “{last}”."


@pytest.mark.parametrize(
    "text",
    [
        "You can withdraw your consent by\n\n- a letter, or\n- an e-mail.",
        "What we use your data for",
        "The contract is made between us and\n\nthe customer.",
        "Ordered on",
        "- a letter to our office, or\n- an e-mail",
        "The data that we collect are\n\n| A | B |\n|---|---|\n| c | d |",
        "Wir setzen Cookies ein",
        "We keep what you give us the right to.",
        "`a b c d the`",
    ],
)
def test_a_sentence_that_goes_on_or_has_an_end_does_not_break_off(text):
    assert by_rule(policy(text), "cut-off") == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("We keep it for [30] days.", Level.ACKNOWLEDGE),
        ("We keep it [for as long as needed].", Level.ACKNOWLEDGE),
        ("We keep it for [30/60] days.", Level.BLOCKS),
        ("Мы храним данные [указать срок].", Level.ACKNOWLEDGE),
        ("Przechowujemy dane przez [●] dni.", Level.BLOCKS),
        ("Name: ______\n\nWe keep it for ______ days.", Level.BLOCKS),
    ],
)
def test_signs_are_found_in_every_language(text, level):
    assert worst(text) is level


def test_what_is_struck_out_blocks():
    (found,) = by_rule(policy("You may cancel within ~~30~~ 60 days."), "struck-out")

    assert (found.level, found.reason) == (Level.BLOCKS, "“30” is struck out.")


FRENCH = (
    "Nous traitons vos données pour vous fournir nos services. Vous pouvez exercer vos droits en "
    "nous écrivant à tout moment, et nous vous répondrons dans un délai de trente jours."
)
ITALIAN = (
    "Questa informativa descrive come trattiamo i dati personali dei nostri utenti. Gli utenti "
    "possono chiedere la cancellazione dei dati in ogni momento, e noi rispondiamo entro un mese."
)


def test_a_text_in_another_language_than_it_says_gets_that_as_its_first_finding():
    found = examine(policy(f"{FRENCH} [●]"), language="en")

    assert (found[0].rule, found[0].level) == ("other-language", Level.ACKNOWLEDGE)
    assert found[0].reason == "The text is in French, but the policy’s language is English."
    assert found[1].level is Level.BLOCKS
    assert by_rule(policy(FRENCH), "other-language", language="fr-CA") == []
    assert by_rule(policy("Trop court."), "other-language") == []


def test_a_text_in_a_language_without_patterns_says_that_only_signs_were_checked():
    (found,) = by_rule(policy(ITALIAN), "unknown-language", language="it")

    assert found.level is Level.ADVICE
    assert found.reason.startswith("Only signs such as [●] were checked")
    assert by_rule(policy(ITALIAN), "unknown-language", language="en")
    assert by_rule(policy(FRENCH), "unknown-language", language="fr") == []


SEED_DRAFTING = (
    "This policy is intended to describe common categories of data",
    "Softphonez does not state here that it “sells” personal data",
    "Your final production privacy policy should include",
    "For privacy questions, complaints, or rights requests, you should publish",
    "This page is a substantial starter draft",
    "The latest version should display an updated effective or revision date.",
)


def test_drafting_sentences_of_the_seed_must_be_justified_and_no_others():
    found = [one for one in examine(seed()) if one.level is not Level.ADVICE]
    drafting = [
        sentence.text
        for sentence in sentences_of(seed())
        if by_rule(policy(sentence.text), "drafting-note")
    ]

    assert {one.level for one in found} == {Level.ACKNOWLEDGE}
    assert sorted(drafting) == sorted(text for text in drafting if text.startswith(SEED_DRAFTING))
    assert len(drafting) == len(found) == len(SEED_DRAFTING)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Untitled", Level.ACKNOWLEDGE),
        ("Template", Level.ACKNOWLEDGE),
        ("Privacy Policy (Draft)", Level.BLOCKS),
        ("[Title]", Level.BLOCKS),
        ("Privacy Policy Template", Level.ACKNOWLEDGE),
        ("Sample Terms", Level.ACKNOWLEDGE),
    ],
)
def test_an_unfinished_title_is_found(title, level):
    found = examine(policy("We keep little. Write to a@b.co.", title=title))

    assert (found[0].level, found[0].place, found[0].anchor) == (level, "Title", "")


@pytest.mark.parametrize("heading", ["Section title", "Template", "Drafting notes"])
def test_an_unfinished_heading_is_found(heading):
    found = about_words_of(policy("", (heading, "one", "We keep little.")))

    assert [one.anchor for one in found] == ["one"]


def test_words_with_code_in_them_are_quoted_as_they_are_read():
    (found,) = by_rule(policy("We keep [INSERT `x` HERE] data."), "placeholder")

    assert found.reason == "“[INSERT x HERE]” is a placeholder."


@pytest.mark.parametrize(
    "text",
    [
        "Send this:\n\n```\n{{ name }} TODO [Company] ____\n```\n\nOr `{{ name }}`, `[Company]`.",
        "See <https://softphonez.com/TODO/draft-template?x=[y]> and [this](https://a.co/TBD).",
    ],
)
def test_words_in_code_and_in_addresses_are_left_alone(text):
    assert about_words(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "See [TODO](https://softphonez.com/).",
        "**[**_Company_**]** keeps little.",
        *("- [Company]", "| a | b |\n|---|---|\n| TODO: x | y |", "> [Company]"),
        *("See https://[domain]/privacy.", "See www.[company].com."),
        # Nor does what readers fill in, or a quotation, excuse the publisher's own.
        *("[Your name], [Company name], [Address]", "[Your name], [●]"),
        *("[Your name], [Insert date]", "This paragraph is marked TODO."),
        "Wir („Soft“) sind [Firma].",
    ],
)
def test_a_placeholder_blocks_wherever_it_is(text):
    assert worst(text) is Level.BLOCKS


# --- What a finding holds ------------------------------------------------------------------------


def test_a_finding_names_its_place_and_its_sentence():
    document = policy("", ("Scope", "scope", "We keep little. [Company] keeps **more**. Ask us."))

    found = by_rule(document, "placeholder")

    assert [(one.anchor, one.place, one.excerpt) for one in found] == [
        ("scope", "1. Scope", "[Company] keeps more.")
    ]
    assert "[Company]" in found[0].reason
    assert found[0].advice.endswith(".")


def test_a_heading_with_its_own_number_is_not_numbered_again():
    document = policy("", ("3. Scope", "scope", "[Company]"))

    assert by_rule(document, "placeholder")[0].place == "3. Scope"


def test_a_key_stays_while_the_sentence_is_unchanged_wherever_it_moves():
    before = policy("", ("Scope", "scope", "We keep little. We [may] keep more."))
    after = policy("Hello. We  **[may]**\nkeep more.", ("Scope", "scope", "We keep little."))
    other = policy("We [may] keep much more.")

    key = by_rule(before, "placeholder")[0].key

    assert by_rule(after, "placeholder")[0].key == key
    assert by_rule(other, "placeholder")[0].key != key
    assert len(key) == 64


def test_an_excerpt_is_one_short_line_that_shows_what_it_is_about():
    found = by_rule(policy("word " * 100 + "[Company] " + "word " * 100), "placeholder")[0]

    assert len(found.excerpt) <= 200
    assert "[Company]" in found.excerpt
    assert "\n" not in found.excerpt


def test_what_a_finding_quotes_in_its_reason_ends_with_a_whole_word():
    note = "[insert here the " + "registered " * 8 + "office]"
    (found,) = by_rule(policy(f"We sit at {note}."), "placeholder")
    quoted = found.reason.partition("”")[0]

    assert quoted.endswith(" registered…")


def test_findings_come_by_level_and_then_in_reading_order():
    document = policy(
        "See [this](#nowhere).",
        ("One", "one", "[Company] keeps little."),
        ("Two", "two", "TODO: write this. See [x](http://softphonez.com)."),
        ("Three", "three", ""),
    )

    found = examine(document)

    assert [one.level for one in found] == sorted(
        (one.level for one in found), key=list(Level).index
    )
    blocking = [one for one in found if one.level is Level.BLOCKS]
    assert [one.anchor for one in blocking] == ["one", "two"]


def test_sentences_end_where_readers_end_them():
    text = (
        "We use tools, e.g. Softphonez Inc. products, under Art. 6 GDPR. See No. 5! "
        "[One. Two.] is kept. Is it? Yes."
    )

    sentences = [one.text for one in sentences_of(policy(text)) if one.place.index == 1]

    assert sentences == [
        "We use tools, e.g. Softphonez Inc. products, under Art. 6 GDPR.",
        "See No. 5!",
        "[One. Two.] is kept.",
        "Is it?",
        "Yes.",
    ]


@pytest.mark.parametrize("end", ["&nbsp;", "**&emsp;**", "&nbsp;" * 30])
def test_a_text_may_end_in_an_abbreviation_and_spaces_that_do_not_break(end):
    sentences = sentences_of(policy(f"We are Softphonez Inc. {end}"))

    assert [one.text for one in sentences[1:]] == ["We are Softphonez Inc."]


# --- Links and anchors ----------------------------------------------------------------------------


def dead_links(document):
    return [one for one in render_and_examine(document)[1] if one.rule == "dead-link"]


def test_a_link_to_an_anchor_that_does_not_exist_must_be_justified():
    document = policy("", ("One", "one", "[a](#one) [b](#sub) [c](#two) [d](#)\n\n### Sub"))

    found = dead_links(document)

    assert [(one.excerpt, one.level) for one in found] == [
        ("c (#two)", Level.ACKNOWLEDGE),
        ("d (#)", Level.ACKNOWLEDGE),
    ]


def test_links_to_encoded_anchors_and_to_the_top_are_left_alone():
    document = policy("[a](#d%C3%A9but) [b](#top)", ("Début", "début", "x"))

    assert dead_links(document) == []


@pytest.mark.parametrize(
    "target",
    [
        "mailto:[EMAIL]",
        "mailto:privacy@example.com",
        "mailto:privacy@yourdomain.com?subject=Privacy",
        "https://example.com/cookies",
        "https://www.yourcompany.com/terms",
        "http://domain.com",
        "yourwebsite.com/terms",
        "{{terms_url}}",
        "{{site.url}}/terms",
        "https://[domain]/terms",
        "[URL]",
        "insert-link",
        "URL",
    ],
)
def test_a_link_to_a_placeholder_blocks(target):
    (found,) = by_rule(policy(f"See [this page]({target})."), "placeholder-link")

    assert found.level is Level.BLOCKS


@pytest.mark.parametrize(
    "target",
    [
        "https://softphonez.com/your-privacy-policy/",
        "https://softphonez.com/your_website/[name]?a[0]=[insert]&b={id}#{{x}}",
        "https://softphonez.com/?name=%5Ball%5D&site=yourcompany.com",
        "https://weareher.com/your-privacy-choices/",
        "https://softphonez.com/example.com/TODO",
        "https://softphonez.example/cookies",
        "/your-policy/[x]",
        "#Your-Privacy-Rights-and-Choices",
        "#[insert]",
        "tel:+353123456",
        "mailto:privacy@softphonez.com?subject=[your%20name]",
    ],
)
def test_words_and_punctuation_in_the_path_of_a_link_are_left_alone(target):
    assert by_rule(policy(f"See [this page]({target})."), "placeholder-link") == []


def test_an_address_that_is_its_own_link_is_found_once():
    for text in ("<https://yourcompany.com/x>", "<privacy@yourcompany.com>"):
        assert [one.rule for one in about_words(text)] == ["placeholder"]


LETTER = """[Your name]

[Date]

Dear [name of the organisation],

Please send me the recordings of the camera at [location].

Yours faithfully

[Signature]"""

BRIEF = """[Ihr Name], [Name des Unternehmens]

Sehr geehrte Damen und Herren,

um Auskunft zur Kundennummer [Nummer] wird gebeten.

Mit freundlichen Grüßen"""


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("How to ask", LETTER),
        ("How to ask", "\n".join(f"> {line}" for line in LETTER.split("\n"))),
        ("Auskunft", BRIEF),
        ("Model letter", "Please delete the data at [location]."),
        ("Muster-Widerrufsformular", "- Bestellt am: [Datum]"),
        ("Musterschreiben", "Betrifft: [Nummer]"),
    ],
)
def test_blanks_in_a_letter_or_a_form_for_readers_never_block(heading, body):
    found = examine(policy("", (heading, "how", body)), language="de")

    assert {one.level for one in found if one.rule == "placeholder"} == {Level.ADVICE}


def test_a_letter_excuses_only_what_is_in_brackets_and_in_its_own_section():
    sections = (("Letter", "a", f"{LETTER}\n\nTODO: shorten."), ("Us", "b", "We are [Company]."))

    found = examine(policy("", *sections))

    assert [one.excerpt for one in found if one.level is Level.BLOCKS] == [
        "TODO: shorten.",
        "We are [Company].",
    ]


def test_anchors_that_would_disappear_are_found():
    lost = [("one", "One"), ("deep", "Deep"), ("here", "")]
    new = policy("", ("Two", "two", "x"), ("Three", "three", "x"))

    found = by_rule(new, "lost-anchor", lost=lost)

    assert [one.excerpt for one in found] == ["#one (One)", "#deep (Deep)", "#here"]
    assert {one.level for one in found} == {Level.ACKNOWLEDGE}
    assert len({one.group for one in found}) == 1, "one reason may answer for all"


def test_links_that_are_not_encrypted_are_one_suggestion():
    text = "See [x](http://a.co/), http://b.co/c and <http://a.co/>, not https://d.co/."

    (found,) = by_rule(policy(text), "plain-http")

    assert (found.level, found.excerpt) == (Level.ADVICE, "http://a.co/ http://b.co/c")
    assert by_rule(policy("See https://d.co/."), "plain-http") == []


def test_what_the_sanitiser_removed_must_be_justified_in_its_section():
    document = policy("", ("One", "one", "Fine."), ("Two", "two", "[x](javascript:alert)"))
    removed = rendering.render(documents.body(document)).removed

    found = by_rule(document, "removed", removed=removed)

    assert removed
    assert [(one.place, one.level) for one in found] == [("2. Two", Level.ACKNOWLEDGE)]


def test_a_title_whose_letters_are_shown_in_another_order_must_be_justified():
    document = replace(policy("Text."), title="Terms \u202eycavirP")

    (found,) = by_rule(document, "removed")

    assert (found.level, found.excerpt) == (Level.ACKNOWLEDGE, "Control character: U+202E")


# --- Structure ------------------------------------------------------------------------------------


def test_a_small_finished_policy_has_no_findings():
    document = policy(
        "This policy says what we do.",
        ("Scope", "scope", "We keep little."),
        ("Contact", "contact", "Write to privacy@softphonez.com."),
    )

    assert examine(document) == []


def test_repeated_headings_are_found():
    document = policy("", ("1. Scope", "a", "x"), ("2. scope", "b", "x"), ("3. Use", "c", "x"))

    assert [one.anchor for one in by_rule(document, "repeated-heading")] == ["b"]


@pytest.mark.parametrize("heading", ["Section {} of the CDA", "§ {} TMG", "Article {} GDPR"])
def test_headings_that_name_different_laws_are_different(heading):
    document = policy(
        "", (heading.format(230), "a", "x"), ("Use", "b", "x"), (heading.format(512), "c", "x")
    )

    assert by_rule(document, "repeated-heading") == []


def test_headings_of_two_sentences_are_compared_as_a_whole():
    document = policy(
        "",
        ("Cookies. What are they?", "a", "x"),
        ("Cookies. How to refuse them", "b", "x"),
        ("cookies. what are they?", "c", "x"),
    )

    assert [one.anchor for one in by_rule(document, "repeated-heading")] == ["c"]


def test_a_long_text_without_headings_is_pointed_out():
    """As of a Word file in which headings are only bold."""
    text = "**1. Fees**\n\n" + "Fees are due in advance. " * 110

    (found,) = by_rule(policy(text), "no-headings")

    assert (found.level, found.place) == (Level.ADVICE, "Whole document")
    assert found.reason.startswith("The document has 552 words and no headings")
    assert by_rule(policy("Fees are due."), "no-headings") == []
    assert by_rule(policy("", ("1. Fees", "fees", text)), "no-headings") == []


@pytest.mark.parametrize("sections", [(), (("Scope", "scope", ""), ("Data", "data", " \n"))])
def test_a_document_without_any_text_blocks(sections):
    (found,) = by_rule(policy("", *sections), "no-text")

    assert found.level is Level.BLOCKS


# --- Any document ---------------------------------------------------------------------------------

SIGNS = st.text(
    alphabet=st.sampled_from(list("aA .,:;[]{}()<>_*`#!?%$&|-~^=\"'\\/@\n\t1Xx€é日ا")), max_size=200
)


def any_document(introduction, body, heading):
    try:
        return Document("T", introduction, (Section(heading, "a", body), Section("B", "b", body)))
    except DocumentError:
        return None


@given(SIGNS, st.one_of(SIGNS, st.text(max_size=200)), st.one_of(SIGNS, st.text(max_size=40)))
def test_any_document_can_be_examined(introduction, body, heading):
    document = any_document(introduction, body, heading)
    if document is None:
        return

    found = examine(document, lost=[("a", "A")], removed=("Not allowed: x",))

    for one in found:
        assert len(one.excerpt) <= 200
        assert "\n" not in one.excerpt
        assert one.anchor in ("", "a", "b")
    assert reading(document).minutes >= 1
    assert checklist(document)


def test_a_form_of_many_brackets_is_examined_in_no_time():
    assert examine(policy(f"[Your name]{'[.]' * 2_000} x"))


# Signs and words that could make a search go back and forth.
HOSTILE = (
    "[~]~{{~{~____~_ ~<a~<<~[a](~[a~[a] ~(~$A~%A~*~x.~x@~a@b.~http://~TODO ~todo el ~XXX ~your ~"
    "the ~you should ~if you use ~replace ~insert ~this template ~a-~1. ~. ~…~?~#A~your legal ~"
    "the placeholder ~before you publish ~subject to legal ~right to access ~share it with ~"
    "collect the following ~\ufffc~日~`~`a~not legal ~we use data ~12 ~[●~A_~&~|~Inc. "
)


@pytest.mark.parametrize("sign", HOSTILE.split("~"))
def test_hostile_text_can_be_examined(sign):
    """How long it takes is measured by `make bench BENCH=findings`."""
    document = policy("x" + sign * (4_000 // len(sign)))

    assert all(len(found.excerpt) <= 200 for found in examine(document))
    assert checklist(document)
    assert reading(document).minutes >= 1


# --- What the page shows differently --------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "excerpt", "reason"),
    [
        ("1. One\n2. Two\n7. Seven", "Seven", "written as number 7 of its list, but readers see 3"),
        ("3. Three\n\n   1. a\n   3. b\n4. Four", "b", "number 3 of its list, but readers see 2"),
    ],
)
def test_a_list_that_is_shown_differently_from_how_it_is_written_is_found(body, excerpt, reason):
    (found,) = by_rule(policy("", ("One", "one", body)), "list-number")

    assert (found.level, found.anchor, found.excerpt) == (Level.ADVICE, "one", excerpt)
    assert reason in found.reason


@pytest.mark.parametrize(
    "body", ["1. a\n1. b\n1. c", "4. a\n5. b", "1. a\n2. b\n\nx\n\n3. c", "(a) x\n\n(b) y"]
)
def test_a_list_that_is_shown_as_it_is_written_is_left_alone(body):
    assert by_rule(policy("", ("One", "one", body)), "list-number") == []


@pytest.mark.parametrize(
    "body",
    [
        *("1. a\n2. b\n4. c\n\n(a) x", "We may:\n(a) read\n(b) write"),
        *("We keep:\ni. names\nii. dates", "2.1 We collect.\n2.2 We keep.\n2.4 We do."),
    ],
)
def test_labels_that_readers_see_as_written_are_left_alone(body):
    text = replace(policy("", ("One", "one", body)), clauses=True)
    assert by_rule(text, "list-number") == []


@pytest.mark.parametrize(
    ("body", "shown_as_code"),
    [
        ("(c) use it to\n\n        (i) send spam\n\n        (ii) lie", ["(i) send spam"]),
        ("- one\n\n      - two", ["- two"]),
        ("(c) use it to\n\n    (i) send spam", []),
        ("Run this:\n\n    make run", []),
        ("```\n(a) x\n```", []),
    ],
)
def test_items_that_are_shown_as_code_are_pointed_out(body, shown_as_code):
    text = policy("", ("One", "one", body))

    found = by_rule(replace(text, clauses=True), "list-number")
    assert [it.excerpt for it in found] == shown_as_code


@pytest.mark.parametrize(
    "line",
    [
        "*Last updated: 3 November 2026*",
        "Effective May 2, 2026.",
        "Stand: 3. November 2026",
        "This Privacy Policy was last updated on May 2, 2024.",
        "Our Terms of Service were last revised on 1 March 2024.",
        "We last updated this policy on May 2, 2024.",
        "This policy is effective as of January 1, 2024.",
        "Date of last update: 2 May 2024",
        "Updated May 2024",
        "Updated 2024-05-02",
        "Revised: March 2024",
        "Version 2.1, last updated 3 May 2024",
    ],
)
def test_a_line_with_the_date_of_the_last_update_is_found(line):
    (found,) = by_rule(policy(f"{line}\n\nWe keep little."), "own-date")

    assert found.advice == "Delete this line."


@pytest.mark.parametrize(
    "text",
    [
        "Effective May 2, 2026, we keep names for as long as you use Softphonez and no longer.",
        "This policy replaces that of May 2018.",
        "Updated rules of March 2024",
        "Our prices were last updated in May 2024.",
        "We updated our servers in May 2024.",
        "The law is effective since May 2018.",
    ],
)
def test_a_sentence_that_mentions_a_date_is_left_alone(text):
    assert by_rule(policy(text), "own-date") == []


@pytest.mark.parametrize(
    "line",
    [
        *("Last updated: April 20, 2023", "Stand: 20. April 2023"),
        *("Dernière mise à jour : 20 avril 2023", "Última actualización: 20 de abril de 2023"),
    ],
)
def test_a_date_under_the_one_of_the_page_must_be_justified(line):
    text = policy(f"{line}\n\nWe keep little.")

    assert [one.level for one in by_rule(text, "own-date", dated=True)] == [Level.ACKNOWLEDGE]
    assert [one.level for one in by_rule(text, "own-date")] == [Level.ADVICE]


def test_a_heading_that_was_not_translated_must_be_justified():
    document = policy("", ("Data we collect", "a", "Wir."), ("Cookies", "b", "x"), ("Du", "c", "y"))

    found = by_rule(document, "untranslated-heading", source={"Data we collect", "Cookies", "Your"})

    assert [(it.level, it.anchor) for it in found] == [(Level.ACKNOWLEDGE, "a")]
    assert by_rule(document, "untranslated-heading") == []


@pytest.mark.parametrize(
    "heading", ["What do we keep? And why?", "Data *we* collect", "1. Our A&B"]
)
def test_a_heading_that_was_not_translated_is_found_whatever_is_in_it(heading):
    document = policy("", (heading, "a", "Wir."), ("Was wir sammeln", "b", "Wir."))

    (found,) = by_rule(document, "untranslated-heading", source={heading, "Terms of use"})

    assert found.anchor == "a"
