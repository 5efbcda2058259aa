"""Servers that take what a node sends, and remember it: mail and webhooks.

`mode` says how they behave, and may be changed at any time:
  take      takes it, and says so
  refuse    answers that it will not
  hold      says nothing to the address until `go` is set
  stall     says nothing to the whole message until `go` is set, and then takes it if whoever sent
            it still waits
  mute      takes it, and says nothing until `go` is set
  swallow   takes it, and breaks the connection instead of saying so
  drop      breaks the connection before the end of the message, and takes nothing
"""
import base64
import dataclasses
import email
import email.header
import email.policy
import hashlib
import hmac
import http.server
import json
import socket
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

import node


@dataclasses.dataclass
class Taken:
    """One message that a server took."""
    id: str
    to: str
    title: str
    text: str
    raw: object

    @property
    def news(self):
        return self.section("New", "新提醒")

    @property
    def open(self):
        return self.section("Still open", "仍未办理")

    @property
    def doubtful(self):
        return self.section("Still open (you may have been told of these already)",
                            "仍未办理（以下可能已提醒过）")

    def section(self, *titles):
        """The lines below one of these titles, without their state and days."""
        lines, inside = [], False
        for line in self.text.splitlines():
            if line.startswith("- "):
                lines += [line[2:]] if inside else []
            else:
                inside = line in titles
        return lines


class MailSink:
    """A mail server for a test; `taken` are the messages in order."""

    def __init__(self):
        self.taken, self.mode, self.go = [], "take", threading.Event()
        self.attempts, self.port, self.controller = 0, node.free_port(), None
        self.waiting = 0  # messages that were received whole and got no answer
        self.tls, self.password, self.logins = None, None, []

    def start(self):
        sink = self

        class Server(SMTP):
            """Greets under a name that asks nobody."""
            def __init__(self, *args, **kwargs):
                super().__init__(*args, hostname="sink.example", tls_context=sink.tls,
                                 require_starttls=sink.tls is not None,
                                 auth_require_tls=sink.tls is not None,
                                 auth_required=sink.password is not None,
                                 authenticator=sink.log_in, **kwargs)

        class Controlled(Controller):
            """With that server."""
            def factory(self):
                return Server(self.handler, enable_SMTPUTF8=True)

        self.controller = Controlled(sink, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self):
        self.go.set()
        if self.controller:
            self.controller.stop()
            self.controller = None

    def log_in(self, _server, _session, _envelope, _mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == self.password)

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.attempts += 1
        if self.mode == "refuse":
            return "450 not now"
        if self.mode == "hold":
            await server.loop.run_in_executor(None, self.go.wait, 60)
        if self.mode == "drop":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = self.mode
        if mode in ("stall", "mute"):
            self.waiting += 1
            if mode == "mute":
                self.take(envelope)
            await server.loop.run_in_executor(None, self.go.wait, 60)
            if mode == "mute" or server.transport is None or server.transport.is_closing():
                return "250 OK"
        self.take(envelope)
        if mode == "swallow":
            server.transport.abort()
        return "250 OK"

    def take(self, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append(Taken(message["Message-ID"].strip("<>"), envelope.rcpt_tos[0],
                                str(message["Subject"]), message.get_content(),
                                envelope.content))

    def to(self, address):
        return [one for one in self.taken if one.to == address]


class HookSink:
    """A web server that takes POSTs; checks the signature of each."""

    def __init__(self, secret):
        self.taken, self.mode, self.go = [], "take", threading.Event()
        self.secret, self.attempts = secret, 0
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request."""
            def do_POST(self):
                sink.attempts += 1
                sink.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def post(self, request):
        if self.mode == "drop":
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        length = int(request.headers["Content-Length"])
        body = request.rfile.read(length)
        if len(body) < length:
            return  # whoever sent it is gone: nothing was taken
        if self.mode == "stall":
            self.go.wait(90)
        if self.mode == "refuse":
            request.send_error(503)
            return
        said = json.loads(body)
        signature = hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        assert request.headers["X-Wuhao-Signature"] == "sha256=" + signature
        assert request.headers["Idempotency-Key"] == said["id"]
        self.taken.append(Taken(said["id"], self.url, said["title"], said["text"], said))
        if self.mode == "swallow":
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        request.send_response(204)
        request.end_headers()

    def stop(self):
        self.go.set()
        self.server.shutdown()
        self.server.server_close()


def decoded(raw):
    """A mail's body, decoded by hand: what a reader that knows nothing but base64 sees."""
    return base64.b64decode(raw.partition(b"\r\n\r\n")[2]).decode("utf-8")
