"""The interface in other languages: complete, and by the rules of each language."""

import datetime
import gettext
import re

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from policies import languages
from tests import messages


def test_every_word_of_the_public_pages_is_in_every_catalog():
    """If this fails: `make messages`, then translate what it names in locale/."""
    wanted = messages.extract()

    found = [it for language in languages.CATALOGS for it in messages.problems(language, wanted)]

    assert len(wanted) > 90
    assert found == []


@pytest.mark.parametrize("language", languages.CATALOGS)
def test_the_compiled_catalog_says_what_the_catalog_says(language):
    """If this fails: `make messages`."""
    assert messages.is_compiled(language)


def test_a_new_language_begins_with_the_plural_forms_that_django_knows(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    wanted = {it.key: it for it in [messages.Message(None, "%(n)s thing", "%(n)s things", {"x"})]}

    messages.update("pl", wanted)

    (entry,) = messages.read("pl")
    assert len(entry.msgstr_plural) == 4
    assert list(messages.problems("pl", wanted)) == ["pl: “%(n)s thing” (x) is not translated."]


def test_no_module_calls_gettext_by_another_name():
    """The command that collects messages would not find them."""
    assert messages.public_modules()
    for path in messages.public_modules():
        assert not re.search(r"gettext\w* as ", path.read_text(encoding="utf-8")), path


def test_the_tool_finds_what_is_missing_and_what_is_wrong():
    wanted = dict(messages.extract())
    new = messages.Message(None, "%(n)s thing", "%(n)s things", {"templates/new.html"})
    wanted[new.key] = new

    found = next(it for it in messages.problems("de", wanted) if "new.html" in it)

    assert "“%(n)s thing” (templates/new.html) is missing. Run `make messages`" in found
    assert next(iter(messages._wrong(new, "%(m)s Ding <b>"))).endswith("the same placeholders.")
    assert list(messages._wrong(new, "ein Ding")) == []


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "لم يتغيّر أي قسم"),
        (1, "تغيّر قسم واحد"),
        (2, "تغيّر قسمان"),
        (3, "تغيّرت %(n)s أقسام"),
        (11, "تغيّر %(n)s قسمًا"),
        (100, "تغيّر %(n)s قسم"),
    ],
)
def test_arabic_counts_in_six_forms(n, words):
    with languages.page_in("ar"):
        said = translation.ngettext("%(n)s section changed", "%(n)s sections changed", n)

    assert said == words


@pytest.mark.usefixtures("four_catalogs")
@pytest.mark.parametrize("language", ["ja", "hi", "pt-br", "he", "zh-hans"])
def test_a_page_in_a_language_without_a_catalog_has_no_word_of_django_in_between(language):
    with languages.page_in(language):
        for context, singular, _ in messages.extract():
            found = (
                translation.pgettext(context, singular)
                if context
                else translation.gettext(singular)
            )
            assert found == singular


def test_a_variant_of_a_language_speaks_it():
    with languages.page_in("es-mx"):
        assert translation.gettext("All versions") == "Todas las versiones"
        assert languages.of_interface() == "es"


# --- Dates and names -----------------------------------------------------------------------------


DATES = [
    ("en", "May 1, 2026", "May 2, 2026"),
    ("de", "1. Mai 2026", "2. Mai 2026"),
    ("fr", "1er mai 2026", "2 mai 2026"),
    ("es", "1 de mayo de 2026", "2 de mayo de 2026"),
    ("ar", "1 مايو 2026", "2 مايو 2026"),
    ("ja", "2026年5月1日", "2026年5月2日"),
    ("hi", "1 मई 2026", "2 मई 2026"),
]


@pytest.mark.parametrize("catalog", [languages.SOURCE, *languages.CATALOGS])
def test_somebody_has_looked_at_the_dates_and_the_names_of_each_catalog(catalog):
    assert catalog in {language for language, *_ in DATES}, "Add it to DATES above."
    assert catalog in {page for page, *_ in NAMES}, "Add it to NAMES below."


@pytest.mark.parametrize("name", ["pt_BR", "pt-br", "zh_Hans", "zh", "xx"])
def test_a_folder_that_no_page_would_speak_is_refused_with_an_explanation(name):
    with pytest.raises(SystemExit, match=f"locale/{name}: name the folder by a language"):
        messages.plural_forms(name)


@pytest.mark.parametrize(("language", "first", "second"), DATES)
def test_a_date_has_the_form_of_its_language(language, first, second):
    with languages.page_in(language):
        for number, expected in ((1, first), (2, second)):
            written = languages.day(datetime.date(2026, 5, number))
            (date,) = BeautifulSoup(written, "html.parser")
            assert (date.name, date.get_text()) == ("bdi", expected)
            is_spoken = language in {languages.SOURCE, *languages.CATALOGS}
            assert date.attrs == ({} if is_spoken else {"lang": language, "dir": "ltr"})


NAMES = [
    ("en", "de", "German"),
    ("de", "en", "Englisch"),
    ("fr", "en", "anglais"),
    ("es", "en", "inglés"),
    ("ar", "en", "الإنجليزيّة"),
]


@pytest.mark.parametrize(("page", "language", "name"), NAMES)
def test_a_language_is_called_as_in_a_sentence_of_the_page(page, language, name):
    with languages.page_in(page):
        assert languages.name_of(language) == name


@pytest.mark.usefixtures("four_catalogs")
def test_a_language_has_its_english_name_on_a_page_without_a_catalog():
    with languages.page_in("ja"):
        assert languages.name_of("en") == "English"


def test_the_catalogs_need_no_tool_to_be_read():
    for language in languages.CATALOGS:
        with messages.catalog_path(language).with_suffix(".mo").open("rb") as file:
            assert gettext.GNUTranslations(file).info()["language"] == language
