"""`manage.py first_run`: fills a new site once, and changes nothing afterwards."""

import io
import re
import shlex

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from policies.models import Revision
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def first_run():
    said = io.StringIO()
    call_command("first_run", stdout=said, stderr=said)
    return said.getvalue()


def test_the_first_run_publishes_the_content_and_makes_an_account_that_can_log_in(caplog):
    said = re.search(r"user name +(\w+)\n +password +((?:\w{5}-){3}\w{5})\n", first_run())

    assert said
    account = authenticate(username=said[1], password=said[2])
    assert account
    assert account.is_superuser
    assert Revision.objects.published().count() == len(list(settings.CONTENT_DIR.glob("*.md")))
    assert caplog.messages == []  # it says itself what it does


def test_findings_in_the_content_are_one_line_with_the_command_that_lists_them(tmp_path, settings):
    settings.CONTENT_DIR = tmp_path
    for name in ("privacy", "our cookies"):
        file = tmp_path / f"{name}.md"
        file.write_text(f"# {name}\n\nWe keep [DATA] and [NAMES].\n")

    printed = first_run()

    (line,) = [line for line in printed.splitlines() if "examine" in line]
    command = shlex.split(line.partition("manage.py examine ")[2])
    assert command == [str(tmp_path / "our cookies.md"), str(tmp_path / "privacy.md")]
    listed = io.StringIO()
    with pytest.raises(CommandError, match="block publication"):
        call_command("examine", *command, stdout=listed)
    *findings, _ = listed.getvalue().splitlines()
    assert line.startswith(f"{len(findings)} findings for a lawyer to look at.")
    assert not set(findings) & set(printed.splitlines())


def test_a_site_that_has_had_staff_is_left_alone():
    person = make_user()
    person.is_active = False
    person.save(update_fields=["is_active"])

    assert first_run() == ""
    assert not Revision.objects.exists()


def test_a_first_run_that_was_broken_off_is_a_first_run_again(tmp_path, settings):
    settings.CONTENT_DIR = tmp_path
    broken = tmp_path / "privacy.md"
    broken.write_bytes(b"\xff is not UTF-8")
    with pytest.raises(CommandError, match="1 file could not be imported, so nothing was"):
        first_run()
    assert not get_user_model().objects.exists()

    broken.write_text("# Privacy\n\nWe keep little.\n")
    assert "password" in first_run()
    assert Revision.objects.published().count() == 1


def test_an_account_without_a_name_is_refused_before_anything_is_published():
    with pytest.raises(CommandError, match="it is empty"):
        call_command("first_run", "--username", "")

    assert not Revision.objects.exists()


def test_an_account_that_is_no_staff_is_not_taken_over():
    get_user_model().objects.create_user("admin")

    with pytest.raises(CommandError, match="There is an account admin already"):
        first_run()
