"""Helpers for tests of the desk: logged-in clients, and the URLs and forms of its pages."""

import re
from html import unescape

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


def table(client, query=""):
    """Return the words of each row of the first page's table, cell by cell."""
    html = words(client.get(f"/admin/{query}")).partition('class="desk-table matrix"')[2]
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = []
    for row in body.split("<tr>")[1:]:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        shown = [re.sub(r'<span class="visually-hidden">.*?</span>', "", cell) for cell in cells]
        rows.append([" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in shown])
    return [[unescape(cell) for cell in row] for row in rows]
