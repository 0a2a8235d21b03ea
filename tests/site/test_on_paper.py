"""What a browser prints: where pages end."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import NOW, make_document, make_policy, make_revision, make_user, make_version
from tests.printing import lines_of_pages
from tests.site.browsing import log_in, show

LINE = "We keep what you give us for as long as the law asks, and then we delete all of it."


@pytest.fixture
def paper(page, live_server):
    def print_it(path):
        page.goto(live_server.url + path)
        return lines_of_pages(page.pdf(prefer_css_page_size=True, format="A4"))

    return print_it


# Around the length at which the last lines no longer fit on the second page.
@pytest.mark.slow
@pytest.mark.parametrize("paragraphs", range(39, 45))
@pytest.mark.django_db(transaction=True)
def test_no_policy_ends_on_a_page_that_has_one_line(paper, paragraphs):
    document = make_document(text="\n\n".join([LINE] * paragraphs))
    version = make_version(document=document)

    first, *others = paper(version.policy.get_absolute_url())

    assert first > 20
    assert others[-1] >= 3


@pytest.mark.django_db(transaction=True)
def test_the_public_history_begins_on_the_first_page(paper):
    policy = make_policy()
    for day in range(12):
        make_version(policy=policy, at=NOW + timedelta(days=day))

    first, *others = paper(policy.url("history"))

    assert first > 10
    assert others[-1] >= 3


@pytest.mark.django_db(transaction=True)
def test_an_address_on_arabic_paper_ends_with_its_slash(page, live_server):
    policy = make_policy(slug="privacy", language="ar")
    make_version(policy=policy, text="زوروا https://softphonez.com/support/ اليوم.")
    page.goto(live_server.url + policy.get_absolute_url())
    page.emulate_media(media="print")

    for place, end in ((".source", "/versions/1/"), (".address", "/support/")):
        first, last = page.locator(place).first.evaluate(
            """(it, end) => {
                const nodes = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
                while (!nodes.nextNode().data.includes(end));
                const { data } = nodes.currentNode, range = new Range();
                return [data.indexOf("http"), data.lastIndexOf("/")].map(at => {
                    range.setStart(nodes.currentNode, at);
                    range.setEnd(nodes.currentNode, at + 1);
                    return range.getBoundingClientRect().left;
                });
            }""",
            end,
        )
        assert first < last, place


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_history_of_the_desk_ends_on_a_page_that_has_one_version(paper, page, live_server):
    log_in(page.context, live_server, make_user("Writers"))
    policy, ends = make_policy(), []

    for day in range(17):
        make_version(policy=policy, at=NOW + timedelta(days=day))
        if day > 12:
            ends.append(paper(reverse("admin:policies_history", args=[policy.pk])))

    assert any(len(it) > 1 for it in ends)
    assert min(it[-1] for it in ends) >= 6  # of two versions


@pytest.mark.parametrize("theme", ["auto", "dark"])
def test_the_desk_prints_in_ink_on_white_from_a_dark_screen(
    transactional_db, page, live_server, theme
):
    log_in(page.context, live_server, make_user("Writers"))
    page.emulate_media(color_scheme="dark")
    page.goto(live_server.url + reverse("admin:index"))
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.reload()

    page.emulate_media(media="print", color_scheme="dark")

    paper = page.locator("body").evaluate("it => getComputedStyle(it).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


def test_whoever_wrote_many_sections_is_folded_on_screen_and_complete_on_paper(
    transactional_db, page, live_server
):
    log_in(page.context, live_server, make_user("Reviewers"))
    sections = tuple(Section(f"Part {n}", f"part-{n}", LINE) for n in range(1, 10))
    revision = make_revision(document=Document("Privacy", "", sections))
    page.goto(live_server.url + reverse("admin:policies_review", args=[revision.pk]))
    parts = page.locator(".desk-facts").get_by_text("section 9 (Part 9)")
    page.get_by_text("About this text").click()
    expect(page.get_by_text(": 10 parts")).to_be_visible()
    expect(parts).to_be_hidden()

    page.emulate_media(media="print")

    if page.evaluate("CSS.supports('selector(::details-content)')"):
        expect(parts).to_be_visible()


def test_no_toolbar_and_no_empty_field_of_the_editor_is_printed(
    transactional_db, page, live_server
):
    writer = make_user("Writers")
    log_in(page.context, live_server, writer)
    draft = make_revision(writer=writer, text="See [it](#nowhere).")
    page.goto(live_server.url + reverse("admin:policies_edit", args=[draft.pk]))
    show(page, "Findings")
    expect(page.locator(".finding form").first).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator("textarea").first).to_be_visible()
    for controls in ("markdown-toolbar", ".editor-bar", ".finding form"):
        expect(page.locator(controls).first).to_be_hidden()
