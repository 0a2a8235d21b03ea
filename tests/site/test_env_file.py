"""The file .env: what is understood, and that nothing is silently ignored."""

import io
import os

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import env_file
from softphonez_site.variables import example


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".env"


def refusal(file):
    with pytest.raises(ImproperlyConfigured) as refused:
        env_file.understood(file)
    return str(refused.value)


def test_without_a_file_nothing_is_set(file):
    assert env_file.understood(file) == ""


def test_the_example_is_understood(file):
    file.write_text(example(), encoding="utf-8")

    assert env_file.understood(file) == "SECRET_KEY=\nALLOWED_HOSTS=policies.example.com"


def test_what_is_understood_is_what_is_read(file, monkeypatch):
    for name in ("TWO_FACTOR", "ORGANISATION_NAME", "HTTPS"):
        monkeypatch.delenv(name, raising=False)
    text = "\ufeffTWO_FACTOR=required\r\n\r\n  # indented\r\nexport HTTPS=on\n"
    file.write_text(text + 'ORGANISATION_NAME="Größe # 1"\n', encoding="utf-8")

    environ.Env.read_env(io.StringIO(env_file.understood(file)))

    assert os.environ["TWO_FACTOR"] == "required"
    assert os.environ["ORGANISATION_NAME"] == "Größe # 1"
    assert os.environ["HTTPS"] == "on"


NEARLY = {
    **dict.fromkeys(["TWO_FACTORS", "TWOFACTOR", "two_factor"], "TWO_FACTOR"),
    "ORGANIZATION_NAME": "ORGANISATION_NAME",
    "HTTP": "HTTPS",
    "ALLOWED_HOST": "ALLOWED_HOSTS",
    "BEHIND_A_PROXY": "BEHIND_PROXY",
    "SECRET_KEYFILE": "SECRET_KEY_FILE",
}
REFUSED = {
    **dict.fromkeys(
        [
            *("TWO_FACTOR = hunter2", "TWO_FACTOR =hunter2", " TWO_FACTOR=hunter2"),
            *("export  TWO_FACTOR=hunter2", "\tTWO_FACTOR\t=\thunter2", "TWO_FACTOR=hun\0ter2"),
        ],
        "TWO_FACTOR can't be read there. Write NAME=value",
    ),
    **dict.fromkeys(
        ["hunter2", "hunter2+/x y==", "TWO_FACTOR: hunter2", "- hunter2"],
        "it can't be read. Write NAME=value",
    ),
    **{
        f"{name}=hunter2": f"there is no variable {name}. Did you mean {meant}?"
        for name, meant in NEARLY.items()
    },
}


@pytest.mark.parametrize(("line", "words"), REFUSED.items())
def test_a_line_that_cannot_be_read_or_is_meant_otherwise_is_named_without_its_value(
    file, line, words
):
    file.write_text(f"# One\nHTTPS=on\n{line}\n", encoding="utf-8")

    said = refusal(file)

    assert said.startswith(f"{file}, line 3: {words}")
    assert "hun" not in said


def test_a_line_in_another_encoding_is_named(file):
    file.write_bytes("HTTPS=on\nORGANISATION_NAME=Größe\n".encode("latin-1"))

    assert refusal(file) == f"{file}, line 2, is not in UTF-8. Save the file in that encoding."


def test_a_folder_in_its_place_is_reported(file):
    file.mkdir()

    assert refusal(file) == f"{file} can't be read: Is a directory."


@pytest.mark.parametrize(
    "name",
    [
        *("WEB_CONCURRENCY", "PORT", "GUNICORN_CMD_ARGS", "LANG", "TZ", "PYTHONUNBUFFERED"),
        *("HTTPS_PROXY", "NO_PROXY", "POSTGRES_PASSWORD", "PGPASSFILE", "SENTRY_DSN"),
        *("SECRET_KEY_FILE", "METRICS_TOKEN_FILE"),
    ],
)
def test_the_variables_of_other_programs_and_our_files_are_accepted(file, name):
    file.write_text(f"{name}=1\n", encoding="utf-8")

    assert env_file.understood(file) == f"{name}=1"
