"""Words and regular expressions from TOML files."""

import pytest

from policies.text.expressions import read

FILE = """
[words]
who = ["counsel", "lawyer"]
whose = '{who}s?'
[vocabulary]
small = "and of"
[expressions]
note = ['ask {whose}', 'todo\\{1\\}']
[exact]
law = '[A-Z]{2,5}'
"""


def test_a_file_gives_vocabularies_and_expressions_with_its_words_in_place(tmp_path):
    path = tmp_path / "notes.toml"
    path.write_text(FILE, encoding="utf-8")

    vocabulary, patterns = read(path)

    assert vocabulary == {"small": {"and", "of"}}
    assert patterns["note"].fullmatch("ASK Lawyers")
    assert patterns["note"].fullmatch("todo{1}")
    assert patterns["law"].fullmatch("GDPR")
    assert not patterns["law"].search("gdpr")


def test_a_name_that_the_words_above_have_not_is_refused(tmp_path):
    path = tmp_path / "notes.toml"
    path.write_text(FILE.replace("{who}s?", "{nobody}"), encoding="utf-8")

    with pytest.raises(KeyError, match="nobody"):
        read(path)
