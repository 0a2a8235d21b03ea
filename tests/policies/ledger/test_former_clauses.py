"""The addresses of clauses, over many versions in which clauses come, go, move and change."""

from dataclasses import dataclass, field
from random import Random
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag
from django.utils import timezone

from policies import ledger
from policies.ledger.former_clauses import AnchorChange, former_clauses
from policies.ledger.removed_anchors import changed
from policies.models.derived import rendering_values
from policies.text import document as documents
from policies.text.document import Document, Section
from policies.text.rendering import render
from tests.conftest import QUICK
from tests.factories import DAY, make_policy, make_version

LETTERS = "abcdefghijklmnopqrstuvw"
WORDS = [f"{one}{two}" for one in ("deliver", "account", "refund", "price") for two in LETTERS]
ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]


@dataclass
class Clause:
    """A clause of a made-up text: its name is in no version, and how one recognises it."""

    name: int
    words: list[str]
    below: list = field(default_factory=list)


class History:
    """A text with two sections that changes at random. seen: of each version, by anchor, which
    clause it means.
    """

    def __init__(self, seed):
        self.random = Random(seed)  # noqa: S311  not for secrets
        self.made = 0
        self.removed = []
        self.sections = {"fees": [], "rights": []}
        for clauses in self.sections.values():
            clauses += [self._new(below=self.random.randrange(4)) for _ in range(5)]

    def _new(self, *, below=0):
        self.made += 1
        words = self.random.sample(WORDS, self.random.randint(6, 14))
        return Clause(self.made, words, [self._new() for _ in range(below)])

    def _lists(self):
        tops = list(self.sections.values())
        return tops + [clause.below for top in tops for clause in top]

    def change(self):
        for _ in range(self.random.randint(1, 3)):
            self._change_once()

    def _change_once(self):
        clauses = self.random.choice([it for it in self._lists() if it])
        at = self.random.randrange(len(clauses))
        match self.random.choice(["insert", "insert", "delete", "move", "reword", "away", "back"]):
            case "insert":
                clauses.insert(at, self._new())
            case "delete":
                self.removed.append(clauses.pop(at))
            case "move":
                clauses.insert(self.random.randrange(len(clauses)), clauses.pop(at))
            case "reword":
                words = clauses[at].words
                words[self.random.randrange(len(words))] = self.random.choice(WORDS)
            case "away":
                clause = clauses.pop(at)
                self.random.choice(list(self.sections.values())).append(clause)
            case "back" if self.removed:
                clauses.insert(at, self.removed.pop())

    def document(self, title):
        sections = []
        for anchor, clauses in self.sections.items():
            lines = []
            for clause, letter in zip(clauses, LETTERS, strict=False):
                lines.append(f"({letter}) {' '.join(clause.words)}")
                for one, number in zip(clause.below, ROMAN, strict=False):
                    lines.append(f"    ({number}) {' '.join(one.words)}")
            sections.append(Section(anchor.title(), anchor, "\n".join(lines) or "Nothing."))
        return Document(title, "", tuple(sections), clauses=True)

    def by_anchor(self):
        """Return which clause each anchor is."""
        found = {}
        for section, clauses in self.sections.items():
            for clause, letter in zip(clauses, LETTERS, strict=False):
                found[f"{section}-{letter}"] = clause.name
                for one, number in zip(clause.below, ROMAN, strict=False):
                    found[f"{section}-{letter}.{number}"] = one.name
        return found

    def names(self):
        """Return which clause each text is, by its words."""
        return {" ".join(clause.words): clause.name for it in self._lists() for clause in it}


def publish(policy, document, *, day):
    at = timezone.now() - (100 - day) * DAY
    return make_version(policy=policy, document=document, at=at)


def stored(document):
    rendered = render(documents.body(document), clauses=True)
    return rendering_values(rendered)["anchors"]


@pytest.mark.parametrize("seed", range(12 if QUICK else 40))
def test_a_clause_is_followed_through_versions_that_were_withdrawn(seed):
    history = History(seed)
    withdrawn = set(history.random.sample(range(2, 10), seed % 4))
    kept = {}
    seen = {}
    changes = []
    for number in range(1, 11):
        found = stored(history.document("Terms"))
        seen[number] = history.by_anchor()
        kept[number] = {anchor["id"]: anchor for anchor in found}
        assert seen[number].keys() == {it["id"] for it in found if "clause" in it}
        before = list(kept.get(number - 1, {}).values())
        changes += [AnchorChange(number, *it) for it in changed(before, found)]
        history.change()

    former = former_clauses(changes, kept[10], withdrawn, kept)

    for number in seen.keys() - withdrawn:
        for anchor, name in seen[number].items():
            if seen[10].get(anchor) == name:
                continue
            found = [it for it in former[anchor] if it.until >= number]
            leads = [seen[10][it.now] if it.now else seen[it.last][it.last_anchor] for it in found]
            assert name in leads, f"{anchor} of version {number}"
            assert all(it.last not in withdrawn for it in found)
            for it in found:  # a clause that is now in another section is named with its heading
                there = kept[10][it.now]["heading"] if it.now else it.heading
                assert (there in it.now_label) == (there != it.heading)


def opened(client, address):
    return BeautifulSoup(client.get(address).content.decode(), "html.parser")


def own_words(clause):
    """Return a clause's words without its label, the clauses in it and the notes."""
    label = clause.find(class_="label", recursive=False)
    return " ".join(str(label.next_sibling).split()) if label else ""


def anchors(page, names):
    return {str(it["id"]): names[own_words(it)] for it in page.select(".clause")}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(1 if QUICK else 2))
def test_every_old_address_leads_to_its_clause_or_says_where_it_is(client, seed):
    history, policy = History(seed), make_policy()
    seen = {}
    for number in range(1, 11):
        version = publish(policy, history.document(f"Terms {number}"), day=number)
        address = policy.url("version", number=version.number)
        seen[number] = anchors(opened(client, address), history.names())
        history.change()
    page = opened(client, policy.get_absolute_url())
    now = seen[10]

    for number, meant in seen.items():
        for anchor, name in meant.items():
            place = page.find(id=anchor)
            assert isinstance(place, Tag), f"{anchor} of version {number}"
            if now.get(anchor) == name:
                continue
            notes = place.find_all(class_="gone", recursive=False) or [place]
            links = [str(it["href"]) for note in notes for it in note.find_all("a")]
            led_to = []
            for link in links:
                where, _, target = unquote(link).partition("#")
                there = int(where.split("/")[-2]) if where else 10
                led_to.append(seen[there].get(target))
            assert name in led_to, f"{anchor} of version {number}"
            if name in now.values():
                assert any(now.get(unquote(link).removeprefix("#")) == name for link in links)
    assert len({str(it["id"]) for it in page.find_all(id=True)}) == len(page.find_all(id=True))
    assert ledger.verify().problems == []
