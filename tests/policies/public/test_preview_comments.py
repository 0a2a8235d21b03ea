"""Comments by somebody who has a preview link: what they may send, and what becomes of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.ledger import verify
from policies.ledger.authorship import authors
from policies.models import AuditEvent, PreviewLink, ReviewComment
from policies.public import preview_comments
from policies.states import Status
from policies.workflow import commenting
from tests.factories import make_revision, make_user
from tests.policies.database.rules.attacks import refused
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

TEXT = "We keep your name for 30 days, and your invoices for ten years."
SENT = {"guest": "Jane Roe", "text": "Why so long?"}


def make_link(revision=None, *, takes_comments=True, by=None):
    return workflow.share(
        (revision or make_revision(text=TEXT)).pk,
        by=by or make_user("Writers"),
        at=timezone.now(),
        recipient="Counsel & Co",
        takes_comments=takes_comments,
    )


def address(link, name="preview"):
    return reverse(f"policies:{name}", args=[link.token])


def send(client, link, **headers):
    return client.post(address(link, "preview_comment"), SENT, headers=headers)


def test_counsel_comments_on_words_without_an_account(client):
    link = make_link()
    form = words(client.get(address(link)))
    assert 'name="guest"' in form
    above, _, _ = form.partition(TEXT[:20])
    assert '<a href="#site:comments">Your comments</a>' in above
    assert '<option value="scope" lang="en"' in form or '<option value="scope"' in form

    sent = client.post(
        address(link, "preview_comment"),
        {**SENT, "section": "scope", "words": "ten years", "preceding": "invoices for"},
    )

    assert sent.status_code == 302
    assert sent["Location"] == address(link) + "#site:comments"
    assert sent["Cache-Control"] == "no-store"
    assert not sent.cookies
    comment = ReviewComment.objects.get()
    assert (comment.guest, comment.text, comment.link) == ("Jane Roe", "Why so long?", link)
    assert comment.quotation["exact"] == "ten years"
    shown = words(client.get(address(link)))
    assert "Why so long?" in shown
    assert "ten years</blockquote>" in shown


def test_counsel_suggests_other_words_and_a_writer_accepts_them(client):
    link = make_link()
    proposal = {"section": "scope", "words": "ten years", "replacement": "six **years**"}
    client.post(address(link, "preview_comment"), {**SENT, **proposal})
    shown = words(client.get(address(link)))
    assert "ten years</blockquote>" in shown
    assert "six **years**</ins>" in shown

    desk, writer = log_in("Writers")
    comment = ReviewComment.objects.get()
    desk.post(page("accept_suggestion", link.revision_id), {"comment": comment.pk})

    revision = link.revision
    revision.refresh_from_db()
    assert "your invoices for six **years**." in revision.document().sections[0].body
    parts = {author.name: author.what for author in authors(revision)}
    assert parts["Jane Roe"] == parts[writer.username] == "section 1 (Scope)"
    assert verify().problems == []


@pytest.mark.parametrize(
    ("proposal", "problem"),
    [
        ({"replacement": "six"}, "Copy the words that you mean"),
        ({"words": "ten years", "replacement": "x" * 10_000}, "Suggest no more than"),
    ],
)
def test_other_words_are_refused_that_replace_none_or_are_too_long(client, proposal, problem):
    link = make_link()
    sent = client.post(address(link, "preview_comment"), {**SENT, **proposal})
    assert sent.status_code == 422
    assert problem in words(sent)
    assert not ReviewComment.objects.exists()


def test_staff_see_who_says_it_is_and_by_which_link(client):
    link = make_link()
    client.post(address(link, "preview_comment"), {**SENT, "words": "ten years"})
    desk, _ = log_in("Writers")

    for name in ("review", "edit"):
        shown = words(desk.get(page(name, link.revision_id)))
        assert "<bdi>Jane Roe</bdi>" in shown
        assert "from outside, by the link for <bdi>Counsel &amp; Co</bdi>" in shown
        assert "Why so long?" in shown
    assert "ten years</mark>" in words(desk.get(page("review", link.revision_id)))
    event = AuditEvent.objects.get(action="comment_by_link")
    assert event.actor == "Jane Roe (preview link for Counsel & Co)"
    assert event.done_by is None
    assert event.facts["link"] == link.pk
    assert event.facts["guest"] == "Jane Roe"
    assert verify().problems == []


def test_a_comment_from_outside_is_no_review_and_must_be_resolved(client):
    revision = make_revision(status=Status.IN_REVIEW)
    send(client, make_link(revision))
    desk, reviewer = log_in("Reviewers")

    asked = desk.post(page("request_changes", revision.pk), {"text": ""}, follow=True)
    assert "Enter a comment" in words(asked)
    typed = {"seen_digest": revision.digest}
    assert "must be resolved" in words(desk.post(page("approve", revision.pk), typed, follow=True))
    workflow.resolve_comment(revision.comments.get().pk, by=reviewer, at=timezone.now())
    desk.post(page("approve", revision.pk), typed)

    revision.refresh_from_db()
    assert revision.approved_by == reviewer


def test_whoever_made_the_link_gets_a_mail(client, mailoutbox, django_capture_on_commit_callbacks):
    maker = make_user("Writers")
    User.objects.filter(pk=maker.pk).update(email="maker@softphonez.com")
    link = make_link(by=maker)

    with django_capture_on_commit_callbacks(execute=True):
        send(client, link)

    (mail,) = mailoutbox
    assert mail.to == ["maker@softphonez.com"]
    assert mail.subject.endswith(": Jane Roe (preview link for Counsel & Co) commented")
    assert "Jane Roe (preview link for Counsel & Co) commented from outside" in str(mail.body)
    assert "> Why so long?" in str(mail.body)


def test_a_link_takes_comments_only_if_its_maker_said_so(client):
    link = make_link(takes_comments=False)

    shown = client.get(address(link))
    answer = send(client, link)

    assert "<form" not in words(shown)
    assert 'href="#site:comments"' not in words(shown)
    assert "script-src" not in shown["Content-Security-Policy"]
    assert answer.status_code == 403
    assert not ReviewComment.objects.exists()


def test_the_maker_of_a_link_allows_comments_on_the_review_page():
    revision = make_revision()
    desk, _ = log_in("Writers")

    desk.post(page("share", revision.pk), {"recipient": "A", "days": "9", "takes_comments": "yes"})
    desk.post(page("share", revision.pk), {"recipient": "B", "days": "9"})

    assert [it.takes_comments for it in revision.preview_links.order_by("pk")] == [True, None]
    assert words(desk.get(page("review", revision.pk))).count("may comment,") == 1
    assert verify().problems == []


def test_a_link_that_has_ended_takes_no_comments_and_what_was_said_stays(client):
    revoked, writer = make_link(), make_user("Writers")
    send(client, revoked)
    workflow.revoke_link(revoked.pk, by=writer, at=timezone.now())
    with pytest.raises(workflow.NotAllowed, match="takes no comments"):
        workflow.comment_by_link(
            revoked.pk, at=timezone.now() + timedelta(days=15), guest="A", text="B"
        )
    gone = make_link()
    workflow.discard(gone.revision_id, by=writer, at=timezone.now())
    published = make_link(make_revision(status=Status.APPROVED))
    workflow.publish(published.revision_id, by=make_user("Publishers"), at=timezone.now())

    assert send(client, revoked).status_code == 410
    assert send(client, gone).status_code == 410
    assert send(client, published)["Location"].endswith("/versions/1/")
    assert client.post("/preview/1.x/comment/", SENT).status_code == 404
    assert ReviewComment.objects.count() == 1
    desk, _ = log_in("Writers")
    assert "Why so long?" in words(desk.get(page("review", revoked.revision_id)))


REFUSED = [
    ({"guest": " \u200b "}, "Enter your name"),
    ({"guest": "J" * 101}, "Enter your name, in no more than 100 characters."),
    ({"guest": "Jane\u202eeoR"}, "Enter your name"),
    ({"text": ""}, "Enter a comment of no more than 5000 characters."),
    ({"text": "x" * 5_001}, "Enter a comment of no more than 5000"),
    ({"text": "a\x1bb"}, "Enter a comment"),
    ({"text": "a\x00b"}, "Enter a comment"),
    ({"words": "twelve years"}, "Copy the words that you mean"),
    ({"words": "our"}, "If they are there more than once"),
    ({"section": "nowhere"}, "Copy the words that you mean"),
]


def test_what_can_not_be_kept_is_refused_and_comes_back(client):
    link = make_link()

    for changed, problem in REFUSED:
        answer = client.post(address(link, "preview_comment"), {**SENT, **changed})

        assert answer.status_code == 422, changed
        assert problem in words(answer)
        assert 'aria-invalid="true"' in words(answer)
        if "text" not in changed:
            assert "Why so long?</textarea>" in words(answer)
    assert not ReviewComment.objects.exists()


def test_html_is_shown_as_text_to_everybody(client):
    link = make_link()
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    sent = {"guest": "<b>Jane</b>", "text": hostile, "words": TEXT[:20]}

    client.post(address(link, "preview_comment"), sent)

    desk, _ = log_in("Writers")
    pages = [client.get(address(link)), desk.get(page("review", link.revision_id))]
    for shown in (*pages, desk.get(page("audit", link.revision.policy_id), follow=True)):
        assert "<script>alert" not in words(shown)
        assert "<b>Jane" not in words(shown)
    assert "&lt;script&gt;alert" in words(pages[0])


def test_five_megabytes_are_refused_before_they_are_read(client):
    link = make_link()

    answer = client.post(address(link, "preview_comment"), {**SENT, "text": "x" * 5_000_000})

    assert answer.status_code == 413
    assert "Enter a comment of no more than 5000" in words(answer)
    assert len(answer.content) < 20_000 < preview_comments.MAX_FORM
    assert not ReviewComment.objects.exists()


def test_a_form_on_another_site_is_refused(client):
    link = make_link()

    for elsewhere in ("cross-site", "same-site", "none"):
        assert send(client, link, **{"Sec-Fetch-Site": elsewhere}).status_code == 403
    assert not ReviewComment.objects.exists()
    assert send(client, link, **{"Sec-Fetch-Site": "same-origin"}).status_code == 302


def test_a_link_takes_no_more_than_people_write(client, monkeypatch):
    link, other = make_link(), make_link()
    for _ in range(commenting.MAX_OF_LINK_PER_HOUR):
        send(client, link)

    answer = send(client, link)
    assert answer.status_code == 422
    assert "Try again in an hour" in words(answer)
    assert "Why so long?</textarea>" in words(answer)
    same = make_link(link.revision)
    assert send(client, same).status_code == 302
    monkeypatch.setattr(commenting, "MAX_OF_POLICY_PER_HOUR", ReviewComment.objects.count())
    assert send(client, same).status_code == 422
    assert send(client, other).status_code == 302

    later = timezone.now() + commenting.HOUR
    workflow.comment_by_link(link.pk, at=later, guest="Jane", text="Later.")
    monkeypatch.setattr(commenting, "MAX_OF_LINK", link.comments.count())
    with pytest.raises(workflow.TooMany):
        workflow.comment_by_link(link.pk, at=later + commenting.HOUR, guest="J", text="Too many.")


def test_the_database_takes_no_comment_from_outside_that_is_nobodys():
    link, closed = make_link(), make_link(takes_comments=False)
    sound = {
        "revision_id": link.revision_id,
        "text": "Why?",
        "created_at": timezone.now(),
        "link": link,
        "guest": "Jane",
    }
    other = {"revision_id": closed.revision_id}
    for changes in (
        {"guest": None},
        {"guest": ""},
        {"link": None},
        {"created_by": make_user()},
        other,
        {**other, "link": closed},
        {"created_at": link.expires_at},
    ):
        with refused("comment_by_someone"), transaction.atomic():
            ReviewComment.objects.create(**{**sound, **changes})
    comment = ReviewComment.objects.create(**sound)
    with refused("comment_words_kept"), transaction.atomic():
        ReviewComment.objects.filter(pk=comment.pk).update(guest="Joe")
    with refused("preview_link_comments"), transaction.atomic():
        PreviewLink.objects.filter(pk=closed.pk).update(takes_comments=True)
