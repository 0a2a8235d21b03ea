"""The renderer under texts that were written to break it, and under any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.markdown.limits import MAX_CHARACTERS
from policies.text.rendering import RenderingRefused, render
from tests.conftest import is_quick
from tests.policies.text.hostile import check, families, placed, rendered_or_refused, words_seen

# Thousands of texts go the same ways: to count the lines each time would take as long again.
pytestmark = pytest.mark.no_cover
FAMILIES = families()
PAYLOADS = [payload for family in FAMILIES.values() for payload in family]
MARKS = [
    *("*", "**", "_", "`", "~~", "[", "]", "(", ")", "<", ">", "&", "&amp;", "&lt;", "\\", "|"),
    *("#", "##", "{#a}", "{: #b}", "[]{#c}", "[^1]", "!", "![", "](", "{{", "}}", "{%", "%}"),
    *("https://a.example", "www.b.example", "x@y.example", "javascript:", "//", ":", "<br>"),
    *("é", "日本", "😀", "a", "'", '"', "=", "-", "===", "{#", "#}"),
]
SPACES = ["\n", "\n\n", "    ", "  \n", "\t", "\r\n", "\u2028", "\u00a0", "\n- ", "\n1. ", "\n> "]
BLOCKS = [
    *("\n|-|-|\n", "\n\n[^1]: ", "\n\n[a]: ", "\n: ", "\n```\n", "\n## ", "\x02", "\x1e", "\ufdd0"),
]


def test_the_corpus_is_all_there():
    assert len(PAYLOADS) >= 400
    assert any("\x02" in payload for payload in FAMILIES["controls"])


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_hostile_gets_through_in_any_place(family):
    """In a quick run, each payload is in every fifth setting, and the next one in others."""
    for turn, payload in enumerate(FAMILIES[family]):
        for text in placed(payload, turn=turn, of=5 if is_quick() else 1):
            assert check(text) is not None


mutated = st.builds(
    lambda payload, at, what: (
        payload[: at % (len(payload) + 1)] + what + payload[at % (len(payload) + 1) :]
    ),
    st.sampled_from(PAYLOADS),
    st.integers(0, 200),
    st.one_of(st.sampled_from(MARKS + SPACES + BLOCKS), st.text(max_size=3)),
)
piece = st.one_of(
    mutated,
    st.sampled_from(PAYLOADS),
    st.lists(st.sampled_from(MARKS + SPACES + BLOCKS), max_size=12).map("".join),
)


@given(st.lists(piece, max_size=5), st.sampled_from(["", " ", "\n", "\n\n"]))
def test_nothing_hostile_gets_through_however_it_is_mixed(pieces, glue):
    check(glue.join(pieces))


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_str_at_all_is_rendered_or_refused(text):
    check(text)


word = st.from_regex(r"[a-z]{2,8}", fullmatch=True)
CARRIERS = [
    *("{}", "**{}** _{}_ ~~{}~~", "- {}\n- {}", "3. {}\n   - {}", "> {}\n{}", "## {}\n\n### {}"),
    *("{}\n===", "| {} | {} |\n|---|---|\n| {} | {} | {} |"),
    *("[{}](https://a.example) [{}](javascript:x)", "![{}](https://a.example/x.png)"),
    *("`{}` <b>{}</b> <!-- {} -->", "```\n{}\n```", "    {}", "{}\n: {}\n: {}"),
    *("{}[^{}]\n\n[^{}]: {}", "[^unused]: {}", "{{{{ {} }}}} {{% {} %}} {{# {} #}}", "{} {{#own}}"),
    *("{}\\\n{}  \n{}", "<section {}>{}"),
]


@given(st.data(), st.lists(st.sampled_from(CARRIERS), min_size=1, max_size=6))
def test_no_word_is_lost(data, carriers):
    given_words = []
    blocks = []
    for carrier in carriers:
        fitting = data.draw(st.lists(word, min_size=9, max_size=9))[: carrier.count("{}")]
        blocks.append(carrier.format(*fitting))
        # The label of a footnote is a name, not a word.
        given_words += [w for w in fitting if f"[^{w}]" not in blocks[-1]]
    rendered = render("\n\n".join(blocks))
    assert set(given_words) <= set(words_seen(rendered))


def repeated(unit):
    return unit * (64_000 // len(unit))


# Beside the units of test_linear_time.py, which asks the same of them.
ENDLESS = [
    *("[a](b ", "[](a)", "[a](<b", '[a](b "', "[a]: ", "## [a](b)\n", "a {#a}\n\n", "{#a ", "{#"),
    *("**a ", "a**b", "***a*** ", "*a **b ", "*a*{#a}", "[]{#a}", "` ", "\\*", "&#65;", "&a"),
    *("> a\n\n", "-\n", ": a\n", "a\n: b\n", "[^1]: a\n", "|a|b|\n|-|-|\n\n", "a  \n", "a:"),
    *("<http://a>", "http://a.b ", "http://", "http://a.b/(", "a@", "a.", "a-"),
    *("lorem ipsum ", "\N{GRINNING FACE}", "\ud800"),
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ENDLESS)
def test_endless_repetition_is_rendered_or_refused(unit):
    rendered_or_refused(repeated(unit))


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 400_000 + "b}",
        "## a" + " " * 400_000 + "b {#c}",
        "```a" + " " * 400_000 + "b}\n```",
        "{{ " * 12_000 + "a" * 900_000,
    ],
    ids=["braces", "hashes", "fence", "tags"],
)
def test_marks_that_end_far_away_or_never_are_read_quickly(text):
    assert rendered_or_refused(text) is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * (MAX_CHARACTERS + 1), "characters long"),
        ("[" * 60_000, "brackets"),
        ("<" * 60_000, "characters <, > and &"),
        ("\n".join(">" * depth + " a" for depth in range(1, 60)), "Line 38: quotes and lists"),
        ("x\n\n" + "- " * 60 + "a", "Line 3: quotes and lists"),
        ("*a " * 200 + "b*" * 200, "Line 1: marks for emphasis"),
        ("## a\n" * 12_000, "more headings, list items"),
    ],
)
def test_a_text_over_a_limit_is_refused_with_its_reason(text, reason):
    with pytest.raises(RenderingRefused, match=reason):
        render(text)


@pytest.mark.slow
def test_a_policy_of_a_hundred_thousand_words_is_rendered():
    sentence = "The [company](https://a.example/b) keeps **personal** data of m@a.example. "
    section = (
        "## Section\n\n" + sentence * 20 + "\n\n- item\n- item\n\n| a | b |\n|-|-|\n| c | d |\n\n"
    )
    rendered = render(section * 550)
    assert len(rendered.contents) == 550
    assert len({entry.anchor for entry in rendered.contents}) == 550
    assert len(words_seen(rendered)) > 100_000
