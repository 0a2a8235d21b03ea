"""The date that a text states for itself near its beginning."""

from datetime import date

import pytest

from policies.text.document import Document, Section
from policies.text.importing.dates import StatedDate, stated_dates


def dates_in(line):
    """Return the day and the meaning of each date in an introduction of one line."""
    return [(it.day, it.is_effective) for it in stated_dates(Document("Terms", line))]


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: 3 March 2024",
        "**Last updated:** March 3, 2024",
        "_Last Updated on Mar. 3rd, 2024_",
        "Last updated: Sunday, 3 March 2024.",
        "(Last revised 2024-03-03)",
        "This policy was last modified on the 3rd of March 2024 by our lawyers.",
        "Updated: 2024/03/03",
        "Last updated: 03/03/2024",
        "Date of last revision - 3 March 2024",
        "Stand: 3. März 2024",
        "Stand 03.03.2024",
        "Zuletzt aktualisiert am 3. März 2024",
        "Letzte Änderung: 03.03.2024",
        "Dernière mise à jour : le 3 mars 2024",
        "Mise à jour le 3 mars 2024",
        "Última actualización: 3 de marzo de 2024",
        "آخر تحديث: ٣ مارس ٢٠٢٤",
    ],
)
def test_the_day_of_the_last_update_is_read_in_each_language_of_the_site(line):
    assert dates_in(line) == [(date(2024, 3, 3), False)]


@pytest.mark.parametrize(
    "line",
    [
        "Effective date: 3 March 2024",
        "Effective March 3, 2024",
        "These terms are effective as of 3 March 2024.",
        "In effect since 2024-03-03",
        "Gültig ab 3. März 2024",
        "In Kraft seit dem 3.3.2024",
        "Date d’entrée en vigueur : 3 mars 2024",
        "En vigor desde el 3 de marzo de 2024",
        "تاريخ السريان: 3 مارس 2024",
    ],
)
def test_the_day_of_effect_is_distinguished_from_that_of_the_last_update(line):
    assert dates_in(line) == [(date(2024, 3, 3), True)]


@pytest.mark.parametrize(
    "line",
    [
        *("Last updated: 03/04/2024", "Last updated: 3/4/24", "Last updated: March 2024"),
        *("Last updated: 2024", "Last updated: 31 February 2024", "Last updated: 31.02.2024"),
        *("Stand: März 2024", "Effective 30 days after 1 May 2024"),
    ],
)
def test_a_date_that_is_not_clear_is_found_without_a_day(line):
    assert [day for day, _ in dates_in(line)] == [None]


@pytest.mark.parametrize(
    ("line", "day"), [("13/04/2024", date(2024, 4, 13)), ("04/13/2024", date(2024, 4, 13))]
)
def test_numbers_that_can_be_read_in_one_way_only_are_a_clear_date(line, day):
    assert dates_in(f"Last updated: {line}") == [(day, False)]


@pytest.mark.parametrize(
    "line",
    [
        "We were founded on 3 March 2024.",
        "Last updated: see the end of the page",
        "We use effective measures, certified on 3 March 2024.",
        "Our staff understand 2024 rules.",
        "Last updated: [DATE]",
        "3 March 2024",
    ],
)
def test_other_dates_and_other_words_state_nothing(line):
    assert dates_in(line) == []


def test_both_dates_are_read_from_one_line():
    line = "Effective date: 1 April 2024 | Last updated: 3 March 2024"

    assert dates_in(line) == [(date(2024, 4, 1), True), (date(2024, 3, 3), False)]


def test_the_words_are_quoted_as_the_text_has_them():
    document = Document("Terms", "Welcome.\n\n**Last updated:** 03/04/2024, in short.")

    assert stated_dates(document) == [
        StatedDate("Last updated: 03/04/2024, in short.", None, is_effective=False)
    ]


def test_a_date_in_the_title_or_under_the_first_heading_counts_too():
    titled = Document("Terms (last updated 3 March 2024)", "Welcome.")
    headed = Document("Terms", "", (Section("Scope", "scope", "Last updated: 3 March 2024"),))

    assert [it.day for it in stated_dates(titled)] == [date(2024, 3, 3)]
    assert [it.day for it in stated_dates(headed)] == [date(2024, 3, 3)]


def test_a_date_further_down_is_about_something_else():
    before = "\n\n".join(["A paragraph."] * 20)

    assert dates_in(f"{before}\n\nLast updated: 3 March 2024") == []


def test_a_long_line_is_read_in_time_that_grows_with_its_length():
    assert dates_in("last updated " * 100_000) == []
