"""The PostgreSQL accounts of the deployment guide: one for the site, another for migrations."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import ENVIRONMENT
from tests.servers import python
from tests.site.guide import FILES, ROOT, commands

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

FORBIDDEN = [
    "CREATE FUNCTION public.never(varchar, varchar) RETURNS boolean LANGUAGE sql RETURN false",
    "CREATE OPERATOR public.<> (leftarg = text, rightarg = text, function = pg_catalog.texteq)",
    "CREATE TABLE public.policies_more (id integer)",
    "CREATE DOMAIN public.varchar AS text",
    "CREATE SCHEMA policies",
    "CREATE TEMP TABLE policies_contribution (id integer)",
    "CREATE CAST (bigint AS date) WITH INOUT AS IMPLICIT",
    "CREATE EXTENSION pg_trgm",
    "CREATE RULE unseen AS ON DELETE TO policies_auditevent DO INSTEAD NOTHING",
    "CREATE TRIGGER zz BEFORE UPDATE ON policies_revision FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "ALTER TABLE policies_section DISABLE TRIGGER USER",
    "ALTER TABLE policies_section ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE policies_section DROP CONSTRAINT section_is_named",
    "ALTER FUNCTION policies_wall_revision_frozen() RESET search_path",
    "ALTER FUNCTION policies_wall_revision_frozen() OWNER TO policies",
    "CREATE OR REPLACE FUNCTION policies_wall_revision_frozen() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP TRIGGER policies_wall_revision_frozen ON policies_revision",
    "SET session_replication_role = replica",
    "SET ROLE policies_owner",
    "TRUNCATE policies_auditevent",
    "COMMENT ON TABLE policies_section IS 'mine'",
    "UPDATE pg_catalog.pg_trigger SET tgenabled = 'D'",
]


COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def follow_compose(superuser, secrets, folder):
    """Run what compose.yaml lets the image of PostgreSQL run in a new volume, in its way.

    folder: in place of that with the secrets.
    """
    for account in COMPOSE["database"]["secrets"]:
        (folder / account).write_text(f"{secrets[account]}\n")
    mounts = [volume.split(":") for volume in COMPOSE["database"]["volumes"]]
    scripts = {mount[1]: ROOT / mount[0] for mount in mounts if mount[0].endswith(".sql")}
    for name in sorted(scripts):
        script = folder / Path(name).name
        script.write_text(scripts[name].read_text("utf-8").replace("/run/secrets", str(folder)))
        psql = ["psql", "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "--no-password"]
        done = subprocess.run(
            [*psql, "--dbname", superuser, "-f", str(script)],
            # So that a password is kept in a form that can be compared.
            env={"PATH": os.environ["PATH"], "PGOPTIONS": "-c password_encryption=md5"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


class Site:
    """A database with two accounts, as the guide makes it.

    containers: the folder for the secrets, if compose.yaml makes the accounts.
    """

    def __init__(self, cluster, *, existing=False, containers=None):
        superuser = cluster.database("policies")
        self.owner = superuser.replace("tests@", "policies_owner@")
        self.site = superuser.replace("tests@", "policies@")
        if containers:
            secrets = {
                account: f"postgres://{account}:{account}-0aF9@database:5432/policies"
                for account in ("policies", "policies_owner")
            }
            follow_compose(superuser, secrets, containers)
            self.manage("migrate", "--verbosity", "0", url=self.owner)
            return
        with psycopg.connect(superuser, autocommit=True) as server:
            server.execute("CREATE ROLE policies_owner LOGIN")
            server.execute("CREATE ROLE policies LOGIN")
            if existing:
                server.execute("ALTER DATABASE policies OWNER TO policies")
        if existing:
            self.manage("migrate", "--verbosity", "0", url=self.site)
        with psycopg.connect(superuser) as server:
            server.execute((FILES / "roles.sql").read_text(encoding="utf-8"))
        self.manage("migrate", "--verbosity", "0", url=self.owner)

    def manage(self, *command, url=""):
        """Run a command, as the site's own account unless another is given; return its output."""
        variables = {**ENVIRONMENT, "PATH": os.environ["PATH"], "DATABASE_URL": url or self.site}
        done = python("manage.py", *command, env=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@pytest.fixture(params=[False, True, None], ids=["new", "existing", "containers"])
def site(cluster, request, tmp_path):
    if request.param is None:
        yield Site(cluster, containers=tmp_path)
    else:
        yield Site(cluster, existing=request.param)
    with psycopg.connect(cluster.url, autocommit=True) as server:
        server.execute("DROP DATABASE policies WITH (FORCE)")
        server.execute("DROP ROLE policies")
        server.execute("DROP ROLE policies_owner")


def test_the_sites_account_can_do_its_work_and_nothing_to_the_rules(site, tmp_path):
    text = tmp_path / "privacy.md"
    text.write_text("---\nslug: privacy\nlanguage: en\n---\n# Privacy\n\nWe keep little.\n")

    site.manage("import_policies", str(text), "--publish")
    site.manage("create_demo_staff")
    site.manage("backup", str(tmp_path / "site.zip"))
    assert "Sound: 1 version" in site.manage("verify")
    assert "no issues" in site.manage("check", "--database", "default")
    for command in ("rerender",), ("restore", str(tmp_path / "site.zip")):
        with pytest.raises(AssertionError, match="Run this as the tables' owner"):
            site.manage(*command)
    assert "1 text rendered again, 0 changed" in site.manage("rerender", url=site.owner)
    deployed = ("check", "--deploy", "--tag", "database", "--database", "default")
    assert "policies.W003" not in site.manage(*deployed)
    assert "policies.W003" in site.manage(*deployed, url=site.owner)
    with psycopg.connect(site.site) as database:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.Error) as refused, database.transaction():
                database.execute(statement)
            assert isinstance(
                refused.value,
                (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidObjectDefinition),
            ), (statement, refused.value)


