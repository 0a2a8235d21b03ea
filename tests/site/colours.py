"""The public pages' colours, read from site.css: who changes the look changes no test."""

import re

from django.conf import settings


def ink_and_paper(scheme):
    css = (settings.BASE_DIR / "static/policies/site.css").read_text(encoding="utf-8")
    light, _, dark = css.partition("(prefers-color-scheme: dark)")
    return [_computed({"light": light, "dark": dark}[scheme], name) for name in ("ink", "paper")]


def _computed(css, name):
    found = re.search(rf"--{name}: #(\w{{6}}|\w{{3}});", css)
    assert found, f"site.css: write --{name} as #rrggbb or #rgb."
    digits = found[1] if len(found[1]) == 6 else "".join(2 * it for it in found[1])
    return f"rgb({', '.join(str(value) for value in bytes.fromhex(digits))})"
