"""NATS JetStream: a stream of a leaf node, mirrored at its hub. A client of our own, one socket."""
import json
import socket
import time

import peers
from meter import acked_bytes
from places import node

NAME = "NATS JetStream, leaf to hub mirror"
DURABILITY = "fsync every 2 minutes (default); files, one replica"
MESSAGES_A_WRITE = 500


def installed():
    return peers.program("nats-server", "/usr/sbin/nats-server") is not None


def version():
    return peers.version("nats-server")


class Client:
    """Publishes, and asks one thing at a time."""

    def __init__(self, port):
        self.inbox = b"answer.%d" % port  # a leaf passes subjects on: each its own
        self.socket = socket.create_connection((peers.LOCAL, port), 60)
        self.file, self.asked = self.socket.makefile("rb"), 0
        assert self.file.readline().startswith(b"INFO ")
        self.socket.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s.* 1\r\n' %
                            self.inbox)

    def close(self):
        self.file.close()
        self.socket.close()

    def line(self):
        while True:
            line = self.file.readline()
            assert line and not line.startswith(b"-ERR"), line
            if line == b"PING\r\n":
                self.socket.sendall(b"PONG\r\n")
            elif line.startswith((b"MSG ", b"PONG")):
                return line

    def ask(self, subject, message=None):
        """One request to JetStream; its answer as it came."""
        self.asked += 1
        body = json.dumps(message).encode() if message else b""
        inbox = self.inbox + b".%d" % self.asked
        self.socket.sendall(b"PUB %s %s %d\r\n%s\r\n" % (
            b"$JS.API." + subject.encode(), inbox, len(body), body))
        while True:
            _, to, _, length = self.line().split()
            answer = json.loads(self.file.read(int(length) + 2))
            if to == inbox:
                assert "error" not in answer, answer
                return answer

    def publish(self, count):
        for first in range(0, count, MESSAGES_A_WRITE):
            rows = map(peers.row, range(first, min(first + MESSAGES_A_WRITE, count)))
            self.socket.sendall(b"".join(b"PUB rows %d\r\n%s\r\n" % (len(row), row)
                                         for row in rows))

    def messages(self, stream):
        return self.ask(f"STREAM.INFO.{stream}")["state"]["messages"]


def server(site, name, links):
    """Starts one, and gives a client of it."""
    port = node.free_port()
    config = site.write(f"{name}.conf", f"""
listen: "127.0.0.1:{port}"
server_name: {name}
jetstream {{ store_dir: "{site.path(name)}", domain: {name}, max_file_store: 4GB }}
leafnodes {{ {links} }}
""")
    program = peers.program("nats-server", "/usr/sbin/nats-server")
    site.start(name, program, "-c", config)

    peers.until(lambda: peers.listens(port), 30, f"{name} takes connections")
    return Client(port)


def measure_once(hub, leaf, rows, port):
    leaf.ask("STREAM.CREATE.rows", {"name": "rows", "subjects": ["rows"], "storage": "file",
                                    "retention": "limits", "num_replicas": 1})
    leaf.publish(rows)
    peers.until(lambda: leaf.messages("rows") == rows, 120, "the leaf has all messages")
    before = acked_bytes(port) or 0
    begin = time.perf_counter()
    hub.ask("STREAM.CREATE.copy", {"name": "copy", "storage": "file", "num_replicas": 1,
                                   "mirror": {"name": "rows",
                                              "external": {"api": "$JS.leaf.API"}}})
    took = peers.until(lambda: hub.messages("copy") == rows, 120, "the hub has all") - begin
    wire = (acked_bytes(port) or 0) - before
    hub.ask("STREAM.DELETE.copy")
    leaf.ask("STREAM.DELETE.rows")
    return {"rows": rows, "s": took, "wire": wire or None}


def measure(parent, rows, runs):
    """{durability: [{"rows", "s", "wire"}]}"""
    with peers.Site(parent) as site:
        port = node.free_port()
        hub = server(site, "hub", f'listen: "127.0.0.1:{port}"')
        leaf = server(site, "leaf", f'remotes: [ {{ url: "nats://127.0.0.1:{port}" }} ]')
        peers.until(lambda: acked_bytes(port), 30, "the leaf is connected")
        done = {DURABILITY: [measure_once(hub, leaf, rows, port) for _ in range(runs)]}
        for one in (hub, leaf):
            one.close()
    return done
