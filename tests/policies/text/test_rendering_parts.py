"""A text of which parts were rendered before gives the same page as one rendered as a whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import document as documents
from policies.text.markdown import tree
from policies.text.rendering import RenderingRefused, render, render_document
from tests.policies.text.examined import policy, three_states

# Each of these can change what another section gives, or what one after it gives.
BODIES = (
    "",
    "See [our page][contact], [Data](#data)[^1] and section 2(b).\n\n---",
    '[contact]: http://softphonez.com/contact "Us"\n\n[unused]: javascript:1',
    "[contact]: http://softphonez.com/other\n\n[^1]: A note.[^2]\n\n[^2]: Another one.",
    "Nobody reads this.[^2]\n\n[^1]: A second one\n\n    of this label.",
    "### Data\n\n(a) names\n\n(b) addresses, see (a)\n\n(i) one\n\n###### {#data}",
    "2.1 One\n\n2.2 Two {#two}\n\n    (a) Three",
    "1. One\n2. Two\n\n> # Quoted {#two}\n> - a\n\nsee Part 2 and Section 2.1",
    "| a | b |\n|---|---|\n| 1 | 2 | 3 |",
    "- item\n\n      code\n\n  ~~~\n  closed\n  ~~~",
    "> quoted\nand lazy\n\n![](/here.png)![](http://a.example/b.png)",
    "Term\n: what it is\n\n<b>Bold</b> &lt; http://softphonez.com/a_b_c?d=1&e=2",
)
HEADINGS = ("Data", "1. Scope", "*Scope*[^1]", "Annex A", "[Two](#two)")


def as_a_whole(document):
    text = documents.body(document)
    return render(text, clauses=document.clauses, numbering=document.numbering)


@given(three_states(HEADINGS, st.lists(st.sampled_from(BODIES), max_size=2).map("\n\n".join)))
def test_a_page_made_of_kept_parts_is_the_page_of_the_whole_text(states):
    for document in states:
        assert render_document(document) == as_a_whole(document)
        has_labels = tree.has_labels(documents.body(document))
        assert documents.has_clauses(document) == (document.clauses or has_labels)


@pytest.mark.parametrize(
    "document",
    [
        policy("", ("A", "a", "* a\n" * 12_000)),
        policy("", *[("A", f"a{at}", "* a\n" * 2_000) for at in range(4)]),
        policy("", ("A", "a", "> " * 50 + "quoted")),
    ],
)
def test_a_text_that_is_too_large_is_refused_in_the_same_words(document):
    with pytest.raises(RenderingRefused) as as_it_is:
        as_a_whole(document)

    with pytest.raises(RenderingRefused, match=re.escape(str(as_it_is.value))):
        render_document(document)
