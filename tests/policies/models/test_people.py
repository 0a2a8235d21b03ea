"""Two accounts of one person count as one, wherever a decision takes a second person."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.urls import reverse

from policies import ledger, workflow
from policies.mail import notices
from policies.models import AuditEvent, Revision, SamePerson, SignOn
from policies.staff.accounts import sign_on
from policies.staff.asking_views import able_reviewers, warning_before_accepting
from policies.states import Status
from policies.workflow import open_findings
from tests.factories import (
    DAY,
    NOW,
    confirm,
    make_document,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
)
from tests.policies.mail.received import act as act
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

# A name that a rule takes for a placeholder, and no mistake.
BLOCK = make_document(text="The band [TBD] plays.")


def declared(first, second):
    SamePerson.objects.create(first=first, second=second)


def by_address(first, second):
    User.objects.filter(pk=first.pk).update(email="Anna@Example.com")
    User.objects.filter(pk=second.pk).update(email=" anna@example.COM ")


def by_address_in_ascii(first, second):
    User.objects.filter(pk=first.pk).update(email="anna@bücher.example")
    User.objects.filter(pk=second.pk).update(email="anna@xn--bcher-kva.example")


def by_address_in_other_letters(first, second):
    User.objects.filter(pk=first.pk).update(email="anna@bu\u0308cher.example")
    User.objects.filter(pk=second.pk).update(email="anna@b\u00fccher.ｅxample")


def by_subject(first, second):
    SignOn.objects.create(user=first, issuer="https://old.example", subject="0b7c")
    SignOn.objects.create(user=second, issuer="https://new.example", subject="0b7c")


def after_unlinking(first, second):
    """As an administrator does for somebody who gets a new account."""
    SignOn.objects.create(user=first, issuer="https://id.example", subject="0b7c")
    sign_on.unlink(first, by=first)
    SignOn.objects.create(user=second, issuer="https://id.example", subject="0b7c")


def by_way_of_a_third(first, second):
    third = make_user(name="anna.c")
    declared(second, third)
    by_address(first, third)


def declared_and_deactivated(first, second):
    declared(first, second)
    User.objects.filter(pk=first.pk).update(is_active=False)


WAYS = [
    *(declared, declared_and_deactivated, by_subject, after_unlinking, by_way_of_a_third),
    *(by_address, by_address_in_ascii, by_address_in_other_letters),
]


@pytest.fixture
def anna():
    """The account with which Anna writes."""
    return make_user("Writers", "Publishers", name="anna.a")


@pytest.fixture
def other():
    """Anna's other account, whose address gets e-mails, and the desk in its eyes."""
    client, other = log_in("Writers", "Reviewers", name="anna.b")
    other.email = "anna.b@example.com"
    other.save()
    return client, other


@pytest.fixture
def rita():
    """Somebody else who reviews."""
    rita = make_user("Reviewers", name="rita")
    rita.email = "rita@example.com"
    rita.save()
    return rita


def key_of(revision):
    found = open_findings.findings_of(Revision.objects.get(pk=revision.pk), at=NOW)
    return next(examined.finding.key for examined in found if examined.can_be_overruled)


def blocks(revision):
    found = open_findings.findings_of(Revision.objects.get(pk=revision.pk), at=NOW)
    return any(examined.is_open for examined in found)


def reviewers(revision):
    return [name for _, name in able_reviewers(Revision.objects.get(pk=revision.pk))]


def addressees(action):
    event = AuditEvent.objects.filter(action=action).latest("sequence")
    return [user.username for user in notices.audience(event)]


