"""Styles and the icon inside public pages."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from policies.public.inline_assets import ICON, STYLES

register = template.Library()


@register.simple_tag
def style(name: str) -> SafeString:
    """Write one of STYLES as a <style> element, byte for byte as its CSP hash has it."""
    # Not escaped: inside <style> a browser does not read "&gt;" as ">".
    return SafeString(f"<style>{STYLES[name]}</style>")


@register.simple_tag
def icon() -> str:
    """Write the link to the icon; its address is a data URL that holds the icon."""
    return format_html('<link rel="icon" href="{}">', ICON)
