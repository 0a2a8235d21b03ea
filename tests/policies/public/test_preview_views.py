"""Preview links: what outside counsel may read, for how long, and what nobody may."""

import re

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.models import PreviewLink
from policies.states import Status
from policies.templatetags.languages import day_and_time
from policies.workflow import preview_links
from tests.factories import (
    DAY,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def make_link(revision, *, days=14):
    writer = make_user("Writers")
    return workflow.share(
        revision.pk, by=writer, at=timezone.now(), recipient="Counsel & Co", days=days
    )


def address(link, name="preview"):
    return reverse(f"policies:{name}", args=[link.token])


def test_a_link_shows_the_draft_without_an_account(client):
    link = make_link(make_revision(text="We keep nothing."))

    shown = words(client.get(address(link)))

    assert "We keep nothing." in shown
    assert "This is a draft. It is not published and not in force." in shown
    assert "made for Counsel &amp; Co" in shown
    until = " ".join(day_and_time(link.expires_at).split())
    assert f"works until {until}." in shown
    assert link.revision.digest in shown


def test_a_preview_is_not_cached_not_indexed_and_sends_no_referrer(client):
    link = make_link(make_revision())

    opened = address(link)
    for answer in (client.get(opened), client.head(opened), client.get("/preview/x/")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
    assert client.post(address(link)).status_code == 405
    assert "noindex" in words(client.get(address(link)))


def test_a_preview_shows_the_text_as_it_is_when_the_link_is_opened(client):
    revision = make_revision()
    link = make_link(revision)

    save_draft(revision, make_document(text="Since then."), at=timezone.now())

    assert "Since then." in words(client.get(address(link)))


def test_the_changes_are_marked_where_a_version_is_in_force(client):
    policy = make_policy()
    link = make_link(make_revision(policy=policy))
    assert client.get(address(link, "preview_changes"))["Location"] == address(link)
    assert "See what changes" not in words(client.get(address(link)))

    workflow.discard(link.revision_id, by=make_user("Writers"), at=timezone.now())
    make_version(policy=policy, at=timezone.now() - DAY)
    link = make_link(make_revision(policy=policy))

    assert "See the changes from the version in force" in words(client.get(address(link)))
    assert "<ins" in words(client.get(address(link, "preview_changes")))


def test_the_interface_of_a_preview_is_in_the_language_of_the_policy(client):
    german = make_policy(slug="privacy", language="de")
    make_version(policy=german)
    link = make_link(make_revision(policy=german, text="Ganz anders."))

    shown = words(client.get(address(link, "preview_changes")))

    assert "[eingefügt]" in shown
    assert "[inserted]" not in shown


def test_a_link_is_for_one_day_at_least_and_for_90_at_most():
    revision = make_revision()
    for days in (1, 90):
        link = make_link(revision, days=days)
        assert link.expires_at - link.created_at == days * DAY
    for days in (0, 91):
        with pytest.raises(workflow.Incomplete, match="from 1 to 90"):
            make_link(revision, days=days)


def test_an_expired_or_revoked_link_explains_that_and_shows_nothing(client):
    revision = make_revision(text="Secret plan.")
    revoked = make_link(revision)
    workflow.revoke_link(revoked.pk, by=make_user("Writers"), at=timezone.now())
    discarded = make_link(make_revision(text="Secret plan."))
    workflow.discard(discarded.revision_id, by=make_user("Writers"), at=timezone.now())
    old = PreviewLink.objects.create(
        revision=revision,
        recipient="C",
        created_at=timezone.now() - 9 * DAY,
        expires_at=timezone.now() - DAY,
    )

    for link in (revoked, discarded, old):
        for name in ("preview", "preview_changes"):
            answer = client.get(address(link, name))
            assert answer.status_code == 410
            assert "Ask the person who sent it" in words(answer)
            assert "Secret plan" not in words(answer)


@pytest.mark.parametrize("change", [lambda it: it[:-1], lambda it: "9" + it, lambda it: "x"])
def test_a_token_without_our_signature_is_not_found(client, change):
    make_revision()
    token = make_link(make_revision()).token

    answer = client.get(reverse("policies:preview", args=[change(token)]))

    assert answer.status_code == 404
    assert "Copy the whole link" in words(answer)


def test_after_publication_the_link_redirects_to_the_version(client):
    revision = make_revision(status=Status.APPROVED)
    link = make_link(revision)
    workflow.publish(revision.pk, by=make_user("Publishers"), at=timezone.now())

    for name in ("preview", "preview_changes"):
        assert client.get(address(link, name))["Location"].endswith("/versions/1/")


def test_each_use_is_noted_but_a_read_only_database_keeps_no_reader_out(client, monkeypatch):
    link = make_link(make_revision())
    client.get(address(link))
    client.get(address(link))
    link.refresh_from_db()
    assert link.uses == 2
    assert link.last_used_at is not None

    def refuse(*_, **__):
        raise DatabaseError("read-only")

    monkeypatch.setattr(PreviewLink.objects.all().__class__, "update", refuse)
    assert client.get(address(link)).status_code == 200


# --- On the desk ---------------------------------------------------------------------------------


def test_links_are_made_listed_and_revoked_on_the_review_page(client):
    revision = make_revision(status=Status.IN_REVIEW)
    desk, _ = log_in("Writers")

    desk.post(
        page("share", revision.pk), {"recipient": "Counsel", "days": preview_links.DEFAULT_DAYS}
    )
    shown = words(desk.get(page("review", revision.pk)))
    found = re.search(r"http://testserver(/preview/[^/]+/)", shown)
    assert found
    assert "never opened" in shown
    assert client.get(found[1]).status_code == 200
    assert "opened once" in words(desk.get(page("review", revision.pk)))

    link = PreviewLink.objects.get()
    assert (link.expires_at - link.created_at).days == preview_links.DEFAULT_DAYS
    desk.post(page("revoke_link", revision.pk), {"link": link.pk})
    assert client.get(found[1]).status_code == 410
    assert "revoked" in words(desk.get(page("review", revision.pk)))
    again = desk.post(page("revoke_link", revision.pk), {"link": link.pk}, follow=True)
    assert "was already revoked on" in words(again)


def test_a_link_of_another_revision_is_not_revoked_from_here():
    link, other = make_link(make_revision()), make_revision()
    desk, _ = log_in("Writers")

    desk.post(page("revoke_link", other.pk), {"link": link.pk})

    link.refresh_from_db()
    assert link.revoked_at is None


def test_the_redirect_to_the_closing_slash_is_not_cached_either(client):
    link = make_link(make_revision())

    answer = client.get(address(link).rstrip("/"))

    assert answer.status_code == 301
    assert "no-store" in answer["Cache-Control"]


NO_LINKS = [
    ({"recipient": " ", "days": "14"}, "Enter who the link is for"),
    ({"recipient": "C" * 201, "days": "14"}, "Shorten it to 200 or fewer"),
    ({"recipient": "C", "days": "91"}, "a number of days from 1 to 90"),
    ({"recipient": "C", "days": "soon"}, "the number of days as a whole number"),
]


def test_a_link_that_makes_no_sense_is_not_made():
    revision = make_revision()
    desk, _ = log_in("Writers")

    for typed, reason in NO_LINKS:
        assert reason in words(desk.post(page("share", revision.pk), typed, follow=True))
    assert not PreviewLink.objects.exists()
