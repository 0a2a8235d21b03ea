"""How much the rules cost."""

import re

import pytest
from django.db import connection

from policies.database import rules
from policies.database.rules.conditions import CLOCK

pytestmark = pytest.mark.django_db


SUBSELECT = re.compile(r"\((SELECT [^()]*(?:\([^()]*\)[^()]*)*)\)")


def subselects():
    """Return the SELECTs of every rule, with a value in the place of NEW's and OLD's columns."""
    found = set()
    for rule in rules.rules():
        for select in SUBSELECT.findall(rule.condition):
            select = re.sub(r"(?:NEW|OLD)\.\"?(\w+)\"?", _literal, select)
            found.add(select.replace(" FOR SHARE", "").replace(CLOCK, "CURRENT_TIMESTAMP"))
    return found


def _literal(match):
    name = match[1]
    if name.endswith("_at"):
        return "'2026-05-02 12:00:00'"
    return (
        "7"
        if name == "id" or name.endswith("_id") or name in {"number", "sequence", "position"}
        else "'x'"
    )


def test_the_rules_look_rows_up_by_index_so_that_their_cost_does_not_grow():
    selects = subselects()
    assert len(selects) > 15
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for select in sorted(selects):
            explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            cursor.execute(f"{explain} {select}")
            plan = "\n".join(str(row) for row in cursor.fetchall())

            assert not re.search(r"Seq Scan|'SCAN (?!CONSTANT)", plan), (select, plan)