@pytest.mark.parametrize("join", WAYS)
def test_nobody_decides_about_their_own_text_with_another_account(anna, other, rita, join):
    client, anna_b = other
    revision = make_revision(status=Status.IN_REVIEW, writer=anna, document=BLOCK)
    asked = make_revision(status=Status.IN_REVIEW, writer=anna)
    workflow.reassign_review(asked.pk, by=anna, at=NOW, reviewer_id=anna_b.pk)
    assert reviewers(revision) == ["anna.b", "rita"]

    join(anna, anna_b)

    who = (
        r"You worked on this revision with another account \(anna\.a; .*\), so somebody else must "
    )
    with pytest.raises(workflow.NotAllowed, match=f"{who}approve it"):
        workflow.approve(revision.pk, by=anna_b, at=NOW)
    answer = {"key": key_of(revision), "at": NOW}
    with pytest.raises(workflow.NotAllowed, match=f"{who}overrule its findings"):
        workflow.overrule(revision.pk, by=anna_b, reason="No.", **answer)
    workflow.overrule(revision.pk, by=rita, reason="It is their name.", **answer)
    with pytest.raises(workflow.NotAllowed, match=f"{who}withdraw what was overruled"):
        workflow.withdraw_overruling(revision.pk, by=anna_b, **answer)
    with pytest.raises(workflow.Incomplete, match="somebody else must review it"):
        workflow.reassign_review(revision.pk, by=rita, at=NOW, reviewer_id=anna_b.pk)

    assert reviewers(revision) == ["rita"]
    assert addressees("submit") == ["rita"]
    assert addressees("reassign_review") == ["rita"], "whoever was asked is one of the authors"
    shown = words(client.get(page("review", revision.pk)))
    assert "You worked on this revision with another account (anna.a; " in shown
    assert "so somebody else must approve it: rita." in shown
    assert page("approve", revision.pk) not in shown
    assert page("overrule", revision.pk) not in shown
    assert "Now with anyone who may review it" in words(client.get(page("review", asked.pk)))
    assert "To review" not in words(client.get("/admin/"))
    workflow.approve(revision.pk, by=rita, at=NOW)


@pytest.mark.parametrize("join", WAYS)
def test_nobody_approves_afterwards_what_they_published_or_wrote_with_another_account(
    anna, other, rita, join
):
    client, anna_b = other
    anna.user_permissions.add(Permission.objects.get(codename="publish_without_approval"))
    versions = make_emergency(by=anna), make_emergency(make_revision(writer=anna))
    assert words(client.get("/admin/")).count("Published without approval") == 2

    join(anna, anna_b)

    assert "Published without approval" not in words(client.get("/admin/"))
    for version in versions:
        with pytest.raises(workflow.NotAllowed, match=r"with another account \(anna\.a; "):
            workflow.approve_afterwards(version.pk, by=anna_b, at=NOW)
        shown = words(client.get(page("review", version.pk)))
        assert page("approve_afterwards", version.pk) not in shown
        workflow.approve_afterwards(version.pk, by=rita, at=NOW)


def test_the_mail_about_an_emergency_asks_no_author_to_approve_it(anna, other, rita, act):
    _, anna_b = other
    anna_b.groups.add(*anna.groups.all())  # a publisher, who gets the mail in any case
    declared(anna, anna_b)
    revision = make_revision(writer=anna)

    root = make_user(is_superuser=True)
    mails = act(workflow.publish_without_approval, revision.pk, by=root, reason="A leak.")

    assert "Read it and approve it" in mails["rita"].body
    assert "Read it and approve it" not in mails["anna.b"].body


@pytest.mark.parametrize("wrote", ["the text", "what it is based on"])
def test_an_approval_by_somebody_who_turns_out_to_be_an_author_publishes_nothing(
    anna, other, rita, wrote
):
    _, anna_b = other
    policy, writer = make_policy(), anna
    if wrote != "the text":
        make_emergency(make_revision(policy=policy, writer=anna))
        writer = make_user("Writers")
    revision = make_revision(
        status=Status.APPROVED, policy=policy, writer=writer, reviewer=anna_b, at=NOW + DAY
    )
    client, publisher = log_in("Publishers", "Reviewers")
    places = [page("review", revision.pk), f"/admin/policies/policy/{policy.pk}/change/"]
    assert "To publish" in words(client.get("/admin/"))
    assert all("Publish …" in words(client.get(place)) for place in places)
    declared(anna, anna_b)
    desk = words(client.get("/admin/"))
    assert ("To publish" in desk, "Approval void" in desk) == (False, True)
    assert not any("Publish …" in words(client.get(place)) for place in places)

    refusal = "anna.b, who approved it, also worked on it, with another account."
    with pytest.raises(workflow.WrongState, match=refusal):
        workflow.publish(revision.pk, by=publisher, at=NOW + DAY)
    for name in ("publish", "review"):
        assert refusal in words(client.get(page(name, revision.pk)))
    assert ledger.verify().problems == []

    workflow.reopen(revision.pk, by=publisher, at=NOW + DAY)
    workflow.submit(revision.pk, by=writer, at=NOW + DAY)
    workflow.approve(revision.pk, by=rita, at=NOW + DAY)
    workflow.publish(revision.pk, by=publisher, at=NOW + DAY, change_note="What is new.")
    assert ledger.verify().problems == []


