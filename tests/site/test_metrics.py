"""What Prometheus reads: closed unless there is a key, and the sum of all processes."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from django.core.management import get_commands
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from policies.mail import staff_mails
from policies.models import Announcement, Mail
from policies.operations import health, job_runs
from tests.factories import make_revision, make_user, make_version
from tests.servers import ROOT
from tests.site.deployment import deployed, eventually

KEY = "key-of-the-test-0123456789"


def values(text):
    """Return each value by its name, with the kind of an answer behind it."""
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "pid" not in sample.labels
    }


@pytest.mark.django_db
def test_without_a_key_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", KEY, f"Basic {KEY}", f"Bearer {KEY}x", "Bearer "])
def test_without_the_token_the_response_explains_how_to_send_it(client, settings, given):
    settings.METRICS_TOKEN = KEY
    response = client.get("/metrics", headers={"authorization": given})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.django_db
def test_what_the_database_holds_is_counted():
    make_version()
    make_revision()
    found = {name: number for name, (_, number) in health._numbers().items()}
    assert found["policies_ledger_entries"] == 1
    assert found["policies_revisions_draft"] == 1
    assert found["policies_awaiting_late_approval"] == 0


@pytest.mark.django_db
def test_a_mail_that_is_not_tried_any_more_does_not_wait():
    policy = make_version().policy
    Announcement.objects.all().delete()
    mail = Mail.objects.create(
        user=make_user(), policy=policy, due_on=date(2026, 5, 2), remind_on=date(2026, 5, 2)
    )
    assert health._numbers()["policies_mails_waiting"][1] == 1
    Mail.objects.filter(pk=mail.pk).update(recorded_at=timezone.now() - staff_mails.KEPT_FOR)
    assert health._numbers()["policies_mails_waiting"][1] == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the processes of a server leave what they have counted."""
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(scope="module")
def deployment(folder, tmp_path_factory):
    with deployed(tmp_path_factory.mktemp("deployment")) as deployment:
        more = {"METRICS_TOKEN": KEY, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
        yield replace(deployment, more=more)


@pytest.fixture(scope="module")
def instance(deployment):
    with deployment.serving(workers=2) as instance:
        yield instance


def scraped(instance):
    response = instance.get("/metrics", f"Authorization: Bearer {KEY}")
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return values(response.body.decode())


def test_the_requests_of_all_processes_are_added_up(instance):
    before = scraped(instance)
    etag = instance.get("/privacy/").headers["etag"]
    for _ in range(19):  # over new connections, so that both processes have some
        assert instance.get("/privacy/").status == 200
    assert instance.get("/privacy/", f"If-None-Match: {etag}").status == 304

    def more(kind):
        name = f"policies_answers_total:{kind}"
        return scraped(instance).get(name, 0) - before.get(name, 0)

    eventually(lambda: (more("200"), more("304")) == (20, 1))
    assert more("django") > 0
    now = scraped(instance)
    assert now["policies_database_up"] == 1
    assert now["policies_pages_kept"] >= 2  # /privacy/, in each process that was asked for it
    eventually(lambda: scraped(instance)["policies_database_silence_seconds"] < 2)
    # Each was made once, also those that nobody has asked for: nothing was published meanwhile.
    eventually(
        lambda: (
            (told := scraped(instance))["policies_pages_made_total"]
            == told["policies_pages_kept"]
            >= 2
        )
    )


def test_a_file_that_a_process_has_only_just_made_makes_no_error(instance, folder):
    """It is empty until the process gives it its size."""
    begun = folder / "counter_1.db"
    begun.touch()

    assert scraped(instance)["policies_database_up"] == 1
    begun.unlink()


@pytest.mark.slow
def test_each_process_reports_how_much_memory_it_takes(instance):
    def told():
        body = instance.get("/metrics", f"Authorization: Bearer {KEY}").body.decode()
        return {
            int(sample.labels["pid"]): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
            if sample.name == "policies_resident_memory_bytes"
        }

    def takes(pid):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def is_right(pid, value):
        return 0.8 < value / takes(pid) < 1.2  # a process grows, but not so much at once

    eventually(lambda: all(is_right(pid, told().get(pid, 0)) for pid in instance.workers()))
    # The server's first process answers nobody.
    assert told().keys() == set(instance.workers())


def test_what_django_answers_is_measured_by_status(instance):
    def measured(what):
        return scraped(instance).get(f"policies_django_seconds_{what}", 0)

    count, seconds, began = measured("count:4xx"), measured("sum:4xx"), monotonic()
    for _ in range(3):
        assert instance.get("/no-such-policy/").status == 404

    eventually(lambda: measured("count:4xx") == count + 3)
    assert 0 < measured("sum:4xx") - seconds < monotonic() - began
    assert measured("count:2xx") >= 1


@pytest.mark.slow
def test_each_job_reports_when_it_ended_and_when_it_last_succeeded(instance, deployment, tmp_path):
    def jobs():
        found = scraped(instance)
        return {name: value for name, value in found.items() if name.startswith("policies_job_")}

    ended, succeeded = (f"policies_job_{it}_timestamp_seconds" for it in ("ended", "succeeded"))
    assert jobs() == {}
    begun = timezone.now().timestamp()
    file = str(tmp_path / "site.zip")
    assert deployment.tried("manage.py", "backup", file).returncode == 0
    assert deployment.tried("manage.py", "backup", file).returncode == 1  # there is such a file
    assert deployment.tried("manage.py", "verify", "--head", "f" * 64).returncode == 1
    assert deployment.tried("manage.py", "send_reminders", "--dry-run").returncode == 0

    found = jobs()

    assert found.keys() == {f"{ended}:backup", f"{succeeded}:backup", f"{ended}:verify"}
    assert begun < found[f"{succeeded}:backup"] < found[f"{ended}:backup"]


def test_every_command_of_the_crontab_is_a_job():
    crontab = (ROOT / "docs/deploying/policies.cron").read_text("utf-8")
    commands = set(re.findall(r"manage\.py (\w+)", crontab))

    assert len(commands) > 5
    assert commands - {"restore"} <= job_runs.JOBS <= set(get_commands())


def test_nothing_in_it_is_about_a_person(instance):
    def body():
        return instance.get("/metrics", f"Authorization: Bearer {KEY}").body.decode()

    # Of a kind that no other test counts: a process reports it a moment later.
    assert instance.get("/no-such-policy/").status == 404
    known = {"kind", "pid", "status", "le"}
    eventually(lambda: known <= set(re.findall(r"(\w+)=", body())))
    assert set(re.findall(r"(\w+)=", body())) - {"job"} == known
    assert "127.0.0.1" not in body()
