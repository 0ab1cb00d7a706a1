"""What stands beside the program for those who run it: containers, the systemd unit and the page about them."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from cli.app import COMMANDS
from config.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
PROGRAMS = {"curl", "grep", "kill", "cat", "pg_isready"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(text("compose.yaml")))


def test_the_services_are_whole(compose: dict[str, Any]) -> None:
    assert set(compose) == {"name", "services", "volumes"}
    services = compose["services"]
    assert {"policywatch", "postgres", "elasticsearch", "kibana"} <= set(services)
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            lasting = how["condition"] == "service_healthy"
            assert lasting == ("healthcheck" in services[other]), (name, other)
            assert lasting or how["condition"] == "service_completed_successfully"
        once = "healthcheck" not in service
        assert once == ("restart" not in service), name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} listens to everybody"
    versions = {service["image"].partition(":")[2] for name, service in services.items() if "elastic" in name}
    assert versions == {services["kibana"]["image"].partition(":")[2]} and versions.pop().startswith("8.19.")
    client = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    assert any(re.fullmatch(r"elasticsearch>=8\.19,<9", one) for one in client)


def test_every_volume_is_named_mounted_once_and_absolute(compose: dict[str, Any]) -> None:
    mounted: list[str] = []
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source, _, target = volume.partition(":")
            assert target.startswith("/")
            mounted.append(source)
    assert sorted(mounted) == sorted(compose["volumes"])
    own = dict(volume.split(":") for volume in compose["services"]["policywatch"]["volumes"])
    places = dict(re.findall(r"(POLICYWATCH_\w+)=(\S+)", text("Dockerfile")))
    assert {own["data"], own["config"]} == {places["POLICYWATCH_DATA"], places["POLICYWATCH_CONFIG"]}
    assert set(re.findall(r'"(/[^"]+)"', text("Dockerfile").split("VOLUME")[1].splitlines()[0])) == set(own.values())


def test_every_variable_is_a_setting_and_every_secret_comes_from_outside(compose: dict[str, Any]) -> None:
    given = compose["services"]["policywatch"]["environment"]
    assert set(given) <= SETTINGS
    filled = {name: re.sub(r"\$\{\w+:\?[^}]*\}", "sample", str(value)) for name, value in given.items()}
    made = Settings(**{name.removeprefix(PREFIX).lower(): value for name, value in filled.items()})
    hosts = set(compose["services"])
    for url in (made.database_url, made.elasticsearch_url):
        assert urlsplit(url).hostname in hosts and urlsplit(url).password == "sample", url
    asked = set(re.findall(r"\$\{(\w+)", text("compose.yaml")))
    listed = re.search(r"```sh\n((?:\w+=.*\n)+)```\n\n```sh\ndocker compose up", text("docs/operate.md"))
    assert listed and asked == set(re.findall(r"^(\w+)=", listed[1], re.M))
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r":[^/$@]+@", re.sub(r"\$\{[^}]*\}", "$", str(value))), f"{name} holds a password"
            assert "PASSWORD" not in name or str(value).startswith("${"), f"{name} is written down"


def test_every_health_check_is_a_command_that_its_image_has(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        check = service.get("healthcheck")
        if check:
            kind, command = check["test"]
            assert kind == "CMD-SHELL" and set(re.findall(r"(?:^|\$\(|\| )([a-z_]+)", command)) <= PROGRAMS, name
            done = subprocess.run(["sh", "-n", "-c", command.replace("$$", "$")], capture_output=True, text=True)
            assert done.returncode == 0, (name, done.stderr)
    from scheduler.service import LOCK

    assert f"/data/{LOCK}.pid" in compose["services"]["policywatch"]["healthcheck"]["test"][1]


def test_the_users_script_is_one_that_a_shell_takes_and_gives_the_product_its_own_indices_only(
    compose: dict[str, Any],
) -> None:
    service = compose["services"]["users"]
    assert service["entrypoint"] == ["/bin/bash", "-ec"] and len(service["command"]) == 1
    script = service["command"][0].replace("$$", "$")
    done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\$([A-Z]\w+)", script)) == set(service["environment"])
    role = json.loads(re.search(r"role/policywatch '(\{.+?\})'", script, re.S)[1])  # type: ignore[index]
    assert [one["names"] for one in role["indices"]] == [["policywatch-*"]]
    asked = pytest.importorskip("search.elastic.role").key_request(
        pytest.importorskip("search.elastic.connection").Names("policywatch")
    )
    assert role == asked["role_descriptors"]["policywatch"]


def test_the_image_is_made_of_what_is_there() -> None:
    lines = text("Dockerfile").splitlines()
    sent = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    project = tomllib.loads(text("pyproject.toml"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]) <= sent
    assert {project["project"]["readme"], *project["project"]["license-files"], "constraints.txt"} <= sent
    assert all((ROOT / name).exists() for name in sent - {"web"})
    copied = [line.split()[1:] for line in lines if line.startswith("COPY")]
    assert [one[:-1] for one in copied] == [["."], ["--from=build", "/wheels"]]
    assert any("[postgres]" in line and "constraints.txt" in line for line in lines)
    entry = re.search(r'^ENTRYPOINT \["(.+)"\]\nCMD \["(.+)"\]', text("Dockerfile"), re.M)
    assert entry and entry[1] in project["project"]["scripts"]
    assert entry[2] in {command.__name__ for command in COMMANDS}
    assert lines[-3].split() == ["STOPSIGNAL", "SIGTERM"] and any(line.startswith("USER ") for line in lines)


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = text("config/policywatch.service")
    assert {name for name, _ in re.findall(r"^Environment=(\w+)=(\S+)", unit, re.M)} <= SETTINGS
    command = re.search(r"^ExecStart=/opt/policywatch/bin/policywatch (\w+)$", unit, re.M)
    assert command and command[1] in {one.__name__ for one in COMMANDS}
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    copy = tmp_path / "policywatch.service"
    copy.write_text(unit.replace("/opt/policywatch/bin/policywatch run", "/bin/true"), encoding="utf-8")
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_names_commands_and_files_that_are_there() -> None:
    page = text("docs/operate.md")
    named = set(re.findall(r"`(?:[\w/.]*/)?policywatch ([a-z]+)", page)) | set(
        re.findall(r"^(?:.*/)?policywatch ([a-z]+)", page, re.M)
    )
    known = {command.__name__ for command in COMMANDS} | {"sources", "alerts"}
    named -= {"policywatch"}  # the container of that name
    assert named and named <= known, named - known
    assert set(re.findall(r"(POLICYWATCH_\w+)", page)) <= SETTINGS
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page):
        assert (ROOT / "docs" / link).exists(), link
