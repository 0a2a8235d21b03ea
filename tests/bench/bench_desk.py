"""How long the desk takes with a long draft: 60 sections, 30,000 words."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS, WORDS, ROUNDS = 60, 30_000, 5
SENTENCE = "We keep the [records](https://softphonez.com/records) of *your* account for ten years. "


def run() -> list[tuple[str, str, str]]:
    """Return rows of (what, measured, goal)."""
    from django.test import Client
    from django.urls import reverse

    from policies.models import Revision
    from policies.text.document import Document, Section
    from tests.factories import make_revision, make_user

    writer = make_user("Writers")
    each = WORDS // SECTIONS // len(SENTENCE.split())
    paragraph = SENTENCE * (each // 5)
    body = "\n\n".join([paragraph] * 5)
    sections = tuple(Section(f"Part {n}", f"part-{n}", body) for n in range(SECTIONS))
    draft = make_revision(writer=writer, document=Document("A long policy", "", sections))
    client = Client(headers={"host": "localhost"})
    client.force_login(writer)
    edit = reverse("admin:policies_edit", args=[draft.pk])

    def form(number: int) -> dict[str, object]:
        return {
            "do": "save",
            "seen_saves": Revision.objects.get(pk=draft.pk).saves,
            "title": "A long policy",
            "introduction": f"Round {number}.",
            "heading": [it.heading for it in sections],
            "anchor": [it.anchor for it in sections],
            "body": [it.body for it in sections],
        }

    def save(number: int) -> None:
        assert client.post(edit, form(number)).status_code == 302

    def preview(number: int) -> None:
        answer = client.post(reverse("admin:policies_preview", args=[draft.pk]), form(number))
        assert answer.status_code == 200

    def opened(number: int) -> None:
        assert client.get(edit).status_code == 200

    goal = "< 2 s"
    size = f"{SECTIONS} sections, {len(body.split()) * SECTIONS:,} words"
    return [
        (f"open a draft of {size}", _seconds(opened), goal),
        ("  preview it, with its findings", _seconds(preview), goal),
        ("  save it", _seconds(save), goal),
    ]


def _seconds(act: Callable[[int], None]) -> str:
    spent = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        act(number)
        spent.append(time.perf_counter() - began)
    return f"{statistics.median(spent):.2f} s"
