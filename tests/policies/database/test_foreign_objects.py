"""What somebody puts into the database to get around the rules: it doesn't help, and is found."""

# ruff: noqa: S608  every name and value in this SQL is our own

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from policies import ledger, workflow
from policies.checks import nothing_gets_around_the_rules
from policies.database import triggers
from policies.states import Status
from tests.factories import NOW, make_policy, make_revision, make_user, make_version
from tests.policies.database.rules.attacks import refused

pytestmark = pytest.mark.django_db


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def words():
    return triggers.foreign(connection)


def test_a_migrated_database_has_nothing_of_others():
    assert words() == []
    assert nothing_gets_around_the_rules(databases=["default"]) == []
    assert nothing_gets_around_the_rules(databases=None) == []


# --- Operators and functions that fit better than PostgreSQL's own --------------------------------

OPERATORS = ("=", "<>", "<", "<=", ">", ">=", "+", "-", "||", "~~", "~", "->", "->>")
# Every type of a column, and those of the values that rules compare with columns.
TYPES = {
    *("varchar", "text", "bigint", "integer", "smallint", "boolean", "date", "jsonb"),
    *("timestamptz", "timestamp", '"char"', "name", "oid", "numeric"),
}
PAIRS = [(it, it) for it in sorted(TYPES)] + [
    *(("bigint", "integer"), ("integer", "bigint"), ("smallint", "integer")),
    *(("varchar", "text"), ("text", "varchar"), ("jsonb", "text"), ("name", "text")),
    *(("timestamptz", "timestamp"), ("oid", "integer"), ("date", "timestamptz")),
]
# What each operator on two of a kind returns: anything else would not be found as well.
RETURNS = {"+": "{0}", "-": "{0}", "||": "{0}", "->": "{0}", "->>": "text"}


def shadow_everything(result):
    """Make an operator for each name and pair of types; those that compare return `result`."""
    for number, (left, right) in enumerate(PAIRS):
        run(
            f"CREATE FUNCTION public.compare_{number}({left}, {right}) RETURNS boolean"
            f" IMMUTABLE LANGUAGE sql RETURN {result}",
            f"CREATE FUNCTION public.first_{number}({left}, {right}) RETURNS {left}"
            " IMMUTABLE LANGUAGE sql RETURN $1",
        )
        for name in OPERATORS:
            function = f"first_{number}" if name in RETURNS else f"compare_{number}"
            run(
                f"CREATE OPERATOR public.{name} (leftarg = {left}, rightarg = {right},"
                f" function = public.{function})"
            )
    for of in ("integer", "bigint", "varchar"):
        run(
            f"CREATE FUNCTION public.keep({of}, {of}) RETURNS {of} LANGUAGE sql RETURN $1",
            f"CREATE AGGREGATE public.max({of}) (sfunc = public.keep, stype = {of})",
        )


OF_A_VERSION = (
    "UPDATE policies_section SET body = 'Sold.'",
    "UPDATE policies_section SET revision_id = {other}",
    "UPDATE policies_rendering SET html = 'Sold.'",
    "UPDATE policies_revision SET title = 'Sold'",
    "UPDATE policies_revision SET status = 'draft'",
    "UPDATE policies_revision SET saves = 99",
    "UPDATE policies_revision SET effective_at = effective_at + interval '1 day'",
    "UPDATE policies_revision SET last_updated_on = last_updated_on + 1",
    "UPDATE policies_revision SET approved_by_id = NULL",
    "UPDATE policies_revision SET status = 'withdrawn', withdrawn_at = published_at,"
    " withdrawn_by_id = 1, withdrawal_reason = 'Old.'",
    "UPDATE policies_policy SET created_by_id = 1000000000",
    "UPDATE policies_policy SET language = 'fr'",
    "UPDATE policies_policy SET time_zone = 'Asia/Tokyo'",
    "UPDATE policies_auditevent SET actor = 'Me'",
    "UPDATE policies_ledgerentry SET change_note = 'None.'",
    "DELETE FROM policies_section",
    "DELETE FROM policies_contribution",
    "TRUNCATE policies_auditevent",
    "INSERT INTO policies_contribution (revision_id, contributed_at, contributed_by_id)"
    " SELECT revision_id, contributed_at, 999 FROM policies_contribution LIMIT 1",
    "INSERT INTO policies_auditevent (sequence, verb, done_at, actor, policy_id, reason,"
    " document_digest, previous_digest, digest) SELECT 900, verb, done_at, actor, policy_id,"
    " reason, document_digest, previous_digest, 'new' FROM policies_auditevent LIMIT 1",
)


@pytest.mark.postgresql
@pytest.mark.parametrize("result", ["false", "true", "NULL::boolean"])
def test_no_operator_or_function_in_the_schema_gets_around_a_rule(result):
    make_version()
    other = make_revision().pk
    connection.check_constraints()
    shadow_everything(result)

    for statement in OF_A_VERSION:
        with refused(), transaction.atomic():
            run(statement.format(other=other))


