"""Versions as PDF: made once, kept, no back door, and no way to keep the site busy."""

import hashlib
import io
import socket
import subprocess
from contextlib import contextmanager
from datetime import timedelta

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import DatabaseError, connection

from policies import workflow
from policies.models import KeptFile
from policies.public import kept_files, pdfs
from policies.text import document as documents
from policies.text import rendering
from policies.text.document import Document, Section
from tests.factories import NOW, make_import, make_policy, make_user, make_version
from tests.printing import PaperlessPrinter, lines_of_pages

pytestmark = pytest.mark.django_db

ORIGIN = "http://testserver"


@pytest.fixture
def printed(monkeypatch):
    """Replace the printer, which takes seconds and needs libraries; return what it printed."""
    printer = PaperlessPrinter()
    monkeypatch.setattr(pdfs, "PRINTER", printer)
    return printer.pages


class BrokenPrinter(PaperlessPrinter):
    def print_page(self, page):
        self.pages.append(page)
        raise subprocess.TimeoutExpired("printer", 1)


@contextmanager
def database_refuses(statement):
    """Let the database fail at each statement that begins with these words."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith(statement):
            raise DatabaseError("full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def as_others_ask(version):
    return type(version).objects.select_related("policy", "rendering").get(pk=version.pk)


# --- What is printed ---------------------------------------------------------------------------


def structure(pdf):
    names, waiting = [], [pdf.Root.StructTreeRoot.K[0]]
    while waiting:
        element = waiting.pop()
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            continue
        names.append(str(element.S))
        inside = element.get("/K", [])
        waiting += reversed(list(inside) if isinstance(inside, pikepdf.Array) else [inside])
    return names


@pytest.mark.pdf
def test_a_pdf_is_tagged_dated_reproducible_and_holds_the_text_that_its_digest_is_of(
    printed, listener
):
    body = (
        "![pixel](/static/a.png) [out](https://example.org/x), https://example.org/y.\n\n"
        "| What | Kept |\n|---|---|\n| Mail | 1 year |\n\n- one\n\n> `code`\n\nمرحبا 日本語 हिन्दी"
    )
    document = Document("Privacy Policy", "Intro.", (Section("Scope", "scope", body),))
    version = make_import(document, policy=make_policy(slug="privacy"))
    pdfs.get_or_make(as_others_ask(version), at=NOW)
    (page,) = printed
    # What would leave the machine, or read it, if the printer let it. No policy can hold any of it.
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    page["html"] = page["html"].replace(
        "</main>",
        f'<img src="{address}a.png" alt="a"><img src="file://{__file__}" alt="b">'
        f'<link rel="stylesheet" href="{address}a.css"><object data="{address}"></object>'
        f'<a rel="attachment" href="file://{__file__}">c</a></main>',
    )
    page["css"] += f"@import '{address}b.css'; p {{ background: url({address}c.png) }}"

    printer = pdfs.WeasyPrinter()
    content = printer.print_page(page)

    assert content == printer.print_page(page)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert str(root.Lang) == "en"
        assert str(pdf.docinfo.Title) == "Privacy Policy, version 1"
        assert str(pdf.docinfo.CreationDate).startswith("D:20260502120000")
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= set(
            structure(pdf)
        )
        attached = pdf.attachments["privacy-1.md"].get_file().read_bytes()
        assert len(pdf.attachments) == 1
        assert attached == documents.serialize(document).encode()
        assert hashlib.sha256(attached).hexdigest() == version.digest

    with pytest.raises(BlockingIOError):
        listener.accept()


SHORT = "Write to us."
ENDS = {
    "paragraphs": lambda lines: "\n\n".join([SHORT] * lines),
    "a list": lambda lines: "\n".join([f"- {SHORT}"] * lines),
    "a table": lambda lines: "| a | b |\n|---|---|\n" + "\n".join(["| 1 | 2 |"] * lines),
}


# Around the length at which the last line no longer fits on the first page.
@pytest.mark.slow
@pytest.mark.pdf
@pytest.mark.parametrize(
    ("kind", "lengths"), [("paragraphs", (28, 31)), ("a list", (37, 40)), ("a table", (31, 34))]
)
def test_no_pdf_ends_on_a_page_that_has_one_line(printed, kind, lengths):
    pdfs.get_or_make(as_others_ask(make_version()), at=NOW)
    (page,) = printed
    before, after = page["html"].partition("<header>")[0], page["html"].partition("</main>")[2]
    printer, ends = pdfs.WeasyPrinter(), []

    for length in range(*lengths):
        text = rendering.render(ENDS[kind](length)).html
        page["html"] = f"{before}<main>{text}</main>{after}"
        ends.append(lines_of_pages(printer.print_page(page)))

    assert {len(it) for it in ends} == {1, 2}
    assert all(len(it) == 1 or it[-1] >= 4 for it in ends)  # the foot's second line is one


def test_a_page_to_print_says_all_that_never_changes_and_nothing_that_does(printed):
    version = make_version(policy=make_policy(slug="privacy"), effective_at=NOW + timedelta(days=9))

    pdfs.get_or_make(as_others_ask(version), at=NOW)

    html = printed[0]["html"]
    for said in (
        version.digest,
        f"{ORIGIN}/privacy/versions/1/",
        "<td><bdi>May 2, 2026</bdi></td>",
        "<td><bdi>May 11, 2026</bdi></td>",
    ):
        assert said in html
    for never in ("not in force yet", "in force since", "no longer in force"):
        assert never not in html


def test_a_page_to_print_has_the_logo_inside_in_place_of_the_name(printed, settings):
    version = make_version(policy=make_policy(slug="privacy"))
    settings.BRAND = {**settings.BRAND, "logo_data": "data:image/svg+xml;base64,AAAA"}

    pdfs.get_or_make(as_others_ask(version), at=NOW)

    (image,) = BeautifulSoup(printed[0]["html"], "html.parser").select(".organisation > *")
    assert image.attrs == {"src": "data:image/svg+xml;base64,AAAA", "alt": "Softphonez"}


@pytest.mark.usefixtures("four_catalogs")
def test_words_of_the_interface_say_in_which_language_they_are(printed):
    """There is no catalog of Italian here, and Persian runs the other way than English."""
    for language, direction in (("it", "ltr"), ("fa", "rtl")):
        version = make_version(policy=make_policy(slug="privacy", language=language))
        pdfs.get_or_make(as_others_ask(version), at=NOW)

        page = BeautifulSoup(printed[-1]["html"], "html.parser")
        for selector, its in {
            "html": (language, direction),
            "body": ("en", "ltr"),
            "h1": (language, direction),
            "nav": (language, direction),
            "nav h2": ("en", "ltr"),
            "main": (language, direction),
        }.items():
            (part,) = page.select(selector)
            assert (part["lang"], part["dir"]) == its, selector


# --- Made once, kept, proved -------------------------------------------------------------------


def test_a_version_is_printed_once_for_each_address_of_the_site(printed, settings):
    version = as_others_ask(make_version())

    first = pdfs.get_or_make(version, at=NOW)

    assert pdfs.get_or_make(version, at=NOW + timedelta(days=900)) == first
    assert len(printed) == 1
    settings.SITE_URL = "https://other.example.com"
    assert pdfs.get_or_make(version, at=NOW) != first
    assert len(printed) == 2


@pytest.mark.parametrize("forged", [{"content": b"%PDF forged"}, {"seal": "0" * 64}])
def test_what_was_not_signed_here_is_printed_again(printed, forged):
    version = as_others_ask(make_version())
    first = pdfs.get_or_make(version, at=NOW)
    KeptFile.objects.update(**forged)

    assert pdfs.get_or_make(version, at=NOW + timedelta(hours=1)) == first
    assert pdfs.get_or_make(version, at=NOW + timedelta(hours=1)) == first
    assert len(printed) == 2


def test_after_a_renaming_it_is_printed_again_at_once(printed):
    version = as_others_ask(make_version())
    pdfs.get_or_make(version, at=NOW)
    workflow.rename_policy(
        version.policy_id, by=make_user(is_superuser=True), at=NOW, slug="elsewhere"
    )

    pdfs.get_or_make(as_others_ask(version), at=NOW + timedelta(seconds=1))

    assert len(printed) == 2


def test_a_pdf_of_one_version_does_not_pass_for_another(printed):
    policy = make_policy()
    old = as_others_ask(make_version(policy=policy))
    new = as_others_ask(make_version(policy=policy, at=NOW + timedelta(days=1)))
    pdfs.get_or_make(old, at=NOW)
    right = pdfs.get_or_make(new, at=NOW)
    kept = KeptFile.objects.get(revision=old)
    KeptFile.objects.filter(revision=new).update(content=kept.content, seal=kept.seal)

    assert pdfs.get_or_make(new, at=NOW + timedelta(hours=1)) == right


def test_the_oldest_go_when_there_are_too_many(printed, monkeypatch):
    monkeypatch.setattr(kept_files, "MAX_KEPT", 1)
    first, second = as_others_ask(make_version()), as_others_ask(make_version())

    pdfs.get_or_make(first, at=NOW)
    pdfs.get_or_make(second, at=NOW)

    assert KeptFile.objects.get().revision_id == second.pk


def test_rerender_forgets_what_was_printed(printed):
    pdfs.get_or_make(as_others_ask(make_version()), at=NOW)

    call_command("rerender")

    assert not KeptFile.objects.exists()


def test_a_pdf_that_the_database_does_not_keep_is_still_served(printed):
    version = as_others_ask(make_version())

    with database_refuses("DELETE"), database_refuses('UPDATE "policies_keptpdf" SET "content" = '):
        assert pdfs.get_or_make(version, at=NOW).startswith(b"%PDF")


def test_a_database_that_accepts_no_row_sends_readers_away_for_a_minute(printed):
    version = as_others_ask(make_version())

    with database_refuses('INSERT INTO "policies_keptpdf"'), pytest.raises(pdfs.NotYet) as refusal:
        pdfs.get_or_make(version, at=NOW)
    assert refusal.value.seconds == 60
    assert printed == []


# --- Not too many at once -----------------------------------------------------------------------


def test_a_process_prints_one_at_a_time_and_refuses_the_others_at_once(monkeypatch):
    one, other = as_others_ask(make_version()), as_others_ask(make_version())

    class InterruptedPrinter(PaperlessPrinter):
        def print_page(self, page):
            with pytest.raises(pdfs.NotYet):
                pdfs.get_or_make(other, at=NOW)
            return b"%PDF"

    monkeypatch.setattr(pdfs, "PRINTER", InterruptedPrinter())

    assert pdfs.get_or_make(one, at=NOW) == b"%PDF"
    assert not KeptFile.objects.filter(revision=other).exists()


def test_what_another_process_has_started_is_left_to_it_for_a_while(printed):
    version = as_others_ask(make_version())
    KeptFile.objects.create(revision=version, origin=ORIGIN, begun_at=NOW)

    with pytest.raises(pdfs.NotYet):
        pdfs.get_or_make(version, at=NOW + timedelta(seconds=30))
    assert printed == []

    assert pdfs.get_or_make(version, at=NOW + timedelta(hours=1)).startswith(b"%PDF")


def test_what_was_started_while_the_clock_was_ahead_is_printed_once_it_is_right(printed):
    version = as_others_ask(make_version())
    ahead = NOW + timedelta(days=365)
    KeptFile.objects.create(revision=version, origin=ORIGIN, begun_at=ahead, has_failed=True)

    assert pdfs.get_or_make(version, at=NOW).startswith(b"%PDF")


def test_what_could_not_be_printed_is_not_tried_again_at_once(monkeypatch, printed):
    version = as_others_ask(make_version())
    broken = BrokenPrinter()

    with monkeypatch.context() as patch:
        patch.setattr(pdfs, "PRINTER", broken)
        for _ in range(2):
            with pytest.raises(pdfs.CanNotBeMade):
                pdfs.get_or_make(version, at=NOW)
    assert len(broken.pages) == 1

    assert pdfs.get_or_make(version, at=NOW + timedelta(hours=1)).startswith(b"%PDF")
    assert not KeptFile.objects.get().has_failed


class CrashingPrinter(PaperlessPrinter):
    """Ends as a process of Python does that lacks a package."""

    def print_page(self, page):
        said = (
            b"Traceback (most recent call last):\n  File ...\nModuleNotFoundError: No weasyprint\n"
        )
        raise subprocess.CalledProcessError(1, "printer", stderr=said)


def test_the_log_has_the_reason_why_a_pdf_could_not_be_made(monkeypatch, client, caplog):
    make_version(policy=make_policy(slug="privacy"))
    monkeypatch.setattr(pdfs, "PRINTER", CrashingPrinter())

    client.get("/privacy/versions/1.pdf")

    (said,) = (it.getMessage() for it in caplog.records if it.name == "policies.public.pdfs")
    assert said.endswith(" could not be made into a PDF: ModuleNotFoundError: No weasyprint")


def test_readers_see_that_a_pdf_could_not_be_made_and_do_not_wait_for_it(monkeypatch, client):
    make_version(policy=make_policy(slug="privacy"))
    monkeypatch.setattr(pdfs, "PRINTER", BrokenPrinter())

    for _ in range(2):
        answer = client.get("/privacy/versions/1.pdf")
        page = answer.content.decode()
        assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
        assert int(answer["Retry-After"]) > 60
        assert "The PDF could not be made" in page
        assert "http-equiv" not in page


def test_a_made_up_port_prints_nothing_again(printed, client):
    make_version(policy=make_policy(slug="privacy"))

    for port in ("", ":1", ":2"):
        answer = client.get("/privacy/versions/1.pdf", headers={"host": f"testserver{port}"})
        assert answer.status_code == 200

    assert len(printed) == 1
    assert KeptFile.objects.get().origin == "http://testserver"


def test_a_made_up_name_before_the_sites_own_prints_nothing_again(printed, client, settings):
    settings.ALLOWED_HOSTS = [".example.com"]
    settings.SITE_URL = "http://policies.example.com"
    make_version(policy=make_policy(slug="privacy"))

    for name in ("a", "b", "c.d"):
        answer = client.get("/privacy/versions/1.pdf", headers={"host": f"{name}.example.com"})
        assert answer.status_code == 200

    assert len(printed) == 1
    assert KeptFile.objects.get().origin == settings.SITE_URL
