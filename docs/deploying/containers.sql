-- Makes the two accounts of compose.yaml, with the passwords in their addresses. The image of
-- PostgreSQL runs this, and then roles.sql, once: when its volume is empty.
\set policies `sed 's|.*://policies:\([^@]*\)@.*|\1|' /run/secrets/policies`
\set policies_owner `sed 's|.*://policies_owner:\([^@]*\)@.*|\1|' /run/secrets/policies_owner`

CREATE ROLE policies LOGIN PASSWORD :'policies';
CREATE ROLE policies_owner LOGIN PASSWORD :'policies_owner';
-- The superuser is for whoever gets into this container, where it needs no password.
ALTER ROLE CURRENT_USER PASSWORD NULL;
