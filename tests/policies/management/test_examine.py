"""`manage.py examine`: what a lawyer should look at in files, without a site or a database."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.policies.text.word_files import p as paragraph
from tests.policies.text.word_files import word

FINISHED = "# Terms\n\nThese terms apply to everyone. Write to us: office@softphonez.org.\n"


def examine(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command("examine", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
        return error.returncode, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def written(folder, text, name="terms.md"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_finding_has_its_file_line_level_rule_reason_and_words(tmp_path):
    file = written(tmp_path, "# Terms\n\n## Use\n\nWelcome to **{{ company_name }}**.\n")

    status, out, err = examine(file)

    assert (status, err) == (1, "Findings block publication.")
    assert out.startswith(f"{file}:5: blocks: placeholder: “{{{{ company_name }}}}” is ")
    assert '"Welcome to {{ company_name }}."\n' in out
    assert "1 file examined: 1 finding blocks publication, " in out.splitlines()[-1]


def test_a_word_file_has_sections_for_lines(tmp_path):
    file = tmp_path / "terms.docx"
    file.write_bytes(
        word(paragraph("Use", "Heading2"), paragraph("Welcome to {{ company_name }}."))
    )

    status, out, _ = examine(file)

    assert status == 1
    assert f"{file}: blocks: placeholder: 1. Use: “{{{{ company_name }}}}” is " in out


def test_html_has_lines(tmp_path):
    page = "<h1>Terms</h1>\n<p>One.</p>\n<p>Welcome to\n<b>{{ company_name }}</b>.</p>\n"
    file = written(tmp_path, page, "terms.html")

    assert f"{file}:4: blocks: placeholder: " in examine(file)[1]


def test_several_files_are_examined_and_one_that_can_not_be_read_is_named(tmp_path):
    good, late = written(tmp_path, FINISHED), written(tmp_path, "TODO: write.\n", "late.md")
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"# Bad\n\n\xff\n")

    # Of what can't be reached, not even its kind can be asked for.
    long = tmp_path / f"{'n' * 300}.md"
    status, out, err = examine(good, bad, tmp_path, tmp_path / "none.md", long, late)

    assert status == 1
    assert f"{bad}:3: error: The file is not UTF-8" in err
    assert f"{tmp_path}:1: error: This is a folder. Name the files in it" in err
    assert "No such file" in err
    assert f"{long}:1: error: It can't be read: File name too long." in err
    assert "4 files could not be read." in err
    assert f"{late}:1: blocks: " in out
    assert "2 files examined: " in out


@pytest.mark.parametrize("name", ["terms.txt", "pipe.md"])
def test_what_is_not_a_policy_file_is_refused_with_an_explanation(tmp_path, name):
    if name == "pipe.md":
        os.mkfifo(tmp_path / name)
    else:
        written(tmp_path, FINISHED, name)

    status, out, err = examine(tmp_path / name)

    assert (status, out.startswith("0 files examined")) == (1, True)
    assert f"{tmp_path / name}:1: error: " in err


def test_a_program_gets_objects(tmp_path):
    file = written(tmp_path, "# Terms\n\n## Use {#use}\n\nTODO: say “more”.\n")

    status, out, _ = examine("--format", "json", file)

    first, *_ = json.loads(out)
    assert status == 1
    assert (first["file"], first["line"], first["level"]) == (str(file), 5, "blocks")
    assert (first["rule"], first["anchor"]) == ("placeholder", "use")
    assert first["excerpt"] == "TODO: say “more”."


def test_five_suggestions_of_a_file_are_listed_and_the_others_counted(tmp_path):
    sections = "".join(f"\n## Part {at}\n" for at in range(7))
    file = written(tmp_path, f"# Terms\n\nWe keep little.\n{sections}")

    _, out, _ = examine(file)

    assert out.count(": advice: ") == 5
    assert f"{file}: 2 more suggestions.\n" in out


def test_no_database_is_needed_and_none_is_made(tmp_path):
    file = written(tmp_path, FINISHED)
    command = [sys.executable, settings.BASE_DIR / "manage.py", "examine", file]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "1 file examined" in done.stdout
    assert list(tmp_path.iterdir()) == [file]
