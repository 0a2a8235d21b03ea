"""What was found in a part of a text is kept, and is what would be found without that."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cache import Cache
from policies.text import surface
from policies.text.checklist import checklist
from policies.text.findings import examine, reading
from policies.text.findings.context import Context
from policies.text.markdown.limits import RenderingRefused
from policies.text.reading.parts import read_parts
from policies.text.redline import compare
from tests.policies.text.examined import policy, three_states

# Bodies of which each can change what is found in another.
BODIES = (
    "",
    "We keep your [name].",
    "Write to [us][contact] or see [Data](#data), http://softphonez.com and TODO.",
    "[contact]: http://softphonez.com/contact",
    "As section 3(b) says.[^1]",
    "[^1]: Nobody reads this.",
    "### Data\n\n(a) names\n\n(b) addresses",
    "We mean “**Services**” and the Account. See Section 2.1 and Annex A.",
    "1. One\n2. Two\n\n> ## Quoted\n\n![](picture.png)",
)
HEADINGS = ("Data", "1. Scope", "2. Services", "Annex A", "The *rest*")


def located(document, cache):
    return Context(document, cache=cache).findings()


@given(three_states(HEADINGS, st.sampled_from(BODIES)))
def test_findings_are_the_same_with_what_is_kept_and_without(states):
    cache = Cache()

    for document in states:
        assert located(document, cache) == located(document, Cache(most=0))


def test_after_a_change_only_the_changed_section_is_searched():
    searched = []

    def search(text):
        searched.append(text.place.anchor)
        return len(text.sentences)

    cache = Cache()
    sections = [(f"Part {at}", f"part-{at}", "We keep it.") for at in range(5)]
    first = policy("", *sections)
    for part in read_parts(first, cache):
        part.fact(search)
    searched.clear()
    sections[3] = ("Part 3", "part-3", "We keep it. We delete it.")
    sections.insert(3, ("New", "new", "Here we are."))

    found = [part.fact(search) for part in read_parts(policy("", *sections), cache)]

    assert searched == ["new", "part-3"]
    assert found == [1, 0, 2, 2, 2, 2, 3, 2]


@pytest.mark.parametrize("cache", [Cache(most=3), Cache(characters=30)])
def test_what_was_not_used_for_longest_is_given_up(cache):
    made = []

    def get(number):
        cache.get(number, 10, lambda: made.append(number))

    for number in (1, 2, 3, 1, 4, 1, 2):
        get(number)

    assert made == [1, 2, 3, 4, 2]


@pytest.mark.slow  # all that may be kept is kept first
def test_what_is_kept_is_bounded_by_its_length_and_not_only_by_its_number():
    """Words and sentences of a hostile text may each be as long as the text."""

    def read(numbers):
        for number in numbers:
            one = policy(f"𝕏{number}" + "abcd" * 25_000)
            examine(one)
            compare(policy(""), one)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        full = read(range(30))  # of a hundred thousand characters, not all are kept
        assert read(range(30, 34)) < full + 1_000_000
    finally:
        tracemalloc.stop()


def test_a_moved_section_has_the_name_of_its_new_place():
    one, two = ("One", "one", "We are TODO."), ("Two", "two", "We are TBD.")

    places = [
        [found.place for found in examine(policy("", *sections)) if found.rule == "placeholder"]
        for sections in ((one, two), (two, one))
    ]

    assert places == [["1. One", "2. Two"], ["1. Two", "2. One"]]


def test_a_definition_in_one_section_is_known_in_all():
    document = policy(
        "See [our terms][terms].[^note]",
        ("Notes", "notes", "[^note]: It is short.\n\n[terms]: https://softphonez.com/terms"),
    )

    introduction = read_parts(document)[1].text

    assert [link.target for link in introduction.links] == ["https://softphonez.com/terms"]
    assert [one.text for one in introduction.sentences] == ["See our terms."]


def test_checklist_and_reading_see_a_change():
    before = policy("We are here.", ("A", "a", "We keep it."))
    after = policy("We are here.", ("A", "a", "We keep it. Write to our data protection officer."))

    found = [[it.law for it in checklist(document) if it.anchors] for document in (before, after)]

    assert "GDPR Article 13(1)(b)" not in found[0]
    assert "GDPR Article 13(1)(b)" in found[1]
    assert reading(after).words == reading(before).words + 6


def test_words_nested_too_deeply_for_a_page_are_read_as_they_are_written():
    deep = "*a " * 3_000 + "b* " * 3_000
    _, introduction, _ = read_parts(policy(deep, (deep.strip(), "deep", "We keep it.")))

    assert introduction.text.sentences[0].text.startswith("*a *a")
    with pytest.raises(RenderingRefused, match="nested too deeply"):
        surface.divide_all([deep])
