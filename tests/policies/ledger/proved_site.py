"""A site for tests of `verify`: with every kind of version, and with all rules lifted."""

import functools
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import verification
from policies.models import (
    Address,
    AuditEvent,
    Contribution,
    LateApproval,
    LedgerEntry,
    Policy,
    PreviewLink,
    RemovedAnchor,
    Rendering,
    ReviewComment,
    Revision,
    Section,
)
from policies.states import NUMBERED, Kind, Status
from policies.text import rendering
from policies.text.document import Document
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    NOW,
    make_document,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)

# What is proved, and the columns of policies that are.
PROVED = [
    *(LedgerEntry, AuditEvent, Revision, Section, Rendering, Contribution, ReviewComment),
    *(LateApproval, Policy, Address, RemovedAnchor, PreviewLink),
]
CHAINS = {LedgerEntry, AuditEvent}


def make_site():
    """Make versions of every kind: see the comments."""
    writer, reviewer, publisher = map(make_user, ["Writers", "Reviewers", "Publishers"])
    hasty = make_user(permissions=["policies.publish_without_approval"])
    people = {"writer": writer, "reviewer": reviewer, "publisher": publisher}
    privacy = make_policy(slug="privacy")
    # An import; then a version in force that was commented on; then an upcoming one.
    draft = workflow.import_draft(privacy.pk, make_document(), by=None, at=NOW)
    workflow.publish_import(
        draft.pk, by=None, at=NOW, reason="From the old site.", effective_at=NOW - 99 * DAY
    )
    draft = workflow.start_draft(privacy.pk, by=writer, at=NOW)
    draft = save_draft(draft, make_document(text="Less."), by=writer)
    workflow.comment(draft.pk, by=reviewer, at=NOW, text="Why?", section_anchor="scope")
    workflow.comment(draft.pk, by=reviewer, at=NOW, text="And how?", words="what we do")
    for comment in draft.comments.all():
        workflow.resolve_comment(comment.pk, by=writer, at=NOW)
    workflow.submit(draft.pk, by=writer, at=NOW)
    workflow.approve(draft.pk, by=reviewer, at=NOW)
    workflow.publish(
        draft.pk, by=publisher, at=NOW, kind=Kind.EDITORIAL, change_note="A word less."
    )
    make_version(policy=privacy, at=NOW, effective_at=NOW + 30 * DAY, **people)
    # Emergencies in another language, one of them approved afterwards.
    german = make_policy(slug="privacy", language="de", name="Datenschutz")
    for day in range(2):
        draft = make_revision(policy=german, at=NOW + day * DAY)
        version = make_emergency(draft, by=hasty, at=NOW + day * DAY)
        if day == 0:
            workflow.approve_afterwards(version.pk, by=reviewer, at=NOW + DAY)
    # Renamed twice; a section that was removed, came back and was removed again.
    apps = make_policy(slug="apps")
    whole = make_document()
    shorter = Document(whole.title, "", whole.sections[:1])
    for day, (slug, text) in enumerate(
        [("apps", whole), ("app", shorter), ("apps", whole), ("app-policy", shorter)]
    ):
        at = NOW + day * DAY
        if day:
            workflow.rename_policy(apps.pk, by=publisher, at=at, slug=slug)
        make_version(policy=apps, document=text, at=at, **people)
    # Withdrawn; retired with a successor; retired and taken up again; work in progress.
    terms = make_policy(slug="terms")
    make_version(policy=terms, **people)
    make_revision(status=Status.WITHDRAWN, policy=terms, **people)
    # Rescheduled, and again.
    version = make_version(policy=make_policy(slug="later"), effective_at=IN_FIFTY_YEARS, **people)
    for days in (14, 7):
        workflow.reschedule(
            version.pk,
            by=publisher,
            at=NOW + 9 * DAY,
            effective_at=IN_FIFTY_YEARS + days * DAY,
            reason="The app comes later.",
        )
    cookies = make_policy(slug="cookies")
    make_version(policy=cookies, **people)
    workflow.retire(cookies.pk, by=publisher, at=NOW, notice="See there.", successor_id=privacy.pk)
    imprint = make_policy(slug="imprint")
    make_version(policy=imprint, **people)
    workflow.retire(imprint.pk, by=publisher, at=NOW, notice="No longer.")
    workflow.reinstate(imprint.pk, by=publisher, at=NOW + DAY)
    draft = make_revision(status=Status.DRAFT, policy=terms, writer=writer)
    # Drafts that others read; one that was discarded, one for each open state; nothing published.
    workflow.set_check_interval(terms.pk, by=publisher, at=NOW, months=12)
    workflow.set_notice_period(terms.pk, by=publisher, at=NOW, days=30)
    workflow.set_owner(terms.pk, by=publisher, at=NOW, owner_id=publisher.pk)
    workflow.set_checklists(terms.pk, by=publisher, at=NOW, which=["apple", "gdpr"])
    for days in (3, 14):
        link = workflow.share(draft.pk, by=writer, at=NOW, recipient="Counsel", days=days)
        workflow.share(draft.pk, by=writer, at=NOW, recipient="The board")
        workflow.revoke_link(link.pk, by=reviewer, at=NOW + DAY)
    for status in (Status.DISCARDED, Status.IN_REVIEW, Status.APPROVED):
        name = status.value.replace("_", "-")
        new = make_policy(slug=name)
        revision = make_revision(status=status, policy=new, writer=writer, reviewer=reviewer)
        if status != Status.DISCARDED:
            workflow.share(revision.pk, by=writer, at=NOW, recipient="Counsel")


