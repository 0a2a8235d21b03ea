"""The stylesheet and the icon inside every public page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from policies.public.inline_assets import (
    CONTENTS_STYLE,
    ICON,
    MAIL_STYLE,
    REDLINE_STYLE,
    STYLESHEET,
)

register = template.Library()


@register.simple_tag
def stylesheet() -> SafeString:
    """Write the stylesheet as a <style> element, byte for byte as its CSP hash has it."""
    # Not escaped: inside <style> a browser does not read "&gt;" as ">".
    return SafeString(f"<style>{STYLESHEET}</style>")


@register.simple_tag
def contents_style() -> SafeString:
    """Write the style of the contents as a <style> element, as its CSP hash has it."""
    return SafeString(f"<style>{CONTENTS_STYLE}</style>")  # not escaped, as above


@register.simple_tag
def redline_style() -> SafeString:
    """Write the style of redlines as a <style> element, byte for byte as its CSP hash has it."""
    return SafeString(f"<style>{REDLINE_STYLE}</style>")  # not escaped, as above


@register.simple_tag
def mail_style() -> SafeString:
    """Write the style of a mail as a <style> element, byte for byte as its CSP hash has it."""
    return SafeString(f"<style>{MAIL_STYLE}</style>")  # not escaped, as above


@register.simple_tag
def icon() -> str:
    """Write the link to the icon; its address is a data URL that holds the icon."""
    return format_html('<link rel="icon" href="{}">', ICON)
