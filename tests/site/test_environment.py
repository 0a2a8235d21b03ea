"""One list of variables: settings.py, .env.example, the README's table and the tests agree."""

import ast
import re
from pathlib import Path

from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]


def read_by(file: str) -> set[str]:
    """Return the names of the environment variables that the Python file reads."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            reader = ast.unparse(node.func)
            if reader in {"required", "switch", "os.environ.get"} or (
                re.fullmatch(r"env(\.\w+)?", reader) and reader != "env.read_env"
            ):
                found.add(node.args[0].value)
    return found


def in_example() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE))


def in_readme() -> set[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split("## Configuration")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))


def test_every_variable_that_the_settings_read_stands_in_the_example():
    # The server takes its port from the environment alone, before there are settings.
    assert in_example() == read_by("softphonez_site/settings.py") - {"PORT"}


def test_every_variable_that_the_site_reads_stands_in_the_readme():
    served = read_by("softphonez_site/settings.py") | read_by("softphonez_site/gunicorn_conf.py")
    assert in_readme() == served


def test_no_variable_reaches_the_tests_from_outside():
    assert set(ENVIRONMENT) == read_by("softphonez_site/settings.py")
