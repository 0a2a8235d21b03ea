"""What clipboards hold becomes the Markdown of a section, and nothing more."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import rendering
from policies.text.document import Section
from policies.text.importing import conversion, pasting
from policies.text.importing.html import tree as html_tree

# --- What each program writes ---


def to_markdown(html):
    return pasting.read(html).markdown


def word_item(text, sign, level=1):
    """Return a list item as Word writes it, with all its formatting."""
    return f"""<p class=MsoListParagraphCxSpMiddle style='margin-left:.5in;text-indent:-.25in;
mso-list:l0 level{level} lfo1'><![if !supportLists]><span style='font-family:Symbol;
mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span></span><![endif]><span
lang=EN-US>{text}<o:p></o:p></span></p>
"""


def word_page(inner):
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>x</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]-->
<style><!-- p.MsoNormal {{margin:0in;}} --></style></head>
<body lang=EN-US style='tab-interval:.5in'><!--StartFragment-->{inner}<!--EndFragment--></body>
</html>"""


def test_what_word_puts_into_the_clipboard_becomes_clean_markdown():
    html = word_page(
        "<h1><a name='_Toc1'></a>Your data<o:p></o:p></h1>"
        "<p class=MsoNormal>We keep <b style='mso-bidi-font-weight:normal'>some</b> <i>data</i>"
        "<span style='color:red;mso-spacerun:yes'>&nbsp; </span>of "
        "<a href='https://a.example/'><span style='color:blue'>you</span></a>.<o:p></o:p></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<h2>Cookies<o:p></o:p></h2>"
        "<table class=MsoTableGrid border=1><tr style='height:1pt'><td width=10><p class=MsoNormal>"
        "<b>A<o:p></o:p></b></p></td><td><p class=MsoNormal>B<o:p></o:p></p></td></tr></table>"
    )
    assert to_markdown(html) == (
        "### Your data\n\nWe keep **some** _data_ of [you](https://a.example/).\n\n#### Cookies\n\n"
        "|   |   |\n| --- | --- |\n| **A** | B |"
    )


def test_words_paragraphs_with_signs_become_lists():
    html = word_page(
        word_item("one", "·")
        + word_item("deeper", "o", 2)
        + word_item("two", "·")
        + "<p class=MsoNormal>then</p>"
        + word_item("first", "3.")
        + word_item("second", "4.")
        + word_item("letter", "a)", 2)
        + word_item("clause", "1.1")
    )
    assert to_markdown(html) == (
        "- one\n    - deeper\n- two\n\nthen\n\n3. first\n4. second\n    a) letter\n1.1  clause"
    )


@pytest.mark.parametrize(
    "signs",
    [
        *("(a) (b) (c)", "i. ii. iii. iv.", "h) i) j)", "(c) (d) (f)", "(a) (b) (a) (b)"),
        *("(i) (ii) (i)", "A) B) 1. 2.", "1) 2)", "(1) (2)", "1.1 1.2", "1. 1.1. 2. 2.1."),
    ],
)
def test_signs_of_words_lists_are_labels(signs):
    found = pasting.read("".join(word_item("X", sign) for sign in signs.split()))

    assert found.markdown == "\n".join(f"{sign} X" for sign in signs.split())


def test_signs_of_words_lists_without_a_notation_stay_as_text_and_are_named():
    found = pasting.read(word_item("x", "Article 1") + word_item("y", "(a)", 2))

    assert found.markdown == "Article 1 x\n\n(a) y"
    assert found.left_out == ("list labels without a notation, which became text",)


def test_numbers_of_words_lists_that_skip_begin_another_list():
    html = "".join(word_item("x", sign) for sign in ("1.", "2.", "1.", "3."))
    assert to_markdown(html) == "1. x\n2. x\n\n1) x\n\n3. x"


def test_letters_count_on_after_a_paragraph():
    html = word_item("x", "(a)") + "<p>and</p>" + word_item("y", "(b)")
    assert to_markdown(html) == "(a) x\n\nand\n\n(b) y"


def test_letters_of_words_lists_stay_in_cells():
    cell = word_item("x", "(a)") + word_item("y", "(b)")
    html = f"<table><tr><th>a<th>b<tr><td>{cell}<td>z</table>"
    assert to_markdown(html) == "| a | b |\n| --- | --- |\n| (a) x<br>(b) y | z |"


def test_letters_of_lists_from_word_for_the_web_are_labels():
    found = pasting.read(
        "".join(
            f'<div class="ListContainerWrapper"><ol start="{number}" '
            'style="list-style-type: lower-alpha"><li data-aria-level="1"><p>x</p></li></ol></div>'
            for number in (1, 2)
        )
    )
    assert (found.markdown, found.left_out) == ("a. x\nb. x", ())