@pytest.mark.postgresql
@pytest.mark.parametrize("result", ["false", "true", "NULL::boolean"])
def test_four_eyes_and_the_order_of_versions_hold_with_other_operators(result):
    first = make_version()
    commented = make_revision(policy=first.policy, status=Status.IN_REVIEW)
    workflow.comment(commented.pk, by=make_user("Reviewers"), at=NOW, text="Why?")
    draft = make_revision(policy=make_policy(slug="terms"), status=Status.IN_REVIEW)
    wrote = draft.contributions.values_list("contributed_by_id", flat=True)[0]
    connection.check_constraints()
    shadow_everything(result)

    approval = "status = 'approved', approved_at = saved_at, approved_digest = digest"
    for statement, revision, rule in (
        (f"{approval}, approved_by_id = {wrote}", draft, "revision_four_eyes"),
        (f"{approval}, approved_by_id = 999", commented, "revision_comments_first"),
        (
            "status = 'published', basis = 'emergency', basis_reason = 'Now.', number = 7,"
            " kind = 'material', effective_at = '2099-01-01', last_updated_on = '2026-05-02',"
            " published_at = saved_at, published_by_id = 999",
            commented,
            "revision_number_next",
        ),
    ):
        with refused(rule), transaction.atomic():
            run(
                f"UPDATE policies_revision SET {statement}"
                f" WHERE id OPERATOR(pg_catalog.=) {revision.pk}"
            )


@pytest.mark.postgresql
def test_a_version_that_is_in_force_is_not_withdrawn_by_another_clock():
    make_version(at=timezone.now() - timedelta(hours=1))
    connection.check_constraints()
    run(
        "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql RETURN 'epoch'::timestamptz",
        "CREATE FUNCTION public.never(timestamptz, timestamptz) RETURNS boolean"
        " LANGUAGE sql RETURN false",
        "CREATE OPERATOR public.<= (leftarg = timestamptz, rightarg = timestamptz,"
        " function = public.never)",
    )

    with refused("revision_withdrawn_in_time"), transaction.atomic():
        run(
            "UPDATE policies_revision SET status = 'withdrawn', withdrawn_at = published_at,"
            " withdrawn_by_id = 1, withdrawal_reason = 'Old.'"
        )


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "shadow",
    [
        "CREATE TEMP TABLE policies_contribution (LIKE public.policies_contribution)",
        "CREATE TEMP VIEW policies_contribution AS SELECT 0 AS revision_id, 0 AS contributed_by_id",
        "CREATE SCHEMA earlier; SET search_path = earlier, public; CREATE TABLE"
        " earlier.policies_contribution (LIKE public.policies_contribution)",
        "CREATE DOMAIN pg_temp.int8 AS pg_catalog.text",
    ],
)
def test_no_other_table_or_type_takes_the_place_of_one_in_a_rule(shadow):
    draft = make_revision(status=Status.IN_REVIEW)
    wrote = draft.contributions.values_list("contributed_by_id", flat=True)[0]
    connection.check_constraints()
    run(shadow)

    with refused("revision_four_eyes"), transaction.atomic():
        run(
            "UPDATE public.policies_revision SET status = 'approved', approved_at = saved_at,"
            f" approved_digest = digest, approved_by_id = {wrote}"
        )


@pytest.mark.postgresql
def test_each_function_of_a_rule_searches_only_what_postgresql_brings():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.proconfig, p.prosrc FROM pg_proc p"
            " WHERE p.proname LIKE 'policies_wall_%'"
        )
        functions = cursor.fetchall()

    assert len(functions) > 80
    for name, settings, body in functions:
        assert settings == ["search_path=pg_catalog, pg_temp"], name
        assert not re.search(r"(?<!public\.)\bpolicies_", body), name


# --- Found by the check, /readyz and verify ------------------------------------------------------

