"""Finds every page that the site can show, and makes a site on which all have something to show.

Pages are found by the routes, so that what is added to urls.py or to the desk is visited by itself.
States that a route alone does not show are listed by hand.
"""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, LedgerEntry, Policy, WebhookEndpoint
from policies.public import listed_urls
from policies.states import Kind, Status
from policies.text import document as documents
from policies.webhooks import delivering
from policies.webhooks.signing import new_secret
from tests.factories import (
    DAY,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.site.everything import routes
from tests.site.permissions import ROWS
from tests.site.published import (
    publish_clauses,
    publish_everything,
    publish_history,
    publish_translations,
)


@dataclass
class Pages:
    """The pages that were found. html: the HTML pages by path.

    routes: the names of the routes of these pages. other: by name of a route, what it answers with
    if that is no page: status and content type.
    """

    html: dict[str, bytes] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)
    other: dict[str, str] = field(default_factory=dict)

    def ask(self, client, path):
        """Ask for a path and note the answer; return whether it is a page."""
        answer = client.get(path)
        try:
            name = resolve(path.partition("?")[0]).url_name or ""
        except Resolver404:
            name = ""
        kind = answer.get("Content-Type", "")
        is_page = kind.startswith("text/html") and answer.status_code not in {301, 302, 403}
        if not is_page:
            self.other[name] = f"{answer.status_code} {kind}"
            return False
        self.html[path] = answer.content
        self.routes.add(name)
        return True


# --- Public ------------------------------------------------------------------------------------


def make_public_site():
    """Make a public site; return the paths of states that the routes alone do not show."""
    now = timezone.now()
    paths = [publish_everything(), "/terms/embed/", *publish_clauses()]
    paths += [*publish_history(), *publish_translations()]
    retired = make_version(policy=make_policy(slug="old"), at=now - DAY).policy
    root = make_user("Writers", is_superuser=True)
    policy = Policy.objects.get(slug="privacy", language="en")
    notice = {"notice": "See the “other” one.\nReally.", "successor_id": policy.pk}
    workflow.retire(retired.pk, by=root, at=now, **notice)
    withdrawn = make_policy(slug="withdrawn")
    make_version(policy=withdrawn, at=now - 9 * DAY)
    less = documents.parse("# Privacy\n\n### In short\n\nLittle.\n\n## Contact\n\nCall & ask.\n")
    note = "A section & less.\nTwo lines."
    make_import(less, policy=withdrawn, at=now - 8 * DAY, change_note=note)
    make_revision(
        status=Status.WITHDRAWN, policy=withdrawn, at=now - DAY, effective_at=now + 5 * DAY
    )
    draft = make_revision(policy=policy, writer=root, at=now, document=make_document())
    links = [workflow.share(draft.pk, by=root, at=now, recipient=it) for it in ("Ann", "Bob")]
    workflow.revoke_link(links[1].pk, by=root, at=now)
    links.append(workflow.share(draft.pk, by=root, at=now, recipient="Cy", takes_comments=True))
    said = {"guest": "Cy", "text": "Is it so?", "words": "what we do"}
    workflow.comment_by_link(links[2].pk, at=now, **said)
    still_open, ended, commented = (f"/preview/{it.token}/" for it in links)
    return [
        *paths,
        *("/", "/ar/", "/old/", "/old/embed/", "/withdrawn/versions/", "/withdrawn/versions/3/"),
        *("/withdrawn/compare/1/2/", "/data/", "/ja/data/"),
        *(still_open, f"{still_open}changes/", ended, commented, "/nowhere/at/all/"),
        *("/privacy/versions/2/", "/privacy/versions/before/3/", "/privacy/on/nonsense/"),
        "/ar/data/on/1999-01-01/",
    ]


def public_pages(states):
    """Return the pages at the paths in `states`, and one of each public route not among them."""
    pages, client = Pages(), Client(raise_request_exception=False)
    for path in states:
        assert pages.ask(client, path), f"{path} is no page"
    asked = pages.routes | pages.other.keys()
    for path in listed_urls.listed_paths():
        if path.count("/") == 1 and "." in path:
            continue  # no page: a file of static/root, robots.txt and the like
        name = resolve(path).url_name or ""
        if name not in asked:
            pages.ask(client, path)
            asked.add(name)
    return pages


# --- The desk ----------------------------------------------------------------------------------

FINDINGS = documents.Document(
    "Privacy",
    "See [it](#nowhere).",
    (
        documents.Section("A", "a", "TODO: write. See <http://example.org/>."),
        documents.Section("B", "b"),
    ),
)


# The desk's routes that allow GET, by name without the namespace.
LOOKED_AT = {
    name.removeprefix("admin:")
    for name, row in ROWS.items()
    if name.startswith("admin:") and row.get != 405
}


