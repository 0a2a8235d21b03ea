-- The site's PostgreSQL account may read and write rows, and nothing else. Tables, triggers and
-- everything else in the schema belong to the account for migrations.
--
--     runuser -u postgres -- psql --single-transaction --dbname policies --file docs/deploying/roles.sql

ALTER DATABASE policies OWNER TO policies_owner;
REVOKE ALL ON DATABASE policies FROM PUBLIC;
GRANT CONNECT ON DATABASE policies TO policies;

-- A site whose tables belonged to its own account until now:
REASSIGN OWNED BY policies TO policies_owner;

ALTER SCHEMA public OWNER TO policies_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC, policies;
GRANT USAGE ON SCHEMA public TO policies;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, policies;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO policies;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO policies;
ALTER DEFAULT PRIVILEGES FOR ROLE policies_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO policies;
ALTER DEFAULT PRIVILEGES FOR ROLE policies_owner IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO policies;
