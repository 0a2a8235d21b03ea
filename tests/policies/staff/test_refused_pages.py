"""Pages for somebody who can't go on: a missing role, a form without its token, a log-out."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from policies.models import Policy
from tests.factories import make_policy, make_user
from tests.policies.staff.desk import log_in, words

pytestmark = pytest.mark.django_db


def test_somebody_without_the_role_reads_so_and_finds_a_way_back():
    client, _ = log_in("Writers")

    answer = client.get(f"/admin/policies/policy/{make_policy().pk}/rename/")

    assert answer.status_code == 403
    assert "You do not have permission to open this page" in words(answer)
    assert '<a href="/admin/">Back to the desk</a>' in words(answer)


@pytest.mark.parametrize("address", ["/admin/none/", "/admin/policies/policy/999/rename/"])
def test_an_unknown_address_of_the_desk_leads_back_there(address):
    client, _ = log_in("Publishers")

    answer = client.get(address)

    assert answer.status_code == 404
    assert '<a href="/admin/">Back to the desk</a>' in words(answer)
    assert "/admin/" not in words(client.get("/none/"))


def test_a_form_without_its_token_is_refused_with_what_to_do_next():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Writers"))

    answer = client.post("/admin/policies/policy/add/", {"name": "Terms"})

    assert answer.status_code == 403
    assert "Nothing was saved. Go back, copy what you typed" in words(answer)
    assert "reload the page and send it again" in words(answer)


def with_the_token_of_an_earlier_log_in(origin):
    """Send a form that was open while its writer logged in again in another tab."""
    client = Client(enforce_csrf_checks=True, headers={"origin": origin})
    client.force_login(make_user("Writers", "Publishers"))
    client.get("/admin/policies/policy/add/")
    sent = {"csrfmiddlewaretoken": "a" * 64, "name": "Terms <of> use", "language": "en"}
    return client, client.post("/admin/policies/policy/add/", sent)


def test_a_form_with_the_token_of_an_earlier_log_in_can_be_sent_again():
    client, answer = with_the_token_of_an_earlier_log_in("http://testserver")

    assert answer.status_code == 403
    assert "You have logged in again since you opened this page" in words(answer)
    (form,) = BeautifulSoup(answer.content, "html.parser").select("main form")
    typed = {it["name"]: str(it.get("value", it.text.strip())) for it in form.select("[name]")}
    assert form["action"] == "/admin/policies/policy/add/"
    assert client.post(form["action"], typed).status_code == 302
    assert Policy.objects.get().name == "Terms <of> use"


def test_a_form_of_another_site_is_not_offered_to_be_sent_again():
    _, answer = with_the_token_of_an_earlier_log_in("http://evil.example")

    assert answer.status_code == 403
    assert "This form was not accepted" in words(answer)
    assert b"Terms" not in answer.content


def test_logging_out_is_confirmed_in_our_own_words():
    client, _ = log_in("Writers")

    answer = words(client.post("/admin/logout/"))

    assert "You are logged out." in answer
    assert "quality time" not in answer
