"""How the forms of the desk describe their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

if TYPE_CHECKING:
    from policies.workflow import Refused

register = template.Library()

# The id of the words that say why a form was refused (includes/_problem.html).
PROBLEM = "problem"


@register.simple_tag
def field_state(name: str, problem: Refused | None, help_id: str = "") -> str:
    """Write the attributes that name what describes a field: its help, and a refusal about it.

    After such a refusal, the field is also marked as wrong (WAI-ARIA 1.2, aria-invalid). name: the
    action's argument that the field gives. problem: None where nothing was refused.
    """
    is_wrong = name in getattr(problem, "about", ())
    if is_wrong:
        described_by = f"{help_id} {PROBLEM}".strip()
        return format_html('aria-invalid="true" aria-describedby="{}"', described_by)
    return format_html('aria-describedby="{}"', help_id) if help_id else ""
