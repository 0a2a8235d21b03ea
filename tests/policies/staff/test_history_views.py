"""The desk's pages about a policy's history: revisions, comparisons, the audit trail."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from policies import workflow
from policies.states import Status
from tests.factories import NOW, make_document, make_policy, make_revision, make_user, make_version
from tests.policies.public.public_site import make_history
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def test_the_history_names_who_wrote_approved_and_published_each_revision() -> None:
    people = {
        "writer": make_user("Writers", name="ana"),
        "reviewer": make_user("Reviewers", name="ben"),
        "publisher": make_user("Publishers", name="cyn"),
    }
    version = make_revision(status=Status.PUBLISHED, **people)
    hasty = make_user(name="dan", permissions=["publish_without_approval"])
    rushed = make_revision(policy=version.policy, writer=people["writer"])
    workflow.publish_without_approval(
        rushed.pk, by=hasty, at=NOW + timedelta(days=1), reason="A leak.", change_note="Sooner."
    )
    client, _ = log_in("Writers")

    shown = words(client.get(page("history", version.policy_id)))

    assert "Version 1" in shown
    for standing in ("Superseded", "In force"):
        assert f'<span class="quiet">{standing}</span>' in shown
    for cell in ('Written by">ana<', 'Approved by"> ben<', 'Published by">cyn<', 'by">dan<'):
        assert cell in shown, cell
    assert "Nobody yet" in shown
    workflow.approve_afterwards(rushed.pk, by=make_user("Reviewers", name="eva"), at=timezone.now())
    assert "eva, after publication" in words(client.get(page("history", version.policy_id)))


def test_only_where_there_are_two_is_a_comparison_offered() -> None:
    version = make_version()
    client, _ = log_in("Reviewers")
    assert 'type="radio"' not in words(client.get(page("history", version.policy_id)))
    make_revision(policy=version.policy)

    assert 'type="radio"' in words(client.get(page("history", version.policy_id)))


def test_a_draft_can_start_from_any_revision() -> None:
    policy = make_policy()
    first = make_version(policy=policy)
    make_version(policy=policy, at=NOW + timedelta(days=1))
    client, _ = log_in("Writers")

    button = 'Start draft <span class="visually-hidden">from version 1</span>'
    assert button in words(client.get(page("history", policy.pk)))
    client.post(page("start_draft", policy.pk), {"based_on": first.pk})

    assert policy.revisions.open().get().digest == first.digest
    assert "Start draft" not in words(client.get(page("history", policy.pk)))


def test_any_two_revisions_are_compared_the_older_first() -> None:
    version = make_revision(status=Status.PUBLISHED, document=make_document(text="We keep little."))
    gone = make_revision(
        status=Status.DISCARDED, policy=version.policy, document=make_document(text="We keep much.")
    )
    client, _ = log_in("Reviewers")

    shown = words(
        client.get(page("compare", version.policy_id), {"old": gone.pk, "new": version.pk})
    )

    marked = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "[deleted] little [end of deletion] [inserted] much [end of insertion]" in marked


@pytest.mark.parametrize("chosen", [{}, {"old": "1"}, {"old": "x", "new": "y"}, {"old": "0"}])
def test_what_can_not_be_compared_leads_back_with_a_word(chosen: dict[str, str]) -> None:
    version = make_version()
    client, _ = log_in("Reviewers")

    shown = client.get(page("compare", version.policy_id), chosen, follow=True)

    assert "Choose two different revisions" in words(shown)


def test_revisions_of_another_policy_are_not_compared() -> None:
    one, other = make_version(), make_version()
    client, _ = log_in("Reviewers")

    shown = client.get(
        page("compare", one.policy_id), {"old": one.pk, "new": other.pk}, follow=True
    )

    assert "Choose two different revisions" in words(shown)


def test_the_audit_trail_is_filtered_on_the_page_and_in_the_table() -> None:
    version = make_revision(status=Status.PUBLISHED, publisher=make_user("Publishers", name="cyn"))
    client, _ = log_in("Publishers")
    page_of, table = page("audit", version.policy_id), page("audit_csv", version.policy_id)

    assert "6 entries." in words(client.get(page_of))
    assert "1 entry." in words(client.get(page_of, {"actor": "cyn"}))
    assert "1 entry." in words(client.get(page_of, {"action": "approve"}))
    assert "0 entries." in words(client.get(page_of, {"until": "2026-05-01"}))
    assert "6 entries." in words(
        client.get(page_of, {"since": "2026-05-02", "until": "2026-05-02"})
    )
    assert "6 entries." in words(client.get(page_of, {"since": "yesterday", "until": "9999-12-31"}))
    days = {"since": "20260101", "until": "2026-12-31"}
    assert "The first day is after" not in words(client.get(page_of, days))
    assert "The first day is after" in words(client.get(page_of, {**days, "since": "2027-01-01"}))
    rows = client.get(table, {"action": "approve"}).content.decode().splitlines()
    assert len(rows) == 2
    assert ',"approve",' in rows[1]


def test_a_save_names_in_the_audit_what_it_changed() -> None:
    draft = make_revision(document=make_document(text="New."))

    assert (
        draft.audit_events.get(action="save_draft").reason == "title introduction #scope #contact"
    )


def test_the_audit_trail_opens_in_a_spreadsheet_without_doing_anything_there() -> None:
    client, _ = log_in("Publishers")
    draft = make_revision()
    workflow.comment(
        draft.pk, by=make_user("Writers", name="=cmd"), at=timezone.now(), text='=1+1, "no"'
    )

    answer = client.get(page("audit_csv", draft.policy_id))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["what"] for row in rows] == [
        "create_policy",
        "start_draft",
        "save_draft",
        "comment",
    ]
    assert (rows[-1]["who"], rows[-1]["reason"]) == ("'=cmd", '\'=1+1, "no"')


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a", "x;=1", "|a"])
def test_no_cell_of_the_audit_trail_is_a_formula_in_any_spreadsheet(text: str) -> None:
    """Full-width signs count in some of them, and a semicolon may begin a cell (OWASP)."""
    client, _ = log_in("Publishers")
    draft = make_revision()
    workflow.comment(draft.pk, by=make_user("Writers"), at=timezone.now(), text=text)

    answer = client.get(page("audit_csv", draft.policy_id))

    last = answer.content.decode().splitlines()[-1]
    assert (f',"{text}",' if text[0] == "x" else f',"\'{text}",') in last


def test_the_history_shows_that_a_withdrawn_version_was_never_in_force() -> None:
    policy = make_history()
    client, _ = log_in("Writers")

    assert words(client.get(page("history", policy.pk))).count(">Never</span>") == 1
