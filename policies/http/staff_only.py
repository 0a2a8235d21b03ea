"""Addresses that a node without staff (STAFF=off) doesn't have."""

from typing import Any

from django.conf import settings
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import ResolverMatch

# The desk, the only place where cookies count; and drafts, for whoever has a preview link.
DESK = "/admin/"
PREVIEW = "/preview/"


class StaffOnly(URLResolver):
    """URLs that are not found with STAFF=off, as if they were not listed.

    They keep their names: a command on such a node still writes e-mails with links, which lead to
    a node that has them.
    """

    def resolve(self, path: Any) -> ResolverMatch:
        if not settings.STAFF:
            raise Resolver404({"path": path, "tried": []})
        return super().resolve(path)
