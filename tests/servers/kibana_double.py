"""A server on loopback that answers an import as Kibana does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar


class Kibana(BaseHTTPRequestHandler):
    """Answers an import as Kibana does: by what the file and the key are."""

    asked: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, dict(self.headers), body))
        status, said = 200, {"success": True, "successCount": body.count(b'"coreMigrationVersion"')}
        if self.headers.get("Authorization") != "ApiKey good":
            status, said = 401, {"message": "unable to authenticate"}
        elif self.headers.get("kbn-xsrf") is None:
            status, said = 400, {"message": "Request must contain a kbn-xsrf header."}
        elif "broken" in self.path:
            error = {"type": "search", "id": "x", "error": {"type": "unsupported_type"}}
            said = {"success": False, "errors": [error]}
        answer = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def started() -> Iterator[str]:
    """The address of a running one; `Kibana.asked` begins empty."""
    Kibana.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Kibana)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
