"""Change the code at places drawn by lot, one at a time, and see whether a test notices.

    make mutants PARTS="ledger text/document.py" COUNT=40 SEED=1

Runs under a Python that has cosmic-ray, on a copy of the checked-in files; the tests run under the
project's own, with the plugin tests/mutated.py. Prints what survived, and the rate of each part.
docs/mutation.md says more.
"""

import argparse
import difflib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db

ROOT = Path(__file__).resolve().parents[1]

# The parts that are tried if none is named: files or folders in policies/. `staff` is without
# `staff/accounts`.
PARTS = ("workflow", "text", "ledger", "page_cache", "public", "staff", "staff/accounts")
# These notice changes to a part besides the tests in the folder that mirrors its package.
OTHER_TESTS = {
    "ledger": ["policies/workflow", "policies/management"],
    "text": ["policies/models", "policies/ledger"],
    "workflow": ["policies/staff", "policies/management"],
    "page_cache": ["policies/http", "policies/publication_state"],
    "public": ["policies/ledger/test_log.py", "policies/operations/test_subscriber_notices.py"],
    "staff": [
        *("policies/models/test_people.py", "policies/test_permissions.py"),
        *("policies/test_where_features_meet.py", "site/test_permissions.py"),
    ],
    "staff/accounts": [
        *("policies/management/test_first_run.py", "policies/models/test_people.py"),
        *("site/test_account_messages.py", "site/test_log_lines.py", "site/test_login.py"),
        *("site/test_passkeys.py", "site/test_second_factor.py", "site/test_sign_on.py"),
    ],
}
# These are run for each change that no other test notices: they reach a package in processes of
# their own, or compare its numbers with docs/limits.md.
LAST = {
    "page_cache": [
        *("site/test_metrics.py", "site/test_pages_over_http.py", "site/test_faults.py"),
        *("site/test_log_lines.py", "site/test_odd_requests.py"),
    ],
    "text": ["policies/public/test_pdfs.py", "policies/test_child_process.py"],
    "public": ["site/test_every_public_url.py"],
}


def _part_of(path):
    """Return which of PARTS a path in policies/ is in; its package if it is in none."""
    parts = [part for part in PARTS if Path(path).is_relative_to(part)]
    return max(parts, key=len, default=Path(path).parts[0])


def drawn(part, count, seed):
    """Yield changes of a part, as tests/mutated.py takes them: the same for the same code and seed.

    There are `count` or a few less: each module is drawn as often as its size says, but a small one
    may not have as many changes.
    """
    folder = Path("policies", part)
    modules = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
    modules = [it for it in modules if _part_of(it.relative_to("policies")) == _part_of(part)]
    draw = random.Random(seed)  # noqa: S311  a fair draw, no secret
    often = Counter(draw.choices(modules, [it.stat().st_size for it in modules], k=count))
    for module in sorted(often):
        with tempfile.TemporaryDirectory() as place, use_db(f"{place}/all.sqlite") as session:
            init([module], session, {})
            possible = [it.mutations[0] for it in session.work_items]
        possible.sort(key=lambda it: (it.operator_name, it.occurrence))
        draw.shuffle(possible)
        before = module.read_text(encoding="utf-8")
        changes = ((it.start_pos[0], _changed(before, it)) for it in possible)
        found = ({"module": str(module), "line": at, "code": it} for at, it in changes if it)
        yield from itertools.islice(found, often[module])


def _changed(before, change):
    """Return changed code; None if that is no Python, or differs only in what type checkers read or
    in how arguments may be passed.
    """
    line, column = change.start_pos
    text = before.splitlines()[line - 1]
    # In annotations, which nothing evaluates, | is no operator at all; elsewhere it joins sets.
    is_silent = "BinaryOperator_BitOr" in change.operator_name or "TYPE_CHECKING" in text
    if is_silent or text[column:].startswith("*,"):
        return None
    operator = get_operator(change.operator_name)(**change.operator_args)
    after = mutate_code(before, operator, change.occurrence) or before
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of == that became "is"
            compile(after, str(change.module_path), "exec")
    except SyntaxError:
        return None
    return after if after != before else None


def survivors(part, changes):
    """Yield the difference that each change makes that no test noticed."""
    package, of = Path(part).parts[0], _part_of(part)
    tests = [f"tests/policies/{package}", *(f"tests/{it}" for it in OTHER_TESTS.get(of, ()))]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        last = [f"tests/{it}" for it in ("policies/test_limits.py", *LAST.get(of, ()))]
        asked = {"changes": changes, "last": last}
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        done = subprocess.run(
            [
                *(str(ROOT / ".venv/bin/python"), "-m", "pytest", "-p", "tests.mutated", "-q"),
                *("-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", *tests),
            ],
            env={**os.environ, "MUTANTS": place},
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stdout)
        results = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    for change, result in zip(changes, map(json.loads, results), strict=True):
        if not result["noticed"]:
            module = Path(str(change["module"]))
            lines = (it.splitlines() for it in (module.read_text("utf-8"), str(change["code"])))
            yield "\n".join(
                difflib.unified_diff(*lines, str(module), f"{result['tests']} tests", lineterm="")
            )


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument(
        "parts",
        nargs="*",
        default=PARTS,
        metavar="PART",
        help="a file or folder in policies/, such as workflow or text/redline",
    )
    ask.add_argument("--count", type=int, default=40, help="changes per part")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    for part in asked.parts:
        if not Path(ROOT, "policies", part).exists():
            ask.error(f"There is no policies/{part}.")
    copy = Path(tempfile.mkdtemp(prefix="policies-mutants-"))
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        os.chdir(copy)
        # All runs share one migrated database (tests/migrated.py).
        os.environ["MIGRATED_DATABASE"] = str(copy / "migrated.sqlite3")
        for part in asked.parts:
            changes = list(drawn(part, asked.count, asked.seed))
            survived = list(survivors(part, changes))
            found = len(changes) - len(survived)
            print(*survived, f"{part}: {found} of {len(changes)} changes found", sep="\n")  # noqa: T201
    finally:
        shutil.rmtree(copy)


if __name__ == "__main__":
    sys.exit(main())
