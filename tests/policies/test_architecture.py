"""docs/architecture.md agrees with the code, and what it says of the way to a page is true."""

from __future__ import annotations

import ast
import asyncio
import re
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command

from policies.page_cache.asgi import PagesOverASGI
from policies.page_cache.publication_state import PublicationState
from policies.page_cache.responses import Page
from policies.page_cache.wsgi import PagesOverWSGI
from policies.permissions import ACTIONS
from tests.loop import apart
from tests.policies.page_cache.pages_site import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

POLICIES = Path(settings.BASE_DIR) / "policies"
EDITION = PublicationState(("ledger", "audit"), 0, float("inf"))
BEHIND_THE_SHELL = ["answers", "core", "memory"]


def test_the_page_about_the_architecture_is_what_the_code_says() -> None:
    """If this fails: `make docs`."""
    page = settings.BASE_DIR / "docs" / "architecture.md"
    written = StringIO()

    call_command("describe_architecture", stdout=written)

    assert page.read_text(encoding="utf-8") == written.getvalue()


def test_every_module_that_the_page_names_is_there_and_says_what_it_is_about() -> None:
    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")
    journeys = page[page.index("## From a URL") : page.index("## What may import what")]
    # In backticks, but for headers (Accept-Encoding) and functions of a module (workflow.publish).
    named = {it.partition(".")[0] for it in re.findall(r"`([a-z_/]+(?:\.[a-z]+)?)`", journeys)}

    assert len(named) > 25
    for name in named:
        path = POLICIES / name
        assert path.is_dir() or path.with_suffix(".py").is_file(), name
    assert not re.search(r"^\| `.*\| +\|$", page, re.MULTILINE)


def test_no_view_has_more_than_fifteen_lines() -> None:
    """Without its head and docstring. A view is what takes a request and is no helper of one."""
    views, long = 0, []
    for path in POLICIES.rglob("*.py"):
        for it in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(it, ast.FunctionDef) or it.name.startswith("_"):
                continue
            if [arg.arg for arg in it.args.args][:1] != ["request"]:
                continue
            if "HttpResponse" not in ast.unparse(it.returns or it):
                continue
            views += 1
            body = it.body[1:] if ast.get_docstring(it) else it.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
            if lines > 15:
                long.append((path.name, it.name, lines))
    assert views > 80
    assert long == []


def test_every_view_of_the_desk_shows_the_refusals_of_the_verb_that_it_calls() -> None:
    """In one of the forms that the head of desk/ names."""

    def calls(*inside: ast.AST) -> set[str]:
        found = re.findall(r"workflow\.(\w+)\(", "\n".join(map(ast.unparse, inside)))
        return set(found) & set(ACTIONS)

    def shown(it: ast.AST) -> set[str]:
        if isinstance(it, ast.With) and "outcome_as_message(" in ast.unparse(it.items[0]):
            return calls(*it.body)
        is_caught = isinstance(it, ast.Try) and "workflow.Refused" in map(
            ast.unparse, filter(None, (handler.type for handler in it.handlers))
        )
        return calls(*it.body) if is_caught else set()

    views = [
        it
        for path in (POLICIES / "desk").glob("*_views.py")
        for it in ast.parse(path.read_text("utf-8")).body
        if isinstance(it, ast.FunctionDef) and not it.name.startswith("_")
    ]
    careless = {it.name: calls(it) - set().union(*map(shown, ast.walk(it))) for it in views}

    assert sum(bool(calls(it)) for it in views) > 15
    assert {name: actions for name, actions in careless.items() if actions} == {}


def test_the_head_of_each_package_names_what_is_in_it() -> None:
    """architecture.md has a line for each package, and its head has the rest."""
    missing = []
    for head in POLICIES.glob("*/__init__.py"):
        if head.parent.name == "management":
            continue  # names its commands: see below
        said = set(re.findall(r"(\w+)\.py", head.read_text("utf-8")))
        inside = {it.stem for it in head.parent.rglob("*.py")} - {"__init__"}
        missing += [f"{head.parent.name}/{name}" for name in sorted(inside - said)]

    assert [it for it in missing if not it.startswith("migrations/")] == []
    commands = {it.stem for it in (POLICIES / "management" / "commands").glob("*.py")}
    said = re.findall(r"\w+", (POLICIES / "management" / "__init__.py").read_text("utf-8"))
    assert commands - {"__init__"} - set(said) == set()


def filled(shell: type[Any]) -> Any:
    """Return an application that has one page in memory, and nothing behind it."""
    application = shell(django=None)
    application.watcher.running = True  # no thread, and no database to ask
    application.pages.learn(EDITION, application.pages.ticket())
    edition = application.pages.edition
    headers = [("Content-Type", "text/html"), ("ETag", '"x"')]
    application.pages.memory.put(KEY, Page(headers, b"The policy.", edition))
    return application


def over_wsgi(application: Any) -> bytes:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": KEY[2],
        "HTTP_HOST": KEY[1],
        "wsgi.url_scheme": KEY[0],
    }
    return b"".join(application(environ, lambda status, headers: None))


def over_asgi(application: Any) -> bytes:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": KEY[0],
        "path": KEY[2],
        "headers": [(b"host", KEY[1].encode())],
    }
    asyncio.run(application(scope, None, send))
    return b"".join(message.get("body", b"") for message in sent)


def modules_passed(call: Callable[[], object]) -> list[str]:
    """Return the names of our modules of which a function runs in a call."""
    names = set()

    def note(frame: Any, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(POLICIES):
            names.add(path.stem)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return sorted(names)


@pytest.mark.parametrize(("shell", "ask"), [(PagesOverASGI, over_asgi), (PagesOverWSGI, over_wsgi)])
def test_a_page_in_memory_passes_four_of_our_modules(
    shell: type[Any], ask: Callable[[Any], bytes]
) -> None:
    assert apart(lambda: ask(filled(shell))) == b"The policy."
    application = filled(shell)

    passed = apart(lambda: modules_passed(lambda: ask(application)))

    assert passed == sorted([*BEHIND_THE_SHELL, shell.__module__.rpartition(".")[2]])


def test_who_asks_in_the_same_words_again_passes_one() -> None:
    application = filled(PagesOverASGI)
    apart(lambda: over_asgi(application))

    assert apart(lambda: modules_passed(lambda: over_asgi(application))) == ["asgi"]
