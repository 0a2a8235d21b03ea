"""How Django makes the pages in memory, and which state they show."""

import io
import math
import os
import threading
import warnings
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from policies import workflow
from policies.models import Rendering
from policies.page_cache import publication_state
from policies.page_cache.core import ATTEMPTS, Pages
from policies.page_cache.from_django import page_from
from policies.page_cache.publication_state import PublicationState
from policies.page_cache.publication_watcher import Watcher, read
from policies.public.page import public
from policies.workflow import texts
from tests.factories import make_document, make_policy, make_revision, make_user, make_version
from tests.policies.page_cache.pages_site import body_of, page_at
from tests.policies.page_cache.pages_site import connection_stays as connection_stays

HOST = "localhost"


@public()
def with_cookie(request):
    response = HttpResponse("Welcome back.")
    response.set_cookie("reader", "1")
    return response


@public()
def for_one(request):
    return HttpResponse("Only you see this.", headers={"Cache-Control": "no-store"})


@public()
def by_language(request):
    return HttpResponse("Guten Tag.", headers={"Vary": "Accept-Language"})


def staff(request):
    return HttpResponse("Staff only.", headers={"Cache-Control": "public"})


urlpatterns = [
    path("cookie/", with_cookie),
    path("one/", for_one),
    path("language/", by_language),
    path("staff/", staff),
]


@pytest.fixture
def make(connection_stays):
    made_by = page_from(get_wsgi_application())
    return lambda where: made_by(("http", HOST, where))


# --- What may be kept --------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_public_page_is_made_together_with_the_state_that_it_shows(make):
    version = make_version()
    made = make(version.policy.get_absolute_url())
    assert made.status == 200
    assert version.title.encode() in made.body
    assert made.state == read()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("where", ["/cookie/", "/one/", "/language/"])
def test_a_response_for_one_reader_is_never_kept(make, where):
    made = make(where)
    assert (made.status, made.state) == (200, None)


@pytest.mark.django_db
def test_errors_and_redirects_of_public_views_are_not_kept(make):
    base = make_version().policy.get_absolute_url()
    for where, status in {
        f"{base}versions/9/": 404,
        f"{base}on/3000-01-01/": 404,
        f"{base}compare/2/1/": 302,
    }.items():
        made = make(where)
        assert (made.status, made.state) == (status, None)


@pytest.mark.parametrize("where", ["/staff/", "/admin/login/", "/privacy", "/no-such/file", "/ü/"])
def test_a_request_for_anything_but_a_public_page_is_left_to_django(make, where):
    urls = __name__ if where == "/staff/" else settings.ROOT_URLCONF
    with override_settings(ROOT_URLCONF=urls):
        assert make(where) is None


def test_nothing_is_kept_while_developing_or_before_a_redirect_to_https(make):
    with override_settings(DEBUG=True):
        assert make("/") is None
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert make("/") is None


