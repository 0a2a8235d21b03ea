"""The entries of findings/patterns/: each finds its examples, and a bad one is refused."""

import re
from dataclasses import replace
from itertools import chain

import pytest

from policies.text.findings import patterns
from policies.text.findings.patterns import PatternError, Patterns
from policies.text.sentence_boundaries import spans

ENTRIES = patterns.entries()
BY_ID = [pytest.param(entry, id=entry.id) for entry in ENTRIES]


def finds(entry, text):
    """Return whether an entry finds something in a text, given as readers see it: no Markdown."""
    if entry.rule == "placeholder-link":
        return bool(entry.search(text))
    pieces = [text[start:end].strip() for start, end in spans(text)]
    return any(Patterns([entry]).search(piece) for piece in pieces)


@pytest.mark.parametrize("entry", BY_ID)
def test_an_entry_finds_its_hits_and_not_its_passes(entry):
    assert all((entry.words, entry.hits, entry.passes))
    assert [text for text in entry.hits if not finds(entry, text)] == []
    assert [text for text in entry.passes if finds(entry, text)] == []


@pytest.mark.parametrize("entry", BY_ID)
def test_no_alternative_of_an_entry_is_without_an_example(entry):
    alone = [replace(entry, alternatives=(alternative,)) for alternative in entry.alternatives]

    idle = [one for one in alone if not any(finds(one, text) for text in entry.hits)]
    assert [one.alternatives for one in idle] == []


@pytest.mark.parametrize("entry", BY_ID)
def test_an_entry_finds_something_that_no_other_does(entry):
    others = [other for other in ENTRIES if other is not entry and is_alike(other, entry)]

    assert any(not any(finds(other, text) for other in others) for text in entry.hits)


def is_alike(one, other):
    return (one.rule == "placeholder-link") == (other.rule == "placeholder-link")


def test_patterns_are_few_and_short():
    sources = [path.read_text(encoding="utf-8") for path in patterns.FOLDER.glob("*.toml")]
    written = chain.from_iterable(re.findall(r"'([^'\n]+)'", source) for source in sources)

    assert sum(source.count("\n") for source in sources) <= 900
    assert [expression for expression in written if len(expression) > 200] == []


ENTRY = """
[words]
who = '(?:counsel|lawyer)'

[[drafting-note]]
id = "to-review"
level = "acknowledge"
words = "counsel lawyer"
pattern = '{who} to review'
message = "is a note"
hits = ["Counsel to review."]
passes = ["Counsel reviews it."]
"""


def written(tmp_path, text):
    path = tmp_path / "xx.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('message = "is a note"\n', "", "xx.toml, drafting-note “to-review”: "),
        ("passes = [", "passed = [", "“to-review”: 'passes'"),
        ('level = "acknowledge"', 'level = "high"', "'high' is not a valid Level"),
        ("{who}", "{whom}", "“to-review”: 'whom'"),
        ("[[drafting-note]]", "[[note]]", "xx.toml: [[note]] is not one of placeholder"),
        ('id = "to-review"', 'id = "to-review"\nscoop = "x"', "'scoop'"),
        ("[words]", "[words", "xx.toml: "),
    ],
)
def test_a_bad_entry_is_refused(tmp_path, old, new, reason):
    path = written(tmp_path, ENTRY.replace(old, new))

    with pytest.raises(PatternError, match=re.escape(reason)):
        patterns.load(path)


def test_every_id_is_used_once():
    ids = [entry.id for entry in ENTRIES]

    assert len(ids) == len(set(ids))


def test_a_bad_regular_expression_is_refused_where_it_is_used(tmp_path):
    (entry,) = patterns.load(written(tmp_path, ENTRY.replace("to review'", "to (review'")))

    with pytest.raises(PatternError, match="“to-review”: no regular expression"):
        finds(entry, "Lawyer to review.")
