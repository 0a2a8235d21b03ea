"""The public pages, as a browser shows them and a reader uses them."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import settings as site
from django.template import engines
from playwright.sync_api import expect

from policies.public import inline_assets
from policies.text import document as documents
from tests.policies.public.public_site import make_history
from tests.site.colours import ink_and_paper
from tests.site.published import (
    HINDI,
    JAPANESE,
    publish,
    publish_clauses,
    publish_everything,
    publish_history,
    publish_privacy,
    publish_translations,
)

PHONE, NARROW, TABLET, LAPTOP, DESKTOP = 360, 320, 768, 1024, 1440


@pytest.fixture
def privacy(live_server):
    return live_server.url + publish_privacy()


@pytest.fixture
def everything(live_server):
    return live_server.url + publish_everything()


def show(page, address, *, width=DESKTOP, height=900):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def top(page, selector):
    return page.eval_on_selector(selector, "element => element.getBoundingClientRect().top")


# --- Clauses ---------------------------------------------------------------------------------


@pytest.fixture
def rules(live_server):
    return live_server.url + publish_clauses()[0]


def test_a_link_to_a_clause_shows_it_and_where_the_earlier_one_is(page, rules):
    show(page, rules)
    note = page.locator("#fees-b > .gone")
    expect(note).to_be_hidden()

    page.goto(f"{rules}#fees-b")

    expect(page.locator(".clause:target")).to_be_in_viewport()
    expect(note).to_have_text(re.compile(r"\(b\) in version 1 is now \(c\)\."))
    note.get_by_role("link").click()
    expect(page.locator(".clause:target")).to_have_text(re.compile(r"\(c\) Never share"))
    expect(note).to_be_hidden()


def test_a_label_is_a_link_to_its_clause_that_a_keyboard_reaches(page, rules):
    show(page, rules)
    label = page.locator("[id='account-2.1.b'] > .label")
    label.focus()

    page.keyboard.press("Enter")

    assert page.url == f"{rules}#account-2.1.b"
    expect(label).to_have_css("text-decoration-line", "none")


@pytest.mark.parametrize("width", [NARROW, DESKTOP])
def test_clauses_hang_behind_their_labels_and_fit(page, rules, width):
    show(page, rules, width=width)

    assert overflow(page) == 0
    starts = page.eval_on_selector_all(
        "[id='account-2.1'], [id='account-2.1'] .clause",
        "all => all.map(it => it.querySelector('.label').getBoundingClientRect().left)",
    )
    assert len(set(map(round, starts))) == 5


@pytest.mark.parametrize(
    ("width", "label"),
    [
        *((NARROW, "9.1"), (390, "36.1"), (DESKTOP, "12.10")),
        *((NARROW, "(1) A;\n(2) B;\n(100)"), (NARROW, "1.100"), (390, "(i) A;\n(ii) B;\n(xviii)")),
        (NARROW, "(i) A;\n\n(ii) B;\n\n(xviii)"),
    ],
)
def test_a_label_of_a_long_contract_leaves_the_first_line_in_line(page, live_server, width, label):
    words = "The parties keep confidential what they learn of each other. " * 5
    text = f"# Rules\n\n## Secrets {{#secrets}}\n\n{label} {words}\n"
    path = publish("rules", documents.parse(text))

    show(page, live_server.url + path, width=width)

    first, *others = page.eval_on_selector(
        ".clauses > :last-child",
        """it => {
            const range = document.createRange();
            range.selectNodeContents(it);
            range.setStart(it.querySelector(".label").nextSibling, 1);
            return [...range.getClientRects()].map(line => line.left);
        }""",
    )
    assert others
    assert first == pytest.approx(others[0], abs=1.5)


def test_numbers_of_three_digits_stay_within_the_text(page, live_server):
    items = "\n".join(f"{number}. Words." for number in range(99, 102))
    path = publish("rules", documents.parse(f"# Rules\n\n## All\n\n{items}\n"))

    show(page, live_server.url + path, width=NARROW)

    room, needed = page.eval_on_selector(
        ".prose ol",
        """list => {
            const number = list.appendChild(document.createElement("span"));
            number.textContent = "101. ";
            const room = list.firstElementChild.getBoundingClientRect().left;
            return [room - list.getBoundingClientRect().left, number.getBoundingClientRect().width];
        }""",
    )
    assert room >= needed


def test_a_label_that_is_another_one_now_is_marked_over_its_width(page, rules):
    show(page, f"{rules}compare/1/2/")
    marked = page.locator(".redline-format:has(> .label)")

    expect(marked).to_have_text("(c)")
    expect(marked.locator(".label")).to_have_css("border-bottom-style", "dotted")
    expect(marked).to_have_css("border-bottom-style", "none")


def test_the_words_of_a_clause_are_copied_with_its_label(page, rules):
    show(page, rules)

    copied = page.evaluate("""() => {
        getSelection().selectAllChildren(document.querySelector("[id='account-2.1']"));
        return getSelection().toString();
    }""")

    assert "(b) to write, provided that\n(i) it is yours,\n(ii) it is lawful, and" in copied


# --- Reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [TABLET, LAPTOP, DESKTOP])
def test_a_line_holds_60_to_75_characters(page, privacy, width):
    show(page, privacy, width=width)

    # How many characters stand on each line of each paragraph, its last line aside.
    lines = page.evaluate("""() => [...document.querySelectorAll(".prose > p")].flatMap(p => {
        const range = document.createRange(), text = p.firstChild, tops = [];
        for (let i = 0; i < text.length; i++) {
            range.setStart(text, i);
            range.setEnd(text, i + 1);
            const box = range.getBoundingClientRect();
            if (box.width) tops.push(Math.round(box.top));
        }
        const counts = new Map();
        tops.forEach(top => counts.set(top, (counts.get(top) ?? 0) + 1));
        return [...counts.values()].slice(0, -1);
    })""")

    assert len(lines) > 40
    assert 60 <= sum(lines) / len(lines) <= 75
    assert max(lines) <= 75


@pytest.mark.parametrize("width", [NARROW, TABLET, LAPTOP, DESKTOP])
def test_text_begins_at_the_same_place_on_every_page(page, live_server, settings, width):
    settings.SUBSCRIPTIONS = True
    without_sections = publish("note", documents.parse("# A note\n\nWe keep little.\n"))
    paths = [*publish_history(), without_sections, "/", "/nowhere/at/all/", "/privacy/subscribe/"]
    lefts = "all => all.map(it => Math.round(it.getBoundingClientRect().left))"
    places = {}

    for path in paths:
        show(page, live_server.url + path, width=width)
        for left in page.locator("h1, .site-header > a, .prose > p").evaluate_all(lefts):
            places.setdefault(left, []).append(path)

    assert len(places) == 1, places


def test_the_contents_of_a_redline_mark_what_changed_and_unfold_what_did_not(page, live_server):
    publish_history()
    show(page, f"{live_server.url}/privacy/compare/1/2/")
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link")).to_have_count(13)

    expect(contents.get_by_role("link", name="changed")).to_have_text(
        re.compile("Security and retention changed")
    )
    contents.get_by_role("link", name="Children").click()

    expect(page.get_by_text("not intended for children")).to_be_in_viewport()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_link_in_the_contents_leads_to_its_section(page, privacy, width):
    show(page, privacy, width=width)
    if width == PHONE:
        page.locator("summary").click()
    links = page.locator(".contents a")
    expect(links).to_have_count(13)

    for link in links.all():
        anchor = link.get_attribute("href")
        link.click()

        expect(page.locator(anchor)).to_be_in_viewport()
        at_the_end = page.evaluate(
            "Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight"
        )
        assert 0 <= top(page, anchor) < 60 or at_the_end
        assert page.url == privacy + anchor


def test_the_contents_stay_in_view_beside_the_text_on_a_wide_screen(page, privacy):
    show(page, privacy, width=LAPTOP)
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link").first).to_be_in_viewport()

    page.keyboard.press("End")

    expect(page.get_by_text("should be reviewed by counsel")).to_be_in_viewport()
    expect(contents.get_by_role("link").first).to_be_in_viewport()


def test_unfolded_contents_keep_their_distance_from_the_line_below(page, privacy):
    """The same as their heading from the line above."""
    show(page, privacy, width=PHONE)
    heading, entries = page.locator(".contents summary"), page.locator(".contents a")
    padding = heading.evaluate("it => parseFloat(getComputedStyle(it).paddingBlockStart)")

    heading.click()

    ends = [
        box["y"] + box["height"]
        for box in (it.bounding_box() for it in (page.locator(".contents"), entries.last))
    ]
    assert ends[0] - ends[1] >= padding > 8


def test_the_first_stop_of_the_keyboard_skips_to_the_text(page, privacy):
    show(page, privacy)

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator("main a").first).to_be_focused()


def test_a_right_to_left_page_is_the_mirror_image(page, live_server):
    publish_translations()

    show(page, live_server.url + "/ar/data/")

    contents = page.locator(".contents").bounding_box()
    number = page.locator("h2 .number").first.bounding_box()
    prose = page.locator(".prose").bounding_box()
    assert contents["x"] + contents["width"] < prose["x"]
    assert number["x"] > prose["x"] + prose["width"]
    menu = page.get_by_role("navigation", name="اللغة")
    home = page.locator(".site-header > a").bounding_box()
    assert menu.bounding_box()["x"] < home["x"]
    expect(menu.locator("[aria-current]")).to_have_text("العربيّة")
    # What is written from left to right stays so: an address, and the last cell's number.
    code = page.locator("code").bounding_box()
    assert prose["x"] < code["x"] < code["x"] + code["width"] < prose["x"] + prose["width"]
    first, last = (page.locator("th").nth(n).bounding_box()["x"] for n in (0, 1))
    assert first > last
    assert overflow(page) == 0


# The text of each date, and its lines.
LINES_OF_DATES = """() => [...document.querySelectorAll("bdi")].filter(it => it.checkVisibility())
    .map(date => {
        const range = document.createRange(), text = date.firstChild, lines = [];
        for (let at = 0, top = null; at < text.length; at++) {
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            const box = range.getBoundingClientRect();
            if (box.width && box.top !== top) lines.push("");
            if (box.width) top = box.top;
            lines[lines.length - 1] += text.data[at];
        }
        return [text.data, lines.map(line => line.trim())];
    })
