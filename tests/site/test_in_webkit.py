"""Public pages and the editor in WebKit, the engine of Safari and of every webview on iOS."""

import pytest
from django.urls import reverse

from policies.models import Revision
from policies.text.document import Document, Section
from tests import webkit
from tests.factories import make_revision
from tests.nginx import free_port
from tests.site.colours import ink_and_paper
from tests.site.logging_in import PASSWORD, make_staff
from tests.site.published import publish_everything, publish_history, publish_translations

pytestmark = [pytest.mark.webkit, pytest.mark.slow]

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
TOP = "Math.round(document.getElementById('{}').getBoundingClientRect().top)"


@pytest.fixture
def dark(tmp_path):
    with webkit.opened(tmp_path, free_port(), "--dark-mode") as session:
        yield session


@pytest.fixture
def light(tmp_path):
    with webkit.opened(tmp_path, free_port()) as session:
        yield session


def styles(session, selector, *names):
    """Return computed styles of the first element that a CSS selector finds."""
    found = f"getComputedStyle(document.querySelector({selector!r}))"
    return session.evaluate(f"[{','.join(f'{found}.{name}' for name in names)}]")


def test_pages_fit_follow_anchors_and_the_colour_scheme_in_webkit(live_server, dark):
    everything = live_server.url + publish_everything()
    pages = [live_server.url + page for page in ("/", *publish_history())]

    for page in [everything, *pages]:
        dark.show(page, width=320)
        assert dark.evaluate("innerWidth") == 320
        assert dark.evaluate(OVERFLOW) <= 0, page
        assert styles(dark, "body", "color", "backgroundColor") == ink_and_paper("dark"), page

    # The table scrolls in itself.
    dark.show(everything, width=320)
    assert dark.evaluate(
        "(it => it.scrollWidth > it.clientWidth)(document.querySelector('.table-scroll'))"
    )

    # A link from elsewhere, and one in the contents.
    dark.show(f"{everything}#retention", width=320)
    assert 0 <= dark.evaluate(TOP.format("retention")) < 100
    dark.click(".contents summary")
    dark.click(".contents a[href='#words']")
    assert dark.evaluate("location.hash") == "#words"
    assert 0 <= dark.evaluate(TOP.format("words")) < 100

    # A wide window has the contents beside the text.
    dark.show(everything, width=1280)
    assert dark.evaluate(OVERFLOW) <= 0
    left, right = (
        dark.evaluate(f"document.querySelector('{part}').getBoundingClientRect().{edge}")
        for part, edge in ((".contents", "left"), (".prose", "right"))
    )
    assert right < left


def test_embedded_pages_redlines_and_history_work_in_webkit(live_server, light):
    publish_everything()
    publish_history()

    # Inside an app: no header, the contents fold, the table scrolls in itself.
    light.show(f"{live_server.url}/terms/embed/", width=320)
    assert light.evaluate(OVERFLOW) <= 0
    assert light.evaluate("document.querySelector('.site-header')") is None
    assert styles(light, "body", "color", "backgroundColor") == ink_and_paper("light")
    light.click(".contents summary")
    light.click(".contents a[href='#retention']")
    assert 0 <= light.evaluate(TOP.format("retention")) < 100

    # A redline: what came and what went are told apart, and a fold opens.
    for page in ("/privacy/compare/1/3/", "/privacy/embed/since/1/"):
        light.show(live_server.url + page, width=320, height=1600)
        assert light.evaluate(OVERFLOW) <= 0, page
        (came,), (went,) = (styles(light, it, "textDecorationLine") for it in ("ins", "del"))
        assert (came, went) == ("underline", "line-through")
        shut = light.evaluate("document.querySelectorAll('details.unchanged[open]').length")
        light.click("details.unchanged summary")
        opened = light.evaluate("document.querySelectorAll('details.unchanged[open]').length")
        assert (shut, opened) == (0, 1)

    light.show(f"{live_server.url}/privacy/versions/", width=320)
    assert light.evaluate(OVERFLOW) <= 0
    assert light.evaluate("document.querySelectorAll('.timeline > li').length") == 3


def test_a_right_to_left_page_is_the_mirror_image_in_webkit(live_server, dark):
    publish_translations()
    edges = "(it => [it.left, it.right])(document.querySelector('{}').getBoundingClientRect())"

    ink, _ = ink_and_paper("dark")
    for width in (320, 1280):
        dark.show(f"{live_server.url}/ar/data/", width=width)
        assert dark.evaluate(OVERFLOW) <= 0
        assert styles(dark, "body", "direction", "color") == ["rtl", ink]
    contents, prose = (dark.evaluate(edges.format(it)) for it in (".contents", ".prose"))
    menu, home = (dark.evaluate(edges.format(it)) for it in (".languages", ".site-header > a"))
    assert contents[1] < prose[0]
    assert menu[0] < home[0]


def test_a_text_is_written_formatted_and_saved_in_webkit(live_server, light):
    writer = make_staff("ana", "Writers")
    text = Document("Terms", "", (Section("Scope", "scope", "Words.\n\n(a) One.\n\n(b) Two."),))
    draft = make_revision(writer=writer, document=text)
    editor = live_server.url + reverse("admin:policies_edit", args=[draft.pk])
    light.show(editor, width=1280)
    light.type("[name=username]", "ana")
    light.type("[name=password]", f"{PASSWORD}\ue007")
    surface = ".section .surface-text"
    light.wait_for(surface)

    light.type(surface, "\ue009\ue010\ue000")  # Control and End: behind the last clause
    light.type(surface, " Three.\ue007Four.")
    light.click(".editor-bar button[value=save]")
    light.wait_for(f"[name=seen_saves][value='{draft.saves + 1}']")

    saved = Revision.objects.get().document().sections[0].body
    assert saved == "Words.\n\n(a) One.\n\n(b) Two. Three.\n\n(c) Four."