def test_labels_of_several_levels_from_word_for_the_web_are_as_they_were():
    rows = ((1, "decimal", "%1.", 1), (2, "decimal", "%1.%2", 1), (3, "lower-latin", "(%3)", 2))
    html = "".join(
        f'<div class="ListContainerWrapper"><ol start="{start}" style="list-style-type: {form}">'
        f'<li data-leveltext="{text}" data-listid="4" data-aria-level="{level}"><p>You</p></li>'
        "</ol></div>"
        for level, form, text, start in rows
    )
    assert to_markdown(html) == "1. You\n    1.1 You\n\n        (b) You"


def test_numbers_of_words_headings_stay():
    html = (
        "<h1 style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1."
        "<span>&nbsp;&nbsp;</span></span><![endif]>Data</h1>"
    )
    assert to_markdown(html) == "### 1. Data"


def test_tracked_deletions_of_word_are_taken_as_accepted():
    html = (
        "<p>a <span class=msoIns><ins cite='mailto:A' datetime='2026-01-01T00:00'>new</ins></span>"
        " <span class=msoDel><del cite='mailto:A' datetime='2026-01-01T00:00'>old</del></span>b</p>"
    )
    assert to_markdown(html) == "a new b"


def test_what_word_for_the_web_writes_becomes_headings_and_lists():
    def one(text, level, kind="ul", start=""):
        return (
            f'<div class="ListContainerWrapper SCXW1"><{kind} class="BulletListStyle1" {start}>'
            f'<li data-leveltext="o" data-aria-level="{level}" class="OutlineElement">'
            f'<p class="Paragraph"><span class="TextRun"><span class="NormalTextRun">{text}</span>'
            f'</span><span class="EOP">&nbsp;</span></p></li></{kind}></div>'
        )

    html = (
        '<div class="OutlineElement"><p role="heading" aria-level="2" class="Paragraph">'
        '<span class="TextRun" style="font-weight:bold">Data</span></p></div>'
        + one("a", 1)
        + one("b", 2)
        + one("c", 1)
        + '<p class="Paragraph"><span style="font-weight:bold">bold</span></p>'
        + one("x", 1, "ol", 'start="2"')
        + one("y", 1, "ol", 'start="3"')
    )
    assert to_markdown(html) == "### Data\n\n- a\n    - b\n- c\n\n**bold**\n\n2. x\n3. y"


def test_what_google_docs_writes_is_bold_only_where_it_is_bold():
    html = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
        '<h2 dir="ltr"><span style="font-size:16pt;font-weight:700;">Data</span></h2>'
        '<p dir="ltr" style="line-height:1.38"><span style="font-weight:400;">plain </span>'
        '<span style="font-weight:700;">bold</span><span style="font-style:italic"> italic</span>'
        "</p><ul style='margin-top:0'><li dir=ltr aria-level=1><p role=presentation>"
        '<span style="font-weight:400">one</span></p></li><ul><li aria-level=2><p>deeper</p></li>'
        "</ul><li><p>two</p></li></ul></b><br class='Apple-interchange-newline'>"
    )
    assert to_markdown(html) == (
        "### Data\n\nplain **bold** _italic_\n\n- one\n    - deeper\n- two"
    )


def test_what_libreoffice_writes_becomes_clean_markdown():
    html = (
        '<p style="line-height: 115%; margin-bottom: 0.1in" align="left">'
        '<font face="Liberation Serif, serif"><b>bold</b> and <font color="#ff0000">red</font></p>'
        "<ol><li><p>one</p><li><p>two</p></ol>"
    )
    assert to_markdown(html) == "**bold** and red\n\n1. one\n2. two"


