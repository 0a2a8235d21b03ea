"""Policy files as they are found: what is kept, what is refused, what gets a note."""

import datetime
import tracemalloc
from urllib.parse import unquote

import pytest

from policies.text import importing
from policies.text.document import Document, Section
from policies.text.document import body as markdown_body
from policies.text.importing import FrontMatter, ImportRefused
from tests.policies.text import fidelity
from tests.policies.text.examined import POLICIES, SEED

# What a sample can't keep, and why that is right.
EXPECTED = {
    "footnotes.html": {"link #fn:2 1×", "link #fnref:2 1×"},  # a footnote now
    "ids.html": {"link #a b 1×", "link #fn:9 1×", "dead link #a b", "dead link #fn:9"},  # renamed
    "links.md": {"link javascript:alert(1) 1×"},
    "liquid.md": {"cell 'site mail'"},  # the rest of the cell, which GitHub drops, is there too
    "md-placeholders.md": {"word 'xz' 1×"},  # "x<y and y>z" is no tag, its words are kept
    "md-sections.md": {
        "word 'a' 2×",  # an indented <p> with a link is no code
        "word 'href' 1×",
        "word 'p' 2×",
        "word 'use' 1×",
    },
    "tables.html": {"cell 'cell'", "cell 'inner'", "cell 'left text'", "cell 'right text'"},
    "tables.md": {"cell 'mail'"},
    "word.html": {"word '1' 2×", "link #_ftn1 1×", "link #_ftnref1 1×"},  # a footnote now
}


def read(text, name="policy.md"):
    return importing.read(name, text.encode())


def headings(document):
    return [(section.heading, section.anchor) for section in document.sections]


# --- Nothing is lost ---


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_no_word_anchor_link_or_cell_of_a_policy_is_lost(path):
    assert set(fidelity.losses(path.name, path.read_bytes())) == EXPECTED.get(path.name, set())


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_an_exported_policy_imports_unchanged(path):
    first = importing.read(path.name, path.read_bytes())
    again = importing.read("again.md", importing.write(first.front, first.document).encode())
    assert (again.front, again.document, again.notes) == (first.front, first.document, ())


def test_the_harness_notices_what_is_lost():
    before = fidelity.content("<p id=a>one two <a href=/x>three</a><table><td>four")
    after = fidelity.content("<p>one three")
    assert before.words - after.words == {"two": 1, "four": 1}
    assert before.anchors - after.anchors == {"a"}
    assert before.links - after.links == {"/x": 1}
    assert before.cells - after.cells == {"four": 1}


