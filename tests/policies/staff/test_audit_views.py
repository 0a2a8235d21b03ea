"""The desk's pages about the audit trail, of one policy and of all."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.states import Status
from tests.factories import NOW, make_document, make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def table(client, address, **filters):
    return list(csv.DictReader(io.StringIO(client.get(address, filters).content.decode())))


def test_the_audit_trail_is_filtered_on_the_page_and_in_the_table():
    version = make_version(publisher=make_user("Publishers", name="cyn"))
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


def test_a_save_names_in_the_audit_what_it_changed():
    draft = make_revision(text="New.")

    assert (
        draft.audit_events.get(action="save_draft").reason == "title introduction #scope #contact"
    )


def test_the_audit_trail_opens_in_a_spreadsheet_without_doing_anything_there():
    client, _ = log_in("Publishers")
    draft = make_revision()
    workflow.comment(
        draft.pk, by=make_user("Writers", name="=cmd"), at=timezone.now(), text='=1+1, "no"'
    )

    answer = client.get(page("audit_csv", draft.policy_id))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["what"] for row in rows] == [
        *("create_policy", "start_draft", "save_draft", "comment"),
    ]
    assert (rows[-1]["who"], rows[-1]["reason"]) == ("'=cmd", '\'=1+1, "no"')


def test_no_cell_of_the_audit_trail_is_a_formula_in_any_spreadsheet():
    """Full-width signs count in some of them, and a semicolon may begin a cell (OWASP)."""
    client, _ = log_in("Publishers")
    draft, by = make_revision(), make_user("Writers")
    texts = ["=1", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a", "x;=1", "|a"]
    for text in texts:
        workflow.comment(draft.pk, by=by, at=timezone.now(), text=text)

    answer = client.get(page("audit_csv", draft.policy_id))

    last = answer.content.decode().splitlines()[-len(texts) :]
    for text, row in zip(texts, last, strict=True):
        assert (f',"{text}",' if text[0] == "x" else f',"\'{text}",') in row


def test_the_first_columns_of_the_table_are_those_of_1_0():
    client, _ = log_in("Publishers")

    table_of_all = client.get(reverse("admin:policies_whole_audit_csv")).content.decode()

    names = "sequence", "at", "who", "what", "revision", "reason", "sha256"
    assert table_of_all.startswith(",".join(f'"{it}"' for it in names))


def test_a_row_of_the_table_names_the_version_the_action_and_the_time_for_people():
    version = make_version(policy=make_policy(name="Terms", slug="terms"))
    make_revision(policy=version.policy)
    client, _ = log_in("Publishers")

    rows = table(client, page("audit_csv", version.policy_id))

    (published,) = (row for row in rows if row["what"] == "publish")
    assert (published["policy"], published["version"]) == ("Terms", "1")
    assert (published["label"], published["action"]) == ("Version 1", "Published")
    assert datetime.fromisoformat(published["at"]).utcoffset() == timedelta()
    assert (rows[0]["version"], rows[0]["label"]) == ("", "")
    assert (rows[-1]["version"], rows[-1]["label"][:9]) == ("", "Draft of ")


def test_the_audit_shows_what_each_version_is_now():
    policy = make_policy()
    make_version(policy=policy)
    make_version(policy=policy, at=NOW + timedelta(days=1))
    client, _ = log_in("Publishers")

    shown = words(client.get(page("audit", policy.pk)))

    assert '>Version 2</a> <span class="quiet">In force</span>' in shown
    assert '>Version 1</a> <span class="quiet">Superseded</span>' in shown
    assert f'<time datetime="{NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%S%z}">' in shown


def test_the_audit_names_in_words_what_a_save_changed():
    version = make_version()
    changed = make_document(title="Privacy", text="We keep less.")
    make_revision(policy=version.policy, document=changed)
    client, _ = log_in("Publishers")

    shown = words(client.get(page("audit", version.policy_id)))

    assert "<span>Title, introduction, sections scope, contact</span>" in shown
    assert "<span>Title, section scope</span>" in shown


def test_the_audit_of_all_policies_is_filtered_by_policy_on_the_page_and_in_the_table():
    terms, privacy = (make_version(policy=make_policy(name=it, slug=it)) for it in ("tos", "pp"))
    client, _ = log_in("Publishers")
    all_of_them = reverse("admin:policies_whole_audit_csv")

    rows = table(client, all_of_them)
    of_one = table(client, all_of_them, policy=privacy.policy_id)
    shown = words(client.get(reverse("admin:policies_whole_audit"), {"policy": terms.policy_id}))

    assert {row["policy"] for row in rows} == {"tos", "pp"}
    assert {row["policy"] for row in of_one} == {"pp"}
    assert f'<option value="{terms.policy_id}" selected>tos</option>' in shown
    assert 'data-name="Policy"' in shown
    assert ">pp</a>" not in shown
    assert len(table(client, all_of_them, policy="x")) == len(rows)


def test_the_audit_shows_whom_a_request_named_and_until_when():
    ray, policy = make_user("Reviewers", name="ray"), make_policy()
    revision = make_revision(status=Status.IN_REVIEW, policy=policy)
    workflow.reassign_review(
        revision.pk,
        by=make_user("Writers"),
        at=NOW,
        reviewer_id=ray.pk,
        due_on=date(2026, 5, 9),
        note="Section 2 is new.",
    )
    client, _ = log_in("Publishers")

    for url in (page("audit", policy.pk), reverse("admin:policies_whole_audit")):
        shown = words(client.get(url))
        assert "Reviewer: ray, due May 9, 2026" in shown
        assert "Reviewer: anyone who may review it" in shown
    rows = table(client, page("audit_csv", policy.pk))
    assert (rows[-1]["reviewer"], rows[-1]["due_on"]) == ("ray", "2026-05-09")
    assert rows[0]["reviewer"] == ""


def test_the_audit_names_in_words_what_an_accepted_suggestion_changed():
    draft = make_revision(text="We keep little.")
    comment = workflow.comment(
        draft.pk,
        by=make_user("Reviewers"),
        at=NOW,
        text="Shorter.",
        words="We keep little.",
        replacement="Little is kept.",
    )
    workflow.accept_suggestion(comment.pk, by=make_user("Writers"), at=NOW)
    client, _ = log_in("Publishers")

    assert "Section scope" in words(client.get(page("audit", draft.policy_id)))
