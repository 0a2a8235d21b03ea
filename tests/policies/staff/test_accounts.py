"""Staff accounts: nobody deletes one, and nobody makes themselves a superuser."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from policies.roles import ROLES
from tests.factories import confirm, make_policy, make_user

pytestmark = pytest.mark.django_db


def change(user):
    return reverse("admin:auth_user_change", args=[user.pk])


def make_manager():
    manager, client = make_user(), Client()
    manager.user_permissions.set(
        Permission.objects.filter(content_type__app_label="auth", content_type__model="user")
    )
    client.force_login(manager)
    confirm(client)
    return client, manager


def test_not_even_a_superuser_deletes_an_account(client):
    client.force_login(make_user(is_superuser=True))
    leaver = make_user("Writers")

    assert client.post(reverse("admin:auth_user_delete", args=[leaver.pk])).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [leaver.pk], "post": "yes"}
    client.post(reverse("admin:auth_user_changelist"), action)

    assert User.objects.filter(pk=leaver.pk).exists()
    assert "deletelink" not in client.get(change(leaver)).content.decode()


def test_who_manages_accounts_gives_no_rights_and_leaves_superusers_alone():
    client, manager = make_manager()
    superuser = make_user(is_superuser=True)

    form = {"username": manager.username, "is_staff": "on", "is_active": "on", "_save": "Save"}
    dates = {"date_joined_0": "2026-05-02", "date_joined_1": "12:00:00"}
    client.post(change(manager), {**form, **dates, "is_superuser": "on", "first_name": "Max"})

    manager.refresh_from_db()
    assert (manager.first_name, manager.is_superuser) == ("Max", False)
    assert client.post(change(superuser), {**form, "username": "mine"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    assert client.get(password).status_code == 403


def test_nobody_is_led_to_an_object_that_they_may_not_see(client):
    """Django has a redirect to any object that has a page, which asks for no permission."""
    policy = make_policy()
    kind = ContentType.objects.get_for_model(policy)
    client.force_login(make_user())

    assert client.get(f"/admin/r/{kind.pk}/{policy.pk}/").status_code == 404


def test_who_manages_accounts_gives_no_rights_by_way_of_a_role_either():
    client, manager = make_manager()
    manager.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="auth", content_type__model="group")
    )
    role = Group.objects.create(name="Managers")
    manager.groups.add(role)
    right = Permission.objects.get(codename="publish_without_approval")
    form = {"name": "Managers", "permissions": [right.pk], "_save": "Save"}

    changed = client.post(reverse("admin:auth_group_change", args=[role.pk]), form)
    added = client.post(reverse("admin:auth_group_add"), {**form, "name": "Others"})

    assert (changed.status_code, added.status_code) == (403, 403)
    assert not role.permissions.exists()
    assert client.get(reverse("admin:auth_group_change", args=[role.pk])).status_code == 200


def test_a_session_that_somebody_took_changes_no_account_and_no_role():
    """It takes the password as well, which the session does not know."""
    root, client = make_user(is_superuser=True), Client()
    client.force_login(root)
    other, role = make_user("Writers"), Group.objects.get(name="Writers")
    new = "heron-basalt-window"
    own = reverse("admin:auth_user_password_change", args=[root.pk])
    theirs = reverse("admin:auth_user_password_change", args=[other.pk])
    passwords = {"password1": new, "password2": new, "usable_password": "true"}

    for address, form, act in (
        (theirs, passwords, "set the password of another account"),
        (change(other), {"username": "eve"}, "change an account"),
        (reverse("admin:auth_user_add"), {"username": "eve", **passwords}, "add an account"),
        (
            reverse("admin:auth_group_change", args=[role.pk]),
            {"name": "Readers"},
            "change what a role may do",
        ),
        (reverse("admin:auth_group_add"), {"name": "Others"}, "change what a role may do"),
        (reverse("admin:auth_group_delete", args=[role.pk]), {"post": "yes"}, "delete a role"),
    ):
        asked = client.post(address, form)
        assert (asked.status_code, "Confirm that it is you") == (200, asked.context["title"])
        assert f"You are about to {act}." in asked.content.decode()
    confirm(client)
    for address in (own, own.replace(f"/{root.pk}/", f"/0{root.pk}/")):  # the same to Django
        for answer in (client.get(address), client.post(address, passwords)):
            assert answer.status_code == 302
            assert answer["Location"] == reverse("admin:password_change")
    several = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
    client.post(reverse("admin:auth_group_changelist"), several)
    assert not User.objects.filter(username="eve").exists()
    assert not any(it.check_password(new) for it in User.objects.all())
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def called(account, first_name):
    """What the form of an account sends."""
    return {
        "username": account.username,
        "first_name": first_name,
        **dict.fromkeys(("date_joined_0", "last_login_0"), "2026-01-01"),
        **dict.fromkeys(("date_joined_1", "last_login_1"), "12:00:00"),
    }


ONE_LINE = "Enter the name on one line, without control characters."


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        *((it, False) for it in ("A\r\nBcc: x@example.com", "A\x1b[2J", "A\u2028B")),
        *((it, True) for it in ("Ana\u00a0Lopez", "می\u200cنا", "山田\u3000太郎")),
    ],
)
def test_a_name_is_one_line_in_any_script(name, is_taken):
    client, _ = make_manager()
    account = make_user("Writers")

    answer = client.post(change(account), called(account, name))

    assert (ONE_LINE in answer.content.decode()) is not is_taken
    account.refresh_from_db()
    assert account.first_name == (name if is_taken else "")


def test_a_search_for_a_thousand_words_finds_nothing_and_breaks_nothing():
    client = Client()
    client.force_login(make_user("Publishers"))

    for model in ("revision", "policy"):
        address = reverse(f"admin:policies_{model}_changelist")
        told = client.get(address, {"q": "a " * 1_500}, follow=True)
        assert "Search for at most 200 characters." in told.content.decode()
        assert client.get(address, {"q": "a " * 90}).status_code == 200
    fields = {"app_label": "policies", "model_name": "revision", "field_name": "policy"}
    found = client.get("/admin/autocomplete/", {**fields, "term": "a " * 1_500})
    assert found.json()["results"] == []


@pytest.mark.parametrize(
    "filtered", ["auditevent/?facts__contains=x", "policy/?checklists__contained_by=x"]
)
def test_a_filter_that_the_database_does_not_know_is_no_error(filtered):
    client = Client()
    client.force_login(make_user(is_superuser=True))

    # PostgreSQL knows these; SQLite does not.
    assert client.get(f"/admin/policies/{filtered}").status_code in {200, 302}


def test_secrets_are_typed_after_the_question_and_only_once():
    root, client = make_user(is_superuser=True), Client()
    root.set_password("copper-lantern-drift")
    root.save()
    client.force_login(root)
    other, new = make_user("Writers"), "heron-basalt-window"
    passwords = {"password1": new, "password2": new, "usable_password": "true"}
    for address, form in (
        (reverse("admin:auth_user_password_change", args=[other.pk]), passwords),
        (reverse("admin:auth_user_add"), {"username": "eve", **passwords}),
    ):
        session = client.session
        session.pop("confirmed_at", None)
        session.save()

        asked = client.get(address)
        assert asked.context["title"] == "Confirm that it is you"
        assert "What you sent is kept" not in asked.content.decode()
        wrong = client.post(address, {"sent": "", "password": "not this"})
        assert (wrong.status_code, wrong.context["title"]) == (422, "Confirm that it is you")
        right = client.post(address, {"sent": "", "password": "copper-lantern-drift"})
        assert (right.status_code, right["Location"]) == (302, address)
        assert client.post(address, form).status_code == 302

    assert User.objects.get(pk=other.pk).check_password(new)
    assert User.objects.get(username="eve").check_password(new)


def test_when_somebody_logged_in_or_joined_is_no_field(client):
    root = make_user(is_superuser=True)
    client.force_login(root)

    fields = BeautifulSoup(client.get(change(root)).content, "html.parser").find_all("input")

    names = {str(it.get("name")) for it in fields}
    assert "username" in names
    assert not [it for it in names if it.startswith(("last_login", "date_joined"))]
