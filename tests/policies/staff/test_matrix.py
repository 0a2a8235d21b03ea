"""The desk's first page: each policy in each language, who looks after it, and what is due."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.utils import timezone

from policies import workflow
from policies.ledger import verify
from policies.models import Policy
from policies.states import Status
from tests.factories import (
    DAY,
    NOW,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import log_in, page, table, words

pytestmark = pytest.mark.django_db


def names(client, query=""):
    return [row[0] for row in table(client, query)]


def translate(source, number, *, language="de", at):
    policy = source.translations.filter(language=language).first() or make_policy(
        name=f"{source.name} {language}", language=language, translation_of=source
    )
    writer = make_user("Writers")
    draft = workflow.start_draft(policy.pk, by=writer, at=at)
    draft = save_draft(draft, make_document(text=f"{language} {number}."), by=writer, at=at)
    workflow.set_source_version(draft.pk, by=writer, at=at, number=number, seen=0)
    workflow.submit(draft.pk, by=writer, at=at)
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=at)
    publisher = make_user("Publishers")
    workflow.publish(draft.pk, by=publisher, at=at, kind="material", change_note="New.")
    return policy


def test_a_policy_is_a_row_with_a_cell_for_each_language():
    client, _ = log_in("Publishers", name="Pia")
    now = timezone.now()
    terms = make_policy(name="Terms")
    make_version(policy=terms, at=now - 9 * DAY)
    translate(terms, 1, at=now - 8 * DAY)
    translate(terms, 1, language="fr", at=now - 8 * DAY)
    make_revision(policy=terms, writer=make_user("Writers", name="Otto"))
    make_policy(slug=terms.slug, name="Condiciones", language="es")  # whose source nobody has set

    assert table(client) == [["Terms", "v1 Draft Otto", "v1", "No version", "v1", "", ""]]
    headings = re.findall(r'class="language">(\w+)<', words(client.get("/admin/")))
    assert headings == ["English", "German", "Spanish", "French"]


def test_only_versions_that_came_into_force_count_for_how_far_a_translation_is_behind():
    client, _ = log_in("Publishers")
    now, publisher = timezone.now(), make_user("Publishers")
    terms = make_policy(name="Terms")
    make_version(policy=terms, at=now - 9 * DAY)
    translate(terms, 1, at=now - 8 * DAY)
    make_version(policy=terms, at=now - 7 * DAY)
    mistake = make_version(policy=terms, at=now - 6 * DAY, effective_at=now + 5 * DAY)
    workflow.withdraw(mistake.pk, by=publisher, at=now - 6 * DAY, reason="A mistake.")
    make_version(policy=terms, at=now - 5 * DAY)
    make_version(policy=terms, at=now, effective_at=datetime(2120, 5, 2, 12, tzinfo=UTC))
    own = make_policy(slug="own", name="Nur deutsch", language="de")
    make_version(policy=own, at=now - DAY)

    rows = table(client)

    assert rows[0] == ["Nur deutsch", "–", "v1", "", ""]
    assert rows[1][1:3] == ["v4 v5 from May 2", "v1 2 versions behind"]
    assert rows[1][-1] == "Version 5 from May 2, 2120"
    assert names(client, "?show=behind") == ["Terms"]
    workflow.retire(terms.translations.get().pk, by=publisher, at=now, notice="Read the English.")
    assert table(client)[1][2] == "v1 Retired"
    assert table(client, "?show=behind") == []


def test_two_policies_whose_addresses_meet_in_one_language_are_both_shown():
    client, _ = log_in("Publishers")
    terms = make_policy(slug="terms", name="Terms")
    make_policy(slug="bedingungen", name="Bedingungen", language="de", translation_of=terms)
    make_policy(slug="terms", name="Begriffe", language="de")

    shown = words(client.get("/admin/"))

    for name in ("Terms (en)", "Bedingungen (de)", "Begriffe (de)"):
        assert f": {name}</span>" in shown


def test_the_table_is_searched_filtered_and_sorted_by_its_address():
    client, publisher = log_in("Publishers", name="Pia")
    zoe = make_user("Writers", name="Zoe")
    now = timezone.now()
    for name, owner, days in (("Cookies", zoe, 400), ("Privacy", publisher, 300), ("Terms", 0, 10)):
        policy = make_version(policy=make_policy(name=name), at=now - days * DAY).policy
        workflow.set_check_interval(policy.pk, by=publisher, at=now, months=11)
        if owner:
            workflow.set_owner(policy.pk, by=publisher, at=now, owner_id=owner.pk)
    make_revision(policy=policy, status=Status.IN_REVIEW)

    assert names(client, "?q=ZOE") == ["Cookies"]
    assert names(client, "?q=riv") == ["Privacy"]
    assert names(client, "?show=mine") == ["Privacy"]
    assert names(client, "?show=due") == ["Cookies"]
    assert names(client, "?show=review") == ["Terms"]
    assert names(client, "?show=review&show=mine") == []
    assert names(client, "?sort=owner") == ["Privacy", "Cookies", "Terms"]
    assert names(client, "?sort=date") == ["Cookies", "Privacy", "Terms"]
    # What means nothing changes nothing; what is chosen is kept by the links to the rest.
    assert names(client, "?show=else&sort=%00&q=%20&page=9") == ["Cookies", "Privacy", "Terms"]
    shown = unescape(words(client.get("/admin/?q=o&show=due&sort=date")))
    assert '<a href="?q=o&show=due&show=mine&sort=date">Mine' in shown
    assert '<a href="?q=o&sort=date" aria-current="true">Overdue <b>1</b>' in shown
    assert '<input type="hidden" name="show" value="due">' in shown
    assert "No policy matches." in words(client.get("/admin/?q=nothing"))


# --- Who looks after a policy --------------------------------------------------------------------


def test_tasks_about_a_policy_and_its_translations_are_its_owners():
    client, publisher = log_in("Publishers", name="Pia")
    anna, anna_id = log_in("Writers", name="Anna")
    other, other_id = log_in("Writers", name="Otto")
    now = timezone.now()
    terms = make_policy(name="Terms")
    make_version(policy=terms, at=now - 400 * DAY)
    german = translate(terms, 1, at=now - 300 * DAY)
    make_version(policy=terms, at=now - 200 * DAY)
    workflow.set_check_interval(terms.pk, by=publisher, at=now, months=6)
    assert "Translation outdated" in words(other.get("/admin/"))

    answer = client.post(page("set_owner", terms.pk), {"owner": anna_id.pk}, follow=True)

    assert "Owner saved." in words(answer)
    assert "<dt>Owner</dt><dd>Anna</dd>" in words(client.get(page("policy_change", terms.pk)))
    assert "<dd>Anna <span" in words(client.get(page("policy_change", german.pk)))
    assert table(client)[0][-2:] == ["Anna", table(client, "?show=due")[0][-1]]
    for what in ("Translation outdated", "Check due"):
        assert what in words(anna.get("/admin/"))
        assert what not in words(other.get("/admin/"))
    client.post(page("set_owner", german.pk), {"owner": other_id.pk})
    assert table(client)[0][-2] == "Anna de: Otto"
    assert "Translation outdated" in words(other.get("/admin/"))
    # Nobody waits for somebody who is gone.
    type(anna_id).objects.filter(pk=anna_id.pk).update(is_active=False)
    assert "Check due" in words(other.get("/admin/"))
    assert verify().problems == []


def test_an_owner_is_somebody_who_can_see_the_policy_and_the_audit_proves_who():
    client, publisher = log_in("Publishers", name="Pia")
    policy, stranger = make_policy(name="Terms"), make_user()

    refused = client.post(page("set_owner", policy.pk), {"owner": stranger.pk}, follow=True)
    incomplete = client.post(page("set_owner", policy.pk), {}, follow=True)
    client.post(page("set_owner", policy.pk), {"owner": publisher.pk})

    assert "Choose somebody else." in words(refused)
    assert "owner is missing" in words(incomplete)
    assert "Owner set" in words(client.get(page("audit", policy.pk)))
    assert verify().problems == []
    Policy.objects.filter(pk=policy.pk).update(owner=stranger)
    assert verify().problems == ["Terms (en) has another owner than the audit records."]


def test_a_deleted_account_leaves_a_policy_without_an_owner():
    client, publisher = log_in("Publishers")
    policy, leaving = make_version(at=timezone.now() - 400 * DAY).policy, make_user("Writers")
    workflow.set_owner(policy.pk, by=publisher, at=NOW, owner_id=leaving.pk)
    workflow.set_check_interval(policy.pk, by=publisher, at=NOW, months=6)

    leaving.delete()

    assert table(client)[0][-2] == ""
    assert "Check due" in words(client.get("/admin/"))


# --- Comments for somebody -----------------------------------------------------------------------


def test_a_comment_is_a_task_of_whom_it_is_assigned_to_until_it_is_resolved():
    client, reviewer = log_in("Reviewers", name="Rosa")
    anna, anna_id = log_in("Publishers", name="Anna")
    other, other_id = log_in("Publishers", name="Otto")
    draft = make_revision(policy=make_policy(name="Terms"))
    at = timezone.now()
    remark = workflow.comment(draft.pk, by=reviewer, at=at, text="Is this so?", section_anchor="")
    sent = {"comment": remark.pk, "assignee": anna_id.pk}

    client.post(page("assign_comment", draft.pk), sent)

    task = f'{page("review", draft.pk)}#comment-{remark.pk}"'
    assert task in words(anna.get("/admin/"))
    assert "for <bdi>Anna</bdi>" in words(client.get(page("review", draft.pk)))
    assert names(anna, "?show=mine") == ["Terms"]
    client.post(page("assign_comment", draft.pk), sent | {"assignee": other_id.pk})
    assert task not in words(anna.get("/admin/"))
    assert task in words(other.get("/admin/"))
    client.post(page("assign_comment", draft.pk), sent | {"assignee": ""})
    assert task not in words(other.get("/admin/"))
    client.post(page("assign_comment", draft.pk), sent)
    workflow.resolve_comment(remark.pk, by=reviewer, at=at)
    assert task not in words(anna.get("/admin/"))
    refused = client.post(page("assign_comment", draft.pk), sent, follow=True)
    assert "already resolved" in words(refused)
    assert verify().problems == []


def test_a_full_desk_asks_no_more_of_the_database(django_assert_max_num_queries):
    client, me = log_in("Writers", "Reviewers", "Publishers", permissions=["view_policy"])
    now, gone = timezone.now(), make_user("Reviewers")
    for number in range(6):
        source = make_version(policy=make_policy(name=f"P{number}"), at=now - 400 * DAY).policy
        workflow.set_owner(source.pk, by=me, at=now, owner_id=me.pk)
        workflow.set_check_interval(source.pk, by=me, at=now, months=6)
        translate(source, 1, at=now - 300 * DAY)
        make_version(policy=source, at=now - 200 * DAY)
        draft = make_revision(policy=source, status=Status.IN_REVIEW, at=now)
        reviewer = (gone, me)[number % 2].pk
        workflow.reassign_review(draft.pk, by=me, at=now, reviewer_id=reviewer)
        remark = workflow.comment(draft.pk, by=me, at=now, text="Why?", section_anchor="")
        workflow.assign_comment(remark.pk, by=me, at=now, assignee_id=me.pk)
    gone.groups.clear()

    with django_assert_max_num_queries(15):
        shown = words(client.get("/admin/"))

    assert shown.count("Comment to answer") == 6
    assert shown.count("1 version behind") == 6
