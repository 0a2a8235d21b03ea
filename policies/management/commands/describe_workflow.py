"""`manage.py describe_workflow`: write docs/workflow.md, from the tables that the code runs on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from policies.permissions import ACTIONS
from policies.roles import ROLES
from policies.states import MOVES, MOVES_WITHOUT_APPROVAL, Status

HEAD = """\
# States, actions and who may do what

`make docs` generates this page from `policies/states.py`, `permissions.py` and `roles.py`; a test
fails if it is stale. The docstrings of `policies/workflow/` explain each action.

## States of a revision

"""


class Command(BaseCommand):
    help = "Write docs/workflow.md, about states, actions and permissions, to standard output."

    def handle(self, *args: Any, **options: Any) -> str:
        return HEAD + "\n".join([*_diagram(), "", "## Actions", "", *_actions()])


def _diagram() -> list[str]:
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
    return [*lines, *(f"    {status} --> [*]" for status in ends), "```"]


def _actions() -> list[str]:
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
        permissions = "<br>".join(f"`{permission}`" for permission in action.permissions)
        lines.append(
            f"| `{name}` | {action.label} | {states or '(about the policy)'} | {permissions} |"
            f" {', '.join(roles) or 'none: given by name'} |"
        )
    return lines
