"""Marks links that lead out of a page inside an app."""

from __future__ import annotations

from django import template

from policies.outward import mark

register = template.Library()


@register.filter(is_safe=True)
def outward(html: str, host: str) -> str:
    """Mark the links in HTML of ours, as policies.outward.mark says. host: the site's own."""
    return mark(html, host=host)
