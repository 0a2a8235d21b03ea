"""The stylesheet and the icon inside every public page."""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.utils.html import format_html

from policies.public.inline_assets import ICON, STYLESHEET

register = template.Library()


class _StylesheetNode(template.Node):
    # A node's text goes out as it is. What simple_tag returns would be escaped, and inside <style>
    # a browser does not read "&gt;" as ">".
    def render(self, context: Context) -> str:
        return f"<style>{STYLESHEET}</style>"


@register.tag
def stylesheet(parser: Parser, token: Token) -> template.Node:
    """Write the stylesheet as a <style> element, byte for byte as its CSP hash has it."""
    return _StylesheetNode()


@register.simple_tag
def icon() -> str:
    """Write the link to the icon; its address is a data URL that holds the icon."""
    return format_html('<link rel="icon" href="{}">', ICON)
