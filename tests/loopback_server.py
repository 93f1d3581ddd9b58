"""A service on this machine for the clients' tests: what it answers is its subclass's ``handle``."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackServer:
    """Listens on a free port from the start until ``close``."""

    path = ""  # what follows the port in the address that a client is given

    def __init__(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                service.handle(self)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}{self.path}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
