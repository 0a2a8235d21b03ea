"""Helpers for tests of the desk: logged-in clients, and the URLs and forms of its pages."""

from django.test import Client
from django.urls import reverse

from policies.staff.editing import SectionText
from tests.factories import make_user


def log_in(*roles, **kwargs):
    client, user = Client(), make_user(*roles, **kwargs)
    client.force_login(user)
    return client, user


def page(name, pk):
    return reverse(f"admin:policies_{name}", args=[pk])


def form(revision, **changes):
    """Return the fields that the editor sends: of one empty section, if there is none."""
    document = revision.document()
    sections = document.sections or (SectionText(),)
    return {
        "do": "save",
        "seen_saves": revision.saves,
        "title": document.title,
        "introduction": document.introduction,
        "heading": [it.heading for it in sections],
        "anchor": [it.anchor for it in sections],
        "body": [it.body for it in sections],
        **changes,
    }


def words(response):
    """Return a page's HTML with one space for all white space in a row."""
    return " ".join(response.content.decode().split())
