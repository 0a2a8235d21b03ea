"""Finding and replacing words in the whole text of the editor, in a browser."""

import pytest
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import make_revision
from tests.site.browsing import editor, save, show
from tests.site.test_outline import selected

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = Document(
    "Client terms",
    "For our client’s clients.",
    (
        *(Section(f"Part {n}", f"part-{n}", "Nothing.\n\n" * 40) for n in range(20)),
        Section(
            "The client", "client", "A client\npays. $&\n\nSee [this](#client).\n\n" + "X\n\n" * 90
        ),
        Section(
            "Last",
            "last",
            "Line\n\n" * 90 + "Clients [go](#client)[^client].\n\n[^client]: CLIENT.",
        ),
    ),
)


def open_bar(page):
    """Open the bar by keyboard, with one section open."""
    page.get_by_role("button", name="Close all").click()
    page.locator(".section-toggle").first.click()
    page.get_by_role("button", name="Find and replace").press("Control+H")
    expect(page.get_by_label("Find", exact=True)).to_be_focused()
    return page.get_by_role("search", name="Find and replace")


@pytest.fixture
def bar(page, live_server, writer):
    """The bar, opened by keyboard in the editor of CLIENTS."""
    page.goto(editor(live_server, make_revision(writer=writer, document=CLIENTS)))
    return open_bar(page)


def test_the_bar_the_outline_and_closed_sections_are_accessible(page, looker, bar):
    page.keyboard.type("client")
    page.keyboard.press("Enter")
    expect(bar).to_contain_text("1 of 7")

    looker.look("editor: outline, closed sections, find and replace")


def test_words_are_found_wherever_they_are(page, bar):
    page.keyboard.type("client")
    expect(bar).to_contain_text("7 matches")
    for number, where in enumerate(["title", "introduction", "introduction", "heading", "body"], 1):
        page.keyboard.press("Enter" if number == 1 else "F3")
        expect(bar).to_contain_text(f"{number} of 7")
        assert page.evaluate("document.activeElement.name") == where
        assert selected(page).lower() == "client"
    page.keyboard.press("F3")
    page.keyboard.press("F3")
    expect(bar).to_contain_text("7 of 7")
    assert page.evaluate("document.activeElement.getBoundingClientRect().bottom < innerHeight")
    page.keyboard.press("F3")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Shift+F3")
    expect(page.locator("[name=body]").last).to_be_focused()

    bar.get_by_label("Match case").check()
    expect(bar).to_contain_text("4 matches")
    bar.get_by_label("Whole words").check()
    expect(bar).to_contain_text("3 matches")
    for words, count in {
        "client pays": "1 match",
        "CLIENT'S": "No matches",
        "client's": "1 match",
    }.items():
        bar.get_by_label("Find", exact=True).fill(words)
        expect(bar).to_contain_text(count)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.locator("[name=body]").last).to_be_focused()


def test_one_match_is_replaced_and_the_next_one_selected(page, bar):
    page.keyboard.type("client")
    bar.get_by_label("Replace with").fill("$& [x]")
    bar.get_by_role("button", name="Next").click()

    bar.get_by_role("button", name="Replace", exact=True).click()

    expect(page.get_by_label("Title")).to_have_value("$& [x] terms")
    expect(bar).to_contain_text("1 of 6")
    expect(page.get_by_label("Introduction")).to_be_focused()
    page.get_by_label("Title").press("ControlOrMeta+z")
    expect(page.get_by_label("Title")).to_have_value("Client terms")


def test_all_matches_are_replaced_and_brought_back_at_once(page, bar):
    fields = page.locator("#title, #introduction, [name=heading], [name=body]")

    def values():
        return fields.evaluate_all("all => all.map(it => it.value)")

    before, said = values(), page.locator("#said")
    page.keyboard.type("client")
    bar.get_by_label("Replace with").fill("user")
    bar.get_by_role("button", name="Replace all").click()

    expect(said).to_contain_text("Replaced 7 in the title, the introduction, and 2 sections.")
    assert values()[-2:] == [
        "Last",
        "Line\n\n" * 90 + "users [go](#client)[^client].\n\n[^client]: user.",
    ]
    expect(page.locator(".section").nth(20)).to_contain_text("The user A user")
    expect(page.locator("#preview")).to_contain_text("For our user’s users.")
    said.get_by_role("button", name="Undo").click()
    expect(said).to_have_text("Undone.")
    assert values() == before

    bar.get_by_role("button", name="Replace all").click()
    page.get_by_label("Title").fill("Mine")
    said.get_by_role("button", name="Undo").click()

    expect(said).to_have_text("Undone, except in the title: edited since then.")
    assert values() == ["Mine", *before[1:]]

    bar.get_by_role("button", name="Replace all").click()
    save(page)
    expect(said).to_be_empty()


MARKED = (
    "The “**Customer**” pays under clause [39](#end),\nsee *clause* [39.1](#end)[^1]. \\*Snow*\n\n"
    "[^1]: Note."
)


