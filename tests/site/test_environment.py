"""The variables that the code reads, those that are documented and those that tests set agree."""

import ast
from pathlib import Path

import pytest

from softphonez_site import variables
from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
NAMES = {it.name for it in variables.VARIABLES}


def read_by(file):
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            reader = ast.unparse(node.func)
            if reader in {"required", "switch", "variable", "os.environ.get"}:
                found.add(node.args[0].value)
    return found


def defaults_in(file):
    """Return the defaults that a file gives to variables, as far as they are constants."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            given = [it.value for it in node.keywords if it.arg == "default"] + node.args[1:]
            constants = [it.value for it in given if isinstance(it, ast.Constant)]
            if node.args[0].value in NAMES and constants:
                found[node.args[0].value] = {True: "on", False: "off"}.get(
                    constants[0], str(constants[0])
                )
    return found


def test_every_variable_that_the_site_reads_is_described():
    """If this fails: VARIABLES of softphonez_site/variables.py, then `make docs`."""
    served = read_by("softphonez_site/settings.py") | read_by("softphonez_site/gunicorn_conf.py")
    assert served == NAMES


def test_what_is_read_before_there_are_settings_is_not_looked_for_in_the_file():
    outside = {it.name for it in variables.VARIABLES if it.outside}
    assert outside == read_by("softphonez_site/gunicorn_conf.py")


@pytest.mark.parametrize(
    "file", ["softphonez_site/settings.py", "softphonez_site/gunicorn_conf.py"]
)
def test_the_documented_defaults_are_those_of_the_code(file):
    """A default that is described in words has an example; settings.py computes its value."""
    held = {name: value for name, value in defaults_in(file).items() if value}
    assert held
    documented = {it.name: it.default for it in variables.VARIABLES if not it.example}
    assert {name: documented.get(name) for name in held} == held


def test_the_example_of_the_environment_is_generated_from_the_list():
    """If this fails: `make docs`."""
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == variables.example()


def test_no_variable_reaches_the_tests_from_outside():
    """If this fails: give it a value for tests, in ENVIRONMENT of tests/conftest.py."""
    assert set(ENVIRONMENT) == read_by("softphonez_site/settings.py")
