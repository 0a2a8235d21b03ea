"""Reviewing and publishing on the desk, through its forms."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from policies import workflow
from policies.models import LedgerEntry, Policy, ReviewedText, Revision
from policies.states import Kind, Status
from policies.text.document import Document, Section
from tests.factories import (
    DAY,
    confirm,
    make_document,
    make_emergency,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

# --- Reviewing -----------------------------------------------------------------------------------


def test_a_reviewer_reads_what_changes_against_what_is_in_force():
    version = make_version(at=timezone.now() - DAY)
    text = make_document(text="We keep even less.")
    revision = make_revision(status=Status.IN_REVIEW, policy=version.policy, document=text)
    client, _ = log_in("Reviewers")

    shown = words(client.get(page("review", revision.pk)))

    assert "Changes from version 1, which is in force" in shown
    assert "<ins" in shown
    assert "1 section changed" in shown
    assert "Approve" in shown


def test_a_redline_under_review_begins_with_links_to_the_sections_that_changed():
    old = Document("T", "", tuple(Section(it, it.lower(), "Text.") for it in ("Same", "A", "Gone")))
    new = Document(
        "T", "", (old.sections[0], Section("A", "a", "Other."), Section("B", "b", "New."))
    )
    policy = make_policy()
    make_import(old, policy=policy, at=timezone.now() - DAY)
    revision = make_revision(status=Status.IN_REVIEW, policy=policy, document=new)
    client, _ = log_in("Reviewers")

    soup = BeautifulSoup(client.get(page("review", revision.pk)).content, "html.parser")

    contents = soup.select(".changed-sections li")
    assert [" ".join(li.get_text().split()) for li in contents] == [
        "A changed",
        "Gone removed",
        "B added",
    ]
    for li in contents:
        assert soup.find(id=li.a["href"].removeprefix("#")), li


ARABIC = Document("الخصوصية", "نحن.", (Section("البيانات", "data", "نحتفظ بها 3 سنوات."),))


@pytest.mark.parametrize("in_force", [False, True])
def test_the_desk_shows_a_text_in_its_own_direction(in_force):
    policy = make_policy(language="ar")
    if in_force:
        make_import(make_document(), policy=policy, at=timezone.now() - DAY)
    revision = make_revision(policy=policy, document=ARABIC, status=Status.IN_REVIEW)
    client, _ = log_in(is_superuser=True)
    other = policy.revisions.order_by("pk")[0]

    for address in (
        page("review", revision.pk),
        page("publish_without_approval", revision.pk),
        *([f"{page('compare', policy.pk)}?old={other.pk}&new={revision.pk}"] if in_force else []),
    ):
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        found = soup.find_all(string=re.compile("سنوات|نحن"))
        shown = [it for it in found if it.find_parent(class_="changes")]
        assert shown, address
        for text in shown:
            assert text.find_parent(dir=True)["dir"] == "rtl", (address, text)
        assert soup.find("main").find_parent(dir=True)["dir"] == "ltr"


def test_what_readers_will_read_is_written_and_shown_in_the_direction_of_the_policy():
    now, note = timezone.now(), "جديد."
    policy = make_policy(language="ar")
    make_version(policy=policy, at=now - DAY)
    published = {"status": Status.PUBLISHED, "policy": policy, "change_note": note}
    version = make_revision(**published, document=ARABIC, at=now - DAY / 2)
    client, user = log_in(is_superuser=True)
    draft = make_revision(policy=policy, status=Status.APPROVED, at=now, change_note=note)

    for name, key, field in (
        ("publish", draft.pk, "change_note"),
        ("withdraw", draft.pk, "reason"),
        ("retire", policy.pk, "notice"),
    ):
        soup = BeautifulSoup(client.post(page(name, key)).content, "html.parser")
        assert soup.find(id=field)["dir"] == "rtl", name
    workflow.discard(draft.pk, by=user, at=now)
    workflow.retire(policy.pk, by=user, at=now, notice=note)
    for address in (
        page("published", version.pk),
        page("history", policy.pk),
        page("policy_change", policy.pk),
    ):
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        shown = soup.find("main").find_all(string=re.compile(note))
        assert shown, address
        assert {it.find_parent(dir=True)["dir"] for it in shown} == {"rtl"}, address


def test_quoted_texts_and_comments_have_their_own_direction():
    text = Document("الخصوصية", "نحن.", (Section("البيانات", "data", "اكتبوا إلى a@example.com."),))
    draft = make_revision(policy=make_policy(language="ar"), document=text)
    client, user = log_in(is_superuser=True)
    remark = workflow.comment(draft.pk, by=user, at=timezone.now(), text="لماذا؟")
    workflow.reply_to_comment(remark.pk, by=user, at=timezone.now(), text="لأن.")

    for address in (page("edit", draft.pk), page("review", draft.pk)):
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        beside = soup.find("aside")
        assert beside
        shown = beside.find_all(string=re.compile("اكتبوا|لماذا|لأن|1. البيانات"))
        shown = [it for it in shown if not it.find_parent(["template", "option"])]
        assert len(shown) >= 4, address
        for it in shown:
            assert it.find_parent("bdi") or it.find_parent(dir=True)["dir"] == "auto", it
        for field in beside.select("textarea[name=text], input[name=reason]"):
            assert field.get("dir") == "auto", field


def test_a_first_revision_is_shown_whole():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    assert "Write to" in words(client.get(page("review", revision.pk)))


def test_what_changed_since_the_page_was_opened_is_shown_instead_of_approved():
    writer, at = make_user("Writers"), timezone.now()
    revision = make_revision(status=Status.IN_REVIEW, writer=writer, text="We keep little.")
    client, reviewer = log_in("Reviewers")
    opened = client.get(page("review", revision.pk)).context
    workflow.request_changes(revision.pk, by=reviewer, at=at, text="More.")
    remark = revision.comments.get()
    save_draft(revision, make_document(text="We keep everything."), by=writer, at=at)
    workflow.resolve_comment(remark.pk, by=writer, at=at)
    workflow.submit(revision.pk, by=writer, at=at)

    sent = {"seen_digest": opened["revision"].digest, "seen_text": opened["seen_text"]}
    answer = client.post(page("approve", revision.pk), sent)

    assert answer.status_code == 409
    assert "What changed since you opened the page" in words(answer)
    assert "keep everything" in re.sub(r"<del.*?</del>|<[^>]+>", "", words(answer))
    assert Revision.objects.get(pk=revision.pk).status == Status.IN_REVIEW
    now = answer.context
    client.post(
        page("approve", revision.pk),
        {"seen_digest": now["revision"].digest, "seen_text": now["seen_text"]},
    )
    assert Revision.objects.get(pk=revision.pk).status == Status.APPROVED


@pytest.mark.parametrize("how", ["request_changes", "reopen"])
def test_a_second_review_shows_what_changed_since_the_first(how):
    writer, at = make_user("Writers"), timezone.now()
    revision = make_revision(status=Status.IN_REVIEW, writer=writer, text="We keep little.")
    client, reviewer = log_in("Reviewers")
    link = page("since_review", revision.pk)
    assert link not in words(client.get(page("review", revision.pk)))
    if how == "reopen":
        workflow.approve(revision.pk, by=reviewer, at=at)
        workflow.reopen(revision.pk, by=reviewer, at=at)
    else:
        workflow.request_changes(revision.pk, by=reviewer, at=at, text="Less.")
    saved = make_document(text="We keep nothing.")
    save_draft(revision, saved, by=writer, at=at)
    workflow.submit(revision.pk, by=writer, at=at)

    assert link in words(client.get(page("review", revision.pk)))
    shown = BeautifulSoup(client.get(link).content, "html.parser")
    assert shown.h1.text.startswith(f"{revision.policy}: what changed since")
    assert "little" in shown.select("del")[-1].text
    assert "nothing" in shown.select("ins")[-1].text

    # Whoever changes what was kept hides nothing by that: it is not shown any more.
    kept = ReviewedText.objects.get()
    kept.markdown = kept.markdown.replace("little", "nothing")
    kept.save()
    assert link not in words(client.get(page("review", revision.pk)))
    assert client.get(link).status_code == 302


def test_what_readers_will_see_is_shown_before_anything_is_published():
    policy = make_policy()
    revision = make_revision(status=Status.APPROVED, policy=policy, text="We keep little.")
    client, _ = log_in("Publishers")
    door = page("publish_preview", revision.pk)

    first = client.get(door)
    assert "We keep little." in words(first)
    assert "Version 1, in force since" in words(first)
    assert "frame-ancestors 'self'" in first["Content-Security-Policy"]
    assert first["X-Frame-Options"] == "SAMEORIGIN"
    later = {"when": "later", "effective": "2099-05-02T09:30"}
    assert "Version 1 is not in force yet." in words(client.post(door, later))
    assert "Enter the day" in words(client.post(door, {"when": "later", "effective": "soon"}))
    assert "is in the past" in words(client.post(door, {**later, "effective": "2001-01-01T00:00"}))
    workflow.publish(revision.pk, by=make_user("Publishers"), at=timezone.now())

    second = make_revision(status=Status.APPROVED, policy=policy)
    door, typed = page("publish_preview", second.pk), {**later, "change_note": "Fewer cookies."}
    announced = words(client.post(door, typed))
    assert "This policy changes on <bdi>May 2, 2099</bdi>." in announced
    assert "Fewer cookies." in announced
    assert "We keep little." in announced
    own = words(client.post(door, {**typed, "show": "version"}))
    assert "Version 2 is not in force yet." in own
    assert Revision.objects.numbered().count() == 1
    assert LedgerEntry.objects.count() == 1


def test_after_a_refusal_the_first_look_is_at_what_was_chosen():
    policy = make_version(at=timezone.now() - DAY).policy
    revision = make_revision(status=Status.APPROVED, policy=policy)
    client, _ = log_in("Publishers")
    typed = {"kind": "editorial", "when": "later", "effective": "2099-05-02T09:30"}

    refused = client.post(
        page("publish", revision.pk), {"seen_digest": revision.digest, **typed, "change_note": " "}
    )
    frame = BeautifulSoup(refused.content, "html.parser").select_one("iframe")

    assert frame is not None
    assert "This policy changes on <bdi>May 2, 2099</bdi>." in words(client.get(str(frame["src"])))


def test_what_readers_will_see_is_shown_before_an_upcoming_version_is_withdrawn():
    version = make_version(at=timezone.now(), effective_at=timezone.now() + DAY)
    client, _ = log_in("Publishers")

    shown = client.post(page("withdraw_preview", version.pk), {"reason": "A mistake."})

    assert "Version 1 was withdrawn" in words(shown)
    assert "A mistake." in words(shown)
    version.refresh_from_db()
    assert version.status == Status.PUBLISHED


def test_approving_is_bound_to_the_text_that_was_read():
    revision = make_revision(status=Status.IN_REVIEW)
    client, reviewer = log_in("Reviewers")

    for seen in ({"seen_digest": "f" * 64}, {}):
        stale = client.post(page("approve", revision.pk), seen, follow=True)
        assert "is not the one that was read" in words(stale)
    assert Revision.objects.get(pk=revision.pk).status == Status.IN_REVIEW

    client.post(page("approve", revision.pk), {"seen_digest": revision.digest})
    approved = Revision.objects.get(pk=revision.pk)
    assert (approved.status, approved.approved_by) == (Status.APPROVED, reviewer)


def test_whoever_may_not_approve_reads_why_and_who_may():
    client, both = log_in("Writers", "Reviewers")
    make_user("Reviewers", name="ravi")
    revision = make_revision(status=Status.IN_REVIEW, writer=both)

    assert "You edited the title, the introduction, section 1 (Scope)" in words(
        client.get(page("review", revision.pk))
    )
    assert "so somebody else must approve it: ravi." in words(
        client.get(page("review", revision.pk))
    )
    other, _ = log_in("Publishers")
    assert "Only a reviewer can approve it: ravi." in words(other.get(page("review", revision.pk)))


def test_what_was_approved_again_since_is_not_published_under_the_note_of_before():
    client, publisher = log_in("Publishers")
    version = make_version(at=timezone.now() - DAY)
    writer, reviewer = make_user("Writers"), make_user("Reviewers")
    revision = make_revision(status=Status.APPROVED, policy=version.policy, writer=writer)
    opened = client.get(page("publish", revision.pk))
    seen = re.search(r'name="seen_digest" value="(\w+)"', words(opened))
    assert seen
    at, other = timezone.now(), make_document(text="We keep everything.")
    workflow.reopen(revision.pk, by=publisher, at=at)
    saves = Revision.objects.get(pk=revision.pk).saves
    workflow.save_draft(revision.pk, other, by=writer, at=at, seen_saves=saves)
    workflow.submit(revision.pk, by=writer, at=at)
    workflow.approve(revision.pk, by=reviewer, at=at)

    typed = {"when": "now", "kind": "material", "change_note": "We keep less."}
    refused = client.post(page("publish", revision.pk), {**typed, "seen_digest": seen[1]})

    assert refused.status_code == 422
    assert "was changed, and approved again, since you opened this page" in words(refused)
    assert "We keep less.</textarea>" in words(refused)
    again = {**typed, "seen_digest": Revision.objects.get(pk=revision.pk).digest}
    assert client.post(page("publish", revision.pk), again).status_code == 302


def test_a_writer_withdraws_a_submission():
    client, writer = log_in("Writers")
    reviewer, _ = log_in("Reviewers")
    revision = make_revision(status=Status.IN_REVIEW, writer=writer)
    assert "Withdraw submission" in words(client.get(page("review", revision.pk)))
    assert "Withdraw submission" not in words(reviewer.get(page("review", revision.pk)))

    back = client.post(page("withdraw_submission", revision.pk), follow=True)

    assert back.redirect_chain[-1][0] == page("edit", revision.pk)
    assert "Submission withdrawn" in words(back)
    late = reviewer.post(
        page("approve", revision.pk), {"seen_digest": revision.digest}, follow=True
    )
    assert "“Approve” was refused" in words(late)
    assert "submission withdrawn" in words(late)
    text = make_document(text="Better.")
    saves = Revision.objects.get(pk=revision.pk).saves
    workflow.save_draft(revision.pk, text, by=writer, at=timezone.now(), seen_saves=saves)
    workflow.submit(revision.pk, by=writer, at=timezone.now())
    assert "What changed since it was last in review" in words(
        reviewer.get(page("review", revision.pk))
    )


def test_where_no_reviewer_is_left_an_administrator_may_approve():
    client, writer = log_in("Writers", "Reviewers")
    make_user("Reviewers", name="gone")
    User.objects.filter(username="gone").update(is_staff=False)
    revision = make_revision(status=Status.IN_REVIEW, writer=writer)
    nobody = "so somebody else must approve it. Nobody can yet"
    assert nobody in words(client.get(page("review", revision.pk)))

    make_user(name="root", is_superuser=True)

    assert "so somebody else must approve it: root." in words(
        client.get(page("review", revision.pk))
    )


def test_who_only_reads_is_offered_no_form_for_findings():
    client, _ = log_in(permissions=["policies.view_revision"])
    text = Document("T", "", (Section("A", "a", "We sell [things](#nowhere)."),))
    revision = make_revision(status=Status.IN_REVIEW, document=text)

    shown = words(client.get(page("review", revision.pk)))

    assert "1 finding in this text: 1 blocks publication" in shown
    assert 'name="key"' not in shown


# --- Publishing ----------------------------------------------------------------------------------


def test_a_desk_with_a_host_of_its_own_shows_the_address_that_readers_have(settings):
    settings.STAFF_URL, settings.SITE_URL = "http://testserver", "https://policies.example.com"
    version = make_version()
    client, _ = log_in("Publishers")

    shown = words(client.get(page("published", version.pk)))

    assert f"https://policies.example.com/{version.policy.slug}/versions/1/" in shown


def test_publishing_at_once_shows_digest_and_ledger_entry():
    revision = make_revision(status=Status.APPROVED)
    client, _ = log_in("Publishers")

    assert "Takes effect" in words(client.get(page("publish", revision.pk)))
    answer = client.post(
        page("publish", revision.pk), {"seen_digest": revision.digest, "when": "now"}, follow=True
    )

    version = Revision.objects.get(pk=revision.pk)
    assert version.number == 1
    assert f"http://testserver/{version.policy.slug}/versions/1/" in words(answer)
    assert revision.digest in words(answer)
    assert LedgerEntry.objects.get().digest in words(answer)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_the_page_for_publishing_opens_only_for_what_is_approved(status):
    revision = make_revision(status=status)
    client, _ = log_in("Writers", "Publishers")

    shown = client.get(page("publish", revision.pk), follow=True)

    assert "only an approved revision can be published" in words(shown)


def test_of_two_clicks_at_one_instant_both_lead_to_what_was_published():
    revision = make_revision(status=Status.APPROVED)
    (client, publisher), first = log_in("Publishers"), list[Revision]()

    def click_first(execute, sql, *more):
        found = execute(sql, *more)
        if 'FROM "policies_section"' in sql and not first:
            first.append(revision)
            workflow.publish(revision.pk, by=publisher, at=timezone.now())
        return found

    with connection.execute_wrapper(click_first):
        form = {"seen_digest": revision.digest, "when": "now", "change_note": "What is new."}
        second = client.post(page("publish", revision.pk), form, follow=True)

    assert "is already published" in words(second)
    assert "Ledger entry" in words(second)
    assert Revision.objects.numbered().count() == 1


def test_a_time_of_effect_is_by_the_policys_clock():
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Asia/Tokyo")
    make_version(policy=policy, at=timezone.now() - DAY)
    revision = make_revision(status=Status.APPROVED, policy=policy)
    client, _ = log_in("Publishers")

    client.post(
        page("publish", revision.pk),
        {
            "seen_digest": revision.digest,
            "when": "later",
            "effective": "2099-05-02T09:30",
            "kind": "editorial",
            "change_note": "A comma.",
        },
    )

    version = Revision.objects.get(pk=revision.pk)
    assert version.effective_at == datetime(2099, 5, 2, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (version.kind, version.change_note) == (Kind.EDITORIAL, "A comma.")


def test_open_findings_are_listed_and_block_publication():
    unfinished = make_document(text="TODO: Write this.")
    revision = make_revision(status=Status.APPROVED, document=unfinished)
    client, _ = log_in("Publishers")

    assert "1 finding in this text: 1 blocks publication" in words(
        client.get(page("publish", revision.pk))
    )
    assert "fix" in words(
        client.post(page("publish", revision.pk), {"seen_digest": revision.digest, "when": "now"})
    )
    shown = words(client.get(page("review", revision.pk)))
    assert "1 finding blocks publication." in shown
    assert "Publish …" in shown


@pytest.mark.parametrize(
    ("text", "said", "unfolded"),
    [
        ("TODO: Write this.", "1 finding in this text: 1 blocks publication", True),
        ("See http://a.co.", "1 finding in this text, not blocking publication", False),
    ],
)
def test_a_reviewer_sees_how_many_findings_block_publication(text, said, unfolded):
    revision = make_revision(
        status=Status.IN_REVIEW, document=Document("T", "", (Section("A", "a", text),))
    )
    client, _ = log_in("Reviewers")
    shown = words(client.get(page("review", revision.pk)))

    assert said in shown
    assert ('<details class="checklist" id="findings" open>' in shown) == unfolded


def test_a_finding_and_a_comment_lead_to_the_section_that_they_are_about():
    revision = make_revision(status=Status.IN_REVIEW, text="TODO: more.")
    client, reviewer = log_in("Reviewers")
    how = {"by": reviewer, "at": timezone.now(), "text": "Why?"}
    workflow.comment(revision.pk, section_anchor="contact", **how)

    shown = words(client.get(page("review", revision.pk)))

    assert '<a href="#scope">1. Scope</a>' in shown
    assert '<a href="#contact">about 2. Contact</a>' in shown


def test_findings_of_a_published_text_block_only_the_next_version():
    version = make_emergency(make_revision(text="TODO: Write this."), at=timezone.now())
    client, _ = log_in("Reviewers")

    shown = words(client.get(page("review", version.pk)))

    assert "1 finding in this text: 1 would block the next version" in shown
    assert "block publication" not in shown
    assert "blocks publication" not in shown


def test_an_emergency_needs_a_reason_and_a_later_approval_by_somebody_else():
    revision = make_revision()
    client, _ = log_in(permissions=["publish_without_approval", "view_revision"])
    confirm(client)

    assert "Nobody has approved this text" in words(
        client.get(page("publish_without_approval", revision.pk))
    )
    form = {"when": "now", "seen_digest": revision.digest}
    refused = client.post(page("publish_without_approval", revision.pk), {**form, "reason": " "})
    assert "Enter a reason why this can" in words(refused)
    client.post(page("publish_without_approval", revision.pk), {**form, "reason": "A court order."})

    assert Revision.objects.awaiting_late_approval().get().pk == revision.pk


def test_findings_do_not_block_an_emergency_publication():
    revision = make_revision(text="TODO: Write this.")
    client, _ = log_in(permissions=["publish_without_approval", "view_revision"])

    shown = words(client.get(page("publish_without_approval", revision.pk)))

    assert "1 finding in this text, which will be published as it is" in shown
    assert "blocks publication" not in shown


@pytest.mark.parametrize(
    ("role", "heading"),
    [("Publishers", "Status"), ("Reviewers", "Your decision"), ("Writers", "Status")],
)
def test_only_who_can_decide_is_asked_to(role, heading):
    client, writer = log_in(role)
    revision = make_revision(status=Status.IN_REVIEW, writer=writer if role == "Writers" else None)

    assert f"{heading}</h2>" in words(client.get(page("review", revision.pk)))


def test_an_emergency_is_approved_afterwards_by_somebody_else():
    writer, author = log_in("Writers", "Reviewers")
    draft = make_emergency(make_revision(writer=author), at=timezone.now(), reason="A leak.")
    reviewer, other = log_in("Reviewers")

    waits = "still needs the approval of somebody who had no part in it"
    assert waits in words(writer.get(page("review", draft.pk)))
    assert waits in words(reviewer.get(page("review", draft.pk)))
    assert "Approve now" in words(reviewer.get(page("review", draft.pk)))
    assert "Approve now" not in words(writer.get(page("review", draft.pk)))
    writer.post(page("approve_afterwards", draft.pk))
    assert Revision.objects.awaiting_late_approval().exists()
    assert "A leak." in words(reviewer.get(page("review", draft.pk)))
    publisher, _ = log_in("Publishers")
    still = "It stays on the reviewers’ desk"
    assert still in words(publisher.get(page("published", draft.pk)))
    reviewer.post(page("approve_afterwards", draft.pk))
    assert not Revision.objects.awaiting_late_approval().exists()
    assert still not in words(publisher.get(page("published", draft.pk)))
    shown = words(reviewer.get(page("review", draft.pk)))
    assert "This text is published." in shown
    assert f"<dt>Approved afterwards by</dt><dd>{other.username}, " in shown


def test_a_version_is_shown_with_what_it_changed_in_the_one_before():
    client, _ = log_in("Publishers")
    now = timezone.now()
    versions = [
        make_version(text=text, at=at, **policy)
        for policy in [{"policy": make_policy(name="Terms")}]
        for text, at in (("Few.", now - 2 * DAY), ("Some.", now - DAY), ("Many.", now))
    ]

    first, second, third = (words(client.get(page("review", it.pk))) for it in versions)

    assert "Terms, version 1: superseded" in first
    assert "<h2> Text </h2>" in first
    assert "Terms, version 2: superseded" in second
    assert "Changes from version 1, the previous one" in second
    assert "[deleted] </span>Few." in second
    assert "[inserted] </span>Some." in second
    assert "Terms, version 3: in force" in third
    assert "Changes from version 2, the previous one" in third


def test_the_page_after_publishing_shows_the_current_status():
    client, _ = log_in("Publishers")
    now = timezone.now()
    first = make_version(at=now - DAY)
    assert "Version 1 is public, in force since" in words(client.get(page("published", first.pk)))
    second = make_version(policy=first.policy, at=now, effective_at=now + DAY)
    upcoming = words(client.get(page("published", second.pk)))
    assert "Version 2 is public. It takes effect" in upcoming
    assert "is scheduled</h1>" in upcoming
    workflow.withdraw(second.pk, by=make_user("Publishers"), at=now, reason="A mistake.")
    make_version(policy=first.policy, at=timezone.now())

    assert "a later version is in force now" in words(client.get(page("published", first.pk)))
    gone = client.get(page("publish", second.pk), follow=True)
    assert "only an approved revision can be published" in words(gone)
    assert gone.redirect_chain[-1][0].endswith(f"/revision/{second.pk}/review/")
    gone = client.get(page("published", second.pk), follow=True)
    assert gone.redirect_chain[-1][0].endswith(f"/revision/{second.pk}/review/")


@pytest.mark.parametrize("door", ["approve", "publish"])
def test_who_was_too_late_and_may_not_write_is_led_to_where_they_may_read(door):
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers", "Publishers")
    workflow.request_changes(
        revision.pk, by=make_user("Reviewers"), at=timezone.now(), text="Name the data."
    )

    sent = {"seen_digest": revision.digest}
    ask = client.post if door == "approve" else client.get
    answer = ask(page(door, revision.pk), sent, follow=True)

    assert answer.redirect_chain[-1][0] == page("review", revision.pk)
    assert answer.status_code == 200


def test_a_withdrawn_emergency_version_is_shown_as_withdrawn():
    now = timezone.now()
    revision = make_emergency(at=now, effective_at=now + DAY)
    workflow.withdraw(revision.pk, by=make_user("Publishers"), at=now, reason="No leak.")
    client, _ = log_in("Writers")

    assert "in an emergency and has since been withdrawn" in words(
        client.get(page("review", revision.pk))
    )


def test_the_preview_on_a_desk_with_a_host_of_its_own_has_the_readers_addresses(settings):
    settings.SITE_URL = "https://policies.example.com"
    revision = make_revision(status=Status.APPROVED)
    client, _ = log_in("Publishers")

    shown = client.get(page("publish_preview", revision.pk), headers={"host": "testserver"})

    canonical = BeautifulSoup(shown.content, "html.parser").find("link", rel="canonical")
    assert canonical["href"].startswith("https://policies.example.com/")


def test_what_has_to_follow_an_upcoming_version_is_not_offered_at_once():
    policy = make_version().policy
    upcoming = make_version(policy=policy, effective_at=timezone.now() + DAY)
    revision = make_revision(status=Status.APPROVED, policy=policy)
    client, _ = log_in("Publishers")

    soup = BeautifulSoup(client.get(page("publish", revision.pk)).content, "html.parser")

    choices = {str(it["value"]): it for it in soup.select("input[name=when]")}
    assert choices["now"].has_attr("disabled")
    assert choices["later"].has_attr("checked")
    assert soup.find("a", href=page("withdraw", upcoming.pk))


def test_only_who_could_approve_is_led_to_the_comments_that_are_in_the_way():
    revision = make_revision(status=Status.IN_REVIEW)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=timezone.now(), text="Why?")
    reviewer, _ = log_in("Reviewers")
    publisher, _ = log_in("Publishers")

    assert "Go to the comments" in words(reviewer.get(page("review", revision.pk)))
    assert "Go to the comments" not in words(publisher.get(page("review", revision.pk)))


def test_the_form_for_publishing_a_retired_policy_warns_before_anything_is_typed():
    policy = make_version(at=timezone.now() - DAY).policy
    workflow.retire(policy.pk, by=make_user("Publishers"), at=timezone.now(), notice="Gone.")
    revision = make_revision(status=Status.APPROVED, policy=policy, at=timezone.now())
    client, _ = log_in("Publishers")

    shown = words(client.get(page("publish", revision.pk)))

    assert "This policy is retired, so nothing can be published." in shown
    assert f'<a href="{page("reinstate", policy.pk)}">' in shown
