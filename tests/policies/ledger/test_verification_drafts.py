"""Drafts, and the links by which others read them, that were changed in the database."""

import functools
from datetime import timedelta

import pytest
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import chains
from policies.models import (
    AuditEvent,
    Contribution,
    Policy,
    PreviewLink,
    Revision,
)
from policies.states import NUMBERED, Status
from tests.conftest import is_quick
from tests.factories import (
    DAY,
    NOW,
    make_document,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.ledger.proved_site import problems_after
from tests.policies.ledger.proved_site import without_rules as without_rules
from tests.policies.ledger.test_verification_changes import other_values

pytestmark = pytest.mark.django_db


def changed(change):
    """Return what `verify` finds after a change with all rules lifted, where all was sound."""
    assert ledger.verify().problems == []
    with triggers.lifted(connection):
        change()
    return ledger.verify().problems


# --- Drafts ------------------------------------------------------------------------------------

# Guarded by triggers alone (SECURITY.md).
NOT_PROVED = {"id", "based_on_id", "source_version_id"}


@pytest.mark.usefixtures("without_rules")
@pytest.mark.parametrize("status", sorted(set(Status) - NUMBERED))
def test_every_change_of_a_drafts_own_values_is_found(status):
    draft = make_revision(status=status)
    draft.refresh_from_db()
    fields = [it for it in Revision._meta.local_concrete_fields if it.attname not in NOT_PROVED]
    unnoticed = []

    for turn, field in enumerate(fields):
        values = other_values(field, getattr(draft, field.attname), [])
        for value in [values[turn % len(values)]] if is_quick() else values:
            rows = Revision.objects.filter(pk=draft.pk)
            change = functools.partial(rows.update, **{field.attname: value})
            is_same_text = isinstance(value, str) and value.strip() == getattr(draft, field.attname)
            if not is_same_text and problems_after(change) == []:
                unnoticed.append((field.attname, value))

    assert unnoticed == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.DISCARDED])
def test_authors_of_a_draft_that_were_changed_are_found(status):
    draft = make_revision(status=status)
    rows = Contribution.objects.filter(revision=draft)
    other = make_user().pk

    changes = [
        functools.partial(rows.update, contributed_by=other),
        functools.partial(rows.update, contributed_at=NOW + timedelta(microseconds=1)),
        functools.partial(
            Contribution.objects.create, revision=draft, contributed_by_id=other, contributed_at=NOW
        ),
        functools.partial(rows._raw_delete, rows.db),
    ]
    triggers.remove(connection)
    for change in changes:
        assert "has other authors than the audit records" in str(problems_after(change)), change


def test_the_authors_of_a_first_text_and_of_a_choice_of_source_are_in_order():
    source, writer = make_version(), make_user("Writers")
    hasty = make_user(permissions=["policies.publish_without_approval"])
    emergency = make_emergency(make_revision(policy=source.policy), by=hasty, at=NOW + DAY)
    continued = workflow.start_draft(
        source.policy_id, by=writer, at=NOW + DAY, based_on=emergency.pk
    )
    german = make_policy(language="de")
    draft = workflow.start_draft(german.pk, by=writer, at=NOW)
    publisher = make_user("Publishers")
    for at, which in ((NOW + DAY, source.policy_id), (NOW + 2 * DAY, None)):
        workflow.set_translation_of(german.pk, by=publisher, at=at, source_id=which)
    other = make_policy(language="fr", translation_of=source.policy)
    blank = workflow.start_draft(other.pk, by=writer, at=NOW + DAY)
    workflow.save_draft(
        blank.pk, make_document(), by=make_user("Writers"), at=NOW + 2 * DAY, seen_saves=1
    )

    assert draft.contributions.count() == 2
    assert blank.contributions.count() > 2
    assert ledger.verify().problems == []
    inherited = Contribution.objects.filter(revision=continued, contributed_by=hasty)
    assert "has other authors" in str(changed(inherited.delete))


