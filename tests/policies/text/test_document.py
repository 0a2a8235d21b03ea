"""The Document: what it refuses, its canonical text, and that reading and writing are inverse."""

import hashlib
import re
from html import unescape

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from policies.text import rendering
from policies.text.document import (
    Document,
    DocumentError,
    Section,
    check_introduction,
    check_title,
    digest,
    parse,
    serialize,
)
from policies.text.document import body as markdown_body
from policies.text.markdown import frontmatter

# --- Strategies: texts made of what Markdown is made of ----------------------------------------

PIECES = st.sampled_from(
    [
        *"#`~{}-=*_+>|:.[]()<&!\\\"' \t\n\n\naé語ش",
        "\n\n",
        "\n# ",
        "\n## ",
        "\n### ",
        "\n#",
        "##",
        "\n```\n",
        "\n~~~\n",
        "\n````md\n",
        "\n---\n",
        "\n===\n",
        "\n- ",
        "\n1. ",
        "\n10) ",
        "\n    ",
        "\n  ",
        "\n> ",
        "\n| a | b |\n|---|---|\n",
        "\n[^1]: ",
        "[^1]",
        "\n:   ",
        "\n[a]: /b\n",
        " {#id}",
        "{: #x .y}",
        "\n{: #id}\n",
        "[]{#id}",
        "[x](#a-b)",
        "{{ page.title }}",
        "{:toc}",
        "\r\n",
        "\r",
        "\x85",
        "\u2028",
        "\xa0",
        "\ufeff",
        "+++\n",
        "title: x\n",
        "1. ",
        "<br>",
        "A b",
    ]
)
NASTY = st.lists(PIECES, max_size=40).map("".join)
FILES = st.one_of(
    NASTY,
    NASTY.map(lambda text: f"# T\n\n{text}"),
    NASTY.map(lambda text: f"---\ntitle: T\n---\n{text}"),
)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@st.composite
def made_documents(draw):
    """Documents of nasty texts, as far as they can be made."""
    line = st.one_of(NASTY, ANY_TEXT)
    try:
        sections = [
            Section(draw(line), anchor, draw(NASTY))
            for anchor in draw(st.lists(line, max_size=3, unique=True))
        ]
        return Document(draw(line), draw(NASTY), tuple(sections))
    except DocumentError:
        assume(False)
        raise


