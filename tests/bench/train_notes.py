"""Make the weights of note_classifier.py: `CORPUS=<folder> python -m tests.bench.train_notes`.

Learns from the sentences in notes/ (different people wrote a, b, c and d), from those of the tests
and of the patterns, and from the finished policies in a folder. The same sentences give the same
file.

Three times it learns without one of the lists a, b, c and without a third of the organisations, and
judges those, which gives the threshold. The weights are the mean of the three.
`notes/test-unfinished` is never learnt from, and should not be read by anybody who writes patterns
or features: `make bench BENCH=findings` counts how much of it is found.
"""

import hashlib
import json
import os
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from policies.text.document import Document
from policies.text.findings import note_classifier, patterns
from policies.text.findings.note_classifier import features
from policies.text.findings.parts import parts
from tests.bench import finished
from tests.policies.text.examined import lines, policy

LISTS = Path(__file__).with_name("notes")
HELD_OUT = ("a", "b", "c")
QUIET = 0.55  # of unseen finished policies have at most one sentence from the threshold on
COST = 0.05  # of a wrong answer, beside that of large weights
GERMAN = 4.0  # how much more a finished sentence counts in German, of which there are few
ROUNDS = 12
LEAST = 2  # sentences that have a feature
LIGHTEST = 4  # hundredths: what weighs less is left out

Weights = dict[str, int]


class Example(NamedTuple):
    features: set[str]
    is_note: bool


def listed(name: str) -> list[str]:
    return (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _examples(texts: Iterable[str], *, are_notes: bool) -> list[Example]:
    documents = [policy(text) for text in texts]
    return [Example(it, are_notes) for one in documents for it in _sentences(one)]


def _sentences(document: Document) -> list[set[str]]:
    read = parts(document)[1:]
    return [features(it.kind, it.prose) for part in read for it in part.text.sentences]


def _always() -> list[Example]:
    """Return what is always learnt from: the sentences of the tests, the patterns, d and e."""
    files = [patterns.load(path) for path in sorted(patterns.FOLDER.glob("*.toml"))]
    entries = [it for file in files for it in file if it.rule == "drafting-note"]
    notes = [*lines("unfinished"), *lines("missed"), *lines("german")]
    others = [*lines("finished"), *lines("elsewhere")]
    for name in ("d", "e"):
        notes += listed(f"{name}-unfinished")
        others += listed(f"{name}-finished")
    notes += [text for entry in entries for text in entry.hits]
    others += [text for entry in entries for text in entry.passes]
    return _examples(notes, are_notes=True) + _examples(others, are_notes=False)


def learn(examples: Sequence[Example]) -> Weights:
    """Return the weights of a linear support vector machine, found by dual coordinate descent.

    (C.-J. Hsieh and others, A Dual Coordinate Descent Method for Large-scale Linear SVM, 2008,
    algorithm 1, with squared loss.) Every sentence has the feature "", the constant.
    """
    counts = Counter(name for one in examples for name in one.features)
    index = {name: at for at, name in enumerate(sorted(counts)) if counts[name] >= LEAST}
    names = {at: name for name, at in index.items()}
    weights = [0.0] * len(counts)
    rows = [(sorted(index[it] for it in one.features if it in index), one) for one in examples]
    shares = [0.0] * len(rows)
    for _ in range(ROUNDS):
        for at, (columns, one) in enumerate(rows):
            german = not one.is_note and "#german" in one.features
            softness = 1 / (2 * COST * (GERMAN if german else 1))
            sign = 1 if one.is_note else -1
            slope = sign * sum(weights[it] for it in columns) - 1 + softness * shares[at]
            new = max(0.0, shares[at] - slope / (len(columns) + softness))
            if change := sign * (new - shares[at]):
                shares[at] = new
                for it in columns:
                    weights[it] += change
    rounded = {name: round(100 * weights[at]) for at, name in sorted(names.items())}
    return {name: weight for name, weight in rounded.items() if abs(weight) >= LIGHTEST}


def _score(weights: Mapping[str, int], found: Iterable[str]) -> int:
    return sum(weights[it] for it in found if it in weights)


def _mixed(examples: Iterable[Example]) -> list[Example]:
    """Return different examples, in an order that depends on nothing but themselves."""
    keyed = {
        hashlib.sha256("\n".join(sorted(it.features)).encode()).digest(): it for it in examples
    }
    return [keyed[key] for key in sorted(keyed)]


def _fold(organisation: str) -> int:
    return hashlib.sha256(organisation.encode()).digest()[0] % len(HELD_OUT)


def main(folder: Path) -> None:
    always = _always()
    texts = [(_fold(it.organisation), _finished(it)) for it in finished.policies(folder)]
    lists = [
        _examples(listed(f"{it}-unfinished"), are_notes=True)
        + _examples(listed(f"{it}-finished"), are_notes=False)
        for it in HELD_OUT
    ]
    corpus = [[Example(it, is_note=False) for it in found] for _, found in texts]
    models: list[Weights] = []
    unseen: list[list[int]] = []
    judged: list[tuple[str, list[tuple[int, Example]]]] = []
    for fold, name in enumerate(HELD_OUT):
        known = [it for at, one in enumerate(lists) if at != fold for it in one]
        known += [
            it for (of, _), one in zip(texts, corpus, strict=True) if of != fold for it in one
        ]
        weights = learn(_mixed([*always, *known]))
        models.append(weights)
        unseen += [[_score(weights, it) for it in found] for of, found in texts if of == fold]
        judged.append((name, [(_score(weights, it.features), it) for it in lists[fold]]))
    second = sorted(sorted(it)[-2] for it in unseen if len(it) > 1)
    threshold = second[int(len(second) * QUIET)] + 1
    _report(threshold, unseen, judged)
    _write(_mean(models), threshold)


def _mean(models: Sequence[Weights]) -> Weights:
    names = sorted({name for one in models for name in one})
    means = {it: round(sum(one.get(it, 0) for one in models) / len(models)) for it in names}
    return {it: mean for it, mean in means.items() if abs(mean) >= LIGHTEST}


def _finished(one: finished.Finished) -> list[set[str]]:
    return [
        features(it.kind, it.prose)
        for part in parts(one.document)
        for it in part.text.sentences
        if not any(words in it.text for words in one.leftovers)
    ]


def _report(
    threshold: int, unseen: list[list[int]], judged: list[tuple[str, list[tuple[int, Example]]]]
) -> None:
    wrong = sorted(sum(score >= threshold for score in one) for one in unseen)
    print(f"suggestions in {len(wrong)} finished policies, unseen: median", end=" ")
    print(f"{statistics.median(wrong):g}, mean {statistics.mean(wrong):.1f}, most {wrong[-1]}")
    for name, scores in judged:
        for what, is_note in (("notes", True), ("finished sentences", False)):
            for language, is_german in (("English", False), ("German", True)):
                some = [
                    score >= threshold
                    for score, it in scores
                    if it.is_note is is_note and ("#german" in it.features) is is_german
                ]
                print(f"list {name}, unseen: {statistics.mean(some):.0%} of {len(some)}", end=" ")
                print(f"{language} {what} are called notes")


def _write(weights: Weights, threshold: int) -> None:
    table = {"threshold": threshold, "weights": weights}
    words = json.dumps(table, ensure_ascii=False, indent=0, separators=(",", ":"))
    note_classifier.WEIGHTS.write_text(words + "\n", encoding="utf-8")
    print(f"{len(weights)} weights, {len(words.encode()):,} bytes; from {threshold} on")


if __name__ == "__main__":
    main(Path(os.environ["CORPUS"]))
