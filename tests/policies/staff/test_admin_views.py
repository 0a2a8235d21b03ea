"""The desk: who may enter, what waits for whom, and how a draft begins."""

import re
from dataclasses import replace

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.cache import OF_TEXTS
from policies.database import triggers
from policies.ledger.actor_names import name_of
from policies.models import Policy, Rendering, Revision
from policies.staff import urls
from policies.states import Status
from policies.text.markdown import limits
from tests.factories import (
    DAY,
    make_document,
    make_emergency,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_there_is_not_found(method):
    client, _ = log_in(is_superuser=True)
    addresses = [
        str(pattern.pattern).replace("<int:pk>", number)
        for pattern in urls.urls(admin.site)
        for number in ("999999", "9" * 30)
        if "<int:pk>" in str(pattern.pattern)
    ]

    answers = {it: getattr(client, method)(f"/admin/{it}").status_code for it in addresses}

    assert answers
    # A comment that is not there is looked for on a revision that is not there either.
    assert {it for it, status in answers.items() if status not in {404, 405}} == set()


def test_a_lost_row_is_a_fault_and_not_an_unknown_address():
    client, _ = log_in("Publishers")
    client.raise_request_exception = False
    revision = make_revision(status=Status.APPROVED)

    triggers.remove(connection)
    Rendering.objects.filter(revision=revision).delete()
    triggers.install(connection)

    assert client.get(page("publish", revision.pk)).status_code == 500


# --- The first page ------------------------------------------------------------------------------


def waiting(client):
    found = re.findall(r'task-kind">([^<]+)', client.get("/admin/").content.decode())
    return [it.strip() for it in found]


def test_each_person_sees_what_they_may_act_on():
    writer, reviewer, publisher = map(log_in, ["Writers", "Reviewers", "Publishers"])
    draft = make_revision(writer=writer[1])
    make_revision(status=Status.IN_REVIEW)
    make_revision(status=Status.APPROVED)
    back = make_revision(status=Status.IN_REVIEW, writer=writer[1])
    workflow.request_changes(back.pk, by=reviewer[1], at=timezone.now(), text="Shorter.")
    make_emergency(make_revision(writer=writer[1]), at=timezone.now())

    assert draft.status == Status.DRAFT
    assert waiting(writer[0]) == ["Changes requested", "Draft"]
    assert waiting(reviewer[0]) == ["Published without approval", "To review"]
    assert waiting(publisher[0]) == ["To publish"]
    both, writes_too = log_in("Writers", "Publishers")
    make_revision(writer=writes_too, policy=make_policy(name="A"))
    assert waiting(both) == ["To publish", "Draft"]
    assert waiting(log_in()[0]) == []


def test_only_a_draft_with_requested_changes_is_listed_as_such():
    client, writer = log_in("Writers")
    begun = make_revision(writer=writer)
    taken_back = make_revision(status=Status.IN_REVIEW, writer=writer)
    workflow.withdraw_submission(taken_back.pk, by=writer, at=timezone.now())
    for draft in (begun, taken_back):
        workflow.comment(draft.pk, by=writer, at=timezone.now(), text="Is this so?")

    assert waiting(client) == ["Comments to reply to", "Comments to reply to"]


def test_nobody_is_asked_to_review_what_they_wrote():
    client, both = log_in("Writers", "Reviewers")
    make_revision(status=Status.IN_REVIEW, writer=both)

    assert waiting(client) == []


def test_anchors_that_would_be_lost_are_counted_as_open_findings():
    client, _ = log_in("Reviewers")
    policy = make_version(at=timezone.now()).policy
    kept = policy.revisions.get().document()
    draft = make_revision(policy=policy, document=replace(kept, sections=kept.sections[1:]))

    desk, shown = (words(client.get(it)) for it in ("/admin/", page("review", draft.pk)))

    assert "1 finding<" in desk
    assert shown.count("Existing links to “#") == 1
    assert "1 finding in this text: 1 blocks publication" in shown


def test_findings_in_a_text_in_force_are_counted_until_its_policy_is_retired():
    client, publisher = log_in("Publishers")
    version = make_import(make_document(text="We share your data with [PARTNERS]."))
    counted = f'<a href="{page("review", version.pk)}#findings" class="count">1 finding<'

    assert counted in words(client.get("/admin/"))
    workflow.retire(version.policy_id, by=publisher, at=timezone.now(), notice="We closed.")
    assert "1 finding<" not in words(client.get("/admin/"))


def test_an_overdue_check_is_highlighted():
    client, publisher = log_in("Publishers")
    policy = make_version(at=timezone.now() - 200 * DAY).policy
    fresh = make_version(at=timezone.now()).policy
    for it in (policy, fresh):
        workflow.set_check_interval(it.pk, by=publisher, at=timezone.now(), months=6)

    assert words(client.get("/admin/")).count("Check overdue since") == 1
    assert waiting(client) == ["Check due"]
    assert waiting(log_in()[0]) == []
    assert "Mark as reviewed" in words(client.get(page("policy_change", policy.pk)))
    client.post(page("confirm_check", policy.pk))
    assert "Check overdue" not in words(client.get("/admin/"))
    assert waiting(client) == []
    shown = words(client.get(page("policy_change", policy.pk)))
    assert f"by {name_of(publisher)}" in shown.split("Last confirmed on ")[1]
    workflow.retire(policy.pk, by=publisher, at=timezone.now(), notice="Gone.")
    refused = client.post(page("confirm_check", policy.pk), follow=True)
    assert "no version in force to check" in words(refused)


def test_a_policy_made_while_the_first_page_loads_is_listed_the_next_time():
    client, _ = log_in("Publishers")
    source, made = make_version().policy, list[Policy]()

    def make_one_meanwhile(execute, sql, *more):
        if 'MAX("policies_auditevent"."done_at")' in sql and not made:
            made.append(make_policy(name="Noch nicht da", language="de", translation_of=source))
            make_version(policy=made[0])
            make_version(policy=made[0], effective_at=timezone.now() + DAY)
            make_revision(policy=made[0])
        return execute(sql, *more)

    with connection.execute_wrapper(make_one_meanwhile):
        assert "Noch nicht da" not in words(client.get("/admin/"))

    assert "Noch nicht da" in words(client.get("/admin/"))


@pytest.mark.parametrize(("policies", "drafts"), [(5, 1), (500, 20)])
def test_the_first_page_asks_a_bounded_number_of_questions(
    policies, drafts, django_assert_max_num_queries
):
    client, _ = log_in("Writers", "Reviewers", "Publishers")
    made = [make_policy(name=f"Policy {number}") for number in range(policies)]
    for number, policy in enumerate(made[:drafts]):
        draft = workflow.import_draft(policy.pk, make_document(), by=None, at=timezone.now())
        if number % 2:
            workflow.publish_import(
                draft.pk, by=None, at=timezone.now(), reason="x", effective_at=timezone.now()
            )

    with django_assert_max_num_queries(15):
        assert client.get("/admin/").status_code == 200


# --- Beginning -----------------------------------------------------------------------------------


def test_a_new_policy_has_an_empty_draft():
    client, writer = log_in("Writers")

    response = client.post("/admin/policies/policy/add/", {"name": "Terms of Use"})

    draft = Revision.objects.get()
    assert response["Location"] == page("edit", draft.pk)
    assert (draft.policy.slug, draft.title, draft.created_by) == (
        "terms-of-use",
        "Terms of Use",
        writer,
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Terms " * 30, "-".join(["terms"] * 13)),
        ("Terms_of_use", "terms-of-use"),
        ("t" * 100, "t" * 80),
        ("Ångström", "angstrom"),
    ],
)
def test_the_address_that_a_name_makes_fits(name, slug):
    client, _ = log_in("Writers")

    client.post("/admin/policies/policy/add/", {"name": name})

    assert Policy.objects.get().slug == slug


