"""A plugin of pytest that tries changes of code (tests/mutants.py), each in a fork of this process.

First it runs all tests, to see which reach which function. Then, for each change inside a function,
it forks, replaces the code of the function, and runs the tests that reach it, until one fails. So a
change costs no more than these tests. What is outside functions has to be imported anew: those
changes are tried by another pytest, with the tests that reach the module. The file is changed as
well, for tests that start processes.

MUTANTS, in the environment, is a folder. asked.json there holds the changes, and the tests that are
run in another pytest for each change that no other test notices. The result of each change is added
to results.jsonl: how many tests were chosen, and which of them noticed, or what else happened.
"""

import ast
import builtins
import functools
import gc
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import TypedDict

import pytest
from django.db import connections

from policies.cache import OF_TEXTS

FOLDER = Path(os.environ["MUTANTS"])
ENVIRONMENT = dict(os.environ)  # as it is before tests/conftest.py adds to it
# A test that takes so many times as long as on code that nothing has changed, and so many seconds
# more, hangs, and so notices the change. (Machines may be busy.)
PATIENCE = 5
MORE = 20


class Change(TypedDict):
    """module: its path. line: where it is changed. code: the whole module, changed."""

    module: str
    line: int
    code: str


Function = tuple[str, int]  # the path of the module, the number of its first line


def pytest_runtestloop(session):
    asked = json.loads((FOLDER / "asked.json").read_text())
    changes = asked["changes"]
    modules = {it["module"] for it in changes}
    for module in modules:  # some are imported late, but their functions must be there
        import_module(".".join(Path(module).with_suffix("").parts).removesuffix(".__init__"))
    _make_database(session)
    reaching, seconds = _reaching(session, modules)
    items_by_id = {it.nodeid: it for it in session.items}
    for change in changes:
        module = Path(change["module"])
        function = _function_around(module, change["line"])
        chosen = {
            test
            for it, found in reaching.items()
            if it == (change["module"], function or it[1])
            for test in found
        }
        tests = sorted(chosen, key=seconds.__getitem__)
        with _changed(module, change["code"]):
            if function:
                items = [items_by_id[test] for test in tests]
                limits = [MORE + PATIENCE * math.ceil(seconds[it.nodeid]) for it in items]
                noticed = _in_a_child(functools.partial(_try, session, items, limits, change))
            else:
                noticed = _in_another_pytest(tests, sum(seconds[it] for it in tests))
            noticed = noticed or _in_another_pytest(asked["last"])
        with (FOLDER / "results.jsonl").open("a") as file:
            file.write(json.dumps({"tests": len(tests), "noticed": noticed}) + "\n")
    return True


def _run(session, item):
    """Run a test; return whether it failed. What belongs to the whole session stays for the next
    test, such as the database.
    """
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=session)
    return session.testsfailed > 0


def _make_database(session):
    """Run one test that needs the database: the session then has one."""
    first = next((it for it in session.items if it.get_closest_marker("django_db")), None)
    if first:
        _run(session, first)
        connections.close_all()  # SQLite's can't be used after a fork


def _in_a_child(work):
    """Fork, and do the work there. Return what it returns, or else how the child ended."""
    report = FOLDER / "report"
    report.write_text("")
    child = os.fork()
    if not child:
        try:
            os.setsid()
            report.write_text(work() or "")
            os._exit(0)
        except BaseException as error:  # noqa: BLE001  the child must not go on as its parent
            report.write_text(repr(error))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return report.read_text() or (f"ended with {status}" if status else None)


def _try(session, items, limits, change):
    """Change a function, and run tests; return the first that fails."""
    _replace_functions(change["module"], compile(change["code"], change["module"], "exec"))
    for item, limit in zip(items, limits, strict=True):
        signal.alarm(limit)
        if _run(session, item):
            return item.nodeid
    return None


def _in_another_pytest(tests, seconds=360):
    """Run tests, if any, in a process that imports everything anew; return how its output ends, if
    one fails. seconds: what they take on code that nothing has changed.
    """
    if not tests:
        return None
    chosen = FOLDER / "chosen.txt"
    chosen.write_text("\n".join(tests))
    options = ["-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, f"@{chosen}"],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MORE + PATIENCE * seconds,
        )
    except subprocess.TimeoutExpired:
        return "took too long"
    return done.stdout[-300:] or "failed" if done.returncode else None


# --- Which test reaches which function -----------------------------------------------------------


def _reaching(session, modules):
    """Run all tests. Return those that reach each outermost function of some modules, and how many
    seconds each took.
    """
    report = FOLDER / "reached.json"

    def record():
        reached = defaultdict(set)
        seconds = {}
        builtins.reached_function = lambda *function: reached[item.nodeid].add(function)
        for module in modules:
            tree = ast.parse(Path(module).read_text(encoding="utf-8"))
            for outermost in _outermost_functions(tree):
                call = f"reached_function({module!r}, {outermost.body[0].lineno})"
                for node in _functions_in(outermost):  # those of a decorator run without it
                    first = node.body[0]
                    node.body.insert(0, ast.copy_location(ast.parse(call).body[0], first))
            _replace_functions(module, compile(ast.fix_missing_locations(tree), module, "exec"))
        for item in session.items:
            began = time.monotonic()
            if _run(session, item):
                return f"{item.nodeid} fails on code that nothing has changed"
            seconds[item.nodeid] = time.monotonic() - began
        found = {test: sorted(functions) for test, functions in reached.items()}
        report.write_text(json.dumps([found, seconds]))
        return None

    if failure := _in_a_child(record):
        pytest.exit(failure, returncode=1)
    reached, seconds = json.loads(report.read_text())
    reaching = defaultdict(set)
    for test, functions in reached.items():
        for module, line in functions:
            reaching[module, line].add(test)
    return reaching, seconds


def _outermost_functions(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif not isinstance(child, ast.expr):
            yield from _outermost_functions(child)


def _functions_in(function):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(function) if isinstance(node, kinds)]


def _function_around(module, line):
    """Return the first line of the body of the outermost function around a line, if any."""
    for node in _outermost_functions(ast.parse(module.read_text(encoding="utf-8"))):
        if node.body[0].lineno <= line <= (node.end_lineno or 0):
            return node.body[0].lineno
    return None


# --- The change itself ---------------------------------------------------------------------------


@contextmanager
def _changed(module, code):
    before = module.read_bytes()
    module.write_text(code, encoding="utf-8")
    yield
    module.write_bytes(before)


def _replace_functions(module, code):
    """Give each function of a module its code anew, and forget what functions remember."""
    new = {(it.co_qualname, it.co_firstlineno): it for it in _codes(code)}
    path = str(Path(module).resolve())
    gc.unfreeze()  # tests/conftest.py
    # Not isinstance: of a lazy object it would ask what that stands for.
    for it in gc.get_objects():
        if type(it) is FunctionType and it.__code__.co_filename == path:
            changed = new.get((it.__code__.co_qualname, it.__code__.co_firstlineno))
            if changed and changed.co_freevars == it.__code__.co_freevars:
                it.__code__ = changed
        elif type(it) is functools._lru_cache_wrapper and it.__module__.startswith("policies"):
            it.cache_clear()
    OF_TEXTS.clear()


def _codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
