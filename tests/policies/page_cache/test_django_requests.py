"""Requests on their way to Django: a plain Content-Type, HEAD as GET."""

import pytest

from policies.page_cache.django_requests import prepared_for, without_parameters


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
def test_a_content_type_is_reduced_to_what_a_form_needs(given, left):
    assert without_parameters(given) == left


def test_django_answers_head_as_get_and_the_content_is_dropped_and_closed():
    closed = []

    class Content(list[bytes]):
        def close(self):
            closed.append("yes")

    def django(environ, start_response):
        start_response("200 OK", [("ETag", '"x"')])
        return Content([environ["REQUEST_METHOD"].encode()])

    heads = prepared_for(django)
    assert list(heads({"REQUEST_METHOD": "POST"}, lambda *_: None)) == [b"POST"]
    headers = []
    assert list(heads({"REQUEST_METHOD": "HEAD"}, lambda *it: headers.extend(it))) == []
    assert headers == ["200 OK", [("ETag", '"x"')]]
    assert closed == ["yes"]
