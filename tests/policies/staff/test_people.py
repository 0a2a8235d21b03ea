"""The page of people: who may do what where; and what somebody sees whose role holds for a part."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from policies import workflow
from policies.models import AuditEvent, RoleGrant
from policies.states import Status
from tests.factories import (
    DAY,
    NOW,
    confirm,
    make_limited_user,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.staff.desk import log_in, page, table, words

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/people/"


@pytest.fixture
def admin():
    client, root = log_in(is_superuser=True, name="root")
    confirm(client)
    return client, root


def press(client, do, holder, **form):
    """Press a button of the page; return the page after it, with its message."""
    kind = "group" if isinstance(holder, Group) else "user"
    return client.post(PEOPLE, {"do": do, "who": f"{kind}-{holder.pk}", **form}, follow=True)


def test_a_role_is_given_for_a_policy_taken_away_recorded_and_mailed(
    admin, django_capture_on_commit_callbacks
):
    client, _ = admin
    policy = make_policy(name="Terms", language="de")
    ana = make_user(name="ana")
    ana.email = "ana@example.com"
    ana.save()

    with django_capture_on_commit_callbacks(execute=True):
        given = press(client, "give", ana, role="Reviewers", where=f"policy-{policy.pk}")
    again = press(client, "give", ana, role="Reviewers", where=f"policy-{policy.pk}")

    assert "Ana: role given: Reviewers for Terms (de)." in words(given)
    assert "Nothing was changed" in words(again)
    since = date_format(timezone.localdate())
    assert f'Reviewers for Terms (de) <span class="quiet">since {since}, by root' in words(given)
    assert ana.has_perm("policies.review_revision", policy)
    assert not ana.has_perm("policies.review_revision")
    (sent,) = mail.outbox
    assert (sent.to, "Reviewers for Terms (de)" in sent.body) == (["ana@example.com"], True)
    history = words(client.get(reverse("admin:auth_user_history", args=[ana.pk])))
    assert "role given: Reviewers for Terms (de)" in history

    grant = RoleGrant.objects.get()
    taken = press(client, "take", ana, taken=grant.pk)
    assert "Ana: role taken away: Reviewers for Terms (de)." in words(taken)
    assert not RoleGrant.objects.exists()


def test_a_role_for_a_language_holds_for_policies_to_come_and_lets_writers_create_them(admin):
    client, _ = admin
    writer, theirs = make_user(name="wim"), Client()
    press(client, "give", writer, role="Writers", where="language-de")
    theirs.force_login(writer)

    form = {"name": "Datenschutz", "slug": "datenschutz", "time_zone": "UTC"}
    refused = theirs.post(reverse("admin:policies_policy_add"), {**form, "language": "en"})
    made = theirs.post(reverse("admin:policies_policy_add"), {**form, "language": "de"})

    assert (refused.status_code, made.status_code) == (422, 302)
    assert theirs.get(made["Location"]).status_code == 200


def test_a_group_has_a_role_and_so_has_whoever_is_in_it(admin, caplog):
    client, root = admin
    group = Group.objects.create(name="Legal Germany")
    gil, policy = make_user(name="gil"), make_policy(language="de")
    gil.groups.add(group)

    press(client, "give", group, role="Publishers", where="all")
    assert f"Group {group.pk}, by account {root.pk}: Members of Legal" in caplog.text
    assert gil.has_perm("policies.publish_revision", policy)
    shown = words(client.get(PEOPLE))
    assert "Member of Legal Germany: Publishers for all policies" in shown

    press(client, "take", group, taken=RoleGrant.objects.get().pk)
    gil = type(gil).objects.get(pk=gil.pk)
    assert not gil.has_perm("policies.publish_revision", policy)
    assert group.pk in gil.groups.values_list("pk", flat=True)


def test_a_membership_of_a_role_is_ended(admin, caplog):
    client, root = admin
    writer = make_user("Writers", name="wim")

    left = press(client, "leave", writer, taken=Group.objects.get(name="Writers").pk)

    assert "Wim: role taken away: Writers for all policies." in words(left)
    assert f"Account {writer.pk}, by account {root.pk}: wim: role taken away" in caplog.text
    assert not writer.groups.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"do": "give", "who": "user-1", "role": "Owners", "where": "all"},
        {"do": "give", "who": "user-1", "role": "Writers", "where": ""},
        {"do": "give", "who": "user-1", "role": "Writers", "where": "policy-99"},
        {"do": "give", "who": "user-1", "role": "Writers", "where": "language-xx"},
        {"do": "give", "who": "user-99999999999", "role": "Writers", "where": "all"},
        {"do": "give", "who": "role-1", "role": "Writers", "where": "all"},
        {"do": "take", "who": "user-1", "taken": "7"},
        {"do": "leave", "who": "user-1", "taken": "x"},
        {"do": "erase", "who": "user-1"},
        {},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(admin, form):
    client, root = admin
    form = {name: value.replace("user-1", f"user-{root.pk}") for name, value in form.items()}

    assert "Nothing was changed" in words(client.post(PEOPLE, form, follow=True))
    assert not RoleGrant.objects.exists()


def test_only_superusers_give_roles_and_only_after_confirming():
    viewer, _ = log_in(name="vera")
    assert viewer.get(PEOPLE).status_code == 403
    form = {"do": "give", "who": "user-1", "role": "Writers", "where": "all"}
    assert viewer.post(PEOPLE, form).status_code == 403

    root, _ = log_in(is_superuser=True)
    asked = root.post(PEOPLE, form)
    assert "You are about to change who may do what." in words(asked)
    assert not RoleGrant.objects.exists()


# --- What is not theirs --------------------------------------------------------------------------


def test_the_first_page_shows_what_a_role_holds_for_with_its_tasks_and_counts():
    mine, other = make_policy(name="Mine"), make_policy(name="Other")
    for policy in (mine, other):
        make_revision(policy=policy, status=Status.IN_REVIEW)
    reviewer, client = make_limited_user("Reviewers", policy=mine), Client()
    client.force_login(reviewer)

    shown = words(client.get("/admin/"))

    assert [row[0] for row in table(client)] == ["Mine"]
    assert shown.count("To review") == 1
    assert "Other" not in shown
    assert "In review <b>1</b>" in shown


def test_no_page_shows_whoever_has_no_role_for_it_that_a_draft_is_there(everything_seen):
    """Whatever happens to the draft of another policy, no page that they can open changes."""
    mine = make_version(policy=make_policy(name="Mine", slug="mine"), at=NOW - DAY).policy
    other = make_version(policy=make_policy(name="Other", slug="other"), at=NOW - DAY).policy
    german = make_policy(name="Mine de", slug="mine", language="de", translation_of=mine)
    for role in ("Writers", "Reviewers", "Publishers"):
        client = Client()
        client.force_login(make_limited_user(role, policy=mine))
        before = everything_seen(client, mine)
        drafts = [make_revision(policy=it, status=Status.IN_REVIEW) for it in (other, german)]
        never = make_revision(policy=make_policy(name="Never", slug=f"never-{role.lower()}"))
        assert everything_seen(client, mine) == before
        for draft in [*drafts, never]:
            workflow.discard(draft.pk, by=make_user("Writers"), at=NOW)


@pytest.fixture
def everything_seen():
    """What a person sees of a policy that is theirs, and on pages that are about none."""
    names = ["rename", "upload", "history", "audit", "retire", "policy_change"]

    def seen(client, policy):
        addresses = [page(name, policy.pk) for name in names]
        addresses += ["/admin/", "/admin/policies/policy/", "/admin/policies/policy/add/"]
        addresses += ["/admin/policies/link-targets/", "/admin/policies/audit/"]
        bodies = {}
        for address in addresses:
            response = client.get(address)
            bodies[address] = (response.status_code, without_tokens(words(response)))
        return bodies

    return seen


def without_tokens(html):
    return " ".join(
        word
        for word in html.split()
        if "csrfmiddlewaretoken" not in word and not word.startswith('value="')
    )


def test_a_link_or_a_source_can_not_be_used_to_look_at_another_policy():
    mine, other = make_policy(name="Mine"), make_policy(name="Hidden", language="de")
    publisher = make_limited_user("Publishers", policy=mine)

    with pytest.raises(workflow.Incomplete, match="Choose another policy as the source"):
        workflow.set_translation_of(mine.pk, by=publisher, at=NOW, source_id=other.pk)
    secret = make_policy(slug="mine", language="fr", translation_of=mine)
    with pytest.raises(workflow.Incomplete, match=r"no text in fr\. Choose from en\."):
        workflow.set_prevailing_language(mine.pk, by=publisher, at=NOW, language="fr")
    known = workflow.set_prevailing_language(
        mine.pk, by=make_user("Publishers"), at=NOW, language=secret.language
    )
    assert known.prevailing_language == "fr"
    make_version(policy=mine, at=NOW - DAY)
    notice = {"notice": "Gone.", "successor_id": other.pk}
    with pytest.raises(workflow.Incomplete, match="must be another policy"):
        workflow.retire(mine.pk, by=publisher, at=NOW, **notice)


def test_somebody_with_a_role_for_one_policy_can_paste_and_link_in_its_editor():
    client = Client()
    client.force_login(make_limited_user("Writers", policy=make_policy()))
    make_version(policy=make_policy(name="Public"))

    pasted = client.post("/admin/policies/paste/", {"html": "<p>Hello</p>"})
    assert (pasted.status_code, client.get("/admin/policies/link-targets/").status_code) == (
        200,
        200,
    )
    reader = Client()
    reader.force_login(make_limited_user("Reviewers", policy=make_policy()))
    assert reader.post("/admin/policies/paste/", {"html": "<p>Hello</p>"}).status_code == 403


def test_only_those_whose_role_holds_for_it_can_be_asked_or_own_a_policy():
    mine, other = make_policy(), make_policy()
    draft = make_revision(policy=mine)
    asked = make_limited_user("Reviewers", policy=other)
    writer = make_user("Writers")

    with pytest.raises(workflow.Incomplete, match="can’t do that"):
        workflow.submit(draft.pk, by=writer, at=NOW, reviewer_id=asked.pk)
    with pytest.raises(workflow.Incomplete, match="can’t do that"):
        workflow.set_owner(mine.pk, by=make_user("Publishers"), at=NOW, owner_id=asked.pk)
    mine_to_review = make_limited_user("Reviewers", policy=mine)
    workflow.submit(draft.pk, by=writer, at=NOW, reviewer_id=mine_to_review.pk)

    mine_to_review.role_grants.all().delete()  # and they can't any more
    client, _ = log_in("Writers")
    assert "anyone who may review it" in words(client.get(page("review", draft.pk)))
    reviewer = type(asked).objects.get(pk=mine_to_review.pk)
    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=reviewer, at=NOW)
    assert not AuditEvent.objects.filter(action="approve").exists()
