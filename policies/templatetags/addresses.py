"""Addresses of a policy's public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from policies.models import Policy

register = template.Library()


@register.simple_tag
def policy_url(policy: Policy, name: str, **arguments: object) -> str:
    """Write the path of a policy's page, such as {% policy_url policy "version" number=3 %}."""
    return policy.url(name, **arguments)
