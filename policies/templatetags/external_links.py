"""Marks links that lead out of a page shown inside an app."""

from __future__ import annotations

from django import template

from policies.public.external_links import mark

register = template.Library()


@register.filter(is_safe=True)
def mark_external_links(html: str, host: str) -> str:
    """Mark links in our own HTML, as public.external_links does. host: the site's own."""
    return mark(html, host=host)
