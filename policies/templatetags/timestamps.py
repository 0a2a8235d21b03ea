"""Times as machines read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from datetime import datetime

register = template.Library()


@register.filter(expects_localtime=True)
def iso(time: datetime) -> str:
    """Return a time for a datetime attribute, to the second: 2026-05-02T00:00:00+02:00.

    HTML allows at most three digits after the second; date:"c" may write six.
    """
    return time.isoformat(timespec="seconds")
