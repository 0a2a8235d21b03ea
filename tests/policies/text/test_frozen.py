"""What readers, apps and Word files have doesn't change by a byte: tests/frozen.py."""

import pytest

from tests import frozen
from tests.conftest import is_quick
from tests.frozen import FROZEN, TEXTS


def frozen_lines(name):
    for line in FROZEN.read_text(encoding="utf-8").splitlines():
        _, file, _ = line.split(" ", 2)
        if file == name:
            yield line


@pytest.mark.no_cover
@pytest.mark.parametrize("path", sorted(TEXTS.iterdir()), ids=lambda path: path.name)
def test_what_is_made_of_a_text_is_what_it_was(path):
    """If a change is meant: tests/frozen.py says how to freeze it, CHANGELOG.md what changed.

    Word files take longer than all else, so a quick run makes those of every fourth text.
    """
    has_word = sorted(TEXTS.iterdir()).index(path) % 4 == 0 or not is_quick()
    without = () if has_word else ("word", "word redline")

    expected = [it for it in frozen_lines(path.name) if not it.endswith(without)]
    assert list(frozen.hashes(path, without=without)) == expected
