"""Comments on words, in a browser: selected, marked, and found from the editor."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.states import Status
from policies.text.document import Document, Section
from tests.factories import make_policy, make_revision, make_version
from tests.site.browsing import log_in
from tests.site.logging_in import make_staff

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "We keep your **name** for 30 days, and your address for 30 days as well."

# Selects, as a mouse or Shift and the arrow keys would, from the first to the last of two words.
SELECT = """([first, last, nth]) => {
  const texts = document.createTreeWalker(document.querySelector(".changes"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const { data } = texts.currentNode;
    if (data.includes(first)) range.setStart(texts.currentNode, data.indexOf(first));
    const at = nth ? data.lastIndexOf(last) : data.indexOf(last);
    if (at >= 0) range.setEnd(texts.currentNode, at + last.length);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def open_review(page, server, revision, *roles):
    log_in(page.context, server, make_staff("ravi", *roles))
    page.goto(server.url + reverse("admin:policies_review", args=[revision.pk]))


def test_words_are_selected_and_commented_on_in_a_first_version(page, live_server):
    revision = make_revision(text=TEXT, status=Status.IN_REVIEW)
    open_review(page, live_server, revision, "Reviewers")
    button = page.get_by_role("button", name="Comment on these words")
    expect(button).to_be_hidden()

    page.evaluate(SELECT, ["your ", "days", True])
    page.evaluate(SELECT, ["address", "days", True])
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.get_by_label("About these words")).to_have_value("address for 30 days")
    expect(page.get_by_label("About", exact=True)).to_have_value("scope")
    page.keyboard.type("Why so long?")
    page.get_by_role("button", name="Comment", exact=True).click()

    expect(page.locator("mark.quoted")).to_have_text("address for 30 days")
    page.get_by_role("link", name="Comment 1, by ravi").click()
    expect(page.locator(".remark:target")).to_contain_text("Why so long?")
    page.get_by_role("link", name="address for 30 days").click()
    expect(page.locator("mark.quoted")).to_be_in_viewport()
    expect(page.locator("mark.quoted > :target")).to_have_count(1)


def test_the_links_beside_folded_sections_are_one_below_the_other_each_in_its_line(
    page, live_server, looker
):
    names = ("Scope", "Data", "Rights", "Contact")
    sections = tuple(Section(it, it.lower(), f"About {it}.") for it in names)
    policy = make_policy()
    old = Document("T", "", sections)
    make_version(policy=policy, document=old, at=timezone.now())
    new = Document("T", "New.", sections)
    revision = make_revision(policy=policy, document=new, status=Status.IN_REVIEW)
    open_review(page, live_server, revision, "Reviewers")

    boxes = "its => its.map(it => it.getBoundingClientRect()).map(it => [it.right, it.top])"
    links = page.locator(".text:has(> .unchanged) + .part-comment").evaluate_all(boxes)
    lines = page.locator(".unchanged > summary").evaluate_all(boxes)

    assert len(links) == len(lines) == 4
    assert len({right for right, _ in links}) == 1
    for (_, link), (_, line) in zip(links, lines, strict=True):
        assert abs(link - line) < 6
    looker.look("folded sections")
    page.locator(".unchanged > summary").first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Comment on “Scope”")).to_be_focused()


def test_the_link_beside_a_heading_that_is_read_from_right_to_left_is_left_of_it(page, live_server):
    document = Document("شروط", "", (Section("التعريفات", "a", "نص."),))
    revision = make_revision(
        policy=make_policy(language="ar"), document=document, status=Status.IN_REVIEW
    )
    open_review(page, live_server, revision, "Reviewers")

    link = page.locator(".part-comment").last.bounding_box()
    text = page.locator(".part > .text").last.bounding_box()
    assert link is not None
    assert text is not None
    assert link["x"] == text["x"]


def test_words_around_what_was_deleted_are_quoted_as_they_are_now(page, live_server):
    policy = make_policy()
    make_version(policy=policy)
    old = make_version(policy=policy, text=TEXT, at=timezone.now())
    text = TEXT.replace("30 days, and", "60 days and not")
    revision = make_revision(policy=old.policy, text=text, status=Status.IN_REVIEW)
    open_review(page, live_server, revision, "Reviewers")

    page.evaluate(SELECT, ["name", "your address", False])
    page.get_by_role("link", name="Comment on “Scope”").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("About these words")).to_have_value(
        "name for 60 days and not your address"
    )
    page.get_by_label("Your comment").fill("Why?")
    page.get_by_role("button", name="Comment", exact=True).click()

    marked = "".join(page.locator("mark.quoted").all_text_contents())
    assert "30" not in marked
    assert marked.startswith("name")
    assert marked.endswith("your address")


def test_a_section_is_commented_on_by_keyboard_alone(page, live_server):
    revision = make_revision(status=Status.IN_REVIEW)
    open_review(page, live_server, revision, "Reviewers")

    page.get_by_role("link", name="Comment on “Contact”").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.get_by_label("About", exact=True)).to_have_value("contact")
    expect(page.get_by_label("About these words")).to_have_value("")


def test_the_words_of_a_comment_are_selected_in_the_editor(page, live_server):
    draft = make_revision(text=TEXT)
    writer = make_staff("ana", "Writers")
    workflow.comment(draft.pk, by=writer, at=timezone.now(), text="Why?", words="name for 30 days")
    log_in(page.context, live_server, writer)
    page.goto(live_server.url + reverse("admin:policies_edit", args=[draft.pk]))

    page.locator("#comments").get_by_role("link", name="name for 30 days").click()

    page.wait_for_function(
        """() => {
          const { selectionStart, selectionEnd, value } = document.activeElement;
          return value?.slice(selectionStart, selectionEnd).startsWith("**name** for 30 days");
        }"""
    )


def test_counsel_suggests_other_words_by_link_where_the_words_are(page, live_server):
    draft = make_revision(text=TEXT)
    link = workflow.share(
        draft.pk,
        by=make_staff("ana", "Writers"),
        at=timezone.now(),
        recipient="Counsel",
        takes_comments=True,
    )
    page.goto(live_server.url + reverse("policies:preview", args=[link.token]))

    page.evaluate(SELECT.replace(".changes", ".prose"), ["address", "days", True])
    page.get_by_role("button", name="Comment or suggest other words").click()
    other = page.get_by_label("Replace them with")
    expect(other).to_be_focused()
    expect(other).to_have_value("address for 30 days")
    expect(page.get_by_label("About these words")).to_be_visible()
    words, form = page.locator("#scope + p").bounding_box(), page.locator("form").bounding_box()
    assert 0 < form["y"] - words["y"] < 80
    page.keyboard.press("Escape")
    expect(other).to_have_value("")
    page.evaluate(SELECT.replace(".changes", ".prose"), ["address", "days", True])
    page.get_by_role("button", name="Comment or suggest other words").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" at most")
    page.get_by_label("Your comment", exact=True).fill("Why so long?")
    page.get_by_label("Your name").fill("Jane Roe")
    page.get_by_role("button", name="Send comment").click()

    expect(page.locator(".sent-comment")).to_contain_text("Jane Roe")
    expect(page.locator(".sent-comment blockquote")).to_have_text("address for 30 days")
    expect(page.locator(".sent-comment ins")).to_have_text("address for 30 days at most")
    expect(page.locator(".sent-comment")).to_be_in_viewport()
    assert page.context.cookies() == []
