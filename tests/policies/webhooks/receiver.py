"""A receiver of webhooks on 127.0.0.1, which verifies them by the library of Standard Webhooks."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from policies.models import WebhookEndpoint
from policies.webhooks import signing
from policies.webhooks.events import EVENTS
from tests.factories import make_policy, make_version

HOUR = timedelta(hours=1)
# The events of a version that is in force at once.
BOTH = ["policy.published", "policy.in_force"]
# What a handler does with a request: it answers, or does something worse.


@dataclass
class Message:
    """What came in. headers: their names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def payload(self):
        return json.loads(self.body)


def is_signed_with(message, secret):
    """Return whether a receiver that has this secret accepts a message."""
    try:
        Webhook(secret).verify(message.body, message.headers)
    except WebhookVerificationError:
        return False
    return True


def answering(status, text="", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@dataclass
class Receiver:
    """behaviours: for the next requests, one each; after them, and without any, 204."""

    port: int = 0
    messages: list[Message] = field(default_factory=list)
    behaviours: list = field(default_factory=list)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def types(self):
        return [it.payload["type"] for it in self.messages]


@contextmanager
def receiving():
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.messages.append(Message(self.path, headers, body))
            behaviour = receiver.behaviours.pop(0) if receiver.behaviours else answering(204)
            behaviour(self)

        def log_message(self, *args):
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def make_endpoint(receiver, *, name="Intranet", since, **values):
    """Make an endpoint that wants all events from `since` on."""
    return WebhookEndpoint.objects.create(
        **{
            "name": name,
            "url": receiver.url,
            "events": list(EVENTS),
            "secret": signing.new_secret(),
            "enabled_at": since,
            **values,
        }
    )


def published(*, slug=""):
    now = timezone.now()
    make_version(policy=make_policy(slug=slug), at=now)
    return now


def an_hour_ago():
    return timezone.now() - HOUR
