"""Sentences that read like notes: suggested by all of their words, and never more than that.

How many are found, and how many finished sentences are taken for notes, is measured by
`make bench BENCH=findings`; docs/adr/0028-findings.md has the figures.
"""

import json

import pytest

from policies.text.findings import Finding, Level, examine, note_classifier
from policies.text.findings.note_classifier import features
from tests.bench.train_notes import Example, learn
from tests.policies.text.examined import policy


def like_notes(text: str, language: str = "en") -> list[Finding]:
    return [it for it in examine(policy(text), language=language) if it.rule == "like-a-note"]


NOTES = (
    "I have no idea where the backups are, so this is a guess.",
    "The vendor will not tell us, so we should probably say less here.",
    "Das hat die Agentur so geschrieben, ich würde es streichen.",
)


@pytest.mark.parametrize("text", NOTES)
def test_a_sentence_that_reads_like_a_note_is_a_suggestion_that_shows_by_which_words(
    text: str,
) -> None:
    (found,) = like_notes(text)

    assert found.level is Level.ADVICE
    assert found.excerpt == text
    start, _, end = found.reason.partition("above all by “")
    assert start == "This reads like a note to whoever writes the policy, "
    assert end.removesuffix("”.") in text
    assert len(end.split()) <= 5


@pytest.mark.parametrize(
    "text",
    [
        "We keep your data for as long as you have an account.",
        "Wir löschen Ihre Daten nach Ablauf der gesetzlichen Fristen.",
        "How to contact us",
        "We keep your data for 30 days.",
        "Be kind.",
        "`I have no idea where the backups are, so this is a guess.`",
        "____",
        "",
    ],
)
def test_what_is_for_readers_is_left_alone(text: str) -> None:
    assert like_notes(text) == []


def test_what_a_pattern_finds_is_not_suggested_as_well() -> None:
    text = "TODO: I have no idea where the backups are, so this is a guess."
    found = [it.rule for it in examine(policy(text)) if it.excerpt == text]

    assert found == ["placeholder"]


def test_a_list_of_such_sentences_is_one_group() -> None:
    found = [it for text in NOTES[:2] for it in like_notes(text)]

    assert len({it.key for it in found}) == 2
    assert len({it.group for it in found}) == 1


def test_an_address_counts_as_one_word_whatever_it_is() -> None:
    one = features("text", "Write to a.note@softphonez.com for help.")

    assert one == features("text", "Write to www.softphonez.com/privacy for help.")


def test_only_english_and_german_texts_are_judged() -> None:
    assert like_notes(NOTES[0], "de-AT")
    assert like_notes(NOTES[0], "fr") == []


def test_the_same_sentences_give_the_same_weights_which_distinguish_them() -> None:
    notes = ["Ask Ann about this.", "Ask Bob about that.", "Should we ask them about this?"]
    others = ["We store your name.", "We store your address.", "You may object to this."]
    examples = [Example(features("text", it), it in notes) for it in (*notes, *others)]
    weights = learn(examples)

    assert learn(examples) == weights
    scores = [sum(weights.get(name, 0) for name in it.features) for it in examples]
    assert [score > 0 for score in scores] == [it.is_note for it in examples]


def test_the_file_of_weights_is_small() -> None:
    table = json.loads(note_classifier.WEIGHTS.read_text(encoding="utf-8"))

    assert note_classifier.WEIGHTS.stat().st_size < 350_000
    assert all(isinstance(weight, int) for weight in table["weights"].values())
