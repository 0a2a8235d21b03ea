"""A public site with a history, and in two languages; its pages as words."""

from django.utils import timezone

from policies.states import Kind, Status
from tests.factories import DAY, make_document, make_policy, make_revision, make_version


def make_history(*, language="en", note="A comma.", upcoming=None):
    """A policy with a superseded version, one in force, a withdrawn and an upcoming one.

    note: of the one in force. upcoming: when that takes effect, in a month unless it is said.
    """
    now = timezone.now()
    policy = make_policy(slug="privacy", language=language)
    make_version(policy=policy, at=now - 100 * DAY)
    make_version(policy=policy, at=now - 50 * DAY, kind=Kind.EDITORIAL, change_note=note)
    make_revision(status=Status.WITHDRAWN, policy=policy, at=now, effective_at=now + 5 * DAY)
    make_version(policy=policy, at=now, effective_at=upcoming or now + 30 * DAY)
    return policy


def body(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def make_family(*, behind=False):
    """An English policy and its German translation, which renders the newest or is behind."""
    now = timezone.now()
    english = make_policy(slug="privacy")
    make_version(policy=english, at=now - 50 * DAY)
    german = make_policy(
        slug="datenschutz", name="Datenschutz", language="de", translation_of=english
    )
    make_version(
        policy=german,
        at=now - 40 * DAY,
        document=make_document(title="Datenschutzerklärung", text="Wir speichern wenig."),
    )
    if behind:
        make_version(policy=english, at=now - 2 * DAY)
    return english, german
