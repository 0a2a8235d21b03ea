"""What readers, apps and Word files have doesn't change by a byte: tests/frozen.py."""

import pytest

from tests import frozen
from tests.frozen import FROZEN, TEXTS


def frozen_lines(name):
    for line in FROZEN.read_text(encoding="utf-8").splitlines():
        _, file, _ = line.split(" ", 2)
        if file == name:
            yield line


@pytest.mark.no_cover
@pytest.mark.parametrize("path", sorted(TEXTS.iterdir()), ids=lambda path: path.name)
def test_what_is_made_of_a_text_is_what_it_was(path):
    """If a change is meant: tests/frozen.py says how to freeze it, CHANGELOG.md what changed."""
    assert list(frozen.hashes(path)) == list(frozen_lines(path.name))
