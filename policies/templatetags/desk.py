"""What the templates of the desk need: words of actions and states, how forms describe fields."""

from django import template
from django.forms import BoundField
from django.utils.html import format_html

from policies.permissions import ACTIONS
from policies.public.version_status import VersionStatus
from policies.states import Status

register = template.Library()


@register.simple_tag
def action_label(action: str) -> str:
    return ACTIONS[action].label


@register.simple_tag
def status_label(status: str) -> str:
    return str(Status(status).label)


@register.simple_tag
def chip(status: str, label: str = "") -> str:
    """Show the state of a revision (Status), or what a version is to readers (VersionStatus).

    label: other words than the state's own.
    """
    in_words = {it.value: it.label for it in VersionStatus} | {it.value: it.label for it in Status}
    name = status.replace("_", "-")
    return format_html('<span class="chip chip-{}">{}</span>', name, label or in_words[status])


@register.simple_tag
def field_state(field: BoundField, help_id: str = "") -> str:
    """Write the attributes that name what describes a field: its help, and the form's errors.

    After an error, the field is also marked as wrong (WAI-ARIA 1.2, aria-invalid).
    """
    if field.errors:
        described_by = f"{help_id} problem".strip()  # the box of includes/_problem.html
        return format_html('aria-invalid="true" aria-describedby="{}"', described_by)
    return format_html('aria-describedby="{}"', help_id) if help_id else ""
