"""A site with one of everything that a URL can be about, and a path for every route of it."""

import re
from datetime import timedelta
from functools import cached_property

from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, LedgerEntry, WebhookEndpoint
from policies.states import Status
from policies.webhooks.events import EVENTS
from policies.webhooks.signing import new_secret
from tests.factories import make_policy, make_revision, make_user, make_version

# Never published: if one of these is found where only published texts belong, there is a leak.
DRAFT_WORDS = "Kiwi-Draft-7f3a"
LINKED_WORDS = "Kiwi-Linked-c21e"
COMMENT_WORDS = "Kiwi-Comment-90bd"


def routes():
    """Yield (name, route) of every URL pattern: name with namespace, route from the root.

    For a pattern without a name, the name is the route.
    """
    yield from _routes(get_resolver().url_patterns, "", "")


def _routes(patterns, before, namespace):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield (f"{namespace}:{pattern.name}" if pattern.name else route), route
        else:
            yield from _routes(pattern.url_patterns, route, pattern.namespace or namespace)


def public_routes():
    """Yield the name, without a namespace, and the route of each address outside the desk."""
    for name, route in routes():
        if not route.startswith("admin/"):
            yield name.rpartition(":")[2], route


def filled(route, **values):
    """Return a path for a route. values: of its parameters, by name. Raises KeyError if there is
    none for one of them, neither there nor here.
    """
    usual = {"language": "de", "name": "current", "number": 1, "old": 1, "new": 2, "before": 2}
    usual["place"] = "0/000.p/1"
    known = usual | values
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), route)


class Everything:
    """The site. people: staff by the letters of permissions.py."""

    def __init__(self):
        now = timezone.now()
        then = now - timedelta(days=9)
        policy = make_policy(slug="privacy")
        for at in (then, now - timedelta(days=5)):
            self.version = make_version(policy=policy, at=at)
        self.policy = self.version.policy
        self.root = make_user(is_superuser=True)
        # Staff of every kind. Nobody else, nor N, may read what is not published.
        self.people = {
            "W": make_user("Writers"),
            "R": make_user("Reviewers"),
            "P": make_user("Publishers"),
            "E": make_user(permissions=["publish_without_approval"]),
            "N": make_user(),
            "S": self.root,
        }
        self.revision = make_revision(status=Status.IN_REVIEW, policy=policy, text=DRAFT_WORDS)
        workflow.comment(
            self.revision.pk,
            by=self.people["R"],
            at=now,
            text=f"{COMMENT_WORDS}: why?",
            section_anchor="scope",
        )
        german = make_policy(slug="datenschutz", language="de", translation_of=policy)
        for at in (then, now - timedelta(days=5)):
            make_version(policy=german, at=at)
        self.draft = make_revision(policy=german, text=LINKED_WORDS)
        link = workflow.share(self.draft.pk, by=self.root, at=now, recipient="Ann")
        self.token = link.token
        retired = make_version(policy=make_policy(slug="old"), at=then).policy
        # Nothing listens at this address, and a test of it stays on this machine.
        self.webhook = WebhookEndpoint.objects.create(
            name="Intranet", url="https://127.0.0.1:9/", events=list(EVENTS), secret=new_secret()
        )
        workflow.retire(retired.pk, by=self.root, at=now, notice="Gone.")

    def path(self, route):
        """Return a path for a route. Raises KeyError for a parameter that is not known here."""
        german = route.startswith("<language:")
        values = {
            "slug": "datenschutz" if german else "privacy",
            "day": timezone.now().date(),
            "token": self.token,
            "pk": self.revision.pk if "revision/<" in route else self.policy.pk,
        }
        for model, pk in self._of_admin.items():
            if f"/{model}/" in route:
                values |= {"object_id": pk, "id": pk}
                if "/auth/" in route or "/webhookendpoint/" in route:
                    values["pk"] = pk
        route = route.replace("(?P<url>.*)$", "nowhere/")
        if route.endswith("$"):  # the admin's list of one application
            route = "admin/policies/"
        return filled(route, **values)

    @cached_property
    def _of_admin(self):
        """Return the key of one object of each model that Django admin shows."""
        return {
            "user": self.people["N"].pk,
            "group": Group.objects.order_by("pk")[0].pk,
            "policy": self.policy.pk,
            "revision": self.revision.pk,
            "ledgerentry": LedgerEntry.objects.order_by("pk")[0].pk,
            "auditevent": AuditEvent.objects.order_by("pk")[0].pk,
            "webhookendpoint": self.webhook.pk,
        }
