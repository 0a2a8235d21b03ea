"""Writes what `make docs` takes from the code: .env.example, and parts of pages between marks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable
from functools import partial

from django.conf import settings

from policies.permissions import ACTIONS, MANAGE_WEBHOOKS
from policies.public import listed_urls
from policies.roles import ROLES
from policies.states import MOVES, MOVES_WITHOUT_APPROVAL, Status
from softphonez_site import variables

DOCS = settings.BASE_DIR / "docs"
PAGES = ("addresses.md", "layers.md", "settings.md", "workflow.md")
_PART = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def write() -> None:
    for page in (DOCS / name for name in PAGES):
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
    (settings.BASE_DIR / ".env.example").write_text(variables.example(), encoding="utf-8")


def renewed(page: str) -> str:
    """Return the text of a page with what is between its marks as the code has it now."""
    parts: dict[str, Callable[[], str]] = {
        "addresses": _addresses,
        "states": _diagram,
        "actions": _actions,
        "layers": partial(_layers, "policies"),
        "storeys": partial(_layers, "policies.text"),
        "variables": variables.table,
    }
    return _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]()}\n{found[3]}", page)


# What the parts of a path are in the examples of addresses.
_EXAMPLES = {
    "policy": "privacy",
    "number": "3",
    "old": "2",
    "new": "3",
    "place": "0/000.p/1",
    "before": "101",
    "day": "2026-05-02",
    "name": "current",
    "token": "<token>",
}


def _addresses() -> str:
    """Return the table of the addresses outside the desk."""
    table = listed_urls.addresses()
    found = [(row["path"], row) for row in [*table["site"], *table["private"]]]
    found[1:1] = [(f"/{{policy}}/{row['path']}", row) for row in table["policy"]]
    lines = ["| Address | What it is |", "|---|---|"]
    for path, row in found:
        lines.append(f"| `{path.format_map(_EXAMPLES)}` | {row.get('about') or row['summary']} |")
    return "\n".join(lines) + "\n"


def _diagram() -> str:
    """Return a Mermaid state diagram, which can be read as a list where it is not drawn."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    for moves, label in ((MOVES, ""), (MOVES_WITHOUT_APPROVAL, ": import or emergency")):
        lines += [
            f"    {old} --> {new}{label}"
            for old in Status
            for new in Status
            if new in moves.get(old, ())
        ]
    ends = [status for status in Status if not MOVES[status]]
    return "\n".join([*lines, *(f"    {status} --> [*]" for status in ends), "```\n"])


def _actions() -> str:
    lines = [
        "| action | its button | on a revision that is | permission (one suffices) | roles |",
        "|---|---|---|---|---|",
    ]
    for name, action in ACTIONS.items():
        if not action.permissions:
            continue  # only a command does it
        states = ", ".join(
            str(status.label).lower() for status in Status if status in action.states
        )
        roles = [role for role in ROLES if set(action.permissions) & set(ROLES[role])]
        about = "webhook" if MANAGE_WEBHOOKS in action.permissions else "policy"
        permissions = "<br>".join(f"`{permission}`" for permission in action.permissions)
        lines.append(
            f"| `{name}` | {action.label} | {states or f'(about the {about})'} | {permissions} |"
            f" {', '.join(roles) or 'none: given by name'} |"
        )
    return "\n".join(lines) + "\n"


def _layers(container: str) -> str:
    """Return a package's layers from above, each with what its modules are about.

    It comes from the import contract and from their docstrings, without importing them.
    """
    settings_file = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    (contract,) = (
        contract
        for contract in tomllib.loads(settings_file)["tool"]["importlinter"]["contracts"]
        if contract.get("containers") == [container]
    )
    folder = settings.BASE_DIR.joinpath(*container.split("."))
    lines = ["| layer | what it is about |", "|---|---|"]
    for layer in contract["layers"]:
        named, about = [], []
        for name in re.split(r" [:|] ", layer):
            path = folder / name
            head = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            docstring = ast.get_docstring(ast.parse(head.read_text(encoding="utf-8"))) or ""
            named.append(f"`{name}{'/' if path.is_dir() else ''}`")
            about.append(re.split(r"(?<=\.)\s", " ".join(docstring.split()))[0])
        lines.append(f"| {'<br>'.join(named)} | {'<br>'.join(about)} |")
    return "\n".join(lines) + "\n"
