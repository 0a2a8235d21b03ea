"""Stored hostile values come out as text everywhere: pages, desk, feeds, mails, XML."""

import json
import re
from contextlib import suppress
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from policies import workflow
from policies.public import pdfs
from policies.text.document import Document, DocumentError, Section, check_introduction, check_title
from policies.text.rendering import RenderingRefused
from policies.text.short_text import has_visible_characters
from policies.workflow import Refused
from tests.conftest import sample
from tests.factories import make_policy, make_user
from tests.site.everything import filled, routes
from tests.site.hostile_values import MARKUP, VALUES
from tests.site.inline_code import code_in

# The same lines hundreds of times, which other tests reach too.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.slow]

# Every one of these is harmless where it is text, and a hole where it is anything else.
HOSTILE = [
    it
    for it in VALUES
    if len(it) < 20_000 and re.search("[<>'\"=&\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ufffe]", it)
]


def kept(value, *, longest=20_000):
    """Return a value as a form would pass it on."""
    return value[:longest].strip() or "x"


def document(value):
    """Return a Document with the value in every part that accepts it."""

    def taken(make, spare):
        with suppress(DocumentError):
            made = " ".join(kept(value, longest=200).split())
            make(made)
            if has_visible_characters(made):  # a draft may be without, but it can't be published
                return made
        return spare

    title = taken(check_title, "Title")
    heading = taken(lambda it: Section(it, "scope", "a"), "Scope")
    body = "Text."
    with suppress(DocumentError, RenderingRefused):
        check_introduction(kept(value))
        body = f"Text.\n\n{kept(value)}"
    return Document(title, body, (Section(heading, "scope", body),))


def publish(policy, value):
    """Publish the value as an import, which no finding stops; in the note as far as accepted."""
    at = timezone.now() - timedelta(days=1)
    try:
        draft = workflow.import_draft(policy.pk, document(value), by=None, at=at)
    except RenderingRefused:
        draft = workflow.import_draft(policy.pk, document("Plain."), by=None, at=at)
    when = {"by": None, "at": at, "effective_at": at}
    return _first(
        value, lambda it: workflow.publish_import(draft.pk, **when, reason=it, change_note=it)
    )


def work_on(policy, value, writer, reviewer):
    """Use the value in every remark that can be made about a draft."""
    at = timezone.now()
    draft = workflow.start_draft(policy.pk, by=writer, at=at)
    by = {"by": writer, "at": at}
    _first(value, lambda it: workflow.share(draft.pk, **by, recipient=it[:80]))
    remark = _first(
        value,
        lambda it: workflow.comment(draft.pk, by=reviewer, at=at, text=it, section_anchor="scope"),
    )
    _first(value, lambda it: workflow.reply_to_comment(remark.pk, **by, text=it))
    return draft


def _first(value, action):
    for tried in (kept(value), "Plain."):
        with suppress(Refused):
            return action(tried)
    raise AssertionError("Not even a plain text was taken.")


def addresses(policy, version):
    for name, route in routes():
        if name.startswith("policies:") and "<language" not in route and "token" not in route:
            yield filled(route, slug=policy.slug, day="2026-01-01")
        elif "<int:pk>" in route:
            yield filled(route, pk=version.pk if "revision" in route else policy.pk)
    for model, pk in {"policy": policy.pk, "revision": version.pk}.items():
        yield f"/admin/policies/{model}/"
        yield f"/admin/policies/{model}/{pk}/change/"
    yield from ("/admin/", "/admin/auth/user/", "/admin/policies/auditevent/")
    yield from ("/admin/policies/ledgerentry/", "/admin/policies/ledgerentry/?slug=x")


@pytest.mark.parametrize("value", sample(HOSTILE), ids=ascii)
def test_what_was_stored_comes_out_as_text(value, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    writer = make_user("Writers", name=kept(value, longest=140).replace("\x00", ""))
    reviewer = make_user("Reviewers")
    for user in (writer, reviewer):
        user.email = "somebody@example.com"
        user.save(update_fields=["email"])
    policy = _first(value, lambda it: make_policy(name=it[:190]))
    with django_capture_on_commit_callbacks(execute=True):
        publish(policy, "plain words")
        version = publish(policy, value)
        work_on(policy, value, writer, reviewer)
    client = Client()
    client.force_login(make_user(is_superuser=True))
    for path in addresses(policy, version):
        response = client.get(path)
        body = b"".join(response)
        kind = response.get("Content-Type", "").partition(";")[0]
        assert response.status_code < 500, path
        if kind == "text/html":
            assert code_in(body, response["Content-Security-Policy"]) == [], path
            assert MARKUP.encode() not in body, path
        elif kind.endswith("xml"):
            ET.fromstring(body)  # noqa: S314  our own
        elif kind.endswith("json"):
            json.loads(body)
    assert mail.outbox
    for message in mail.outbox:
        assert len(str(message.subject).splitlines()) == 1
        sent = message.message()
        assert sent["Bcc"] is None
        assert sent["Set-Cookie"] is None
        for content, _ in message.alternatives:
            assert MARKUP not in str(content)
            assert "<script" not in str(content)