class DeskSite:
    """A site with one of everything that staff can look at on the desk."""

    def __init__(self):
        now = timezone.now()
        self.root = make_user("Writers", is_superuser=True, name="root")
        writer = make_user("Writers")
        policy = make_version(at=now - 9 * DAY, policy=make_policy(slug="privacy")).policy
        less = documents.parse("# Privacy\n\n## Scope\n\nLess.\n")
        shorter = make_import(less, policy=policy, at=now - DAY)
        upcoming = make_version(policy=policy, at=now, effective_at=now + DAY)
        in_review = make_revision(status=Status.IN_REVIEW, policy=policy, writer=writer)
        remark = workflow.comment(
            in_review.pk, by=self.root, at=now, text="Why?", words="Write to", replacement="Ask"
        )
        workflow.reply_to_comment(remark.pk, by=writer, at=now, text="The law.")
        workflow.share(in_review.pk, by=writer, at=now, recipient="Counsel")
        asked = {"reviewer_id": make_user("Reviewers").pk, "note": "Section 2 is new."}
        workflow.reassign_review(in_review.pk, by=writer, at=now, due_on=now.date(), **asked)
        draft = make_revision(writer=self.root, document=FINDINGS)
        Policy.objects.filter(pk=draft.policy_id).update(check_every_months=1)
        translation = make_policy(slug="privacy", language="de", translation_of=policy)
        make_version(policy=translation, at=now - 8 * DAY)
        retired = make_version(at=now - DAY).policy
        workflow.retire(retired.pk, by=self.root, at=now, notice="See there.")
        approved = make_revision(status=Status.APPROVED)
        make_version(policy=translation, kind=Kind.EDITORIAL, at=now - 7 * DAY)
        translated = make_revision(policy=translation, at=now - DAY)
        reopened = make_revision(status=Status.APPROVED)
        workflow.reopen(reopened.pk, by=self.root, at=now)
        # The key in the URL, by the route's name; for all others that of `policy` or of `draft`.
        self.about = {
            "review": in_review.pk,
            "since_review": reopened.pk,
            "side_by_side": translated.pk,
            "publish": approved.pk,
            "publish_preview": approved.pk,
            "published": upcoming.pk,
            "withdraw": upcoming.pk,
            "reschedule": upcoming.pk,
            "withdraw_preview": upcoming.pk,
            "retire": make_version(at=now - DAY).policy_id,
            "reinstate": retired.pk,
            "reinstate_preview": retired.pk,
            "user_password_change": writer.pk,  # one's own has another page
        }
        # Query strings without which a route shows no page.
        self.queries = {"policies_compare": f"?old={shorter.pk}&new={upcoming.pk}"}
        webhook = WebhookEndpoint.objects.create(
            name="Intranet", url="https://softphonez.com/hook", secret=new_secret(), rotated_at=now
        )
        delivery = delivering.add_test(webhook, at=now)
        delivery.tries, delivery.tried_at, delivery.status = 1, now, 500
        delivery.answer = "The server of the intranet is away. Write to its owner."
        delivery.save()
        self.policy, self.draft = policy, draft
        self.states = [
            reverse("admin:policies_review", args=[approved.pk]),
            reverse("admin:policies_review", args=[draft.pk]),
            reverse("admin:policies_edit", args=[translated.pk]),
            reverse("admin:policies_policy_change", args=[retired.pk]),
            reverse("admin:policies_policy_change", args=[translation.pk]),
            reverse("admin:policies_policy_change", args=[make_policy(name="Bare").pk]),
            reverse("admin:policies_history", args=[translation.pk]),
        ]

    def paths(self):
        """Return a path for each route of the desk that allows GET, then those of `states`."""
        named = [self._path(name) + self.queries.get(name, "") for name in sorted(LOOKED_AT)]
        return [*named, *self.states]

    def _path(self, name):
        if name == "app_list":
            return reverse("admin:app_list", args=["policies"])
        if not name.startswith(("policies_", "auth_")):
            return reverse(f"admin:{name}")
        argument = self._argument(name)
        try:
            return reverse(f"admin:{name}", args=[argument])
        except NoReverseMatch:  # the route takes no key
            return reverse(f"admin:{name}")

    def _argument(self, name):
        rest = name.partition("_")[2]
        if rest in self.about:
            return self.about[rest]
        kind = rest.partition("_")[0]
        models = {"user": User, "group": Group, "ledgerentry": LedgerEntry}
        models |= {"auditevent": AuditEvent, "webhookendpoint": WebhookEndpoint}
        if kind in models:
            return models[kind]._default_manager.order_by("pk")[0].pk
        route = dict(routes())[f"admin:{name}"]
        of_revision = kind == "revision" or "/revision/" in route
        return self.draft.pk if of_revision else self.policy.pk


def desk_pages(site, paths):
    """Return the desk's pages at these paths, as the superuser of `site` sees them."""
    pages, client = Pages(), Client()
    client.force_login(site.root)
    for path in paths:
        pages.ask(client, path)
    return pages