def test_a_policy_of_100_000_words_is_imported():
    section = "## Part {n}\n\n" + "some words about data " * 250 + "[x](#part-{m})\n\n"
    text = "# Long\n\n" + "".join(section.format(n=n, m=n // 2 + 1) for n in range(1, 101))
    document = read(text).document
    assert len(document.sections) == 100
    assert len(markdown_body(document).split()) > 100_000


# --- Title and sections ---


@pytest.mark.parametrize(
    ("text", "title", "sections"),
    [
        ("# T\n\n## A\n\n## B\n", "T", ["A", "B"]),
        ("T\n=\n\nA\n-\n\nB\n--\n", "T", ["A", "B"]),
        ("# T\n\n# A\n\n## sub\n\n# B\n", "T", ["A", "B"]),
        ("# T\n\n### A\n\n#### sub\n\n### B\n", "T", ["A", "B"]),
        ("#T\n\n##A\n\n##B\n", "T", ["A", "B"]),
        ("## T\n\n### A\n\n### B\n", "T", ["A", "B"]),
        ("---\ntitle: T\n---\n# T\n\n## A\n", "T", ["A"]),
        ("---\ntitle: T\n---\n# A\n\n# B\n", "T", ["A", "B"]),
        ("+++\ntitle = 'T'\n+++\n## A\n", "T", ["A"]),
        ("---\n\n# T\n\n## A\n", "T", ["A"]),
        ("# **T** `x`\n\n## **A**\n", "T x", ["A"]),
        ("**T**\n\ntext\n", "T", []),
        ("## A\n\n## B\n", "Policy", ["A", "B"]),
        ("text\n", "Policy", []),
        ("# 1. A\n\n# 2. B\n", "Policy", ["A", "B"]),
    ],
)
def test_title_and_sections_are_found(text, title, sections):
    document = read(text).document
    assert document.title == title
    assert [section.heading for section in document.sections] == sections


def test_numbers_that_only_count_sections_are_removed_and_others_stay():
    gone = read("# T\n\n## 1. A\n\n## 2) B\n\n## **3. C**\n").document
    kept = read("# T\n\n## 1. A\n\n## 3. B\n").document
    assert [section.heading for section in gone.sections] == ["A", "B", "C"]
    assert [section.heading for section in kept.sections] == ["1. A", "3. B"]


# --- Anchors ---


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("1. Scope & aim", "1-scope--aim"),  # GitHub
        ("1. Scope & aim", "scope--aim"),  # kramdown
        ("Scope & aim", "scope-aim"),  # Python-Markdown, GitLab
        ("Größe", "groe"),  # kramdown
        ("Größe", "größe"),
        ("目的", "目的"),
        ("目的", "%E7%9B%AE%E7%9A%84"),
        ("What's new?", "whats-new"),
        ("Scope", "Scope"),
        ("Scope", "user-content-scope"),
        ("2. The scope", "thescope"),  # by hand
    ],
)
def test_a_link_to_the_slug_of_another_tool_keeps_working(heading, target):
    text = f"# T\n\n[x](#{target})\n\n## Other\n\n## {heading}\n\n### Sub\n"
    anchors = fidelity.published("policy.md", text.encode()).anchors
    assert unquote(target) in anchors


@pytest.mark.parametrize(
    "heading", ["## A {#x}", "## A{#x}", "## A {: #x .c}", "## A ## {#x .c k=v}", "## A\n{: #x}"]
)
def test_ids_of_every_attribute_list_are_anchors(heading):
    assert headings(read(f"# T\n\n{heading}\n\ntext\n").document) == [("A", "x")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Text.\n\n[z](#a)", "[]{#b}[]{#a}Text.\n\n[z](#a)"),
        ("[z](#a)\n\nText.", "[]{#b}[]{#a}\n\n[z](#a)\n\nText."),
        ("See [z](#a).", "[]{#b}[]{#a}See [z](#a)."),
        ("Text\n: See [z](#a).", "[]{#b}[]{#a}\n\nText\n:   See [z](#a)."),
        (
            "x | y\n--- | ---\n1 | [z](#a)",
            "[]{#b}[]{#a}\n\n| x | y |\n| --- | --- |\n| 1 | [z](#a) |",
        ),
    ],
)
def test_a_heading_with_several_anchors_keeps_the_others_in_its_text(body, expected):
    document = read(f'# T\n\n<a name="b"></a>\n## A {{#x}}\n\n{body}\n').document
    assert document.sections == (Section("A", "x", expected),)


def test_an_id_that_belongs_to_the_page_is_renamed_and_its_links_follow():
    found = read("# T\n\n[x](#fn:1)\n\n## A {#fn:1}\n")
    (section,) = found.document.sections
    assert not section.anchor.startswith("fn:")
    assert f"(#{section.anchor})" in found.document.introduction
    assert any("fn:1" in note.text for note in found.notes)


# --- Front matter ---


def test_front_matter_is_read():
    found = read(
        "---\nslug: a-b\nlanguage: pt_BR\nname: N\ntitle: T\nlast_updated: 2024-01-31\n"
        "effective: 2024-02-01\nkind: editorial\nchange_note: Typo\nlayout: page\n---\ntext\n"
    )
    assert found.front == FrontMatter(
        slug="a-b",
        name="N",
        language="pt-br",
        last_updated=datetime.date(2024, 1, 31),
        effective=datetime.date(2024, 2, 1),
        kind="editorial",
        change_note="Typo",
    )
    assert [(note.kind, note.text, note.line) for note in found.notes] == [
        ("front matter key not kept", "layout: page", 10)
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("description: How we use data", "description: How we use data"),
        ("draft: 2024-01-31", "draft: 2024-01-31"),
        ("tags: [a, b]", "tags: ['a', 'b']"),
        ("summary: " + "words " * 30, "summary: " + "words " * 9 + "words…"),
        ("layout:", "layout"),
    ],
)
def test_the_value_of_an_unknown_key_is_in_a_note(line, text):
    (note,) = read(f"---\n{line}\n---\n# T\n\ntext\n").notes
    assert (note.kind, note.text) == ("front matter key not kept", text)


