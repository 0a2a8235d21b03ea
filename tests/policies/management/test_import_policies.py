"""import_policies and export_policies, from an operator's view."""

from __future__ import annotations

import pathlib
import resource
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from policies import workflow
from policies.database import triggers
from policies.models import AuditEvent, Policy, Revision
from policies.states import Basis, Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.policies.text.examined import SEED
from tests.policies.text.word_files import p as paragraph
from tests.policies.text.word_files import word

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "terms.md").write_text(TERMS, encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> tuple[str, str]:
    """Run import_policies; return what it wrote to both streams, refusals included."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_policies", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


def test_a_file_becomes_a_draft(folder: Path) -> None:
    out, err = run(folder)

    revision = Revision.objects.get()
    assert (revision.status, str(revision.policy), err) == (Status.DRAFT, "Terms of Use", "")
    assert "terms.md: Terms of Use, draft" in out


def test_publishing_keeps_the_dates_and_says_that_it_was_an_import(folder: Path) -> None:
    run(folder, "--publish")

    version = Revision.objects.get()
    assert (version.number, version.basis) == (1, Basis.IMPORT)
    assert version.last_updated_on == date(2026, 1, 31)
    assert version.effective_at == datetime(2026, 1, 31, tzinfo=UTC)
    assert AuditEvent.objects.filter(action="publish_import").exists()


def test_a_draft_can_be_published_by_a_second_import(folder: Path) -> None:
    run(folder)

    run(folder, "--publish")

    assert Revision.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize("publish", [[], ["--publish"]])
def test_unchanged_files_change_nothing(folder: Path, publish: list[str]) -> None:
    run(folder, *publish)
    before = list(Revision.objects.values()), list(AuditEvent.objects.values())

    out, err = run(folder, *publish)

    assert (out, err) == ("1 file says nothing new.\n", "")
    assert (list(Revision.objects.values()), list(AuditEvent.objects.values())) == before
    assert run(folder, *publish, "--verbosity=0") == ("", "")


def test_a_changed_file_becomes_the_next_version(folder: Path) -> None:
    run(folder, "--publish")
    changed = TERMS.replace("Be kind.", "Be very kind.").replace("2026-01-31", "2026-03-01")
    (folder / "terms.md").write_text(changed, encoding="utf-8")

    run(folder, "--publish")

    versions = Revision.objects.numbered().order_by("number")
    assert [(version.number, version.change_note) for version in versions] == [
        (1, ""),
        (2, "This version was imported without a note of what changed."),
    ]


def test_a_file_finds_its_policy_under_the_address_before_a_renaming(folder: Path) -> None:
    run(folder, "--publish")
    workflow.rename_policy(
        Policy.objects.get().pk, by=make_user("Publishers"), at=timezone.now(), slug="terms-of-use"
    )
    (folder / "terms.md").write_text(TERMS.replace("Be kind", "Be very kind"), encoding="utf-8")

    assert run(folder, "--publish")[1] == ""

    assert [it.number for it in Policy.objects.get().revisions.order_by("number")] == [1, 2]


def test_a_changed_text_under_an_unchanged_date_is_an_editorial_change_from_now_on(
    folder: Path,
) -> None:
    run(folder, "--publish")
    (folder / "terms.md").write_text(TERMS.replace("kind", "nice"), encoding="utf-8")

    out, err = run(folder, "--publish")

    second = Revision.objects.get(number=2)
    assert (err, second.kind, second.last_updated_on) == ("", "editorial", date(2026, 1, 31))
    assert "this is an editorial change: readers see that date, and apps ask nobody again" in out
    assert second.effective_at == second.published_at


@pytest.mark.parametrize("publish", [[], ["--publish"]])
def test_a_file_that_was_overtaken_at_the_desk_changes_nothing(
    folder: Path, publish: list[str]
) -> None:
    run(folder, "--publish")
    policy = Policy.objects.get(slug="terms")
    make_version(policy=policy, at=timezone.now())

    out, err = run(folder, *publish)

    assert (err, policy.revisions.count()) == ("", 2)
    assert "it says what an older version said, so Terms of Use, version 2 is left as it is" in out

    with_date = TERMS.replace("2026-01-31", "2090-01-31")
    assert with_date != TERMS
    (folder / "terms.md").write_text(with_date, encoding="utf-8")
    run(folder, *publish)
    assert policy.revisions.count() == 3


def test_a_file_that_can_not_be_taken_is_named_and_leaves_no_trace(folder: Path) -> None:
    (folder / "broken.md").write_bytes(b"# Title\n\nCaf\xe9\n")
    (folder / "dated.md").write_text("---\nlast_updated: someday\n---\n\n# T\n", encoding="utf-8")

    _, err = run(folder, "--publish")

    assert f"{folder / 'broken.md'}, line 3: The file is not UTF-8" in err
    assert f"{folder / 'dated.md'}, line 2: " in err
    assert "2 files were not imported" in err
    assert [policy.slug for policy in Policy.objects.all()] == ["terms"]


def test_a_file_whose_publication_is_refused_leaves_no_draft(folder: Path) -> None:
    run(folder, "--publish")
    earlier = TERMS.replace("Be kind.", "Be good.").replace("2026-01-31", "2025-12-31")
    (folder / "terms.md").write_text(earlier, encoding="utf-8")

    _, err = run(folder, "--publish")

    assert "must take effect later than version 1" in err
    assert Revision.objects.count() == 1


def test_a_draft_that_somebody_works_on_is_left_alone(folder: Path) -> None:
    run(folder, "--publish")
    draft = make_revision(policy=Policy.objects.get())
    (folder / "terms.md").write_text(TERMS.replace("kind", "nice"), encoding="utf-8")

    _, err = run(folder, "--publish")

    assert "Continue with it, or discard it" in err
    assert Revision.objects.get(pk=draft.pk).document() == draft.document()


def test_what_could_not_be_kept_is_told(tmp_path: Path) -> None:
    source = tmp_path / "terms.md"
    source.write_text(
        "# Terms\n\n<!-- to do -->\n\n[click](javascript:alert(1)) and ![a map](https://x.test/m.png)\n",
        encoding="utf-8",
    )

    out, _ = run(source)

    assert "to do" in out
    assert "javascript:alert(1)" in out
    assert "https://x.test/m.png" in out


def test_a_name_beyond_its_bound_is_shortened_and_told(tmp_path: Path) -> None:
    (tmp_path / "terms.md").write_text(f"# {'T' * 250}\n\nText.\n", encoding="utf-8")

    out, err = run(tmp_path)

    assert (Policy.objects.get().name, err) == ("T" * 199 + "…", "")
    assert "the policy's name has 250 characters, and was shortened to 200" in out
    assert Revision.objects.get().title == "T" * 250


def test_two_files_may_not_claim_one_address(folder: Path) -> None:
    (folder / "terms.html").write_text("<h1>Terms</h1><p>Others.</p>", encoding="utf-8")

    _, err = run(folder)

    assert "has the slug terms in this language already" in err
    assert Revision.objects.count() == 1


def test_who_brings_two_versions_in_one_run_is_told_how_that_goes(tmp_path: Path) -> None:
    for year in (2024, 2025):
        dated = TERMS.replace("last_updated: 2026", f"last_updated: {year}")
        (tmp_path / f"terms-{year}.md").write_text(f"{dated}\nOf {year}.\n", encoding="utf-8")

    _, err = run(tmp_path, "--publish")

    assert "An older or newer text of the same policy is imported in a run of its own." in err
    assert run(tmp_path / "terms-2025.md", "--publish")[1] == ""
    assert Revision.objects.published().count() == 2


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, err = run(tmp_path / "nothing.md")

    assert f"There is no file or folder {tmp_path / 'nothing.md'}" in err


def test_a_text_that_is_too_hard_to_render_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.md").write_text("# T\n\n" + ">" * 5000 + " x\n", encoding="utf-8")

    _, err = run(tmp_path)

    assert "deep.md, line" in err
    assert not Policy.objects.exists()


def test_the_policies_of_this_installation_can_be_published() -> None:
    """Whatever stands in content/; other tests have a policy of their own, in tests/content/."""
    _, refused = run(settings.BASE_DIR / "content", "--publish")

    assert refused == ""
    assert Policy.objects.exists()


def test_export_writes_what_import_reads(tmp_path: Path) -> None:
    run(settings.CONTENT_DIR, "--publish")

    call_command("export_policies", tmp_path, stdout=StringIO())

    assert (tmp_path / "privacy.md").read_bytes() == SEED.read_bytes()


def test_export_keeps_language_and_time_of_effect(tmp_path: Path) -> None:
    source = tmp_path / "source.md"
    front = "slug: terms\nlanguage: de\ntitle: AGB\nlast_updated: 2026-01-01\n"
    source.write_text(
        f"---\n{front}effective: 2026-02-03T09:30:00+00:00\n---\n\nText.\n", encoding="utf-8"
    )
    run(source, "--publish")

    call_command("export_policies", tmp_path / "out", stdout=StringIO())
    _, err = run(tmp_path / "out" / "terms.de.md", "--publish")

    assert err == ""
    assert Revision.objects.get().effective_at == datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
    assert "2026-02-03T09:30:00+00:00" in (tmp_path / "out" / "terms.de.md").read_text("utf-8")


def test_what_was_lost_after_a_backup_can_be_published_again_to_the_byte(
    tmp_path: Path, client: Client
) -> None:
    """The recipe of docs/backups.md: from what a cache still has of a version."""
    lost = make_version()
    cached = client.get(lost.policy.url("markdown", number=1)).content
    dates = b"slug: again\nlast_updated: 2026-05-02\neffective: 2026-05-02T12:00:00+00:00\n"
    (tmp_path / "again.md").write_bytes(cached.replace(b"---\n", b"---\n" + dates, 1))

    run("--publish", tmp_path / "again.md")

    again = Policy.objects.get(slug="again").revisions.get(number=1)
    assert client.get(again.policy.url("markdown", number=1)).content == cached
    assert again.digest == lost.digest


def test_policies_that_say_different_things_stay_apart_on_another_site(tmp_path: Path) -> None:
    make_version(policy=make_policy(slug="terms", name="Terms"))
    make_version(policy=make_policy(slug="terms", name="AGB", language="de"))
    call_command("export_policies", tmp_path, stdout=StringIO())
    for path in tmp_path.iterdir():  # to addresses that are free here
        path.write_text(path.read_text("utf-8").replace("slug: terms", "slug: rules"), "utf-8")

    _, err = run("--publish", tmp_path)

    assert err == ""
    german = Policy.objects.get(slug="rules", language="de")
    assert german.translation_of is None


def test_export_says_when_it_can_not_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(CommandError, match="can't be written to"):
        call_command("export_policies", tmp_path / "file" / "inner")


def test_an_export_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    make_version()
    call_command("export_policies", tmp_path, stdout=StringIO())
    (file,) = tmp_path.iterdir()
    file.write_text("Mine, longer than nothing.", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(CommandError, match=rf"{file} can't be written to: .* is as it was"):
            call_command("export_policies", tmp_path, stdout=StringIO())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text(encoding="utf-8") == "Mine, longer than nothing."


def test_a_link_to_where_nobody_may_look_is_told_and_the_rest_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path) -> bool:
        if path.name.startswith("far"):
            raise PermissionError(13, "Permission denied", str(path))
        return path.exists() and not path.is_dir()

    for name in ("far.md", "far.jpeg"):
        (folder / name).symlink_to("/nowhere/at/all")
    monkeypatch.setattr(pathlib.Path, "is_file", closed)

    out, err = run(folder)

    assert "far.md, line 1" in err
    assert "It can't be read" in err
    assert "far.jpeg" not in err
    assert "terms.md" in out


def test_a_path_that_nobody_may_look_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(pathlib.Path, "exists", closed)

    assert f"{tmp_path} can't be read: Permission denied." in run(tmp_path)[1]


def test_the_seed_is_live_after_one_import(client: Client) -> None:
    run(settings.CONTENT_DIR, "--publish")

    page = client.get("/privacy/").content.decode()

    assert "Last updated" in page
    assert '<time datetime="2026-05-02"><bdi>May 2, 2026</bdi></time>' in page
    assert '<span class="number">13.</span> Final note' in page


def test_a_word_file_becomes_a_draft(tmp_path: Path) -> None:
    path = tmp_path / "terms.docx"
    path.write_bytes(word(paragraph("Terms", "Title"), paragraph("Be kind.")))

    out, err = run(path)

    assert (Policy.objects.get().slug, err) == ("terms", "")
    assert "terms.docx" in out
    assert Revision.objects.get().document().introduction == "Be kind."


def test_a_change_that_is_still_to_come_is_refused_and_the_other_files_are_taken(
    folder: Path,
) -> None:
    late = TERMS.replace("2026-01-31", "2999-01-01\neffective: 2026-02-01")
    (folder / "a.md").write_text(late.replace("slug: terms", "slug: a"))

    _, err = run(folder, "--publish")

    assert "a.md" in err
    assert "last update, 2999-01-01, is later than both today" in err
    assert [str(it) for it in Policy.objects.all()] == ["Terms of Use"]
    assert Revision.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize("named", ["nutzung", "de/nutzung"])
def test_a_translation_finds_a_source_in_another_language_than_the_sites(
    tmp_path: Path, named: str
) -> None:
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


def test_a_source_that_could_be_two_is_asked_for(tmp_path: Path) -> None:
    for language in ("de", "fr"):
        (tmp_path / f"{language}.md").write_text(
            f"---\nslug: rules\nlanguage: {language}\n---\n\n# R\n\nx\n", encoding="utf-8"
        )
    (tmp_path / "use.md").write_text("---\ntranslation_of: rules\n---\n\n# U\n\nx\n", "utf-8")

    assert "say which, as in de/rules or fr/rules" in run(tmp_path)[1]


def test_a_rendered_version_that_no_file_named_is_told(folder: Path) -> None:
    (folder / "terms.de.md").write_text("# Nutzung\n\nFreundlich.\n", encoding="utf-8")

    out, _ = run(folder, "--publish")

    assert "the file has no renders, so readers are told that it renders" in out


def test_all_or_none(folder: Path) -> None:
    (folder / "broken.md").write_bytes(b"\xff")

    _, err = run(folder, "--publish", "--all-or-none")

    assert "1 file was not imported, and so nothing was." in err
    assert not Policy.objects.exists()


def test_a_text_without_a_title_is_called_what_its_policy_is(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("---\nname: House rules\n---\n\nBe kind.\n", encoding="utf-8")

    out, _ = run(tmp_path)

    assert "no title in the text, so it was given this one: House rules" in out
    assert Revision.objects.get().title == "House rules"


def test_an_empty_content_folder_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "CONTENT_DIR", tmp_path)

    call_command("import_policies")

    assert f"There is no file of a known kind in {tmp_path}." in capsys.readouterr().out


# --- What was exported, or imported before, and has changed since ---------------------------------


def test_what_was_exported_is_edited_and_imported_again(tmp_path: Path) -> None:
    """An exported file says when its version took effect: not only the day, but the moment."""
    make_revision(status=Status.PUBLISHED, at=timezone.now())
    call_command("export_policies", tmp_path, stdout=StringIO())
    (file,) = tmp_path.iterdir()
    assert "effective: " in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8") + "\nOne word more.\n", encoding="utf-8")

    out, err = run(tmp_path, "--publish")

    assert err == ""
    assert "published as" in out
    assert Revision.objects.effective(at=timezone.now())[0].number == 2


def test_a_translation_of_the_same_words_may_render_another_version(tmp_path: Path) -> None:
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
    assert run(tmp_path, "--publish") == ("2 files say nothing new.\n", "")


def test_what_an_import_does_not_change_is_told(folder: Path) -> None:
    file = folder / "terms.md"
    german = TERMS.replace("slug: terms\nlanguage: en", "slug: agb\nlanguage: de")
    (folder / "agb.md").write_text(german, encoding="utf-8")
    run(folder, "--publish")
    file.write_text(TERMS.replace("name: Terms of Use", "name: Our terms"), encoding="utf-8")
    (folder / "agb.md").write_text(
        german.replace("language: de", "language: de\ntranslation_of: en/terms"), encoding="utf-8"
    )

    out, _ = run(folder, "--publish")

    assert "its name is “Terms of Use” here, and “Our terms” in the file: rename it at" in out
    assert "the file says that it is a translation of en/terms, which it is not here" in out
    assert Revision.objects.count() == 2


def test_a_draft_that_a_file_no_longer_says_is_told(folder: Path) -> None:
    file = folder / "terms.md"
    run(folder, "--publish")
    file.write_text(TERMS.replace("kind.", "very kind."), encoding="utf-8")
    run(folder)
    file.write_text(TERMS, encoding="utf-8")

    out, err = run(folder)

    assert err == ""
    assert "unchanged, Terms of Use, version 1" in out
    assert "Terms of Use, draft, says something else, and is left as it is: discard it" in out


# --- What an import must not do ------------------------------------------------------------------


@pytest.mark.parametrize("text", ["<!-- a draft -->", "\u200b", "## Only\n\n## Headings"])
def test_nothing_is_published_in_the_place_of_a_text(folder: Path, text: str) -> None:
    run(folder, "--publish")
    head = TERMS.partition("\n---\n\n")[0].replace("2026-01-31", "2026-02-28")
    (folder / "terms.md").write_text(f"{head}\n---\n\n# Terms of Use\n\n{text}\n")

    _, err = run(folder, "--publish")

    assert "It has no text beside headings" in err
    assert Revision.objects.count() == 1


def test_what_was_withdrawn_is_not_published_again_by_the_same_file(folder: Path) -> None:
    run(folder, "--publish")
    file = folder / "terms.md"
    file.write_text(file.read_text().replace("Be kind.", "Be just.").replace("2026-", "2076-"))
    run(folder, "--publish")
    upcoming, publisher = Revision.objects.get(number=2), make_user("Publishers")
    workflow.withdraw(upcoming.pk, by=publisher, at=timezone.now(), reason="A mistake.")

    out, _ = run(folder, "--publish")

    assert "version 2 said this, and was withdrawn. Give the file a later date" in out
    assert Revision.objects.count() == 2
    file.write_text(file.read_text().replace("2076-", "2077-"))
    assert "published as Terms of Use, version 3" in run(folder, "--publish")[0]


@pytest.mark.parametrize("key", ["translation_of: terms", "renders: 1"])
def test_what_says_that_it_is_a_translation_waits_for_its_source(tmp_path: Path, key: str) -> None:
    german = f"---\nslug: terms\nlanguage: de\n{key}\n---\n\n# Bedingungen\n\nFür alle.\n"
    (tmp_path / "terms.de.md").write_text(german)
    (tmp_path / "terms.md").write_text(TERMS.replace("2026-01-31", "31 Foo 2026"))

    _, err = run(tmp_path, "--publish")

    assert "It is a translation of terms, which is not there" in err
    assert not Policy.objects.exists()


def shown_for(*, days: int) -> Revision:
    """Date the publication of the only version back by so many days; return that version."""
    triggers.remove(connection)
    Revision.objects.update(published_at=timezone.now() - timedelta(days=days))
    triggers.install(connection)
    return Revision.objects.get()


def test_readers_were_shown_what_they_were_shown(folder: Path, client: Client) -> None:
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
    assert f"it takes effect now: until now readers were shown {first}" in out
    assert client.get(f"/terms/on/{day}/")["Location"] == "/terms/versions/1/"


def test_a_day_before_the_first_import_is_history_on_the_day_of_that_alone(
    folder: Path, client: Client
) -> None:
    """Or a text from after that day would seem to have been in force here since the import."""
    run(folder, "--publish")
    first, file = shown_for(days=5), folder / "terms.md"
    now = timezone.now()
    file.write_text(file.read_text().replace("2026-01-31", "2026-03-01").replace("kind", "just"))

    out, _ = run(folder, "--publish")

    assert Revision.objects.get(number=2).effective_at >= now
    assert f"it takes effect now: until now readers were shown {first}" in out
    day = (now - timedelta(days=3)).date()
    assert client.get(f"/terms/on/{day}/")["Location"] == "/terms/versions/1/"


def test_what_was_withdrawn_is_not_brought_back_whatever_came_after_it(folder: Path) -> None:
    file, publisher = folder / "terms.md", make_user("Publishers")
    run(folder, "--publish")
    policy = Policy.objects.get()
    more = "2026-01-31\neffective: 2076-01-01\nkind: material"
    later = file.read_text().replace("2026-01-31", more)
    for text in ("One.", "Other."):
        file.write_text(later.replace("Be kind.", text))
        run(folder, "--publish")
        withdrawn = policy.revisions.published().latest("number")
        workflow.withdraw(withdrawn.pk, by=publisher, at=timezone.now(), reason="Wrong.")
    file.write_text(later.replace("Be kind.", "One."))

    out, _ = run(folder, "--publish")

    assert "version 2 said this, and was withdrawn" in out
    assert policy.revisions.numbered().count() == 3


def test_a_second_change_on_one_day_takes_effect_when_it_comes(folder: Path) -> None:
    file, today = folder / "terms.md", timezone.now().date()
    file.write_text(TERMS.replace("2026-01-31", f"{today - timedelta(days=1)}"))
    run(folder, "--publish")
    file.write_text(file.read_text().replace("Be kind.", "Be kinder."))
    run(folder, "--publish")
    file.write_text(TERMS.replace("2026-01-31", f"{today}").replace("Be kind.", "Be just."))

    out, err = run(folder, "--publish")

    assert ("published as Terms of Use, version 3" in out, err) == (True, "")


def test_a_text_that_is_newer_than_one_in_which_a_typo_was_corrected_comes_after_it(
    folder: Path,
) -> None:
    file, today = folder / "terms.md", timezone.now().date()
    run(folder, "--publish")
    file.write_text(file.read_text().replace("Be kind.", "Be kinder."))
    run(folder, "--publish")  # of the same date, so it is a correction, in force from now on
    newer = TERMS.replace("2026-01-31", f"{today - timedelta(days=9)}")
    file.write_text(newer.replace("Be kind.", "Be just."))

    out, err = run(folder, "--publish")

    assert ("published as Terms of Use, version 3" in out, err) == (True, "")
    third = Revision.objects.get(number=3)
    assert third.last_updated_on == today - timedelta(days=9)
    # An older text, though, is one that somebody has mistaken for the new one.
    file.write_text(TERMS.replace("2026-01-31", "2026-02-28").replace("Be kind.", "Be old."))
    assert "must take effect later than version 3" in run(folder, "--publish")[1]


def test_a_note_for_readers_is_kept_whole_or_the_file_is_refused(folder: Path) -> None:
    run(folder, "--publish")
    file, note = folder / "terms.md", "word " * 150
    text = TERMS.replace("2026-01-31", "2026-02-28").replace("Be kind.", "Be just.")
    file.write_text(text.replace("slug:", f"change_note: {note * 2}\nslug:"))
    _, err = run(folder, "--publish")
    assert "line 2: The front matter's change_note is" in err
    assert "between 1 and 1,000 characters" in err

    file.write_text(text.replace("slug:", f"change_note: {note}\nslug:"))
    run(folder, "--publish")

    assert Revision.objects.get(number=2).change_note == note.strip()


@pytest.mark.parametrize(("word", "kind"), [("Editorial", "editorial"), ("minor", "material")])
def test_a_kind_of_change_that_there_is_not_is_told(folder: Path, word: str, kind: str) -> None:
    run(folder, "--publish")
    text = TERMS.replace("2026-01-31", "2026-02-28").replace("Be kind.", "Be just.")
    (folder / "terms.md").write_text(text.replace("slug:", f"kind: {word}\nslug:"))

    out, _ = run(folder, "--publish")

    assert Revision.objects.get(number=2).kind == kind
    assert ("a change is material or editorial" in out) == (word == "minor")


def test_a_later_date_for_the_same_words_is_told(folder: Path) -> None:
    run(folder, "--publish")
    (folder / "terms.md").write_text(TERMS.replace("2026-01-31", "2026-02-28"))

    out, _ = run(folder, "--publish")

    assert "its last_updated is 2026-02-28, but the text is that of Terms of Use, version 1" in out


def test_what_is_hidden_in_a_folder_is_no_policy(folder: Path) -> None:
    (folder / ".git").mkdir()
    for name in (".git/README.md", ".terms.md", "~$terms.docx"):
        (folder / name).write_text(TERMS.replace("slug: terms", "slug: hidden"))

    out, err = run(folder)

    assert (Policy.objects.get().slug, err) == ("terms", "")
    assert len(out.splitlines()) == 1


def test_a_file_that_is_named_twice_is_imported_once(folder: Path) -> None:
    assert run(folder / "terms.md", folder, folder / "terms.md")[1] == ""


def test_the_old_and_the_new_address_of_a_policy_are_one(folder: Path) -> None:
    run(folder, "--publish")
    policy = Policy.objects.get()
    by = make_user("Publishers")
    workflow.rename_policy(policy.pk, by=by, at=timezone.now(), slug="conditions")
    other = TERMS.replace("slug: terms", "slug: conditions").replace("Be kind.", "Be just.")
    (folder / "conditions.md").write_text(other)

    _, err = run(folder, "--publish")

    assert "has the slug conditions in this language already" in err
    assert Revision.objects.count() == 2
