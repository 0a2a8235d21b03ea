"""What every test stands on: the environment, the database, the browser, what to do without one.

No test sees the developer's own settings or data: every variable that the settings read is given
here, before Django loads them (the environment wins over .env), and files go to a folder of the
run's own.

    TEST_DATABASE_URL    run the whole suite on this PostgreSQL instead of SQLite
    CHROMIUM             the browser to use, when none of tests/chromium.py is on PATH
    REQUIRE_BROWSER=1    without a browser, tests that need one fail instead of being skipped
    VNU_JAR              the Nu HTML checker, when `make validator` has not fetched it
    OBSERVATORY          Mozilla's HTTP Observatory, when `make observatory` has not fetched it
    REQUIRE_POSTGRESQL=1 the same for PostgreSQL; REQUIRE_VALIDATOR=1 for the HTML checker;
                         REQUIRE_WEBKIT=1 for WebKit; REQUIRE_PDF=1 for what draws PDFs
                         REQUIRE_NGINX=1 and REQUIRE_SYSTEMD=1 for nginx and systemd;
                         REQUIRE_FAKETIME=1 for libfaketime; REQUIRE_MOUNT=1 for a disk of its own;
                         REQUIRE_CLUSTER=1 for a PostgreSQL of its own;
                         REQUIRE_OBSERVATORY=1 for the Observatory
    HYPOTHESIS_PROFILE   quick (default), ci (default where CI is set), deep
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from ctypes.util import find_library
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import django
import hypothesis
import pytest

from tests import nginx, webkit
from tests.chromium import ARGUMENTS, CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

T = TypeVar("T")


def _lie_in_memory() -> None:
    """Let temporary files lie in memory where it has room: a database waits for the disk at each
    of its commits, and tests make many.
    """
    memory = Path("/dev/shm")  # noqa: S108  what is in it gets names of its own
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    system = os.statvfs(memory)
    may_execute = not system.f_flag & os.ST_NOEXEC
    if may_execute and system.f_bavail * system.f_frsize > 2 << 30:  # containers often have 64 MB
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


_lie_in_memory()
FILES = Path(tempfile.mkdtemp(prefix="policies-tests-"))

# Every variable of .env.example, so that none leaks in from outside; test_environment.py checks.
ENVIRONMENT = {
    "SECRET_KEY": "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "HTTPS": "off",
    "BEHIND_PROXY": "off",
    "STAFF": "on",
    "TWO_FACTOR": "optional",
    "LOG_FORMAT": "text",
    "METRICS_TOKEN": "",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FILES}/none.sqlite3",
    "TIME_ZONE": "UTC",
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
    "PAGES_MEMORY_MB": "64",
    "PAGES_SNAPSHOT": "",
}
ON_POSTGRESQL = ENVIRONMENT["DATABASE_URL"].startswith("postgres")
_CHECKER = Path(
    os.environ.get("VNU_JAR")
    or Path(__file__).parent.parent / "var/tools/validator/node_modules/vnu-jar/build/dist/vnu.jar"
)
INITDB = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
_CAP_SYS_ADMIN = 1 << 21  # capabilities(7)
# Debian's place for it; the one for programs with threads.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
VALIDATOR = str(_CHECKER) if _CHECKER.exists() and shutil.which("java") else None

OBSERVATORY = Path(
    os.environ.get("OBSERVATORY")
    or Path(__file__).parent.parent / "var/tools/observatory/node_modules/@mdn/mdn-http-observatory"
)
_NGINX = nginx.NGINX is not None and nginx.BROTLI.exists() and shutil.which("openssl") is not None


def _may_mount() -> bool:
    status = Path("/proc/self/status")
    capabilities = status.read_text().split("CapEff:")[1].split()[0] if status.exists() else "0"
    return bool(int(capabilities, 16) & _CAP_SYS_ADMIN)


# Marker: whether it can run here, the variable that forbids to skip it, how to get what it needs.
NEEDS = {
    "validator": (
        VALIDATOR is not None,
        "REQUIRE_VALIDATOR",
        "the HTML checker: apt install default-jre-headless npm; make validator",
    ),
    "observatory": (
        (OBSERVATORY / "conf/hsts-preload.json").exists()
        and shutil.which("node") is not None
        and _NGINX,
        "REQUIRE_OBSERVATORY",
        "Mozilla's HTTP Observatory, with nginx: apt install npm nginx-light "
        "libnginx-mod-http-brotli-static openssl; make observatory",
    ),
    "pdf": (
        all(map(find_library, ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))),
        "REQUIRE_PDF",
        "what draws PDFs: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    ),
    "webkit": (webkit.PRESENT, "REQUIRE_WEBKIT", "WebKit: apt install webkit2gtk-driver xvfb"),
    "nginx": (
        _NGINX,
        "REQUIRE_NGINX",
        "nginx: apt install nginx-light libnginx-mod-http-brotli-static openssl",
    ),
    "systemd": (
        shutil.which("systemd-analyze") is not None,
        "REQUIRE_SYSTEMD",
        "systemd: apt install systemd",
    ),
    "mount": (
        INITDB is not None and _may_mount(),
        "REQUIRE_MOUNT",
        "a disk of its own: root that may mount, and apt install postgresql",
    ),
    "cluster": (
        INITDB is not None and (os.geteuid() != 0 or shutil.which("runuser") is not None),
        "REQUIRE_CLUSTER",
        "a PostgreSQL of its own: apt install postgresql",
    ),
    "faketime": (FAKETIME is not None, "REQUIRE_FAKETIME", "libfaketime: apt install faketime"),
    "browser": (
        CHROMIUM is not None,
        "REQUIRE_BROWSER",
        "a browser: apt install chromium-headless-shell",
    ),
    "postgresql": (
        ON_POSTGRESQL,
        "REQUIRE_POSTGRESQL",
        "PostgreSQL: TEST_DATABASE_URL=postgres://user:password@host:5432/name make test",
    ),
}


def _load_django() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and "DJANGO_SETTINGS_MODULE" in os.environ:
        # pytest-django has then loaded the settings already, from the developer's .env.
        raise pytest.UsageError("DJANGO_SETTINGS_MODULE is set: unset it to run the tests.")
    os.environ.update(ENVIRONMENT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "softphonez_site.settings"
    # Sets its defaults into the settings that hold when it is first imported. In a test these may
    # be the test's own, and gone behind it.
    import axes.conf  # noqa: F401
    from django.conf import settings

    settings.STATIC_ROOT = FILES / "static"
    settings.STATIC_ROOT.mkdir()
    # Plain names: the hashed ones exist only after collectstatic.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    settings.MAIL_IN_BACKGROUND = False
    if not ON_POSTGRESQL:
        # A file, as on a site: threads and writers then meet real locks. (Not in memory even by
        # name: a live server would share this thread's connection, and close it.)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(FILES / "test.sqlite3")
    django.setup()


_load_django()

# CI draws the same examples each time: a red run means a change, not luck.
IN_CI = bool(os.environ.get("CI"))
for _profile, _examples in {"quick": 50, "ci": 200}.items():
    hypothesis.settings.register_profile(
        _profile, max_examples=_examples, deadline=None, derandomize=IN_CI, print_blob=IN_CI
    )
hypothesis.settings.register_profile("deep", max_examples=5000, deadline=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "quick")
hypothesis.settings.load_profile(PROFILE)
# Fewer examples, and of long tables a sample: while one works, and in those runs of CI that are
# about databases and versions, after one that has tried all. CI leaves no slow test out.
QUICK = PROFILE == "quick"
LEAVES_OUT_SLOW = QUICK and not IN_CI


def sample(rows: list[T], *, most: int = 5) -> list[T]:
    """Return rows to try something on: all of them, but in a quick run `most` at most, from the
    first to the last.
    """
    if not QUICK or len(rows) <= most:
        return rows
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(step * number)] for number in range(most)]


def pytest_xdist_auto_num_workers() -> int:
    """Have one process more than there are processors: tests wait for browsers and databases."""
    return 1 + len(os.sched_getaffinity(0))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: it would look through it each time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(FILES, ignore_errors=True)


# --- What a machine may lack -------------------------------------------------------------------


LEFT_OUT = "slow: make test-all runs it"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named = {Path(it.partition("::")[0]).resolve() for it in config.args}
    for item in items:
        if LEAVES_OUT_SLOW and item.get_closest_marker("slow") and item.path not in named:
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT))
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if ON_POSTGRESQL and item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="about SQLite itself"))
        for name, (present, required, how) in NEEDS.items():
            if item.get_closest_marker(name) and not present and not os.environ.get(required):
                item.add_marker(pytest.mark.skip(reason=f"needs {how}"))
    # What takes longest begins: no worker is left with it when the others have nothing more to do.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, (present, required, how) in NEEDS.items():
        if item.get_closest_marker(name) and not present and os.environ.get(required):
            pytest.fail(f"{required} is set, and this test needs {how}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was skipped, for want of what, and how to get it."""
    skipped = terminalreporter.stats.get("skipped", [])
    slow = sum(LEFT_OUT in str(report.longrepr) for report in skipped)
    parts = [f"{slow} slow ones, which make test-all runs"] if slow else []
    for name, (present, _, how) in NEEDS.items():
        count = sum(name in report.keywords for report in skipped)
        if count and not present:
            parts.append(f"{count} for want of {how}")
    if parts:
        terminalreporter.write_line("Skipped: " + "; ".join(parts), yellow=True)


# --- The database ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _walls_down_for_emptying(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the flush after a test with real transactions past the triggers.

    The flush itself ends with post_migrate, which puts them up again.
    """
    mark = request.node.get_closest_marker("django_db")
    real = (mark and mark.kwargs.get("transaction")) or (
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    if not real:
        yield
        return
    request.getfixturevalue("transactional_db")  # set up before this, so emptied after it
    yield
    from django.db import connection

    from policies import triggers

    triggers.remove(connection)


# --- The browser -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium with an empty profile."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, and Django takes every query beside it for a mistake.
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
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own browser context.

    The test fails if the page broke its own Content Security Policy, raised an error in a script
    or asked any other host for anything.
    """
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def on_request(asked: Request) -> None:
        address = urlsplit(asked.url)
        if address.hostname and address.hostname not in {"127.0.0.1", "localhost"}:
            complaints.append(f"The page asked for {asked.url}")

    context = browser.new_context()
    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert complaints == []
