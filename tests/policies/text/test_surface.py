"""A text as blocks for the editor's formatted surface: none of it is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import importing, surface
from policies.text.importing import ImportRefused
from policies.text.markdown.limits import RenderingRefused
from tests.policies.text.examined import POLICIES

OWN = [path for path in POLICIES if path.suffix == ".md"]

MARKS = "# > - * 1. (a) 2.1 | ` ~~~ [^1]: [a]: : {#id} [](x) <br> ** _ \\ & --- === \t"
TEXTS = st.lists(
    st.sampled_from([*MARKS.split(" "), "\n", "\n", "\n\n", "    ", " ", "word", "é\x0b"])
).map("".join)


def joined(text):
    (divided,) = surface.divide_all([text])
    return "".join(block.gap + block.source for block in divided.blocks) + divided.end


def node_of(text, definitions=""):
    (divided,) = surface.divide_all([text], definitions)
    (block,) = divided.blocks
    return block.node


@given(TEXTS)
def test_blocks_and_the_gaps_between_them_are_the_text(text):
    assert joined(text) == text


def parts(file):
    try:
        document = importing.read(str(file), file.read_bytes()).document
    except ImportRefused:
        return []
    return [document.introduction, *(section.body for section in document.sections)]


def test_so_are_those_of_every_policy_of_the_corpora():
    texts = [text for file in OWN for text in parts(file)]

    assert [joined(text) for text in texts] == texts


def test_nearly_every_block_of_finished_policies_is_shown_formatted():
    texts = [text for file in POLICIES for text in parts(file)]
    blocks = 0
    as_markdown = 0
    for text in texts:
        if len(text) <= surface.MAX_CHARACTERS:
            assert joined(text) == text
            nodes = [block.node for block in surface.divide_all([text])[0].blocks]
            blocks += len(nodes)
            as_markdown += nodes.count(None)

    assert as_markdown / blocks < 0.03


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Some **bold** words.", "paragraph"),
        ("### Kinds {#kinds}", "heading"),
        ("- one\n- two", "bullet_list"),
        ("(a) one\n(b) two", "ordered_list"),
        ("> quoted", "quotation"),
        ("| a | b |\n| --- | --: |\n| c | d |", "table"),
        ("```\ncode\n```", "code_block"),
        ("***", "rule"),
    ],
)
def test_a_block_of_each_kind_is_a_node(text, kind):
    node = node_of(text)

    assert node is not None
    assert node["type"] == kind


@pytest.mark.parametrize(
    "text",
    [
        *("Term\n: what it means", "[a]: https://example.org", "![A picture](/picture.png)"),
        *("**words**{#id}", "[no address](javascript:1)", "[](https://example.org)"),
        "```{#id}\ncode\n```",
    ],
)
def test_what_the_surface_can_not_show_is_edited_as_markdown(text):
    assert node_of(text) is None


def test_clauses_keep_their_labels_and_headings_their_anchors():
    clauses, heading = node_of("(c) three\n(d) four"), node_of("#### Fees {#fees}")

    assert clauses is not None
    assert heading is not None
    assert [item["attrs"]["label"] for item in clauses["content"]] == ["(c)", "(d)"]
    assert heading["attrs"] == {"anchor": "fees", "level": 4}


def test_definitions_of_other_sections_are_known():
    alone, known = node_of("See[^1]."), node_of("See[^1].", "[^1]: A note.")

    assert alone is not None
    assert known is not None
    assert [it["type"] for it in alone["content"]] == ["text"]
    assert [it["type"] for it in known["content"]] == ["text", "footnote", "text"]


def test_the_words_of_footnotes_are_shown_each_by_itself():
    text = "See.[^1][^b]\n\n[^1]: A _note_.\n\n    - with a list\n[^b]: Another.\n\n[it]: https://a.com"

    (divided,) = surface.divide_all([text])

    shown = [(it.source, it.node and it.node["type"]) for it in divided.blocks]
    assert shown == [
        ("See.[^1][^b]", "paragraph"),
        ("[^1]: A _note_.\n\n    - with a list", "note"),
        ("[^b]: Another.", "note"),
        ("[it]: https://a.com", None),
    ]
    note = divided.blocks[1].node
    assert note is not None
    assert note["attrs"] == {"label": "1"}
    assert [it["type"] for it in note["content"]] == ["paragraph", "bullet_list"]


def test_texts_that_are_too_long_or_too_deep_are_refused():
    with pytest.raises(RenderingRefused, match="more than 100,000 characters"):
        surface.divide_all(["a" * surface.MAX_CHARACTERS, "b"])
    with pytest.raises(RenderingRefused, match="more than 5,000 blocks"):
        surface.divide_all([""] * (surface.MAX_TEXTS + 1))
    with pytest.raises(RenderingRefused, match="nested too deeply"):
        surface.divide_all(["> " * 100])
