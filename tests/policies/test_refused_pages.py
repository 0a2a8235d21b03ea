"""The pages of who may not go on: a missing role, a form without its token, a log-out."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_policy, make_user
from tests.policies.desk import log_in, words

pytestmark = pytest.mark.django_db


def test_who_lacks_a_role_is_told_so_and_led_back() -> None:
    client, _ = log_in("Writers")

    answer = client.get(f"/admin/policies/policy/{make_policy().pk}/rename/")

    assert answer.status_code == 403
    assert "Your account may not open this page" in words(answer)
    assert '<a href="/admin/">Back to the desk</a>' in words(answer)


def test_a_form_without_its_token_says_that_nothing_was_saved_and_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Writers"))

    answer = client.post("/admin/policies/policy/add/", {"name": "Terms"})

    assert answer.status_code == 403
    assert "Nothing was saved. Go back, copy what you typed" in words(answer)


def test_who_logs_out_is_told_so_in_our_own_words() -> None:
    client, _ = log_in("Writers")

    answer = words(client.post("/admin/logout/"))

    assert "You are logged out." in answer
    assert "quality time" not in answer
