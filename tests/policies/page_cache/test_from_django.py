"""How Django makes the pages in memory; the watcher."""

import math
import os
import threading
import warnings

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from policies.page_cache.core import ATTEMPTS, Pages
from policies.page_cache.from_django import page_from
from policies.page_cache.publication_watcher import Watcher
from policies.public.page import public
from policies.publication_state import listeners
from policies.publication_state.reading import read_state
from policies.publication_state.state import PublicationState
from tests.factories import make_version
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
    assert made.state == read_state()


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
    listeners.notify()
    assert pages.state is None

    watcher.stop()
    pages.update(state, pages.begin_reading())
    listeners.notify()
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
