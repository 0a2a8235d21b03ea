"""The editor's formatted surface: what lawyers see instead of Markdown."""

import random

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from policies.models import Revision
from policies.text import redline
from policies.text.document import Document, Section
from tests.factories import make_revision
from tests.site.browsing import expect_saved, log_in, save
from tests.site.logging_in import make_staff

pytestmark = pytest.mark.django_db(transaction=True)

# One block of every kind, written as our own style has it and otherwise.
BLOCKS = {
    "words": "We keep __data__ for\n*30 days*, ***always*** and ~~never~~ `a|b`.  \nLook here.",
    "links": 'See [**the law**](https://example.com/a_(b) "Law"), <mailto:a@example.com> and [it].',
    "signs": r"A \*star\*, a_b_c, 5 < 6 & \&amp; {{ it }} [x] \(a) # 1) https://example.com/_x_.",
    "heading": "####   Kinds of data ## {#kinds}",
    "clauses": "(a)  names;\n(b)  addresses:\n     1. postal,\n     2. e-mail;\n(c)  others.",
    "bullets": "* one\n\n\n* two\n  * three\n\n  more",
    "numbers": "2.1 One.\n\n2.2 Two.\n\n      code",
    "targets": "3.1  []{#fees}The fees are due.\n3.2  _Taxes_ are added.\n3.3  `Net`.",
    "quotation": "> Quoted,\nlazily.\n>\n> - item",
    "table": "Data|Kept\n:--|--:\nName \\| alias|<br>1 year",
    "code": "~~~ text\nx = `1`\n~~~",
    "rule": "* * *",
    "terms": "Term\n:   meaning",
    "note": "Noted.[^1]\n\n[^1]: The note.\n\n[it]: https://example.com/it",
}
MARKS = r"# > - * 1. (a) 2.1 | ` ~~~ : {#id} <br> ** _ \ & --- ==="
BODY = "\n\n\n".join(BLOCKS.values())


@pytest.fixture
def surface(page, live_server):
    """Opens a draft with these sections; returns the surface of the first."""
    page.goto(live_server.url + "/robots.txt")
    page.evaluate("localStorage['editor-mode'] = 'formatted'")

    def opened(*bodies):
        user = make_staff("ana", "Writers")
        log_in(page.context, live_server, user)
        sections = (Section(f"Part {n}", f"part-{n}", it) for n, it in enumerate(bodies, start=1))
        made = make_revision(writer=user, document=Document("Privacy", "", tuple(sections)))
        page.goto(live_server.url + reverse("admin:policies_edit", args=[made.pk]))
        section = page.get_by_role("textbox", name="Text of section 1", exact=True)
        expect(section).to_have_attribute("contenteditable", "true")
        return section

    return opened


def text(page, number=1):
    return page.locator("textarea[name=body]").nth(number - 1).input_value()


def stored():
    return Revision.objects.get().document()


def test_what_is_not_touched_keeps_its_bytes_and_an_edit_changes_only_its_block(page, surface):
    area = surface(BODY)
    before = stored()
    assert text(page) == BODY
    expect(area.get_by_role("textbox", name="Markdown")).to_have_count(2)

    area.get_by_text("Noted.").click()
    page.keyboard.press("End")
    page.keyboard.type("(x) Really")
    assert text(page) == BODY.replace("Noted.[^1]", r"Noted.[^1]\(x) Really")
    page.keyboard.press("Control+z")
    assert text(page) == BODY

    area.get_by_text("names;").click()
    page.keyboard.press("End")
    page.keyboard.type("!")
    assert text(page) == BODY.replace("(a)  names;", "(a) names;!")
    page.keyboard.press("Control+z")
    assert text(page) == BODY

    for name in ("names;", "two", "Quoted", "1 year", "Kinds of data", "One.", "Look here."):
        area.get_by_text(name).first.click()
        page.keyboard.press("End")
        page.keyboard.type(" NEW")
    save(page)

    changes = redline.compare(before, stored())
    assert changes.html.count("<ins") == changes.html.count("NEW") == 7
    assert "<del" not in changes.html


