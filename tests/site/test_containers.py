"""Containerfile and compose.yaml name what there is. CI runs the image (.ci/image.py)."""

import json
import re

import yaml
from django.core.management import get_commands

from softphonez_site.variables import VARIABLES
from tests.site.guide import ROOT

IMAGE = (ROOT / "Containerfile").read_text(encoding="utf-8")
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "policies"}


def test_the_variables_that_containers_set_are_the_sites():
    known = {variable.name for variable in VARIABLES} | {"PATH", "DATABASE_URL_FILE"}
    in_image = set(re.findall(r"^ENV (\w+)=", IMAGE, re.MULTILINE))

    assert in_image
    assert in_image <= known
    for service in OURS.values():
        assert set(service["environment"]) <= known


def test_each_service_runs_without_rights_and_writes_only_to_its_volume():
    assert set(OURS) == {"migrate", "site", "readers"}
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        for volume in service.get("volumes", []):
            source, target = volume.removesuffix(":ro").rsplit(":", 1)
            is_read_only = volume.endswith(":ro") and source == "${CONTENT:-./content}"
            assert is_read_only or target in re.findall(r"^VOLUME (.+)", IMAGE, re.MULTILINE)


def test_only_what_migrates_has_the_address_of_the_owner():
    for name, service in OURS.items():
        account = "policies_owner" if name == "migrate" else "policies"
        assert service["secrets"] == [account]
        assert service["environment"]["DATABASE_URL_FILE"] == f"/run/secrets/{account}"


def test_a_container_is_asked_the_same_whether_the_image_has_its_health_check_or_not():
    (check,) = re.findall(r"^HEALTHCHECK .* CMD \\\n\s+(.+)", IMAGE, re.MULTILINE)

    for name in ("site", "readers"):
        assert OURS[name]["healthcheck"]["test"] == ["CMD", *json.loads(check)]


def test_services_publish_their_ports_to_this_machine_only_and_run_commands_that_exist():
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert OURS["migrate"]["command"].split()[2] in get_commands()


def test_nothing_that_a_clone_makes_for_itself_gets_into_the_image():
    """Such as .env or var/: what is copied is named, and is in the repository."""
    lines = re.findall(r"^COPY (.+) \S+$", IMAGE, re.MULTILINE)
    copied = [source for line in lines for source in line.split()]
    ignored = {it.strip("/") for it in (ROOT / ".gitignore").read_text("utf-8").splitlines()}

    assert {"policies", "templates", "static"} <= {*copied}
    for source in copied:
        assert (ROOT / source).exists()
        assert source.strip("./") not in {"", *ignored}
