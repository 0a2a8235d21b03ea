"""The editor as a word processor: room for the text, one undo, signs that become what they mean."""

import pytest
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import make_policy, make_revision
from tests.site.browsing import editor, in_menu, show

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = Document(
    "Terms",
    "",
    tuple(Section(f"Part {n}", f"part-{n}", f"Words of part {n}.\n\n" * 9) for n in range(1, 6)),
)


@pytest.fixture
def formatted(page, live_server, writer):
    page.add_init_script("localStorage['editor-mode'] = 'formatted'")

    def open_text(document=TEXT, **about):
        draft = make_revision(writer=writer, document=document, **about)
        page.goto(editor(live_server, draft))
        expect(page.locator(".surface-text").nth(min(2, len(document.sections)))).to_be_visible()
        return draft

    return open_text


def body(page, number):
    return page.locator("[name=body]").nth(number - 1)


def type_into(page, number, words):
    page.get_by_role("textbox", name=f"Text of section {number}", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_most_of_a_small_laptops_window_is_text(page, formatted):
    page.set_viewport_size({"width": 1366, "height": 768})
    formatted()
    room = "() => innerHeight - document.querySelector('.editor-text').getBoundingClientRect().top"
    assert page.evaluate(room) >= 480
    introduction = page.get_by_role("textbox", name="Introduction")
    expect(introduction).to_have_attribute("aria-placeholder", "Optional")
    expect(introduction).not_to_have_css("border-color", "rgba(0, 0, 0, 0)")

    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    bar = page.locator(".editor-bar").bounding_box()
    assert bar["y"] <= 0
    assert 768 - bar["height"] >= 600
    page.keyboard.press("Control+h")
    found = page.locator(".find-bar").bounding_box()
    assert found["height"] <= 80
    assert found["y"] >= bar["y"] + bar["height"]


def test_no_line_of_the_bar_wraps_at_any_width(page, formatted):
    formatted()
    page.locator(".surface-text").nth(1).click()
    wrapped = []
    for width in range(320, 1921, 80):
        page.set_viewport_size({"width": width, "height": 900})
        lines = page.evaluate(
            """() => [".editor-buttons > *", ".editor-tools [role=toolbar] > *"].map((all) => {
                const shown = [...document.querySelectorAll(all)].filter((it) => it.offsetHeight);
                const middles = shown.map((it) => it.offsetTop + it.offsetHeight / 2);
                return Math.max(...middles) - Math.min(...middles);
            })"""
        )
        wrapped += [(width, lines)] if max(lines) > 4 else []
    assert wrapped == []


def test_one_undo_goes_through_all_parts_moves_and_removals(page, formatted):
    formatted()
    headings = page.locator("[name=heading]")

    def state():
        return [
            *headings.evaluate_all("all => all.map(it => it.value)"),
            body(page, 1).input_value(),
        ]

    seen = [state()]
    type_into(page, 1, "First.")
    seen.append(state())
    page.get_by_label("Title").press("End")
    page.keyboard.type("!")
    headings.nth(1).fill("Renamed")
    seen.append(state())
    in_menu(page, "Move up section 3")
    seen.append(state())
    in_menu(page, "Remove section 1")
    expect(headings).to_have_count(4)
    page.get_by_label("Title").focus()

    for before in (seen[3], seen[2], seen[1]):
        page.keyboard.press("Control+z")
        assert state() == before
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Title")).to_have_value("Terms")
    page.keyboard.press("Control+z")
    assert state() == seen[0]
    for _ in range(4):
        page.keyboard.press("Control+y")
    assert state() == seen[3]
    expect(page.get_by_label("Title")).to_have_value("Terms!")


@pytest.mark.parametrize(
    ("language", "typed", "written"),
    [
        ("en", 'He said "it\'s so" -- and ("why")', "He said “it’s so” – and (“why”)"),
        ("de", 'Er sagte "so"', "Er sagte „so“"),
        ("fr", 'Il dit "oui" : vrai?', "Il dit «\u202foui\u202f»\u00a0: vrai\u202f?"),
        (
            "en",
            "A **bold** word, [a link](https://example.com/a).",
            "A **bold** word, [a link](https://example.com/a).",
        ),
        ("fr", "De 10:30, https://example.com", "De 10:30, https://example.com"),
        ("en", "## Heading", "### Heading"),
        ("en", "https://example.com:80", "https://example.com:80"),
    ],
)
def test_signs_become_what_they_mean_while_somebody_types(
    page, formatted, language, typed, written
):
    policy = make_policy(language=language)
    formatted(Document("T", "", (Section("A", "a", "Words."),)), policy=policy)
    page.get_by_role("textbox", name="Text of section 1", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")

    page.keyboard.type(typed)

    assert body(page, 1).input_value().partition("\n\n")[2] == written


def test_what_was_made_of_a_sign_is_undone_at_once_and_can_be_switched_off(page, formatted):
    formatted()
    type_into(page, 1, ' "')
    assert body(page, 1).input_value().endswith("“")
    page.keyboard.press("Control+z")
    assert body(page, 1).input_value().endswith('"')

    show(page, "More")
    page.get_by_label("Use the quotes, dashes and spaces").uncheck()
    type_into(page, 2, ' "')
    assert body(page, 2).input_value().endswith('"')
    page.reload()
    expect(page.locator("#typography")).not_to_be_checked()


def test_the_part_beside_the_text_is_remembered(page, formatted):
    formatted()
    expect(page.locator("#preview")).to_be_hidden()
    show(page, "Preview")
    page.reload()
    expect(page.locator("#preview")).to_be_visible()
    show(page, "Findings")
    expect(page.locator("#preview")).to_be_hidden()
    show(page, "Findings")
    page.reload()
    expect(page.locator("aside.beside")).to_be_hidden()


def test_the_preview_opens_where_somebody_writes(page, formatted):
    formatted()
    type_into(page, 4, "Now.")

    show(page, "Preview")

    expect(page.locator("#preview h2", has_text="Part 4")).to_be_in_viewport()


def test_the_browsers_search_opens_a_closed_section(page, formatted):
    """It sends "beforematch" to what is hidden until it is found (HTML Standard)."""
    formatted()
    page.get_by_role("button", name="Close all").click()
    hidden = page.locator(".section-body").nth(2)
    expect(hidden).to_have_attribute("hidden", "until-found")
    expect(hidden).to_have_css("content-visibility", "hidden")

    hidden.evaluate("it => it.dispatchEvent(new Event('beforematch', { bubbles: true }))")

    expect(hidden).not_to_have_attribute("hidden", "until-found")
    expect(page.locator(".section-toggle").nth(2)).to_have_attribute("aria-expanded", "true")


def test_the_keyboard_reaches_the_toolbar_and_comes_back(page, formatted):
    formatted()
    type_into(page, 2, "")
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("toolbar", name="Formatting").get_by_label("Style")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Text of section 2", exact=True)).to_be_focused()


def test_findings_are_marks_where_they_are(page, formatted):
    blank = Section("Guests", "guests", "We are open.\n\nGuests pay **[amount]** a night.")
    formatted(Document("Terms", "", (blank, Section("Calls", "calls", "Nothing is recorded."))))

    expect(page.locator(".finding-words-blocks", has_text="[amount]")).to_be_visible()
    mark = page.locator(".margin-mark")
    paragraph = page.locator(".surface-text p", has_text="Guests pay").bounding_box()
    assert abs(mark.bounding_box()["y"] - paragraph["y"]) < 12
    assert mark.bounding_box()["x"] < paragraph["x"]
    expect(page.locator("#findings")).to_be_hidden()

    mark.click()

    finding = page.locator("#findings-list a[data-find]").first
    expect(finding).to_be_focused()
    assert body(page, 1).input_value() == "We are open.\n\nGuests pay **[amount]** a night."

    type_into(page, 2, " Nobody [name] listens.")
    expect(page.locator(".margin-mark")).to_have_count(2)
    page.keyboard.press("Control+Home")
    page.keyboard.type("Calls: ")
    assert body(page, 2).input_value() == "Calls: Nothing is recorded. Nobody [name] listens."


def test_words_replaced_in_many_sections_are_undone_at_once(page, formatted):
    formatted()
    type_into(page, 1, " End.")
    before = [body(page, number).input_value() for number in range(1, 6)]
    page.keyboard.press("Control+h")
    page.get_by_label("Find", exact=True).fill("Words")
    page.get_by_label("Replace with").fill("Letters")
    page.get_by_role("button", name="Replace all").click()
    expect(page.locator("#said")).to_contain_text("Replaced 45 in 5 sections.")
    for number in range(1, 6):  # each gets its surface as it comes near
        page.locator(".section").nth(number - 1).scroll_into_view_if_needed()
        expect(page.locator(".surface-text", has_text=f"Letters of part {number}")).to_be_visible()

    page.get_by_role("textbox", name="Text of section 1", exact=True).focus()
    page.keyboard.press("Control+z")
    expect(page.locator(".surface-text", has_text="Letters")).to_have_count(0)
    assert [body(page, number).input_value() for number in range(1, 6)] == before

    page.keyboard.press("Control+y")
    expect(page.locator(".surface-text", has_text="Letters of part 2").first).to_be_visible()
    assert "Words of" not in "".join(body(page, number).input_value() for number in range(1, 6))


def test_a_part_that_is_opened_by_keyboard_has_the_focus_and_escape_leads_back(page, formatted):
    formatted()
    opener = page.get_by_role("link", name="Findings")
    opener.press("Enter")
    expect(page.get_by_role("heading", name="Findings")).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()
    opener.press("Enter")  # closes it
    expect(opener).to_be_focused()

    opener.click()
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    expect(opener).to_be_focused()
