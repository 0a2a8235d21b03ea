"""However often something is repeated, a text of twice the length takes twice the time.

Processor time is counted, so that other work on the machine makes no difference; what seems to take
too long is measured again. A text may be refused instead.
"""

import gc
import time
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from policies.text import document, findings, importing, redline, rendering
from policies.text.document import Document, DocumentError
from policies.text.importing import ImportRefused, pasting
from policies.text.quotations import replaced
from tests.conftest import PROFILE
from tests.policies.text.word_files import p, part, r, row, table, unzipped, word, zipped

pytestmark = pytest.mark.no_cover

# What each doubling may take, and the seconds below which nothing is measured: on a machine that
# counts at a usual speed.
MOST_GROWTH = 2.5
FLOOR = 0.01
SIZE = 40_000 if PROFILE == "deep" else 8_000

# Every marker, alone and with what belongs to it, divided by ¦.
UNITS = (  # noqa: SIM905  shorter than a list
    "- ¦* ¦+ ¦-\t¦* * ¦1. ¦12) ¦> ¦>¦> - ¦- a\n¦1. a\n\n¦\n- ¦| ¦|¦|-¦a|b\n-|-\n¦|a|b|\n¦[¦]¦"
    '(¦[]¦[a](¦[a](b)¦[a][¦![¦[a]: b\n¦[^1]¦[^1]: a\n\n¦[^a](b "¦*¦**¦_¦*a¦a**b ¦*a_¦~~¦'
    "~~a ¦`¦`a`¦```\n¦~~~\n¦<¦<a ¦<a@¦<!--¦<!-- a -->¦-->¦<br>¦</a>¦a</a>¦<b>¦<b>a</b> ¦"
    "<u>a</u> ¦<i><b>¦<div>\n\n¦<p>¦<h2>¦<h2>a</h2>¦<table><td>a¦<td>¦<li>¦<sup>1</sup>¦"
    "<rt>a¦<a href=#a id=a>1</a>¦<span>¦&¦&amp;¦&nbsp;¦&amp; ¦&notit;¦\\¦\\\n¦{¦{{¦{{ ¦{%¦"
    "{#x}¦}}¦[]{#x}¦{: .a ¦a {#x}\n\n¦#¦# a\n¦## a\n¦### a\n\nb\n\n¦a\n===\n¦---\n¦=\n¦: ¦"
    'a\n: ¦\n: a¦\t¦\n¦  \n¦\ta\n¦a\n¦a\n\n¦ ¦a ¦1¦1.2 ¦(a) ¦"¦“¦a@b.¦a@b.co ¦http://a.¦'
    "https://a.b/c ¦www.¦://¦a. ¦a? ¦TBD ¦[insert name] ¦____ ¦Note to draft: ¦"
    "if you use cookies, list ¦Acme Inc. ¦section 1, ¦Section 1.2 and ¦1 January 2024, ¦"
    "yourcompany.com ¦e.g. ¦such as ¦é¦日¦第一条¦\u200d¦\xa0¦\u2028¦\x00"
).split("¦")


def documented(text):
    return document.parse("# T\n\nx\n\n" + text)


