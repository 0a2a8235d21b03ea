"""Marks links that lead out of a page shown inside an app."""

from django import template

from policies.public.external_links import mark

register = template.Library()

# {% filter mark_external_links:request.get_host %}
register.filter("mark_external_links", mark, is_safe=True)
