"""The owner's brand, from content/site.toml, content/templates/ and content/static/."""

import os
import re

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string

from policies import languages
from policies.public.inline_assets import csp_source
from softphonez_site import brand
from tests.conftest import ENVIRONMENT
from tests.factories import make_version
from tests.servers import ROOT, SERVER, Connection, python
from tests.site.serving import make_database, publish, served

SITE = """
name = "Kestrel & Sons"
imprint = "https://kestrel.example/imprint"
support = "help@kestrel.example"

[logo]
light = "kestrel/logo.svg"
dark = "kestrel/logo-dark.svg"

[accent]
light = "#A3123A"

[header.en]
"Kestrel" = "https://kestrel.example/"

[footer.en]
"Careers" = "https://kestrel.example/careers"
[footer.de]
"Karriere" = "https://kestrel.example/karriere"

[sentence]
en = "You use what we make."
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40v20z"/></svg>'


def content(folder, site=SITE):
    """Make a folder with this site.toml, and with the logos that it names."""
    (folder / "static" / "kestrel").mkdir(parents=True)
    for name in ("logo", "logo-dark"):
        (folder / "static" / "kestrel" / f"{name}.svg").write_text(LOGO)
    (folder / "site.toml").write_text(site, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ('naem = "x"', "There is no key naem. Did you mean name?"),
        ('[accent]\nlihgt = "#000000"', "There is no key accent.lihgt. Did you mean light?"),
        ("[colours]", "There is no key colours. It has to be name, imprint, support,"),
        ('[accent]\nlight = "#000000"\nimprint = "x"', "imprint belongs above the first line in"),
        ('[header]\n"Help" = "https://x.example"', "It has to be a language such as en, de or"),
        ("name = 3", "name must be a text on one line, in quotation marks, not 3."),
        ('name = ""', "name must be a text on one line"),
        ('name = "Soft\\u0007phonez"', "name must be a text on one line"),
        ('logo = "logo.svg"', "logo must be a table: [logo], then light, dark."),
        (
            '[footer]\nen = "x"',
            'footer.en must be a table: [footer.en], then "Words" = "https://…".',
        ),
        ('[footer.en]\n"Shop" = "javascript:1"', "footer.en.Shop must be an e-mail address, or"),
        ('support = "call us"', "support must be an e-mail address, or begin with https://"),
        ('[logo]\nlight = "no.svg"', "logo.light is no.svg, and there is no file"),
        ('[logo]\ndark = "kestrel/logo.svg"', "logo.light is missing. It is for a light"),
        ('[accent]\nlight = "red"', 'accent.light must be a colour such as "#1a55a3", not'),
        ('[accent]\nlight = "#ffcc00"', "accent.light is #ffcc00: its contrast with #fbe0de"),
        ('[accent]\nlight = "#a3123a"\ndark = "#a3123a"', "accent.dark is #a3123a: its contrast"),
        ('name = "x\nimprint = 3', "(at line 1, column 10). See docs/branding.md."),
    ],
)
def test_a_mistake_stops_the_start_and_says_where_it_is_and_what_to_write(
    settings_with, tmp_path, site, words
):
    folder = content(tmp_path, site)

    with pytest.raises(ImproperlyConfigured, match=re.escape(words)) as refusal:
        settings_with(CONTENT_DIR=str(folder))

    assert str(refusal.value).startswith(f"{folder}/site.toml: ")
    assert str(refusal.value).endswith(". See docs/branding.md.")
    assert "\n" not in str(refusal.value)


def test_a_folder_that_is_not_there_stops_the_start(settings_with):
    with pytest.raises(ImproperlyConfigured, match="CONTENT_DIR does not name a folder"):
        settings_with(CONTENT_DIR="/no/such/folder")


def test_the_colour_that_a_mistake_names_is_taken(settings_with, tmp_path):
    folder = content(tmp_path, '[accent]\nlight = "#ffcc00"')
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(CONTENT_DIR=str(folder))
    better = re.search(r"Write (#\w{6})\.", str(refusal.value))[1]

    (folder / "site.toml").write_text(f'[accent]\nlight = "{better}"')

    assert settings_with(CONTENT_DIR=str(folder))["BRAND"]["accent"]["light"] == better


def test_a_server_says_it_in_one_line(tmp_path):
    """And so it does of a logo that nobody has collected, which each page would need."""
    folder = content(tmp_path, SITE.replace("#A3123A", "#ffcc00"))
    wrong = start(folder)
    (folder / "site.toml").write_text(SITE)
    not_collected = start(folder)

    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "accent.light is #ffcc00" in wrong.stderr
    assert (not_collected.returncode, not_collected.stderr.count("\n")) == (1, 1)
    assert "'kestrel/logo.svg'. Run `manage.py collectstatic" in not_collected.stderr


def start(folder):
    variables = {**ENVIRONMENT, "PATH": os.environ["PATH"], "CONTENT_DIR": str(folder)}
    return python(
        *SERVER[1:], env={**variables, "DJANGO_SETTINGS_MODULE": "softphonez_site.settings"}
    )


def test_the_environment_wins_over_the_file(settings_with, tmp_path, monkeypatch):
    folder = str(content(tmp_path))

    assert settings_with(CONTENT_DIR=folder)["ORGANISATION_NAME"] == "Softphonez"
    monkeypatch.delenv("ORGANISATION_NAME")
    assert settings_with(CONTENT_DIR=folder)["ORGANISATION_NAME"] == "Kestrel & Sons"
    (tmp_path / "site.toml").unlink()
    assert settings_with(CONTENT_DIR=folder)["ORGANISATION_NAME"] == "Softphonez"


def test_the_sample_says_what_is_right_and_shows_every_key(tmp_path):
    sample = (ROOT / "content" / "site.toml").read_text(encoding="utf-8")
    examples = re.sub(r'^# (?=\[|"?\w+"? = )', "", sample, flags=re.MULTILINE)
    folder = content(tmp_path, examples.replace('"logo', '"kestrel/logo'))

    shown = brand.read(folder)

    assert shown.pop("name") == "Softphonez"
    assert shown.pop("logo_data").startswith("data:image/svg+xml;base64,")
    assert all(shown.values())
    assert brand.read(ROOT / "content")["header"] == {}


def test_no_background_has_less_contrast_than_the_ones_that_a_colour_is_tried_on():
    """If this fails: BACKGROUNDS in softphonez_site/brand.py."""
    rules = "".join(
        (ROOT / "static" / "policies" / f"{name}.css").read_text(encoding="utf-8")
        for name in ("site", "redline", "desk-design")
    )
    named = r"--(?:paper|tint|mark|[\w-]*bg|selected-row|message-\w+-bg): (?:light-dark\()?"
    found = re.findall(rf"{named}(#\w+)(?:, (#\w+))?", rules)
    backgrounds = {six_digits(colour) for pair in found for colour in pair if colour}
    light = {colour for colour in backgrounds if luminance(colour) > 0.5}
    dark = {colour for colour in backgrounds if luminance(colour) < 0.05}

    assert len(light) > 8
    assert len(dark) > 8
    assert min(map(luminance, light)) == luminance(brand.BACKGROUNDS["light"])
    assert max(map(luminance, dark)) == luminance(brand.BACKGROUNDS["dark"])


def six_digits(colour):
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def luminance(colour):
    """As WCAG 2.2 defines it."""
    linear = []
    for value in bytes.fromhex(colour[1:]):
        share = value / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.django_db
def test_a_file_with_no_more_than_the_name_of_today_changes_no_byte(client, settings, tmp_path):
    make_version()
    before = [client.get(path).content for path in ("/", "/privacy/", "/nowhere/", "/admin/login/")]
    settings.BRAND = brand.read(tmp_path)  # without a file
    after = [client.get(path).content for path in ("/", "/privacy/", "/nowhere/", "/admin/login/")]
    token = rb'name="csrfmiddlewaretoken" value="\w+"'

    assert [re.sub(token, b"", page) for page in after] == [
        re.sub(token, b"", page) for page in before
    ]
    assert b"<picture>" not in after[0] + after[3]


@pytest.mark.django_db
def test_links_are_those_of_the_language_of_the_page(settings, tmp_path):
    settings.BRAND = brand.read(content(tmp_path))

    with languages.page_in("de"):
        page = render_to_string("404.html", languages.frame("de"))

    header, footer = BeautifulSoup(page, "html.parser").select("nav")
    assert header.attrs == {
        "class": ["links"],
        "aria-label": "Softphonez",
        "lang": "en",
        "dir": "ltr",
    }
    assert [(link.text, link.get("lang")) for link in footer("a")] == [
        ("Karriere", None),
        ("Impressum", None),
        ("Kontakt", None),
    ]


# --- A site with a brand --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A served site with a brand, a template and an icon of its own: what it answers at a path."""
    folder = tmp_path_factory.mktemp("branded")
    own = content(folder / "content")
    (own / "static" / "policies").mkdir()
    (own / "static" / "policies" / "icon.svg").write_text(LOGO)
    (own / "templates" / "policies").mkdir(parents=True)
    (own / "templates" / "policies" / "index.html").write_text(
        '{% extends "policies/index.html" %}{% block title %}Our rules{% endblock %}'
    )
    make_database(folder)
    publish(folder, 1)
    brand_only = {"CONTENT_DIR": str(own), "ORGANISATION_NAME": "Kestrel & Sons"}
    with served(folder, workers=1, **brand_only) as port:
        connection = Connection(port)
        yield connection
        connection.close()