@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_two_rules_around_a_line_are_not_front_matter(empty):
    found = read(f"---\n{empty}\nUpdated: 3 May 2024\n\n---\n\n# T\n\ntext\n")
    assert found.document.title == "T"
    assert "Updated: 3 May 2024" in markdown_body(found.document)
    assert found.notes == ()


@pytest.mark.parametrize("text", ["2024-05-25", '"May 25, 2024"', "25 May 2024", '"2024-05-25"'])
def test_a_date_may_be_written_out(text):
    found = read(f"---\nlast_updated: {text}\n---\ntext\n")
    assert found.front.last_updated == datetime.date(2024, 5, 25)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("docs/Privacy Policy.md", "privacy-policy"),
        ("terms/index.md", "terms"),
        ("terms.html.md", "terms"),
        ("Über.md", "uber"),
        ("利用規約.md", "policy"),
        ("x" * 200 + ".md", "x" * 80),
    ],
)
def test_without_a_slug_the_name_of_the_file_gives_one(name, slug):
    assert read("text\n", name).front.slug == slug


def test_a_written_file_is_read_as_the_same():
    front = FrontMatter(
        slug="no",
        name='A "b": \\ c',
        language="no",
        last_updated=datetime.date(2024, 1, 2),
        effective=datetime.datetime(2024, 1, 3, 4, 5, tzinfo=datetime.UTC),
        change_note="true",
    )
    document = Document("Ti: tle", "Hi.", (Section("1. A", "a", "b"),))
    assert importing.read("x.md", importing.write(front, document).encode()) == importing.Imported(
        front, document
    )


def test_the_seed_is_what_export_writes():
    data = SEED.read_bytes()
    found = importing.read("privacy.md", data)
    assert importing.write(found.front, found.document).encode() == data
    assert found.front.slug == "privacy"
    assert found.front.last_updated == datetime.date(2026, 5, 2)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ("/privacy/", "privacy"),
        ("legal/Privacy_Policy", "legal-privacy-policy"),
        ("https", "https"),
        ("/", "notice"),
        ("[a]", "notice"),
        ("12", "notice"),
    ],
)
def test_a_foreign_slug_becomes_one_of_ours_or_the_files_name(given, slug):
    text = f"---\nslug: {given}\n---\n# T\n\nx\n"
    assert importing.read("docs/Notice.md", text.encode()).front.slug == slug


# --- Refusals ---


WIDE_TABLE = b"<table><tr>" + b"<td colspan=100>a" * 90 + b"<tr><td>b" * 90
HIGH_TABLE = b"<table><tr>" + b"<td colspan=100 rowspan=100>a" * 90 + b"<tr><td>b" * 99


