"""The ground for every test: environment, database, browser; skips tests that can't run here.

No test sees the developer's own settings or data: every variable that the settings read is set
here, before Django loads them (the environment wins over .env), and files go to a folder made for
the run.

    TEST_DATABASE_URL    run the whole suite on this PostgreSQL instead of SQLite
    CHROMIUM             the browser to use, if none of tests/chromium.py is on PATH
    VNU_JAR              the Nu HTML checker, if `make validator` has not fetched it
    OBSERVATORY          Mozilla's HTTP Observatory, if `make observatory` has not fetched it
    OOXML_VALIDATOR      the checker of Word files, if `make ooxml` has not fetched it
    REQUIRE_<MARKER>=1   REQUIRE_BROWSER, REQUIRE_PDF …: tests with this marker (pyproject.toml)
                         fail instead of being skipped if the machine lacks what they need,
                         as do tests in a file that is named on the command line
    HYPOTHESIS_PROFILE   quick (default), ci (default if CI is set), deep
    TRIED                a file: tests in it are left out, and those that pass are added, except
                         what a quick run tries only in part
"""

import functools
import gc
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import django
import hypothesis
import pytest

from tests import migrated
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.machine import NEEDS, ON_POSTGRESQL, how_to_run
from tests.servers import PATIENCE


def _lie_in_memory():
    """Put temporary files into memory if there is room: a database waits for the disk at each
    commit, and tests make many.
    """
    memory = Path("/dev/shm")  # noqa: S108  tempfile makes unpredictable names in it
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    system = os.statvfs(memory)
    may_execute = not system.f_flag & os.ST_NOEXEC
    if may_execute and system.f_bavail * system.f_frsize > 2 << 30:  # containers often have 64 MB
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


_lie_in_memory()
# Tests make few objects that refer to each other in circles: collecting them less often saves time.
gc.set_threshold(10_000)
FILES = Path(tempfile.mkdtemp(prefix="policies-tests-"))
if migrated.NAME not in os.environ:
    os.environ[migrated.NAME] = str(migrated.place())

# Every variable of .env.example, so that none leaks in from outside; test_environment.py checks.
ENVIRONMENT = {
    "SECRET_KEY": "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "HTTPS": "off",
    "BEHIND_PROXY": "off",
    "STAFF": "on",
    "TWO_FACTOR": "optional",
    "OIDC_ISSUER": "",
    "OIDC_CLIENT_ID": "",
    "OIDC_CLIENT_SECRET": "",
    "OIDC_NAME": "single sign-on",
    "OIDC_SCOPES": "openid profile",
    "OIDC_GROUPS_CLAIM": "groups",
    "OIDC_ROLES": "",
    "OIDC_EMERGENCY_ACCOUNTS": "",
    "LOG_FORMAT": "text",
    "METRICS_TOKEN": "",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FILES}/none.sqlite3",
    "TIME_ZONE": "UTC",
    # What is in content/ is for whoever runs the site to replace.
    "CONTENT_DIR": str(Path(__file__).parent / "content"),
    "ORGANISATION_NAME": "Softphonez",
    "EMBED_ORIGINS": "",
    "SECURITY_CONTACT": "",
    "PRIVACY_POLICY": "privacy",
    "TERMS_OF_SERVICE": "terms",
    "TAG_AUTHORITY": "policies.example.com,2026",
    "ORGANISATION_COUNTRY": "de",
    "DEBUG": "False",
    "PORT": "8000",
    "SITE_URL": "http://testserver",
    "STAFF_URL": "",
    "EMAIL_URL": "memorymail://",
    "EMAIL_FROM": "Policies <policies@example.com>",
    "SUBSCRIPTIONS": "off",
    "SUBSCRIPTION_KEY": "",
    "WEBHOOKS": "",
    "WEBHOOK_SECRET": "",
    "WEBHOOK_PRIVATE_NETWORKS": "off",
    "LOG_KEY": "",
    "LOG_ORIGIN": "",
    "WITNESSES": "",
    "PAGES_MEMORY_MB": "64",
    "PAGES_SNAPSHOT": "",
}


