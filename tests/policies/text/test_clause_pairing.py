"""Which clause of an old text is which of the new one, by what is kept of both."""

from typing import Any

from policies.models.derived import rendering_values
from policies.text.redline.clause_pairing import pair_clauses
from policies.text.rendering import render


def kept(body: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rendering_values(render(f"## Fees\n\n{body}", clauses=True))[
        "anchors"
    ]
    return found


def test_a_reworded_clause_need_be_less_alike_where_it_was_than_elsewhere() -> None:
    before = kept("(a) deliver account refund price order")
    reworded = "deliver account invoice shipping returns"

    assert pair_clauses(before, kept(f"(a) {reworded}")) == {"fees-a": "fees-a"}
    assert pair_clauses(before, kept(f"(a) Something else.\n(b) {reworded}")) == {}
