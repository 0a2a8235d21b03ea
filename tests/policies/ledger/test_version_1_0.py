"""A database that version 1.0.0 wrote, under the code of today: what was published then holds.

version_1_0.sql.gz is the whole SQLite database as SQL. It was made by the code of 1.0.0 (commit
e1d7636) alone: by its `migrate`, its workflow functions, each called at a fixed time from noon of
2 May 2026 (UTC) on, and its `rerender`. All 31 actions of 1.0.0 occur, those among them that have
another name now. There are four policies: privacy, with an import, a version with comments,
replies and a justified finding, an editorial one, a withdrawn one and an open draft with a preview
link; its translation, datenschutz, which prevails; cookies, twice published without approval and
retired; terms, retired and reinstated. The digests here are those that 1.0.0 printed or served.
"""

import functools
import gzip
import hashlib
import io
import json
import re
import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from policies import ledger, workflow
from policies.database import triggers
from policies.database.rules.conditions import PREFIX
from policies.ledger.chains import entry_digest, private_digest
from policies.models import AuditEvent, Justification, LedgerEntry, Revision
from policies.permissions import ACTIONS, AUDIT_WORDS
from policies.public import pdfs
from policies.text import document as documents
from policies.text.findings import Level
from policies.workflow import open_findings
from softphonez_site.settings import SQLITE_OPTIONS
from softphonez_site.sqlite.base import DatabaseWrapper
from tests.factories import NOW, make_document, make_user, save_draft
from tests.policies.ledger.proved_site import problems_after
from tests.printing import PaperlessPrinter

SQL = gzip.decompress((Path(__file__).parent / "version_1_0.sql.gz").read_bytes()).decode()

LEDGER_HEAD = "fd9277f8678704836e8fb9fe2a0b00e25bd642a5b3838efedbefe996a25a4ea9"
AUDIT_HEAD = "fea2bae531a1e0b80729ceb56eacc0a3a813052258e32411f964bb59ca2533e5"

# By language, slug and number: the digest of the document, then that of the private facts.
DOCUMENTS = {
    ("en", "privacy", 1): "900729e87b2b702b5541ab6c77739b71508b5f1526b77be6ec4942c2921f254d",
    ("en", "privacy", 2): "1879ddd92dffbaeea67eddc6be59703d428fa8af2cd48605262a5131ed25ac3c",
    ("en", "privacy", 3): "58c065ab87a56d33b25eff5cbcdd6039f6e11c932c90e660a7f82210ce25bcaa",
    ("en", "privacy", 4): "52f2d8606fa5159b3ed05f4c0afe156157899cf653ead2a6be6f42fcbf1678fc",
    ("de", "datenschutz", 1): "fe6df0a64f15b699006413235f9b89fc357a6a52a41eacb94687729dcede297c",
    ("en", "cookies", 1): "b9a389534577335341bfb80e68e8262cbf84f1e2326524eb8ef893717f4a3b39",
    ("en", "cookies", 2): "20e395153d51a24ad013621b0700dc775d1dd0dc93e92a2994708ce24753764b",
    ("en", "terms", 1): "7845957bbab6869904916ca8ab0fe9709bbacde91814fd6ea7a1c7d5fb1624a9",
}
PRIVATE = {
    ("en", "privacy", 1): "bedcf94a5b8c0724ca06686a523208af3f764a82c86edfc31184d6a7174ea165",
    ("en", "privacy", 2): "ab57edf6dc2c0e3958f9bb5d3331464dce5aee2eb03b6f308c823b68402c24a0",
    ("en", "privacy", 3): "47f9127d6006c454eaf59a9e717419b9dcbad3997ef829932c69d3fe0e8168cf",
    ("en", "privacy", 4): "103763b55d38b968de3b4c75bcde67cc570b5d704264875a370c4b55cb8fa21c",
    ("de", "datenschutz", 1): "36c1fea9a0f740a665696adc2222697f2d201ce35cc390d917b512df65d18d00",
    ("en", "cookies", 1): "4212e3e668b3a891d734119c58571bc339086656c2bfe30d5ed329afc23d7e7e",
    ("en", "cookies", 2): "17bc9ccd5179319ee36b4edc7630a2b06589b9c86a08c89aaa97ae52ec651f9d",
    ("en", "terms", 1): "02017c078f923dcaa45d2b8ac09c7e27c962322a171bb8f015b147d7ecac731d",
}

