"""Which state of what is published is read from the database, and who is notified of a new one."""

import io
import math
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from policies import workflow
from policies.models import Cosignature, Rendering
from policies.models.version_status import NEWS_LAST
from policies.publication_state import listeners
from policies.publication_state.reading import read_state
from policies.publication_state.state import PublicationState
from policies.workflow import texts
from tests.factories import make_document, make_policy, make_revision, make_user, make_version


@pytest.mark.django_db
def test_every_change_that_public_pages_show_makes_a_new_state():
    seen = [read_state()]
    assert seen == [PublicationState(("", "", ""), -math.inf, math.inf)]

    def is_new():
        seen.append(read_state())
        return seen[-1] != seen[-2] and seen[-1] == read_state()

    now = timezone.now()
    version = make_version(at=now - timedelta(days=2))
    assert is_new()
    keeper = make_user("Publishers", is_superuser=True)
    upcoming = make_version(policy=version.policy, at=now, effective_at=now + timedelta(days=3))
    assert is_new()
    assert upcoming.effective_at is not None
    assert version.effective_at is not None
    assert seen[-1].until == upcoming.effective_at.timestamp()
    assert seen[-1].since == version.effective_at.timestamp()
    workflow.withdraw(upcoming.pk, by=keeper, at=now, reason="A mistake.")
    assert is_new()
    assert seen[-1].until == (version.effective_at + NEWS_LAST).timestamp()
    workflow.rename_policy(version.policy_id, by=keeper, at=now, slug="elsewhere")
    assert is_new()
    workflow.set_check_interval(version.policy_id, by=keeper, at=now, months=6)
    assert is_new()
    workflow.retire(version.policy_id, by=keeper, at=now, notice="It is over.")
    assert is_new()
    Cosignature.objects.create(size=1)
    assert is_new()
    assert not is_new()


@pytest.mark.django_db
def test_while_nothing_changes_the_state_is_read_with_one_query(django_assert_num_queries):
    """It is read four times a second, and there may be hundreds of thousands of versions."""
    make_version()
    state = read_state()
    with django_assert_num_queries(1):
        assert read_state() == state


@pytest.mark.django_db
def test_a_state_is_consistent_whatever_another_thread_reads_meanwhile(monkeypatch):
    make_version(effective_at=timezone.now() + timedelta(days=9))
    state, holds = read_state(), PublicationState.holds

    def read_by_another_thread(state, at):
        monkeypatch.undo()
        make_version(
            policy=make_policy(slug="sooner"), effective_at=timezone.now() + timedelta(days=5)
        )
        assert read_state().until != state.until
        return holds(state, at)

    monkeypatch.setattr(PublicationState, "holds", read_by_another_thread)
    assert read_state() == state


@pytest.mark.django_db(transaction=True)
def test_rendering_again_makes_a_new_state(monkeypatch):
    make_version()
    monkeypatch.setattr("policies.ledger.removed_anchors.record_anew", lambda policy: True)
    before = read_state()
    prepare = texts.prepare

    def otherwise(document, policy):
        prepared = prepare(document, policy)
        prepared.values["html"] += "<hr>"
        return prepared

    monkeypatch.setattr(texts, "prepare", otherwise)
    call_command("rerender", stdout=io.StringIO())
    assert Rendering.objects.get().html.endswith("<hr>")
    assert read_state() != before


@pytest.mark.django_db(transaction=True)
def test_listeners_are_notified_after_each_commit_and_can_read_what_it_changed():
    states = []

    def note():
        states.append(read_state())

    listeners.add(note)
    try:
        make_revision(policy=make_policy(), document=make_document())
    finally:
        listeners.remove(note)
    assert states[-1] == read_state()
    assert len(set(states)) == len(states) > 1
