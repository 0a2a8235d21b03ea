"""Helpers for tests of the desk: logged-in clients, and the URLs and forms of its pages."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from policies.models import Revision
from policies.staff.editing import SectionText
from tests.factories import make_user


def log_in(*roles: str, **kwargs: Any) -> tuple[Client, User]:
    client, user = Client(), make_user(*roles, **kwargs)
    client.force_login(user)
    return client, user


def page(name: str, pk: int) -> str:
    return reverse(f"admin:policies_{name}", args=[pk])


def form(revision: Revision, **changes: Any) -> dict[str, Any]:
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


def words(response: Any) -> str:
    """Return a page's HTML with one space for all white space in a row."""
    return " ".join(response.content.decode().split())