def test_the_address_of_a_german_name_is_spelled_as_germans_spell_it():
    client, _ = log_in("Writers")
    name = "Übermäßige Datenschutzerklärung"

    client.post("/admin/policies/policy/add/", {"name": name, "language": "German"})

    assert Policy.objects.get().slug == "uebermaessige-datenschutzerklaerung"


def test_a_policy_without_its_first_draft_is_not_made():
    client, _ = log_in(permissions=["add_policy"])

    answer = client.post("/admin/policies/policy/add/", {"name": "Terms"})

    assert "have the permission" in words(answer)
    assert not Policy.objects.exists()


def test_a_draft_starts_from_the_newest_version_once():
    version = make_version(policy=make_version().policy, at=timezone.now())
    client, _ = log_in("Writers")

    first = client.post(page("start_draft", version.policy_id))
    second = client.post(page("start_draft", version.policy_id), follow=True)

    draft = Revision.objects.open().get()
    assert first["Location"] == page("edit", draft.pk)
    assert draft.document() == version.document()
    assert "Continue with it, or discard it" in words(second)


def test_a_draft_starts_from_a_version_that_was_not_withdrawn_and_names_it():
    now = timezone.now()
    first = make_version(at=now - DAY)
    wrong = make_version(policy=first.policy, at=now, effective_at=now + DAY)
    workflow.withdraw(wrong.pk, by=make_user("Publishers"), at=now, reason="Wrong address.")
    client, writer = log_in("Writers")

    client.post(page("start_draft", first.policy_id))

    draft = Revision.objects.open().get()
    assert draft.based_on == first
    assert draft.document() == first.document()
    assert "Based on</dt><dd>version 1</dd>" in words(client.get(page("review", draft.pk)))
    workflow.discard(draft.pk, by=writer, at=timezone.now())
    client.post(page("start_draft", first.policy_id), {"based_on": wrong.pk})
    draft = Revision.objects.open().get()
    shown = words(client.get(page("review", draft.pk)))
    assert "version 2, which was withdrawn</dd>" in shown