"""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", [16, 32])
def test_a_date_is_on_one_line_or_with_large_text_broken_between_words(
    page, live_server, language, size
):
    """On a phone, with text in the usual size and twice as large."""
    policy = make_history(language=language, upcoming=datetime(2099, 9, 27, tzinfo=UTC))
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
    dates = []
    for path in ("", "versions/", "versions/1/"):
        show(page, f"{live_server.url}{policy.get_absolute_url()}{path}", width=PHONE)
        assert overflow(page) == 0
        dates += page.evaluate(LINES_OF_DATES)

    assert len(dates) > 12
    assert [date for date in dates if " ".join(date[1]) != date[0]] == []
    if size == 16:
        assert [date for date in dates if len(date[1]) > 1] == []


@pytest.mark.fonts  # every phone has such fonts; a bare Debian doesn't
@pytest.mark.parametrize(("language", "text"), [("ja", JAPANESE), ("hi", HINDI)])
def test_other_scripts_are_written_in_letters_not_in_boxes(page, live_server, language, text):
    show(page, live_server.url + publish("privacy", documents.parse(text), language=language))

    boxes = page.evaluate("""() => {
        const paragraph = document.querySelector(".prose p");
        const canvas = document.createElement("canvas").getContext("2d");
        const drawn = sign => {
            canvas.clearRect(0, 0, 60, 60);
            canvas.font = "30px " + getComputedStyle(paragraph).fontFamily;
            canvas.fillText(sign, 5, 40);
            return canvas.getImageData(0, 0, 60, 60).data.join();
        };
        const box = drawn("\\u{5FFFE}");
        const letters = new Set(paragraph.textContent.match(/\\p{L}/gu));
        return [...letters].filter(letter => drawn(letter) === box);
    }""")

    assert boxes == []
    assert overflow(page) == 0


# --- Everybody's screen ------------------------------------------------------------------------


def test_a_wide_table_scrolls_in_itself_by_keyboard(page, everything):
    show(page, everything, width=NARROW)
    table = page.locator(".table-scroll")
    assert table.evaluate("box => box.scrollWidth > box.clientWidth")

    table.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")

    page.wait_for_function("() => document.querySelector('.table-scroll').scrollLeft > 0")
    assert overflow(page) == 0


def test_light_and_dark_are_both_spelt_out(page, privacy):
    """Text and background colour are both set, so that no browser or app has to guess one."""
    colours = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        show(page, privacy)
        colours[scheme] = page.eval_on_selector(
            "body", "body => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
        )

    assert colours == {scheme: ink_and_paper(scheme) for scheme in ("light", "dark")}
    assert not set(colours["light"]) & set(colours["dark"])


# --- Inside an app -----------------------------------------------------------------------------


def test_an_embedded_page_bears_the_largest_text_that_a_phone_can_be_set_to(page, everything):
    """53px is the body text of iOS at its largest (AX5), three times the usual."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 53, "fixed": 43}})

    show(page, everything + "embed/", width=NARROW)
    page.locator("summary").click()

    assert overflow(page) == 0
    size = page.eval_on_selector(".prose p", "p => parseFloat(getComputedStyle(p).fontSize)")
    assert size >= 53


