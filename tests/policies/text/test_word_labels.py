"""The labels of a Word file's paragraphs, as the page shows them and as LibreOffice prints them."""

from __future__ import annotations

import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

from policies.text import document as documents
from policies.text import importing
from policies.text.rendering import render
from tests.policies.text.word_files import item, p, word

if TYPE_CHECKING:
    from pathlib import Path

_FILES = 60
_FORMS = (
    *("decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman") * 3,
    *("decimalZero", "ordinal", "cardinalText", "ordinalText", "chicago", "decimalEnclosedCircle"),
    *("hebrew1", "hebrew2", "russianLower", "arabicAlpha", "thaiLetters"),
)
_OWN = ("%{}.", "({})", "{})", "{}", "Section {}:", "{}.", "({})", "Article {}", "§ {}")


def shown(data: bytes) -> dict[str, str]:
    """Return the label that the page shows before each word."""
    document = importing.read("terms.docx", data).document
    html = render(documents.body(document), clauses=document.clauses).html
    tree = BeautifulSoup(html, "html.parser")
    for entry in tree.select("ol > li"):
        assert isinstance(entry.parent, Tag)
        before = len(entry.find_previous_siblings("li"))
        entry.insert(0, NavigableString(f"{int(str(entry.parent.get('start') or 1)) + before}. "))
    for block in tree.find_all(["p", "li", "h2", "h3", "h4", "h5", "h6", "div"]):
        block.insert(0, NavigableString("\n"))
    return labels(tree.get_text())


def labels(text: str) -> dict[str, str]:
    """Return what is before each word of a text in its line or right before it."""
    found = re.findall(r"((?:(?!\bw\d).)*?)\s*\b(w\d+)\b", text, re.DOTALL)
    return {word: " ".join(before.strip("◦▪•T\n ").split()) for before, word in found}


def printed(files: dict[str, bytes], folder: Path) -> dict[str, dict[str, str]]:
    """Return the labels that LibreOffice prints before each word, by the name of the file."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder)]
    subprocess.run([*command, *(str(folder / name) for name in files)], check=True, timeout=300)
    texts = {name: (folder / name).with_suffix(".txt") for name in files}
    return {name: labels(text.read_text(encoding="utf-8-sig")) for name, text in texts.items()}


def numbering(choose: random.Random) -> str:
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


def _rule(choose: random.Random, at: int) -> str:
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


def a_file(seed: int) -> bytes:
    choose = random.Random(seed)  # noqa: S311
    blocks = [p("T", "Title")]
    at = 0
    for number in range(choose.randint(5, 40)):
        at = choose.choice((at, at, max(at - 1, 0), min(at + 1, 5), 0))
        kind = choose.random()
        if kind < 0.1:
            blocks.append(p(f"w{number}"))
        else:
            blocks.append(item(f"w{number}", choose.choice((1, 1, 1, 2, 3, 4, 5, 6)), at))
    return word(*blocks, numbering=numbering(choose))


@pytest.mark.libreoffice
def test_labels_are_those_that_libreoffice_prints(tmp_path: Path) -> None:
    files = {f"{seed}.docx": a_file(seed) for seed in range(_FILES)}

    expected = printed(files, tmp_path)

    assert {name: shown(data) for name, data in files.items()} == expected
