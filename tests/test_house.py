"""The shape of the project: which room may import which, what may stand where, and what the README promises."""

import ast
import importlib.metadata
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ["config", "notices", "spiders", "pipelines", "search", "alerts", "scheduler", "web", "cli"]
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            names.add(f"relative import in line {node.lineno}")
    return names


def test_imports_point_only_up_the_list_of_rooms() -> None:
    wrong = []
    for path in FILES:
        here = path.relative_to(ROOT).parts[0]
        for there in imported(path) & set(ROOMS):
            sideways = {here, there} == {"spiders", "pipelines"}
            if ROOMS.index(there) > ROOMS.index(here) or sideways:
                wrong.append(f"{path.relative_to(ROOT)} imports {there}")
    assert not wrong


def test_every_import_inside_the_project_is_absolute() -> None:
    assert not [f"{path}: {name}" for path in FILES for name in imported(path) if name.startswith("relative")]


def test_one_broad_except_in_the_whole_project() -> None:
    broad = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if node.type is None or any(getattr(k, "id", "") in ("Exception", "BaseException") for k in kinds):
                    broad.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert len(broad) <= 1, broad


def test_no_file_is_longer_than_250_lines() -> None:
    assert not [f"{path}" for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 250]


def test_our_rooms_are_not_shadowed_by_another_distribution() -> None:
    owners = importlib.metadata.packages_distributions()
    assert not {room: owners[room] for room in ROOMS if set(owners.get(room, [])) - {"policywatch"}}


def test_no_machine_path_or_registry_host_stands_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    parts = ["py" + r"pi\.org", "python" + r"hosted\.org", r"/ro" + "ot/", r"/tmp/" + "w/", r"/wor" + "k/"]
    forbidden = re.compile("|".join(parts))
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 5_000_000:
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}: {match[0]}" for match in forbidden.finditer(text)]
    assert not found


def test_the_readme_lists_every_setting_as_the_program_does() -> None:
    from config.settings import Settings, rows

    assert not [name for name in os.environ if name in ("POLICYWATCH_DATA", "POLICYWATCH_CONFIG")]
    printed = {row.name: (row.default, row.help) for row in rows(Settings())}
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        listed = dict(re.findall(r"^\| `(POLICYWATCH_\w+)` \| (?:`([^`]*)`)? ?\|", text, re.M))
        assert listed == {name: default for name, (default, _) in printed.items()}, readme


def test_the_changelog_names_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version and f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
