"""Nobody can forge a log line, neither by what they type nor through an error message about it."""

import json
import logging
import re
import sys
import unicodedata
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from policies import workflow
from policies.models import PreviewLink
from softphonez_site.log_lines import FirstOfEach, JsonLines
from tests.factories import make_revision, make_user, make_version
from tests.site.hostile_values import VALUES
from tests.site.logging_in import PASSWORD, make_staff, try_password

BEGINNING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [a-z._]+: ")


def written(message, *arguments, error=None):
    handler = next(it for it in logging.getLogger().handlers if it.get_name() == "stderr")
    caught = None
    if error:
        try:
            raise error
        except Exception:  # noqa: BLE001
            caught = sys.exc_info()
    name = "policies.page_cache.core"
    record = logging.LogRecord(name, logging.WARNING, "f", 1, message, arguments, caught)
    return handler.format(record)


def is_sound(text):
    first, *others = text.split("\n")
    categories = {unicodedata.category(sign) for line in (first, *others) for sign in line}
    return (
        BEGINNING.match(first) is not None
        and all(line.startswith("    ") for line in others)
        and categories.isdisjoint({"Cc", "Cf", "Zl", "Zp", "Cs"})
    )


@given(st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(VALUES)))
@example("/privacy/on/1\n2026-11-25 02:00:00,000 ERROR django.request: forged/")
@example("\x1b[2K\r\u202e\u2028\x85\x9b\ud800")
def test_nothing_that_somebody_typed_begins_a_line(typed):
    assert is_sound(written("%s could not be made: %r", typed, ValueError(typed)))
    assert is_sound(written("Not told: %s", typed, error=ValueError(typed)))
    assert "\n" not in written("%s", typed)


def test_a_traceback_is_complete_and_below_its_line():
    lines = written("It failed", error=ValueError("for a reason")).split("\n")
    assert lines[0].endswith("It failed")
    assert lines[1] == "    Traceback (most recent call last):"
    assert lines[-1] == "    ValueError: for a reason"


def test_every_handler_writes_such_lines():
    formatters = settings.LOGGING["formatters"]
    assert {it["formatter"] for it in settings.LOGGING["handlers"].values()} == {"text"}
    assert formatters["text"]["()"] == "softphonez_site.log_lines.OwnLines"
    assert formatters["json"]["()"] == "softphonez_site.log_lines.JsonLines"


# --- As JSON -------------------------------------------------------------------------------------


def as_json(record):
    line = JsonLines().format(record)
    assert "\n" not in line
    assert line.isascii()
    assert line.isprintable()
    return json.loads(line)


def a_record(message, *arguments, **extra):
    return logging.getLogger("policies").makeRecord(
        "policies", logging.WARNING, "f", 1, message, arguments, None, extra=extra
    )


@given(st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(VALUES)))
def test_a_json_line_is_one_line_whatever_is_in_it(typed):
    found = as_json(a_record("Not told: %s", typed, policy=typed))
    assert found["message"] == f"Not told: {typed}"
    assert found["policy"] == typed
    assert (found["level"], found["logger"]) == ("WARNING", "policies")
    assert datetime.fromisoformat(str(found["time"])).utcoffset() == timedelta(0)


def test_a_request_leaves_nothing_in_a_json_line():
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_COOKIE="sessionid=secret")
    found = as_json(a_record("Not Found: %s", "/", request=request, status_code=404))
    assert set(found) == {"time", "level", "logger", "message", "status_code"}


def test_a_fault_is_one_json_line_with_its_traceback():
    try:
        raise ValueError("for a reason")
    except ValueError:
        record = a_record("It failed")
        record.exc_info = sys.exc_info()
    assert str(as_json(record)["traceback"]).endswith("ValueError: for a reason")


@pytest.mark.django_db
def test_no_line_holds_the_token_of_a_preview_link(client, caplog):
    draft, writer = make_revision(), make_user("Writers")
    link = workflow.share(draft.pk, by=writer, at=timezone.now(), recipient="Counsel")
    token = link.token
    with caplog.at_level(logging.WARNING, "django.request"):
        assert client.post(reverse("policies:preview", args=[token])).status_code == 405

    (record,) = caplog.records
    assert token in record.getMessage()
    text = next(it for it in logging.getLogger().handlers if it.get_name() == "stderr")
    for line in (JsonLines().format(record), text.format(record)):
        assert token not in line
        assert "/preview/***/" in line


@pytest.mark.parametrize("path", ["/Preview/", "/preview//", "/preview/ ", "/reviews/", "/"])
def test_nor_is_it_there_when_somebody_has_spoilt_the_address(path):
    token = PreviewLink(pk=7).token

    assert token not in str(as_json(a_record(f"Not Found: {path}{token}"))["message"])


@pytest.mark.parametrize("name", ["subscribe", "unsubscribe"])
def test_no_line_holds_the_token_of_a_subscription(name):
    line = str(as_json(a_record(f"Gone: /de/privacy/{name}/0123abcd.s1gnature/"))["message"])

    assert line == f"Gone: /de/privacy/{name}/***/"


# --- What staff do -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_act_is_logged_once_it_is_committed_and_without_its_reason(caplog):
    policy, root = make_version().policy, make_user(is_superuser=True, name="ana")
    caplog.clear()
    with caplog.at_level(logging.INFO, "policies.ledger"):
        with transaction.atomic():
            workflow.retire(policy.pk, by=root, at=timezone.now(), notice="A secret.")
            transaction.set_rollback(True)
        assert caplog.records == []
        workflow.retire(policy.pk, by=root, at=timezone.now(), notice="A secret.")

    (record,) = caplog.records
    found = as_json(record)
    assert found["message"] == f"{policy.slug}: retire, by ana"
    assert (found["verb"], found["policy"]) == ("retire", policy.slug)
    assert (found["actor"], found["account"]) == ("ana", root.pk)
    assert "secret" not in JsonLines().format(record)


@pytest.mark.django_db
def test_log_ins_are_logged_without_what_was_typed_and_from_where(caplog):
    staff = make_staff("ana")
    with caplog.at_level(logging.INFO, "policies.staff.accounts.records"):
        try_password("wrong password typed")
        try_password("x", "a password typed in the wrong field")
        try_password(PASSWORD)

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"A log-in was refused, for account {staff.pk}.",
        "A log-in was refused, for no account.",
        f"Account {staff.pk} logged in.",
    ]
    lines = "".join(map(JsonLines().format, caplog.records))
    assert "typed" not in lines
    assert "127.0.0.1" not in lines


def test_a_stranger_raises_no_alarm(client, caplog):
    assert client.get("/", headers={"host": "evil.example.com"}).status_code == 400
    assert [it for it in caplog.records if it.levelno >= logging.ERROR] == []


def test_each_foreign_host_name_is_logged_once(caplog):
    """It may be missing in ALLOWED_HOSTS; but a stranger can send as many as they like."""
    logger = logging.getLogger("django.security.DisallowedHost")
    fresh = FirstOfEach()
    before, logger.filters = logger.filters, [fresh]
    try:
        for name in ["www.testserver", *(f"x{n}.example" for n in range(99)), "www.testserver"]:
            assert Client().get("/", headers={"host": name}).status_code == 400
    finally:
        logger.filters = before

    told = [record for record in caplog.records if record.name == logger.name]
    assert any(isinstance(it, FirstOfEach) for it in before)
    assert len(told) == FirstOfEach.MAX_MESSAGES
    assert {record.levelname for record in told} == {"INFO"}
    assert "You may need to add 'www.testserver' to ALLOWED_HOSTS." in told[0].getMessage()
