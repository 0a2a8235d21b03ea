"""Findings answered in a browser: no page is loaded for each, and nothing typed is lost."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.models import Justification, Overruling
from policies.states import Status
from policies.text.document import Document, Section
from policies.workflow import open_findings
from tests.factories import make_revision, make_user
from tests.site.browsing import log_in, save, show

pytestmark = pytest.mark.django_db(transaction=True)

GUESTS = "\n\n".join(f"Guest {number} is [TBD]." for number in range(42))
LINKS = "See [one](#one). See [two](#two)."
TEXT = Document("T", "", (Section("Guests", "guests", GUESTS), Section("Links", "links", LINKS)))


def open_page(page, server, where, revision):
    page.goto(server.url + reverse(f"admin:policies_{where}", args=[revision.pk]))
    if where == "edit":
        show(page, "Findings")
    page.evaluate("window.isStillHere = true")


def expect_same_page(page):
    assert page.evaluate("window.isStillHere")


@pytest.fixture
def in_review(page, live_server):
    revision = make_revision(document=TEXT, status=Status.IN_REVIEW)
    log_in(page.context, live_server, make_user("Reviewers", name="rita"))
    open_page(page, live_server, "review", revision)
    return revision


def test_what_is_unfolded_among_the_findings_stays_so_while_one_writes(page, live_server):
    draft = make_revision(document=TEXT)
    log_in(page.context, live_server, make_user("Writers"))
    open_page(page, live_server, "edit", draft)
    findings = page.locator("#findings-list")
    findings.get_by_text("Show all 42").click()
    count = findings.get_by_text("minute to read")
    before = count.inner_text()

    page.locator("[name=introduction]").fill("We say more now.")

    expect(count).not_to_have_text(before)
    expect(findings.get_by_text("Guest 41 is [TBD].")).to_be_visible()


def test_a_reviewer_goes_through_the_findings_on_one_page(page, live_server, in_review):
    findings, decision = page.locator("#findings"), page.locator("#blocking")
    expect(decision).to_contain_text("44 findings block publication.")
    expect(findings.get_by_text("Guest 41 is [TBD].")).to_be_hidden()
    findings.get_by_text("Show all 42").click()
    expect(findings.get_by_text("Guest 41 is [TBD].")).to_be_visible()
    why = findings.get_by_label("Why is this not a problem?")
    reasons = findings.get_by_label("Reason for keeping it")
    reasons.last.fill("Not yet sent")
    why.fill("It is their name.")

    why.press("Enter")

    message = page.locator(".messagelist")
    expect(message).to_have_text("Overruled. 2 findings still block publication.")
    expect(message).to_be_in_viewport()
    expect(findings).to_contain_text("Overruled by rita")
    expect(decision).to_contain_text("2 findings block publication.")
    expect(reasons.first).to_be_focused()
    expect(reasons.last).to_have_value("Not yet sent")
    assert Overruling.objects.count() == 42

    page.keyboard.type("It comes.")
    page.keyboard.press("Enter")

    expect(message).to_have_text("Reason saved. 1 finding still blocks publication.")
    expect(reasons).to_have_count(1)
    expect(reasons).to_be_focused()
    expect(reasons).to_have_value("Not yet sent")
    page.keyboard.press("Enter")
    expect(message).to_have_text("Reason saved.")
    expect(message).to_be_focused()
    expect(decision).to_be_empty()
    expect_same_page(page)

    findings.get_by_role("button", name="Withdraw overruling").click()

    expect(message).to_have_text("Overruling withdrawn. 42 findings still block publication.")
    expect(why).to_be_focused()
    expect_same_page(page)


def test_findings_and_answers_are_accessible(page, live_server, looker, in_review):
    looker.look("review: open findings")
    why = page.get_by_label("Why is this not a problem?")
    why.fill("It is what they are called, in each of the languages that we know of.")
    why.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Overruled.")

    looker.look("review: after an answer")

    writer, publisher = make_user("Writers"), make_user("Publishers")
    workflow.approve(in_review.pk, by=make_user("Reviewers"), at=timezone.now())
    log_in(page.context, live_server, publisher)
    open_page(page, live_server, "publish", in_review)
    looker.look("publish: findings, some of them overruled")
    page.goto(live_server.url + reverse("admin:policies_audit", args=[in_review.policy_id]))
    looker.look("audit: findings that were answered together")
    workflow.reopen(in_review.pk, by=writer, at=timezone.now())
    log_in(page.context, live_server, writer)
    open_page(page, live_server, "edit", in_review)
    looker.look("editor: findings, some of them overruled")


def test_the_next_finding_and_its_field_are_in_view(page, live_server, writer):
    links = [Section(f"Part {n}", f"part-{n}", f"See [this](#no-{n}).") for n in range(6)]
    draft = make_revision(document=Document("T", "", tuple(links)), writer=writer)
    page.set_viewport_size({"width": 1366, "height": 600})
    open_page(page, live_server, "edit", draft)
    reasons = page.locator("#findings [name=reason]")
    reasons.first.focus()
    for left in range(5, 0, -1):
        page.keyboard.type("It comes.")
        page.keyboard.press("Enter")
        expect(reasons).to_have_count(left)
        expect(reasons.first).to_be_focused()
        for part in ("a", "[name=reason]", "button"):
            finding = page.locator("#findings li:has([name=reason])").first
            expect(finding.locator(part).first).to_be_in_viewport(ratio=1)


def test_a_refusal_leaves_what_was_typed(page, live_server, in_review):
    found = open_findings.findings_of(in_review, at=timezone.now())
    keys = " ".join(it.finding.key for it in found if it.can_be_overruled)
    other = make_user("Reviewers", name="otto")
    how = {"at": timezone.now(), "key": keys, "reason": "So it is."}
    workflow.overrule(in_review.pk, by=other, **how)
    why = page.get_by_label("Why is this not a problem?")
    why.fill("It is their name.")

    why.press("Enter")

    message = page.locator(".messagelist")
    expect(message).to_contain_text("already overruled by otto: So it is.")
    expect(why).to_have_value("It is their name.")
    Session.objects.all().delete()
    why.press("Enter")
    expect(message).to_contain_text("You are logged out. Nothing was saved.")
    expect(why).to_have_value("It is their name.")


def test_a_writer_justifies_like_findings_beside_the_text(page, live_server):
    writer = make_user("Writers")
    doubts = "\n\n".join(f"See [place {number}](#nowhere)." for number in range(42))
    text = Document("T", "See [it](#there).", (Section("A", "a", doubts),))
    draft = make_revision(document=text, writer=writer)
    log_in(page.context, live_server, writer)
    open_page(page, live_server, "edit", draft)
    findings = page.locator("#findings-list")
    findings.get_by_label("Reason for keeping it").fill("Later")
    reason = findings.get_by_label("Reason for keeping them")
    reason.fill("The page is made next week.")

    findings.get_by_role("button", name="Save reason for all 42").click()

    message = page.locator(".messagelist")
    expect(message).to_have_text("Reason saved. 1 finding still blocks publication.")
    expect(findings).to_contain_text("Reason: The page is made next week.")
    expect(findings.get_by_label("Reason for keeping it")).to_be_focused()
    expect(findings.get_by_label("Reason for keeping it")).to_have_value("Later")
    assert Justification.objects.count() == 42
    expect_same_page(page)
    findings.get_by_text("Show all 42").click()
    findings.get_by_role("link", name="A", exact=False).last.click()
    expect(page.locator("[name=body]")).to_be_focused()


def test_a_reason_for_like_findings_stays_if_one_of_them_goes(page, live_server):
    writer = make_user("Writers")
    text = Document("T", "See [one](#x).", (Section("A", "a", "See [two](#x). [Three](#y)."),))
    draft = make_revision(document=text, writer=writer)
    log_in(page.context, live_server, writer)
    open_page(page, live_server, "edit", draft)
    page.get_by_label("Reason for keeping them").fill("It comes.")

    page.get_by_label("Introduction").fill("See.")
    save(page)
    page.wait_for_load_state()

    reasons = page.get_by_label("Reason for keeping it")
    expect(reasons.first).to_have_value("It comes.")
    expect(reasons.last).to_have_value("")
    reasons.last.fill("It is a name.")
    reasons.last.press("Enter")
    expect(reasons).to_have_count(1)
    expect(reasons).to_have_value("It comes.")
    expect(reasons).to_be_focused()
