"""In which language a text is."""

import tomllib
from pathlib import Path

import pytest

from policies.text.language_detection import detect

CORPUS = Path(__file__).parents[1] / "corpus"
TEXTS = tomllib.loads((CORPUS / "languages.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", TEXTS["texts"])
def test_a_legal_text_of_some_forty_words_is_in_its_language(language):
    text = TEXTS["texts"][language]

    assert detect(text) == language
    assert detect(text.upper()) == language
    assert detect(f"{text} Softphonez Inc., https://example.com/the/of/and, support@example.com")


@pytest.mark.parametrize("language", TEXTS["unknown"])
def test_a_text_in_no_known_language_is_in_none(language):
    assert detect(TEXTS["unknown"][language]) is None


def test_a_text_in_two_languages_or_of_a_few_words_is_in_none():
    texts = TEXTS["texts"]

    assert detect(f"{texts['en']} {texts['de']}") is None
    assert detect(f"{texts['cs']} {texts['el']}") is None
    assert detect("We process the data that you give us.") is None
    assert detect("") is None