NEVER = (
    "CREATE FUNCTION public.never({0}, {1}) RETURNS boolean IMMUTABLE LANGUAGE sql RETURN false;"
    " CREATE OPERATOR public.{2} (leftarg = {0}, rightarg = {1}, function = public.never)"
)
CHANGER = (
    "CREATE FUNCTION public.changer() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN NEW.title = ''Sold''; RETURN NEW; END';"
)
FOUND = [
    (NEVER.format("varchar", "varchar", "<>"), "operator <>(character varying,character varying)"),
    (NEVER.format("text", "text", "="), "operator =(text,text)"),
    (NEVER.format("bigint", "integer", "="), "operator =(bigint,integer)"),
    (NEVER.format("timestamptz", "timestamptz", "<="), "operator <=(timestamp with time zone"),
    (NEVER.format("oid", "integer", ">="), "operator >=(oid,integer)"),
    (NEVER.format("oid", "oid", "="), "operator =(oid,oid)"),
    (NEVER.format("name", "text", "="), "operator =(name,text)"),
    (NEVER.format("varchar", "text", "~~"), "operator ~~(character varying,text)"),
    (
        "CREATE FUNCTION public.max(a integer, b integer) RETURNS integer LANGUAGE sql RETURN 1",
        "function public.max(integer,integer)",
    ),
    (
        "CREATE AGGREGATE public.count(bigint) (sfunc = int8pl, stype = bigint)",
        "function public.count(bigint)",
    ),
    (
        "CREATE FUNCTION public.upper(varchar) RETURNS text LANGUAGE sql RETURN 'X'",
        "function public.upper(character varying)",
    ),
    (
        "CREATE TYPE public.mood AS ENUM ('calm'); CREATE FUNCTION public.lower(varchar,"
        " mood DEFAULT 'calm') RETURNS text LANGUAGE sql RETURN 'x'",
        "function public.lower(character varying,public.mood)",
    ),
    ("CREATE CAST (bigint AS date) WITH INOUT AS IMPLICIT", "cast from bigint to date"),
    ("CREATE DOMAIN public.varchar AS text", 'type public."varchar"'),
    (
        f"{CHANGER} CREATE TRIGGER zz BEFORE UPDATE ON policies_revision"
        " FOR EACH ROW EXECUTE FUNCTION changer()",
        "trigger zz on public.policies_revision",
    ),
    (
        f"{CHANGER} CREATE TRIGGER policies_wall_revision_frozen BEFORE UPDATE ON policies_section"
        " FOR EACH ROW EXECUTE FUNCTION changer()",
        "trigger policies_wall_revision_frozen on public.policies_section",
    ),
    (
        f"{CHANGER} CREATE TRIGGER promote BEFORE UPDATE ON auth_user"
        " FOR EACH ROW EXECUTE FUNCTION changer()",
        "trigger promote on public.auth_user",
    ),
    (
        "CREATE RULE unseen AS ON DELETE TO policies_auditevent DO INSTEAD NOTHING",
        "rule unseen on public.policies_auditevent",
    ),
    (
        "ALTER TABLE policies_contribution ENABLE ROW LEVEL SECURITY",
        "row security on public.policies_contribution",
    ),
    (
        "CREATE TABLE public.more () INHERITS (policies_contribution)",
        "table public.more, which inherits from public.policies_contribution",
    ),
    (
        "CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level1',"
        " deterministic = false); ALTER TABLE policies_section ALTER COLUMN body"
        " TYPE text COLLATE public.loose",
        "type or collation of public.policies_section.body",
    ),
    ("SET LOCAL session_replication_role = replica", "session_replication_role"),
]


@pytest.mark.postgresql
@pytest.mark.parametrize(("statement", "expected"), FOUND)
def test_what_could_get_around_the_rules_is_named(client, statement, expected):
    connection.check_constraints()
    run(statement)

    assert [it for it in words() if expected.replace("operator ", "operator public.") in it]
    errors = nothing_gets_around_the_rules(databases=["default"])
    assert "policies.E006" in {error.id for error in errors}
    assert client.get("/readyz").status_code == 503
    assert any("does not belong to the site" in problem for problem in ledger.verify().problems)


@pytest.mark.postgresql
@pytest.mark.parametrize("result", ["false", "true", "NULL::boolean"])
def test_no_operator_hides_itself_from_the_check(result):
    shadow_everything(result)

    assert len(words()) >= len(PAIRS) * len(OPERATORS)
    assert triggers.missing(connection) == []


@pytest.mark.postgresql
def test_looking_leaves_the_connection_as_it_was():
    def path():
        with connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            return str(cursor.fetchone()[0])

    usual = path()
    words()
    assert path() == usual
    with transaction.atomic():
        words()
        assert path() == usual


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        NEVER.replace("public.", "elsewhere.")
        .format("text", "text", "=")
        .join(["CREATE SCHEMA elsewhere; ", ""]),
        "CREATE TYPE public.mood AS ENUM ('calm'); "
        + NEVER.replace("never", "unlike").format("public.mood", "public.mood", "<>"),
        "CREATE TABLE public.of_another_application (id integer)",
        "CREATE FUNCTION public.of_another_application(text) RETURNS text LANGUAGE sql RETURN $1",
    ],
)
def test_what_can_do_no_harm_is_no_problem(statement):
    run(statement)

    assert words() == []


@pytest.mark.sqlite
def test_a_trigger_of_somebody_else_is_named_on_sqlite(client):
    run(
        "CREATE TRIGGER zz BEFORE UPDATE ON policies_revision"
        " BEGIN UPDATE policies_policy SET name = 'Sold'; END"
    )

    assert words() == ["the trigger zz on policies_revision"]
    assert client.get("/readyz").status_code == 503
