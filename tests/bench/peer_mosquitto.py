"""Mosquitto: a bridge with QoS 1 that queued while the other broker was away."""
import signal
import socket
import time

import peers
from meter import acked_bytes
from places import node

NAME = "Mosquitto bridge, QoS 1"
DURABILITY = "no fsync; memory, saved every 30 minutes (default)"
MESSAGES_A_WRITE = 500
TOPIC = b"rows"
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x20, 0x30, 0x40, 0x82
SETTINGS = """
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_inflight_messages 0
log_type error
"""
BRIDGE = """
connection up
address 127.0.0.1:{port}
topic rows out 1
cleansession false
restart_timeout 1
notifications false
"""


def installed():
    return peers.program("mosquitto", "/usr/sbin/mosquitto") is not None


def version():
    return peers.version("mosquitto")


def packet(kind, body):
    length, head = len(body), bytearray([kind])
    while length > 0x7f:
        head.append(length & 0x7f | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + body


def text(data):
    return len(data).to_bytes(2, "big") + data


class Client:
    """MQTT 3.1.1, as much as a publisher and a counting subscriber need."""

    def __init__(self, port, name):
        self.socket = socket.create_connection((peers.LOCAL, port), 60)
        self.socket.sendall(packet(CONNECT, text(b"MQTT") + b"\x04\x02\0\0" + text(name)))
        assert self.take(4) == bytes([CONNACK, 2, 0, 0])

    def take(self, count):
        got = b""
        while len(got) < count:
            part = self.socket.recv(count - len(got))
            assert part, "the broker closed the connection"
            got += part
        return got

    def publish(self, count):
        """With QoS 1; each write is acknowledged before the next."""
        for first in range(0, count, MESSAGES_A_WRITE):
            last = min(first + MESSAGES_A_WRITE, count)
            self.socket.sendall(b"".join(
                packet(PUBLISH | 2, text(TOPIC) + (i - first + 1).to_bytes(2, "big") + peers.row(i))
                for i in range(first, last)))
            acks = self.take(4 * (last - first))
            assert acks[::4] == bytes([PUBACK]) * (last - first)

    def subscribe(self):
        self.socket.sendall(packet(SUBSCRIBE, b"\0\1" + text(TOPIC) + b"\0"))
        self.take(5)

    def count(self, rows):
        """Takes as many bytes as these messages have; gives the seconds from first to last."""
        left = rows * len(packet(PUBLISH, text(TOPIC) + peers.row(0)))
        left -= len(self.socket.recv(1 << 18))
        begin = time.perf_counter()
        while left > 0:
            part = self.socket.recv(1 << 18)
            assert part, "the broker closed the connection"
            left -= len(part)
        assert left == 0, "more came than was sent"
        return time.perf_counter() - begin


class Broker:
    """It may be ended and started again over the same folder."""

    def __init__(self, site, name, port, bridge=""):
        self.site, self.name, self.port = site, name, port
        text_of = SETTINGS.format(port=port, folder=site.make(name)) + bridge
        self.config = site.write(f"{name}.conf", text_of)
        self.process = None
        self.start()

    def start(self):
        program = peers.program("mosquitto", "/usr/sbin/mosquitto")
        self.process = self.site.start(self.name, program, "-c", self.config)
        peers.until(lambda: peers.listens(self.port), 30, f"{self.name} takes connections")

    def stop(self):
        peers.stop(self.process)


def measure_once(site, rows, run):
    near, far = node.free_port(), node.free_port()
    remote = Broker(site, f"remote-{run}", far)
    leaf = Broker(site, f"leaf-{run}", near, BRIDGE.format(port=far))
    peers.until(lambda: acked_bytes(far), 30, "the bridge is up")
    remote.stop()
    publisher = Client(near, b"publisher")
    publisher.publish(rows)
    leaf.process.send_signal(signal.SIGSTOP)  # until somebody listens at the other end
    remote.start()
    subscriber = Client(far, b"subscriber")
    subscriber.subscribe()
    leaf.process.send_signal(signal.SIGCONT)
    took = subscriber.count(rows)
    wire = acked_bytes(far)
    for one in (publisher, subscriber):
        one.socket.close()
    for one in (leaf, remote):
        one.stop()
    return {"rows": rows, "s": took, "wire": wire}


def measure(parent, rows, runs):
    """{durability: [{"rows", "s", "wire"}]}"""
    with peers.Site(parent, "mosquitto") as site:
        return {DURABILITY: [measure_once(site, rows, run) for run in range(runs)]}
