"""Prints a page: HTML in, PDF out. A program of its own, which imports nothing of ours.

    python -I html_to_pdf.py < page.json > page.pdf

It runs in a process of its own, because WeasyPrint takes more memory than the rest of the site
together, and a long text takes seconds. It opens no file and no connection, whatever the page asks
for. It makes the same bytes from the same page, as long as WeasyPrint and the machine's fonts are
the same.

The page is a JSON object of strings: `html` (with the document's metadata in its head), `css`,
`identifier`, `at` (ISO 8601, for the file's dates), and of the attached file `name`, `text` and
`description`.
"""

import io
import json
import os
import resource
import sys
from datetime import UTC, datetime

# Limits of processor time and memory: twice the time that 100,000 words take on a slow machine, and
# far more memory.
SECONDS = 120
BYTES = 3_000_000_000


def print_page(page: dict[str, str]) -> bytes:
    """Return a page as PDF/UA-1, with a file attached."""
    import weasyprint

    nothing = weasyprint.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=False)
    at = datetime.fromisoformat(page["at"]).astimezone(UTC)
    attachment = weasyprint.Attachment(
        file_obj=io.BytesIO(page["text"].encode()),
        url_fetcher=nothing,
        name=page["name"],
        description=page["description"],
        created=at,
        modified=at,
        relationship="Source",
    )
    document = weasyprint.HTML(string=page["html"], url_fetcher=nothing)
    made = document.write_pdf(
        stylesheets=[weasyprint.CSS(string=page["css"], url_fetcher=nothing)],
        attachments=[attachment],
        pdf_identifier=page["identifier"].encode(),
        pdf_variant="pdf/ua-1",
    )
    return bytes(made)


def main() -> None:
    """Print the page on standard input, at a lower priority than the site itself."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    sys.stdout.buffer.write(print_page(json.load(sys.stdin.buffer)))
    sys.stdout.buffer.flush()
    # Pango may still be reading fonts in a thread, which breaks when its library is taken down.
    os._exit(0)


if __name__ == "__main__":
    main()