def test_a_page_shows_the_brand_under_the_same_content_security_policy(site):
    answer = site.ask("/privacy/")
    page = BeautifulSoup(answer.body, "html.parser")
    source, image = page.select("header picture > *")
    footer = page.select("nav.brand a")

    assert (source["srcset"], source["media"]) == (
        "/static/kestrel/logo-dark.svg",
        "(prefers-color-scheme: dark)",
    )
    assert (image["src"], image["alt"]) == ("/static/kestrel/logo.svg", "Kestrel & Sons")
    assert [(link.text, link["href"]) for link in footer] == [
        ("Careers", "https://kestrel.example/careers"),
        ("Imprint", "https://kestrel.example/imprint"),
        ("Contact", "mailto:help@kestrel.example"),
    ]
    css = page.style.string
    assert "--accent:#a3123a" in css
    assert "--accent:#17508c" not in css
    policy = answer.headers["content-security-policy"]
    assert csp_source(css) in policy
    assert "img-src 'self' data:; style-src 'self' 'sha256-" in policy
    assert page.title.string == "Privacy Policy – Kestrel & Sons"


def test_an_app_gets_the_text_without_logo_and_links(site):
    page = BeautifulSoup(site.ask("/privacy/embed/").body, "html.parser")

    assert page.select("picture, .brand, .site-header") == []


