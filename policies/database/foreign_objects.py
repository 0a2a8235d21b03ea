"""What others put into the database that could get around the rules, or mislead who reads it.

Our triggers find only what PostgreSQL itself brings. The site's queries and the constraints of its
tables find whatever fits best. And a trigger, a rule or a policy of somebody else on one of our
tables may change a row after our triggers have let it pass, or hide rows from them.
"""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from policies.database import catalogue

# Objects from 16384 on were made after PostgreSQL was set up. An extension's may be in any schema;
# its owner could add an object to it, but not in a superuser's name.
_NOT_OF_AN_EXTENSION = """
NOT EXISTS (SELECT FROM pg_depend d JOIN pg_roles r ON r.oid = {owner}
            WHERE d.objid = {oid} AND d.classid = '{catalogue}'::regclass
            AND d.deptype = 'e' AND r.rolsuper)
"""

_OBJECTS = f"""
WITH searched AS (SELECT oid FROM pg_namespace WHERE nspname = ANY(%(searched)s)),
ours AS (
    SELECT c.oid, c.relname, c.oid::regclass AS name, c.relrowsecurity FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE quote_ident(n.nspname) = %(schema)s AND c.relname = ANY(%(tables)s)
)
SELECT 'the operator ' || o.oid::regoperator FROM pg_operator o
WHERE o.oid >= 16384 AND o.oprleft < 16384 AND o.oprright < 16384
AND o.oprnamespace IN (TABLE searched)
AND EXISTS (SELECT FROM pg_operator b WHERE b.oid < 16384 AND b.oprname = o.oprname)
AND {_NOT_OF_AN_EXTENSION.format(oid="o.oid", owner="o.oprowner", catalogue="pg_operator")}
UNION ALL
SELECT 'the function ' || p.oid::regprocedure FROM pg_proc p
WHERE p.oid >= 16384 AND p.pronamespace IN (TABLE searched)
AND (p.pronargdefaults > 0
     OR NOT EXISTS (SELECT FROM unnest(p.proargtypes) t WHERE t >= 16384))
AND EXISTS (SELECT FROM pg_proc b WHERE b.oid < 16384 AND b.proname = p.proname)
AND {_NOT_OF_AN_EXTENSION.format(oid="p.oid", owner="p.proowner", catalogue="pg_proc")}
UNION ALL
SELECT 'the cast from ' || castsource::regtype || ' to ' || casttarget::regtype FROM pg_cast
WHERE oid >= 16384 AND castsource < 16384 AND casttarget < 16384
UNION ALL
SELECT 'the type ' || t.oid::regtype FROM pg_type t
WHERE t.oid >= 16384 AND t.typrelid = 0 AND t.typnamespace IN (TABLE searched)
AND EXISTS (SELECT FROM pg_type b WHERE b.oid < 16384 AND b.typname = t.typname)
UNION ALL
SELECT 'the trigger ' || quote_ident(t.tgname) || ' on ' || ours.name
FROM pg_trigger t JOIN ours ON ours.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgname || ' on ' || ours.relname <> ALL(%(triggers)s)
UNION ALL
SELECT 'the rule ' || quote_ident(r.rulename) || ' on ' || ours.name
FROM pg_rewrite r JOIN ours ON ours.oid = r.ev_class
UNION ALL
SELECT 'row security on ' || name FROM ours WHERE relrowsecurity
UNION ALL
SELECT 'the table ' || i.inhrelid::regclass || ', which inherits from ' || ours.name
FROM pg_inherits i JOIN ours ON ours.oid = i.inhparent
UNION ALL
SELECT 'the type or collation of ' || ours.name || '.' || quote_ident(a.attname)
FROM pg_attribute a JOIN ours ON ours.oid = a.attrelid
WHERE a.attnum > 0 AND (a.atttypid >= 16384 OR a.attcollation >= 16384)
UNION ALL
SELECT 'session_replication_role, which switches triggers off'
WHERE current_setting('session_replication_role') = 'replica'
"""  # noqa: S608  no value from outside


def foreign_objects(connection: BaseDatabaseWrapper, *, our_triggers: list[str]) -> list[str]:
    """Return each of them in words: "the operator public.<>(text,text)".

    our_triggers: as "NAME on TABLE". On SQLite, where no file replaces an operator: triggers alone.
    """
    tables = [it._meta.db_table for it in apps.get_models(include_auto_created=True)]
    if connection.vendor == "postgresql":
        found = catalogue.rows(connection, _OBJECTS, tables=tables, triggers=our_triggers)
        return [words for (words,) in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        return [
            f"the trigger {name} on {table}"
            for name, table in cursor.fetchall()
            if table in tables and f"{name} on {table}" not in our_triggers
        ]
