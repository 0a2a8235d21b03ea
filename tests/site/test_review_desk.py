"""Reviewing and publishing in a browser, as three people and their outside counsel."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.models import Policy, Revision
from policies.states import Status
from policies.text import importing
from policies.text.document import Document, Section
from tests.bench.site import SEED
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.site.browsing import expect_no_copies, log_in, save
from tests.site.logging_in import PASSWORD, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def become(page, live_server):
    """Log in as somebody else, and go to the desk."""

    def change(user):
        page.context.clear_cookies()
        log_in(page.context, live_server, user)
        page.goto(live_server.url + "/admin/")

    return change


def said(page, words):
    expect(page.locator(".messagelist")).to_contain_text(words)
    expect(page.locator(".messagelist")).to_be_in_viewport()


def open_task(page, kind):
    page.locator(".tasks li", has_text=kind).first.locator(".task-action a").click()


def address(server, name, pk):
    return server.url + reverse(f"admin:policies_{name}", args=[pk])


def test_a_change_goes_from_the_seed_to_the_public_page(page, live_server, become, monkeypatch):
    seed = importing.read(str(SEED), SEED.read_bytes()).document
    finished = Document(seed.title, "", (*_without_notes(seed.sections),))
    policy = make_policy(slug="privacy")
    make_import(finished, policy=policy, at=timezone.now() - DAY)
    ana, ben = make_staff("ana", "Writers"), make_staff("ben", "Reviewers")
    cyn = make_staff("cyn", "Publishers")
    ana.groups.add(*ben.groups.all())

    # Ana edits and hands in; her own approval is refused, with the reason and who may.
    become(ana)
    page.get_by_role("link", name="Privacy policy", exact=True).click()
    page.get_by_role("button", name="Start draft").click()
    page.locator(".section [name=body]").first.fill("We keep half of it.")
    save(page)
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url("**/submit/")
    # The browser's copy of the text has arrived, so it is not offered later as one that is unsaved.
    expect_no_copies(page)
    page.get_by_role("button", name="Submit for review").click()
    said(page, "Submitted for review")
    expect(page.get_by_text("You edited section 1")).to_contain_text(
        "somebody else must approve it: ben."
    )
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)

    # Ben comments on the section, and sends it back.
    become(ben)
    open_task(page, "Review")
    expect(page.locator(".changes ins").first).to_be_visible()
    page.get_by_role("link", name="Comment on").first.click()
    page.get_by_label("Your comment").fill("Half of what?")
    page.get_by_role("button", name="Comment", exact=True).click()
    said(page, "Comment added")
    expect(page.get_by_text("1 comment on this revision must be resolved")).to_be_visible()
    page.get_by_label("Your comment").fill("Please say half of what.")
    page.locator("#request-changes > summary").click()
    page.get_by_role("button", name="Request changes").click()
    said(page, "Changes requested")

    # Ana mends it, answers, resolves, and hands in again.
    become(ana)
    open_task(page, "Changes requested")
    page.locator(".section [name=body]").first.fill("We keep half of the logs.")
    save(page)
    revision = policy.revisions.open().get()
    expect(page.get_by_text("Half of what?")).to_be_visible()
    page.locator("summary", has_text="Reply").first.click()
    page.get_by_label("Your reply").first.fill("Of the logs.")
    page.get_by_role("button", name="Reply").first.click()
    expect(page.get_by_text("Of the logs.", exact=True)).to_be_visible()
    said(page, "Reply added.")
    for _ in range(2):
        page.get_by_role("button", name="Resolve").first.click()
        said(page, "Comment resolved.")
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url("**/submit/")
    page.get_by_role("button", name="Submit for review").click()

    # Ben approves, by keyboard.
    become(ben)
    open_task(page, "Review")
    page.get_by_role("button", name="Approve").press("Enter")
    said(page, "Approved.")

    # Cyn looks at what readers will see, and publishes for a day to come, with a nervous finger.
    become(cyn)
    open_task(page, "Publish")
    page.get_by_role("link", name="Publish …").click()
    page.get_by_label("Change note").fill("We keep half.")
    page.get_by_label("On this day, at this time").check()
    page.get_by_label("Day and time").fill("2099-05-02T09:00")
    readers = page.frame_locator("iframe[name=readers]")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(readers.get_by_text("This policy changes on May 2, 2099.")).to_be_visible()
    page.get_by_role("button", name="Preview this version’s own page").click()
    expect(readers.get_by_text("Version 2 is not in force yet.")).to_be_visible()
    assert policy.revisions.numbered().count() == 1
    page.get_by_role("button", name="Publish on May 2, 2099, 09:00 UTC", exact=True).dblclick()
    expect(page.get_by_role("heading", name="version 2 is scheduled")).to_be_visible()
    expect(page.get_by_text("Ledger entry")).to_be_visible()
    assert policy.revisions.numbered().count() == 2

    # Readers see it coming, then in force, and what changed.
    page.goto(live_server.url + "/privacy/")
    expect(page.get_by_text("This policy changes on May 2, 2099.")).to_be_visible()
    page.get_by_role("link", name="Read version 2").click()
    expect(page.get_by_text("We keep half of the logs.")).to_be_visible()
    at = Revision.objects.get(pk=revision.pk).effective_at
    assert at is not None
    monkeypatch.setattr(timezone, "now", lambda: at)
    page.goto(live_server.url + "/privacy/")
    page.reload()  # the browser may keep the page for a minute, as it was told
    expect(page.get_by_text("We keep half of the logs.")).to_be_visible()
    expect(page.get_by_text("This policy changes on")).to_have_count(0)
    page.goto(live_server.url + "/privacy/since/1/")
    expect(page.locator("ins").first).to_be_visible()


def _without_notes(sections):
    """Return the seed's sections in a finished form."""
    return [
        Section(it.heading, it.anchor, f"This is about {it.heading.lower()}.") for it in sections
    ]


