"""`manage.py describe_architecture`: renew the generated part of docs/architecture.md."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

BEGIN, END = "<!-- layers -->\n", "<!-- end layers -->"


class Command(BaseCommand):
    help = "Renew the table of layers in docs/architecture.md from the import contract."

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "architecture.md"
        page.write_text(with_layers(page.read_text(encoding="utf-8")), encoding="utf-8")


def with_layers(text: str) -> str:
    """Return the page's text with the table between the two marks renewed."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + _table() + END + rest.partition(END)[2]


def _table() -> str:
    """Return the contract's layers from above, in Markdown, each with what its modules are about.

    It comes from their docstrings, without importing them.
    """
    settings_file = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    (contract,) = (
        it
        for it in tomllib.loads(settings_file)["tool"]["importlinter"]["contracts"]
        if it["type"] == "layers"
    )
    lines = ["| layer | what it is about |", "|---|---|"]
    for layer in contract["layers"]:
        named, about = [], []
        for name in layer.split(" : "):
            path = settings.BASE_DIR / "policies" / name
            head = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            docstring = ast.get_docstring(ast.parse(head.read_text(encoding="utf-8"))) or ""
            named.append(f"`{name}{'/' if path.is_dir() else ''}`")
            about.append(re.split(r"(?<=\.)\s", " ".join(docstring.split()))[0])
        lines.append(f"| {'<br>'.join(named)} | {'<br>'.join(about)} |")
    return "\n".join(lines) + "\n"
