"""On which line of its file a finding is."""

import time
from dataclasses import replace

import pytest

from policies.operations.source_lines import SourceLines
from policies.text import importing
from policies.text.document import Document, Section
from policies.text.findings import examine

(SOME, *_) = examine(importing.read("t.md", b"# T\n\nText [x of] it.\n").document)


def about(excerpt, *, of="", anchor=""):
    """Return a finding. of: the words that its reason quotes."""
    return replace(SOME, anchor=anchor, excerpt=excerpt, reason=f"“{of}” is wrong.")


def line_of(source, *findings, name="terms.md"):
    lines = SourceLines(source, importing.read(name, source.encode()).document)
    return [lines.line_of(it) for it in findings]


@pytest.mark.parametrize(
    ("source", "excerpt", "of", "line"),
    [
        ("Ask **[insert name]** of\n*us*.", "Ask [insert name] of us.", "", 1),
        ("We keep it for\na time of\n[number] days.", "We keep it for a time of [number]…", "", 1),
        ("We keep it for\na time of\n[number] days.", "…keep it for a time of…", "a time of", 2),
        ("We keep it for\na time of\n[●] days.", "We keep it for a time of [●] days.", "[●]", 3),
        ("X\n\nAsk [our `t`](https://x.test/a 'T') or [it].", "Ask our t or [it].", "", 3),
        ("X\n\nAsk [our t](/a_(b)) or [it][1].\n\n[1]: /x", "Ask our t or it.", "", 3),
        ("X\n\nAsk [our `t`](https://x.test/a).", "our t (https://x.test/a)", "", 3),
        ("X\n\nAsk AT&amp;T,[^1] a\\_b and _me_.\n\n[^1]: N.", "Ask AT&T, a_b and me.", "", 3),
        ("One.\r\n\r\nAsk [it].\r\n", "Ask [it].", "", 3),
        ("- One.\n- Ask [it].", "Ask [it].", "", 2),
        ("X\n\n| a | b |\n|---|---|\n| x | Ask [it]. |", "Ask [it].", "", 5),
        ("Ask\n\n[●]", "[●]", "", 3),
        ("Ask\n\nthe \\<Company Name\\>.", "the <Company Name>.", "", 3),
        ("---\ntitle: 'Our [it]'\n---\n\nX\n", "Our [it]", "", 2),
        ("X\n\n![a](https://x.test/m.png)", "Image is a link: https://x.test/m.png", "", 3),
        ("X\n\nGo <br>\nto <b class='it'>us</b>.", "Go to us.", "", 3),
    ],
)
def test_words_are_found_through_the_characters_of_markdown(source, excerpt, of, line):
    assert line_of(source, about(excerpt, of=of)) == [line]


def test_words_are_looked_for_in_their_own_section_each_time_after_the_last():
    source = "# T\n\nAsk us.\n\n## Ask us\n\nTODO: it.\n\nTODO: it.\n\n## Other\n\nTODO: it.\n"
    first, other = about("TODO: it.", anchor="ask-us"), about("TODO: it.", anchor="other")

    assert line_of(source, first, first, other) == [7, 9, 13]


def test_words_that_are_not_in_a_file_are_looked_for_in_time_in_proportion():
    """Entities stand for letters, so that neither headings nor words are found in the file."""

    def seconds(number):
        text = "W&#111;rds. " * 20
        source = "".join(f"<h2>A{it}&#98;c</h2>\n<p>{text}</p>\n" for it in range(number))
        sections = [Section(f"A{it}bc", f"a{it}", "Words.") for it in range(number)]
        lost = [about(f"Words {it}.", anchor=f"a{it}") for it in range(number)]
        begin = time.process_time()
        lines = SourceLines(source, Document("T", "", tuple(sections)))
        assert {lines.line_of(it) for it in lost} == {1}
        return time.process_time() - begin

    assert seconds(800) < 8 * max(seconds(200) for _ in range(2))