# --- Preview links -----------------------------------------------------------------------------


def as_1_0_recorded():
    """Take from the audit what version 1.0 did not record, as if it had made the entries."""
    with triggers.lifted(connection):
        digest = ""
        for act in AuditEvent.objects.order_by("sequence"):
            act.facts, act.previous_digest = None, digest
            act.digest = digest = chains.entry_digest(act)
            act.save(update_fields=["facts", "previous_digest", "digest"])


def make_links(*, by_1_0):
    """Make two open links to a draft, and one that was revoked to another."""
    drafts = [make_revision(policy=make_policy(slug=slug)) for slug in ("privacy", "terms")]
    writer = make_user("Writers")
    links = [
        workflow.share(draft.pk, by=writer, at=NOW, recipient=name, days=days)
        for draft, name, days in ((drafts[0], "A", 1), (drafts[0], "B", 90), (drafts[1], "C", 14))
    ]
    workflow.revoke_link(links[2].pk, by=writer, at=NOW + DAY)
    if by_1_0:
        as_1_0_recorded()
    return links


@pytest.mark.parametrize("by_1_0", [False, True])
def test_a_preview_link_that_was_changed_is_found(by_1_0):
    first, second, revoked = make_links(by_1_0=by_1_0)
    assert ledger.verify().problems == []
    triggers.remove(connection)
    rows = PreviewLink.objects
    values = [
        {"expires_at": NOW + 1000 * DAY},
        {"expires_at": NOW + timedelta(days=1, seconds=1)},
        {"recipient": "D"},
        {"takes_comments": True},
        {"created_by": 1000},
        {"created_at": NOW - DAY},
        {"revoked_at": NOW + DAY, "revoked_by": 1000},
        {"id": second.pk + 77},
        {"revision": revoked.revision},
    ]

    def swap(one, other):
        for before, after in ((one, 900), (other, one), (900, other)):
            rows.filter(pk=before).update(id=after)

    changes = [
        *(functools.partial(rows.filter(pk=first.pk).update, **it) for it in values),
        functools.partial(rows.update, revoked_at=None, revoked_by=None),
        functools.partial(rows.filter(pk=revoked.pk).update, revoked_by=1000),
        functools.partial(swap, first.pk, second.pk),
        functools.partial(swap, first.pk, revoked.pk),
        rows.filter(pk=first.pk).delete,
    ]
    for change in changes:
        assert any("review link" in it for it in problems_after(change) or []), change


def test_a_link_of_1_0_is_proved_but_for_the_days_that_it_lasts():
    first, *_ = make_links(by_1_0=True)
    rows = PreviewLink.objects.filter(pk=first.pk)

    assert changed(lambda: rows.update(expires_at=NOW + 90 * DAY)) == []
    (problem,) = changed(lambda: rows.update(expires_at=NOW + 91 * DAY))
    assert "Preview link" in problem


# --- Policies of which nothing is published yet --------------------------------------------------


def test_a_policy_that_was_changed_before_its_first_publication_is_found():
    source, other = make_policy(slug="privacy"), make_policy(slug="terms")
    policy = make_policy(slug="datenschutz", language="de", translation_of=source)
    workflow.set_check_interval(policy.pk, by=make_user("Publishers"), at=NOW, months=12)
    rows = Policy.objects.filter(pk=policy.pk)
    values = [
        {"name": "Sold"},
        {"time_zone": "Asia/Tokyo"},
        {"check_every_months": 5},
        {"check_every_months": None},
        {"checklists": []},
        {"notice_days": 5},
        {"created_at": NOW - DAY},
        {"created_by": 1000},
        {"translation_of": None},
        {"translation_of": other},
        {"language": "fr"},
    ]

    assert ledger.verify().problems == []
    triggers.remove(connection)

    for it in values:
        assert "audit records" in str(problems_after(functools.partial(rows.update, **it))), it
