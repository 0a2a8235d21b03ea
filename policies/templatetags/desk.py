"""What the templates of the desk need: the words of actions, and how forms describe fields."""

from django import template
from django.forms import BoundField
from django.utils.html import format_html

from policies.permissions import ACTIONS
from policies.states import Status

register = template.Library()


@register.simple_tag
def action_label(action: str) -> str:
    return ACTIONS[action].label


@register.simple_tag
def status_label(status: str) -> str:
    return str(Status(status).label)


@register.simple_tag
def field_state(field: BoundField, help_id: str = "") -> str:
    """Write the attributes that name what describes a field: its help, and the form's errors.

    After an error, the field is also marked as wrong (WAI-ARIA 1.2, aria-invalid).
    """
    if field.errors:
        described_by = f"{help_id} problem".strip()  # the box of includes/_problem.html
        return format_html('aria-invalid="true" aria-describedby="{}"', described_by)
    return format_html('aria-describedby="{}"', help_id) if help_id else ""
