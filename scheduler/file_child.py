"""The process that reads one file: it gets the file on standard input and prints what it came to, within its limits."""

import json
import sys
from dataclasses import asdict

from pipelines.filetext.read import read_file
from pipelines.filetext.result import FileOutcome, FileText


def main() -> int:
    """Reads the order's line, then the file's bytes; prints one line of JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    _limit(order["memory_mb"], order["seconds"])
    body = sys.stdin.buffer.read()
    try:
        found = read_file(order["name"], body)
    except MemoryError:
        found = FileText(FileOutcome.TOO_COSTLY, reason=f"it takes more than {order['memory_mb']} MB to read")
    sys.stdout.write(json.dumps(asdict(found), ensure_ascii=True) + "\n")
    return 0


def _limit(megabytes: int, seconds: int) -> None:
    """Keeps this process from taking more memory or time than that; only where the system can."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