def test_words_that_would_be_lost_are_asked_about(page, live_server, become):
    revision = make_revision(status=Status.IN_REVIEW)
    approved = make_revision(status=Status.APPROVED, policy=make_version().policy)
    ben, cyn = make_staff("ben", "Reviewers"), make_staff("cyn", "Publishers")
    for text in ("Why?", "How?"):
        workflow.comment(revision.pk, by=ben, at=timezone.now(), text=text)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    # An answer, beside another form that is sent.
    become(ben)
    page.goto(address(live_server, "review", revision.pk))
    page.locator("summary", has_text="Reply").first.click()
    answer = page.get_by_label("Your reply").first
    answer.fill("Because.")
    page.get_by_role("button", name="Resolve").last.click()
    expect(answer).to_have_value("Because.")
    page.get_by_role("button", name="Reply").first.click()
    said(page, "Reply added.")
    assert asked == ["beforeunload"]

    # A change note, beside a link.
    become(cyn)
    page.goto(address(live_server, "publish", approved.pk))
    note = page.get_by_label("Change note")
    note.fill("We keep less.")
    page.get_by_role("link", name="Home").click()
    expect(note).to_have_value("We keep less.")
    page.get_by_label("At once").check()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Ledger entry")).to_be_visible()
    assert asked == ["beforeunload", "beforeunload"]


def test_a_second_click_while_the_first_is_on_its_way_sends_nothing(page, live_server, become):
    revision = make_revision(status=Status.IN_REVIEW)
    become(make_staff("ben", "Reviewers"))
    page.goto(address(live_server, "review", revision.pk))

    sent = page.get_by_role("button", name="Approve").evaluate("""(button) => {
      let sent = 0;
      addEventListener("submit", (event) => { sent += event.defaultPrevented ? 0 : 1; });
      button.click();
      button.click();
      return sent;
    }""")

    assert sent == 1
    said(page, "Approved.")


def test_a_link_for_counsel_is_copied_with_one_click(page, live_server, become):
    draft = make_revision()
    writer = make_user("Writers")
    workflow.share(draft.pk, by=writer, at=timezone.now(), recipient="Counsel", days=3)
    become(writer)
    page.context.grant_permissions(["clipboard-write"])
    page.goto(address(live_server, "review", draft.pk))

    page.get_by_role("button", name="Copy the link for Counsel").click()

    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    page.get_by_label("Name of the reader").press("ControlOrMeta+v")
    link = page.get_by_label("Link for Counsel", exact=True).input_value()
    expect(page.get_by_label("Name of the reader")).to_have_value(link)


def test_a_link_is_copied_by_hand_where_the_browser_lets_no_script(page, live_server, become):
    draft, writer = make_revision(), make_user("Writers")
    workflow.share(draft.pk, by=writer, at=timezone.now(), recipient="Counsel", days=3)
    become(writer)
    review = address(live_server, "review", draft.pk)
    copy = page.get_by_role("button", name="Copy the link for Counsel")

    page.add_init_script("Clipboard.prototype.writeText = () => Promise.reject(new Error('no'))")
    page.goto(review)
    copy.click()
    expect(page.get_by_role("status").filter(has_text="The link is selected")).to_be_visible()
    expect(page.get_by_label("Link for Counsel", exact=True)).to_be_focused()

    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto(review)
    expect(page.get_by_label("Link for Counsel", exact=True)).to_be_visible()
    expect(copy).to_be_hidden()


