"""The entries of findings/patterns/: each finds its examples, and a bad one is refused."""

import re
from pathlib import Path

import pytest

from policies.text.findings import patterns
from policies.text.findings.patterns import Pattern, PatternError, Prose
from policies.text.sentence_boundaries import spans

FILES = sorted(patterns.FOLDER.glob("*.toml"))
ENTRIES = [entry for path in FILES for entry in patterns.load(path)]
BY_ID = [pytest.param(entry, id=entry.id) for entry in ENTRIES]


def matches(entry: Pattern, text: str) -> list[str]:
    """Return the words that an entry finds in a text, given as readers see it: no Markdown."""
    if entry.rule == "placeholder-link":
        found = [entry.search_text(text)]
    else:
        kind = "title" if "title" in entry.scope else "text"
        pieces = [text[start:end].strip() for start, end in spans(text)]
        found = [patterns.Patterns([entry]).search(Prose(kind, piece)) for piece in pieces]
    return [match.what for match in found if match]


@pytest.mark.parametrize("entry", BY_ID)
def test_an_entry_finds_its_hits_and_not_its_passes(entry: Pattern) -> None:
    assert [text for text in entry.hits if not matches(entry, text)] == []
    assert [text for text in entry.passes if matches(entry, text)] == []


@pytest.mark.parametrize("entry", BY_ID)
def test_no_alternative_of_an_entry_is_without_an_example(entry: Pattern) -> None:
    one_each = [Pattern(**{**vars_of(entry), "alternatives": (one,)}) for one in entry.alternatives]

    assert [
        one.alternatives[0]
        for one in one_each
        if not any(matches(one, text) for text in entry.hits)
    ] == []


def vars_of(entry: Pattern) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Pattern.__dataclass_fields__}


def test_every_id_is_used_once() -> None:
    ids = [entry.id for entry in ENTRIES]

    assert len(ids) == len(set(ids))


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


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "xx.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('message = "is a note"\n', "", "xx.toml, drafting-note “to-review” has no “message”."),
        ("passes = [", "passed = [", "“to-review” has no “passes”."),
        ('level = "acknowledge"', 'level = "high"', "the level is not one of blocks, acknowledge"),
        ("{who}", "{whom}", "nothing in [words] is called 'whom'."),
        ("[[drafting-note]]", "[[note]]", "xx.toml: [[note]] is not one of placeholder"),
        ('id = "to-review"', 'id = "to-review"\nscoop = "x"', "there is no field “scoop”."),
        ("[words]", "[words", "xx.toml is not TOML"),
        ('passes = ["Counsel reviews it."]', "passes = []", "has no “passes”."),
    ],
)
def test_a_bad_entry_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = written(tmp_path, ENTRY.replace(old, new))

    with pytest.raises(PatternError, match=re.escape(reason)):
        patterns.load(path)


def test_two_entries_with_one_id_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY + ENTRY[ENTRY.index("[[") :])

    with pytest.raises(PatternError, match="two entries have the id “to-review”"):
        patterns.load(path)


def test_a_bad_regular_expression_is_refused_where_it_is_used(tmp_path: Path) -> None:
    (entry,) = patterns.load(written(tmp_path, ENTRY.replace("to review'", "to (review'")))

    with pytest.raises(PatternError, match="“to-review”: no regular expression"):
        matches(entry, "Lawyer to review.")
