"""The public pages' words, in the languages that the site speaks: `make messages`.

Finds every message in the public templates and modules, brings locale/<language>/ into line with
them and compiles it. Needs no gettext: templates are read by Django's own parser, Python by ast,
catalogs by polib. The desk is English: its templates have no messages.

The .mo files are kept in Git, so that a clone needs neither this nor gettext to run.
"""

import ast
import functools
import gettext
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import django
import polib

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

Key = tuple[str | None, str, str]


@dataclass
class Message:
    """A message in the sources: its context (or None), its English, where it is."""

    context: str | None
    singular: str
    plural: str = ""
    places: set[str] = field(default_factory=set)

    @property
    def key(self):
        return (self.context, self.singular, self.plural)


def catalog_path(language):
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def public_templates():
    return sorted((ROOT / "templates").rglob("*.html"))


def public_modules():
    return sorted((ROOT / "policies").rglob("*.py"))


@functools.cache
def extract():
    """Return every message of the public pages, in the order of the files."""
    found = {}
    for path, read in [
        *((path, of_template) for path in public_templates()),
        *((path, of_module) for path in public_modules()),
    ]:
        for message in read(path):
            known = found.setdefault(message.key, message)
            known.places.add(path.relative_to(ROOT).as_posix())
    return found


def of_template(path):
    """Yield the messages of a template, as Django's parser understands it."""
    from django.template import TemplateSyntaxError, engines

    source = path.read_text(encoding="utf-8")
    try:
        template = engines["django"].from_string(source).template
    except TemplateSyntaxError as error:
        raise SystemExit(f"{path}: {error}") from error
    yield from _in(template.nodelist)


def _in(part):
    """Yield the messages in a node, an expression or a list of them."""
    from django.template.base import FilterExpression, Node
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode
    from django.utils.functional import Promise

    if isinstance(part, BlockTranslateNode):
        yield _of_block(part)
    elif isinstance(part, TranslateNode):
        yield _of_words(part)
    elif isinstance(part, Promise):  # _("…") in an expression
        yield Message(None, part._args[0])
    elif isinstance(part, FilterExpression):
        yield from _in(part.var)
        yield from _in([argument for _, arguments in part.filters for _, argument in arguments])
    elif isinstance(part, dict):
        yield from _in(list(part.values()))
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from _in(inner)
    elif isinstance(part, Node):
        # An included template is a file of its own, and Django keeps what a node came from.
        skipped = {"origin", "token", "parent_name", "include_template"}
        yield from _in([value for name, value in vars(part).items() if name not in skipped])


def _of_words(node):
    context = node.message_context.var if node.message_context else None
    words = str(node.filter_expression.var.literal)
    return Message(context and str(context), words.replace("%", "%%"))


def _of_block(node):
    from django.utils.translation import trim_whitespace

    def text(tokens):
        written, _ = node.render_token_list(tokens)
        return trim_whitespace(written) if node.trimmed else written

    context = node.message_context.var if node.message_context else None
    plural = text(node.plural) if node.plural else ""
    return Message(context and str(context), text(node.singular), plural)


# How a function's arguments are to be read: context, singular, plural.
# By their own names: an alias such as _ is not seen (tests/site/test_messages.py refuses one).
_CALLS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}


def of_module(path):
    """Yield the messages of a Python module: calls of gettext and its kin with literal words."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(getattr(node, "func", None), "id", "")
        if name not in _CALLS:
            continue
        words = [getattr(argument, "value", None) for argument in node.args]
        context, singular, plural = (None if at is None else words[at] for at in _CALLS[name])
        yield Message(context, singular, plural or "")


# --- Catalogs ------------------------------------------------------------------------------------


def read(language):
    path = catalog_path(language)
    return polib.pofile(str(path), wrapwidth=96) if path.exists() else polib.POFile(wrapwidth=96)


def plural_forms(language):
    """Return the rule of a language's plural forms: the catalog's; a new one gets Django's."""
    rule = read(language).metadata.get("Plural-Forms")
    if rule is None:
        path = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES"
        if not language.isalpha() or not (path / "django.mo").exists():
            raise SystemExit(
                f"locale/{language}: name the folder by a language that Django has, without its "
                "country or script: pt, not pt_BR."
            )
        rule = polib.mofile(str(path / "django.mo")).metadata["Plural-Forms"]
    return rule