@contextmanager
def shop_around(address):
    """Serve another site on this machine, whose only page shows `address` in a frame."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<title>Shop</title><iframe src="{address}"></iframe>'.encode())

        def log_message(self, *words):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_page_in_a_frame_opens_links_beside_it_and_anchors_in_it(page, live_server, settings):
    text = "# Terms\n\nSee [privacy](/privacy/) and [below](#end).\n\n## End {#end}\n\nLast.\n"
    address = live_server.url + publish("terms", documents.parse(text)) + "embed/"
    publish_privacy()

    with shop_around(address) as shop:
        settings.EMBED_ORIGINS = [shop]
        page.goto(f"{shop}/")
        frame = page.frame_locator("iframe")
        frame.get_by_role("link", name="below").click()
        with page.context.expect_page() as opened:
            frame.get_by_role("link", name="privacy").click()

    assert opened.value.url == f"{live_server.url}/privacy/"
    assert [it.url for it in page.frames] == [f"{shop}/", f"{address}#end"]


# --- Paper -------------------------------------------------------------------------------------


def test_paper_carries_the_text_and_where_it_is_from_but_no_navigation(page, privacy, settings):
    show(page, privacy)

    page.emulate_media(media="print")

    printed = page.locator("body").inner_text()
    assert printed.startswith(
        f"Privacy Policy\n\nLast updated May 2, 2026\n\nSoftphonez\n{settings.SITE_URL}/privacy/"
    )
    assert "1. Scope of this policy" in printed
    assert "Version 1, in force since May 2, 2026" in printed
    assert "Contents\n" in printed
    assert re.search(r"Version 1, published .*\nSHA-256 [0-9a-f]{64}\n", printed)
    for navigation in ("Skip to the text", "All policies"):
        assert navigation not in printed


def test_paper_says_where_links_lead(page, everything):
    show(page, everything)

    page.emulate_media(media="print")

    after = "link => getComputedStyle(link, '::after').content"
    assert "https://example.org/here" in page.get_by_text("link", exact=True).evaluate(after)
    assert page.locator(".footnote-ref").evaluate(after) == "none"


def test_a_page_prints_in_ink_on_white_from_a_dark_screen(page, privacy):
    page.emulate_media(color_scheme="dark")
    show(page, privacy)

    page.emulate_media(media="print", color_scheme="dark")

    body = page.locator("body")
    ink, _ = ink_and_paper("light")
    assert body.evaluate("body => getComputedStyle(body).color") == ink


# --- What it costs and what it asks for --------------------------------------------------------


def test_a_first_visit_is_one_request_without_script_or_cookie(page, privacy):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    show(page, privacy)
    page.wait_for_load_state("networkidle")

    assert asked == [privacy]
    assert page.locator("script:not([type='application/ld+json'])").count() == 0
    assert page.context.cookies() == []


def test_a_browser_reads_the_same_rules_from_the_page_as_from_the_file(page, privacy):
    """The page contains a smaller copy of the stylesheet, with the same rules.

    A browser gives back custom properties and conditions as they were written, white space too.
    """
    show(page, privacy)
    rules = "sheet => [...sheet.cssRules].map(rule => rule.cssText.replace(/([,:]) /g, '$1'))"

    carried = page.evaluate(f"({rules})(document.styleSheets[0])")
    written = page.evaluate(
        f"text => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync(text);"
        f" return ({rules})(sheet) }}",
        inline_assets.static_text("site.css"),
    )

    assert len(carried) > 50
    assert carried == written


def test_the_stylesheet_takes_no_room_for_comments_and_white_space():
    """What is left of the 8 kB is for the logo of whoever runs the site."""
    css = inline_assets.compact("""
        /* One. */
        a:hover, .b > :is(ul, ol) li :first-child {
          color: #000;
          content: " (" attr(href) ") ";
        }

        @media (min-width: 62em) and (hover) {
          a { margin: calc(1em + 2px) }
        }
    """)

    assert css == (
        'a:hover,.b>:is(ul,ol) li :first-child{color:#000;content:" (" attr(href) ") "}'
        "@media (min-width:62em) and (hover){a{margin:calc(1em + 2px)}}"
    )


def test_the_icon_is_in_the_page_and_the_policy_lets_it_show(page, privacy):
    show(page, privacy)

    width = page.evaluate("""async () => {
        const image = new Image();
        image.src = document.querySelector("link[rel=icon]").href;
        await image.decode();
        return image.naturalWidth;
    }""")

    assert width > 0


def test_browsers_that_ask_for_favicon_ico_get_one_and_keep_it(client, db):
    answer = client.get("/favicon.ico")

    assert answer.getvalue() == (site.BASE_DIR / "static/root/favicon.ico").read_bytes()
    answer.close()
    assert answer.status_code == 200
    assert answer["Content-Type"] in {"image/x-icon", "image/vnd.microsoft.icon"}
    assert "max-age=86400" in answer["Cache-Control"]


# --- When something is wrong -------------------------------------------------------------------


def test_the_500_page_needs_neither_context_nor_database():
    shown = engines["django"].get_template("500.html").render()

    assert "Something went wrong on our side" in shown
    assert inline_assets.STYLES["site"] in shown
