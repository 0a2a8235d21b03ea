"""The log-in as a security review would try it: passwords, locks, sessions, settings."""

import os
import re
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.signing import TimestampSigner
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from policies.public import client_address
from policies.staff.accounts import throttling
from softphonez_site import values
from tests.conftest import ENVIRONMENT
from tests.factories import confirm
from tests.policies.staff.desk import words
from tests.servers import python
from tests.site.logging_in import LOG_IN, PASSWORD, fail, log_in, make_staff, try_password

pytestmark = pytest.mark.django_db

# Out on the internet.
ELSEWHERE = "93.184.216.34"


def let_time_pass(minutes):
    earlier = F("attempt_time") - timedelta(minutes=minutes)
    AccessAttempt.objects.update(attempt_time=earlier)


# --- Passwords -----------------------------------------------------------------------------------

WEAK = ["elevenchars", "password1234", "482915736104", "anastasia-anastasia"]


@pytest.mark.parametrize("weak", WEAK)
def test_no_door_takes_a_weak_password(weak, monkeypatch):
    name = "anastasia-anastasi"
    root, client = make_staff(name, is_superuser=True), Client()
    client.force_login(root)
    confirm(client)
    twice = {"new_password1": weak, "new_password2": weak}
    other = make_staff("anastasia-anastas")

    mine = client.post("/admin/password_change/", {"old_password": PASSWORD, **twice})
    theirs = client.post(
        reverse("admin:auth_user_password_change", args=[other.pk]),
        {"password1": weak, "password2": weak, "usable_password": "true"},
    )
    new = client.post(
        reverse("admin:auth_user_add"),
        {"username": "anastasia-anast", "password1": weak, "password2": weak},
    )
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", weak)
    with pytest.raises(CommandError):
        call_command(
            "createsuperuser", interactive=False, username="anastasia-anasta", email="a@example.com"
        )

    assert [it.status_code for it in (mine, theirs, new)] == [200, 200, 200]
    assert User.objects.count() == 2
    assert all(it.check_password(PASSWORD) for it in User.objects.all())


def test_a_strong_one_from_the_environment_makes_a_superuser(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, username="root", email="", stdout=StringIO())

    assert User.objects.get().check_password(PASSWORD)


