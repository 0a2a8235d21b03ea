"""Each limit of docs/limits.md is exceeded where a user would, and the refusal is read."""

import re
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.query_utils import DeferredAttribute
from django.test import Client

from policies.models import AuditEvent, Policy, Revision
from policies.staff import audit_views
from policies.text.importing.word import body, package, styles
from tests.factories import make_policy, make_revision
from tests.policies.staff.desk import form, log_in, page, words
from tests.policies.text.word_files import p, r, word

ROOT = Path(__file__).resolve().parents[2]


# --- The page ------------------------------------------------------------------------------------


def rows():
    """Return the rows of the page's tables: what, most, beyond it, where, test."""
    lines = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8").splitlines()
    found = [
        line.strip("| ").split(" | ")
        for line in lines
        if line.startswith("| ") and not line.startswith("| what ")
    ]
    assert len(found) > 20, "the tables of the page are written in another way"
    return found


def numbers(where):
    """Return the numbers at a place in the code: constants, a column's length, or what describes a
    limit that grows with a text (the least, the characters that allow one more, and the most).
    """
    module, _, names = where.strip("`").partition(": ")
    path = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    held = []
    for name in names.split(", "):
        if path == "softphonez_site.settings":
            value = getattr(settings, name)
        else:
            value = attrgetter(name)(import_module(path))
        if isinstance(value, DeferredAttribute):
            value = value.field.max_length
        if callable(value):
            held += [value(0), 1_000_000 // (value(1_000_000) - value(0))]
            held += [value(10**9)] if value(10**9) == value(10**8) else []
        else:
            held.append(value)
    return held


def test_the_page_of_limits_has_the_numbers_of_the_code():
    documented = {what: re.findall(r"\d[\d,]*\d|\d", most) for what, most, *_ in rows()}

    assert documented == {row[0]: [f"{it:,}" for it in numbers(row[3])] for row in rows()}


def test_the_page_of_limits_names_files_and_tests_that_exist():
    """A test is named by its sentence, so that it may move to another file."""
    sources = [it.read_text(encoding="utf-8") for it in (ROOT / "tests").rglob("test_*.py")]
    for row in rows():
        assert (ROOT / row[3].strip("`").partition(": ")[0]).is_file(), row[3]
        test = f"def test_{row[-1].replace(' ', '_')}("
        assert any(test in source for source in sources), row[-1]


# --- Requests ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_that_says_it_is_too_large_is_not_read():
    """A stranger's, too: the CSRF check reads any form that comes with a cookie of its own."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "x" * 32

    response = client.generic(
        "POST",
        "/admin/login/",
        b"--x\r\n",  # FakePayload raises if more is read than there is
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(settings.UPLOAD_MAX_REQUEST_SIZE + 1),
    )

    assert response.status_code == 413
    most = settings.UPLOAD_MAX_REQUEST_SIZE // 1_000_000
    assert f"is larger than {most} MB, files included. Nothing was saved." in words(response)
    assert "upload it as a file" not in words(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("fields", f"has more than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields."),
        ("files", f"More than {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files were sent"),
    ],
)
def test_a_form_of_too_many_fields_or_files_gets_an_explanation(what, said):
    client, _ = log_in("Writers")
    draft = make_revision()
    extra = (
        {"body": ["x"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
        if what == "fields"
        else {
            "file": [
                SimpleUploadedFile(f"{number}.md", b"x")
                for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
            ]
        }
    )

    response = client.post(page("edit", draft.pk), form(draft, **extra))

    assert response.status_code == 413
    assert said in words(response)
    assert "Nothing was saved. Go back" in words(response)


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "N" * 201, "at most 200 characters (it has 201)"),
        ("slug", "s" * 81, "at most 80 characters"),
    ],
)
def test_a_name_beyond_its_bound_is_refused_with_an_explanation(field, value, reason):
    client, _ = log_in("Publishers", "Writers")
    typed = {"name": "Terms", "slug": "terms", "language": "en", field: value}

    response = client.post("/admin/policies/policy/add/", typed)

    assert words(response).count("at most") == 1
    assert reason in words(response)
    assert value in words(response)
    assert not Policy.objects.exists()


@pytest.mark.django_db
def test_a_title_beyond_its_bound_is_refused_with_an_explanation_and_comes_back():
    client, _ = log_in("Writers")
    draft = make_revision()

    response = client.post(page("edit", draft.pk), form(draft, title="T" * 301))

    assert response.status_code == 422
    assert "300 characters" in words(response)
    assert "T" * 301 in words(response)
    assert Revision.objects.get().title == draft.title


@pytest.mark.django_db
def test_a_title_beyond_its_bound_is_refused_in_an_uploaded_file_too():
    client, _ = log_in("Writers")
    title = b"T" * 301
    html = b"<title>%b</title><h1>%b</h1><p>Words.</p>" % (title, title)
    file = SimpleUploadedFile("a.html", html)

    response = client.post(page("upload", make_policy().pk), {"file": file})

    assert "The title has 301 characters. Shorten it to 300 or fewer." in words(response)
    assert not Revision.objects.exists()


@pytest.mark.django_db
def test_a_person_with_a_very_long_name_can_work_and_is_in_the_audit():
    client, wanda = log_in("Writers")
    type(wanda).objects.update(first_name="W" * 150, last_name="X" * 150)

    client.post(page("start_draft", make_policy().pk))

    assert AuditEvent.objects.get(action="start_draft").actor == "W" * 150 + " " + "X" * 48 + "…"


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("module", "name", "reason"),
    [
        (package, "MAX_ELEMENTS", "has more than 10 parts. Split it into several"),
        (styles, "MAX_STYLES", "has more than 10 styles. Copy its text into a new file"),
        (body, "MAX_PARTS", "One paragraph, row or table in it has more than 10 parts. Divide it"),
    ],
)
def test_a_word_file_beyond_a_bound_is_refused_with_an_explanation(
    module, name, reason, monkeypatch
):
    monkeypatch.setattr(module, name, 10)
    client, _ = log_in("Writers")
    looks = r("Some ", "<w:b/>") + r("words ")
    file = SimpleUploadedFile("a.docx", word(p("A title", "Title"), p(looks * 6)))

    response = client.post(page("upload", make_policy().pk), {"file": file})

    assert reason in words(response)
    assert not Revision.objects.exists()


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_long_audit_trail_says_that_there_is_more(monkeypatch):
    monkeypatch.setattr(audit_views, "AUDIT_PAGE", 2)
    client, _ = log_in(permissions=["view_auditevent", "view_policy"])
    revision = make_revision()

    response = client.get(page("audit", revision.policy_id))

    assert "The latest 2 are shown." in words(response)
    assert len(re.findall(r"<time", words(response))) < 4
    table = client.get(page("audit_csv", revision.policy_id))
    assert table.content.decode().count("\r\n") > 3
