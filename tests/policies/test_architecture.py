"""The pages on the architecture agree with the code, and what they say of a page's way is true."""

import ast
import asyncio
import re
import sys
from pathlib import Path

from django.conf import settings

from policies.page_cache.asgi import PagesOverASGI
from policies.page_cache.responses import Page
from policies.publication_state.state import PublicationState
from tests.loop import apart
from tests.policies.page_cache.pages_site import KEY, NoWatcher

POLICIES = Path(settings.BASE_DIR) / "policies"
STATE = PublicationState(("ledger", "audit"), 0, float("inf"))


def test_every_module_that_the_page_names_is_there_and_says_what_it_is_about():
    docs = Path(settings.BASE_DIR) / "docs"
    page = (docs / "architecture.md").read_text(encoding="utf-8")
    journeys = page[page.index("## From a URL") : page.index("## Scripts")]
    # In backticks, but for headers (Accept-Encoding) and functions of a module (workflow.publish).
    named = {it.partition(".")[0] for it in re.findall(r"`([a-z_/]+(?:\.[a-z]+)?)`", journeys)}

    assert len(named) > 25
    for name in named:
        path = POLICIES / name
        assert path.is_dir() or path.with_suffix(".py").is_file(), name
    layers = (docs / "layers.md").read_text(encoding="utf-8")
    assert not re.search(r"^\| `.*\| +\|$", layers, re.MULTILINE)


def test_the_head_of_each_package_names_what_is_in_it():
    missing = []
    for head in POLICIES.rglob("*/__init__.py"):
        if {"management", "migrations"} & set(head.parent.parts) or head.parent.name == "text":
            continue  # the first names its commands: see below; the last is in docs/layers.md
        listed = set(re.findall(r"(\w+)(?:\.py|/)", head.read_text("utf-8")))
        inside = {it.stem for it in head.parent.iterdir() if it.suffix == ".py" or it.is_dir()}
        missing += [
            f"{head.parent.relative_to(POLICIES)}/{name}"
            for name in sorted(inside - listed - {"__init__", "__pycache__"})
        ]

    assert missing == [], "Name it in the docstring of that folder's __init__.py."
    commands = {it.stem for it in (POLICIES / "management" / "commands").glob("*.py")}
    said = re.findall(r"\w+", (POLICIES / "management" / "__init__.py").read_text("utf-8"))
    unnamed = commands - {"__init__"} - set(said)
    assert unnamed == set(), "Name it in the docstring of policies/management/__init__.py."


def filled():
    """Return an application that has one page in memory, and nothing behind it."""
    application = PagesOverASGI(lambda *_: [], watcher=NoWatcher())
    application.pages.update(STATE, application.pages.begin_reading())
    headers = [("Content-Type", "text/html"), ("ETag", '"x"')]
    application.pages.memory.put(KEY, Page(headers, b"The policy.", STATE))
    return application


def over_asgi(application):
    sent = []

    async def send(message):
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


def modules_passed(call):
    """Return the names of our modules of which a function runs in a call."""
    names = set()

    def note(frame, event, argument):
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


def test_a_page_in_memory_passes_four_of_our_modules():
    application = filled()
    application.host(KEY[1])  # as the first request for any page does

    passed = apart(lambda: modules_passed(lambda: over_asgi(application)))

    assert passed == ["asgi", "core", "memory", "responses"]


def test_a_repeated_request_passes_one_of_our_modules():
    application = filled()
    assert apart(lambda: over_asgi(application)) == b"The policy."

    assert apart(lambda: modules_passed(lambda: over_asgi(application))) == ["asgi"]


# --- Tests -------------------------------------------------------------------------------------


def private_names_set(tree):
    """Yield the private names of other objects that a module assigns, deletes or patches."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
                yield node.attr
        elif isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name in {"setattr", "delattr", "patch", "object"}:
                for it in node.args[:2]:
                    if isinstance(it, ast.Constant) and isinstance(it.value, str):
                        yield it.value.rpartition(".")[2]


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def test_no_test_sets_a_private_name():
    """It would go on passing, without testing anything, once the name is another."""
    tests = settings.BASE_DIR / "tests"
    setting = {
        path.relative_to(tests).as_posix()
        for path in tests.rglob("*.py")
        if any(map(is_private, private_names_set(ast.parse(path.read_text("utf-8")))))
    }
    assert setting == set()