def proved_rows(model):
    """Return the rows of a table whose every value is proved: not those of work in progress."""
    rows = model._default_manager.order_by("pk")
    if model is Revision:
        rows = rows.filter(status__in=NUMBERED)
    elif model in {Section, Rendering, ReviewComment}:
        rows = rows.filter(revision__status__in=NUMBERED)
    return list(rows)


# Who and what: nothing that verification reads is anywhere else.
KEPT = [User, *Policy._meta.apps.get_app_config("policies").get_models()]
render = functools.cache(rendering.render_document)


@functools.cache
def rows_of_the_site():
    """Return the rows of a site, made once and undone, from which tests can quickly restore it."""
    with transaction.atomic():
        make_site()
        assert ledger.verify().problems == []
        rows = [list(model._base_manager.all()) for model in KEPT]
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def without_rules(monkeypatch):
    with _rules_lifted(monkeypatch):
        yield


@pytest.fixture
def site(monkeypatch):
    """Make a site without rules.

    Each text is rendered only once, to save time. That `verify` finds nothing wrong with the site
    before it is changed, test_every_change_of_a_single_value_is_found asks at its end.
    """
    rows = rows_of_the_site()
    monkeypatch.setattr(rendering, "render_document", render)
    with _rules_lifted(monkeypatch):
        for model, kept in zip(KEPT, rows, strict=True):
            model._base_manager.bulk_create(kept)
        yield


@contextmanager
def _rules_lifted(monkeypatch):
    """Take down everything that keeps the owner of the database from changing it."""
    monkeypatch.setattr(triggers, "missing", lambda _: [])
    triggers.remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid::regclass::text LIKE 'policies_%'"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def problems_after(change, model=None):
    """Make a change, verify, undo it. None: the columns themselves can't hold the change.

    model: what is changed. Of an entry of a chain, only the chain is verified if that finds the
    change: verifying everything begins with the chains, and costs ten times as much.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                change()
        except IntegrityError:
            problems = None
        else:
            in_chain = model in CHAINS and verification.verify_chains().problems
            problems = in_chain or ledger.verify().problems
        transaction.set_rollback(True)
    return problems


def flipped(text):
    middle = len(text) // 2
    return f"{text[:middle]}{chr(ord(text[middle]) ^ 1)}{text[middle + 1 :]}" if text else "x"
