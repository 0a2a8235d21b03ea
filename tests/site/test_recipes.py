"""The recipes of CONTRIBUTING.md: what they name is there, and their code does what they say."""

import re
import textwrap
from functools import cache
from pathlib import Path

import pytest

from policies import workflow
from policies.models import AuditEvent
from policies.permissions import ACTIONS, WRITE, Action
from policies.staff import buttons, pages
from policies.states import OPEN
from policies.text.findings import context, patterns, rules
from policies.workflow import reviewing
from tests.factories import NOW, make_revision, make_user
from tests.policies.text import test_finding_patterns, test_findings
from tests.policies.text.examined import lines

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILE = r"[\w.][\w./-]*\.(?:py|html|css|toml|md|json|cron|svg)"
# What a recipe makes: it is not there yet.
MADE = {"softphonez_site/formats/it/formats.py"}


def recipe(name):
    return PAGE.partition(f"### {name}\n")[2].partition("\n### ")[0]


def code_of(name):
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", recipe(name), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in blocks]


@cache
def files():
    """Return every file of the project that the page may name."""
    folders = ("policies", "softphonez_site", "templates", "static", "content", "tests", "docs")
    return [*ROOT.glob("*"), *(it for folder in folders for it in (ROOT / folder).rglob("*"))]


def written(name):
    """Return what is in the files of this name, which may begin with some of their folders."""
    found = [it for it in files() if it.as_posix().endswith(f"/{name}") and it.is_file()]
    return [it.read_text(encoding="utf-8") for it in found]


def test_every_file_that_the_page_names_is_there():
    named = set(re.findall(rf"`({FILE})`", PAGE)) | set(re.findall(r"\b(tests/[\w/]+\.py)", PAGE))

    assert len(named) > 50
    assert {it for it in named - MADE if not written(it)} == set()


def test_every_name_that_a_recipe_sends_to_is_in_that_file():
    places = re.findall(rf"`(\w+)`(?:\s+and\s+`(\w+)`)?\s+(?:in|of)\s+`({FILE})`", PAGE)

    assert len(places) > 15
    for *names, file in places:
        for name in filter(None, names):
            assert any(re.search(rf"\b{name}\b", text) for text in written(file)), (name, file)


def test_the_finding_of_the_recipe_is_found(monkeypatch):
    function, test = code_of("Add a finding")
    monkeypatch.setattr(context, "PART_RULES", list(context.PART_RULES))
    exec(function, vars(rules).copy())  # noqa: S102  our own page
    tried = vars(test_findings).copy()
    exec(test, tried)  # noqa: S102

    tried["test_a_list_without_an_end_is_pointed_out"]()


def test_the_entry_of_the_recipe_passes_the_tests_of_entries(tmp_path):
    (written_entry,) = re.findall(r"```toml\n(.*?)```", recipe("Add a finding"), re.DOTALL)
    path = tmp_path / "xx.toml"
    path.write_text(written_entry, encoding="utf-8")
    (entry,) = patterns.load(path)

    test_finding_patterns.test_an_entry_finds_its_hits_and_not_its_passes(entry)
    test_finding_patterns.test_an_entry_finds_something_that_no_other_does(entry)
    assert [text for text in lines("finished") if test_finding_patterns.finds(entry, text)] == []


@pytest.mark.django_db
def test_the_action_of_the_recipe_is_recorded(monkeypatch):
    function, button = code_of("Add an action, with its permission")
    row = Action("Put on hold", "put on hold", (WRITE,), OPEN)
    monkeypatch.setitem(ACTIONS, "put_on_hold", row)
    made = vars(reviewing).copy()
    exec(function, made)  # noqa: S102
    monkeypatch.setattr(reviewing, "put_on_hold", made["put_on_hold"], raising=False)
    monkeypatch.setattr(buttons, "BUTTONS", {})
    exec(button, {**vars(buttons), "pages": pages, "reviewing": reviewing})  # noqa: S102
    revision, writer = make_revision(), make_user("Writers")

    made["put_on_hold"](revision.pk, by=writer, at=NOW)

    assert AuditEvent.objects.latest("sequence").action == "put_on_hold"
    with pytest.raises(workflow.NotAllowed):
        made["put_on_hold"](revision.pk, by=make_user("Reviewers"), at=NOW)
