"""Helpers for tests of e-mails: staff who get them, what they received, failing mail servers."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from policies import workflow
from tests.factories import NOW, make_user, make_version


def make_staff(name, *roles, **options):
    user = make_user(*roles, name=name, **options)
    user.email = f"{name}@example.com"
    user.save(update_fields=["email"])
    return user


class People:
    def __init__(self):
        self.wanda, self.willi = make_staff("wanda", "Writers"), make_staff("willi", "Writers")
        self.ravi, self.rosa = make_staff("ravi", "Reviewers"), make_staff("rosa", "Reviewers")
        self.pia, self.paul = make_staff("pia", "Publishers"), make_staff("paul", "Publishers")
        self.admin = make_staff("admin", is_superuser=True)


@pytest.fixture
def people():
    return People()


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    """Return a function that calls an action, commits, and gives the mails by their receivers."""

    def call(action, pk, **arguments):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action(pk, **{"at": NOW, **arguments})
        return received()

    return call


def received():
    found = {message.to[0].removesuffix("@example.com"): message for message in mail.outbox}
    assert len(found) == len(mail.outbox), "somebody got two"
    return found


class Down(EmailBackend):
    def open(self):
        raise ConnectionRefusedError("nobody there")


class Picky(EmailBackend):
    def send_messages(self, messages):
        if any("rosa" in message.to[0] for message in messages):
            raise OSError("550 no such user")
        return super().send_messages(messages)


def use(settings, backend):
    settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__name__}"


def make_overdue(days=0):
    """Publish a version of a policy whose check has been due for so many days; or one more, if the
    year since then had no February 29.
    """
    now = timezone.now()
    version = make_version(at=now - timedelta(days=366 + days))
    boss = make_user("Publishers")
    workflow.set_check_interval(version.policy.pk, by=boss, at=now, months=12)
    return version
