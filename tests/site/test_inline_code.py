"""How inline code is found, and templates without what leads to it. For pages, see
test_permissions.py.
"""

import re

from django.conf import settings

from policies.public.inline_assets import csp_source
from tests.site.inline_code import code_in


def test_code_is_found_where_it_is():
    for hostile in (
        *("<script>1</script>", "<style>a{}</style>", "<p style='a:b'>", "<p onclick=a>"),
        *("<a href='java&#10;script:1'>", "<a href=' JAVASCRIPT:1'>", "<form action=data:x>"),
        *("<base href=x>", "<svg onload=1>", "<iframe srcdoc=x>", "<meta http-equiv=refresh>"),
    ):
        assert code_in(hostile.encode(), "") != [], hostile
    policy = f"style-src {csp_source('a{}')}"
    fine = "<style>a{}</style><script src=/a.js></script><a href=/x>a</a><a href='#a:b'>a</a>"
    assert code_in(fine.encode(), policy) == []


def test_a_comment_in_a_template_ends_on_its_line():
    """Otherwise Django shows it to readers."""
    found = [
        (str(file), line)
        for file in (settings.BASE_DIR / "templates").rglob("*.html")
        for line in file.read_text(encoding="utf-8").split("\n")
        if line.count("{#") != line.count("#}")
    ]

    assert found == []


def test_no_template_calls_a_text_safe():
    """HTML is marked as safe where it is made, with the reason why it is."""
    files = [*(settings.BASE_DIR / "templates").rglob("*.html")]
    found = [str(it) for it in files if re.search(r"\|\s*safe\b|autoescape", it.read_text("utf-8"))]

    assert files
    assert found == []