@pytest.mark.parametrize("site", [False], indirect=True)
def test_the_sites_account_is_sent_to_the_owner_when_there_is_something_to_migrate(site, cluster):
    site.manage("migrate", "--verbosity", "0")
    with psycopg.connect(site.owner, autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
        database.execute("GRANT USAGE ON SCHEMA public TO policies")

    with pytest.raises(AssertionError, match="Run this as the tables' owner") as refused:
        site.manage("migrate")

    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize("site", [None], indirect=True)
def test_compose_gives_each_account_its_own_password_and_the_superuser_none(site):
    with psycopg.connect(site.owner.replace("policies_owner@", "tests@")) as server:
        rows = server.execute("SELECT rolname, rolsuper, rolpassword FROM pg_authid").fetchall()
    for account in ("policies", "policies_owner"):
        digest = hashlib.md5(f"{account}-0aF9{account}".encode()).hexdigest()  # noqa: S324
        assert (account, False, f"md5{digest}") in rows
    assert ("tests", True, None) in rows


TEXT = "---\nslug: privacy\nlanguage: en\n---\n# Privacy\n\nWe keep little.\n"


def follow(lines, folder, site):
    """Run commands of a guide as root would, on the test's server; return what they print.

    The site is in policies2 then. folder: in place of those for backups and of root.
    """
    (folder / "policies-owner").write_text(f"export DATABASE_URL={moved(site.owner)}\n")
    for there, here in {
        "runuser -u postgres -- ": "",
        "runuser -u policies -- ": "",
        ".venv/bin/python": sys.executable,
        "/var/backups/policies": str(folder),
        "/root/": f"{folder}/",
    }.items():
        lines = lines.replace(there, here)
    at = conninfo_to_dict(site.site)
    server = {"PGHOST": str(at["host"]), "PGPORT": str(at["port"]), "PGUSER": "tests"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=ROOT,
        env={**ENVIRONMENT, "PATH": os.environ["PATH"], "DATABASE_URL": moved(site.site), **server},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def moved(url):
    return url.removesuffix("policies") + "policies2"


@pytest.fixture
def published(site, tmp_path, cluster):
    (tmp_path / "privacy.md").write_text(TEXT)
    site.manage("import_policies", str(tmp_path / "privacy.md"), "--publish")
    yield site
    with psycopg.connect(cluster.url, autocommit=True) as server:
        server.execute("DROP DATABASE policies2 WITH (FORCE)")


@pytest.mark.parametrize("site", [False], indirect=True)
def test_a_backup_is_restored_into_another_database_by_the_commands_of_the_guide(
    published, tmp_path
):
    published.manage("backup", str(tmp_path / "2026-05-02.zip"))

    said = follow(commands("backups.md", "roles.sql |"), tmp_path, published)

    assert "Sound: 1 version" in said
    assert_apart(published)


@pytest.mark.parametrize("site", [False], indirect=True)
def test_a_dump_is_restored_by_the_commands_of_the_guide(published, tmp_path):
    creating = commands("backups.md", "roles.sql |").partition("# in .env")[0]
    dumping, comment, restoring = commands("backups.md", "pg_dump").partition("# create")
    assert comment

    said = follow(f"{dumping}{creating}# create{restoring}", tmp_path, published)

    assert "Sound: 1 version" in said
    assert_apart(published)
    assert (tmp_path / "policies.dump").stat().st_mode & 0o077 == 0


def assert_apart(site):
    """Assert that both accounts can do their work in policies2, and nothing else."""
    deployed = ("check", "--deploy", "--tag", "database", "--database", "default")
    assert "policies.W003" not in site.manage(*deployed, url=moved(site.site))
    site.manage("create_demo_staff", url=moved(site.site))
    assert "1 text rendered again" in site.manage("rerender", url=moved(site.owner))