# By the action's name today: the digest of the first audit entry of each action that was renamed.
RENAMED = {
    "set_check_interval": "70cc155c09a44da8e51bbb1cea88caf7ae07bca61ccd8d433d6d32c2a8c4d4f1",
    "withdraw_submission": "2c329c7e72ffaa3ba412c0a4bde4c11a1e8e704a21c687f060f453f4d60b4d36",
    "reply_to_comment": "6c37f5a66a3623b2aa84f1b81d52f2dcec9f5e3b92cc16c3da1c0e79a72f9166",
    "justify": "ed0b33ab84cff009b90d89e8a1c4416c243ac0b26889c254a2b4ae8ec8e19449",
    "confirm_check": "d1062936f69e562e1a97c186b59c31ef0805736405316697523cadbd564f9211",
    "set_source_version": "bfdfcaee2af38a9572b041e1b2015ee9702e0395e9089c0bab2735168ceddb8f",
}

# By path: the SHA-256 of what 1.0.0 answered.
ANSWERS = {
    "/ledger.json": "d7d2b72f0d28d71915759d4d6ade8c3af5b15336417fbe7b6c39781e33322c2e",
    "/privacy/current.json": "9baec72a822ada27429c41423905383ccabe15a184e81599fcb012a1f4b17f2e",
    "/privacy/versions/1.json": "504fa10b15da7d3d32cdcf8f207573898375dd3e8a3f355ac2bc1c659cd72a3d",
    "/privacy/versions/1.md": "900729e87b2b702b5541ab6c77739b71508b5f1526b77be6ec4942c2921f254d",
    "/privacy/versions/2.json": "8b234c50ef383743a60ba3971c391cb66d2088777df4af87cc6adc16f5928c57",
    "/privacy/versions/2.md": "1879ddd92dffbaeea67eddc6be59703d428fa8af2cd48605262a5131ed25ac3c",
    "/privacy/versions/3.json": "eccf1b7beaab8711181205211ec76669fa3e3edef91a50187ad40e9e02cc2acd",
    "/privacy/versions/3.md": "58c065ab87a56d33b25eff5cbcdd6039f6e11c932c90e660a7f82210ce25bcaa",
    "/privacy/versions/4.json": "5cec5233dadb2ffceac3346db4b874214027abf392a4debc9bca6d93a6c7fb81",
    "/privacy/versions/4.md": "52f2d8606fa5159b3ed05f4c0afe156157899cf653ead2a6be6f42fcbf1678fc",
    "/de/datenschutz/current.json": (
        "2f508a89b368ad93258592075e4c4a0bfa813f66950ee5e1b9aa6395ade66324"
    ),
    "/de/datenschutz/versions/1.json": (
        "705c11f90adcdbe02b0f531ae62fe9401c77797f0c6f151af92e3730b263682e"
    ),
    "/cookies/versions/2.json": "127a26282eaeea007ea8404fd3d3701ba8b7e1b315163ad6ab23be2f2782fe40",
    "/cookies/versions/2.md": "20e395153d51a24ad013621b0700dc775d1dd0dc93e92a2994708ce24753764b",
    "/feed.xml": "24f4464058902605fee08edc176d4a1cd713545819216495db919b3d6260992a",
    "/privacy/feed.xml": "32a95f5bde04dad80afb1006880809cbcebfe19f2a71ab86d83d513195ef99bb",
    "/privacy/timemap/": "1967b2d192a1312b61702e6568dfe45e456c780cc6afe91e4c2b23701284c8e5",
}


@contextmanager
def as_the_database(file):
    """Let the code use an SQLite file in the place of the tests' database."""
    usual = connections["default"]
    own = {"ENGINE": "softphonez_site.sqlite", "NAME": str(file), "OPTIONS": {**SQLITE_OPTIONS}}
    connections["default"] = DatabaseWrapper(
        connections.configure_settings({"default": own})["default"]
    )
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual


@pytest.fixture(scope="module")
def migrated_file(tmp_path_factory, django_db_blocker):
    """Make the database of 1.0.0 as it was, and migrate it."""
    file = tmp_path_factory.mktemp("version_1_0") / "site.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(SQL)
    with django_db_blocker.unblock(), as_the_database(file):
        call_command("migrate", verbosity=0)
    return file


@pytest.fixture
def migrated_site(migrated_file, tmp_path, django_db_blocker):
    """Give a test a copy of the migrated database."""
    shutil.copy(migrated_file, tmp_path / "site.sqlite3")
    with django_db_blocker.unblock(), as_the_database(tmp_path / "site.sqlite3"):
        yield


def test_verify_finds_it_sound(migrated_site):
    words = io.StringIO()

    call_command("verify", jobs=1, head=LEDGER_HEAD, stdout=words)

    assert words.getvalue() == (
        f"Sound: 8 versions in 15 entries of the ledger. Head: {LEDGER_HEAD}\n"
        f"Head of the audit: {AUDIT_HEAD}\n"
    )


def test_every_version_keeps_its_digests(migrated_site):
    for (language, slug, number), document in DOCUMENTS.items():
        version = Revision.objects.get(policy__language=language, policy__slug=slug, number=number)
        entry = LedgerEntry.objects.get(revision=version, event="publication")

        assert documents.digest(version.document()) == document
        assert private_digest(version) == entry.private_digest == PRIVATE[language, slug, number]