def test_what_a_web_page_holds_becomes_clean_markdown():
    html = (
        "<article id=a><h3 id=x>Part</h3><p style='font-weight:bold'>Loud</p><script>alert(1)"
        "</script><img src=x alt=logo><blockquote><p>quoted</p></blockquote><hr>"
        "<dl><dt>Term</dt><dd>Meaning</dd></dl><pre>a\nb</pre><code>c</code> <u>u</u> <s>s</s>"
        "<nav><a href='https://a.example/'>Home</a></nav><h5>Sub</h5></article>"
    )
    assert to_markdown(html) == (
        "### Part\n\n**Loud**\n\nquoted\n\n**Term**\n\nMeaning\n\na<br>\nb\n\nc u ~~s~~\n\n"
        "[Home](https://a.example/)\n\n##### Sub"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("You <s>may not</s> may sue.", "You ~~may not~~ may sue."),
        ("<del>a</del> <strike>b</strike>", "~~a b~~"),
        ("<u><s>a</s></u> b", "~~a~~ b"),
        # Rather a space too many than words in force that were struck out.
        ("user<s>(s)</s>", "user ~~(s)~~"),
        ("x<s>-y</s>", "x ~~-y~~"),
        ("See https://a.example<s>old</s>.", "See https://a.example ~~old~~."),
        ("<p>a <span style='text-decoration:underline line-through red'>b</span></p>", "a ~~b~~"),
        ("<p style='text-decoration-line: line-through'>a <b>b</b></p>", "~~a~~ **~~b~~**"),
        ("<ul style='text-decoration:line-through'><li>a</ul>", "- ~~a~~"),
        ("<h2 style='text-decoration:line-through'>a</h2>", "### ~~a~~"),
        ("<pre>You <s>may not</s> may</pre>", "You ~~may not~~ may"),
        ("<s>a <span style='text-decoration:none'>b</span></s>", "~~a b~~"),
        ("<s style='text-decoration:none'>a</s>", "a"),
        (
            word_item("a", "1.").replace("mso-list:l", "text-decoration:line-through;mso-list:l"),
            "1. ~~a~~",
        ),
    ],
)
def test_words_that_are_struck_out_stay_struck_out(html, expected):
    assert to_markdown(html) == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("font-weight: 600", "**a**"),
        ("font-weight:bolder", "**a**"),
        ("font-weight:300", "a"),
        ("font-style:oblique", "_a_"),
        ("font-weight:bold; font-weight:normal", "a"),
        ("mso-bidi-font-weight:bold", "a"),
    ],
)
@pytest.mark.parametrize("tag", ["p", "span", "div", "li"])
def test_a_paste_and_a_file_read_looks_alike(tag, style, expected):
    html = f"<{tag} style='{style}'>a</{tag}>"

    assert to_markdown(html) == conversion.from_html(html).markdown.strip() == expected


def test_comments_of_word_go_and_marks_of_footnotes_are_words():
    html = (
        "<p>x<a style='mso-comment-reference:A_1'>y</a><span class=MsoCommentReference><a "
        "class=msocomanchor href='#_msocom_1'>[A1]</a></span><a href='#_ftn1' name='_ftnref1'>"
        "<span class=MsoFootnoteReference>[1]</span></a></p>"
        "<div style='mso-element:footnote-list'><hr><p><a href='#_ftnref1'>[1]</a> Foot.</p></div>"
        "<div style='mso-element:comment-list'><p>Really?</p></div>"
    )
    assert to_markdown(html) == "xy[1]\n\n[1] Foot."


def word_link(name, to, number):
    """Return a link between a footnote's mark and its note, as Word writes both."""
    return (
        f"<a style='mso-footnote-id:ftn{number}' href='#{to}' name='{name}' title=''><span "
        "class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if "
        f"!supportFootnotes]><span class=MsoFootnoteReference>[{number}]</span><![endif]></span>"
        "</span></a>"
    )


def word_mark(number, kind="ftn"):
    """Return the mark of a footnote. kind: "edn" for an endnote."""
    return word_link(f"_{kind}ref{number}", f"_{kind}{number}", number)


def word_note(number, *paragraphs, kind="ftn"):
    back = word_link(f"_{kind}{number}", f"_{kind}ref{number}", number)
    inner = "<o:p></o:p></p><p class=MsoFootnoteText>".join(paragraphs)
    element = {"ftn": "footnote", "edn": "endnote"}[kind]
    return (
        f"<div style='mso-element:{element}' id={kind}{number}><p class=MsoFootnoteText>{back} "
        f"{inner}</p></div>"
    )


WORDS_FOOTNOTES = word_page(
    f"<p class=MsoNormal>We keep names{word_mark(1)} and dates{word_mark(2)}.</p>"
    f"<table><tr><th>Why</th></tr><tr><td>Law{word_mark(1, 'edn')}</td></tr></table>"
).replace(
    "</body>",
    "<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr width='33%'>"
    f"<![endif]>{word_note(1, 'Article 6 <b>GDPR</b>.', 'And more.')}{word_note(2, 'Years.')}</div>"
    f"<div style='mso-element:endnote-list'><hr>{word_note(1, 'End.', kind='edn')}</div></body>",
)


