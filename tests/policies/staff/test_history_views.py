"""The desk's pages about a policy's history: revisions and comparisons."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from policies import workflow
from policies.states import Status
from tests.factories import NOW, make_emergency, make_policy, make_revision, make_user, make_version
from tests.policies.public.public_site import make_history
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def test_the_history_names_who_wrote_approved_and_published_each_revision():
    people = {
        "writer": make_user("Writers", name="ana"),
        "reviewer": make_user("Reviewers", name="ben"),
        "publisher": make_user("Publishers", name="cyn"),
    }
    version = make_version(**people)
    hasty = make_user(name="dan", permissions=["publish_without_approval"])
    rushed = make_revision(policy=version.policy, writer=people["writer"])
    make_emergency(rushed, by=hasty, at=NOW + timedelta(days=1), change_note="Sooner.")
    client, _ = log_in("Writers")

    shown = words(client.get(page("history", version.policy_id)))

    assert "Version 1" in shown
    for standing in ("Superseded", "In force"):
        assert f'">{standing}</span>' in shown
    for cell in ('Written by">ana<', 'Approved by"> ben<', 'Published by">cyn<', 'by">dan<'):
        assert cell in shown, cell
    assert "Nobody yet" in shown
    workflow.approve_afterwards(rushed.pk, by=make_user("Reviewers", name="eva"), at=timezone.now())
    assert "eva, after publication" in words(client.get(page("history", version.policy_id)))


def test_only_where_there_are_two_is_a_comparison_offered():
    version = make_version()
    client, _ = log_in("Reviewers")
    assert 'type="radio"' not in words(client.get(page("history", version.policy_id)))
    make_revision(policy=version.policy)

    assert 'type="radio"' in words(client.get(page("history", version.policy_id)))


def test_a_draft_can_start_from_any_revision():
    policy = make_policy()
    first = make_version(policy=policy)
    make_version(policy=policy, at=NOW + timedelta(days=1))
    client, _ = log_in("Writers")

    button = 'Start draft <span class="visually-hidden">from version 1</span>'
    assert button in words(client.get(page("history", policy.pk)))
    client.post(page("start_draft", policy.pk), {"based_on": first.pk})

    assert policy.revisions.open().get().digest == first.digest
    assert "Start draft" not in words(client.get(page("history", policy.pk)))


def test_any_two_revisions_are_compared_the_older_first():
    version = make_version(text="We keep little.")
    gone = make_revision(status=Status.DISCARDED, policy=version.policy, text="We keep much.")
    client, _ = log_in("Reviewers")

    shown = words(
        client.get(page("compare", version.policy_id), {"old": gone.pk, "new": version.pk})
    )

    marked = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "[deleted] little [end of deletion] [inserted] much [end of insertion]" in marked


@pytest.mark.parametrize("chosen", [{}, {"old": "1"}, {"old": "x", "new": "y"}, {"old": "0"}])
def test_what_can_not_be_compared_leads_back_with_a_word(chosen):
    version = make_version()
    client, _ = log_in("Reviewers")

    shown = client.get(page("compare", version.policy_id), chosen, follow=True)

    assert "Choose two different revisions" in words(shown)


def test_revisions_of_another_policy_are_not_compared():
    one, other = make_version(), make_version()
    client, _ = log_in("Reviewers")

    shown = client.get(
        page("compare", one.policy_id), {"old": one.pk, "new": other.pk}, follow=True
    )

    assert "Choose two different revisions" in words(shown)


def test_the_history_shows_that_a_withdrawn_version_was_never_in_force():
    policy = make_history()
    client, _ = log_in("Writers")

    assert words(client.get(page("history", policy.pk))).count(">Never</span>") == 1


def test_the_history_calls_versions_by_number_and_drafts_by_when_they_were_started():
    version = make_version()
    gone = make_revision(status=Status.DISCARDED, policy=version.policy, text="Other.")
    client, _ = log_in("Writers")

    shown = words(client.get(page("history", version.policy_id)))
    compared = words(
        client.get(page("compare", version.policy_id), {"old": version.pk, "new": gone.pk})
    )

    started = f"raft of {date_format(gone.created_at, 'DATE_FORMAT')}"
    assert f">D{started}</a>" in shown
    assert f"Revision {gone.pk}" not in shown
    assert "<strong>version 1</strong> (in force, saved" in compared
    assert f"<strong>d{started}</strong> (discarded, saved" in compared