@pytest.mark.parametrize(
    ("name", "data", "line", "reason"),
    [
        ("a.md", b"# T\n\ncaf\xe9\n", 3, "not UTF-8: byte 8 is 0xE9"),
        ("a.md", "# T".encode("utf-16"), 1, "not UTF-8"),
        ("a.md", b"", 1, "empty"),
        ("a.md", b"\n \n", 1, "empty"),
        ("a.md", b"---\ntitle: T\n---\n\n", 1, "no text after"),
        ("a.pdf", b"x", 1, r"one of these: \.docx, .*\.md"),
        ("a.doc", b"x", 1, r"Save it in Word as \.docx"),
        ("a", b"x", 1, "Save the text as one of these"),
        ("a.md", b"x" * (importing.MAX_BYTES + 1), 1, "the most is"),
        ("a.md", b"---\ntitle: T\n  bad: [\n---\nx", 3, "not YAML"),
        ("a.md", b"---\ntitle: T\nd: 2024-13-45\n---\nx", 3, "not YAML"),
        ("a.md", b"---\nkind: T\ntitle: !x y\n---\nx", 3, "not YAML"),
        ("a.md", b"---\na: " + b"[" * 50_000 + b"\n---\nx", 2, "more than 20 nested lists"),
        ("a.md", b"---\na: &a [x, x]\nb: [*a, *a]\ntitle: T\n---\nx", 3, "\\*a is an alias"),
        ("a.md", b"---\ntitle: T\nkind: x\ntitle: U\n---\nx", 4, "title is given twice"),
        ("a.md", b"---\ntitle: T\n\nx", 1, "no closing ---"),
        ("a.md", b"+++\ntitle = \n+++\nx", 2, "not TOML"),
        ("a.md", b"+++\na = " + b"9" * 5_000 + b"\n+++\nx", 2, "not TOML"),
        ("a.md", b"+++\ntitle = 'T'\n\nx", 1, r"no closing \+\+\+"),
        ("a.md", b"+++\nb" + b".a" * 40_000 + b" = 1\n+++\nx", 2, "more than 20 nested keys"),
        ("a.md", b"+++\n[" + b"'a' . " * 400 + b"a]\n+++\nx", 2, "more than 20 nested keys"),
        ("a.md", b"+++\na = " + b"[" * 90 + b"]" * 90 + b"\n+++\nx", 2, "20 nested lists"),
        ("a.md", b'---\nname: "\\ud800"\n---\nx', 2, "for a control character .U.D800"),
        ("a.md", b'---\na: b\n"\\0": x\n---\nx', 3, "for a control character .U.0000"),
        ("a.md", b"---\na: !!timestamp x\n---\nx", 2, "not YAML"),
        ("a.md", b"---\na: !!bool x\n---\nx", 2, "not YAML"),
        ("a.md", b"---\nlast_updated: soon\n---\nx", 2, "a date is written 2026-05-02"),
        ("a.md", b"---\nlast_updated: 0001-01-01\n---\nx", 2, "the year 1 is too far away"),
        ("a.md", b"---\neffective: 9999-12-31T23:00\n---\nx", 2, "the year 9999 is too far"),
        ("a.md", b"---\ntitle: [a]\n---\nx", 2, "a line of text"),
        ("a.md", b"---\neffective: 2024-01-01T99\n---\nx", 2, "a moment is written"),
        ("a.md", b"---\n" + b"a: b\n" * 1001 + b"---\nx", 1, "more than 1,000 lines"),
        ("a.md", b"---\na: " + b"x" * 100_000 + b"\n---\nx", 1, "100,000 characters"),
        ("a.md", b"+++\n" + b"[a]\n" * 1001 + b"+++\nx", 1, "more than 1,000 lines"),
        ("a.html", b"<div>" * 3000 + b"x", 1, "are nested"),
        ("a.html", b"<blockquote>" * 60 + b"<p>x", 1, "More than 40 lists and quotations"),
        ("a.html", b"<ul><li>" * 60 + b"x", 1, "More than 40 lists and quotations"),
        ("a.html", b"<p>a" * 10_000, 1, "too many elements. Import it in parts"),
        ("a.html", b"<" * 30_000, 1, "more than 20,625 tags or entities. Import it in parts"),
        ("a.md", b"a\n" * 12_000, 1, "12,000 lines; the most for its length is 11,500"),
        ("a.html", b"<table>" + b"<a>x" * 1_100, 1, "More than 1,000 pieces are in a table"),
        ("a.html", b"<table>" + b"x<tr>" * 1_100, 1, "More than 1,000 pieces are in a table"),
        ("a.html", WIDE_TABLE, 1, "more than 500,000 cells, with those that wide cells span"),
        ("a.html", HIGH_TABLE, 1, "more than 500,000 cells, with those that wide cells span"),
        ("a.html", b"<p " + b"a=b " * 2_500 + b">x", 1, "more than 10,000 characters"),
        ("a.html", b'<p>a<p title="b <p>c', 1, "“.* <p>c.*” is never closed"),
        ("a.html", b"<p>a<p title='b <p>c", 1, "is never closed"),
        ("a.html", b"<title>a <p>b", 1, "\u201c<title>a <p>b\u201d is never closed"),
        ("a.html", b"<p>a<iframe src=b><p>c", 1, "\u201c<iframe src=b>"),
        ("a.html", b"<p>a<p all the rest", 1, "\u201c<p all the rest\u201d is never closed"),
        ("a.html", b"<p>a<a href=b c", 1, "\u201c<a href=b c\u201d is never closed"),
        ("a.html", b"<p>a<!-- b -", 1, "\u201c<!-- b -"),
        ("a.html", b"<script><!--<script>a<p>b", 1, "\u201c<script><!--<script>a<p>b"),
        ("a.html", b"<!-- a -- ><html><p>b", 1, "\u201c<!-- a"),
        ("a.md", b'a\n\n<p align="center>\n\nb', 1, "is never closed"),
    ],
)
def test_a_file_that_can_not_be_imported_is_refused_with_line_and_reason(name, data, line, reason):
    with pytest.raises(ImportRefused, match=reason) as refused:
        importing.read(name, data)
    assert (refused.value.file, refused.value.line) == (name, line)


