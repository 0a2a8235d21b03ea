"""Change the code at places drawn by lot, one at a time, and see whether a test notices.

    make mutants PARTS="ledger documents" COUNT=40 SEED=1

Runs under a Python that has cosmic-ray, on a copy of the checked-in files; the tests run under the
project's own. Prints what survived, and the rate of each module. docs/mutation.md says more.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosmic_ray.work_item import WorkItem

ROOT = Path(__file__).resolve().parents[1]

# The files of each part, and the tests of it, those first that find most in the shortest time.
PARTS = {
    "ledger": (
        ["ledger.py", "chains.py"],
        [
            *("test_chains.py", "test_workflow.py", "test_workflow_publishing.py"),
            *("test_translating.py", "test_verification_changes.py", "test_verification.py"),
        ],
    ),
    "verification": (
        ["verification"],
        [
            *("test_verification_changes.py", "test_verification.py", "test_translating.py"),
            *("test_verification_approvals.py", "test_verification_comments.py"),
            "test_commands.py",
        ],
    ),
    "documents": (
        ["documents.py"],
        ["test_documents.py", "test_importing.py", "test_editing.py", "test_models.py"],
    ),
    "workflow": (
        ["workflow"],
        [
            *("test_workflow.py", "test_workflow_publishing.py", "test_workflow_policies.py"),
            *("test_verbs.py", "test_translating.py", "test_import_policies.py"),
            *("test_admin_writing.py", "test_review_views.py", "test_comment_views.py"),
            "test_preview_views.py",
            *("test_commands.py", "test_fields_at_fault.py"),
        ],
    ),
    "redline": (
        ["redline"],
        [
            "test_redline.py",
            "test_redline_edits.py",
            "test_alignment.py",
            "test_redline_exactness.py",
        ],
    ),
    "pages": (
        ["pages"],
        [
            *("test_content_types.py", "test_pages.py", "test_pages_shells.py"),
            *("test_pages_from_django.py", "test_unavailable.py", "test_snapshot.py"),
            "test_limits.py",
            *("../site/test_log_lines.py", "../site/test_odd_requests.py"),
            *("../site/test_metrics.py", "../site/test_pages_over_http.py"),
            "../site/test_faults.py",
        ],
    ),
}
# In annotations, which nothing evaluates, | is no operator at all; elsewhere it joins sets.
SILENT = "BinaryOperator_BitOr"
# Tests that take so many times as long as on code that nothing has changed hang, and so do notice:
# so many seconds more, since a machine may be busy.
PATIENCE = 3
MORE = 20


def drawn(files: list[str], count: int, seed: int) -> list[WorkItem]:
    """Return `count` of all possible changes of the files: the same for the same code and seed."""
    modules = [
        path
        for name in files
        for path in ([Path("policies", name)] if name.endswith(".py") else _modules_in(name))
    ]
    with tempfile.TemporaryDirectory() as folder, use_db(f"{folder}/session.sqlite") as session:
        init(modules, session, {})
        items = [it for it in session.work_items if SILENT not in it.mutations[0].operator_name]
    items.sort(
        key=lambda it: [(str(m.module_path), m.operator_name, m.occurrence) for m in it.mutations]
    )
    random.Random(seed).shuffle(items)  # noqa: S311  a fair draw, no secret
    return list(itertools.islice(filter(_is_a_change, items), count))


def _is_a_change(item: WorkItem) -> bool:
    """Return whether what comes out is Python, and other than by how arguments may be passed."""
    change = item.mutations[0]
    code = change.module_path.read_text(encoding="utf-8")
    line, column = change.start_pos
    if code.splitlines()[line - 1][column:].startswith("*,"):
        return False
    operator = get_operator(change.operator_name)(**change.operator_args)
    try:
        compile(
            mutate_code(code, operator, change.occurrence) or "", str(change.module_path), "exec"
        )
    except SyntaxError:
        return False
    return True


def _modules_in(package: str) -> Iterator[Path]:
    yield from sorted(Path("policies", package).glob("*.py"))


def command(test: str) -> list[str]:
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly"]
    file = os.path.normpath(f"tests/policies/{test}")
    return [str(ROOT / ".venv/bin/python"), "-m", "pytest", *options, file]


def patience(test: str) -> float:
    """Return how many seconds a file of tests may take. Fails where they fail anyway."""
    began = time.monotonic()
    subprocess.run(command(test), check=True, stdout=subprocess.DEVNULL)
    return PATIENCE * (time.monotonic() - began) + MORE


def survivors(items: list[WorkItem], tests: list[str]) -> Iterator[str]:
    """Yield the difference that each change makes that no test noticed.

    Each file of tests has its own time, so that one that hangs does not cost that of all.
    """
    seconds = {test: patience(test) for test in tests}
    for item in items:
        for test in tests:
            result = mutate_and_test(item.mutations, " ".join(command(test)), seconds[test])
            if result.test_outcome != TestOutcome.SURVIVED:
                break
        else:
            yield result.diff or str(item.mutations)
        sys.stderr.write(".")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("parts", nargs="*", choices=[[], *PARTS], default=list(PARTS))
    ask.add_argument("--count", type=int, default=40, help="changes per part")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    copy = Path(tempfile.mkdtemp(prefix="policies-mutants-"))
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        os.chdir(copy)
        for part in asked.parts:
            files, tests = PARTS[part]
            items = drawn(files, asked.count, asked.seed)
            survived = 0
            for difference in survivors(items, tests):
                survived += 1
                print(difference, flush=True)  # noqa: T201
            found = len(items) - survived
            print(f"{part}: {found} of {len(items)} changes found", flush=True)  # noqa: T201
    finally:
        shutil.rmtree(copy)


if __name__ == "__main__":
    sys.exit(main())
