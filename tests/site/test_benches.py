"""Code that is only run by hand or in other processes can still be imported."""

import ast
import importlib
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.bench import promises

ROOT = Path(__file__).parents[2]
BENCHES = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py"))


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_can_be_started(name):
    assert callable(importlib.import_module(f"tests.bench.{name}").run)


def test_what_was_reached_is_what_was_measured():
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert promises.renewed(page) == page


def test_there_are_benchmarks():
    assert len(BENCHES) >= 9


def imports_in(code):
    """Yield the modules of this project, and the names in them, that a piece of code imports."""
    try:
        tree = ast.parse(textwrap.dedent(code))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        module = node.module or ""
        if module.split(".")[0] in {"policies", "softphonez_site", "tests"}:
            yield from ((module, alias.name) for alias in node.names)


# In a process of its own: what a server imports makes this one a server, too.
IMPORT = """
import sys
from importlib import import_module
import django
django.setup()
for module, name in map(str.split, sys.argv[1:]):
    if not hasattr(import_module(module), name):
        import_module(f"{module}.{name}")
"""


def test_code_that_is_handed_to_other_processes_imports_what_there_is():
    """That code is in strings, which neither the linter nor mypy checks."""
    found = {
        (file.name, *imported)
        for file in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import" in node.value
        for imported in imports_in(node.value)
    }

    assert len(found) > 10
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, *{f"{module} {name}" for _, module, name in found}],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert done.returncode == 0, done.stderr
