"""The labels of imported lists: the page shows those that the file's own readers see.

Those of Word files are compared with what LibreOffice prints.
"""

import random
import re
import subprocess

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

from policies.text import document as documents
from policies.text import importing
from policies.text.importing import conversion, pasting
from policies.text.rendering import render
from tests.policies.text.word_files import item, p, word

_FILES = 60
_FORMS = (
    *("decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman") * 3,
    *("decimalZero", "ordinal", "cardinalText", "ordinalText", "chicago", "decimalEnclosedCircle"),
    *("hebrew1", "hebrew2", "russianLower", "arabicAlpha", "thaiLetters"),
)
_OWN = ("%{}.", "({})", "{})", "{}", "Section {}:", "{}.", "({})", "Article {}", "§ {}")


def shown(data, name="terms.docx"):
    """Return the label that the page shows before each word."""
    document = importing.read(name, data).document
    assert documents.parse(documents.serialize(document)) == document
    html = render(documents.body(document), clauses=document.clauses).html
    tree = BeautifulSoup(html, "html.parser")
    for entry in tree.select("ol > li"):
        assert isinstance(entry.parent, Tag)
        before = len(entry.find_previous_siblings("li"))
        entry.insert(0, NavigableString(f"{int(str(entry.parent.get('start') or 1)) + before}. "))
    for block in tree.find_all(["p", "li", "h2", "h3", "h4", "h5", "h6", "div"]):
        block.insert(0, NavigableString("\n"))
    return labels(tree.get_text())


def labels(text):
    """Return what is before each word of a text in its line or right before it."""
    found = re.findall(r"((?:(?!\bw\d).)*?)\s*\b(w\d+)\b", text, re.DOTALL)
    return {word: " ".join(before.strip("◦▪•\n ").split()) for before, word in found}


