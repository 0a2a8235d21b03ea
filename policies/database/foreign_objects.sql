-- Objects from 16384 on were made after PostgreSQL was set up. Those of an extension are left out,
-- which may be in any schema: its owner could add one, but not in the name of a superuser.
WITH searched AS (
    SELECT oid FROM pg_namespace WHERE nspname = ANY(current_setting('policies.searched')::name[])
),
ours AS (
    SELECT c.oid, c.relname, c.oid::regclass AS name, c.relrowsecurity FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE quote_ident(n.nspname) = current_setting('policies.schema') AND c.relname = ANY(%(tables)s)
)
SELECT 'the operator ' || o.oid::regoperator FROM pg_operator o
WHERE o.oid >= 16384 AND o.oprleft < 16384 AND o.oprright < 16384
AND o.oprnamespace IN (TABLE searched)
AND EXISTS (SELECT FROM pg_operator b WHERE b.oid < 16384 AND b.oprname = o.oprname)
AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_roles r ON r.oid = o.oprowner
            WHERE d.objid = o.oid AND d.classid = 'pg_operator'::regclass
            AND d.deptype = 'e' AND r.rolsuper)
UNION ALL
SELECT 'the function ' || p.oid::regprocedure FROM pg_proc p
WHERE p.oid >= 16384 AND p.pronamespace IN (TABLE searched)
AND (p.pronargdefaults > 0
     OR NOT EXISTS (SELECT FROM unnest(p.proargtypes) t WHERE t >= 16384))
AND EXISTS (SELECT FROM pg_proc b WHERE b.oid < 16384 AND b.proname = p.proname)
AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_roles r ON r.oid = p.proowner
            WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass
            AND d.deptype = 'e' AND r.rolsuper)
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
