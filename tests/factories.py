"""Factories: make users, documents, policies and revisions for tests.

A test passes only the keyword arguments that matter to it. Policies and revisions are made through
the workflow, so that they are as on a site. every_row returns all of them, to compare.
"""

import itertools
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from policies import workflow
from policies.models import RoleGrant
from policies.roles import ROLES
from policies.states import Kind, Status
from policies.text.document import Document, Section
from policies.workflow import open_findings

# The time at which a test takes place unless it says otherwise.
NOW = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

# The database compares with its own clock whether a version may still be withdrawn.
IN_FIFTY_YEARS = datetime(2076, 5, 2, 12, 0, tzinfo=UTC)

_counter = itertools.count(1)


def make_user(*roles, name="", permissions=(), is_superuser=False):
    """Make an active member of staff with roles (names of roles.ROLES) and single permissions."""
    username = name or f"person{next(_counter)}"
    user = User.objects.create(username=username, is_staff=True, is_superuser=is_superuser)
    for role in roles:
        assert role in ROLES
        user.groups.add(Group.objects.get(name=role))
    for permission in permissions:
        user.user_permissions.add(
            Permission.objects.get(
                content_type__app_label="policies", codename=permission.removeprefix("policies.")
            )
        )
    return user


def make_limited_user(*roles, **where):
    """Make a member of staff whose roles hold for a policy or a language only."""
    user = make_user()
    for role in roles:
        group = Group.objects.get(name=role)
        RoleGrant.objects.create(user=user, role=group, granted_at=NOW, **where)
    return user


def confirm(client):
    """Make a client's session one in which the password was given just now, as after a log-in."""
    session = client.session
    session["confirmed_at"] = timezone.now().timestamp()
    session.save()


def make_document(*, title="Privacy Policy", text="We keep little."):
    """Make a Document of two sections; `text` is the body of the first."""
    return Document(
        title=title,
        introduction="This policy says what we do.",
        sections=(
            Section(heading="Scope", anchor="scope", body=text),
            Section(heading="Contact", anchor="contact", body="Write to privacy@softphonez.com."),
        ),
    )


def make_policy(*, slug="", name="Privacy policy", language="en", translation_of=None):
    return workflow.create_policy(
        slug=slug or f"policy-{next(_counter)}",
        name=name,
        language=language,
        translation_of_id=translation_of.pk if translation_of else None,
        by=None,
        at=NOW,
    )


def make_revision(
    *,
    status=Status.DRAFT,
    policy=None,
    document=None,
    text=None,
    writer=None,
    reviewer=None,
    publisher=None,
    at=NOW,
    effective_at=None,
    kind=Kind.MATERIAL,
    change_note="What is new.",
):
    """Make a revision and bring it to `status`, each step by somebody who may.

    Its text is `document`, or else make_document(text=text); by default, one like no other.
    """
    policy = policy or make_policy()
    writer = writer or make_user("Writers")
    draft = workflow.start_draft(policy.pk, by=writer, at=at)
    if document is None:
        document = make_document(text=f"Text {next(_counter)}." if text is None else text)
    draft = save_draft(draft, document, by=writer, at=at)
    if status == Status.DRAFT:
        return draft
    if status == Status.DISCARDED:
        return workflow.discard(draft.pk, by=writer, at=at)
    revision = workflow.submit(draft.pk, by=writer, at=at)
    if status == Status.IN_REVIEW:
        return revision
    revision = workflow.approve(revision.pk, by=reviewer or make_user("Reviewers"), at=at)
    if status == Status.APPROVED:
        return revision
    publisher = publisher or make_user("Publishers")
    _justify_lost_anchors(revision, by=publisher, at=at)
    if status == Status.WITHDRAWN and effective_at is None:
        effective_at = IN_FIFTY_YEARS
    revision = workflow.publish(
        revision.pk,
        by=publisher,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=effective_at,
    )
    if status == Status.PUBLISHED:
        return revision
    return workflow.withdraw(revision.pk, by=publisher, at=at, reason="A mistake was found.")


def _justify_lost_anchors(revision, *, by, at):
    """Give the reason that publication needs if the text has other sections than the one before."""
    if revision.policy.revisions.published().exists():
        found = open_findings.still_open(open_findings.findings_of(revision, at=at))
        keys = [it.finding.key for it in found if it.finding.rule == "lost-anchor"]
        if keys:
            key = " ".join(keys)
            workflow.justify(revision.pk, by=by, at=at, key=key, reason="Nobody links to them.")


def make_version(**options):
    """Publish a version. options: as make_revision takes them."""
    return make_revision(status=Status.PUBLISHED, **options)


def make_emergency(
    draft=None,
    *,
    by=None,
    at=NOW,
    reason="A court order.",
    change_note="What is new.",
    effective_at=None,
):
    """Publish `draft`, or a new one, without approval. by: None for somebody who may only that."""
    return workflow.publish_without_approval(
        (draft or make_revision()).pk,
        by=by or make_user(permissions=["publish_without_approval"]),
        at=at,
        reason=reason,
        change_note=change_note,
        effective_at=effective_at,
    )


def save_draft(draft, document, *, by=None, at=NOW):
    """Save a text as somebody who has `draft` before them. by: None for another writer."""
    by = by or make_user("Writers")
    return workflow.save_draft(draft.pk, document, by=by, at=at, seen_saves=draft.saves)


def make_import(document, *, policy=None, at=NOW, effective_at=None, change_note="What is new."):
    """Publish a text as an import, whatever findings it has. effective_at: None for `at`."""
    policy = policy or make_policy()
    draft = workflow.import_draft(policy.pk, document, by=None, at=at)
    return workflow.publish_import(
        draft.pk,
        by=None,
        at=at,
        reason="From elsewhere.",
        effective_at=effective_at or at,
        change_note=change_note,
    )


def every_row():
    """Return every row of ours, by model."""
    models = apps.get_app_config("policies").get_models()
    return {it.__name__: list(it._base_manager.order_by("pk").values_list()) for it in models}