def printed(files, folder):
    """Return the labels that LibreOffice prints before each word, by the name of the file."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder)]
    subprocess.run([*command, *(str(folder / name) for name in files)], check=True, timeout=300)
    texts = {name: (folder / name).with_suffix(".txt") for name in files}
    return {
        name: labels(text.read_text(encoding="utf-8-sig").partition("\n")[2])  # without the title
        for name, text in texts.items()
    }


def numbering(choose):
    """Return some numberings of several levels, with restarts and levels of their own."""
    out = ""
    for abstract in (1, 2, 3):
        rules = "".join(_rule(choose, at) for at in range(9))
        out += f'<w:abstractNum w:abstractNumId="{abstract}"><w:multiLevelType w:val="multilevel"/>'
        out += f"{rules}</w:abstractNum>"
    for num in range(1, 7):
        out += f'<w:num w:numId="{num}"><w:abstractNumId w:val="{choose.choice((1, 1, 2, 3))}"/>'
        for at in sorted(choose.sample(range(4), choose.choice((0, 0, 1, 2)))):
            start = f'<w:startOverride w:val="{choose.randint(1, 9)}"/>'
            own = choose.choice(("", "", _rule(choose, at)))
            out += f'<w:lvlOverride w:ilvl="{at}">{start}{own}</w:lvlOverride>'
        out += "</w:num>"
    return out


def _rule(choose, at):
    legal = at > 0 and choose.random() < 0.4
    text = choose.choice(_OWN).format(f"%{at + 1}").replace("%%", "%")
    if legal:
        text = ".".join(f"%{one + 1}" for one in range(at + 1)) + choose.choice((".", ""))
    if at and choose.random() < 0.1:
        text = f"%{at}(%{at + 1})"
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{choose.choice((1, 1, 1, 1, 3, 26))}"/>'
        f'<w:numFmt w:val="{choose.choice((*_FORMS, "bullet") if at else _FORMS)}"/>'
        f"{'<w:isLgl/>' if at in (1, 4) else ''}"
        f'<w:lvlText w:val="{text}"/>'
        f'<w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
    )


def a_file(seed):
    choose = random.Random(seed)  # noqa: S311
    blocks = [p("T", "Title")]
    at = 0
    for number in range(choose.randint(5, 40)):
        at = choose.choice((at, at, max(at - 1, 0), min(at + 1, 5), 0))
        kind = choose.random()
        if kind < 0.1:
            indent = f'<w:ind w:left="{choose.randint(0, 4) * 720}"/>'
            blocks.append(p(f"w{number}", "", choose.choice(("", indent))))
        else:
            blocks.append(item(f"w{number}", choose.choice((1, 1, 1, 2, 3, 4, 5, 6)), at))
    return word(*blocks, numbering=numbering(choose))


@pytest.mark.libreoffice
def test_labels_are_those_that_libreoffice_prints(tmp_path):
    files = {f"{seed}.docx": a_file(seed) for seed in range(_FILES)}

    expected = printed(files, tmp_path)

    assert {name: shown(data) for name, data in files.items()} == expected


# --- HTML --------------------------------------------------------------------------------------

_STYLES = {
    "": "1",
    "type=a": "a",
    "type=A": "A",
    "type=i": "i",
    "type=I": "I",
    "style='list-style-type: lower-roman' type=A": "i",
    "style='list-style: upper-latin inside'": "A",
    "style='list-style-type:lower-greek'": "α",
    "style='list-style-type:decimal-leading-zero'": "01",
}


def an_html_list(choose, expected, depth=0):
    """Return a list; adds the label of each of its words to `expected`, as browsers show it."""
    if choose.random() < 0.2:
        return f"<ul>{''.join(_entry(choose, expected, '', depth) for _ in range(2))}</ul>"
    attributes, form = choose.choice(list(_STYLES.items()))
    down = choose.random() < 0.1
    count = choose.randint(1, 4)
    number = choose.choice((1, 1, 1, 3, 26)) if choose.random() < 0.3 else count if down else 1
    attributes += f" start={number}{' reversed' if down else ''}"
    entries = ""
    for _ in range(count):
        given = ""
        if choose.random() < 0.1:
            number = choose.randint(1, 40)
            given = f" value={number}"
        label = f"{_browser(number, form)}."
        entries += _entry(choose, expected, label, depth, given)
        number += -1 if down else 1
    return f"<ol {attributes}>{entries}</ol>"


def _entry(choose, expected, label, depth, given=""):
    word = f"w{len(expected)}"
    expected[word] = label
    more = an_html_list(choose, expected, depth + 1) if depth < 4 and choose.random() < 0.3 else ""
    return f"<li{given}>{choose.choice((word, f'<p>{word}</p>', f'<b>{word}</b>'))}{more}"


def _browser(number, form):
    if form == "01":
        return f"{number:02}"
    if number < 1 or form == "1":
        return str(number)
    if form in "iI":
        numeral = ""
        for size, sign in ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            numeral += sign * (number // size)
            number %= size
        tens = {"xxxx": "xl"}
        numeral = re.sub("xxxx", lambda found: tens[found[0]], numeral)
        return numeral if form == "i" else numeral.upper()
    alphabet = "αβγδεζηθικλμνξοπρστυφχψω" if form == "α" else "abcdefghijklmnopqrstuvwxyz"
    again, at = divmod(number - 1, len(alphabet))
    letters = (alphabet[again - 1] if again else "") + alphabet[at]
    return letters.upper() if form == "A" else letters


@pytest.mark.parametrize("seed", range(40))
def test_labels_of_html_are_those_that_browsers_show(seed):
    choose = random.Random(seed)  # noqa: S311
    expected = {}
    html = "".join(an_html_list(choose, expected) for _ in range(choose.randint(1, 3)))

    assert shown(f"<h1>T</h1>{html}".encode(), "terms.html") == expected


# --- Google Docs -------------------------------------------------------------------------------

_RULES = """
.lst-kix_a-0>li:before{content:"" counter(lst-ctn-kix_a-0,decimal) ". "}
.lst-kix_a-1>li:before{content:"(" counter(lst-ctn-kix_a-1,lower-latin) ") "}
.lst-kix_a-2>li:before{content:"" counter(lst-ctn-kix_a-0,decimal) "."
 counter(lst-ctn-kix_a-1,decimal) "." counter(lst-ctn-kix_a-2,decimal) " "}
.lst-kix_b-0>li:before{content:"\\0025cf  "}
"""


def _docs(family, level, words, more=""):
    items = "".join(f"<li class='c0 li-bullet-0'><span>{word}</span></li>" for word in words)
    name = "ul" if family == "b" else "ol"
    return f"<{name} class='c3 lst-kix_{family}-{level} {more}'>{items}</{name}>"


def test_lists_of_google_docs_are_nested_and_have_the_labels_of_its_counters():
    html = f"<style>{_RULES}</style><h1>T</h1>" + "".join(
        [
            *(
                _docs("a", 0, "x", "start"),
                _docs("a", 1, "yz", "start"),
                _docs("a", 2, "v", "start"),
            ),
            *(_docs("a", 1, "w"), _docs("a", 0, "u"), "<p>and</p>", _docs("a", 0, "t")),
            _docs("b", 0, "r", "start"),
        ]
    )

    wanted = "1. x\n    (a) y\n    (b) z\n        1.2.1  v\n    (c) w\n2. u\n\nand\n\n3. t\n\n- r"
    found = conversion.from_html(html)
    assert (found.markdown, found.notes) == (f"# T\n\n{wanted}\n", ())
    assert pasting.read(html).markdown == f"### T\n\n{wanted}"


# --- Markdown ----------------------------------------------------------------------------------


def test_front_matter_decides_whether_numbers_are_labels():
    def read(head):
        return importing.read("t.md", f"---\ntitle: T\n{head}---\n## A\n\n1) a\n3) b\n".encode())

    assert read("clauses: true\n").document.clauses
    assert read("clauses: true\n").notes == ()
    assert not read("").document.clauses
    assert [note.text for note in read("clauses: false\n").notes] == ["3 → 2"]