def test_an_empty_desk_explains_how_to_start():
    writer, _ = log_in("Writers")
    reviewer, _ = log_in("Reviewers")

    assert "Select “New policy” to create the first one." in words(writer.get("/admin/"))
    assert "A writer can create the first one." in words(reviewer.get("/admin/"))


def test_somebody_who_may_not_see_policies_does_not_read_that_there_are_none():
    make_version()
    client, _ = log_in()

    shown = words(client.get("/admin/"))

    assert "There is no policy yet" not in shown
    assert "Your account has no role yet" in shown


def test_who_sees_policies_alone_is_led_to_no_page_that_is_closed_to_them():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in(permissions=["view_policy"])

    shown = client.get("/admin/")

    assert "In review" in words(shown)
    assert page("review", revision.pk) not in shown.content.decode()


@pytest.mark.parametrize("name", ["index", "password_change", "password_change_done"])
def test_every_page_has_ones_own_settings_in_its_head(name):
    client, _ = log_in("Writers")

    head = client.get(reverse(f"admin:{name}")).content.decode().partition("<main")[0]

    assert f'href="{reverse("admin:policies_mail")}"' in head
    assert f'href="{reverse("admin:policies_second_factor")}"' in head


def test_a_draft_from_a_text_that_can_no_longer_be_rendered_is_refused(monkeypatch):
    """As after an upgrade with a lower limit."""
    policy = make_version().policy
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 10)
    OF_TEXTS.clear()  # so is that of a process that has just started
    client, _ = log_in("Writers")

    answer = client.post(page("start_draft", policy.pk), follow=True)

    assert answer.status_code == 200
    assert "the most that can be shown is" in words(answer)
    assert not policy.revisions.open().exists()


def test_a_draft_that_nobody_writes_is_a_task_of_every_writer():
    workflow.import_draft(make_policy().pk, make_document(), by=None, at=timezone.now())

    assert waiting(log_in("Writers")[0]) == ["Draft"]
