"""Configuration with which a server sends the exported files as the site would.

For nginx two files, to be included in its `http` and in its `server` block; for static hosts
(Netlify, Cloudflare Pages) the files `_headers` and `_redirects`; for everything else a line of
JSON for each URL. All are made from the same entries, with the headers as the site sent them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from policies.operations.exporting.tree import ExportedUrl, ExportFailed

# The page for every address without a page.
NOT_FOUND = "/404.html"
PREFIX = "policies_export"


def nginx(entries: Iterable[ExportedUrl]) -> tuple[str, str]:
    """Return what goes into nginx's `http` block, and what into the `server` block beside `root`.

    There is a map for each header, keyed by the file or, for a redirect, by the URL; nginx looks
    keys up in a hash table, however many there are. The default of each map is the value for
    missing pages, which nginx so sends with its own answers as well; a map lists only keys with
    another value.
    """
    fields: dict[str, dict[str, str]] = defaultdict(dict)
    moves: dict[int, dict[str, str]] = defaultdict(dict)
    types: dict[str, str] = {}
    for entry in entries:
        key = f"/{entry.file}" if entry.file else entry.url
        for name, value in entry.headers.items():
            if name == "location":
                moves[entry.status][key] = value
            elif name == "content-type":
                types |= {key: value} if entry.file else {}
            else:
                fields[name][key] = value
    keys = set(types).union(*moves.values())
    maps, lines = [_ENCODED_SLASH], []
    for index, (name, values) in enumerate(sorted(fields.items()), start=1):
        variable = f"${PREFIX}_{index}"
        everywhere = values.get(NOT_FOUND, "")
        maps.append(_map(variable, {key: values.get(key, "") for key in keys}, everywhere))
        lines.append(f"add_header {name.title()} {variable} always;")
    for status, found in sorted(moves.items()):
        variable = f"${PREFIX}_moved_{status}"
        maps.append(_map(variable, found, ""))
        lines.append(f"if ({variable}) {{ return {status} {variable}; }}")
    longest = max(map(len, keys), default=0)
    bucket = 1 << max(6, (longest + 31).bit_length())  # a power of two
    sizes = f"map_hash_max_size {max(2048, 2 * len(keys))};\nmap_hash_bucket_size {bucket};\n"
    by_ending, others = _types(types)
    return _HTTP + sizes + "\n".join(maps), "\n".join([_SERVER, *lines, by_ending, *others, ""])


_HTTP = "# Written by export_site. Include it in the http block.\n"
# An encoded slash is no slash (RFC 3986, section 2.2), though nginx finds the same file.
_ENCODED_SLASH = """\
map "$uri $request_uri" $policies_encoded_slash {
  "~^/404\\.html " "";
  "~* [^?]*%2f" "1";
}
"""
_SERVER = """\
# Written by export_site. Include it in a server block whose `root` is the exported folder.
index index.html;
absolute_redirect off;
merge_slashes off;
charset off;
gzip off;
gzip_static on;
gzip_vary off;
error_page 403 =404 /404.html;
error_page 404 /404.html;
if ($policies_encoded_slash) { return 404; }
location ~ "//" { return 404; }
location ~ "(/index\\.html|\\.gz|\\.br)$" { internal; }
location ~ "^/(404\\.html|_headers|_redirects|\\.export(/.*)?)$" { internal; }"""


def _types(types: dict[str, str]) -> tuple[str, list[str]]:
    """Return the `types` block, by file ending, and a `location` for each file of another type."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for key, value in types.items():
        counted[PurePosixPath(key).suffix][value] += 1
    usual = {ending: found.most_common(1)[0][0] for ending, found in counted.items()}
    block = "\n".join(
        f"  {_quoted(value)} {ending[1:]};" for ending, value in sorted(usual.items()) if ending
    )
    others = []
    for key, value in sorted(types.items()):
        if value != usual[PurePosixPath(key).suffix] or not PurePosixPath(key).suffix:
            closed = "internal; " if key.endswith("/index.html") else ""
            default = f"types {{ }} default_type {_quoted(value)};"
            others.append(f"location = {_quoted(key)} {{ {closed}{default} }}")
    return f"types {{\n{block}\n}}", others


def _map(variable: str, values: dict[str, str], default: str) -> str:
    """Return an nginx `map` block from $uri to a variable."""
    listed = [
        f"  {_quoted(key)} {_quoted(value)};"
        for key, value in sorted(values.items())
        if value != default
    ]
    return "\n".join([f"map $uri {variable} {{", f"  default {_quoted(default)};", *listed, "}\n"])


def _quoted(text: str) -> str:
    if "$" in text or any(ord(sign) < 32 for sign in text):
        raise ExportFailed(f"nginx can't send a header that contains {text!r}.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- Static hosts ------------------------------------------------------------------------------


def headers_file(entries: Iterable[ExportedUrl]) -> str:
    """Return `_headers`: the headers that all files have in common, then the others by URL."""
    pages = [(entry.url, list(entry.headers.items())) for entry in entries if entry.file]
    common = (
        set(pages[0][1]).intersection(*(set(headers) for _, headers in pages)) if pages else set()
    )
    rules = [("/*", sorted(common))]
    for url, headers in pages:
        rules.append((url, [header for header in headers if header not in common]))
    lines = []
    for url, headers in rules:
        if headers:
            lines.append(f"{url}\n")
            lines += [f"  {name.title()}: {value}\n" for name, value in headers]
    return "".join(lines)


def redirects_file(entries: Iterable[ExportedUrl], moved: Iterable[tuple[str, str]]) -> str:
    """Return `_redirects`. moved: (former, present) addresses of policies, of which each gets one
    rule for all URLs below it.
    """
    below = dict(moved)
    single = [
        f"{entry.url} {entry.headers['location']} {entry.status}\n"
        for entry in entries
        if not entry.file and not entry.url.startswith(tuple(below))
    ]
    return "".join(single) + "".join(
        f"{former}* {present}:splat 301\n" for former, present in below.items()
    )


def listing(entries: Iterable[ExportedUrl]) -> str:
    """Return JSON Lines: one object for each URL."""
    lines = []
    for entry in entries:
        facts = {
            "url": entry.url,
            "status": entry.status,
            "headers": entry.headers,
            "file": entry.file or None,
            "encodings": [coding for coding in entry.sizes if coding != "identity"],
        }
        lines.append(f"{json.dumps(facts)}\n")
    return "".join(lines)