def test_an_emergency_is_marked_until_another_person_has_approved_it(
    page, live_server, become, looker
):
    writer, ben = make_staff("ana", "Writers"), make_staff("ben", "Reviewers")
    hasty = make_staff("dan", "Publishers", permissions=["publish_without_approval"])
    draft = make_revision(writer=writer)

    become(hasty)
    page.goto(address(live_server, "review", draft.pk))
    page.get_by_role("link", name="In an emergency: Publish without approval …").click()
    expect(page.get_by_text("Nobody has approved this text.")).to_be_visible()
    page.get_by_label("Reason why this can’t wait").fill("A court order.")
    page.get_by_role("button", name="Publish without approval now").click()
    page.get_by_label("Password of dan").fill(PASSWORD)
    looker.look("the confirmation")
    page.get_by_role("button", name="Confirm and continue").click()
    expect(page.get_by_text("It stays on the reviewers’ desk")).to_be_visible()

    become(writer)
    expect(page.get_by_text("published without approval")).to_have_count(0)
    become(ben)
    open_task(page, "published without approval")
    expect(page.get_by_text("A court order.")).to_be_visible()
    page.get_by_role("button", name="Approve now").click()
    said(page, "Approved.")
    page.goto(live_server.url + "/admin/")
    expect(page.get_by_text("Nothing needs your attention.")).to_be_visible()


def test_what_a_comment_is_about_is_chosen_without_losing_what_is_written(
    page, live_server, become
):
    version = make_version()
    new = make_document(text="We keep nothing.")
    revision = make_revision(policy=version.policy, document=new, status=Status.IN_REVIEW)
    become(make_staff("ravi", "Reviewers"))
    page.goto(live_server.url + reverse("admin:policies_review", args=[revision.pk]))
    comment = page.get_by_label("Your comment")
    comment.fill("Nothing at all?")

    page.get_by_role("link", name="Comment on “Scope”").click()

    expect(comment).to_have_value("Nothing at all?")
    expect(comment).to_be_focused()
    expect(page.get_by_label("About", exact=True)).to_have_value("scope")

    page.get_by_role("link", name="Request changes").click()

    expect(comment).to_be_focused()
    expect(page.get_by_label("About", exact=True)).to_have_value("scope")


def test_who_types_a_day_has_chosen_that_day(page, live_server, become):
    revision = make_revision(status=Status.APPROVED)
    become(make_staff("paul", "Publishers"))
    page.goto(live_server.url + reverse("admin:policies_publish", args=[revision.pk]))
    assert page.locator("[name=when]:checked").count() == 0

    page.get_by_label("Day and time").fill("2090-05-02T09:30")

    expect(page.get_by_label("On this day, at this time")).to_be_checked()


def test_the_button_names_when_it_takes_effect_by_the_policys_clock(page, live_server):
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Pacific/Auckland")
    revision = make_revision(status=Status.APPROVED, policy=policy)
    log_in(page.context, live_server, make_user("Publishers"))
    page.goto(address(live_server, "publish", revision.pk))
    button = page.locator(".submit-row .default")
    expect(button).to_have_text("Publish")

    page.get_by_label("At once").check()
    expect(button).to_have_text("Publish now")
    page.get_by_label("Day and time").fill("2090-03-01T00:30")
    expect(button).to_have_text("Publish on March 1, 2090, 00:30 Pacific/Auckland")
    page.get_by_label("Day and time").fill("")
    expect(button).to_have_text("Publish")


def test_what_readers_will_see_is_beside_the_form_that_publishes(page, live_server):
    revision = make_revision(status=Status.APPROVED)
    log_in(page.context, live_server, make_user("Publishers"))

    page.goto(address(live_server, "publish", revision.pk))

    tops = "all => all.map(it => Math.round(it.getBoundingClientRect().top))"
    readers, form = page.locator(".readers > h2, .desk-form legend").evaluate_all(tops)
    assert abs(readers - form) < 9


def test_the_button_that_reschedules_names_the_new_time(page, live_server):
    version = make_version(effective_at=IN_FIFTY_YEARS)
    log_in(page.context, live_server, make_user("Publishers"))
    page.goto(address(live_server, "reschedule", version.pk))
    button = page.locator(".submit-row .default")
    expect(button).to_have_text("Reschedule to May 2, 2076, 12:00 UTC")

    page.get_by_label("Takes effect").fill("2076-05-16T09:00")

    expect(button).to_have_text("Reschedule to May 16, 2076, 09:00 UTC")


def test_without_scripts_a_page_names_when_it_takes_effect(page, live_server):
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    log_in(context, live_server, make_user("Publishers"))
    plain = context.new_page()
    revision = make_revision(status=Status.APPROVED, policy=make_version().policy)

    plain.goto(address(live_server, "publish", revision.pk))
    plain.get_by_label("Change note").fill("We keep less.\n\nMuch less.")
    plain.get_by_label("On this day, at this time").check()
    plain.get_by_label("Day and time").fill("2090-03-01T09:00")
    plain.get_by_role("button", name="Publish", exact=True).click()
    plain.get_by_role("button", name="Change something").click()
    plain.get_by_label("Day and time").fill("2090-03-02T09:00")
    plain.get_by_role("button", name="Publish", exact=True).click()
    assert not Revision.objects.filter(number=2).exists()
    plain.get_by_role("button", name="Publish on March 2, 2090, 09:00 UTC", exact=True).click()

    expect(plain.get_by_role("heading", name="version 2 is scheduled")).to_be_visible()
    assert Revision.objects.get(number=2).change_note == "We keep less.\n\nMuch less."
    context.close()