def compared(text):
    redline.compare(documented(text + "x"), documented("y" + text[len(text) // 3 :] + "z"))


READERS = {
    "parse": documented,
    "a heading": lambda text: documented("## " + text.replace("\n", " ")),
    "render": rendering.render,
    "compare": compared,
    "examine": lambda text: findings.examine(documented(text)),
    "Markdown": lambda text: importing.read("a.md", encoded("# T\n\n" + text)),
    "HTML": lambda text: importing.read("a.html", encoded(text)),
    "paste": pasting.read,
}
REFUSALS = (DocumentError, ImportRefused, rendering.RenderingRefused, pasting.TooComplex)


def encoded(text):
    return text.encode("utf-8", "replace")


def seconds(read, text):
    """Return the processor time that reading a text takes, and whether it was refused.

    Without that of the garbage collector, which looks through all that a process holds: a third of
    the time of a long text, and more after other tests.
    """
    refused = False
    gc.disable()
    start = time.process_time()
    try:
        read(text)
    except REFUSALS as refusal:
        refused = bool(str(refusal))
    finally:
        gc.enable()
    return time.process_time() - start, refused


def grows_with_its_length(read, make, size):
    """Return whether the time grows with the length, from a quarter of the size to twice the size.

    Over three doublings, because time goes up by a step where a text begins to be compared or
    refused in another way. What grows with the square would take 64 times as long. If the longer
    text takes no more than it may whatever the shorter takes, the shorter is not measured.

    A higher step is taken where the markup of the longer text is too much to be read as markup. It
    is taken once: three doublings further, the time grows as it should.
    """
    shorter, longer = make(size // 4), make(2 * size)
    before, after, floor = 1_000.0, 1_000.0, FLOOR
    for turn in range(5):
        # Never the same text: of a shorter one, what was made of it would be kept.
        two, refused_too = seconds(read, f"{longer}{turn}")
        after = min(after, two)
        if after <= MOST_GROWTH**3 * floor:
            return True
        one, refused = seconds(read, f"{shorter}{turn}")
        before = min(before, one)
        if after <= MOST_GROWTH**3 * before or (refused and not refused_too):
            return True
        floor = max(floor, seconds(count, "")[0])
    further, refused = seconds(read, make(16 * size))
    return further <= MOST_GROWTH**3 * after and not refused


def count(_):
    """Take as long as FLOOR, or longer on a machine that is slow or shared just now."""
    sum(len(str(number)) for number in range(125_000))


def together(units, size):
    """Return the units in turn, again and again."""
    row = "".join(units)
    return row * (size // len(row)) + "x"


def one_after_another(units, size):
    """Return each unit again and again, then the next."""
    share = size // len(units)
    return "".join(unit * (share // len(unit)) for unit in units) + "x"


# Nothing is shrunk: that would read hundreds of slow texts.
@settings(derandomize=PROFILE != "deep", phases=[Phase.generate])
@given(
    st.sampled_from(sorted(READERS)),
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=3),
    st.sampled_from([together, one_after_another]),
)
def test_twice_as_much_of_anything_takes_twice_the_time(name, units, made):
    assert grows_with_its_length(READERS[name], lambda size: made(units, size), SIZE)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_all_that_is_repeated_alone_takes_time_in_proportion(name):
    slow = [
        unit
        for unit in UNITS
        if not grows_with_its_length(READERS[name], lambda size, u=unit: together([u], size), SIZE)
    ]
    assert slow == []


@pytest.mark.slow
def test_all_pairs_of_list_markers_take_time_in_proportion():
    markers = UNITS[:10]
    slow = [
        pair
        for pair in product(markers, repeat=2)
        if not grows_with_its_length(documented, lambda size, p=pair: together(list(p), size), SIZE)
    ]
    assert slow == []


# Each was quadratic, or worse.
@pytest.mark.parametrize(
    ("name", "units", "size"),
    [
        ("parse", ["- "], 4_000),
        ("parse", ["* * "], 4_000),
        ("parse", ["-\t"], 4_000),
        ("examine", ["Acme Inc. "], 5_000),
        ("Markdown", ["<!-- a -->"], 5_000),
        ("HTML", ["{{ "], 20_000),
        ("HTML", ["{%"], 20_000),
        ("HTML", ["a<rt>b</rt>"], 10_000),
        ("HTML", ["____ ", "<h2>"], 20_000),
        ("paste", ["<u>a</u> "], 12_500),
    ],
)
def test_what_was_slow_takes_time_in_proportion(name, units, size):
    assert grows_with_its_length(READERS[name], lambda size: one_after_another(units, size), size)


@pytest.mark.parametrize(
    "text",
    [
        "a|b\n|-" + " " * 200_000 + "x",
        "- " * 200_000 + "x\n" + "a\n" * 20_000,
        "- " * 200_000 + "-\n" + " " * 200_000 + "-",
    ],
    ids=["cells", "continued items", "rules"],
)
def test_long_lines_of_markers_are_read_in_less_than_three_seconds(text):
    assert seconds(documented, text)[0] < 3


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["&amp;", "&nbsp;", "&amp; ", "a</a>", "&notit;", "<"])
@pytest.mark.parametrize("name", ["HTML", "paste"])
def test_text_in_many_pieces_takes_time_in_proportion(name, unit):
    assert grows_with_its_length(READERS[name], lambda size: together([unit], size), 100_000)


MARK = '<p>a<sup><a href="#n" id="m">1</a></sup></p>'
BACK = '<p><a href="#m">b</a></p>'


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda size: "<p id=n>x</p>" + MARK * size + BACK * size,
        lambda size: f"<ul><li id=n>x{BACK}</ul><p>" + '<a href="#n" id="m">1</a>' * size,
    ],
    ids=["links to one mark", "marks without words"],
)
def test_footnotes_of_a_hostile_page_take_time_in_proportion(make):
    assert grows_with_its_length(READERS["HTML"], make, 1_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    "read", [findings.examine, rendering.render_document], ids=["examine", "render"]
)
def test_links_that_each_section_defines_take_time_in_proportion(read):
    def made(sections):
        return "".join(
            f"## a{at}\n\n{'Some words. ' * 8}\n\n"
            + "".join(f"[{at}.{number}]: /b\n" for number in range(5))
            for at in range(sections)
        )

    def with_links_of_its_own(text):
        read(documented(text.replace("/b", f"/{text[-1]}")))

    assert grows_with_its_length(with_links_of_its_own, made, 1_000)


@pytest.mark.parametrize("unit", ["a|b\n-|-\n", "a\n: ", "- a\n", "1. a\n", "a\n", "=\n"])
@pytest.mark.parametrize("name", ["parse", "Markdown"])
def test_a_megabyte_of_short_lines_is_refused_at_once(name, unit):
    start = time.process_time()
    with pytest.raises(REFUSALS, match="lines; the most for its length is 72,5"):
        READERS[name](unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 1


def test_a_text_of_too_many_lines_or_pipe_characters_is_refused_with_its_reason():
    with pytest.raises(DocumentError, match=r"20,00\d lines; the most .* Remove empty lines"):
        documented("a\n" * 20_000)
    with pytest.raises(DocumentError, match=r"200,000 pipe characters .* the most .* Divide"):
        documented("|" * 200_000)


def test_what_is_kept_already_is_read_and_rendered_however_many_lines_it_has():
    kept = Document("Terms", "a\n" * 20_000)

    assert document.parse(document.serialize(kept)) == kept
    assert rendering.render(document.body(kept)).html.count("\n") == 20_000 - 1


def test_a_list_beyond_the_limit_is_refused_before_all_of_it_is_read():
    start = time.process_time()
    with pytest.raises(rendering.RenderingRefused, match=r"Line \d+: up to here the text has more"):
        rendering.render("x\n\n" + "a|b\n-|-\n" * 60_000)
    assert time.process_time() - start < 5


BOLD = r("a", "<w:b/>") + r("a")
BOOKMARK = '<w:bookmarkStart w:id="1" w:name="a"/>' + r("a")
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{it}"/></w:r>' for it in ("begin", "separate", "end")
)
INSTRUCTION = "<w:instrText>aaaaaaaaaaaaaaaaaaaa</w:instrText>"
NEW = f'<w:ins w:id="1" w:author="A">{r("b")}</w:ins>'


@pytest.mark.parametrize(
    "make",
    [
        lambda size: p(r("a") * size),
        lambda size: p(BOLD * (size // 2)),
        lambda size: p(BOOKMARK * size),
        lambda size: p("a") * (size // 4),
        lambda size: table(row("a", "b") * (size // 16)),
        lambda size: p((BEGIN + SEPARATE) * size + r("a") + END * size),
        lambda size: p(BEGIN + f"<w:r>{INSTRUCTION * size * 20}</w:r>" + SEPARATE + r("a") + END),
        lambda size: p(r("a" * size * 10 + " ") + NEW),
    ],
    ids=[
        *("runs", "bold and not", "bookmarks", "paragraphs", "rows", "fields", "one field"),
        "a word",
    ],
)
def test_a_word_file_takes_time_in_proportion(make):
    def read(inner):
        importing.read("a.docx", word(inner))

    assert grows_with_its_length(read, make, 1_500)


NAMED = (
    '<w:p><w:pPr><w:pStyle w:val="S{0}"/><w:numPr><w:numId w:val="{0}"/></w:numPr></w:pPr></w:p>'
)
STYLE = '<w:style w:type="paragraph" w:styleId="S{0}"><w:basedOn w:val="S0"/></w:style>'
LINK = (
    '<w:abstractNum w:abstractNumId="{0}"><w:numStyleLink w:val="N{0}"/></w:abstractNum>'
    '<w:num w:numId="{0}"><w:abstractNumId w:val="{0}"/></w:num>'
)
LINKED = (
    '<w:style w:type="numbering" w:styleId="N{0}"><w:pPr><w:numPr><w:numId w:val="{1}"/></w:numPr>'
    "</w:pPr></w:style>"
)


def _base(size):
    """Return styles that are all based on one that says much."""
    base = f'<w:style w:type="paragraph" w:styleId="S0">{"<w:x/>" * size}</w:style>'
    return {"styles": base + "".join(STYLE.format(n) for n in range(1, size))}


def _level(size):
    """Return numberings of one level that says much."""
    level = f'<w:lvl w:ilvl="0">{"<w:x/>" * size}</w:lvl>'
    num = '<w:num w:numId="{0}"><w:abstractNumId w:val="1"/></w:num>'
    abstract = f'<w:abstractNum w:abstractNumId="1">{level * 2}</w:abstractNum>'
    return {"numbering": abstract + "".join(num.format(n) for n in range(size))}


def _links(size):
    """Return numberings of which each leads to the next."""
    return {
        "numbering": "".join(LINK.format(n) for n in range(1, size)),
        "styles": "".join(LINKED.format(n, n + 1) for n in range(1, size)),
    }


@pytest.mark.parametrize("make", [_base, _level, _links])
def test_what_paragraphs_of_a_word_file_share_takes_time_in_proportion(make):
    def read(size):
        named = "".join(NAMED.format(n) for n in range(len(size)))
        files = unzipped(word(p("a"), named))
        for name, inner in make(len(size)).items():
            files[f"word/{name}.xml"] = part(name, inner).encode()
        importing.read("a.docx", zipped(files))

    assert grows_with_its_length(read, lambda size: "x" * size, 750)


def test_words_that_repeat_themselves_are_replaced_in_proportion_to_the_text():
    def replace_last(text):
        words = "a " * (len(text) // 32) + "b"
        source = f"{text} {words}"
        assert replaced((source,), source, (len(text) + 1, len(source)), "c") == (f"{text} c",)

    def almost(size):
        return ("a " * (size // 32 - 1) + "c ") * 16

    assert grows_with_its_length(replace_last, almost, 50_000)
