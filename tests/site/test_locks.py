"""The lock files agree with pyproject.toml, on every Python. Checked without the network."""

import ast
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = [
    *RUNTIME,
    *PROJECT["optional-dependencies"]["pdf"],
    *PROJECT["optional-dependencies"]["test"],
    *PROJECT["optional-dependencies"]["check"],
]
LOCKS = [("requirements.txt", RUNTIME), ("tests/requirements.txt", DEVELOPMENT)]


def pins(lock):
    """Return the version of each package that the lock pins, by canonical name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version
        for name, version in re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", text, re.MULTILINE
        )
    }


def extras(lock):
    """Return the extras that the lock pins with each package, by canonical name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = map(Requirement, re.findall(r"^[A-Za-z0-9][^\s;]*==[^\s;]+", text, re.MULTILINE))
    return {canonicalize_name(it.name): it.extras for it in entries}


def asked_for_by_the_project(lock):
    """Return the packages that, says the lock, pyproject.toml itself asks for."""
    found, package = set(), ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            package = canonicalize_name(re.split(r"==|\[", line)[0])
        elif "softphonez-policies (pyproject.toml)" in line:
            found.add(package)
    return found


@pytest.mark.parametrize(("lock", "ranges"), LOCKS)
def test_a_lock_pins_every_dependency_within_its_range(lock, ranges):
    pinned = pins(lock)
    for requirement in map(Requirement, ranges):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {lock}: run make lock"
        assert version in requirement.specifier, f"{lock} pins {requirement.name} {version}"


@pytest.mark.parametrize(("lock", "ranges"), LOCKS)
def test_a_lock_holds_nothing_that_the_project_no_longer_asks_for(lock, ranges):
    wanted = {canonicalize_name(Requirement(line).name) for line in ranges}
    assert asked_for_by_the_project(lock) == wanted


def test_the_development_lock_contains_the_runtime_lock():
    assert pins("requirements.txt").items() <= pins("tests/requirements.txt").items()


@pytest.mark.parametrize(("lock", "ranges"), LOCKS)
def test_a_lock_names_a_hash_for_every_package_and_no_place_to_get_it(lock, ranges):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|file:|--index|--find-links|--extra-index|/\w+/\w+/", text)


@pytest.mark.parametrize(("lock", "ranges"), LOCKS)
def test_an_extra_that_somebody_asks_for_is_pinned_with_its_package(lock, ranges):
    """Otherwise pip wants the newest release for it, and there is a new one every day."""
    pinned = extras(lock)
    asked = [Requirement(line) for line in ranges]
    for name in pinned:
        try:
            asked += map(Requirement, metadata.requires(name) or ())
        except metadata.PackageNotFoundError:
            continue  # for another system
    for requirement in asked:
        name = canonicalize_name(requirement.name)
        is_for_us = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if name in pinned and is_for_us:
            assert requirement.extras <= pinned[name], f"{requirement} in {lock}"


def test_the_lock_for_scripts_pins_what_package_json_names_and_no_place_to_get_it():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own = lock.pop("")

    assert own["devDependencies"] == wanted
    for name, version in wanted.items():
        assert lock[f"node_modules/{name}"]["version"] == version, "an exact version, no range"
    assert [name for name, package in lock.items() if "integrity" not in package] == []
    assert [name for name, package in lock.items() if "resolved" in package] == []


def test_the_runtime_lock_stays_with_the_long_term_support_release():
    assert pins("requirements.txt")["django"].startswith("5.2.")


def test_every_dependency_is_documented_with_a_reason():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| ([\w-]+) \| \w", page, re.MULTILINE)
    wanted = {Requirement(line).name for line in DEVELOPMENT}
    assert sorted(set(documented) - {"Package"}) == sorted(wanted)


def test_the_page_of_addresses_names_the_package_that_it_needs():
    (wanted,) = PROJECT["optional-dependencies"]["pdf"]

    page = (ROOT / "docs" / "addresses.md").read_text(encoding="utf-8")
    assert f"pip install '{wanted}'" in page


def test_the_site_imports_only_what_its_own_lock_installs():
    """The tests' environment has more: a site must start without it."""
    # The extra, used where it is there; and zstd, which only Python 3.14 has of itself.
    zstd = "compression" if sys.version_info < (3, 14) else "backports"
    optional = {"weasyprint", zstd}
    packages = metadata.packages_distributions()
    installed = set(pins("requirements.txt"))
    missing = []
    for path in [*(ROOT / "policies").rglob("*.py"), *(ROOT / "softphonez_site").rglob("*.py")]:
        for name in sorted(_imported(ast.parse(path.read_text(encoding="utf-8")))):
            is_ours = name in {"policies", "softphonez_site"} or name in sys.stdlib_module_names
            if is_ours or name in optional:
                continue
            if not {canonicalize_name(it) for it in packages.get(name, [])} & installed:
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert missing == []


def _imported(tree):
    """Return the top names that a module imports, but for those that only the type checker sees."""
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {it.name.partition(".")[0] for it in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        else:
            found |= _imported(node)
    return found


# Packages of which we use names that are not documented: the release with which all tests were run,
# the only module that uses them, and how they are known. After a new release, run the tests with
# it, then name it here, and the one after it in pyproject.toml.
PRIVATE = [
    ("beautifulsoup4", "4.15", "policies/text/importing/html/tree.py", r"_html5lib"),
    ("gunicorn", "27", "softphonez_site/gunicorn_conf.py", r"\.(LISTENERS|WORKERS|sockets)\b"),
    ("psycopg", "3.3", "softphonez_site/postgresql/base.py", r"connection\.wait\b"),
]


@pytest.mark.parametrize(("package", "release", "module", "names"), PRIVATE)
def test_where_private_names_of_a_package_are_used_its_release_was_tried(
    package, release, module, names
):
    (allowed,) = (
        wanted.specifier for wanted in map(Requirement, RUNTIME) if wanted.name == package
    )
    *before, last = release.split(".")
    following = ".".join([*before, str(int(last) + 1)])
    code = [*ROOT.glob("policies/**/*.py"), *ROOT.glob("softphonez_site/**/*.py")]
    users = [str(file.relative_to(ROOT)) for file in code if re.search(names, file.read_text())]

    assert metadata.version(package).startswith(f"{release}.")
    assert allowed.contains(f"{release}.99")
    assert not allowed.contains(following)
    assert users == [module]
