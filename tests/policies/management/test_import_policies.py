"""import_policies and export_policies, from an operator's view."""

import os
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from policies import workflow
from policies.database import triggers
from policies.models import AuditEvent, Policy, Revision
from policies.operations import policy_files
from policies.states import Basis, Status
from tests.factories import make_policy, make_user, make_version
from tests.full_disk import full_disk
from tests.policies.text.examined import SEED
from tests.policies.text.word_files import p as paragraph
from tests.policies.text.word_files import word

pytestmark = pytest.mark.django_db

TERMS = """\
---
slug: terms
language: en
name: Terms of Use
title: "Terms of Use"
last_updated: 2026-01-31
---

These terms apply to everyone.

## Using the service {#use}

Be kind.
"""
# The sample still has drafting notes.
PUBLISH_SAMPLE = ("--publish", "--despite-blocks", "It is a sample.")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "terms.md").write_text(TERMS, encoding="utf-8")
    return tmp_path


def run(*arguments):
    """Run import_policies; return what it wrote to both streams, refusals included."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_policies", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


def imported_in_turn(file, *texts):
    """Publish one text after the other from the same file; return what each run wrote."""
    runs = []
    for text in texts:
        file.write_text(text, encoding="utf-8")
        runs.append(run(file, "--publish"))
    return runs


def test_a_file_becomes_a_draft_which_a_second_import_can_publish(folder):
    out, err = run(folder)

    revision = Revision.objects.get()
    assert (revision.status, str(revision.policy), err) == (Status.DRAFT, "Terms of Use", "")
    assert "terms.md: Terms of Use, draft" in out
    run(folder, "--publish")
    assert Revision.objects.get().status == Status.PUBLISHED


def test_publishing_keeps_the_dates_and_is_recorded_as_an_import(folder):
    run(folder, "--publish")

    version = Revision.objects.get()
    assert (version.number, version.basis) == (1, Basis.IMPORT)
    assert version.last_updated_on == date(2026, 1, 31)
    assert version.effective_at == datetime(2026, 1, 31, tzinfo=UTC)
    assert AuditEvent.objects.filter(action="publish_import").exists()


@pytest.mark.parametrize("publish", [[], ["--publish"]])
def test_unchanged_files_change_nothing(folder, publish):
    run(folder, *publish)
    before = list(Revision.objects.values()), list(AuditEvent.objects.values())

    out, err = run(folder, *publish)

    assert (out, err) == ("1 file has nothing new.\n", "")
    assert (list(Revision.objects.values()), list(AuditEvent.objects.values())) == before
    assert run(folder, *publish, "--verbosity=0") == ("", "")


def test_a_changed_file_becomes_the_next_version(folder):
    changed = TERMS.replace("Be kind.", "Be very kind.").replace("2026-01-31", "2026-03-01")

    imported_in_turn(folder / "terms.md", TERMS, changed)

    versions = Revision.objects.numbered().order_by("number")
    assert [(version.number, version.change_note) for version in versions] == [
        (1, ""),
        (2, "This version was imported without a note of what changed."),
    ]


def test_a_changed_text_under_an_unchanged_date_is_an_editorial_change_from_now_on(folder):
    *_, (out, err) = imported_in_turn(folder / "terms.md", TERMS, TERMS.replace("kind", "nice"))

    second = Revision.objects.get(number=2)
    assert (err, second.kind, second.last_updated_on) == ("", "editorial", date(2026, 1, 31))
    assert "this is an editorial change: readers see the same date, and apps ask nobody" in out
    assert second.effective_at == second.published_at


@pytest.mark.parametrize("publish", [[], ["--publish"]])
def test_a_file_that_is_older_than_the_version_from_the_desk_changes_nothing(folder, publish):
    run(folder, "--publish")
    policy = Policy.objects.get(slug="terms")
    make_version(policy=policy, at=timezone.now())

    out, err = run(folder, *publish)

    assert (err, policy.revisions.count()) == ("", 2)
    assert (
        "the file has the text of an older version, so Terms of Use, version 2 was left unchanged"
        in out
    )

    with_date = TERMS.replace("2026-01-31", "2090-01-31")
    assert with_date != TERMS
    (folder / "terms.md").write_text(with_date, encoding="utf-8")
    run(folder, *publish)
    assert policy.revisions.count() == 3


def test_a_file_that_can_not_be_imported_is_named_and_leaves_no_trace(folder):
    (folder / "broken.md").write_bytes(b"# Title\n\nCaf\xe9\n")
    (folder / "dated.md").write_text("---\nlast_updated: someday\n---\n\n# T\n", encoding="utf-8")

    _, err = run(folder, "--publish")

    assert f"{folder / 'broken.md'}, line 3: The file is not UTF-8" in err
    assert f"{folder / 'dated.md'}, line 2: " in err
    assert "2 files could not be imported" in err
    assert [policy.slug for policy in Policy.objects.all()] == ["terms"]


def test_a_file_whose_publication_is_refused_leaves_no_draft(folder):
    earlier = TERMS.replace("Be kind.", "Be good.").replace("2026-01-31", "2025-12-31")

    *_, (_, err) = imported_in_turn(folder / "terms.md", TERMS, earlier)

    assert "must take effect later than version 1" in err
    assert Revision.objects.count() == 1


def test_a_name_that_is_too_long_is_shortened_and_reported(tmp_path):
    (tmp_path / "terms.md").write_text(f"# {'T' * 250}\n\nText.\n", encoding="utf-8")

    out, err = run(tmp_path)

    assert (Policy.objects.get().name, err) == ("T" * 199 + "…", "")
    assert "the policy's name was shortened from 250 to 200 characters" in out
    assert Revision.objects.get().title == "T" * 250


def test_two_versions_in_one_run_are_refused_with_advice(tmp_path):
    for year in (2024, 2025):
        dated = TERMS.replace("last_updated: 2026", f"last_updated: {year}")
        (tmp_path / f"terms-{year}.md").write_text(f"{dated}\nOf {year}.\n", encoding="utf-8")

    _, err = run(tmp_path, "--publish")

    assert "To import two versions of one policy, run the command once for each." in err
    assert run(tmp_path / "terms-2025.md", "--publish")[1] == ""
    assert Revision.objects.published().count() == 2


def test_the_policies_of_this_installation_can_be_published():
    """Whatever stands in content/; other tests have a policy of their own, in tests/content/."""
    _, refused = run(settings.BASE_DIR / "content", *PUBLISH_SAMPLE)

    assert refused == ""
    assert Policy.objects.exists()


def test_the_seed_is_live_after_one_import_and_exported_as_it_was(tmp_path, client):
    run(settings.CONTENT_DIR, *PUBLISH_SAMPLE)

    page = client.get("/privacy/").content.decode()
    assert "Last updated" in page
    assert '<time datetime="2026-05-02"><bdi>May 2, 2026</bdi></time>' in page
    assert '<span class="number">13.</span> Final note' in page
    call_command("export_policies", tmp_path, stdout=StringIO())

    assert (tmp_path / "privacy.md").read_bytes() == SEED.read_bytes()


def test_what_was_lost_after_a_backup_can_be_published_again_to_the_byte(tmp_path, client):
    """The recipe of docs/backups.md: from what a cache still has of a version."""
    lost = make_version()
    cached = client.get(lost.policy.url("markdown", number=1)).content
    dates = b"slug: again\nlast_updated: 2026-05-02\neffective: 2026-05-02T12:00:00+00:00\n"
    (tmp_path / "again.md").write_bytes(cached.replace(b"---\n", b"---\n" + dates, 1))

    run("--publish", tmp_path / "again.md")

    again = Policy.objects.get(slug="again").revisions.get(number=1)
    assert client.get(again.policy.url("markdown", number=1)).content == cached
    assert again.digest == lost.digest


def test_policies_with_one_slug_stay_independent_on_another_site(tmp_path):
    make_version(policy=make_policy(slug="terms", name="Terms"))
    make_version(policy=make_policy(slug="terms", name="AGB", language="de"))
    call_command("export_policies", tmp_path, stdout=StringIO())
    for path in tmp_path.iterdir():  # to addresses that are free here
        path.write_text(path.read_text("utf-8").replace("slug: terms", "slug: rules"), "utf-8")

    _, err = run("--publish", tmp_path)

    assert err == ""
    german = Policy.objects.get(slug="rules", language="de")
    assert german.translation_of is None


def test_an_export_into_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(CommandError, match="can't be written to"):
        call_command("export_policies", tmp_path / "file" / "inner")


def test_an_interrupted_export_leaves_the_old_file_whole(tmp_path):
    make_version()
    call_command("export_policies", tmp_path, stdout=StringIO())
    (file,) = tmp_path.iterdir()
    file.write_text("Mine, longer than nothing.", encoding="utf-8")
    refused = pytest.raises(CommandError, match=rf"{file} can't be written to: .* is unchanged")
    with full_disk(room=10), refused:
        call_command("export_policies", tmp_path, stdout=StringIO())

    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text(encoding="utf-8") == "Mine, longer than nothing."


def test_files_without_an_end_are_refused_before_they_are_read(folder):
    (folder / "endless.md").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    (folder / "pipe.md").symlink_to("pipe")
    with (folder / "sparse.md").open("wb") as file:
        file.truncate(10**12)

    _, refused = run(folder)

    assert re.search(r"endless.md.* neither a file", refused)
    assert re.search(r"pipe.md.* neither a file", refused)
    assert re.search(r"sparse.md.* 1,000,000,000,000 bytes; the most is 4,000,000", refused)
    assert Policy.objects.filter(slug="terms").exists()


def test_a_last_update_in_the_future_is_refused_and_the_other_files_are_imported(folder):
    late = TERMS.replace("2026-01-31", "2999-01-01\neffective: 2026-02-01")
    (folder / "a.md").write_text(late.replace("slug: terms", "slug: a"))

    _, err = run(folder, "--publish")

    assert "a.md" in err
    assert "last update, 2999-01-01, is later than both today" in err
    assert [str(it) for it in Policy.objects.all()] == ["Terms of Use"]
    assert Revision.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize("named", ["nutzung", "de/nutzung"])
def test_a_translation_finds_a_source_that_is_not_in_the_sites_language(tmp_path, named):
    (tmp_path / "a.md").write_text(
        f"---\nslug: use\ntranslation_of: {named}\n---\n\n# Use\n\nBe kind.\n", encoding="utf-8"
    )
    (tmp_path / "nutzung.md").write_text(
        "---\nlanguage: de\n---\n\n# Nutzung\n\nFreundlich.\n", encoding="utf-8"
    )

    assert run(tmp_path)[1] == ""

    assert str(Policy.objects.get(slug="use").translation_of) == str(
        Policy.objects.get(slug="nutzung")
    )


def test_a_source_that_could_be_two_policies_is_refused(tmp_path):
    for language in ("de", "fr"):
        (tmp_path / f"{language}.md").write_text(
            f"---\nslug: rules\nlanguage: {language}\n---\n\n# R\n\nx\n", encoding="utf-8"
        )
    (tmp_path / "use.md").write_text("---\ntranslation_of: rules\n---\n\n# U\n\nx\n", "utf-8")

    assert (
        "translation_of: rules could mean several policies. Write de/rules or fr/rules."
        in run(tmp_path)[1]
    )


def test_an_assumed_source_version_is_reported(folder):
    (folder / "terms.de.md").write_text("# Nutzung\n\nFreundlich.\n", encoding="utf-8")

    out, _ = run(folder, "--publish")

    assert "the file has no renders, so readers are shown that it translates" in out


def test_with_all_or_none_one_bad_file_stops_the_import(folder):
    (folder / "broken.md").write_bytes(b"\xff")

    _, err = run(folder, "--publish", "--all-or-none")

    assert "1 file could not be imported, so nothing was." in err
    assert not Policy.objects.exists()


def test_a_text_without_a_title_gets_the_policys_name(tmp_path):
    (tmp_path / "x.md").write_text("---\nname: House rules\n---\n\nBe kind.\n", encoding="utf-8")

    out, _ = run(tmp_path)

    assert "no title in the text, so this one was used: House rules" in out
    assert Revision.objects.get().title == "House rules"


def test_templates_and_static_files_of_the_brand_are_no_policies(folder, monkeypatch):
    monkeypatch.setattr(settings, "CONTENT_DIR", folder)
    for name in ("templates", "static"):
        (folder / name / "policies").mkdir(parents=True)
        (folder / name / "policies" / "index.html").write_text("<h1>No policy</h1>")
    (folder / "more" / "templates").mkdir(parents=True)
    (folder / "more" / "templates" / "rules.md").write_text("# Rules\n\nBe kind.\n")

    run()

    assert {policy.slug for policy in Policy.objects.all()} == {"terms", "rules"}


# --- What was exported, or imported before, and has changed since ---------------------------------


def test_an_exported_file_can_be_edited_and_imported_again(tmp_path):
    """An exported file says when its version took effect: not only the day, but the moment."""
    make_version(at=timezone.now())
    call_command("export_policies", tmp_path, stdout=StringIO())
    (file,) = tmp_path.iterdir()
    assert "effective: " in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8") + "\nOne word more.\n", encoding="utf-8")

    out, err = run(tmp_path, "--publish")

    assert err == ""
    assert "published as" in out
    assert Revision.objects.effective(at=timezone.now())[0].number == 2


def test_an_unchanged_translation_may_be_of_another_source_version(tmp_path):
    (tmp_path / "terms.md").write_text(TERMS, encoding="utf-8")
    german = TERMS.replace("language: en", "language: de\ntranslation_of: en/terms\nrenders: 1")
    (tmp_path / "terms.de.md").write_text(german, encoding="utf-8")
    run(tmp_path, "--publish")
    changed = TERMS.replace("kind.", "very kind.").replace("2026-01-31", "2026-02-28")
    (tmp_path / "terms.md").write_text(changed, encoding="utf-8")
    run(tmp_path / "terms.md", "--publish")
    (tmp_path / "terms.de.md").write_text(
        german.replace("renders: 1", "renders: 2").replace("2026-01-31", "2026-03-01"),
        encoding="utf-8",
    )

    out, err = run(tmp_path, "--publish")

    assert err == ""
    assert "terms.de.md: published as" in out
    newest = Policy.objects.get(language="de").revisions.newest()
    assert (newest.number, newest.source_version.number) == (2, 2)
    assert run(tmp_path, "--publish") == ("2 files have nothing new.\n", "")


def test_differences_that_an_import_does_not_change_are_reported(folder):
    file = folder / "terms.md"
    german = TERMS.replace("slug: terms\nlanguage: en", "slug: agb\nlanguage: de")
    (folder / "agb.md").write_text(german, encoding="utf-8")
    run(folder, "--publish")
    file.write_text(TERMS.replace("name: Terms of Use", "name: Our terms"), encoding="utf-8")
    (folder / "agb.md").write_text(
        german.replace("language: de", "language: de\ntranslation_of: en/terms"), encoding="utf-8"
    )

    out, _ = run(folder, "--publish")

    assert (
        "the policy is named “Terms of Use” on this site and “Our terms” in the file: rename" in out
    )
    assert "the file gives translation_of: en/terms, which is not so on this site" in out
    assert Revision.objects.count() == 2


# --- Dates that the text states itself ------------------------------------------------------------


def stating(folder, line):
    file = folder / "cookies.md"
    file.write_text(f"# Cookies\n\n{line}\n\nWe use none.\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("line", "effective_on"),
    [
        ("**Last updated:** 3 March 2024", "2024-03-03"),
        ("Stand: 3. März 2024", "2024-03-03"),
        ("Effective date: 2024-03-03", "2024-03-03"),
        ("Effective date: 1 April 2024. Last updated: 3 March 2024.", "2024-04-01"),
    ],
)
def test_the_date_that_a_text_states_is_published(tmp_path, line, effective_on):
    out, err = run(stating(tmp_path, line), "--publish")

    version = Revision.objects.get()
    assert (err, version.last_updated_on) == ("", date(2024, 3, 3))
    assert version.policy.day_of(version.effective_at).isoformat() == effective_on
    assert "so its last_updated is 2024-03-03" in out


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("**Last updated:** 03/04/2024", "from which no single date can be read"),
        ("Last updated: March 2024", "from which no single date can be read"),
        (
            "Last updated: 3 March 2024<br>Last revised: 4 March 2024",
            "from which no single date can be read",
        ),
        ("Last updated: 3 March 2998", "which is in the future"),
    ],
)
def test_a_text_with_a_date_that_is_not_clear_is_not_published(tmp_path, line, problem):
    file = stating(tmp_path, line)

    _, err = run(file, "--publish")

    assert f"{file}, line 3: The text has “Last updated: " in err
    assert f"{problem}. Start the file with the lines ---, last_updated: 2026-05-02" in err
    assert not Policy.objects.exists()
    assert problem in run(file)[0]
    assert Revision.objects.get().status == Status.DRAFT


# --- A file that goes back to an older text -------------------------------------------------------

OTHER = TERMS.replace("Be kind.", "Be just.")


def dated(text, day):
    """Return a file with another date; with "", without one."""
    return text.replace("last_updated: 2026-01-31\n", f"last_updated: {day}\n" if day else "")


def published_texts():
    versions = Revision.objects.published().order_by("number")
    return [it.document().sections[0].body.strip() for it in versions]


@pytest.mark.parametrize(
    ("days", "kind"), [(("", "", ""), "material"), (("2026-01-31",) * 3, "editorial")]
)
def test_a_file_that_goes_back_to_its_older_text_is_published_again(folder, days, kind):
    texts = [dated(it, day) for it, day in zip((TERMS, OTHER, TERMS), days, strict=True)]

    *_, (out, err) = imported_in_turn(folder / "terms.md", *texts)

    assert ("published as Terms of Use, version 3" in out, err) == (True, "")
    assert published_texts() == ["Be kind.", "Be just.", "Be kind."]
    assert Revision.objects.get(number=3).kind == kind
    assert run(folder, "--publish") == ("1 file has nothing new.\n", "")
    assert len(published_texts()) == 3


@pytest.mark.parametrize("options", [[], ["--all-or-none"]])
def test_a_file_that_goes_back_with_its_older_date_is_refused(folder, options):
    file = folder / "terms.md"
    imported_in_turn(file, TERMS, dated(OTHER, "2026-03-01"))
    file.write_text(TERMS, encoding="utf-8")

    out, err = run(file, "--publish", *options)

    assert "the file has the text of version 1, which Terms of Use, version 2 has replaced" in out
    assert "give it a later date than 2026-03-01" in out
    assert "1 file could not be imported" in err
    assert published_texts() == ["Be kind.", "Be just."]

    file.write_text(dated(TERMS, "2026-03-02"), encoding="utf-8")
    assert "published as Terms of Use, version 3" in run(file, "--publish", *options)[0]


def test_an_older_file_of_the_same_policy_is_refused_however_often_it_is_imported(tmp_path):
    """A history in one file a version, without dates: importing it twice must publish it once."""
    for name, text in (("terms-1.md", TERMS), ("terms-2.md", OTHER)):
        (tmp_path / name).write_text(dated(text, ""), encoding="utf-8")
        run(tmp_path / name, "--publish")

    for _ in range(2):
        out, err = run(tmp_path / "terms-1.md", "--publish")
        assert "the file has the text of version 1" in out
        assert "1 file could not be imported" in err
        assert run(tmp_path / "terms-2.md", "--publish") == ("1 file has nothing new.\n", "")

    assert published_texts() == ["Be kind.", "Be just."]


def test_a_file_that_was_published_at_the_desk_and_is_older_than_its_version_stays_as_it_is(folder):
    """An import that somebody approved at the desk is an import, too."""
    run(folder)
    draft, writer, reviewer = Revision.objects.get(), make_user("Writers"), make_user("Reviewers")
    now = timezone.now()
    workflow.submit(draft.pk, by=writer, at=now)
    workflow.approve(draft.pk, by=reviewer, at=now)
    workflow.publish(draft.pk, by=make_user("Publishers"), at=now)
    make_version(policy=draft.policy, at=now + timedelta(seconds=1))

    out, err = run(folder)

    assert ("the file has the text of an older version" in out, err) == (True, "")
    assert not Revision.objects.open().exists()


def test_a_file_that_goes_back_to_a_withdrawn_text_is_refused(folder):
    file, publisher = folder / "terms.md", make_user("Publishers")
    later = TERMS.replace("2026-01-31", "2026-01-31\neffective: 2076-01-01\nkind: material")
    run(file, "--publish")
    for words in ("One.", "Other."):
        imported_in_turn(file, later.replace("Be kind.", words))
        newest = Revision.objects.published().latest("number")
        workflow.withdraw(newest.pk, by=publisher, at=timezone.now(), reason="Wrong.")
    file.write_text(later.replace("Be kind.", "One."), encoding="utf-8")

    out, err = run(file, "--publish")

    assert "version 2 had this text and was withdrawn" in out
    assert "1 file could not be imported" in err
    assert published_texts() == ["Be kind."]


def test_a_translation_goes_back_with_its_source(tmp_path):
    names = {"terms.md": "", "terms.de.md": "language: de\ntranslation_of: en/terms\n"}
    for number, how in enumerate(("kind", "just", "kind"), start=1):
        for name, more in names.items():
            text = dated(TERMS, "").replace("language: en\n", more or "language: en\n")
            text = text.replace("Be kind", f"Be {how}")
            (tmp_path / name).write_text(text, encoding="utf-8")
        out, err = run(tmp_path, "--publish", "--all-or-none")
        assert (out.count(f"version {number}"), err) == (out.count("version"), "")

    for policy in Policy.objects.all():
        assert [it.number for it in policy.revisions.order_by("number")] == [1, 2, 3]
    german = Policy.objects.get(language="de").revisions.newest()
    assert german.source_version.number == 3
    assert run(tmp_path, "--publish") == ("2 files have nothing new.\n", "")


# --- Findings -------------------------------------------------------------------------------------

UNFINISHED = TERMS.replace("Be kind.", "Be kind to {{ company_name }}.")


@pytest.mark.parametrize("options", [[], ["--all-or-none"], ["--verbosity=0"]])
def test_a_file_with_a_finding_that_blocks_publication_is_not_published(folder, options):
    (folder / "terms.md").write_text(UNFINISHED, encoding="utf-8")

    out, err = run(folder, "--publish", *options)

    assert f"{folder / 'terms.md'}:13: blocks: placeholder: “{{{{ company_name }}}}” is " in out
    assert "1 finding blocks publication. Fix the text, or add --despite-blocks" in err
    assert "1 file could not be imported" in err
    assert not Policy.objects.exists()


def test_a_draft_has_its_findings_printed_but_no_suggestions(folder):
    (folder / "terms.md").write_text(UNFINISHED, encoding="utf-8")

    out, err = run(folder)

    assert err == ""
    assert f"{folder / 'terms.md'}:13: blocks: placeholder: " in out
    assert ": advice: " not in out
    assert Revision.objects.get().status == Status.DRAFT
    _, err = run(folder, "--publish")
    assert "1 finding blocks publication" in err
    assert Revision.objects.get().status == Status.DRAFT


def test_a_reason_overrules_what_blocks_publication_and_the_audit_keeps_it(folder):
    (folder / "terms.md").write_text(UNFINISHED, encoding="utf-8")
    reason = ("--despite-blocks", "The braces are an example.")

    out, err = run(folder, "--publish", *reason)

    assert (": blocks: placeholder: " in out, err) == (True, "")
    expected = (
        "Imported from terms.md. Published despite 1 blocking finding: The braces are an example."
    )
    assert Revision.objects.get().basis_reason == expected
    assert AuditEvent.objects.get(action="publish_import").reason == expected
    (folder / "terms.md").write_text(TERMS.replace("kind", "just"), encoding="utf-8")
    run(folder, "--publish", *reason)
    assert Revision.objects.get(number=2).basis_reason == "Imported from terms.md."


def test_a_reason_without_publication_is_refused(folder):
    assert "add --publish" in run(folder, "--despite-blocks", "So it is.")[1]
    assert not Policy.objects.exists()


# --- What an import must not do ------------------------------------------------------------------


@pytest.mark.parametrize("text", ["<!-- a draft -->", "\u200b", "## Only\n\n## Headings"])
def test_a_text_without_visible_words_is_not_published(folder, text):
    head = TERMS.partition("\n---\n\n")[0].replace("2026-01-31", "2026-02-28")
    empty = f"{head}\n---\n\n# Terms of Use\n\n{text}\n"

    *_, (_, err) = imported_in_turn(folder / "terms.md", TERMS, empty)

    assert "The file has no text besides headings" in err
    assert Revision.objects.count() == 1


def test_a_withdrawn_text_is_not_published_again_by_the_same_file(folder):
    file, later = folder / "terms.md", TERMS.replace("Be kind.", "Be just.")
    imported_in_turn(file, TERMS, later.replace("2026-", "2076-"))
    upcoming, publisher = Revision.objects.get(number=2), make_user("Publishers")
    workflow.withdraw(upcoming.pk, by=publisher, at=timezone.now(), reason="A mistake.")

    out, _ = run(folder, "--publish")

    assert (
        "version 2 had this text and was withdrawn: to publish it again, give it a later date"
        in out
    )
    assert Revision.objects.count() == 2
    ((out, _),) = imported_in_turn(file, later.replace("2026-", "2077-"))
    assert "published as Terms of Use, version 3" in out


def shown_for(*, days):
    """Date the publication of the only version back by so many days; return that version."""
    triggers.remove(connection)
    Revision.objects.update(published_at=timezone.now() - timedelta(days=days))
    triggers.install(connection)
    return Revision.objects.get()


def test_an_import_does_not_change_what_was_in_force_on_past_days(folder, client):
    """A day after the last version was published here becomes now: readers saw that version then.

    An earlier day is history, which a site brings along.
    """
    run(folder, "--publish")
    first, file = shown_for(days=30), folder / "terms.md"
    now = timezone.now()
    day = (now - timedelta(days=3)).date()
    text = file.read_text().replace("2026-01-31", f"{day}")
    file.write_text(text.replace("---\n\nThese", f"effective: {day}\n---\n\nAll: these"))

    out, _ = run(folder, "--publish")

    second = Revision.objects.get(number=2)
    assert second.effective_at >= now
    assert second.last_updated_on == day
    assert f"it takes effect now, since until now readers were shown {first}" in out
    assert client.get(f"/terms/on/{day}/")["Location"] == "/terms/versions/1/"


def test_past_days_count_as_history_only_on_the_day_of_the_first_import(folder, client):
    """Or a text from after that day would seem to have been in force here since the import."""
    run(folder, "--publish")
    first, file = shown_for(days=5), folder / "terms.md"
    now = timezone.now()
    file.write_text(file.read_text().replace("2026-01-31", "2026-03-01").replace("kind", "just"))

    out, _ = run(folder, "--publish")

    assert Revision.objects.get(number=2).effective_at >= now
    assert f"it takes effect now, since until now readers were shown {first}" in out
    day = (now - timedelta(days=3)).date()
    assert client.get(f"/terms/on/{day}/")["Location"] == "/terms/versions/1/"


def test_a_newer_text_takes_effect_after_the_correction_of_an_older_one(folder):
    file, today = folder / "terms.md", timezone.now().date()
    # Of the same date, so it is a correction, in force from now on.
    corrected = TERMS.replace("Be kind.", "Be kinder.")
    newer = TERMS.replace("2026-01-31", f"{today - timedelta(days=9)}")

    *_, (out, err) = imported_in_turn(file, TERMS, corrected, newer.replace("kind", "just"))

    assert ("published as Terms of Use, version 3" in out, err) == (True, "")
    third = Revision.objects.get(number=3)
    assert third.last_updated_on == today - timedelta(days=9)
    # An older text, though, is one that somebody has mistaken for the new one.
    older = TERMS.replace("2026-01-31", "2026-02-28").replace("Be kind.", "Be old.")
    assert "must take effect later than version 3" in imported_in_turn(file, older)[0][1]


@pytest.mark.parametrize("also_effective", [False, True])
def test_a_correction_of_a_version_that_was_postponed_is_one_though_its_file_has_the_old_date(
    folder, also_effective
):
    run(folder, "--publish")
    file, now = folder / "terms.md", timezone.now()
    effect = (now + timedelta(days=9)).replace(hour=0, minute=0, second=0, microsecond=0)
    text = TERMS.replace("2026-01-31", f"{effect.date()}").replace("Be kind.", "Be jsut.")
    if also_effective:
        text = text.replace("slug:", f"effective: {effect.date()}\nslug:")
    file.write_text(text)
    run(folder, "--publish")
    second, postponed = Revision.objects.get(number=2), effect + timedelta(days=14)
    how = {"by": make_user("Publishers"), "at": now, "reason": "The app comes later."}
    workflow.reschedule(second.pk, effective_at=postponed, **how)
    assert "1 file has nothing new" in run(folder, "--publish")[0]
    file.write_text(text.replace("jsut", "just"))

    later = postponed + timedelta(days=1)
    policy_files.import_file(file, policy_files.read_file(file), {}, at=later, publish=True)

    third = Revision.objects.get(number=3)
    assert (third.kind, third.effective_at) == ("editorial", later)
    assert third.last_updated_on == postponed.date()


def test_a_change_note_is_kept_whole_or_the_file_is_refused(folder):
    note = "word " * 150
    text = TERMS.replace("2026-01-31", "2026-02-28").replace("Be kind.", "Be just.")
    texts = [text.replace("slug:", f"change_note: {it}\nslug:") for it in (note * 2, note)]

    _, (_, err), _ = imported_in_turn(folder / "terms.md", TERMS, *texts)

    assert "line 2: The front matter's change_note is" in err
    assert "between 1 and 1,000 characters" in err
    assert Revision.objects.get(number=2).change_note == note.strip()


def test_hidden_files_are_not_imported(folder):
    (folder / ".git").mkdir()
    for name in (".git/README.md", ".terms.md", "~$terms.docx"):
        (folder / name).write_text(TERMS.replace("slug: terms", "slug: hidden"))

    out, err = run(folder)

    assert (Policy.objects.get().slug, err) == ("terms", "")
    assert len(out.splitlines()) == 1


def test_two_files_may_not_name_one_policy_by_its_old_and_new_address(folder):
    run(folder, "--publish")
    policy = Policy.objects.get()
    by = make_user("Publishers")
    workflow.rename_policy(policy.pk, by=by, at=timezone.now(), slug="conditions")
    other = TERMS.replace("slug: terms", "slug: conditions").replace("Be kind.", "Be just.")
    (folder / "conditions.md").write_text(other)

    _, err = run(folder, "--publish")

    assert "already has the slug conditions in this language" in err
    assert Revision.objects.count() == 2


LANGUAGES = tomllib.loads(
    (settings.BASE_DIR / "tests/policies/corpus/languages.toml").read_text(encoding="utf-8")
)["texts"]


def test_a_file_that_names_no_language_is_imported_in_the_language_of_its_words(tmp_path):
    (tmp_path / "a.html").write_text(f"<h1>A</h1><p>{LANGUAGES['cs']}</p>", encoding="utf-8")
    (tmp_path / "b.md").write_text(f"# B\n\n{LANGUAGES['fi']}\n", encoding="utf-8")
    (tmp_path / "c.docx").write_bytes(word(paragraph(LANGUAGES["de"])))
    (tmp_path / "d.html").write_text(f"<h1>D</h1><p>{LANGUAGES['en']}</p>", encoding="utf-8")
    (tmp_path / "e.html").write_text('<html lang="fr-BE"><p>Bonjour.</p>', encoding="utf-8")
    both = f"# F\n\n{LANGUAGES['fi']}\n\n{LANGUAGES['de']}\n"
    (tmp_path / "f.md").write_text(both, encoding="utf-8")

    out, err = run(tmp_path)

    addresses = set(Policy.objects.values_list("slug", "language"))
    assert addresses == {
        *{("a", "cs"), ("b", "fi"), ("c", "de"), ("d", "en"), ("e", "fr")},
        ("f", "en"),
    }
    assert "a.html" in out
    assert "the file names no language. Its text is in cs, and the policy in cs." in out
    assert out.count("in en.") == 1
    assert "Its text is in none, or several, that are known, so the policy in en." in out
    assert err == ""
    assert run(tmp_path) == ("6 files have nothing new.\n", "")


def test_a_file_whose_words_are_in_another_language_than_it_says_keeps_it_with_a_note(tmp_path):
    said = {"a.html": f'<html lang="de"><p>{LANGUAGES["cs"]}</p>', "b.fr.md": LANGUAGES["cs"]}
    said["c.html"] = f"<p>{LANGUAGES['zh']}</p>"  # which Chinese is not clear
    for name, text in said.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    out, _ = run(tmp_path)

    addresses = set(Policy.objects.values_list("slug", "language"))
    assert addresses == {("a", "de"), ("b", "fr"), ("c", "en")}
    assert "text seems to be in another language: cs, not de" in out
    assert "text seems to be in another language: cs, not fr" in out
    assert "Its text is in zh, and the policy in en." in out


def test_an_empty_reason_overrules_nothing(folder):
    (folder / "terms.md").write_text(UNFINISHED, encoding="utf-8")

    _, err = run(folder, "--publish", "--despite-blocks", "  ")

    assert "1 finding blocks publication" in err
    assert not Policy.objects.exists()