@pytest.mark.parametrize("adds_section", [False, True])
def test_what_is_typed_while_a_save_is_under_way_is_not_lost(page, surface, *, adds_section):
    """Nor when the page is loaded anew, for the link to a section that was added."""
    area = surface("One.", "Two.")
    if adds_section:
        page.get_by_role("button", name="Add section").click()
        page.locator("[name=heading]").last.fill("Three")
    held = []

    def hold(route):
        held.append(route) if route.request.method == "POST" else route.continue_()

    page.route("**/edit/", hold)
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Sent.")
    with page.expect_request(lambda it: it.method == "POST" and it.url.endswith("/edit/")):
        page.keyboard.press("Control+s")
    page.keyboard.type(" Later.")
    with page.expect_navigation() if adds_section else page.expect_response("**/edit/"):
        held[0].continue_()
    page.unroute("**/edit/")

    expect(page.locator("[name=body]").first).to_have_value("One. Sent. Later.")
    assert [it.body for it in stored().sections][:2] == ["One. Sent.", "Two."]
    expect(area).to_be_focused()
    page.keyboard.type(" More.")
    assert text(page) == "One. Sent. Later. More."
    save(page)
    assert stored().sections[0].body == "One. Sent. Later. More."


# Opens each text, changes the first words that there are, and undoes that.
CHANGE_AND_UNDO = """async (area, texts) => {
    const { close, open, surfaceOf } = await import("/static/policies/editor/surface/surface.js");
    const after = [];
    for (const text of texts) {
        close(area);
        area.value = text;
        await open(area);
        const { view } = surfaceOf(area);
        let at = null;
        view.state.doc.descendants((node, pos) => {
            at ??= node.isTextblock ? pos + 1 : null;
            return at === null;
        });
        if (at !== null) {
            view.dispatch(view.state.tr.insertText("NEW", at));
            if (!area.value.includes("NEW")) return ["not written: ", text];
            view.dispatch(view.state.tr.delete(at, at + 3));
        }
        after.push(area.value);
    }
    return after;
}"""


def test_any_text_is_the_same_after_a_change_was_undone(page, surface):
    surface("Start.")
    chosen = random.Random(1)  # noqa: S311  not for secrets
    signs = [*MARKS.split(" "), "word", " ", "\n", "\n", "\n\n", "    "]
    texts = ["".join(chosen.choices(signs, k=40)) for _ in range(25)]

    assert page.locator("textarea[name=body]").evaluate(CHANGE_AND_UNDO, texts) == texts


def test_a_link_is_in_the_text_before_its_dialogue_has_closed(page, surface):
    """Whoever types on at once types into a text that has it."""
    surface("Law.").click()
    page.keyboard.press("Control+End")
    for _ in "Law.":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Link").get_by_label("Address").fill("example.com")

    text_then = page.evaluate(
        """() => {
            document.querySelector(".link-dialog [value=save]").click();
            return document.querySelector("textarea[name=body]").value;
        }"""
    )

    assert text_then == "[Law.](https://example.com)"


def test_a_lawyer_writes_lists_links_and_tables_without_markdown(page, surface):
    area = surface("Start.")
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("(a) names;")
    page.keyboard.press("Enter")
    page.keyboard.type("addresses")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("postal")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("others *and* [more].")
    assert text(page) == (
        "Start.\n\n(a) names;\n(b) addresses\n    (i) postal\n(c) others \\*and\\* [more]."
    )

    page.get_by_label("Number", exact=True).fill("(f)")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("Bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" the law")
    for _ in "the law":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Link")
    dialog.get_by_label("Address").fill("no address")
    dialog.get_by_role("button", name="Save link").click()
    expect(dialog.get_by_text("Enter an address that begins with")).to_be_visible()
    dialog.get_by_label("Address").fill("example.com/law")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(area).to_be_focused()
    assert text(page).endswith(
        "(f) others \\*and\\* [more].\n\n**Bold** [the law](https://example.com/law)"
    )

    tools = page.get_by_role("toolbar", name="Formatting")
    tools.get_by_role("button", name="Table").click()
    page.keyboard.type("Data")
    page.keyboard.press("Tab")
    page.keyboard.type("a|b")
    tools.get_by_role("button", name="Add row").click()
    assert text(page).endswith("law)\n\n| Data | a\\|b |\n| --- | --- |\n|  |  |\n|  |  |")

    area.get_by_text("Start.").click()
    page.keyboard.press("End")
    tools.get_by_role("button", name="Footnote").click()
    page.keyboard.type("See there.")
    assert text(page).startswith("Start.[^1]\n\n")
    assert text(page).endswith("|  |  |\n\n[^1]: See there.")
    expect(area.get_by_role("note", name="Footnote 1")).to_have_text("See there.")
    page.keyboard.press("Enter")
    page.keyboard.type("And here.")
    assert text(page).endswith("\n\n[^1]: See there.\n\n    And here.")


def test_a_save_right_after_a_link_is_not_taken_for_a_second_click(page, surface):
    """The dialogue of the link is a form, too. A new section makes this save load the page anew."""
    area = surface("Start")
    page.get_by_role("button", name="Add section").click()
    page.locator("[name=heading]").last.fill("New")
    area.get_by_text("Start").dblclick()
    page.keyboard.press("Control+k")
    page.keyboard.type("softphonez.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Link")).to_be_hidden()
    page.keyboard.press("Control+s")

    expect_saved(page)
    assert [it.body for it in stored().sections] == ["[Start](https://softphonez.com)", ""]