def test_footnotes_of_word_are_the_same_in_a_paste_and_in_a_file():
    found = pasting.read(WORDS_FOOTNOTES)

    assert found.markdown == (
        "We keep names[^1] and dates[^2].\n\n| Why |\n| --- |\n| Law[^note-3] |\n\n"
        "[^1]: Article 6 **GDPR**.\n\n    And more.\n\n[^2]: Years.\n\n[^note-3]: End."
    )
    assert found.left_out == ()
    imported = conversion.from_html(WORDS_FOOTNOTES).markdown
    assert re.sub(r"\[\]\{#\w+\}", "", imported).strip() == found.markdown


def test_footnotes_of_a_paste_get_other_labels_than_those_of_the_text_around_it():
    markdown = pasting.read(WORDS_FOOTNOTES, labels=["1", "note-1", "iv"]).markdown

    assert re.findall(r"^\[\^([\w-]+)\]: (\w+)", markdown, re.MULTILINE) == [
        ("note-2", "Article"),
        ("2", "Years"),
        ("note-3", "End"),
    ]
    assert markdown.startswith("We keep names[^note-2] and dates[^2].")


def test_a_note_of_libreoffice_keeps_all_its_paragraphs():
    html = (
        '<p>a<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>'
        '</p><div id="sdfootnote1"><p><a class="sdfootnotesym" name="sdfootnote1sym" '
        'href="#sdfootnote1anc">1</a>One.</p><p>Two.</p></div>'
    )
    assert to_markdown(html) == "a[^1]\n\n[^1]: One.\n\n    Two."


def test_a_mark_whose_note_was_not_copied_is_words():
    found = pasting.read(word_page(f"<p>Names{word_mark(1)}.</p>"))

    assert (found.markdown, found.left_out) == ("Names[1].", ("links within the text",))


def test_a_first_row_that_is_bold_is_the_header():
    html = (
        '<div dir="ltr"><table style="border:none"><colgroup><col></colgroup><tbody><tr><td><p>'
        '<span style="font-weight:700">A</span></p></td><td><p><b>B</b></p></td></tr>'
        "<tr><td style='text-align:right'>1</td><td><b>2</b></td></tr></tbody></table></div>"
    )
    assert to_markdown(html) == "| A | B |\n| --- | --- |\n| 1 | **2** |"


# --- Rules ---


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVa\nscript:x",
        "data:text/html,x",
        "file:///c:/x",
        "#_ftn1",
        "",
        "//x",
    ],
)
def test_a_link_that_leads_nowhere_safe_becomes_its_words(address):
    assert to_markdown(f'<p>a <a href="{address}">link</a></p>') == "a link"


@pytest.mark.parametrize(
    "html",
    ["", " ", "<p></p>", "<!-- x -->", "<p><o:p>&nbsp;</o:p></p>", "<style>p {}</style>", "<hr>"],
)
def test_a_paste_without_words_is_empty(html):
    assert to_markdown(html) == ""


def test_headings_begin_at_the_third_level_and_keep_their_distances():
    html = "<h2>a</h2><p>x<h4>b</h4><p>x<h6>c</h6><h2>d</h2>"
    assert re.findall(r"^#+", to_markdown(html), re.MULTILINE) == ["###", "#####", "######", "###"]


def test_fields_of_forms_become_what_a_reader_sees():
    html = "<p><input type=checkbox checked> a <input placeholder='your name'></p>"
    assert to_markdown(html) == "☑ a your name"


def test_ids_hidden_text_and_the_header_of_windows_go():
    html = (
        "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000200\r\n<html><body>"
        "<p id=a>x<a name=b></a> <span style='display:none'>gone</span><span id=c>y</span></p>"
    )
    assert to_markdown(html) == "x y"


def test_a_paste_that_is_too_large_or_too_deep_is_refused():
    with pytest.raises(pasting.TooComplex, match="more than 5,000,000 bytes"):
        to_markdown("x" * 5_000_001)
    with pytest.raises(pasting.TooComplex):
        to_markdown("<div>" * 1000)


# --- What is left out ---