# --- Notes ---


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("# T\n\n\x07\n", "control character replaced", 3),
        ("---\nslug: /a/\n---\n# T\n", "slug changed", 2),
        ("---\nlanguage: English please\n---\n# T\n", "front matter value not kept", 2),
        ("# T\n\n```\nx\n", "unclosed code block closed at the end", 3),
        (
            "---\ntitle: T\n---\nx\n\n[TOC]\n",
            "table of contents dropped, because the page makes its own",
            6,
        ),
        ("# T\n\n## A {.c}\n", "attributes dropped", 3),
        ("# T\n\n##\n\nx\n", "heading without words dropped", 3),
        ("# T\n\nx\n\n<!-- y -->\n", "comment dropped", 5),
        ("# T\n\nx <u>y</u>\n", "underlining has no sign in Markdown", 3),
    ],
)
def test_what_could_not_be_kept_gets_a_note_with_its_line(text, kind, line):
    assert [(note.kind, note.line) for note in read(text).notes] == [(kind, line)]


def test_notes_are_in_the_order_of_the_files_lines():
    found = read(
        "---\nslug: /a/\nlayout: page\n---\n# T\n\n<div>\n\nx\n\n</div>\n\n## A {.c}\n\n"
        "<u>under</u>\n\n<!-- no -->\n\n## B {.d}\n\n7. a\n9. b\n"
    )
    assert [(note.line, note.text) for note in found.notes] == [
        (2, "/a/ as a"),
        (3, "layout: page"),
        (13, "{.c}"),
        (15, "under"),
        (17, "no"),
        (19, "{.d}"),
        (22, "9 → 8"),
    ]


def test_words_inside_html_tags_get_a_note():
    html = b"""<p>We, <company>, keep <a href='/b>c</a> for <b id='>data</b>.
    <p data-x='<b>e</b>'>f"""

    found = importing.read("a.html", html)

    noted = {(note.kind, note.text, note.line) for note in found.notes}
    assert ("unknown tag dropped", "<company>", 1) in noted
    assert ("words inside a tag dropped", "/b>c</a> for <b id=", 1) in noted
    assert not any("<b>e</b>" in text for _, text, _ in noted)
    broken = importing.read("a.html", b"<p all the <b>rest</b> of it")
    assert ("words inside a tag dropped", "all the <b") in {(n.kind, n.text) for n in broken.notes}


def test_a_tag_without_an_end_takes_no_memory_to_refuse():
    """Backtracking once took a hundred bytes for each character."""
    data = b"<p " + b"a" * 3_000_000
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match="more than 10,000 characters"):
            importing.read("a.html", data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * len(data)
