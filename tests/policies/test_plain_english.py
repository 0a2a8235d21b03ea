"""Code, screens and documents are in plain English: tests/plain_english.py has the words."""

import ast
from collections import Counter

from tests import plain_english

# Names that do not say what they hold: a variable is named for what it is.
SAYING_NOTHING = {"it", "its", "one", "there"}


def bound_names(source):
    """Yield each name that code gives to a variable or an argument, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def test_a_variable_is_named_for_what_it_is():
    found = []
    for folder in ("policies", "softphonez_site"):
        for file in sorted((plain_english.ROOT / folder).rglob("*.py")):
            path = file.relative_to(plain_english.ROOT).as_posix()
            names = bound_names(file.read_text("utf-8"))
            found += [f"{path}:{line}: {name}" for line, name in names if name in SAYING_NOTHING]

    assert found == []


def test_no_word_of_the_old_dialect_is_left():
    found = plain_english.found_in(plain_english.ROOT)

    counts = Counter(match.word for match in found).most_common()
    assert not found, "\n".join([*map(str, found), "", *(f"{n:5} {word}" for word, n in counts)])
