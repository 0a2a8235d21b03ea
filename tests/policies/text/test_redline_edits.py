"""Edits as lawyers make them, and the words that a redline marks for each."""

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.policies.text.redlines import compare, read

CORPUS = Path(__file__).parents[1] / "corpus" / "redline_edits.toml"


class Edit(NamedTuple):
    """Two texts; what must be marked as deleted and as inserted, stretch by stretch."""

    old: str
    new: str
    deleted: list[str]
    inserted: list[str]


EDITS = {
    name: Edit(**edit) for name, edit in tomllib.loads(CORPUS.read_text(encoding="utf-8")).items()
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_marks_these_words_and_no_others(name):
    edit = EDITS[name]

    reader = read(compare(edit.old, edit.new))

    assert (reader.marked("del"), reader.marked("ins")) == (edit.deleted, edit.inserted)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_is_undone_marks_the_same_words_the_other_way_round(name):
    edit = EDITS[name]

    reader = read(compare(edit.new, edit.old))

    assert sorted(reader.marked("del")) == sorted(edit.inserted)
    assert sorted(reader.marked("ins")) == sorted(edit.deleted)