def update(language, wanted):
    """Add what is new to a catalog, untranslated, and take out what is gone. Keeps the rest."""
    catalog = read(language)
    known = {(it.msgctxt, it.msgid, it.msgid_plural): it for it in catalog}
    catalog.clear()
    catalog.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "MIME-Version": "1.0",
        "Plural-Forms": plural_forms(language),
    }
    for message in sorted(wanted.values(), key=lambda it: (min(it.places), it.singular)):
        entry = known.get(message.key) or _new(language, message)
        entry.occurrences = [(place, "") for place in sorted(message.places)]
        is_format = PLACEHOLDER.search(message.singular + message.plural)
        entry.flags = ["python-format"] if is_format else []
        catalog.append(entry)
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(path))
    catalog.save_as_mofile(str(path.with_suffix(".mo")))


def _new(language, message):
    entry = polib.POEntry(
        msgctxt=message.context, msgid=message.singular, msgid_plural=message.plural
    )
    if message.plural:
        count = int(re.findall(r"nplurals=(\d)", plural_forms(language))[0])
        entry.msgstr_plural = dict.fromkeys(range(count), "")
    return entry


def problems(language, wanted):
    """Yield a sentence for each message that a catalog lacks, has for nothing, or has wrongly."""
    known = {(it.msgctxt, it.msgid, it.msgid_plural): it for it in read(language)}
    for key, message in wanted.items():
        entry = known.get(key)
        where = f"{language}: “{message.singular}” ({', '.join(sorted(message.places))})"
        forms = list(entry.msgstr_plural.values() or [entry.msgstr]) if entry else []
        if entry is None:
            yield f"{where} is missing. Run `make messages`, then translate it."
        elif {place for place, _ in entry.occurrences} != message.places:
            yield f"{where} is listed in another place. Run `make messages`."
        elif entry.fuzzy or not all(forms):
            yield f"{where} is not translated."
        else:
            yield from (f"{where}: {it}" for form in forms for it in _wrong(message, form))
    for key in known.keys() - wanted.keys():
        yield f"{language}: “{key[1]}” is on no page any more. Run `make messages`."


_TAG = re.compile(r"</?(?!bdi)[a-z][^>]*>")


def _wrong(message, form):
    """Yield what is wrong with a translation: its placeholders and tags are the original's.

    A plural form may leave the number out, as Arabic does for one and two.
    """
    wanted = set(PLACEHOLDER.findall(message.singular))
    found = set(PLACEHOLDER.findall(form))
    may_lack = {"n"} if message.plural else set()
    if not wanted - may_lack <= found <= wanted | may_lack:
        yield f"“{form}” has not the same placeholders."
    if sorted(_TAG.findall(form)) != sorted(_TAG.findall(message.singular)):
        yield f"“{form}” has not the same tags."
    if form.count("%") != len(PLACEHOLDER.findall(form)) + 2 * form.count("%%"):
        yield f"“{form}” has a % that is no placeholder."
    if (form[:1].isspace(), form[-1:].isspace()) != (
        message.singular[:1].isspace(),
        message.singular[-1:].isspace(),
    ):
        yield f"“{form}” has not the same white space around it."


def is_compiled(language):
    """Return whether the .mo says what the .po says; how it is written may differ."""
    path = catalog_path(language).with_suffix(".mo")
    if not path.exists():
        return False
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    said = {}
    for entry in read(language):
        name = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        if entry.msgid_plural:
            said |= {(name, number): form for number, form in entry.msgstr_plural.items()}
        else:
            said[name] = entry.msgstr
    return said == {key: form for key, form in compiled.items() if key}


def main():
    from policies.languages import CATALOGS

    wanted = extract()
    for language in CATALOGS:
        update(language, wanted)
    found = [it for language in CATALOGS for it in problems(language, wanted)]
    print(*found, f"{len(wanted)} messages, {len(found)} problems.", sep="\n")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
    django.setup()
    sys.exit(main())