def _load_django():
    if "PYTEST_XDIST_WORKER" not in os.environ and "DJANGO_SETTINGS_MODULE" in os.environ:
        # pytest-django has then loaded the settings already, from the developer's .env.
        raise pytest.UsageError(
            "DJANGO_SETTINGS_MODULE is set. Unset it, and run the tests by pytest, as make test "
            "does, not by manage.py test."
        )
    os.environ.update(ENVIRONMENT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "softphonez_site.settings"
    # axes.conf puts its defaults into the settings at its first import. If that were in a test that
    # overrides settings, they would be gone after it.
    import axes.conf  # noqa: F401
    from django.conf import settings

    settings.STATIC_ROOT = FILES / "static"
    settings.STATIC_ROOT.mkdir()
    # Plain file names: the hashed ones exist only after collectstatic.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    settings.MAIL_IN_BACKGROUND = False
    settings.LOGGING["handlers"]["stderr"]["level"] = "CRITICAL"  # pytest shows what is logged
    if not ON_POSTGRESQL:
        # A file, as on a site, so that threads and writers meet real locks. (With a named database
        # in memory, a live server would share this thread's connection, and close it.)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(FILES / "test.sqlite3")
    django.setup()


_load_django()

# CI draws the same examples each time, so that a red run means a change, not luck.
IN_CI = bool(os.environ.get("CI"))
for _profile, _examples in {"quick": 10, "ci": 200}.items():
    hypothesis.settings.register_profile(
        _profile, max_examples=_examples, deadline=None, derandomize=IN_CI, print_blob=IN_CI
    )
hypothesis.settings.register_profile("deep", max_examples=5000, deadline=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "quick")
hypothesis.settings.load_profile(PROFILE)
# Quick runs draw fewer examples, and try only a sample of long tables. They are for working, and
# for the runs of CI on other databases and versions, after one that tries all. CI never leaves out
# slow tests.
QUICK = PROFILE == "quick"
LEAVES_OUT_SLOW = QUICK and not IN_CI


# The tests of this process that tried only a part.
_in_part = set()


def is_quick():
    """Return whether the test that runs now may try only a part. What asks counts as doing so."""
    if QUICK:
        _in_part.add(os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0])
    return QUICK


def sample(rows):
    """Return all rows, or in a quick run the first, one in the middle and the last."""
    if len(rows) <= 3 or not is_quick():
        return rows
    return [rows[0], rows[len(rows) // 2], rows[-1]]


def pytest_xdist_auto_num_workers():
    """Return one process more than there are processors: tests wait for browsers and databases."""
    return 1 + len(os.sched_getaffinity(0))


def pytest_collection_finish():
    """Tell the garbage collector to leave alone what stays to the end: it need not scan that."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Give a test room for all its calls in one piece of memory.

    CPython maps 16 KB of memory when calls have filled the last, and unmaps it when they have
    returned: at such a border for nearly each call again. Above one frame that asks for 1 MB there
    is none; what no call touches is never used.
    """
    test = pyfuncitem.obj

    @functools.wraps(test)
    def with_room(*args, **kwargs):
        return test(*args, **kwargs)

    words = (1 << 20) // 8
    with_room.__code__ = with_room.__code__.replace(co_stacksize=words)
    pyfuncitem.obj = with_room


def pytest_unconfigure():
    shutil.rmtree(FILES, ignore_errors=True)


# --- What was tried before ---------------------------------------------------------------------


TRIED = Path(os.environ["TRIED"]) if os.environ.get("TRIED") else None


def _leave_out_what_was_tried(config, items):
    tried = set(TRIED.read_text().splitlines()) if TRIED and TRIED.exists() else set()
    config.hook.pytest_deselected(items=[it for it in items if it.nodeid in tried])
    items[:] = [it for it in items if it.nodeid not in tried]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    is_drawn = hypothesis.is_hypothesis_test(getattr(item, "obj", None))
    report.is_in_part = item.nodeid in _in_part or (QUICK and is_drawn)
    return report


def pytest_runtest_logreport(report):
    is_tried = report.when == "call" and report.passed and not report.is_in_part
    if TRIED and is_tried and "PYTEST_XDIST_WORKER" not in os.environ:
        with TRIED.open("a") as file:
            file.write(f"{report.nodeid}\n")


# --- What a machine may lack -------------------------------------------------------------------


LEFT_OUT = "slow: make test-all runs it"
# Why a test fails that can't run here.
CAN_NOT_RUN = pytest.StashKey[str]()


def pytest_collection_modifyitems(config, items):
    named = {Path(it.partition("::")[0]).resolve() for it in config.args}
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    checked = {item.path for item in items if not _missing(item)}
    for item in items:
        if LEAVES_OUT_SLOW and item.get_closest_marker("slow") and item.path not in named:
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT))
        if ON_POSTGRESQL and item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="about SQLite itself"))
        for name in _missing(item):
            need = NEEDS[name]
            # Who names a file wants to know what it checks. What nothing installed would bring may
            # still be left out of it, unless nothing is left.
            is_named = item.path in named and (not need.other or item.path not in checked)
            required = f"REQUIRE_{name.upper()}"
            if os.environ.get(required):
                item.stash[CAN_NOT_RUN] = f"{required} is set, and this needs: {need.words}"
            elif is_named:
                item.stash[CAN_NOT_RUN] = f"This file was named, and needs: {need.words}"
            else:
                item.add_marker(pytest.mark.skip(reason=f"needs: {need.words}"))
    # Browser tests take longest, so they come first: otherwise one worker would still be busy with
    # them when the others are done.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    _leave_out_what_was_tried(config, items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if CAN_NOT_RUN in item.stash:
        pytest.fail(item.stash[CAN_NOT_RUN], pytrace=False)


