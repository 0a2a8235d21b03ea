"""A PostgreSQL that hangs while its machine runs: psycopg alone would wait for ever."""

from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connections
from django.db.utils import ConnectionHandler

from softphonez_site.postgresql import base
from tests.conftest import ENVIRONMENT
from tests.site.deployment import Proxy

pytestmark = pytest.mark.postgresql


@pytest.fixture
def proxy():
    at = connections.databases["default"]
    proxy = Proxy((at["HOST"], int(at["PORT"] or 5432)))
    yield proxy
    proxy.refuse()


@pytest.fixture
def through(proxy, django_db_blocker):
    """A connection through the proxy, to the server's own database."""
    at = connections.databases["default"]
    name = urlsplit(ENVIRONMENT["DATABASE_URL"]).path.lstrip("/")
    settings = {**at, "HOST": "127.0.0.1", "PORT": proxy.port, "NAME": name}
    handler = ConnectionHandler({"default": settings})
    wrapper = handler["default"]
    assert isinstance(wrapper, base.DatabaseWrapper)
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
    base.DatabaseWrapper.unanswered_at = -base.PAUSE


def test_a_statement_ends_in_an_error_and_its_connection_is_given_up(proxy, through):
    with through.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert through.is_usable()
        proxy.hang()
        with (
            through.with_answer_timeout(0.3),
            pytest.raises(OperationalError, match=r"said nothing for 0\.3 seconds"),
        ):
            cursor.execute("SELECT 2")
    assert not through.is_usable()
    assert through.answer_timeout == base.STATEMENT_TIMEOUT


def test_what_arrives_slowly_is_waited_for(through):
    # Longer than psycopg waits at a time, far shorter than a busy machine takes to be late.
    with through.with_answer_timeout(10), through.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.5)")
        cursor.execute("SELECT generate_series(1, 1000)")
        assert len(cursor.fetchall()) == 1000


def test_nobody_waits_for_a_server_that_has_just_not_answered(proxy, through, monkeypatch):
    proxy.hang()
    with pytest.raises(OperationalError, match="timeout"):
        through.ensure_connection()
    monkeypatch.setattr(base, "PAUSE", 600)  # however slow the machine, it was just now
    with pytest.raises(OperationalError, match="did not answer just now"):
        through.ensure_connection()
