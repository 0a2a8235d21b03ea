"""Links to sections, clauses and other policies, chosen from a list while writing."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import make_import, make_policy, make_revision
from tests.site.browsing import editor

pytestmark = pytest.mark.django_db(transaction=True)

FEES = "(a) Each month.\n\n(b) Each year:\n\n    (i) in euros;\n\n2.1 Never more."
SECTIONS = (Section("Scope", "scope", "All."), Section("Fees [net]", "fees", FEES))
TEXT = Document("Terms", "", SECTIONS, clauses=True)


@pytest.fixture
def area(page, live_server, writer):
    """The text of the first section, empty and with the focus; there is another policy."""
    make_import(
        TEXT,
        policy=make_policy(slug="cookies", name="Cookie policy", language="de"),
        at=timezone.now(),
    )
    make_policy(slug="not-yet-public")
    page.goto(editor(live_server, make_revision(writer=writer, document=TEXT)))
    body = page.locator("[name=body]").first
    body.fill("")
    return body


CHOICES = [
    ("See #", "net", r"See [Fees \[net\]](#fees)!"),
    ("See #", "each year", "See [2(b)](#fees-b)!"),
    ("See #", "euros", "See [2(b)(i)](#fees-b.i)!"),
    ("See #", "never", "See [2.1](#fees-2.1)!"),
    ("See #", "cookie", "See [Cookie policy (de)](/de/cookies/)!"),
    ("See [it](#", "net", "See [it](#fees)!"),
    ("See (#", "scope", "See ([Scope](#scope)!"),
]


def options(page):
    return page.get_by_role("listbox", name="Link to").get_by_role("option")


def test_a_place_is_chosen_by_its_words(page, area):
    field = page.get_by_role("combobox", name="Link to a section, clause or policy")
    for typed, filtered, written in CHOICES:
        area.fill("")
        area.press_sequentially(typed)
        expect(field).to_be_focused()
        expect(options(page).filter(has_text="Cookie policy")).to_be_visible()
        page.keyboard.type(filtered)
        expect(options(page)).to_have_count(1)

        page.keyboard.press("Enter")

        expect(area).to_be_focused()
        page.keyboard.type("!")
        expect(area).to_have_value(written)


def test_a_numbered_heading_is_referred_to_as_lawyers_do(page, live_server, writer):
    """Its full stop would end the sentence."""
    sections = (Section("1. Scope", "scope", "All."), Section("2. Fees", "fees", "Many."))
    draft = make_revision(writer=writer, document=Document("Terms", "", sections))
    page.goto(editor(live_server, draft))
    area = page.locator("[name=body]").first
    area.fill("")
    area.press_sequentially("See clause #")
    page.keyboard.type("fees")
    expect(options(page)).to_have_count(1)

    page.keyboard.press("Enter")

    expect(area).to_have_value("See clause [2 (Fees)](#fees)")


def test_who_wants_no_link_goes_on_writing(page, area):
    area.press_sequentially("Ticket #")
    expect(options(page)).to_have_count(7)
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.type("42")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()

    page.keyboard.press("Escape")

    expect(area).to_be_focused()
    expect(area).to_have_value("Ticket #42")
    page.keyboard.type(" or # 7\n### Heading, C#")
    expect(area).to_have_value("Ticket #42 or # 7\n### Heading, C#")


def test_selected_words_become_a_link(page, area):
    area.fill("See the fees.")
    area.evaluate("it => it.setSelectionRange(4, 12)")

    page.locator("markdown-toolbar").locator(".insert-reference").click()
    expect(options(page).filter(has_text="Cookie policy")).to_be_visible()
    options(page).filter(has_text="Fees").first.click()

    expect(area).to_have_value("See [the fees](#fees).")
    area.press("ControlOrMeta+z")
    expect(area).to_have_value("See the fees.")
