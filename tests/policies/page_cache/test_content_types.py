"""What is left of a Content-Type when Django gets the request."""

from __future__ import annotations

import pytest

from policies.page_cache.content_types import plain


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            'multipart/form-data; boundary="----WebKitFormBoundary7MA4YWxkTrZu0gW"',
        ),
        ('Multipart/Form-Data; charset=hex; boundary="a=b"', 'multipart/form-data; boundary="a=b"'),
        ("multipart/form-data; boundary*=none''x", "multipart/form-data"),
        ("multipart/form-data; boundary=\x00", "multipart/form-data"),
        (f"multipart/form-data; boundary={'x' * 71}", "multipart/form-data"),
        ("application/json; x*0=c", "application/json"),
        ("text", ""),
        ("é/é", ""),
        ("", ""),
    ],
)
def test_a_content_type_is_reduced_to_what_a_form_needs(given: str, left: str) -> None:
    assert plain(given) == left