@pytest.mark.parametrize("mode", ["formatted", "markdown"])
def test_words_are_found_as_they_are_read_and_keep_their_format(page, live_server, writer, mode):
    page.add_init_script(f"localStorage['editor-mode'] = '{mode}'")
    text = Document("Terms", "", (Section("Fees", "fees", MARKED), Section("End", "end", "End.")))
    page.goto(editor(live_server, make_revision(writer=writer, document=text)))
    body, said = page.locator("[name=body]").first, page.locator("#said")
    bar = open_bar(page)
    find, replace = bar.get_by_label("Find", exact=True), bar.get_by_label("Replace with")
    for words, count in {
        "“customer”": "1 match",
        "under clause 39, see": "1 match",
        "39.1. *Snow": "1 match",
        "#end": "No matches",
        "clause 39": "2 matches",
    }.items():
        find.fill(words)
        expect(bar.get_by_role("status")).to_have_text(count)
    if mode == "formatted":
        bar.get_by_role("button", name="Next").click()
        expect_selected(page, "clause 39")

    replace.fill("clause 40")
    bar.get_by_role("button", name="Replace all").click()
    expect(said).to_contain_text("Replaced 2 in 1 section.")
    after = MARKED.replace("[39](", "[40](").replace("[39.1](", "[40.1](")
    expect(body).to_have_value(after)
    find.fill("“Customer”")
    replace.fill("“Client”")
    bar.get_by_role("button", name="Next").click()
    bar.get_by_role("button", name="Replace", exact=True).click()
    after = after.replace("Customer", "Client")
    expect(body).to_have_value(after)
    find.fill("Client” pays")
    replace.fill("You pay")
    bar.get_by_role("button", name="Replace all").click()
    expect(said).to_contain_text("One match was left: a link or emphasis begins or ends in it.")
    expect(body).to_have_value(after)
    find.fill("Note.")
    replace.fill("*Note*")
    bar.get_by_role("button", name="Replace all").click()
    signs = r"\*Note\*" if mode == "formatted" else "*Note*"
    expect(body).to_have_value(after.replace("Note.", signs))


def test_five_megabytes_are_searched_without_a_wait(page, bar):
    """Time grows with the text alone, whatever is typed."""
    body = page.locator("[name=body]").first
    body.evaluate("it => { it.value = 'client of (((( ]](# \\'a\\' '.repeat(200000) }")
    page.keyboard.type("client of ((((")

    expect(bar).to_contain_text("200,000 matches")
    bar.get_by_role("button", name="Next").click()
    expect(bar).to_contain_text("1 of 200,000")


def expect_selected(page, words):
    """Wait for the selection, which a surface shows some moments later."""
    found = page.evaluate(
        """words => new Promise(done => {
            const until = performance.now() + 10_000;
            const look = () => {
                const found = getSelection().toString();
                if (found === words || performance.now() > until) done(found);
                else requestAnimationFrame(look);
            };
            look();
        })""",
        words,
    )
    assert found == words


def test_it_is_all_the_same_where_the_text_is_formatted(page, live_server, writer):
    page.add_init_script("localStorage['editor-mode'] = 'formatted'")
    sections = (
        *(Section(f"Part {n}", f"part-{n}", "Nothing.") for n in range(20)),
        Section("Client", "client", "First.\n\nThe **client** pays\nby a client's account. Last."),
        Section("Fees", "fees", "For [TBD] *client* only. Thanks."),
    )
    draft = make_revision(writer=writer, document=Document("Terms", "", sections))
    page.goto(editor(live_server, draft))
    bodies = page.locator("[name=body]")

    def text_of(number):
        return page.get_by_role("textbox", name=f"Text of section {number}", exact=True)

    bar = open_bar(page)
    page.keyboard.type("client")
    for number in range(1, 5):
        page.keyboard.press("Enter" if number == 1 else "F3")
        expect(bar).to_contain_text(f"{number} of 4")
        if number > 1:
            expect(text_of(21 if number < 4 else 22)).to_be_focused()
            expect(text_of(22 if number == 4 else 21)).to_have_attribute("contenteditable", "true")
            expect_selected(page, "client")
            # Of words that a paragraph has twice, the right ones.
            after = "getSelection().focusNode.data.slice(getSelection().focusOffset)"
            assert page.evaluate(after) == ["", "'s account. Last.", ""][number - 2]
    bar.get_by_label("Replace with").fill("user")
    bar.get_by_role("button", name="Replace all").click()
    expect(text_of(21)).to_contain_text("The user pays by a user's account.")
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(text_of(22)).to_contain_text("For [TBD] client only.")
    bar.get_by_role("button", name="Close").click()
    expect(text_of(22)).to_be_focused()

    expect(page.locator(".findings-blocks")).to_contain_text("For [TBD] client only.")
    show(page, "Findings")
    page.locator(".findings-blocks [data-find]").first.click()
    expect(text_of(22)).to_be_focused()
    page.keyboard.type("Only. ")
    expect(bodies.last).to_have_value("Only. For [TBD] _client_ only. Thanks.")

    page.locator("[name=heading]").nth(20).focus()
    page.keyboard.press("Tab")  # its menu
    page.keyboard.press("Tab")
    expect(text_of(21)).to_be_focused()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" See #")
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    page.keyboard.type("! And #")
    page.keyboard.type("fees")
    page.keyboard.press("Enter")
    page.keyboard.type("!")
    expect(bodies.nth(20)).to_have_value(
        "First.\n\nThe **client** pays by a client's account. Last. See #7! And [Fees](#fees)!"
    )