@pytest.mark.django_db
@override_settings(
    SITE_URL=f"https://{HOST}",
    SECURE_SSL_REDIRECT=True,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
)
@pytest.mark.usefixtures("connection_stays")
def test_behind_a_proxy_a_page_is_made_for_the_scheme_that_readers_use():
    version = make_version()
    key = ("https", HOST, version.policy.get_absolute_url())
    made = page_from(get_wsgi_application())(key)
    assert made is not None
    assert (made.status, f"https://{HOST}".encode() in made.body) == (200, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("connection_stays")
def test_a_page_is_made_again_if_something_is_published_while_it_is_made():
    """If that happens again and again, readers get the last one, which is not kept."""
    version = make_version()
    django = get_wsgi_application()
    key = ("http", HOST, version.policy.get_absolute_url())
    for publications, times, is_kept in ((1, 2, True), (99, ATTEMPTS, False)):
        asked = []

        def overtaken(environ, start_response, asked=asked, publications=publications):
            response = django(environ, start_response)
            if len(asked) < publications:
                make_version()
            asked.append(environ["PATH_INFO"])
            return response

        pages = Pages(page_from(overtaken), limit=10**6)
        assert version.title.encode() in body_of(page_at(pages, key))
        assert len(asked) == times
        assert (pages.at(key) is not None) is is_kept


# --- Which state it is -----------------------------------------------------------------------


@pytest.mark.django_db
def test_every_change_that_public_pages_show_makes_a_new_state():
    seen = [read()]
    assert seen == [PublicationState(("", ""), -math.inf, math.inf)]

    def is_new():
        seen.append(read())
        return seen[-1] != seen[-2] and seen[-1] == read()

    now = timezone.now()
    version = make_version(at=now - timedelta(days=2))
    assert is_new()
    keeper = make_user("Publishers", is_superuser=True)
    upcoming = make_version(policy=version.policy, at=now, effective_at=now + timedelta(days=3))
    assert is_new()
    assert upcoming.effective_at is not None
    assert version.effective_at is not None
    assert seen[-1].until == upcoming.effective_at.timestamp()
    assert seen[-1].since == version.effective_at.timestamp()
    workflow.withdraw(upcoming.pk, by=keeper, at=now, reason="A mistake.")
    assert is_new()
    assert seen[-1].until == math.inf
    workflow.rename_policy(version.policy_id, by=keeper, at=now, slug="elsewhere")
    assert is_new()
    workflow.set_check_interval(version.policy_id, by=keeper, at=now, months=6)
    assert is_new()
    workflow.retire(version.policy_id, by=keeper, at=now, notice="It is over.")
    assert is_new()
    assert not is_new()


@pytest.mark.django_db
def test_while_nothing_changes_the_state_is_read_with_one_query(django_assert_num_queries):
    """It is read four times a second, and there may be hundreds of thousands of versions."""
    make_version()
    state = read()
    with django_assert_num_queries(1):
        assert read() == state


@pytest.mark.django_db
def test_a_state_is_consistent_whatever_another_thread_reads_meanwhile(monkeypatch):
    make_version(effective_at=timezone.now() + timedelta(days=9))
    state, holds = read(), PublicationState.holds

    def read_by_another_thread(state, at):
        monkeypatch.undo()
        make_version(
            policy=make_policy(slug="sooner"), effective_at=timezone.now() + timedelta(days=5)
        )
        assert read().until != state.until
        return holds(state, at)

    monkeypatch.setattr(PublicationState, "holds", read_by_another_thread)
    assert read() == state


@pytest.mark.django_db(transaction=True)
def test_rendering_again_makes_a_new_state(monkeypatch):
    make_version()
    monkeypatch.setattr("policies.ledger.removed_anchors.record_anew", lambda policy: True)
    before = read()
    prepare = texts.prepare

    def otherwise(document, policy):
        prepared = prepare(document, policy)
        prepared.values["html"] += "<hr>"
        return prepared

    monkeypatch.setattr(texts, "prepare", otherwise)
    call_command("rerender", stdout=io.StringIO())
    assert Rendering.objects.get().html.endswith("<hr>")
    assert read() != before


@pytest.mark.django_db(transaction=True)
def test_listeners_are_notified_after_each_commit_and_can_read_what_it_changed():
    states = []

    def note():
        states.append(read())

    publication_state.add_listener(note)
    try:
        make_revision(policy=make_policy(), document=make_document())
    finally:
        publication_state.remove_listener(note)
    assert states[-1] == read()
    assert len(set(states)) == len(states) > 1


# --- The watcher -------------------------------------------------------------------------------


def test_the_watcher_outlives_failures_and_is_notified_of_changes(caplog):
    first, second = (PublicationState((name, name), -math.inf, math.inf) for name in "ab")
    answers = [OSError("gone"), OSError("gone"), first, second]
    read_all = threading.Event()

    def reads():
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is second:
            read_all.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    pages = Pages(lambda key: None, limit=0)
    watcher = Watcher(pages, read=reads, every=0.001)
    watcher.start()
    watcher.start()
    assert read_all.wait(timeout=10)
    watcher.stop()
    assert pages.state == second
    assert [record.getMessage() for record in caplog.records] == [
        "The database can't be used, pages stay as they are: gone",
        "The database can be used again.",
    ]


def test_a_change_by_this_process_invalidates_the_pages_until_the_watcher_stops():
    state = PublicationState(("a", "a"), -math.inf, math.inf)
    pages = Pages(lambda key: None, limit=0)
    watcher = Watcher(pages, read=lambda: state)
    pages.update(state, pages.begin_reading())
    publication_state.notify_listeners()
    assert pages.state is None

    watcher.stop()
    pages.update(state, pages.begin_reading())
    publication_state.notify_listeners()
    assert pages.state == state


def test_the_watcher_outlives_a_failure_of_its_other_work_and_logs_it_once(caplog):
    times = threading.Semaphore(0)

    def fails():
        times.release()
        raise OSError("gone")

    pages = Pages(lambda key: None, limit=0)
    state = PublicationState(("a", "a"), -math.inf, math.inf)
    watcher = Watcher(pages, read=lambda: state, also=fails, every=0.001)
    watcher.start()
    assert all(times.acquire(timeout=10) for _ in range(3))
    watcher.stop()

    assert pages.state == state
    (record,) = caplog.records
    assert "gone" in str(record.exc_text)


def test_a_forked_process_starts_a_watcher_thread_of_its_own():
    watcher = Watcher(
        Pages(lambda key: None, limit=0), read=lambda: PublicationState(("", ""), 0, 1)
    )
    watcher.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads: the child needs none
        child = os.fork()
    if not child:
        try:
            before, was_running = threading.active_count(), watcher.running
            watcher.start()
            os._exit(0 if not was_running and threading.active_count() == before + 1 else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    watcher.stop()
    assert os.waitstatus_to_exitcode(status) == 0


# --- Whether all is well -----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_site_is_ready_while_all_database_rules_are_installed(client, monkeypatch):
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").content == b"This process is alive.\n"
    monkeypatch.setattr("policies.database.triggers.missing", lambda connection: ["one"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert b"lacks some of its rules" in answer.content
