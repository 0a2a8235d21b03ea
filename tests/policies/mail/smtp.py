"""A real mail server on 127.0.0.1, for tests of what goes over the wire."""

from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from tests.nginx import free_port
from tests.servers import PATIENCE


class Inbox:
    """Keeps what it accepts. refused: addresses that it refuses. refusal: what it says then."""

    refusal = "550 no such user"

    def __init__(self):
        self.messages = []
        self.refused = set()

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, server, session, envelope, address, options
    ):
        if address in self.refused:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 Accepted"

    def of(self, name):
        """Return what somebody has received, in order."""
        return [it for it in self.messages if it["To"] == f"{name}@example.com"]


@pytest.fixture
def inbox(settings):
    """A mail server to which the site sends."""
    found = Inbox()
    with serving(found, settings):
        yield found


@contextmanager
def serving(inbox, settings):
    """Let the site send to a mail server that keeps what it accepts there."""
    host, port = "127.0.0.1", free_port()
    server = Controller(inbox, hostname=host, port=port, ready_timeout=PATIENCE)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
    try:
        yield
    finally:
        server.stop()