def test_a_list_goes_on_in_order_when_an_item_is_removed(page, surface):
    body = "(a) one;\n(b) two;\n(c) three;\n    (i) deep;\n    (ii) deeper;\n(d) four.\n(f) six."
    area = surface(body)

    def remove(words, times):
        area.get_by_text(words, exact=True).click()
        page.keyboard.press("End")
        for _ in range(times):
            page.keyboard.press("Backspace")

    remove("two;", 5)
    assert text(page) == (
        "(a) one;\n(b) three;\n    (i) deep;\n    (ii) deeper;\n(c) four.\n(f) six."
    )
    page.keyboard.press("Control+z")
    assert text(page) == body
    area.get_by_text("one;", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    assert text(page).startswith("(a) one;two;\n(b) three;\n    (i) deep;")
    area.get_by_text("four.", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Between.")
    assert text(page).endswith("(c) four.\n\nBetween.\n\n(f) six.")


def show(page, body):
    page.locator("textarea[name=body]").first.evaluate(
        """async (area, body) => {
            const { close, open } = await import("/static/policies/editor/surface/surface.js");
            close(area);
            area.value = body;
            await open(area);
        }""",
        body,
    )


def select(area, first, last, *, upto=False):
    """Select from the first of these words to the end, or up to the beginning, of the last."""
    area.evaluate(
        """(surface, [first, last, upto]) => {
            const place = (words, isEnd) => {
                const texts = document.createTreeWalker(surface, NodeFilter.SHOW_TEXT);
                while (texts.nextNode()) {
                    const at = texts.currentNode.data.indexOf(words);
                    if (at >= 0) return [texts.currentNode, at + (isEnd ? words.length : 0)];
                }
            };
            surface.focus();
            getSelection().setBaseAndExtent(...place(first), ...place(last, !upto));
        }""",
        [first, last, upto],
    )


LETTERS = "(a) one;\n(b) two;\n(c) three;\n(d) four."


def test_labels_that_followed_each_other_do_so_when_an_item_is_deleted(page, surface):
    """Other lists are in tests/scripts/clauses.test.js."""
    area = surface(LETTERS)
    select(area, "two;", "three;", upto=True)
    page.keyboard.press("Delete")
    assert text(page) == "(a) one;\n(b) three;\n(c) four."
    page.keyboard.press("Control+z")
    assert text(page) == LETTERS


def test_labels_go_on_where_a_list_is_divided_or_an_item_is_moved(page, surface):
    area = surface("Start.")
    for first, keys, after in (
        ("two;", "Enter Enter P", "(a) one;\n(b) two;\n\nP\n\n(c) three;\n(d) four."),
        ("two;", "Home Backspace", "(a) one;\n\ntwo;\n\n(b) three;\n(c) four."),
        ("one;", "Shift+Home Delete Delete", "(a) two;\n(b) three;\n(c) four."),
        (
            "three;",
            "Shift+Home Control+x Backspace Home Enter ArrowUp Control+v",
            "(a) one;\n(b) three;\n(c) two;\n(d) four.",
        ),
    ):
        show(page, LETTERS)
        area.get_by_text(first).click()
        page.keyboard.press("End")
        for key in keys.split():
            page.keyboard.press(key)
        assert text(page) == after


def test_selected_paragraphs_and_lists_become_one_list(page, surface):
    """Other selections are in tests/scripts/clauses.test.js."""
    body, after = "one\n\n- two\n- three\n\nfour", "(a) one\n(b) two\n(c) three\n\nfour"
    area = surface(body)
    button = page.get_by_role("toolbar", name="Formatting").get_by_role("button", name="(a) List")
    select(area, "one", "two")
    button.click()
    assert text(page) == after
    page.keyboard.press("Control+z")
    assert text(page) == body
    area.press("Control+a")
    button.click()
    assert text(page) == "(a) one\n(b) two\n(c) three\n(d) four"


def test_the_words_of_a_list_begin_behind_its_longest_label(page, surface):
    area = surface("Start.")
    for labels in ("(xvi) (xvii) (xviii)", "98. 99. 100.", "10.10.99 10.10.100"):
        items = [f"{label} Words." for label in labels.split()]
        show(page, "Text:\n\n" + "\n".join(items))
        expect(area.locator("li")).to_have_count(len(items))
        places = area.locator("li").evaluate_all(
            """(items) => items.map((item) => {
                const { width } = getComputedStyle(item, "::before");
                const left = (element) => element.getBoundingClientRect().left;
                return [left(item) + parseFloat(width), left(item.firstElementChild)];
            })"""
        )

        assert len({words for _, words in places}) == 1
        assert all(label < words for label, words in places)


def test_tab_goes_from_cell_to_cell_and_from_the_last_one_into_a_new_row(page, surface):
    area = surface("Start.")
    area.click()
    page.get_by_role("toolbar", name="Formatting").get_by_role("button", name="Table").click()
    page.keyboard.press("Shift+Tab")  # stays in the first
    for word in ("Name", "Zweck", "sid", "Login", "Host"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.type("2 years")
    rows = "| Name | Zweck |\n| --- | --- |\n| sid | Login |"
    assert text(page) == f"Start.\n\n{rows}\n| Host | 2 years |"

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Visit")
    assert text(page) == f"Start.\n\n{rows.replace('Login', 'Visit')}\n| Host | 2 years |"

    page.set_viewport_size({"width": 1366, "height": 768})
    tools = page.locator(".editor-tools")
    assert tools.evaluate("tools => tools.scrollWidth <= tools.clientWidth"), "all are in view"

    show(page, LETTERS)  # nor does Tab leave a list whose first item can't go further in
    area.get_by_text("one;").click()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.type("!")
    assert text(page) == LETTERS.replace("one;", "one;!")


def test_what_word_copies_is_pasted_formatted_and_one_undo_removes_it(page, surface):
    logged = []
    page.on("console", lambda message: logged.append(message.text))
    area = surface("Start.\n\nEnd.")
    area.get_by_text("Start.").click()
    page.keyboard.press("End")
    html = "<p style='margin: 0'>A <b>bold</b> word</p><ul><li>item</li></ul>"
    paste(area, "text/html", html)
    expect(area.get_by_role("listitem")).to_have_text("item")
    assert text(page) == "Start.\n\nA **bold** word\n\n- item\n\nEnd."
    page.keyboard.press("Control+z")
    assert text(page) == "Start.\n\nEnd."
    assert logged == []


def test_a_table_that_is_pasted_into_a_clause_behind_its_items_stays_a_table(page, surface):
    """Right below an item, its rows would be read as more words of that item."""
    area = surface("2.1 The limits are:\n2.2 Nothing else.")
    area.get_by_text("The limits are:").click()
    page.keyboard.press("End")
    table = "<table><tr><td>Cap</td></tr><tr><td>5</td></tr></table>"
    paste(area, "text/html", f"<ul><li>one;</li><li>two.</li></ul>{table}<p></p>{table}")
    expect(area.get_by_role("table")).to_have_count(2)
    save(page)

    page.reload()

    expect(area.get_by_role("table")).to_have_count(2)
    expect(area.get_by_role("listitem").filter(has_text="two.").last).to_have_text("two.")


def paste(area, kind, words, plain=""):
    area.evaluate(
        """(element, [kind, words, plain]) => {
            // The browser says some moments later where the last key put the cursor.
            document.dispatchEvent(new Event("selectionchange"));
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", plain);
            clipboardData.setData(kind, words);
            const options = { clipboardData, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        [kind, words, plain],
    )


BULLETS = "- one\n- two\n- three"
NESTED = "(a) one\n(b) two\n    (i) deep\n    (ii) deeper\n(c) three"
CELLS = "| a | b |\n| --- | --- |\n| c | two |\n| e | f |"
WHOLE = "<h1>Terms</h1><ul><li>x</li></ul><p>End.</p>"
WHOLE_NOW = "### Terms\n\n- x\n\nEnd."
TABLE = "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"


def test_what_is_pasted_nests_no_headings_in_a_list_and_divides_no_table(page, surface):
    area = surface("Start.")
    for body, words, html, after in (
        (BULLETS, "two", WHOLE, f"- one\n- two\n\n{WHOLE_NOW}\n\n- three"),
        ("- two", "two", WHOLE, f"- two\n\n{WHOLE_NOW}"),
        (NESTED, "deep", WHOLE, NESTED.replace("\n(c)", f"\n\n{WHOLE_NOW}\n\n(c)")),
        (CELLS, "two", WHOLE, f"{CELLS}\n\n{WHOLE_NOW}"),
        (CELLS, "two", TABLE, f"{CELLS}\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"),
        (
            CELLS,
            "two",
            "<p>.</p><p>Words.</p><ul><li>x</li></ul>",
            CELLS.replace("two", "two.<br>Words.<br>• x"),
        ),
        (CELLS, "two", "<ul><li>x</li><li>y</li></ul>", CELLS.replace("two", "two<br>• x<br>• y")),
        (
            BULLETS,
            "two",
            "<p>Words.</p><p>More.</p>",
            "- one\n\n- two\n\n  Words.\n\n  More.\n\n- three",
        ),
    ):
        show(page, body)
        area.get_by_text(words, exact=True).click()
        page.keyboard.press("End")
        paste(area, "text/html", html)
        expect(page.locator("textarea[name=body]").first).to_have_value(after)
        page.keyboard.press("Control+z")
        assert text(page) == body
    show(page, CELLS)
    area.get_by_text("two", exact=True).click()
    page.keyboard.press("End")
    paste(area, "text/plain", " words\n\non lines")
    assert text(page) == CELLS.replace("two", "twowords<br>on lines")


def test_what_is_pasted_takes_the_place_of_an_empty_item(page, surface):
    area = surface("Start.")
    for html, after in (
        (
            "<ul><li>x</li><li>y</li></ul>",
            "(a) one;\n(b) two;\n(c) x\n(d) y\n(e) three;\n(f) four.",
        ),
        (WHOLE, f"(a) one;\n(b) two;\n\n{WHOLE_NOW}\n\n(c) three;\n(d) four."),
    ):
        show(page, LETTERS)
        area.get_by_text("two;").click()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        paste(area, "text/html", html)
        expect(page.locator("textarea[name=body]").first).to_have_value(after)


def test_what_was_copied_here_nests_no_headings_in_a_list(page, surface):
    area = surface("### Head\n\nText.\n\n- one\n- two")
    select(area, "Head", "Text.")
    page.keyboard.press("Control+c")
    area.get_by_text("one").click()
    page.keyboard.press("Control+v")

    assert text(page) == "### Head\n\nText.\n\n- one\n\n### Head\n\nText.\n\n- two"


def test_a_paste_without_a_server_gives_the_words_paragraph_by_paragraph(page, surface):
    area = surface("")
    page.route("**/policies/paste/", lambda route: route.abort())
    area.click()
    paste(area, "text/html", "<p>One.</p><p>(a) Two.</p>", "One.\n\n(a) Two.\n(b) Three.")

    expect(page.locator("textarea[name=body]").first).to_have_value(
        "One.\n\n\\(a) Two.\n\n\\(b) Three."
    )


def test_a_paste_too_long_for_the_surface_keeps_its_format_and_can_be_made_into_sections(
    page, surface
):
    area = surface("Start with **bold** words.\n\nEnd.")
    area.get_by_text("Start").click()
    page.keyboard.press("End")
    long = f"<p>A <b>long</b> {'and longer ' * 400}text.</p>" * 15
    html = f"<p>Before.</p><h1>One</h1>{long}<h1>Two</h1>{long}"
    paste(area, "text/html", html, "plain")

    note = page.get_by_text("This part is shown as Markdown. It has more than 100,000 characters.")
    expect(note).to_be_visible()
    assert text(page).startswith("Start with **bold** words.\n\nBefore.\n\n### One\n\nA **long**")
    assert text(page).endswith("and longer text.\n\nEnd.")
    page.get_by_role("button", name="Turn these 2 headings into sections").click()
    expect(page.locator("[name=heading]")).to_have_count(3)
    assert text(page) == "Start with **bold** words.\n\nBefore.\n\nEnd."
    page.get_by_label("Section 1", exact=True).scroll_into_view_if_needed()
    expect(area).to_have_attribute("contenteditable", "true")
    expect(note).to_have_count(0)


def test_lists_in_plain_text_are_pasted_as_lists_and_nothing_else_is_markup(page, surface):
    area = surface("Start.")
    for pasted, after in (
        (
            "In this policy:\r\n  (a) names and\r\nother *words*;\r\n  (b) the rest.\r\nSo be it.",
            "In this policy:\n\n(a) names and other \\*words\\*;\n(b) the rest.\n\nSo be it.",
        ),
        ("2.1 One.\n2.2\tTwo.\n\n• three\n• four", "2.1 One.\n2.2 Two.\n\n- three\n- four"),
        ("(a) alone\nWords", "\\(a) alone\n\nWords"),
        ("2020. A year", "2020\\. A year"),
    ):
        show(page, "")
        area.click()
        paste(area, "text/plain", pasted)
        expect(page.locator("textarea[name=body]").first).to_have_value(after)


def test_a_label_at_the_beginning_of_a_paragraph_makes_a_clause(page, surface):
    area = surface("Start.")
    for typed, after in (
        ("2.1 One.", "2.1 One."),
        ("(c) Third;", "(c) Third;"),
        ("12. Words", "12. Words"),
        ("(see) Part 1", "\\(see) Part 1"),
        ("3.5 million", "3\\.5 million"),
        ("### 1. Scope", "### 1. Scope"),
        ("(a) One;\n(b) Two;\n(e) Five.", "(a) One;\n(b) Two;\n(e) Five."),
    ):
        show(page, "Before.\n\n2.0 x")
        area.get_by_text("Before.").click()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.keyboard.type(typed)
        assert text(page) == f"Before.\n\n{after}\n\n2.0 x"


def test_a_label_in_a_footnote_makes_a_clause_of_its_words(page, surface):
    area = surface("Word.[^1]\n\n[^1]: x")
    area.get_by_role("note").click()
    page.keyboard.press("Backspace")
    page.keyboard.type("(b) Note.")

    assert text(page) == "Word.[^1]\n\n[^1]: (b) Note."


def test_both_ways_of_editing_show_the_same_text_and_the_choice_is_remembered(page, surface):
    area = surface("Start.")
    page.get_by_role("button", name="Add section").click()
    added = page.get_by_role("textbox", name="Text of section 2")
    expect(added).to_have_attribute("contenteditable", "true")
    added.click()
    page.keyboard.type("### Added")
    assert text(page, 2) == "### Added"
    assert text(page) == "Start."

    page.get_by_role("button", name="Markdown", exact=True).click()
    field = page.locator("textarea[name=body]").first
    field.fill("Changed *here*.")
    page.get_by_role("button", name="Formatted", exact=True).click()
    expect(area.locator("em")).to_have_text("here")
    field.evaluate(
        """(area) => {
            area.value = "Replaced.";
            area.dispatchEvent(new Event("input", { bubbles: true }));
            area.dispatchEvent(new Event("text-replaced", { bubbles: true }));
        }"""
    )
    expect(area).to_have_text("Replaced.")
    page.get_by_role("button", name="Markdown", exact=True).click()
    page.reload()
    expect(field).to_be_visible()
    expect(page.get_by_role("button", name="Markdown", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_findings_lead_before_their_words_and_a_save_leaves_the_caret_where_it_was(page, surface):
    area = surface("First **words**.\n\nWe keep *it* until [TBD] comes." + "\n\nMore." * 60)
    expect(page.locator(".finding-words").last).to_contain_text("[TBD]")
    page.locator("[data-panel=findings]").click()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("#findings-list a[data-find*=TBD]").click()
    expect(area).to_be_focused()
    bar, line = page.locator(".editor-bar"), page.locator(".finding-words").first
    assert line.bounding_box()["y"] > bar.bounding_box()["y"] + bar.bounding_box()["height"]

    page.keyboard.type("then: ")
    save(page)
    expect(area).to_be_focused()
    page.keyboard.type("or so, ")
    assert "then: or so, We keep" in text(page)


def test_a_label_is_corrected_and_anything_else_is_refused(page, surface):
    area = surface("(a) one\n(b) two\n(c) three", "Other.")
    area.get_by_text("two").click()
    label = page.get_by_label("Number", exact=True)
    label.fill("whatever")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“whatever” is no label.")).to_be_visible()
    expect(label).to_have_value("(b)")
    label.fill("f")
    page.keyboard.press("Enter")
    assert text(page) == "(a) one\n(f) two\n(g) three"

    page.keyboard.press("End")
    page.keyboard.type(" of #")
    page.keyboard.type("Part 2")
    page.keyboard.press("Enter")
    assert text(page) == "(a) one\n(f) two of [Part 2](#part-2)\n(g) three"


def test_sections_get_surfaces_when_they_come_near_and_a_long_one_says_why_it_is_markdown(
    page, surface
):
    area = surface(*(f"Text {n}.\n" * 40 for n in range(11)), "word " * 25_000)
    expect(area).to_be_visible()
    assert page.locator(".surface").count() < 8

    last = page.locator("textarea[name=body]").last
    last.scroll_into_view_if_needed()
    expect(page.get_by_text("shown as Markdown. It has more than 100,000")).to_be_visible()
    expect(last).to_be_visible()


def test_a_section_that_is_opened_while_the_server_is_away_is_formatted_when_it_is_back(
    page, surface
):
    surface("One.", *["**Words.**"] * 31)  # of so many, the first is open
    toggles = page.locator(".section-toggle")
    fields = page.locator("textarea[name=body]")
    page.context.set_offline(True)
    toggles.nth(1).click()
    expect(page.locator(".surface-note")).to_contain_text("The server could not be asked")
    fields.nth(1).press("Control+End")
    page.keyboard.type(" More")
    page.context.set_offline(False)
    expect(page.get_by_role("textbox", name="Text of section 2").locator("strong")).to_be_visible()
    page.keyboard.type(" words.")
    assert text(page, 2) == "**Words.** More words."

    page.route("**/policies/blocks/", lambda route: route.abort())  # the network is there
    toggles.nth(2).click()
    expect(page.locator(".surface-note")).to_be_visible()
    page.unroute_all()
    fields.nth(2).press("End")
    page.keyboard.type(" More")
    expect(page.get_by_role("textbox", name="Text of section 3").locator("strong")).to_be_visible()
    assert text(page, 3) == "**Words.** More"
    expect(page.locator(".surface-note")).to_have_count(0)


def test_the_surface_is_accessible_and_the_keyboard_can_leave_it(page, looker, surface):
    area = surface(BLOCKS["clauses"] + "\n\n" + BLOCKS["table"])
    looker.look("the surface")
    area.get_by_text("addresses").click()
    page.keyboard.press("Tab")
    expect(area).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(area).not_to_be_focused()

    tools = page.get_by_role("toolbar", name="Formatting")
    page.keyboard.press("Shift+Tab")
    expect(area).to_be_focused()
    page.keyboard.press("Alt+F10")
    expect(tools.get_by_label("Style")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("End")
    expect(tools.get_by_role("button", name="Redo")).to_be_focused()
    page.keyboard.press("Escape")
    expect(area).to_be_focused()


@pytest.mark.parametrize("mode", ["Formatted", "Markdown"])
def test_tab_goes_through_a_section_in_the_order_of_the_screen(page, surface, mode):
    """WCAG 2.4.3."""
    surface("Text.", "Other.")
    page.get_by_role("button", name=mode, exact=True).click()
    page.locator("[name=heading]").first.focus()
    places = []
    while page.locator("[name=heading]").nth(1).evaluate("it => it !== document.activeElement"):
        places.append(
            page.evaluate(
                """() => {
                    const { top, left, height } = document.activeElement.getBoundingClientRect();
                    return [Math.round(scrollY + top + height / 2), left];
                }"""
            )
        )
        page.keyboard.press("Tab")

    assert len(places) == 4  # heading, menu, text; the toggle of the next
    assert places == sorted(places)


def test_a_table_is_inserted_after_the_paragraph_of_the_caret_in_markdown(page, surface):
    surface("One word.\n\nTwo words.")
    page.get_by_role("button", name="Markdown", exact=True).click()
    field = page.locator("textarea[name=body]")
    for caret in (0, 5, 9):
        field.fill("One word.\n\nTwo words.")
        field.evaluate("(area, caret) => area.setSelectionRange(caret, caret)", caret)
        page.get_by_role("toolbar", name="Formatting").get_by_role("button", name="Table").click()
        assert field.input_value() == (
            "One word.\n\n| Column | Column |\n| --- | --- |\n| Cell | Cell |\n\nTwo words."
        )
