"""Anchors that outlive their sections."""

import itertools
import re
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from policies import ledger, workflow
from policies.database import triggers
from policies.ledger import removed_anchors
from policies.ledger.former_clauses import AnchorChange
from policies.models import RemovedAnchor, Rendering
from policies.models.derived import rendering_values
from policies.text import rendering
from policies.text.document import Document, Section
from tests.factories import DAY, make_policy, make_user, make_version

NOTED = "Words[^1] and a []{#place} place.\n\n### Sub\n\n[^1]: A note."


def published(policy, *anchors, day, body="Words."):
    """Publish a version with these sections, `day` days after the first."""
    text = Document(f"Privacy, {day}", "", tuple(Section(a.title(), a, body) for a in anchors))
    at = timezone.now() - (100 - day) * DAY
    return make_version(policy=policy, document=text, at=at)


def withdrawn(version):
    workflow.withdraw(version.pk, by=make_user("Publishers"), at=timezone.now(), reason="Wrong.")


def ids(page):
    article = page[page.index("<article") :]
    return [unescape(it) for it in re.findall(r'<[^>]+ id="([^"]+)"', article)]


def lines(client, policy):
    page = client.get(policy.get_absolute_url()).content.decode()
    return [" ".join(it.split()) for it in re.findall(r'<li id="[^"]+">.*?</li>', page, re.DOTALL)]


@pytest.mark.django_db
def test_every_anchor_ever_published_works_for_ever(client):
    policy = make_policy()
    histories = [
        ("a", "b", "c"),
        ("c", "a"),  # moved, removed
        ("c", "a", "b"),  # brought back
        ("d",),
        ("d", "データ-1", "a&b's"),
        ("e",),
    ]
    seen = set()
    for day, anchors in enumerate(histories):
        published(policy, *anchors, day=day, body=NOTED if day == 0 else "Words.")
        page = client.get(policy.get_absolute_url()).content.decode()
        found = ids(page)
        seen |= {it for it in found if not it.startswith("site:")}

        assert seen <= set(found)
        assert len(found) == len(set(found))
    assert {"a", "b", "c", "place", "sub", "fn:1", "fnref:1", "データ-1", "a&b's"} <= seen
    assert ledger.verify().problems == []


@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abcde")), st.booleans()), max_size=8),
    st.sets(st.sampled_from("abcde")),
)
def test_an_anchor_is_on_the_page_or_has_one_line_that_leads_to_its_last_version(history, shown):
    """history: of each version before, its anchors and whether it was withdrawn."""
    every = [*(anchors for anchors, _ in history), shown]
    not_counted = {n for n, (_, is_withdrawn) in enumerate(history, start=1) if is_withdrawn}
    kept = {n: it for n, it in enumerate(every, start=1) if n not in not_counted}
    rows = []
    for number, (before, now) in enumerate(itertools.pairwise(every), start=2):
        old, new = ([{"id": it, "heading": it} for it in sorted(s)] for s in (before, now))
        rows += [
            AnchorChange(number, *removed, None) for removed in removed_anchors.removed(old, new)
        ]
    removals = [row for row in rows if row.anchor not in shown]
    stored = {n: {a: {"heading": a} for a in anchors} for n, anchors in kept.items()}

    counted = removed_anchors.without_withdrawn(removals, not_counted, stored)
    shown_lines = removed_anchors.lines_of(counted, not_counted)

    listed = [anchor for line in shown_lines for anchor in line.anchors]
    assert sorted(listed) == sorted(set().union(*kept.values()) - shown)
    removed_with = [line.removed_with for line in shown_lines]
    assert removed_with == sorted(removed_with, reverse=True)
    for line in shown_lines:
        for anchor in line.anchors:
            last = max(n for n, anchors in kept.items() if anchor in anchors)
            assert (line.last, line.removed_with) == (last, min(n for n in kept if n > last))


@pytest.mark.django_db
def test_what_only_a_withdrawn_version_had_is_not_missed_on_the_page(client):
    policy = make_policy(slug="privacy")
    published(policy, "a", "c", day=0)
    upcoming = make_version(
        policy=policy,
        document=Document("Privacy", "", tuple(Section(it, it, "Words.") for it in "abc")),
        at=timezone.now() - 50 * DAY,
        effective_at=timezone.now() + DAY,
    )
    withdrawn(upcoming)
    published(policy, "c", day=60)

    (line,) = lines(client, policy)

    assert 'id="a"' in line
    assert "/privacy/versions/1/#a" in line