# --- Locks ---------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_a_name_at_an_address_and_nothing_else():
    make_staff()
    make_staff("ben")
    assert fail(4).status_code == 200

    locked = fail(1)

    assert locked.status_code == 429
    assert 14 * 60 < int(locked["Retry-After"]) <= 15 * 60
    assert "no-store" in locked["Cache-Control"]
    assert "You can try again in 15 minutes" in words(locked)
    assert "ask an administrator" in words(locked)
    assert try_password(PASSWORD).status_code == 429
    assert try_password(PASSWORD, "ben").status_code == 302
    assert try_password(PASSWORD, REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_a_lock_opens_by_itself_and_trying_makes_it_no_longer():
    make_staff()
    fail(5)
    let_time_pass(14)
    last = AccessAttempt.objects.get().attempt_time
    assert fail(20).status_code == 429
    assert AccessAttempt.objects.get().attempt_time == last

    let_time_pass(1.1)

    assert try_password(PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_a_lock_of_a_clock_that_was_a_year_ahead_is_open_once_it_is_right():
    make_staff()
    fail(5)
    let_time_pass(-365 * 24 * 60)

    assert try_password(PASSWORD).status_code == 302


def test_nobody_learns_which_names_there_are():
    """The same words and the same status. (Django hashes a password for unknown names, too.)"""
    make_staff("zz-staff")
    User.objects.create_user("zz-gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("zz-outside", password=PASSWORD)
    seen = {}
    for name in ("zz-staff", "zz-nobody", "zz-gone", "zz-outside"):
        client, pages = Client(), []
        for _ in range(6):
            response = try_password("wrong", name, client)
            text = re.sub(r'value="[^"]*"|\d\d:\d\d', "", words(response))
            pages.append((response.status_code, text.replace(name, "NAME")))
        seen[name] = pages
    assert [status for status, _ in seen["zz-staff"]] == [200] * 4 + [429] * 2
    assert all(pages == seen["zz-staff"] for pages in seen.values())
    right = try_password(PASSWORD, "zz-outside", REMOTE_ADDR=ELSEWHERE)
    assert "Please enter the correct username" in words(right)


@pytest.fixture
def twenty_in_all(monkeypatch):
    """Lock a name from anywhere, or an address with any names, after 20 wrong passwords."""
    monkeypatch.setattr(throttling, "WIDE_LIMIT", 20)


@pytest.mark.usefixtures("twenty_in_all")
def test_behind_a_proxy_that_says_nothing_a_lock_locks_one_name_only():
    """All requests come from 127.0.0.1 then."""
    for name in ("ana", "ben", "eva"):
        make_staff(name)
    for number in range(6):
        fail(5, f"guess{number}")
    fail(5)

    assert try_password(PASSWORD).status_code == 429
    assert try_password(PASSWORD, "ben").status_code == 302


@pytest.mark.usefixtures("twenty_in_all")
def test_an_address_that_tries_many_names_is_locked_but_nobody_who_was_there_before():
    make_staff()
    make_staff("ben")
    known = Client(REMOTE_ADDR=ELSEWHERE)
    assert try_password(PASSWORD, client=known).status_code == 302
    for number in range(5):
        fail(4, f"guess{number}", REMOTE_ADDR=ELSEWHERE)
    known.post("/admin/logout/")

    stranger = try_password(PASSWORD, "ben", REMOTE_ADDR=ELSEWHERE)
    assert stranger.status_code == 429
    assert 59 * 60 < int(stranger["Retry-After"]) <= 60 * 60
    assert try_password(PASSWORD, client=known).status_code == 302
    assert try_password(PASSWORD, "ben", known).status_code == 429


def test_a_browser_is_known_by_the_cookie_of_1_0_0(settings):
    ana, known = make_staff(), Client()
    assert try_password(PASSWORD, client=known).status_code == 302
    signer = TimestampSigner(salt=f"policies.known_browsers:{ana.get_session_auth_hash()}")

    cookie = known.cookies[settings.KNOWN_BROWSER_COOKIE_NAME].value

    assert signer.unsign(cookie) == str(ana.pk)


@pytest.mark.usefixtures("twenty_in_all")
def test_a_name_that_is_tried_from_everywhere_is_locked_but_not_where_it_is_known():
    ana, known = make_staff(), Client()
    assert try_password(PASSWORD, client=known).status_code == 302
    known.post("/admin/logout/")
    for number in range(5):
        fail(4, REMOTE_ADDR=f"198.51.100.{number}")

    assert try_password(PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert try_password(PASSWORD, client=known).status_code == 302

    ana.set_password(f"{PASSWORD}-2")
    ana.save()
    for number in range(5):
        fail(4, REMOTE_ADDR=f"198.51.100.{number}")
    known.post("/admin/logout/")
    assert try_password(f"{PASSWORD}-2", client=known).status_code == 429


def test_nobody_is_locked_out_where_they_work_by_who_comes_from_their_address():
    """Behind a proxy that the site does not know of, all requests seem to."""
    make_staff()
    known = log_in(Client())
    known.post("/admin/logout/")
    assert fail(5).status_code == 429

    assert try_password(PASSWORD, client=known).status_code == 302
    assert try_password(PASSWORD).status_code == 429
    known.post("/admin/logout/")
    for _ in range(5):
        guessed = try_password("wrong", client=known)
    assert guessed.status_code == 429
    assert try_password(PASSWORD, client=known).status_code == 429


def test_an_old_password_is_not_guessed_where_a_new_one_is_set():
    make_staff()
    client = log_in(Client())
    fields = {"new_password1": f"{PASSWORD}-2", "new_password2": f"{PASSWORD}-2"}
    for _ in range(5):
        answer = client.post("/admin/password_change/", {"old_password": "wrong", **fields})

    assert answer.status_code == 429
    right = {"old_password": PASSWORD, **fields}
    assert client.post("/admin/password_change/", right).status_code == 429
    assert User.objects.get().check_password(PASSWORD)


def test_an_administrator_lifts_a_lock_by_screen_and_by_command():
    ana, root = make_staff(), make_staff("root", is_superuser=True)
    client = Client(REMOTE_ADDR=ELSEWHERE)
    try_password(PASSWORD, "root", client)
    page = reverse("admin:auth_user_log_in", args=[ana.pk])
    assert "This account is not locked." in words(client.get(page))

    fail(5)
    assert "Unlock now" in words(client.get(page))
    client.post(page, {"do": "lift"})
    assert try_password(PASSWORD).status_code == 302
    assert LogEntry.objects.get().change_message == "Lock of the log-in lifted."
    assert LogEntry.objects.get().user == root

    fail(5)
    call_command("axes_reset_username", "ana", stdout=StringIO())
    assert try_password(PASSWORD).status_code == 302


def test_what_is_kept_of_a_failed_log_in_is_little_and_not_for_long(caplog):
    make_staff()
    text = {"username": "ana", "password": "my secret", "kept": '{"body": ["draft"]}', "next": "/x"}
    Client().post(LOG_IN, text, HTTP_USER_AGENT="evil\nline")

    kept = str(AccessAttempt.objects.values().get())
    assert "secret" not in kept
    assert "draft" not in kept
    assert try_password(PASSWORD, REMOTE_ADDR=ELSEWHERE).status_code == 302
    assert not AccessLog.objects.exists()
    fail(5)
    assert "locked for a while" in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert "evil" not in caplog.text

    let_time_pass(24 * 60 + 1)
    printed = StringIO()
    call_command("forget_log_ins", stdout=printed)
    assert printed.getvalue() == "Failed log-ins deleted: 2\n"
    assert not AccessAttempt.objects.exists()


def test_what_somebody_types_to_change_their_password_is_kept_nowhere():
    make_staff()
    typed = {"old_password": "my typo", "new_password1": "my new one", "new_password2": "my new"}
    log_in(Client()).post("/admin/password_change/", typed)

    kept = str(AccessAttempt.objects.values().get())
    assert "old_password=********" in kept
    assert "my" not in kept


@pytest.mark.parametrize("target", ["foo", "login", "index"])
def test_a_word_as_the_next_page_is_no_error_of_ours(target):
    make_staff()

    assert try_password(PASSWORD, QUERY_STRING=f"next={target}")["Location"] == target


def test_a_reader_never_gets_into_the_tables(client):
    client.get("/")
    client.get(LOG_IN)
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    ("proxies", "remote", "header", "found"),
    [
        (0, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (1, "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "unknown", None),
        (2, "10.0.0.1", "6.6.6.6, 1.2.3.4, 5.6.7.8", "1.2.3.4"),
        (2, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (1, "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::1", "1.2.3.4:4711", "1.2.3.4"),
        (1, "::1", "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::"),
        (1, "::1", "[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::"),
        (1, "::1", "1.2.3.4:x", None),
        (1, "::1", "::ffff:1.2.3.4", "1.2.3.4"),
        (0, "", "1.2.3.4", None),
    ],
)
def test_an_address_is_believed_of_our_own_proxies_only(settings, proxies, remote, header, found):
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=header)

    assert client_address.address_of(request) == found


def test_somebody_without_an_address_is_locked_like_others():
    make_staff()
    assert fail(5, REMOTE_ADDR="").status_code == 429
    assert try_password(PASSWORD).status_code == 302


@pytest.fixture
def ana():
    return make_staff("ana", "Writers")


# --- Sessions ------------------------------------------------------------------------------------


def test_a_session_ends_twelve_hours_after_the_log_in_whatever_is_done_meanwhile(ana):
    client = log_in(Client())
    began, row = timezone.now(), Session.objects.get()
    assert timedelta(hours=11.9) < row.expire_date - began <= timedelta(hours=12)
    assert 0 < client.cookies["sessionid"]["max-age"] <= 12 * 3600

    session = client.session
    session.set_expiry(began + timedelta(seconds=60))
    session.save()
    client.post("/admin/mail/", {})  # says "Saved.", and so changes the session

    assert Session.objects.get().expire_date <= began + timedelta(seconds=61)
    assert client.cookies["sessionid"]["max-age"] <= 60
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/admin/").status_code == 302


def test_a_session_of_a_clock_that_was_a_year_ahead_is_over_once_it_is_right(ana):
    client = log_in(Client())
    session = client.session
    session.set_expiry(timezone.now() + timedelta(days=365))
    session.save()

    assert client.get("/admin/").status_code == 302


def test_a_new_password_ends_the_session_in_every_other_browser(ana):
    here, there = log_in(Client()), log_in(Client())
    new = f"{PASSWORD}-2"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    assert here.post("/admin/password_change/", fields).status_code == 302

    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302


def test_the_session_has_a_new_key_after_the_log_in(ana):
    client = Client()
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key or ""

    log_in(client)

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


NAMES = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "KNOWN_BROWSER_COOKIE_NAME"]
SECURE = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]


def test_cookies_have_names_that_only_this_host_can_set(settings_with):
    public, trial = settings_with(HTTPS="on", SITE_URL=""), settings_with(HTTPS="off")

    assert [public[name] for name in NAMES] == [
        *("__Host-sessionid", "__Host-csrftoken", "__Host-known")
    ]
    assert [trial[name] for name in NAMES] == ["sessionid", "csrftoken", "known"]
    assert [public[name] for name in SECURE] == [True, True]
    assert [trial[name] for name in SECURE] == [False, False]


def test_they_are_for_this_host_and_for_no_script(ana, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.HTTPS = True
    client = Client()
    client.get(LOG_IN)
    log_in(client)
    assert set(client.cookies) == {"sessionid", "csrftoken", "known"}
    for name, cookie in client.cookies.items():
        assert cookie["path"] == "/", name
        assert not cookie["domain"]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}


def test_a_message_needs_no_cookie_of_its_own(ana):
    client = log_in(Client())
    client.post("/admin/mail/", {})
    assert "messages" not in client.cookies


def test_no_cache_keeps_a_refusal_to_an_unknown_host_or_without_a_token():
    assert "no-store" in Client().get("/admin/", HTTP_HOST="evil.example.com")["Cache-Control"]
    forged = Client(enforce_csrf_checks=True).post(LOG_IN, {"username": "x", "password": "y"})
    assert forged.status_code == 403
    assert "no-store" in forged["Cache-Control"]


def test_the_log_in_page_names_the_account_that_may_not_see_a_page(ana):
    client = log_in(Client())
    User.objects.filter(pk=ana.pk).update(is_staff=False)

    answer = client.get("/admin/", follow=True)

    assert "You are logged in as ana, but this account can’t open this page." in words(answer)


# --- The environment -----------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "number"), [("off", 0), ("on", 1), ("0", 0), ("1", 1), ("2", 2)])
def test_the_environment_says_how_many_proxies_there_are(typed, number):
    assert values.proxies("BEHIND_PROXY", typed) == number


@pytest.mark.parametrize("typed", ["", "yes", "-1", "10", "1.5", "²"])
def test_an_invalid_number_of_proxies_stops_the_start(typed):
    with pytest.raises(ImproperlyConfigured, match="BEHIND_PROXY must be"):
        values.proxies("BEHIND_PROXY", typed)


@pytest.mark.parametrize("staff", ["on", "off"])
def test_a_site_in_public_has_nothing_to_be_warned_of(staff):
    public = {"HTTPS": "on", "SITE_URL": "https://localhost", "EMAIL_URL": "smtp://127.0.0.1:25"}
    # In memory: no site, so nobody has collected the desk's files.
    public |= {"DATABASE_URL": "sqlite://:memory:", "STAFF": staff, "PATH": os.environ["PATH"]}

    run = python("manage.py", "check", "--deploy", "--fail-level=WARNING", env=ENVIRONMENT | public)

    assert "no issues" in run.stdout + run.stderr


def test_a_name_that_no_account_can_have_is_wrong_like_any_other():
    response = try_password("x", "n" * 300)

    assert response.status_code == 200
    assert "Please enter the correct username and password" in words(response)
    assert not AccessAttempt.objects.exists()
