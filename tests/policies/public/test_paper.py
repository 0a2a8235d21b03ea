"""Paper: an address is printed once."""

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

from policies.text.rendering import render


def marked(markdown):
    template = Template("{% load addresses %}{{ html|mark_addresses }}")
    return template.render(Context({"html": SafeString(render(markdown).html)}))


@pytest.mark.parametrize(
    "written",
    [
        "https://example.org/a?b=1&c=%20d",
        "<https://example.org/>",
        "www.example.org",
        "privacy@example.com",
        "[example.org](https://example.org/)",
        "[https://example.org/ä](https://example.org/ä)",
        "[+49 1](tel:+49%201)",
    ],
)
def test_a_link_whose_text_is_its_address_is_recognised(written):
    assert marked(written).count('class="address"') == 1


@pytest.mark.parametrize(
    "written",
    ["[here](https://example.org/)", "[a *b*](https://a.example)", "## Head", "x[^1]\n\n[^1]: y"],
)
def test_other_links_are_unchanged(written):
    assert marked(written) == render(written).html


def test_unsafe_text_stays_escaped():
    template = Template("{% load addresses %}{{ html|mark_addresses }}")

    assert "<a" not in template.render(Context({"html": '<a href="x">x</a>'}))
