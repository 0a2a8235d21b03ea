"""Who else is in a draft, and in which section, before anything is written twice."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies.models import EditorVisit
from policies.staff import presence
from policies.states import Status
from tests.factories import make_revision
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db


def shown(response):
    html = words(response)
    if response["Content-Type"] == "application/json":
        html = " ".join(response.json()["visits"].split())
    parts = html.split("<span><bdi>")[1:]
    return [
        part.partition("</span>")[0].replace("<bdi>", "").replace("</bdi>", "") for part in parts
    ]


def test_two_people_in_a_draft_see_each_other_and_where_they_write():
    anna, _ = log_in("Writers", name="Anna")
    otto, _ = log_in("Writers", name="Otto")
    draft = make_revision()

    assert shown(anna.get(page("edit", draft.pk))) == []
    assert shown(otto.get(page("edit", draft.pk))) == ["Anna has this draft open"]
    sent = form(draft, place="Cookies & <b>")
    assert shown(anna.post(page("preview", draft.pk), sent)) == ["Otto has this draft open"]
    there = "Anna is in “Cookies &amp; &lt;b&gt;”"
    assert shown(otto.post(page("preview", draft.pk), form(draft))) == [there]
    assert shown(otto.get(page("policy_change", draft.policy_id))) == [there]
    EditorVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=2, seconds=9))
    assert shown(otto.get(page("edit", draft.pk))) == [f"{there} (2 minutes ago)"]
    EditorVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=presence.SHOWN_MINUTES))
    assert shown(otto.get(page("edit", draft.pk))) == []


def test_nobody_is_shown_of_another_draft_or_to_who_may_not_read_it():
    anna, _ = log_in("Writers", name="Anna")
    stranger, _ = log_in(permissions=["view_policy"])
    draft, other = make_revision(), make_revision()
    submitted = make_revision(status=Status.IN_REVIEW)
    anna.get(page("edit", draft.pk))

    otto, _ = log_in("Writers", name="Otto")

    assert shown(otto.get(page("edit", other.pk))) == []
    assert shown(otto.get(page("policy_change", submitted.policy_id))) == []
    assert shown(stranger.get(page("policy_change", draft.policy_id))) == []


@pytest.mark.django_db(transaction=True)
def test_who_cannot_be_recorded_writes_all_the_same():
    anna, _ = log_in("Writers", name="Anna")
    draft = make_revision()

    def refuse(execute, sql, *more):
        if "INSERT INTO policies_editorvisit" in sql:
            raise DatabaseError("The table is locked.")
        return execute(sql, *more)

    with connection.execute_wrapper(refuse):
        opened = anna.get(page("edit", draft.pk))
        previewed = anna.post(page("preview", draft.pk), form(draft))

    assert (opened.status_code, previewed.status_code) == (200, 200)
    assert not EditorVisit.objects.exists()


def test_it_costs_the_editor_one_query():
    anna, _ = log_in("Writers", name="Anna")
    draft = make_revision()
    anna.get(page("edit", draft.pk))

    with CaptureQueriesContext(connection) as queries:
        anna.get(page("edit", draft.pk))

    assert sum("policies_editorvisit" in query["sql"] for query in queries) == 1


def test_old_visits_are_deleted_with_the_hourly_job():
    anna, _ = log_in("Writers", name="Anna")
    old, new = make_revision(), make_revision()
    for draft in (old, new):
        anna.get(page("edit", draft.pk))
    EditorVisit.objects.filter(revision=old).update(seen_at=timezone.now() - timedelta(hours=1))

    call_command("send_reminders")

    assert EditorVisit.objects.get().revision == new
