"""A variable is named for what it is."""

import ast
from pathlib import Path

from django.conf import settings

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
        for file in sorted(Path(settings.BASE_DIR, folder).rglob("*.py")):
            names = bound_names(file.read_text("utf-8"))
            found += [f"{file}:{line}: {name}" for line, name in names if name in SAYING_NOTHING]

    assert found == []