@st.composite
def easier_documents(draw):
    """Documents whose titles, headings and anchors are mostly fine."""

    def fits(make, use):
        text = draw(make)
        try:
            use(text)
        except DocumentError:
            return "a"
        return text

    sections = [
        Section(
            fits(NASTY, lambda text: Section(text, "a")),
            f"{fits(NASTY, lambda text: Section('a', text))}-{number}",
            fits(NASTY, lambda text: Section("a", "a", text)),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    return Document(
        fits(st.one_of(NASTY, ANY_TEXT), Document),
        fits(NASTY, lambda text: Document("a", text)),
        tuple(sections),
    )


# --- Reading and writing -------------------------------------------------------------------------


@given(st.one_of(made_documents(), easier_documents()))
def test_a_serialized_document_parses_to_the_same_document(document):
    assert parse(serialize(document)) == document


@given(FILES)
def test_parsed_text_serializes_the_same_every_time(text):
    try:
        document = parse(text)
    except DocumentError:
        assume(False)
        raise
    written = serialize(document)
    assert parse(written) == document
    assert serialize(parse(written)) == written


@given(easier_documents())
@example(Document(title="a", introduction="", sections=(Section("a", "&-0", ""),)))
def test_the_page_shows_the_sections_of_the_document_and_no_others(document):
    html = rendering.render(markdown_body(document)).html
    assert "<h1" not in html
    shown = [unescape(it) for it in re.findall(r'^<h2 id="([^"]*)"', html, re.MULTILINE)]
    anchors = [section.anchor for section in document.sections]
    # A heading in the introduction comes up to their level, so that none is skipped.
    before = len(shown) - len(anchors)
    assert shown[before:] == anchors
    assert 0 <= before <= document.introduction.count("#")


def test_the_canonical_text_is_what_the_specification_says():
    document = Document(
        'Terms "and" \\ conditions',
        "Hello.",
        (Section("Scope", "scope", "Text.\n\n### More"), Section("End", "end")),
    )
    assert serialize(document) == (
        '---\ntitle: "Terms \\"and\\" \\\\ conditions"\n---\n\nHello.\n\n'
        "## Scope {#scope}\n\nText.\n\n### More\n\n## End {#end}\n"
    )


def test_a_document_of_a_title_alone_is_its_front_matter():
    assert serialize(Document("Privacy")) == '---\ntitle: "Privacy"\n---\n'
    assert markdown_body(Document("Privacy")) == ""


def test_the_digest_is_that_of_the_canonical_text():
    document = Document("Privatsphäre", "", (Section("Zweck", "zweck", "Text."),))
    expected = '---\ntitle: "Privatsphäre"\n---\n\n## Zweck {#zweck}\n\nText.\n'
    assert digest(document) == hashlib.sha256(expected.encode()).hexdigest()


def test_the_digest_of_a_known_document_has_not_changed():
    document = Document("Privacy", "Hi.", (Section("A *b*", "a", "- x\n- y"),))
    assert digest(document) == "35c177fa2c605f46c302f8c6375eef2eda44049780a2b6012eaff262e145bfc6"


@given(ANY_TEXT)
def test_every_string_comes_back_from_its_yaml_scalar(text):
    assert yaml.safe_load(f"title: {frontmatter.quote(text)}\n") == {"title": text}


def test_headings_with_numbers_of_their_own_survive_in_canonical_text():
    document = Document("T", "", (Section("1. A", "a"), Section("2. B", "b")))
    assert parse(serialize(document)) == document


# --- What a Document holds ----------------------------------------------------------------------


def test_line_breaks_and_outer_blank_lines_are_made_the_same():
    section = Section("  Scope\t", "scope", "\r\n \r\n    code\r\nb\rc  \r\n\r\n")
    assert section == Section("Scope", "scope", "    code\nb\nc")


@pytest.mark.parametrize("heading", ["# A", "## A", "  ## A", "##", "A\n=", "A\nb\n---", "# A #"])
def test_a_heading_of_the_level_of_sections_is_refused_in_a_body(heading):
    with pytest.raises(DocumentError, match=r"“Scope”, line \d"):
        Section("Scope", "scope", f"Text.\n\n{heading}\n\nMore.")
    with pytest.raises(DocumentError, match=r"introduction, line \d"):
        Document("T", f"Text.\n\n{heading}\n\nMore.")


@pytest.mark.parametrize(
    "body",
    [
        *("### A", "```\n## A\n```", "~~~~\n```\n## A\n~~~~", "    ## A", "> ## A"),
        *("- a\n\n  ## A", "1. ## A", "\\## A", "#A", "a\n\n---", "| a |\n|---|\n| b |"),
        "a\n    ## b",
    ],
)
def test_a_body_may_hold_what_only_looks_like_a_section_heading(body):
    assert Section("Scope", "scope", body).body == body


@pytest.mark.parametrize("body", ["```\na", "- a\n\n  ~~~\n  b", "````\n```", "```\na\n``` b"])
def test_a_code_block_that_is_never_closed_is_refused(body):
    with pytest.raises(DocumentError, match="never closed"):
        Section("Scope", "scope", body)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("a\n\nb\nc\x07", "line 4: holds"),
        ("a\n\nb\n## c", "line 4 “## c”"),
        ("a\n\nb\n```\nc\nd", "line 4: the code block"),
    ],
)
def test_a_refusal_names_the_line_as_an_editor_counts_it(body, where):
    with pytest.raises(DocumentError, match=where):
        Section("Scope", "scope", body)


