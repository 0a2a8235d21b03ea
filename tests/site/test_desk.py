"""The desk in a browser: a lawyer's morning, mistakes included."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.models import Revision, UnsavedText
from policies.states import Status
from policies.text.document import Document, Section
from policies.text.importing import pasting
from tests.factories import make_document, make_policy, make_revision, make_user, make_version
from tests.site.browsing import editor, expect_no_copies, expect_saved, in_menu, log_in, save, show
from tests.site.logging_in import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def stored(revision):
    return Revision.objects.get(pk=revision.pk).document()


def test_a_finding_leads_into_a_section_that_was_just_added(page, live_server, writer):
    """Behind an empty one, which the preview leaves out."""
    page.goto(editor(live_server, make_revision(writer=writer)))
    for _ in range(2):
        page.get_by_role("button", name="Add section").click()
    added = page.locator(".section").last
    added.locator("[name=heading]").fill("Complaints")
    added.locator("[name=body]").fill("Ask [TBD] about it.")

    show(page, "Findings")
    page.locator(".finding", has_text="[TBD]").get_by_role("link", name="Complaints").click()

    expect(added.locator("[name=body]")).to_be_focused()
    page.keyboard.type("Please. ")
    expect(added.locator("[name=body]")).to_have_value("Please. Ask [TBD] about it.")


def test_the_link_of_a_finding_late_in_a_long_sentence_leads_near_it(page, live_server, writer):
    numbers = " ".join(str(number) for number in range(100, 200))
    text = Document("T", f"We keep {numbers} for [Company] and {numbers}.", ())
    page.goto(editor(live_server, make_revision(writer=writer, document=text)))

    show(page, "Findings")
    page.locator(".findings-blocks a").click()

    expect(page.get_by_label("Introduction")).to_be_focused()
    page.keyboard.type("HERE ")
    words = page.get_by_label("Introduction").input_value()
    assert 0 < words.index("[Company]") - words.index("HERE") < 200


def test_two_tabs_do_not_overwrite_each_other(page, live_server, writer):
    draft = make_revision(writer=writer)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(editor(live_server, draft))
    other.get_by_label("Title").fill("Saved in the other tab")
    save(other)

    page.get_by_label("Introduction").fill("Typed in this tab.")
    page.locator(".editor-bar").get_by_role("button", name="Save").click()

    said = page.locator(".messagelist")
    expect(said).to_contain_text("Changed meanwhile, and kept: title (you, in another window).")
    # The server has the text, so the next page must not offer it as one that is not saved.
    expect_no_copies(page)
    other.get_by_label("Introduction").fill("Typed in the other tab.")
    other.locator(".editor-bar").get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("was saved by")
    expect_no_copies(other)
    other.get_by_role("group", name="Introduction").get_by_label("Keep the saved version").check()
    other.get_by_role("button", name="Save my choices").click()
    expect_saved(other)
    assert stored(draft).title == "Saved in the other tab"
    assert stored(draft).introduction == "Typed in this tab."


def test_one_sees_in_which_section_another_person_writes(page, live_server, writer):
    draft = make_revision(writer=writer)
    other = page.context.browser.new_context()
    log_in(other, live_server, make_user("Writers", name="Otto-von-Hohenlohe"))
    theirs = other.new_page()
    for tab in (page, theirs):
        tab.goto(editor(live_server, draft))
    expect(theirs.locator("#visits")).to_contain_text(" has this draft open")

    theirs.get_by_label("Text of section 2").fill("Write to us.")
    expect(theirs.locator("#state")).to_contain_text("for you only")
    page.get_by_label("Introduction").fill("Mine.")

    expect(page.locator("#visits")).to_have_text(re.compile("Otto-von-Hohenlohe is in “Contact”"))
    page.set_viewport_size({"width": 1366, "height": 768})
    assert page.locator(".editor-bar").bounding_box()["height"] < 100
    other.close()


def test_without_a_connection_nothing_is_sent_unasked_and_the_text_stays(page, live_server, draft):
    told = []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.goto(live_server.url + reverse("admin:policies_submit", args=[draft.pk]))
    note = page.get_by_label("Note to the reviewer")
    note.fill("Typed on a train.")
    page.context.set_offline(True)

    page.get_by_role("button", name="Submit for review").click()

    expect(note).to_have_value("Typed on a train.")
    assert [it.partition(".")[0] for it in told] == ["There seems to be no connection"]
    page.context.set_offline(False)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator(".messagelist")).to_contain_text("Submitted for review")


def test_the_back_button_brings_back_the_form(page, live_server, writer):
    draft = make_revision(writer=writer)
    page.goto(live_server.url + "/admin/")
    page.goto(editor(live_server, draft))
    page.get_by_label("Title").fill("Changed")
    save(page)
    page.get_by_role("link", name="Home").click()
    page.go_back()

    page.get_by_label("Title").fill("Changed again")
    save(page)

    assert stored(draft).title == "Changed again"


@pytest.mark.parametrize("adds_section", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_after_a_save_the_writer_is_where_they_were(
    page, live_server, writer, width, *, adds_section
):
    """Also if the page is loaded anew, for the link to a section that was added."""
    page.set_viewport_size({"width": width, "height": 800})
    sections = tuple(Section(f"Section {it}", f"s{it}", "Words.") for it in range(12))
    draft = make_revision(writer=writer, document=Document("Long", "", sections))
    page.goto(editor(live_server, draft))
    if adds_section:
        page.get_by_role("button", name="Add section").click()
        page.locator("[name=heading]").last.fill("Added")
    tenth = page.locator("[name=body]").nth(9)
    tenth.fill("Other words.")
    bar = page.locator(".editor-bar")
    expect(bar.get_by_role("button", name="Save")).to_be_in_viewport()

    bar.get_by_role("button", name="Save").click()

    expect(page.locator("#state")).to_have_text("Saved.")
    expect(tenth).to_be_focused()
    expect(tenth).to_be_in_viewport()
    expect(bar).to_be_in_viewport()
    page.keyboard.type("!")
    expect(tenth).to_have_value("Other words.!")
    expect(page.locator("#state")).to_have_text("Not saved yet.")
    expect(page.locator(".messagelist .success")).to_have_count(0)


def test_a_double_click_saves_once(page, draft):
    page.get_by_label("Title").fill("Once")

    page.locator(".editor-bar").get_by_role("button", name="Save").dblclick()

    expect_saved(page)
    assert Revision.objects.get(pk=draft.pk).saves == draft.saves + 1


def test_what_was_typed_survives_an_expired_session(page, writer, draft):
    page.get_by_label("Introduction").fill('A long morning\'s "work" & more.\n\nTwo paragraphs.')
    Session.objects.all().delete()

    page.locator(".editor-bar").get_by_role("button", name="Save").click()
    expect(page.get_by_text("You were logged out.")).to_be_visible()
    page.get_by_label("Username").fill(writer.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Resubmit").click()

    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    expect_no_copies(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    assert stored(draft).introduction == 'A long morning\'s "work" & more.\n\nTwo paragraphs.'
    assert not UnsavedText.objects.exists()  # the browser's copy of it is not offered again


def test_everything_can_be_done_without_scripts(page, live_server, writer):
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    log_in(context, live_server, writer)
    plain = context.new_page()
    draft = make_revision(writer=writer)

    plain.goto(editor(live_server, draft))
    expect(plain.locator("markdown-toolbar").first).to_be_hidden()
    plain.get_by_role("button", name="Add section").click()
    plain.locator("[name=heading]").nth(2).fill("Third")
    plain.locator("[name=body]").nth(2).fill("**Strong** words.")
    in_menu(plain, "Move up section 3")
    expect(plain.locator("[name=heading]").nth(1)).to_have_value("Third")
    in_menu(plain, "Remove section 1")
    plain.get_by_role("button", name="Preview").click()
    expect(plain.locator("#preview strong")).to_have_text("Strong")
    assert len(stored(draft).sections) == 2
    plain.locator(".editor-bar").get_by_role("button", name="Save").click()

    assert [it.anchor for it in stored(draft).sections] == ["third", "contact"]
    context.close()


def test_a_section_is_moved_by_keyboard_alone_and_keeps_its_anchor(page, draft):
    page.get_by_label("Title").focus()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.section-more')"):
            page.keyboard.press("Enter")
        if page.evaluate("document.activeElement.value") == "down:1":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_text("Moved to position 2 of 2.")).to_be_visible()
    expect(page.locator("[name=heading]").nth(0)).to_have_value("Contact")
    assert page.evaluate("document.activeElement.value") == "down:2"
    page.get_by_label("Section 2", exact=True).fill("Scope, renamed")
    page.keyboard.press("Enter")
    expect_saved(page)
    assert [(it.heading, it.anchor) for it in stored(draft).sections] == [
        ("Contact", "contact"),
        ("Scope, renamed", "scope"),
    ]


def test_a_section_is_dragged_to_its_place(page, draft):
    # Both are in view: the driver does not drag on while it scrolls.
    page.locator(".section").first.evaluate("it => it.scrollIntoView()")
    page.locator(".section-handle").nth(1).drag_to(
        page.locator(".section").nth(0), target_position={"x": 40, "y": 5}
    )

    expect(page.get_by_label("Section 1", exact=True)).to_have_value("Contact")
    expect(page.locator(".section-number").nth(0)).to_have_text("1")


def test_neither_unsaved_words_nor_a_reason_that_is_being_written_are_lost(
    page, live_server, writer
):
    text = Document("T", "See [it](#nowhere).", (Section("A", "a", "Text."),))
    draft = make_revision(writer=writer, document=text)
    page.goto(editor(live_server, draft))
    show(page, "Findings")
    findings = page.locator("#findings-list")
    reason = findings.locator("[name=reason]").first
    reason.fill("It is meant")
    page.get_by_label("Introduction").fill("See [it](#nowhere). Now.")
    expect(page.locator("#preview")).to_contain_text("Now.")
    expect(reason).to_have_value("It is meant")

    reason.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("Reason saved.")
    expect(page.get_by_label("Introduction")).to_have_value("See [it](#nowhere). Now.")


def test_no_unsaved_word_is_lost_to_a_comment(page, live_server, writer):
    draft = make_revision(writer=writer)
    workflow.comment(
        draft.pk, text="Why?", section_anchor="", by=make_user("Reviewers"), at=timezone.now()
    )
    page.goto(editor(live_server, draft))
    page.get_by_label("Introduction").fill("Since you ask.")

    page.locator("summary", has_text="Reply").click()
    page.get_by_label("Your reply").fill("Because.")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator("#said")).to_contain_text("Send or clear the replies and reasons")
    page.get_by_role("button", name="Reply").click()

    expect(page.locator(".messagelist")).to_contain_text("Reply added.")
    expect(page.get_by_label("Introduction")).to_have_value("Since you ask.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".messagelist")).to_contain_text("Comment resolved.")
    expect(page.get_by_role("heading", name="Comments")).to_have_count(0)
    save(page)
    assert stored(draft).introduction == "Since you ask."


def test_a_button_that_goes_before_its_form_is_sent_stops_no_save(page, live_server, writer):
    draft = make_revision(writer=writer)
    by = make_user("Reviewers")
    workflow.comment(draft.pk, text="Why?", section_anchor="", by=by, at=timezone.now())
    page.goto(editor(live_server, draft))
    held = []
    page.route("**/keep/", lambda route: held.append(route))
    page.get_by_label("Introduction").fill("Since you ask.")
    resolve = page.get_by_role("button", name="Resolve")
    with page.expect_request("**/keep/"):
        resolve.click()
    resolve.evaluate("it => it.remove()")
    held[0].continue_()
    expect(page.get_by_text("That was not sent")).to_be_visible()

    save(page)

    assert stored(draft).introduction == "Since you ask."


def test_the_reason_why_the_preview_is_out_of_date_is_shown(page, live_server, writer):
    page.goto(editor(live_server, make_revision(writer=writer)))

    page.locator("[name=body]").first.fill("# No")
    expect(page.locator("#state")).to_contain_text("The preview is out of date. The")
    expect(page.locator("#preview")).to_have_css("outline-style", "dashed")
    page.locator("[name=body]").first.fill("Words.")
    expect(page.locator("#state")).to_have_text("Not saved yet.")
    expect(page.locator("#preview")).to_have_css("opacity", "1")


def test_a_section_that_was_removed_by_mistake_comes_back(page, live_server, writer):
    draft = make_revision(writer=writer)
    page.goto(editor(live_server, draft))

    in_menu(page, "Remove section 1")
    expect(page.locator(".section")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Restore .*")).click()

    expect(page.locator("[name=heading]").nth(0)).to_have_value("Scope")
    save(page)
    assert stored(draft) == draft.document()


def test_the_toolbar_writes_markdown_that_can_be_undone(page, draft):
    area = page.locator("[name=body]").nth(0)
    area.fill("word")
    area.select_text()
    toolbar = page.locator("markdown-toolbar")

    toolbar.locator("md-bold").click()
    expect(area).to_have_value("**word**")
    toolbar.get_by_role("button", name="Table").click()
    assert "| --- | --- |" in area.input_value()
    page.keyboard.press("Control+z")
    expect(area).to_have_value("**word**")


def test_the_preview_follows_what_is_written_and_where(page, live_server, writer):
    long = "\n\n".join(["A paragraph of some words, again and again."] * 30)
    sections = tuple(Section(f"Part {n}", f"part-{n}", long) for n in range(1, 9))
    draft = make_revision(writer=writer, document=Document("Privacy", "", sections))
    page.goto(editor(live_server, draft))

    show(page, "Preview")
    page.locator("[name=body]").nth(6).fill("Now *emphasised*.")

    expect(page.locator("#preview em")).to_have_text("emphasised")
    expect(page.locator("#preview em")).to_be_in_viewport()
    assert stored(draft) == draft.document()


PASTED = """<html><body><!--StartFragment--><p class=MsoNormal style='color:red'>A <b>bold</b> word
and <a href="https://example.org/">a link</a>.</p><ul><li>one</li><li>two</li></ul>
<p><img src="file:///C:/seal.png"></p><!--EndFragment--></body></html>"""


def paste(page, selector, html):
    page.locator(selector).first.focus()
    page.evaluate(
        """([selector, html]) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "plain");
            document.querySelector(selector).dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
            );
        }""",
        [selector, html],
    )


def test_what_is_pasted_from_word_arrives_as_markdown(page, draft):
    page.locator("#introduction").fill("")

    paste(page, "#introduction", PASTED)

    expect(page.locator("#introduction")).to_have_value(
        re.compile(
            r"A \*\*bold\*\* word\s+and \[a link\]\(https://example.org/\)\.\s+- one\s+- two"
        )
    )
    expect(page.locator("#said")).to_have_text("Left out of what you pasted: pictures.")


@pytest.mark.parametrize(
    ("html", "value"),
    [
        ("<p>One.</p><p>Two.</p>", "Before.\n\nOne.\n\nTwo.\n\nAfter."),
        ("<ul><li>one</li></ul>", "Before.\n\n- one\n\nAfter."),
        ("<b>One.</b>", "Before.**One.**After."),
    ],
)
def test_pasted_blocks_are_separated_from_the_text_around_them(page, html, value, draft):
    page.locator("#introduction").fill("Before.After.")
    page.locator("#introduction").evaluate("area => area.setSelectionRange(7, 7)")

    paste(page, "#introduction", html)

    expect(page.locator("#introduction")).to_have_value(value)


def test_footnotes_of_a_paste_differ_from_those_in_the_draft(page, draft):
    page.locator("[name=body]").first.fill("Text[^1] and[^2].\n\n[^1]: One.\n\n[^2]: Two.")
    page.locator("#introduction").fill("")

    paste(
        page,
        "#introduction",
        '<p>a<a id=r href="#n">1</a></p><p id=n>Note. <a href="#r">back</a></p>',
    )

    expect(page.locator("#introduction")).to_have_value("a[^note-1]\n\n[^note-1]: Note.")


def test_headings_of_a_paste_become_sections_when_somebody_wants_them(page, live_server, writer):
    draft = make_revision(writer=writer, document=Document("Privacy", "", ()))
    page.goto(editor(live_server, draft))

    paste(page, "#introduction", "<p>First.</p><h2>Scope</h2><p>One.</p><h3>Deep</h3><h2>Rest</h2>")
    expect(page.locator("#introduction")).to_have_value(re.compile("### Scope"))
    page.get_by_role("button", name="Turn these 2 headings into sections").click()

    expect(page.locator("#said")).to_have_text("Made 2 sections.")
    page.get_by_role("button", name="Save draft", exact=True).last.click()
    expect_saved(page)
    assert stored(draft) == Document(
        "Privacy",
        "First.",
        (Section("Scope", "scope", "One.\n\n### Deep"), Section("Rest", "rest", "")),
    )


def test_five_megabytes_of_paste_are_refused_and_nothing_is_lost(page, draft):
    """The browser has the server's limit, and counts bytes as the server does."""
    limit = page.locator("#draft").get_attribute("data-max-paste")
    assert limit == str(pasting.MAX_BYTES)
    page.locator("#introduction").fill("Mine.")

    paste(page, "#introduction", "<p>Žluťoučký kůň</p>" * 220_000)  # 4.4 million characters

    expect(page.locator("#said")).to_contain_text("more than 5 MB")
    expect(page.locator("#introduction")).to_have_value("Mine.")


