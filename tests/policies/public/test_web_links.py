"""How links are written (RFC 8288, RFC 6690)."""

import pytest
from requests.utils import parse_header_links

from policies.public.web_links import Link, as_document, as_header

LINKS = [
    Link("https://x.example/privacy/", "original"),
    Link(
        "https://x.example/a,b;c/",
        "first memento",
        (("datetime", "Sat, 02 May 2026 00:00:00 GMT"), ("title", 'a "b" \\ c')),
    ),
]


def test_a_header_has_every_link_with_its_relations_and_attributes():
    header = as_header(LINKS)

    assert header == (
        '<https://x.example/privacy/>; rel="original", '
        '<https://x.example/a,b;c/>; rel="first memento"; '
        'datetime="Sat, 02 May 2026 00:00:00 GMT"; title="a \\"b\\" \\\\ c"'
    )
    assert parse_header_links(as_header(LINKS[:1])) == [
        {"url": "https://x.example/privacy/", "rel": "original"}
    ]


def test_a_document_has_one_link_on_each_line():
    assert as_document(LINKS).splitlines() == [f"{LINKS[0]},", str(LINKS[1])]
    assert as_header([]) == ""


@pytest.mark.parametrize(
    ("target", "rel", "attributes"),
    [
        ("https://x.example/>; rel=evil", "original", ()),
        ("https://x.example/größe/", "original", ()),
        ("https://x.example/\r\nSet-Cookie: a=b", "original", ()),
        ("https://x.example/", "a\r\nb", ()),
        ("https://x.example/", "original", (("title", "Größe"),)),
        ("https://x.example/", "original", (('a"b', "c"),)),
        ("", "original", ()),
    ],
)
def test_what_would_break_out_of_a_link_is_refused(target, rel, attributes):
    with pytest.raises(ValueError):
        Link(target, rel, attributes)