def test_the_owners_templates_and_files_win(site):
    page = BeautifulSoup(site.ask("/").body, "html.parser")

    assert page.title.string == "Our rules – Kestrel & Sons"
    assert "M0%200h40v20z" in page.select_one("link[rel=icon]")["href"]


def test_the_desk_has_the_name_the_logo_and_the_colours(site):
    answer = site.ask("/admin/login/")
    page = BeautifulSoup(answer.body, "html.parser")

    assert page.select_one("#site-name img")["alt"] == "Kestrel & Sons"
    assert page.select_one("#site-name").text.split() == ["policies"]
    (colours,) = page.select('link[href="/admin/colours.css"]')
    css = site.ask(colours["href"])
    assert css.headers["content-type"].startswith("text/css")
    assert b"--brand-light: #a3123a;" in css.body
    assert "style-src 'self'" in answer.headers["content-security-policy"].split("; ")


def test_axe_finds_nothing_on_a_page_with_a_brand(site, looker):
    for path in ("/privacy/", "/", "/privacy/versions/1/notice.html"):
        looker.page.goto(f"http://localhost:{site.port}{path}")
        looker.look(f"{path} with a brand")


def test_a_restart_shows_a_changed_brand_although_pages_were_kept(tmp_path):
    make_database(tmp_path)
    publish(tmp_path, 1)
    kept = {"PAGES_SNAPSHOT": str(tmp_path / "pages.snapshot")}
    own = content(tmp_path / "content")
    answers = []
    for site in (SITE, SITE.replace("#A3123A", "#0a5c36")):
        (own / "site.toml").write_text(site)
        with served(tmp_path, workers=1, CONTENT_DIR=str(own), **kept) as port:
            connection = Connection(port)
            answers.append(connection.ask("/privacy/"))
            connection.close()

    first, second = answers
    assert first.headers["etag"] != second.headers["etag"]
    assert b"--accent:#0a5c36" in second.body
