"""Django admin: staff may look at everything, and nothing in it changes anything."""

import pytest
from django.urls import reverse

from policies.models import AuditEvent, LedgerEntry, Policy, Revision
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import words

pytestmark = pytest.mark.django_db

OURS = [Policy, Revision, LedgerEntry, AuditEvent]


def address(model, page, *arguments):
    return reverse(f"admin:policies_{model.__name__.lower()}_{page}", args=arguments)


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("model", OURS)
def test_staff_may_look_with_the_permission_and_not_without(client, model, status):
    make_version()
    row = model._default_manager.all()[0]
    held = [f"view_{model._meta.model_name}"] if status == 200 else []
    client.force_login(make_user(permissions=held))

    assert client.get(address(model, "changelist")).status_code == status
    shown = client.get(address(model, "change", row.pk), follow=True)
    assert shown.status_code == status
    if model is Revision and status == 200:
        assert shown.redirect_chain[-1][0] == reverse("admin:policies_review", args=[row.pk])


@pytest.mark.parametrize("model", OURS)
def test_not_even_a_superuser_changes_anything_in_the_admin(client, model):
    make_version()
    make_revision(status=Status.IN_REVIEW)
    rows = list(model._default_manager.order_by("pk").values())
    row = model._default_manager.order_by("-pk")[0]
    client.force_login(make_user(is_superuser=True))
    forged = {"status": "approved", "title": "Forged", "name": "", "_save": "Save"}
    action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}

    answers = [
        client.post(address(model, "add"), forged).status_code,
        client.post(address(model, "change", row.pk), forged).status_code,
        client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code,
    ]
    client.post(address(model, "changelist"), action)

    # A policy is added by the desk, through the workflow, which refuses this one.
    assert answers == [422 if model is Policy else 403, 403, 403]
    assert list(model._default_manager.order_by("pk").values()) == rows


def test_staff_pages_take_scripts_and_forms_of_this_site_alone(client):
    client.force_login(make_user(is_superuser=True))

    for url in (reverse("admin:index"), address(Revision, "changelist")):
        policy = client.get(url)["Content-Security-Policy"]
        assert "script-src 'self';" in f"{policy};"
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_the_log_in_page_keeps_to_the_same_policy(client):
    answer = client.get(reverse("admin:login"))

    assert "form-action 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_an_entry_of_the_audit_is_read_in_the_words_of_the_desk(client):
    make_version()
    client.force_login(make_user(is_superuser=True))
    approval = AuditEvent.objects.get(action="approve")

    page = client.get(address(AuditEvent, "change", approval.pk)).content.decode()

    assert f"{approval.actor}: approved" in page
    assert "approve<" not in page


def test_a_forged_act_keeps_nobody_from_reading_the_audit(client):
    policy = make_version().policy
    last = AuditEvent.objects.latest("sequence")
    forged = AuditEvent.objects.create(
        sequence=last.sequence + 1,
        action="bewitch",
        done_at=last.done_at,
        actor="Nobody",
        policy=policy,
        previous_digest=last.digest,
        digest="0" * 64,
    )
    client.force_login(make_user(is_superuser=True))

    for url in (
        reverse("admin:policies_audit", args=[policy.pk]),
        address(AuditEvent, "changelist"),
        address(AuditEvent, "change", forged.pk),
    ):
        assert "bewitch" in client.get(url).content.decode().lower()


def test_the_audit_is_filtered_by_the_words_that_it_is_read_in(client):
    make_version()
    client.force_login(make_user(is_superuser=True))

    every = client.get(address(AuditEvent, "changelist")).content.decode()
    published = client.get(address(AuditEvent, "changelist"), {"action": "publish"})

    assert '<a href="?action=approve_afterwards">approved after publication</a>' in every
    listed = published.context["cl"].queryset
    assert {event.action for event in listed} == {"publish"}
    assert AuditEvent.objects.exclude(action="publish").exists()


def test_a_list_without_rows_says_whether_there_are_none_or_none_is_found(client):
    client.force_login(make_user(is_superuser=True))
    policies = address(Policy, "changelist")
    assert "There are no policies yet." in words(client.get(policies))
    make_policy(name="Cookies")

    nothing = words(client.get(policies, {"q": "privacy"}))

    assert 'Nothing matches. <a href="?">Show all policies</a>' in nothing
    assert "Nothing matches." not in words(client.get(policies, {"q": "cookies"}))