def test_fields_of_django_are_whole_on_a_phone_and_so_is_the_outline_around_them(
    page, live_server, writer
):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(live_server.url + reverse("admin:password_change"))

    cut_off = page.locator(".form-row").evaluate_all(
        """rows => rows.filter(row =>
            getComputedStyle(row).overflow !== "visible" ||
            row.querySelector("input").getBoundingClientRect().right >
                row.getBoundingClientRect().right + 1
        ).length"""
    )

    expect(page.locator(".form-row")).to_have_count(3)
    assert cut_off == 0


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_tables_take_the_room_there_is_on_a_tablet_and_on_paper(page, live_server, medium):
    log_in(page.context, live_server, make_user("Writers", "Publishers"))
    policy = make_version().policy
    page.set_viewport_size({"width": 1000, "height": 700})
    page.emulate_media(media=medium)
    wanting = []

    for path in (
        reverse("admin:index"),
        reverse("admin:policies_history", args=[policy.pk]),
        reverse("admin:policies_audit", args=[policy.pk]),
    ):
        page.goto(live_server.url + path)
        table, room = (page.locator(it).bounding_box() for it in (".desk-table", ".desk-scroll"))
        if not table or not room or table["width"] < room["width"]:
            wanting.append((path, table, room))

    assert wanting == []


def test_a_long_word_in_a_name_widens_no_screen(page, live_server):
    log_in(page.context, live_server, make_user("Writers", is_superuser=True))
    name = f"Datenschutz der {'Rechtsschutzversicherungsgesellschaften' * 2}"
    source = make_revision(status=Status.PUBLISHED).policy
    policy = make_policy(name=name, language="de", translation_of=source)
    draft = make_revision(policy=policy, document=make_document(title=name))
    too_wide = []

    for path in (
        reverse("admin:index"),
        reverse("admin:policies_side_by_side", args=[draft.pk]),
        reverse("admin:policies_whole_audit"),
        reverse("admin:policies_review", args=[draft.pk]),
        reverse("admin:policies_policy_change", args=[policy.pk]),
    ):
        page.goto(live_server.url + path)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            boxes = page.locator("html, .desk-scroll")
            if boxes.evaluate_all("all => all.some(it => it.scrollWidth > it.clientWidth)"):
                too_wide.append((path, width))

    assert too_wide == []
