"""Code, screens and documents are in plain English: tests/plain_english.py has the words."""

from collections import Counter
from pathlib import Path

from tests import plain_english


def test_no_word_of_the_old_dialect_is_left() -> None:
    found = plain_english.found_in(plain_english.ROOT)

    counts = Counter(it.word for it in found).most_common()
    assert not found, "\n".join([*map(str, found), "", *(f"{n:5} {word}" for word, n in counts)])


def test_each_word_is_found_where_it_is_written_and_its_ordinary_sense_is_left_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "README.md").write_text(
        "The walls stand.\nOne stands for all, as it stands.\nfirst_edition, FirstEdition\n"
        "Nobody can tell.\nA screen says so.\nIts standard is understood; a story is retold.\n"
    )

    places = [(it.place, it.word.partition("?")[0]) for it in plain_english.found_in(tmp_path)]

    assert places == [
        ("README.md:1", "walls"),
        ("README.md:1", "stands"),
        ("README.md:3", "editions"),
        ("README.md:3", "editions"),
        ("README.md:5", "(page|screen|button|notice|desk|badge|banner)s"),
    ]