def interrupted():
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_rerender_records_the_removed_anchors_again(monkeypatch, capsys):
    policy = make_policy()
    published(policy, "scope", "cookies", day=0)
    published(policy, "scope", day=1)
    before = list(RemovedAnchor.objects.values_list("anchor", "heading"))
    with triggers.lifted(connection):
        RemovedAnchor.objects.update(anchor="forged")
        Rendering.objects.filter(revision__number=2).update(html="<p>forged</p>")
    assert any("removed" in problem for problem in ledger.verify().problems)
    # A run that is broken off before it comes to the anchors leaves them to the next one.
    with monkeypatch.context() as broken:
        broken.setattr("policies.public.comparisons.forget_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            call_command("rerender")

    call_command("rerender")

    assert "list of removed anchors changed" in capsys.readouterr().out
    assert list(RemovedAnchor.objects.values_list("anchor", "heading")) == before
    assert ledger.verify().problems == []


def test_anchors_of_a_text_without_clauses_are_kept_as_version_1_0_kept_them():
    text = "## A {#a}\n\n1. x {#one}\n2. y[^1]\n\n[^1]: A note."

    assert rendering_values(rendering.render(text))["anchors"] == [
        {"id": "a", "heading": "A"},
        {"id": "one", "heading": "A"},
        {"id": "fnref:1", "heading": "A"},
        {"id": "fn:1", "heading": ""},
    ]


# --- Clauses -----------------------------------------------------------------------------------


def clauses(policy, body, *, day, more=""):
    """Publish a version with clauses, `day` days after the first."""
    sections = (
        Section("Fees", "fees", body),
        *([Section("Rights", "rights", more)] if more else []),
    )
    text = Document(f"Terms, {day}", "", sections, clauses=True)
    at = timezone.now() - (100 - day) * DAY
    return make_version(policy=policy, document=text, at=at)


def led_to(client, policy, anchor):
    """Return the words that a reader finds at an anchor of the current page."""
    page = client.get(policy.get_absolute_url()).content.decode()
    found = BeautifulSoup(page, "html.parser").find(id=anchor)
    assert found is not None
    return " ".join(found.get_text(" ").split())


PAY, SHARE, AGE, TELL = (
    *("Pay every invoice in time.", "Never share your password.", "Be eighteen years old."),
    "Report changed details.",
)


def test_only_anchors_that_authors_gave_are_missed_in_a_draft():
    def anchors(body):
        return rendering_values(rendering.render(body))["anchors"]

    before = anchors("## Fees {#fees}\n\n(a) x\n\n(b) y {#mine}\n\n(c) z[^1]\n\n[^1]: A note.")

    assert removed_anchors.missed_by_readers(before, anchors("## Fees {#fees}\n\n(a) z")) == [
        ("mine", "Fees")
    ]


@pytest.mark.django_db
def test_a_version_has_its_own_anchors_for_ever(client):
    policy = make_policy()
    first = clauses(policy, f"(a) {PAY}\n\n(b) {SHARE}", day=0)
    before = client.get(policy.url("version", number=1)).content.decode()
    clauses(policy, f"(a) {TELL}\n\n(b) {PAY}\n\n(c) {SHARE}", day=1)

    after = client.get(policy.url("version", number=1)).content.decode()

    assert first.rendering.html in before
    assert first.rendering.html in after
    assert "is now" not in after


@pytest.mark.django_db
def test_a_clause_that_takes_the_anchor_of_a_heading_says_so(client):
    policy = make_policy()
    clauses(policy, "Words.\n\n### Late fees {#fees-a}\n\nWords.", day=0)
    clauses(policy, f"(a) {PAY}\n\n(b) {SHARE}", day=1)

    assert led_to(client, policy, "fees-a") == (
        f"Late fees in version 1 was removed. Read it in version 1 (a) {PAY}"
    )
    assert ledger.verify().problems == []


@pytest.mark.django_db
def test_a_heading_that_takes_the_anchor_of_a_clause_says_so(client):
    policy = make_policy()
    clauses(policy, f"(a) {PAY}\n\n(b) {SHARE}", day=0)
    clauses(policy, f"(a) {SHARE}\n\n### Fees b {{#fees-b}}\n\nWords.", day=1)

    page = client.get(policy.get_absolute_url()).content.decode()
    heading = BeautifulSoup(page, "html.parser").find(id="fees-b")
    note = heading and heading.find_previous_sibling()

    assert note
    assert " ".join(note.get_text().split()) == "(b) in version 1 is now (a)."


@pytest.mark.django_db
def test_a_section_that_was_removed_with_its_clauses_has_one_line(client):
    policy = make_policy()
    clauses(policy, f"(a) {PAY}", day=0, more=f"(a) {SHARE}\n\n(b) {AGE}")
    clauses(policy, f"(a) {PAY}", day=1)

    [line] = lines(client, policy)

    assert 'id="rights"' in line
    assert 'id="rights-b"' in line
    assert "Read it in version 1" in line
