"""Static files have names with their digests, by which the editor's scripts find each other."""

import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings

from softphonez_site.static_files import StaticFiles
from tests.full_disk import full_disk

STORAGES = {**site.STORAGES, "staticfiles": {"BACKEND": "softphonez_site.static_files.StaticFiles"}}
FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
NOT_COMPRESSED = ("js", "css", "svg", "txt", "png")


@pytest.fixture
def collected(tmp_path):
    root = tmp_path / "static"
    with override_settings(
        STATIC_ROOT=root, STORAGES=STORAGES, WHITENOISE_SKIP_COMPRESS_EXTENSIONS=NOT_COMPRESSED
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def test_each_script_imports_others_by_names_that_hold_their_digests(collected):
    scripts = [it for it in collected.glob("policies/**/*.js") if is_hashed(it.name)]
    imports = [
        (script, name)
        for script in scripts
        for name in re.findall(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"', script.read_text("utf-8"))
    ]

    assert len(imports) > 50
    for script, name in imports:
        assert is_hashed(name), f"{script.name} imports {name}"
        assert (script.parent / name).is_file(), f"{script.name} imports {name}"


def test_our_scripts_are_served_without_their_comments(collected):
    """That they are the same without is in tests/scripts/comments.test.js."""
    for script in (Path(site.BASE_DIR) / "static/policies").rglob("*.js"):
        served = (collected / script.relative_to(Path(site.BASE_DIR) / "static")).read_text("utf-8")
        lines = [line.strip() for line in served.splitlines()]
        assert [line for line in lines if line.startswith(("//", "/**", "*"))] == []
        assert len(served) < len(script.read_text("utf-8"))


@pytest.mark.django_db
def test_what_still_runs_keeps_its_files_when_the_next_version_collects_its_own(tmp_path, client):
    """So docs/deploying.md has collectstatic before migrate, while the site runs."""
    source, root = tmp_path / "source", tmp_path / "static"
    source.mkdir()
    with override_settings(
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=root,
        STORAGES=STORAGES,
    ):
        (source / "site.css").write_text("a { color: red }")
        call_command("collectstatic", interactive=False, verbosity=0)
        address = static("site.css")
        client.get(address).close()  # loads the middleware, as a start does

        (source / "site.css").write_text("a { color: green }")
        call_command("collectstatic", interactive=False, verbosity=0)

        response = client.get(address)
        assert b"".join(response) == b"a { color: red }"
        assert "immutable" in response["Cache-Control"]
        response.close()


@pytest.mark.slow
def test_a_full_disk_leaves_no_half_file_that_would_be_taken_for_whole(collected, tmp_path):
    folders = [tmp_path / "first", tmp_path / "second"]  # collected in this order
    for folder, times in zip(folders, (1, 5_000), strict=True):
        folder.mkdir()
        (folder / f"{folder.name}.css").write_text("p { color: red }\n" * times)
    root = tmp_path / "other"
    with (
        override_settings(
            STATIC_ROOT=root,
            STORAGES=STORAGES,
            STATICFILES_DIRS=folders,
            STATICFILES_FINDERS=FINDERS,
        ),
        full_disk(room=100),
        pytest.raises(OSError, match="File too large"),
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    script, packed = (collected / name for name in ("policies/desk.css", "policies/desk.css.br"))
    packed.write_bytes(b"As it was.")
    with full_disk(room=100), pytest.raises(OSError, match="File too large"):
        StaticFiles(location=collected).create_compressor().compress(str(script))

    written = [file for file in root.rglob("*") if file.is_file() and file.suffix != ".part"]
    assert [file.read_text() for file in written] == ["p { color: red }\n"]
    assert packed.read_bytes() == b"As it was."


def is_hashed(name):
    return bool(re.search(r"\.[0-9a-f]{12}\.js\Z", name))


def test_a_redline_has_the_same_marks_on_the_desk_as_on_readers_pages():
    """What only one of them styles goes unseen on the other: that a paragraph was moved, say."""
    public, desk = (set(re.findall(r"\.redline-\w+", rules(it))) for it in ("redline", "desk"))

    assert len(public) > 5
    assert public <= desk


def rules(name):
    """Return a stylesheet with what it imports."""
    text = (Path(site.BASE_DIR) / f"static/policies/{name}.css").read_text()
    return re.sub(r'@import url\("(\w+)\.css"\);', lambda it: rules(it[1]), text)
