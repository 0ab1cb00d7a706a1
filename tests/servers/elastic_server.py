"""A real Elasticsearch on loopback: started, killed, started again on the same data, and stopped by its process id."""

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from elastic_files import VERSION, NoServer, elastic_home

READY_SECONDS = 180
STOP_SECONDS = 60
NOBODY = 65534  # Elasticsearch refuses to run as root
IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"
USER = "tester"
# A server of some minutes: what the thorough compiler takes to make it quicker it never gets back.
QUICK = "-XX:TieredStopAtLevel=1"
SETTINGS = """\
cluster.name: policywatch-tests
node.name: policywatch-tests
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
path.repo: {folder}/snapshots
xpack.security.enabled: {secured}
cluster.routing.allocation.disk.threshold_enabled: false
action.auto_create_index: false
"""


@dataclass
class ElasticServer:
    """A server of our own in a folder; `password` is USER's.

    `settings` are more lines of elasticsearch.yml, `files` lie beside it; `quick` is for what lasts some minutes.
    """

    folder: Path
    heap: str = "512m"
    secured: bool = False
    quick: bool = True
    settings: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    pid: int = 0

    @property
    def url(self) -> str:
        """Its address, without user and password."""
        return f"http{'s' if 'http.ssl.enabled: true' in self.settings else ''}://127.0.0.1:{self.port}"

    def start(self) -> "ElasticServer":
        """Starts it and waits until it answers; the data of an earlier start is still there."""
        home = elastic_home()
        self.port = self.port or free_port()
        self._configure(home)
        run = self.folder / "run.pid"
        run.unlink(missing_ok=True)
        classes = f"{home}/lib/*:{home}/lib/cli-launcher/*"
        command = ["java", "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", QUICK, "-Dcli.name=server"]
        command += ["-Dcli.script=./bin/elasticsearch", "-Dcli.libs=lib/tools/server-cli", f"-Des.path.home={home}"]
        command += [f"-Des.path.conf={self.folder}/config", "-Des.distribution.type=tar", "-Des.java.type=ES_JAVA_HOME"]
        command += ["-cp", classes, "org.elasticsearch.launcher.CliToolLauncher", "-d", "-p", str(run)]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ES_TMPDIR": str(self.folder / "scratch"),
        }
        if "JAVA_HOME" in os.environ:
            environment["ES_JAVA_HOME"] = os.environ["JAVA_HOME"]
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            done = subprocess.run(
                command, cwd=home, env=environment, capture_output=True, text=True, timeout=READY_SECONDS, **other
            )
        except subprocess.TimeoutExpired:
            if run.is_file():
                end(int(run.read_text()), signal.SIGKILL)
            raise NoServer(f"Elasticsearch did not start in {READY_SECONDS} s") from None
        if done.returncode:
            raise NoServer(f"Elasticsearch did not start: {(done.stdout + done.stderr).strip()[:300]}")
        self.pid = int(run.read_text())
        self.wait()
        return self

    def wait(self) -> None:
        """Waits until it answers and its indices are there."""
        headers = {"Authorization": "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()}
        wait_for(self.url, headers if self.secured else {}, self.folder / "config/authority.pem")

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it in order."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Lets it keep its connections and answer nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, number: int) -> None:
        end(self.pid, number)
        self.pid = 0

    def _configure(self, home: Path) -> None:
        config = self.folder / "config"
        if not config.is_dir():
            shutil.copytree(home / "config", config)
            (config / "jvm.options.d").mkdir(exist_ok=True)
            for name in ("data", "logs", "snapshots", "scratch"):
                (self.folder / name).mkdir()
        values = {"port": self.port, "transport": free_port(), "folder": self.folder}
        lines = SETTINGS.format(**values, secured=str(self.secured).lower()) + self.settings
        (config / "elasticsearch.yml").write_text(lines)
        options = (f"-Xms{self.heap}", f"-Xmx{self.heap}", *([QUICK] if self.quick else []))
        (config / "jvm.options.d/heap.options").write_text("".join(f"{option}\n" for option in options))
        for name, data in self.files.items():
            (config / name).write_bytes(data)
        if self.secured:
            (config / "users").write_text(f"{USER}:{_hashed(self.password)}\n")
            (config / "users_roles").write_text(f"superuser:{USER}\n")
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)


def end(pid: int, number: int = signal.SIGTERM) -> None:
    """Sends a signal to a process and waits until it is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    until = time.monotonic() + STOP_SECONDS
    while alive(pid):
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, IndexError):
        return False


def wait_for(url: str, headers: dict[str, str] | None = None, authority: Path | None = None) -> None:
    """Polls a server until it is ready; raises NoServer when it is not in time."""
    import ssl

    trust = ssl.create_default_context(cafile=str(authority)) if authority and authority.is_file() else None
    until = time.monotonic() + READY_SECONDS
    while True:
        asked = f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s"
        request = urllib.request.Request(asked, None, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
                if not json.load(answer)["timed_out"]:
                    return
        except (OSError, ValueError) as error:
            if time.monotonic() > until:
                raise NoServer(f"Elasticsearch at {url} was not ready in {READY_SECONDS} s: {error}") from None
        time.sleep(0.2)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def docker_answers() -> bool:
    """Whether a Docker engine answers, not only its command."""
    if not shutil.which("docker"):
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def start_container(*, quick: bool = True) -> tuple[str, str]:
    """Starts the server's own image; returns its address and the container's id."""
    port = free_port()
    given = {"discovery.type": "single-node", "xpack.security.enabled": "false"}
    given |= {"action.auto_create_index": "false", "cluster.routing.allocation.disk.threshold_enabled": "false"}
    given |= {"ES_JAVA_OPTS": f"-Xms1g -Xmx1g {QUICK if quick else ''}".strip()}
    command = ["docker", "run", "--rm", "--detach", "--publish", f"127.0.0.1:{port}:9200"]
    command += [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
    done = subprocess.run([*command, IMAGE], capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise NoServer(f"Docker did not start {IMAGE}: {done.stderr.strip()[-200:]}")
    wait_for(f"http://127.0.0.1:{port}")
    return f"http://127.0.0.1:{port}", done.stdout.strip()


def stop_container(container: str) -> None:
    """Stops a container, which removes itself."""
    subprocess.run(["docker", "stop", container], capture_output=True, timeout=120)


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    return "{PBKDF2}10000$" + base64.b64encode(salt).decode() + "$" + base64.b64encode(made).decode()