def test_the_checks_of_one_part_give_what_a_document_holds():
    assert check_title(" A\tb ") == Document(" A\tb ").title
    assert check_introduction("\n\na\r\n\n") == Document("T", "\n\na\r\n\n").introduction
    with pytest.raises(DocumentError, match="The introduction, line 1 “## A”"):
        check_introduction("## A")
    with pytest.raises(DocumentError, match="The title is empty"):
        check_title(" ")


def test_front_matter_that_does_not_parse_is_refused_with_its_line():
    with pytest.raises(DocumentError, match=r"^Line 3: The front matter is not YAML"):
        parse("---\ntitle: a\nx: [\n---\n\nText.")
    with pytest.raises(DocumentError, match=r"^Line 4: The front matter is not YAML: month must"):
        parse("---\ntitle: a\nx: [1,\n  2020-13-45]\n---\n\nText.")


@pytest.mark.parametrize(
    "text",
    [
        f"---\ntitle: a\nk: 0b{'1' * 20_000}\n---\n",
        f"---\ntitle: a\nk: [[0x{'f' * 5_000}]]\n---\n",
        f"---\ntitle: a\n0x{'f' * 1_000}: k\n---\n",
        f'+++\ntitle = "a"\nk = 0x{"f" * 5_000}\n+++\n',
    ],
    ids=["binary", "in lists", "as a key", "TOML"],
)
def test_a_number_too_long_for_python_is_refused_with_its_line(text):
    with pytest.raises(DocumentError, match=r"^Line 3: A number here has hundreds of digits"):
        parse(text)


@pytest.mark.parametrize("char", ["\0", "\x07", "\x0b", "\x0c", "\x7f", "\x85", "\u2028", "\ud800"])
def test_control_characters_are_refused_by_name(char):
    for make in (
        lambda: Section("A", "a", f"x\ny{char}"),
        lambda: Section(f"A{char}b", "a"),
        lambda: Section("A", f"a{char}b"),
        lambda: Document(f"A{char}b"),
    ):
        with pytest.raises(DocumentError, match=rf"U\+{ord(char):04X}"):
            make()


@pytest.mark.parametrize("text", ["", "  ", "\t", "a\nb", "a\rb"])
def test_titles_and_headings_must_be_one_line_with_words(text):
    with pytest.raises(DocumentError, match=r"empty|line break"):
        Document(text)
    with pytest.raises(DocumentError, match=r"empty|line break"):
        Section(text, "a")


@pytest.mark.parametrize("anchor", ["", "a b", "a\xa0b", "{a}", "a#", 'a"b', "fn:1", "site:top"])
def test_anchors_that_can_not_be_written_or_belong_to_the_page_are_refused(anchor):
    with pytest.raises(DocumentError, match="anchor"):
        Section("A", anchor)


def test_two_sections_with_the_same_anchor_are_refused():
    with pytest.raises(DocumentError, match=r"“A” and “B” .* “x”"):
        Document("T", "", (Section("A", "x"), Section("B", "x")))


def test_a_heading_that_ends_in_an_anchor_is_refused():
    with pytest.raises(DocumentError, match="Put it into the anchor instead"):
        Section("A {#a}", "a")


def test_sections_may_come_as_any_sequence():
    assert Document("T", "", [Section("A", "a")]) == Document("T", "", (Section("A", "a"),))


def test_an_empty_text_is_refused():
    for text in ("", "\ufeff", " \n\n", "---\n---\n"):
        with pytest.raises(DocumentError, match="title"):
            parse(text)


def test_spaces_before_the_id_of_a_heading_do_not_take_hours():
    document = parse("# T\n\n## a" + " " * 400_000 + "b {#c}\n")

    assert [section.anchor for section in document.sections] == ["c"]


def test_the_last_line_of_a_note_underlines_nothing():
    body = "1. One\n\n[^1]: Note\n\n    and more\n==="
    document = Document("T", "", (Section("A", "a", body),))

    assert parse(serialize(document)) == document