def test_what_was_approved_before_two_accounts_were_known_to_be_one_persons_stays_sound(
    anna, other
):
    _, anna_b = other
    approved = make_revision(status=Status.PUBLISHED, writer=anna, reviewer=anna_b)
    late = make_emergency(make_revision(writer=anna))
    workflow.approve_afterwards(late.pk, by=anna_b, at=NOW)
    declared(anna, anna_b)

    assert ledger.verify().problems == []
    assert not Revision.objects.awaiting_late_approval().exists()
    draft = workflow.start_draft(approved.policy_id, by=make_user("Writers"), at=NOW)
    assert "anna.b" in reviewers(draft)


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_account_overruled_does_not_count_in_the_text_of_the_other(anna, other, order):
    client, anna_b = other
    anna.groups.add(*anna_b.groups.all())
    writer, reviewer = [anna, anna_b][::order]
    revision = make_revision(writer=writer, document=BLOCK)
    answer = {"key": key_of(revision), "reason": "It is their name."}
    workflow.overrule(revision.pk, by=reviewer, at=NOW, **answer)
    assert not blocks(revision)
    assert "1 finding" not in words(client.get("/admin/"))

    declared(anna, anna_b)

    assert blocks(revision)
    assert "1 finding" in words(client.get("/admin/"))


def test_a_page_warns_before_a_suggestion_takes_all_of_a_persons_accounts_out(anna, other, rita):
    _, anna_b = other
    revision = make_revision()
    declared(anna, anna_b)

    warning = warning_before_accepting(revision, anna, [])

    assert warning.startswith("If you accept this, you can’t approve the text any more")
    assert warning.endswith("rita still can.")


# --- Declaring -----------------------------------------------------------------------------------


def log_in_of(user):
    return reverse("admin:auth_user_log_in", args=[user.pk])


def administrator(name="root", **rights):
    client, user = log_in(name=name, **rights)
    confirm(client)
    return client, user


@pytest.mark.django_db(transaction=True)
def test_a_superuser_declares_that_two_accounts_are_one_persons_and_undoes_it(anna, other):
    _, anna_b = other
    client, root = administrator(is_superuser=True)
    User.objects.filter(pk=anna.pk).update(email="anna.a@example.com")
    revision = make_revision(status=Status.IN_REVIEW, writer=anna)

    for done, entries in (("declare", 1), ("declare", 1), ("undo", 2), ("undo", 2)):
        sent = {"do": done, "username": "anna.a"}
        shown = words(client.post(log_in_of(anna_b), sent, follow=True))
        assert LogEntry.objects.filter(object_id=anna.pk, user=root).count() == entries
        is_one = done == "declare"
        assert ("anna.a: declared by an administrator" in shown) is is_one
        assert ("anna.b: declared by" in words(client.get(log_in_of(anna)))) is is_one
        assert ("anna.b" in reviewers(revision)) is not is_one

    for account in (anna, anna_b):
        history = LogEntry.objects.filter(object_id=account.pk, user=root).order_by("pk")
        said = [entry.change_message.partition(" to belong")[0] for entry in history]
        assert said == ["Declared", "No longer declared"]
    mails = [message.to[0] for message in mail.outbox if "eclared to belong" in message.subject]
    assert sorted(mails) == [*["anna.a@example.com"] * 2, *["anna.b@example.com"] * 2]


def test_the_page_shows_why_accounts_are_one_persons(anna, other):
    _, anna_b = other
    client, _ = administrator(is_superuser=True)
    by_way_of_a_third(anna, anna_b)

    shown = words(client.get(log_in_of(anna)))

    assert "anna.c: same e-mail address" in shown
    assert "anna.b: by way of another account" in shown


def test_only_a_superuser_declares_it_and_only_of_another_account(anna, other):
    client, _ = administrator(is_superuser=True)
    for name in ("nobody", "anna.a", ""):
        sent = {"do": "declare", "username": name}
        assert "no other account" in words(client.post(log_in_of(anna), sent, follow=True))

    client, _ = administrator(permissions=["view_policy"], name="meg")
    assert client.post(log_in_of(anna), {"do": "declare", "username": "anna.b"}).status_code == 403
    User.objects.get(username="meg").user_permissions.set(
        Permission.objects.filter(codename__endswith="_user")
    )
    assert "Declare as" not in words(client.get(log_in_of(anna)))
    client.post(log_in_of(anna), {"do": "declare", "username": "anna.b"})
    assert not SamePerson.objects.exists()
