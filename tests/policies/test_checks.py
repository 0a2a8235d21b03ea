"""`manage.py check --database default` says what is wrong with the site."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.admin.checks import check_admin_app
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from policies.checks import (
    can_be_written,
    files_are_collected,
    is_private,
    mail_is_sent,
    permissions_exist,
    triggers_are_in_place,
)
from policies.database import triggers
from policies.permissions import ACTIONS
from policies.roles import ROLES
from softphonez_site import values

pytestmark = pytest.mark.django_db

TRIGGER = "policies_wall_revision_frozen"


def test_a_missing_trigger_is_an_error_that_says_what_to_do():
    triggers.remove(connection, only=frozenset({TRIGGER}))

    (error,) = triggers_are_in_place(databases=["default"])

    assert error.id == "policies.E001"
    assert TRIGGER in error.msg
    assert "manage.py migrate" in str(error.hint)
    assert "manage.py verify" in str(error.hint)


def test_the_command_fails():
    triggers.remove(connection, only=frozenset({TRIGGER}))

    with pytest.raises(SystemCheckError, match=TRIGGER):
        call_command("check", databases=["default"])


def test_no_database_is_asked_unless_it_is_named():
    triggers.remove(connection)

    assert triggers_are_in_place(databases=None) == []
    call_command("check")


def test_before_the_first_migrate_there_is_nothing_to_guard(monkeypatch):
    triggers.remove(connection)
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_: ["auth_user"])

    assert triggers_are_in_place(databases=["default"]) == []


def test_the_desk_which_is_loaded_late_passes_the_checks_of_django_admin():
    import softphonez_site.admin_urls

    assert softphonez_site.admin_urls.urlpatterns
    assert check_admin_app(None) == []


# --- What else keeps a site from its work --------------------------------------------------------


@pytest.mark.sqlite
def test_a_file_that_cannot_be_written_is_an_error(monkeypatch):
    assert can_be_written(databases=["default"]) == []
    monkeypatch.setattr("policies.checks.os.access", lambda path, how: False)  # root may all

    (error,) = can_be_written(databases=["default"])

    assert error.id == "policies.E002"
    assert str(connection.settings_dict["NAME"]) in error.msg
    with pytest.raises(CommandError, match="can't be written by the user"):
        call_command("migrate", verbosity=0)


@pytest.mark.sqlite
def test_a_file_that_others_can_read_is_worth_a_warning():
    file = Path(str(connection.settings_dict["NAME"]))
    assert is_private(databases=["default"]) == []
    file.chmod(0o640)

    (warning,) = is_private(databases=["default"])

    file.chmod(0o600)
    assert warning.id == "policies.W002"
    assert warning.hint == f"chmod 600 {file}*"


def test_files_that_nobody_collected_are_an_error(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert [it.id for it in files_are_collected()] == ["policies.E003"]
    with pytest.raises(SystemCheckError, match=r"(?s)policies\.E003.*collectstatic"):
        call_command("check", deploy=True)

    (tmp_path / "staticfiles.json").touch()

    assert files_are_collected() == []


@pytest.mark.parametrize(
    ("https", "url", "warned"),
    [
        *((True, "consolemail://", 1), (True, "smtp://localhost", 0), (False, "consolemail://", 0)),
        *((True, "dummymail://", 1), (True, "memorymail://", 1), (True, "filemail:///tmp/x", 1)),
    ],
)
def test_a_public_site_whose_e_mails_reach_nobody_is_warned(settings, https, url, warned):
    settings.HTTPS = https
    settings.EMAIL_BACKEND = values.email_server("EMAIL_URL", url)["EMAIL_BACKEND"]

    assert [it.id for it in mail_is_sent()] == ["policies.W001"] * warned


def test_every_permission_that_a_role_or_an_action_names_exists():
    assert permissions_exist() == []


def test_a_role_with_a_permission_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setitem(ROLES, "Writers", (*ROLES["Writers"], "policies.write_revisions"))

    (error,) = permissions_exist()
    assert error.id == "policies.E005"
    assert "The role Writers names the permission policies.write_revisions" in error.msg
    with pytest.raises(SystemCheckError, match=r"policies\.write_revisions"):
        call_command("migrate", verbosity=0, skip_checks=False)


def test_an_action_with_a_permission_that_does_not_exist_is_an_error(monkeypatch):
    action = replace(ACTIONS["comment"], permissions=("policies.add_comment",))
    monkeypatch.setitem(ACTIONS, "comment", action)

    (error,) = permissions_exist()

    assert "The action comment names the permission policies.add_comment" in error.msg
