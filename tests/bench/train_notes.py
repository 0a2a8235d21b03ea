"""Make the weights of note_classifier.py: `CORPUS=<folder> python -m tests.bench.train_notes`.

Learns from the sentences in notes/ (somebody else wrote each list), from those of the tests and of
the patterns, and from the finished policies in a folder. The same sentences give the same file.

Five times it learns without one or two of the writers and without a fifth of the organisations, and
judges those, which gives the threshold. The weights are learnt from all.
`notes/test-unfinished` and `notes/later-unfinished` are never learnt from, and should not be
read by anybody who writes patterns or features: `make bench BENCH=findings` counts how much of them
is found.
"""

import hashlib
import json
import math
import os
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from policies.text.document import Document
from policies.text.findings import examine, note_classifier, patterns
from policies.text.findings.note_classifier import features, score
from policies.text.findings.parts import parts
from policies.text.findings.sentences import Sentence
from tests.bench import finished
from tests.policies.text.examined import lines, policy

LISTS = Path(__file__).with_name("notes")
HELD_OUT = ("af", "bg", "c", "d", "e")  # the writers of lists, each time
ALWAYS = "h"  # of somebody who knew what had been missed of the others
MOST = 2  # sentences from the threshold on, that
QUIET = 0.52  # of unseen finished policies have
COST = 1.0  # of a wrong answer, beside that of large weights
GERMAN = 4.0  # how much more a finished sentence counts in German, of which there are few
ROUNDS = 15
LEAST = 3  # sentences that have a feature; what fewer have, and
LIGHTEST = 12  # what weighs less, in hundredths, is learnt, but left out of the file
ITEMS = 5  # of so many notes in the lists one is learnt as an item of a list as well

OTHERS = ("placeholder", "drafting-note", "cut-off")

Weights = dict[str, int]


class Example(NamedTuple):
    features: set[str]
    is_note: bool


