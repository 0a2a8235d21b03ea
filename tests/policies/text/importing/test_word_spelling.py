"""What a text is after a trip through Word, found without one: the same as with one."""

from pathlib import Path

import pytest
from hypothesis import given

from policies.text import importing, word_export
from policies.text.document import Document, Section
from policies.text.importing import ImportRefused
from policies.text.importing.returned import read_returned
from policies.text.importing.word.spelling import respelled
from tests.policies.text.test_redline_exactness import documents as nasty_documents
from tests.policies.text.word_exports import FACTS

TEXTS = sorted((Path(__file__).parents[2] / "corpus" / "policies").rglob("*.md"))
BODIES = [
    "Term\n:   Meaning *of* it\n\nTerm 2\n:   More\n\n```python\na = 1\n\nb_c = 2\n```",
    "- - x\n- y\n- a\n\n  para\n\n      code\n- b\n\n***\n\nx",
    "![A sign](/a.png) [![](/b.png)](/c) `c*d` https://a.org/x_y <me@b.org> A * b 5 * 3 s_n_c",
    "| *a* | b |\n|:-:|--:|\n| c |  |\n{#here}\n| d {#x} | []{#y} |",
    "H~2~O x^2^ ~~old~~ &nbsp;x &lt;b&gt; a<sub>2</sub>",
    "1. a\n1. b\n   1. c\n\n> q\n>\n> r\n> - s\n>\n> t",
    "a[^1] b[^1] c[^2]\n\n[^1]: note[^2]\n\n    more\n\n[^2]: two\n\n[^3]: three",
    "[us](/x) [up](../y) [here](#law) [m](mailto:a@b.org) [**b** x](/x/(y))\n\n### Sub",
    "1. a\n\n    (a) b\n\n    ***\n\n    c\n\n    (c) d\n\n        ii. e\n        iii. f\n2. g",
    "3. a\n\n    ii. b\n\n    > c\n    >\n    > - d\n\n    (a) f\n\n        T\n        :   g",
    "1.1 a\n\n    | a |\n    |---|\n    | b |\n\n1.2 b\n\n2. c\n    - d\n\n### F\n\n2.1",
    "A\\\nb[]{#here} [c](#here)\n\n[]{#there}\n\n- []{#item} d\n\nArt. 3. e [f][r]\n\n[r]: /x 'T'",
]


def check(text):
    try:
        copy = read_returned("sent.docx", word_export.write(text, FACTS)).text
    except ImportRefused:  # a text of which Word shows nothing
        return
    assert respelled(text, FACTS.base) == copy


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_policy_is_spelled_as_it_comes_back_from_word(path):
    check(importing.read(path.name, path.read_bytes()).document)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("clauses", [False, True])
def test_whatever_markdown_has_is_spelled_as_it_comes_back(body, *, clauses):
    long = Section("Its *own* name", "x" * 50, body)
    check(Document("T\u202e", body, (Section("Law", "law", body), long), clauses=clauses))


@given(nasty_documents())
def test_any_text_is_spelled_as_it_comes_back_from_word(text):
    check(text)
