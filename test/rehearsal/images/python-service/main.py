"""A service in another language, with Python's standard library alone.

GET /healthz   200
GET /greeting  one GET $USERS_URL/users?limit=1, then 200 {"greeting": "Hello Aoi"}, or 502 {"error": ...}

Every answer carries x-release. On SIGTERM requests in flight are finished; the exit code is 0.
"""

import json
import os
import signal
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CALL_LIMIT_SECONDS = 5
GREETING = os.environ.get("GREETING", "Hello")


class Handler(BaseHTTPRequestHandler):
    # Connections are kept, for longer than the 60 s after which a load balancer closes an idle one.
    protocol_version = "HTTP/1.1"
    timeout = 75

    def do_GET(self):
        self.server.begin()
        try:
            self.answer()
        finally:
            self.server.end()

    def answer(self):
        if self.path == "/healthz":
            return self.send(200, {"status": "ok"})
        if self.path != "/greeting":
            return self.send(404, {"error": "no such page; there are /greeting and /healthz"})
        try:
            self.send(200, {"greeting": f"{GREETING} {newest_user()}"})
        except OSError as error:
            log("callFailed", service="users", reason=str(error))
            self.send(502, {"error": f"a call to users failed: {error}"})

    def send(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("x-release", os.environ["RELEASE"])
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 1024
    # Idle connections do not hold up the end.
    daemon_threads = True

    def __init__(self, *arguments):
        self.in_flight = 0
        self.changed = threading.Condition()
        super().__init__(*arguments)

    def begin(self):
        with self.changed:
            self.in_flight += 1

    def end(self):
        with self.changed:
            self.in_flight -= 1
            self.changed.notify_all()

    def wait_until_idle(self):
        with self.changed:
            self.changed.wait_for(lambda: self.in_flight == 0)


def newest_user():
    url = os.environ["USERS_URL"] + "/users?limit=1"
    with urllib.request.urlopen(url, timeout=CALL_LIMIT_SECONDS) as response:
        users = json.load(response)["users"]
    return users[0]["name"] if users else "world"


def log(event, **details):
    print(json.dumps({"event": event, **details}))


def main():
    server = Server(("0.0.0.0", int(os.environ["PORT"])), Handler)
    # In a thread of its own: shutdown() waits for serve_forever(), which the signal has interrupted.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    log("listening", port=server.server_port, release=os.environ["RELEASE"])
    server.serve_forever(poll_interval=0.1)
    server.wait_until_idle()


main()
