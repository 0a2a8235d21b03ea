"""Every page checked by axe and measured: WCAG 2.2 AA, light and dark, narrow and wide, 200 %.

The pages are found by the routes (every_page.py). Each is loaded once; then the window, the colour
scheme and the text size are changed.
"""

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies.public import listed_urls
from tests.factories import make_document, make_revision, make_user, save_draft
from tests.site.browsing import log_in
from tests.site.every_page import LOOKED_AT, DeskSite, desk_pages, make_public_site, public_pages
from tests.site.everything import public_routes
from tests.site.looking import Looker

pytestmark = pytest.mark.django_db(transaction=True)

# --- For readers -------------------------------------------------------------------------------

# One leads to others, one only takes a form, one is for programs.
NO_PAGE = {"timegate", "preview_comment", "metrics"}
# Looked at in test_subscribing_in_browser.py.
OF_SUBSCRIBERS = {"subscribe", "confirm", "unsubscribe"}


@pytest.mark.django_db
def test_every_public_page_is_looked_at():
    """Needs no browser, so that it also fails for whoever has none: CONTRIBUTING.md, Add a public
    address, says what to do.
    """
    described = listed_urls.addresses()
    rows = [*described["site"], *described["policy"], *described["private"]]
    is_html = {row["name"]: "schema" not in row and "type" not in row for row in rows}

    pages = {name for name, _ in public_routes() if is_html.get(name)} - NO_PAGE - OF_SUBSCRIBERS

    looked_at = public_pages(make_public_site()).routes
    assert pages - looked_at == set()


def test_public_pages_are_for_everybody(live_server, page, looker):
    for path in public_pages(make_public_site()).html:
        page.goto(live_server.url + path)
        looker.look(path)
    page.route("**/broken/*.html", show_template)
    for template in ("400.html", "500.html", "503.html"):
        page.goto(f"{live_server.url}/broken/{template}")
        looker.look(template)


def show_template(route):
    """Answer with a page that is only shown when something is broken."""
    template = engines["django"].get_template(route.request.url.rpartition("/")[2])
    route.fulfill(body=template.render(), content_type="text/html; charset=utf-8")


# --- For staff ---------------------------------------------------------------------------------

# No page of their own: a script, data, a file, a form without the question it needs, a way to the
# first page. The log-in is shown to strangers, and looked at below.
NOT_LOOKED_AT = {
    *("jsi18n", "autocomplete", "policies_markdown", "policies_audit_csv", "login", "app_list"),
    *("colours", "policies_link_targets", "policies_word", "policies_whole_audit_csv"),
    "policies_proposals",  # of a file; looked at in test_proposals_in_browser.py
    "policies_sign_on_done",  # leads on without a provider; test_sign_on_in_browser.py
    "policies_revision_change",  # leads to the review page
}
# Django's own pages in our frame: axe looks at them, their layout is Django's.
STOCK = ("/admin/auth/", "/admin/password_change/")


@pytest.fixture
def desk(live_server, page):
    site = DeskSite()
    log_in(page.context, live_server, site.root)
    return site


def is_stock(path):
    pages = (
        *("policy/", "revision/", "ledgerentry/", "auditevent/", "webhookendpoint/", "history/"),
        "delete/",
    )
    return path.startswith(STOCK) or any(
        path.endswith(f"/{it}") and "/policies/" in path for it in pages
    )


@pytest.mark.django_db
def test_every_route_of_the_desk_has_a_page_that_is_looked_at_or_is_an_exception():
    """Needs no browser, so that it also fails for whoever has none."""
    site = DeskSite()

    pages = desk_pages(site, site.paths())

    refused = {name for name, answer in pages.other.items() if answer.startswith("403")}
    assert LOOKED_AT - pages.routes - refused == NOT_LOOKED_AT - refused


@pytest.mark.parametrize("half", [0, 1])
def test_the_desk_is_for_everybody(live_server, page, looker, desk, half):
    for path in desk_pages(desk, desk.paths()[half::2]).html:
        page.goto(live_server.url + path)
        looker.look(path, own_layout=not is_stock(path))


def test_errors_at_the_desk_are_accessible_to_everybody(live_server, page, looker):
    page.goto(f"{live_server.url}/admin/")
    looker.look("log-in")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing at all")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    looker.look("a wrong password")

    writer = make_user("Writers", "Publishers")
    log_in(page.context, live_server, writer)
    draft = make_revision(writer=writer)
    page.goto(live_server.url + reverse("admin:policies_edit", args=[draft.pk]))
    save_draft(draft, make_document(title="Theirs"), at=timezone.now())
    page.get_by_label("Title").fill("Mine")
    page.locator(".editor-bar").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looker.look("the conflict")

    page.goto(live_server.url + reverse("admin:policies_edit", args=[draft.pk]))
    page.locator("[name=heading]").first.fill("")
    page.locator(".editor-bar").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looker.look("a section without a heading")

    page.goto(live_server.url + reverse("admin:policies_review", args=[draft.pk]))
    comment = page.locator("form[action$='/comment/']")
    comment.get_by_label("Your comment").fill("x " * 6_000)
    comment.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten it to 10,000")
    expect(page.get_by_label("What you wrote")).to_have_value("x " * 6_000)
    looker.look("a comment that was refused")


def test_axe_and_the_ruler_find_what_is_wrong(live_server, page):
    """Each check gets a page about which it must complain."""
    page.route(
        "**/broken/",
        lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=BROKEN),
    )
    looker = Looker(page)
    page.goto(f"{live_server.url}/broken/")
    looker.look("broken")

    for words in (
        *("color-contrast", "html-has-lang", "target-size", "px wider than the window", "Cut off"),
        *("lies over", "Nothing shows the focus", "Hidden while it has the focus"),
    ):
        assert any(words in it for it in looker.wrong), words


BROKEN = """<!doctype html><title>Broken</title><style>
    .pale { color: #ddd } .cut { height: 8px; overflow: hidden } .wide { width: 400vw }
    .over, .under { position: absolute; top: 0; right: 0 } .under { top: 2px; right: 4px }
    .small a { font-size: 6px; display: inline-block } .no:focus { outline: 0 }
    .lid { position: fixed; inset: 60% 0 0; background: #fff } .low { margin-top: 90vh }
</style><p class="pale">Pale</p><p class="cut">Cut off below</p><p class="wide">Wide</p>
<p class="over">Over</p><p class="under">Under</p>
<p class="small"><a href="#1">a</a><a href="#2">b</a></p>
<p><button class="no">No ring</button></p><p class="low"><button>Under the lid</button></p>
<div class="lid">Lid</div>"""