def _missing(item):
    markers = {mark.name for mark in item.iter_markers()}
    return [name for name in sorted(markers & NEEDS.keys()) if not NEEDS[name].is_here]


def pytest_terminal_summary(terminalreporter):
    """Print how many tests were skipped, and what to do to run them.

    A slow test for which something is missing is counted twice: it takes both.
    """
    skipped = terminalreporter.stats.get("skipped", [])
    slow = [it for it in skipped if LEFT_OUT in str(it.longrepr)]
    for line in how_to_run(it.keywords for it in skipped):
        terminalreporter.write_line(line, yellow=True)
    if slow:
        terminalreporter.write_line(f"Skipped {len(slow)} slow tests: make test-all", yellow=True)


# --- The database ------------------------------------------------------------------------------


def database_url():
    """Return the DATABASE_URL with which another process finds the database of the tests."""
    from django.db import connection

    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture(scope="session")
def migrating():
    """Closed once there is a database: one worker migrates, the others wait for a copy."""
    return ExitStack()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings, migrating):
    """Whether pytest-django finds a database: a copy of the one that another worker migrated."""
    from django.conf import settings

    if ON_POSTGRESQL:
        return False
    name = Path(settings.DATABASES["default"]["TEST"]["NAME"])
    return migrating.enter_context(migrated.migrated(name))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, migrating):
    migrating.close()
    if not ON_POSTGRESQL:
        with django_db_blocker.unblock():
            migrated.flush_by_copying()


@pytest.fixture(autouse=True)
def _without_a_child():
    """Let this process work on long texts itself: a live server has loaded the application, which
    lets a child do so.
    """
    from policies import child_process

    child_process.use(None)


@pytest.fixture(autouse=True)
def _triggers_removed_for_the_flush(request):
    """Remove the triggers of PostgreSQL before the flush after a test with real transactions.

    The flush ends with post_migrate, which installs them again.
    """
    mark = request.node.get_closest_marker("django_db")
    real = (mark and mark.kwargs.get("transaction")) or (
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    if not (real and ON_POSTGRESQL):
        yield
        return
    request.getfixturevalue("transactional_db")  # set up before this fixture, so flushed after it
    yield
    from django.db import connection

    from policies.database import triggers

    triggers.remove(connection)


@pytest.fixture
def four_catalogs(monkeypatch):
    """The interface speaks English and these four, whatever locale/ has by now.

    For tests of a language without a catalog: who adds it should not have to rewrite them.
    """
    from policies import languages

    monkeypatch.setattr(languages, "CATALOGS", ("ar", "de", "es", "fr"))


# --- The browser -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium with an empty profile."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1_000 * PATIENCE)
    # Playwright's event loop runs in this thread, where Django would then refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *ARGUMENTS,
                *("--disable-quic", "--no-first-run", "--disable-background-networking"),
                *("--disable-component-update", "--disable-sync"),
            ],
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser):
    """A page in a browser context of its own.

    The test fails if the page violated its own Content Security Policy, raised an error in a
    script, or made a request to another host.
    """
    complaints = []

    def on_console(message):
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def on_request(asked):
        address = urlsplit(asked.url)
        if address.hostname and address.hostname not in {"127.0.0.1", "localhost"}:
            complaints.append(f"The page asked for {asked.url}")

    context = browser.new_context()
    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    # Most tests write Markdown; those of test_writing_surface.py choose the other way.
    # Sandboxed frames and the browser's own pages have no storage.
    context.add_init_script("try { localStorage['editor-mode'] ??= 'markdown' } catch {}")
    yield context.new_page()
    context.close()
    assert complaints == []