def listed(name: str) -> list[str]:
    return (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _examples(texts: Iterable[str], *, are_notes: bool) -> list[Example]:
    found = [one for text in texts for one in _sentences(policy(text))]
    examples = [Example(features(one.kind, one.prose), are_notes) for one in found]
    if are_notes:
        some = [it.prose for it in found if _digest(it.prose)[0] % ITEMS == 0]
        examples += [Example(features("item", it), are_notes) for it in some]
    return examples


def _sentences(document: Document) -> list[Sentence]:
    return [it for part in parts(document)[1:] for it in part.text.sentences]


def _of_writers(names: str) -> list[Example]:
    notes = [it for name in names for it in listed(f"{name}-unfinished")]
    others = [it for name in names for it in listed(f"{name}-finished")]
    return _examples(notes, are_notes=True) + _examples(others, are_notes=False)


def _always() -> list[Example]:
    """Return what is always learnt from: the sentences of the tests, the patterns and ALWAYS."""
    files = [patterns.load(path) for path in sorted(patterns.FOLDER.glob("*.toml"))]
    entries = [it for file in files for it in file if it.rule == "drafting-note"]
    notes = [*lines("unfinished"), *lines("missed"), *lines("german")]
    others = [*lines("finished"), *lines("elsewhere")]
    notes += [text for entry in entries for text in entry.hits]
    others += [text for entry in entries for text in entry.passes]
    examples = _examples(notes, are_notes=True) + _examples(others, are_notes=False)
    return examples + _of_writers(ALWAYS)


def learn(examples: Sequence[Example]) -> Weights:
    """Return the weights of a linear support vector machine, found by dual coordinate descent.

    (C.-J. Hsieh and others, A Dual Coordinate Descent Method for Large-scale Linear SVM, 2008,
    algorithm 1, with squared loss.) Every sentence has the feature "", the constant, and counts as
    a vector of length 1.
    """
    counts = Counter(name for one in examples for name in one.features)
    index = {name: at for at, name in enumerate(sorted(counts))}
    weights = [0.0] * len(counts)
    rows = [(sorted(index[it] for it in one.features), one) for one in examples]
    shares = [0.0] * len(rows)
    for _ in range(ROUNDS):
        for at, (columns, one) in enumerate(rows):
            german = not one.is_note and "#german" in one.features
            softness = 1 / (2 * COST * (GERMAN if german else 1))
            value = (1 if one.is_note else -1) / math.sqrt(len(one.features))
            slope = value * sum([weights[it] for it in columns]) - 1 + softness * shares[at]
            new = max(0.0, shares[at] - slope / (value * value * len(columns) + softness))
            if change := value * (new - shares[at]):
                shares[at] = new
                for it in columns:
                    weights[it] += change
    rounded = {name: round(100 * weights[at]) for name, at in index.items()}
    return {it: rounded[it] for it in index if counts[it] >= LEAST and abs(rounded[it]) >= LIGHTEST}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _mixed(examples: Iterable[Example]) -> list[Example]:
    """Return different examples, in an order that depends on nothing but themselves."""
    keyed = {_digest("\n".join(sorted(it.features))): it for it in examples}
    return [keyed[key] for key in sorted(keyed)]


def _fold(organisation: str) -> int:
    return _digest(organisation)[0] % len(HELD_OUT)


def main(folder: Path) -> None:
    always = _always()
    texts = [(_fold(it.organisation), _finished(it)) for it in finished.policies(folder)]
    corpus = [[Example(it, is_note=False) for it in found] for _, found in texts]
    lists = [_of_writers(names) for names in HELD_OUT]
    models: list[Weights] = []
    unseen: list[list[float]] = []
    for fold in range(len(HELD_OUT)):
        known = [it for at, one in enumerate(lists) if at != fold for it in one]
        known += [
            it for (of, _), one in zip(texts, corpus, strict=True) if of != fold for it in one
        ]
        models.append(learn(_mixed([*always, *known])))
        unseen += [[score(it, models[-1]) for it in found] for of, found in texts if of == fold]
    after = sorted(sorted(it)[-MOST - 1] for it in unseen if len(it) > MOST)
    threshold = math.ceil(after[int(len(after) * QUIET)])
    wrong = sorted(sum(it >= threshold for it in one) for one in unseen)
    print(f"suggestions in {len(wrong)} finished policies, unseen: median", end=" ")
    print(f"{statistics.median(wrong):g}, mean {statistics.mean(wrong):.1f}, most {wrong[-1]}")
    for names, weights in zip(HELD_OUT, models, strict=True):
        for name in names:
            _report(name, weights, threshold)
    _write(learn(_mixed(chain(always, *lists, *corpus))), threshold)


def _finished(one: finished.Finished) -> list[set[str]]:
    return [
        features(it.kind, it.prose)
        for part in parts(one.document)
        for it in part.text.sentences
        if not any(words in it.text for words in one.leftovers)
    ]


def _report(name: str, weights: Weights, threshold: int) -> None:
    """Print how much of a list is found by weights for which it was not learnt from."""
    for kind in ("unfinished", "finished"):
        alike: list[bool] = []
        found: list[bool] = []
        for text in listed(f"{name}-{kind}"):
            one = policy(text)
            scores = [score(features(it.kind, it.prose), weights) for it in _sentences(one)]
            alike.append(max(scores, default=-math.inf) >= threshold)
            found.append(alike[-1] or any(it.rule in OTHERS for it in examine(one, language="de")))
        print(f"{name}-{kind}, unseen: of {len(alike)}", end=" ")
        print(f"{statistics.mean(alike):.1%}, with the other rules {statistics.mean(found):.1%}")


def _write(weights: Weights, threshold: int) -> None:
    table = {"threshold": threshold, "weights": weights}
    words = json.dumps(table, ensure_ascii=False, indent=0, separators=(",", ":"))
    note_classifier.WEIGHTS.write_text(words + "\n", encoding="utf-8")
    print(f"{len(weights)} weights, {len(words.encode()):,} bytes; from {threshold} on")


if __name__ == "__main__":
    main(Path(os.environ["CORPUS"]))
