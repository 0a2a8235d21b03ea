"""The stylesheet and the icon inside every public page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from policies.public.inline_assets import ICON, STYLESHEET

register = template.Library()


@register.simple_tag
def stylesheet() -> SafeString:
    """Write the stylesheet as a <style> element, byte for byte as its CSP hash has it."""
    return mark_safe(f"<style>{STYLESHEET}</style>")  # noqa: S308  a file of ours


@register.simple_tag
def icon() -> str:
    """Write the link to the icon; its address is a data URL that holds the icon."""
    return format_html('<link rel="icon" href="{}">', ICON)
