"""Changes of a draft in a browser: shown while it is written, undone, compared with others'."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.text.document import Document, Section
from tests.factories import NOW, make_policy, make_revision, make_user, make_version, save_draft
from tests.site.browsing import editor, expect_no_copies, in_menu, log_in, save, show
from tests.site.logging_in import make_staff
from tests.site.test_desk import stored

pytestmark = pytest.mark.django_db(transaction=True)

BASE = Document(
    "Terms",
    "Hello.",
    (
        Section("Keeping", "keeping", "We keep your data for 30 days. It is in the EU."),
        Section("Sharing", "sharing", "Nobody else gets any of your data, whoever they are."),
    ),
)


def test_changes_are_seen_and_undone_while_writing(page, live_server, looker):
    log_in(page.context, live_server, make_staff("ana", "Writers"))
    version = make_version(document=BASE)
    draft = workflow.start_draft(version.policy_id, by=make_user("Writers"), at=timezone.now())
    page.goto(editor(live_server, draft))
    changes = page.get_by_role("region", name="Changes")
    toggle = page.get_by_role("button", name="Changes", exact=True)

    toggle.press("Enter")
    expect(changes).to_contain_text("Nothing has changed")
    page.locator("[name=body]").first.fill("We keep your data for 14 days. It is in the UK.")
    in_menu(page, "Remove section 2")
    undo = changes.get_by_role("button", name="Undo: 30 → 14")
    expect(undo).to_be_visible()
    looker.look("changes")
    undo.press("Enter")

    expect(page.locator("#said")).to_contain_text("Undone: 30 → 14.")
    expect(page.locator("[name=body]").first).to_have_value(
        "We keep your data for 30 days. It is in the UK."
    )
    expect(undo).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("[name=body]").first).to_have_value(
        "We keep your data for 14 days. It is in the UK."
    )
    expect(undo).to_be_visible()
    changes.get_by_role("button", name="Undo: section removed").click()
    expect(page.locator("[name=heading]").nth(1)).to_have_value("Sharing")
    show(page, "Preview")
    expect(changes).to_be_hidden()
    expect(page.locator("#preview")).to_contain_text("14 days")
    save(page)

    assert stored(draft).sections[1] == BASE.sections[1]
    assert stored(draft).sections[0].body == "We keep your data for 14 days. It is in the UK."


def test_changes_are_marked_and_undone_where_they_are_written(page, live_server, looker):
    log_in(page.context, live_server, make_staff("ana", "Writers"))
    page.goto(live_server.url + "/robots.txt")
    page.evaluate("localStorage['editor-mode'] = 'formatted'")
    body = "We keep __data__ for 30 days.\n\n* in the EU\n* in the UK\n\nNobody else gets it."
    text = Document("Terms", "", (Section("Keeping", "keeping", body),))
    version = make_version(document=text)
    draft = workflow.start_draft(version.policy_id, by=make_user("Writers"), at=timezone.now())
    page.goto(editor(live_server, draft))
    surface = page.get_by_role("textbox", name="Text of section 1", exact=True)
    area = page.locator("[name=body]").first
    expect(page.locator(".surface-text")).to_have_count(2)

    surface.locator("p").first.click(position={"x": 1, "y": 8})
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.type("They")
    surface.get_by_text("in the UK").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("in Norway")
    page.get_by_role("button", name="Changes", exact=True).click()

    expect(surface.locator("del")).to_have_text("We")
    expect(surface.locator("ins")).to_have_text(["They", "in Norway"])
    expect(page.locator(".surface-text").first.locator(".undo")).to_have_count(0)
    looker.look("marks")
    surface.get_by_text("Nobody else").click()
    page.keyboard.press("End")
    page.keyboard.type(" Ever.")
    expect(surface.locator("ins")).to_have_text(["They", "in Norway", "Ever."])
    surface.get_by_role("button", name="Undo: nothing → in Norway").click()
    surface.get_by_role("button", name="Undo: We → They").press("Enter")
    expect(surface.locator("ins")).to_have_text(["Ever."])
    assert area.input_value() == f"{body} Ever."
    surface.get_by_role("button", name="Undo: nothing → Ever.").click()
    assert area.input_value() == body

    page.get_by_role("button", name="Add section").click()
    added = page.get_by_role("textbox", name="Text of section 2", exact=True)
    expect(added).to_have_attribute("contenteditable", "true")
    added.click()
    page.keyboard.type("New to all.")
    expect(added.locator("ins")).to_have_text("New to all.")
    show(page, "Preview")
    surface.get_by_text("in the UK").click()
    page.keyboard.type("!")
    expect(surface.locator("ins, .undo")).to_have_count(0)


@pytest.mark.parametrize("after_a_save", [False, True])
def test_the_changes_of_two_people_in_one_section_are_both_kept(page, live_server, *, after_a_save):
    writer = make_staff("ana", "Writers")
    log_in(page.context, live_server, writer)
    first = "A first one." if after_a_save else "The first one."
    text = Document("Terms", "", (Section("Use", "use", f"{first}\n\nThe second one."),))
    draft = make_revision(document=text)
    page.goto(editor(live_server, draft))
    if after_a_save:
        page.get_by_label("Text of section 1").fill("The first one.\n\nThe second one.")
        save(page)
        draft.refresh_from_db()
    section = Section("Use", "use", "The first one.\n\nThe last one.")
    theirs = Document("Terms", "", (Section("New", "new", "Words."), section))
    save_draft(draft, theirs, at=timezone.now())

    page.get_by_label("Text of section 1").fill("The only one.\n\nThe second one.")
    page.keyboard.press("Control+s")

    expect(page.locator(".messagelist")).to_contain_text(
        "Changed meanwhile, and kept: “New”, “Use”"
    )
    both = "The only one.\n\nThe last one."
    expect(page.get_by_label("Text of section 2")).to_have_value(both)
    expect(page.get_by_label("Text of section 2")).to_be_focused()
    assert [it.body for it in stored(draft).sections] == ["Words.", both]
    expect_no_copies(page)


# When the form itself is on its way, a page takes what is typed until the next one comes.
TYPE_LATER = """field => field.form.addEventListener("submit", event => {
  if (!event.defaultPrevented) setTimeout(() => {
    field.value = field.value.replace("only one", "only one, typed later");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})"""


@pytest.mark.parametrize("is_same_section", [False, True])
def test_what_is_typed_while_two_texts_are_merged_is_not_lost(
    page, live_server, *, is_same_section
):
    log_in(page.context, live_server, make_staff("ana", "Writers"))
    one = Section("Use", "use", "The first one.\n\nThe second one.")
    draft = make_revision(document=Document("Terms", "", (one,)))
    page.goto(editor(live_server, draft))
    body = "The first one.\n\nThe last one." if is_same_section else one.body
    theirs = Document("Terms", "Theirs.", (Section("Use", "use", body),))
    save_draft(draft, theirs, at=timezone.now())
    field = page.get_by_label("Text of section 1")
    field.fill("The only one.\n\nThe second one.")
    field.evaluate(TYPE_LATER)
    page.keyboard.press("Control+s")

    expect(field).to_have_value("The only one, typed later.\n\nThe second one.")
    if is_same_section:
        expect(page.locator(".unsaved-note")).to_contain_text("The draft has been saved since")
    else:
        expect(page.locator(".messagelist")).to_contain_text("Changed meanwhile, and kept")
    assert "The only one.\n\n" in stored(draft).sections[0].body
    expect_no_copies(page)


def test_arrows_in_a_table_take_no_room_and_can_be_reached(page, live_server):
    table = "| Data | Kept |\n|---|---|\n| Name | {} |\n| Calls | {} |\n| Faults | {} |"
    policy = make_policy(slug="table")
    kept = [("30 days", "60 days", "90 days"), ("3 days", "6 days", "9 days")]
    for hours, ends in enumerate(kept):
        text = Document("Table", "", (Section("Keeping", "keeping", table.format(*ends)),))
        at = NOW + timedelta(hours=hours)
        make_version(policy=policy, document=text, at=at)
    page.goto(f"{live_server}/table/compare/1/2/")
    height = "document.querySelector('table').offsetHeight"
    with_arrows = page.evaluate(height)
    second = page.locator("[id='site:change-2']")
    expect(second).to_have_css("opacity", "0")

    page.locator("[id='site:change-1'] .redline-next").press("Enter")

    expect(page).to_have_url(f"{live_server}/table/compare/1/2/#site:change-2")
    expect(second).to_have_css("opacity", "1")
    page.locator("td").nth(5).hover()
    expect(page.locator("[id='site:change-3']")).to_have_css("opacity", "1")
    page.evaluate("for (const it of document.querySelectorAll('.redline-stop')) it.remove()")
    assert page.evaluate(height) == with_arrows