def test_every_entry_keeps_its_digest(migrated_site):
    entries = [*LedgerEntry.objects.all(), *AuditEvent.objects.all()]

    assert [entry_digest(it) for it in entries] == [it.digest for it in entries]
    assert entries[14].digest == LEDGER_HEAD
    assert entries[-1].digest == AUDIT_HEAD


def test_an_action_that_was_renamed_is_found_and_its_digest_is_the_same(migrated_site):
    assert RENAMED.keys() == AUDIT_WORDS.keys()
    for action, digest in RENAMED.items():
        event = AuditEvent.objects.filter(action=action).order_by("sequence")[0]

        assert event.act == ACTIONS[action].past
        assert entry_digest(event) == event.digest == digest


def test_every_action_of_the_audit_has_words(migrated_site):
    actions = set(AuditEvent.objects.values_list("action", flat=True))

    assert actions <= ACTIONS.keys()
    assert len(actions) == 31


def test_programs_get_the_same_bytes_as_from_1_0(migrated_site, monkeypatch):
    monkeypatch.setattr(pdfs, "PRINTER", PaperlessPrinter())  # JSON names PDFs where they are made
    client = Client()

    answers = {
        path: hashlib.sha256(without_later_names(path, client.get(path).content)).hexdigest()
        for path in ANSWERS
    }

    assert answers == ANSWERS


def without_later_names(path, content):
    """Return a response without the names that JSON has been given since: whoever adds one takes
    it away here. The other names keep their values and their order, and so the bytes of 1.0.0.
    """
    if b'"word"' not in content and not path.endswith("/current.json"):
        return content
    answer = json.loads(content)
    for part in (answer, answer.get("next") or {}):
        part.get("urls", {}).pop("word", None)
        for name in ("announced_at", "notice"):
            part.pop(name, None)
    return json.dumps(answer, ensure_ascii=False, indent=1).encode()


def test_its_reasons_stay_verified_beside_new_answers(migrated_site):
    given = Justification.objects.get()
    draft = Revision.objects.open().get()
    text = make_document(text="See [it](#nowhere). Ask [TBD].")
    writer, reviewer = make_user("Writers"), make_user("Reviewers")
    save_draft(draft, text, by=writer)
    draft = Revision.objects.get(pk=draft.pk)
    for action, by, level in (
        (workflow.justify, writer, Level.ACKNOWLEDGE),
        (workflow.overrule, reviewer, Level.BLOCKS),
    ):
        found = [it.finding for it in open_findings.findings_of(draft, at=NOW)]
        keys = " ".join(it.key for it in found if it.level == level)
        action(draft.pk, by=by, at=NOW, key=keys, reason="It is so.")

    assert ledger.verify().problems == []
    with triggers.lifted(connections["default"]):
        Justification.objects.filter(pk=given.pk).update(reason="Another.")
    assert ledger.verify().problems[0].startswith("The reason for a finding is not as the audit")


def test_readers_get_every_page(migrated_site):
    client = Client()

    for path, words in {
        "/privacy/": "A clearer heading|Contact us",
        "/privacy/versions/": "There are no fees",
        "/privacy/compare/1/2/": "<ins>",
        "/privacy/versions/4/": "withdrawn",
        "/de/datenschutz/": "Wir behalten wenig",
        "/cookies/": "Cookies are in the privacy policy now",
        "/terms/": "We serve",
    }.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert re.search(words, answer.text), path
    assert client.get("/privacy-notice/").headers["Location"] == "/privacy/"


def test_only_rules_about_dates_differ_from_those_of_1_0(migrated_site):
    made_by_1_0 = set(re.findall(r"^CREATE TRIGGER .*?END(?=;$)", SQL, re.MULTILINE | re.DOTALL))
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        made_now = {sql for (sql,) in cursor.fetchall()}

    assert len(made_by_1_0) > 80
    assert {sql.split('"')[1].removeprefix(PREFIX) for sql in made_by_1_0 - made_now} == {
        "revision_frozen",
        "revision_publication",
        "revision_withdrawn_in_time",  # compares with the time now, not with when it began
        "ledgerentry_not_replaced",  # part of it is ledger_event_once now
    }


def test_verify_finds_an_entry_that_bears_an_actions_new_name(migrated_site):
    connection = connections["default"]
    triggers.remove(connection)

    def rename(action, word):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE policies_auditevent SET verb = %s WHERE sequence ="
                " (SELECT MIN(sequence) FROM policies_auditevent WHERE verb = %s)",
                [action, word],
            )
            assert cursor.rowcount == 1

    for action, word in AUDIT_WORDS.items():
        problems = problems_after(functools.partial(rename, action, word), AuditEvent)
        assert re.search(r"Audit event \d+ was changed", str(problems)), action
