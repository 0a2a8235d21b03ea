"""Fixtures that the tests of whole pages and of whole deployments share."""

import functools
import runpy
from contextlib import ExitStack

import pytest
from django.db import transaction

from tests.factories import make_revision
from tests.servers import ROOT
from tests.site.browsing import editor, log_in
from tests.site.cluster import folder_for_a_cluster, running
from tests.site.deployment import deployed
from tests.site.everything import Everything
from tests.site.logging_in import make_staff
from tests.site.looking import RULES_AT_LEAST, Looker
from tests.site.readers import reading
from tests.site.serving import EACH_SERVER, served
from tests.site.whole_site import make_whole_site


def pytest_itemcollected(item):
    """Measure no coverage in tests with a browser: that doubles their time, and other tests reach
    the same lines.
    """
    if {"live_server", "page"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def settings_with(monkeypatch):
    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "softphonez_site" / "settings.py"))

    return read


@pytest.fixture
def provider(settings):
    """The OpenID provider at which staff log in; nobody is linked yet."""
    # What it signs with is loaded for these tests only.
    from tests.site.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider

    server = Provider()
    settings.OIDC_ISSUER = server.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.OIDC_NAME = "Example ID"
    settings.OIDC_EMERGENCY_ACCOUNTS = ["emergency"]
    yield server
    server.close()


@pytest.fixture
def looker(page):
    made = Looker(page)
    yield made
    assert not made.wrong, "\n".join(made.wrong)
    assert len(made.rules) >= RULES_AT_LEAST


@pytest.fixture
def writer(page, live_server):
    user = make_staff("ana", "Writers")
    log_in(page.context, live_server, user)
    return user


@pytest.fixture
def draft(page, live_server, writer):
    made = make_revision(writer=writer)
    page.goto(editor(live_server, made))
    return made


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """A site for all tests of a module. What they do to it is undone after each; so none of them
    may have real transactions.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield Everything()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """A database with SET_UP's policies, for all tests of a module."""
    with deployed(tmp_path_factory.mktemp("deployment")) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def instances(deployment):
    with deployment.serving() as one, deployment.serving() as other:
        yield one, other


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL server of the module's own."""
    with folder_for_a_cluster() as folder, running(folder, folder / "log") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    return make_whole_site(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def samples(whole):
    return whole.samples()


@pytest.fixture(scope="session")
def ports(whole):
    """The port of the whole site under each server, which is started when it is needed."""
    contact = "mailto:security@example.com"
    with ExitStack() as servers:

        @functools.cache
        def port(server):
            running = served(whole.folder, server, workers=1, SECURITY_CONTACT=contact)
            return servers.enter_context(running)

        yield port


@pytest.fixture(params=EACH_SERVER)
def server(request):
    return request.param


@pytest.fixture
def port(server, ports):
    """Of a server that many tests share: they only read."""
    return ports(server)


@pytest.fixture
def site(port):
    with reading(port) as reader:
        yield reader
