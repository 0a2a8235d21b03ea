"""The pages of the documentation: their links lead somewhere, and the README stays short."""

import re
from pathlib import Path

import pytest
import yaml

from softphonez_site import generated_docs

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def anchors(page):
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda it: str(it.relative_to(ROOT)))
def test_every_link_to_another_page_leads_to_a_file_and_a_heading_that_exist(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))

    for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text):
        link = "".join(target)
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        linked = (page.parent / file) if file else page
        assert linked.exists(), link
        assert not anchor or anchor in anchors(linked), link


def test_every_promise_of_security_names_tests_that_are_there():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = text.split("## What is promised")[1].split("\n## ")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(tests/[^`]+)`", row) for row in rows]

    assert all(named)
    assert [file for files in named for file in files if not (ROOT / file).exists()] == []


def test_configurations_of_other_programs_are_yaml():
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"(?:^    .*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
        if re.match(r" +\w+:\n", block)
    ]

    assert {key for block in blocks for key in yaml.safe_load(block)} == {"dbs", "scrape_configs"}


def test_the_readme_has_at_most_120_lines():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert 50 < len(lines) <= 120


@pytest.mark.parametrize("name", generated_docs.PAGES)
def test_what_is_generated_is_as_the_code_has_it(name):
    """If this fails: `make docs`."""
    page = (generated_docs.DOCS / name).read_text(encoding="utf-8")

    assert generated_docs.renewed(page) == page
    assert "<!-- end " in page
