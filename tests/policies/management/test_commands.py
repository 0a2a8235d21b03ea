"""`manage.py verify` and `manage.py rerender`, from an operator's view."""

import os
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from policies import ledger
from policies.database import triggers
from policies.models import AuditEvent, Rendering, Section
from tests.factories import NOW, make_policy, make_revision, make_version

pytestmark = pytest.mark.django_db


def forge(**values):
    with triggers.lifted(connection):
        Rendering.objects.update(**values)


# --- verify --------------------------------------------------------------------------------------


def test_an_empty_site_is_sound_and_says_so(capsys):
    call_command("verify", jobs=1)

    assert "Nothing is published yet." in capsys.readouterr().out


def test_each_noted_head_is_proved(capsys):
    make_version()
    call_command("verify", jobs=1)
    said = capsys.readouterr().out
    assert "Sound: 1 version in 1 entry of the ledger." in said
    heads = re.findall(r"[0-9a-f]{64}", said)
    make_version()

    for head in heads:
        call_command("verify", jobs=1, head=head)
    with pytest.raises(CommandError, match="1 problem found"):
        call_command("verify", jobs=1, head="f" * 64)
    with pytest.raises(CommandError, match="A head has 64 characters"):
        call_command("verify", jobs=1, head=heads[0][:-1])


def test_every_problem_is_reported_and_the_exit_status_is_not_zero(capsys):
    make_version()
    with triggers.lifted(connection):
        Section.objects.update(body="Forged.")

    with pytest.raises(CommandError, match="problems found"):
        call_command("verify", jobs=1)

    assert "is not what was published" in capsys.readouterr().err


# --- rerender ------------------------------------------------------------------------------------


def test_html_that_comes_from_its_text_stays(capsys):
    make_version()
    acts = AuditEvent.objects.count()

    call_command("rerender")

    assert "1 text rendered again, 0 changed." in capsys.readouterr().out
    assert AuditEvent.objects.count() == acts


def test_html_that_does_not_is_rendered_again_and_reported(capsys):
    version = make_version()
    before = version.rendering.html
    forge(html="<p>forged</p>")

    call_command("rerender", diff=True)

    said = capsys.readouterr().out
    assert "the HTML changed" in said
    assert "-<p>forged</p>" in said
    assert Rendering.objects.get().html == before
    assert AuditEvent.objects.latest("sequence").action == "rerender"
    assert ledger.verify().problems == []


def test_a_text_that_can_not_be_rendered_keeps_its_html_and_is_named(capsys):
    policy = make_policy()
    make_version(policy=policy)
    broken = make_revision(policy=policy, at=NOW + timedelta(days=1))
    with triggers.lifted(connection):
        Section.objects.filter(revision=broken, position=1).update(anchor="no anchor")
    html = Rendering.objects.get(revision=broken).html

    with pytest.raises(CommandError, match="1 text could not be rendered"):
        call_command("rerender")

    assert f"revision {broken.pk}" in capsys.readouterr().err
    assert Rendering.objects.get(revision=broken).html == html


# --- Arguments that are no use --------------------------------------------------------------------


@pytest.mark.parametrize("command", ["export_policies", "export_site", "import_policies"])
def test_a_folder_without_a_name_is_not_the_current_folder(command):
    with pytest.raises(CommandError, match="it is empty"):
        call_command(command, "")


@pytest.mark.parametrize("does", ["export", "erase"])
def test_a_subscriber_without_an_address_is_not_nobody(does):
    with pytest.raises(CommandError, match="argument address: it is empty"):
        call_command("subscribers", does, "")


def test_paths_without_a_policy_file_are_refused(tmp_path):
    with pytest.raises(CommandError, match=r"Found no \.docx, .*in the files and folders"):
        call_command("import_policies", str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CommandError, match="pipe is neither a file nor a folder"):
        call_command("import_policies", str(tmp_path / "pipe"))
