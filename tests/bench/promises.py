"""Writes the table of what was promised and reached, from the tables of the benchmarks."""

import re

# {a row's label}: what that row measured.
ROWS = (
    (
        "As fast as its server",
        "0.96 of a bare application",
        "{this site, ASGI : bare ASGI application, same headers, median of 7 starts}",
        "`make bench BENCH=servers`",
    ),
    (
        "Faster than what else there is",
        "4 × WhiteNoise, 14 × flatpages, 80 × Wagtail",
        "{this site, ASGI : WhiteNoise as middleware}, {this site, ASGI : Django flatpages}, "
        "{this site, ASGI : Wagtail}",
        "`make bench BENCH=servers`",
    ),
    (
        "Small",
        "first visit in one request, under 8,000 bytes, no script",
        "{first visit, brotli, with headers}",
        "`tests/site/test_pages_over_http.py`",
    ),
    (
        "Soon",
        "a publication is seen everywhere within 1 s",
        "{until every reader sees the new one, at most}",
        "`make bench BENCH=publication`",
    ),
    (
        *("Starts soon", "first page within 1.5 s", "{from process start to the first page}"),
        "`make bench BENCH=servers`",
    ),
    (
        "Always up",
        "no error while the database is away, hung, full or restarted",
        "none",
        "`tests/site/test_faults.py`",
    ),
    (
        "Never a mix",
        "each reader sees whole versions, in their order",
        "so",
        "`tests/site/test_load.py`, `make bench BENCH=load`",
    ),
    (
        "Bounded",
        "60 MB a worker with the seed, 200 MB with 10,000 pages",
        "{a worker's memory with the seed, resident} "
        "({memory of a worker after this load, resident} after the load above), "
        "{a worker's memory after 10,000 pages, resident}",
        '`make bench BENCH="servers memory"`',
    ),
    (
        "Provable",
        "`verify` finds every changed value of what was published",
        "every one tried",
        "`tests/policies/ledger/test_verification_changes.py`",
    ),
)
_TABLE = re.compile(r"(<!-- promises -->\n).*?(<!-- end promises -->)", re.DOTALL)


def renewed(page):
    """Return the page with its table of promises, if it has one, renewed from the figures in its
    other tables. Raises KeyError for a row that none of them has.
    """
    if not _TABLE.search(page):
        return page
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    measured = {line[0]: line[1] for line in lines if len(line) > 1}
    table = ["| Promise | Goal | Reached | Shown by |", "|---|---|---|---|"]
    for row in ROWS:
        filled = (re.sub(r"\{(.+?)\}", lambda found: measured[found[1]], cell) for cell in row)
        table.append(f"| {' | '.join(filled)} |")
    return _TABLE.sub(lambda found: f"{found[1]}" + "\n".join(table) + f"\n{found[2]}", page)
