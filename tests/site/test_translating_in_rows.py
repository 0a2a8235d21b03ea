"""The editor of a translation: each section of the source beside the one that translates it."""

import pytest
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import DAY, NOW, make_policy, make_revision, make_version
from tests.site.browsing import editor, save, show

pytestmark = pytest.mark.django_db(transaction=True)


def text(*sections, title="Terms", introduction="Hello."):
    parts = (Section(heading, heading.lower(), body) for heading, body in sections)
    return Document(title, introduction, tuple(parts))


ENGLISH = text(("Scope", "All of us."), ("Costs", "Nothing."), ("Contact", "Write to us."))
CHANGED = text(
    ("Scope", "All of us and you."),
    ("Costs", "Nothing."),
    ("Calls", "Recorded never."),
    ("Contact", "Write to us."),
)


@pytest.fixture
def translation(page, live_server, writer):
    english = make_policy(name="Terms")
    make_version(policy=english, document=ENGLISH, at=NOW)
    german = make_policy(name="Bedingungen", language="de", translation_of=english)
    bodies = (("Scope", "Wir alle."), ("Costs", "Nothing."), ("Contact", "Schreiben Sie."))
    document = text(*bodies, title="Bedingungen", introduction="Hallo.")
    make_version(policy=german, document=document, at=NOW + DAY)
    make_version(policy=english, document=CHANGED, at=NOW + 2 * DAY)
    page.add_init_script("localStorage['editor-mode'] = 'formatted'")
    draft = make_revision(writer=writer, policy=german, document=document)
    page.goto(editor(live_server, draft))
    expect(page.locator(".source-row").nth(1)).to_be_attached()
    return draft


def work(page):
    """Return what each section of the source needs, by the heading above it."""
    rows = page.locator(".source-row:has(.pair-work)")
    return rows.evaluate_all(
        """all => Object.fromEntries(all.map((row) => {
            const heading = row.querySelector(".source-text").shadowRoot.querySelector("h2");
            const words = (heading.querySelector("ins") ?? heading).cloneNode(true);
            for (const said of words.querySelectorAll("*")) said.remove();
            return [words.textContent.trim(), row.querySelector(".pair-work").textContent];
        }))"""
    )


def tops(page, number):
    """Return where the source and the translation of a section begin, in pixels."""
    section = page.locator(".section").nth(number - 1)
    parts = (section.locator(".source-row").first, section.locator(".surface, [name=body]").last)
    return [part.bounding_box() for part in parts]


def test_what_needs_work_is_marked_beside_each_section_and_in_the_outline(page, translation):
    assert work(page) == {
        "Scope": "Changed in the source",
        "Costs": "Not translated yet",
        "Calls": "Missing in the translation",
    }
    marked = page.locator(".outline li", has=page.locator(".mark-work"))
    expect(marked).to_have_count(2)
    expect(marked.first).to_contain_text("Scope")
    expect(page.locator(".source-row ins").first).to_contain_text("and you")


@pytest.mark.parametrize("width", [768, 1024, 1366, 1920])
def test_both_texts_share_a_row(page, translation, width):
    page.set_viewport_size({"width": width, "height": 768})
    expect(page.locator(".surface").nth(2)).to_be_visible()
    for number in (1, 2, 3):
        source, own = tops(page, number)
        assert abs(source["y"] - own["y"]) < 24
        assert source["x"] + source["width"] <= own["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_has_the_source_above_the_translation(page, translation):
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".surface").nth(2)).to_be_visible()
    source, own = tops(page, 1)
    assert source["y"] + source["height"] <= own["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_missing_section_is_added_where_the_source_has_it(page, translation):
    page.get_by_role("button", name="Add this section here").click()
    page.keyboard.type("Anrufe")

    headings = page.locator("[name=heading]").evaluate_all("all => all.map(it => it.value)")
    assert headings == ["Scope", "Costs", "Anrufe", "Contact"]
    added = page.locator(".section").nth(2)
    expect(added.locator(".source-text")).to_contain_text("Recorded never.")


def test_what_is_translated_needs_no_work_once_it_is_saved(page, translation):
    page.locator(".section").nth(1).locator(".surface-text").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Nichts.")
    save(page)

    expect(page.locator(".pair-work", has_text="Not translated yet")).to_have_count(0)
    assert "Costs" not in work(page)


def test_the_source_is_shown_only_while_it_is_wanted(page, translation):
    show(page, "Source")
    expect(page.locator(".source-row").first).to_be_hidden()
    page.reload()
    expect(page.locator(".surface").nth(2)).to_be_visible()
    expect(page.locator(".source-row")).to_have_count(0)


def test_it_says_when_the_source_can_not_be_read(page, translation):
    show(page, "Source")
    page.route("**/side-by-side/**", lambda route: route.abort())
    show(page, "Source")
    expect(page.locator("#said")).to_contain_text("The source can’t be shown now.")