@pytest.mark.parametrize(
    ("html", "left_out"),
    [
        ("<p>Words <b>alone</b> and a <a href='https://a.example/'>link</a>.</p><hr>", []),
        ("<p>a<img src=x><video></video></p>", ["pictures"]),
        ("<p>a<span style='display:none'><img src=x></span></p>", []),
        (
            "<p>a<span class=MsoCommentReference><a class=msocomanchor>[A1]</a></span></p>",
            ["comments"],
        ),
        ("<ol type=a start=3><li>gamma</li></ol>", []),
        ("<ol><li style='list-style-type: lower-alpha'>a<li>b</ol>", []),
        ("<ol style='list-style:inside upper-roman'><li>a</ol>", []),
        ("<ol type=α><li>a</ol>", ["list labels without a notation, which became text"]),
        ("<ol style='list-style-type:decimal' type=a><li>a</ol>", []),
        ("<ol start=3><li>a<li value=4>b</ol><ul type=disc><li>c</ul>", []),
        ("<ol><li>a<li value=4>b</ol>", ["list numbers other than 1., 2., 3."]),
        ("<ol><li>a<li value=4>b</ol><ol type=a><li>c</ol>", []),
        (word_item("a", "(a)") + word_item("b", "(b)"), []),
        (word_item("a", "1.") + word_item("b", "2."), []),
        (
            "<p>a <del cite='x' datetime='2026'>old</del> <a href='#_Toc1'>there</a></p>",
            ["deletions, which count as accepted", "links within the text"],
        ),
        ("<p>10 m<sup>2</sup>", ["raised text"]),
        ("<p>10 m<span style='vertical-align: super'>2</span>", ["raised text"]),
        ("<p>H<sub>2</sub>O and <mark>more</mark>", ["highlighting", "lowered text"]),
        (
            "<table><tr><th>a<th>b<tr><td>c<td><ul><li>d<li>e</ul></table>",
            ["lists within cells of tables"],
        ),
        (
            "<table><tr><th>a<th>b<tr><td>c<td><table><tr><td>d<td>e</table></table>",
            ["tables within cells of tables"],
        ),
        ("<p>a <span style='background: #eee; vertical-align: baseline'>b</span><sup> </sup>", []),
    ],
)
def test_what_somebody_might_miss_is_named(html, left_out):
    assert list(pasting.read(html).left_out) == left_out


def test_headings_of_the_highest_level_are_counted():
    assert pasting.read("<h2>A</h2><h3>a</h3><h3>b</h3><h2>B</h2><h2> </h2>").headings == 2


def test_headings_in_a_list_are_no_headings_that_sections_can_be_made_of():
    """As LibreOffice copies numbered headings."""
    found = pasting.read("<h1>A</h1><ol><li><h1>B</h1></li><li>c<h1>D</h1></li></ol>")

    assert found.markdown.startswith("### A\n\n1. **B**")
    assert found.headings == 1


# --- Any HTML at all ---

TAGS = st.sampled_from(
    [
        *("p", "div", "span", "b", "strong", "i", "em", "a", "h1", "h2", "h3", "h6", "ul", "ol"),
        *("li", "table", "tr", "td", "th", "blockquote", "pre", "code", "br", "u", "font", "dl"),
        *("dt", "dd", "o:p", "center", "button", "details", "summary", "article", "sup", "s"),
        *("section",),
    ]
)
STYLES = st.sampled_from(
    [
        "",
        "font-weight:700",
        "font-weight:normal",
        "font-style:italic",
        "text-decoration:line-through",
        "mso-list:l0 level1 lfo1",
        "mso-list:l0 level3 lfo1",
        "mso-list:Ignore",
        "mso-spacerun:yes",
    ]
)
HREFS = st.sampled_from(["", "https://a.example/", "javascript:alert(1)", "#x", "/a b", "x(y"])
WORDS = st.sampled_from(
    [*"abcdef", "one", "two", "·", "1.", "# x", "<", "&", "*", "_", "[x]", "`", "|", "- y", "&#0;"]
)


def element(tag, style, href, inner):
    return f'<{tag} style="{style}" href="{href}">{" ".join(inner)}</{tag}>'


TREES = st.recursive(
    st.one_of(WORDS, st.sampled_from(["<br>", "<!-- x -->", "<script>1</script>", "<img alt=z>"])),
    lambda inner: st.builds(element, TAGS, STYLES, HREFS, st.lists(inner, max_size=4)),
    max_leaves=25,
)


def letters(html):
    """Return how often each letter is seen in a page; numbers of lists are no text."""
    tree = html_tree.soup(html)
    for tag in tree.select("script, .number, .footnote-back"):
        tag.decompose()
    return Counter(char for char in tree.get_text() if char.isalpha())


def check(html):
    markdown = to_markdown(html)
    Section("Heading", "heading", markdown)
    page = rendering.render(f"## Heading {{#heading}}\n\n{markdown}").html
    assert not re.search(r"<script|javascript:|\son\w+=|<img", page, re.IGNORECASE)
    assert "[]{#" not in markdown


@given(st.text(max_size=300))
def test_any_text_becomes_markdown_that_renders(text):
    check(text)


@given(st.lists(TREES, max_size=5))
def test_any_html_becomes_markdown_that_renders_without_loss_of_words(trees):
    html = "".join(trees)
    check(html)
    page = rendering.render(to_markdown(html)).html
    assert not letters(html) - letters(page)
