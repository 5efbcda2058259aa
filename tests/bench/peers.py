"""What the measurements of other programs share: servers, polls, and the row that all of them move.

A peer's rows are as long as those of RocksDB's own limit: a key of 24 bytes, in order, and a value
of 176 random ones. Nothing here is encrypted, while our own link always is.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from meter import ROW_BYTES, quietly

KEY_BYTES = 24
LOCAL = "127.0.0.1"


def row(number):
    return b"%024d" % number + os.urandom(ROW_BYTES - KEY_BYTES)


def program(*paths):
    """The first of these that is installed, or None."""
    return next((found for found in map(shutil.which, paths) if found), None)


def version(package):
    said = quietly("dpkg-query", "-W", "-f", "${Version}", package)
    return said or "?"


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex((LOCAL, port)) == 0


def until(check, seconds, what, pause_s=0.005):
    """Polls; gives the moment at which it was so."""
    deadline = time.monotonic() + seconds
    nap = threading.Event()
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        nap.wait(pause_s)
    return time.perf_counter()


class Site:
    """A folder on the same disk as our nodes, for servers of one user; all end with it."""

    def __init__(self, parent, user=None):
        self.user = user if os.geteuid() == 0 else None
        self.folder = tempfile.mkdtemp(prefix="wuhao-peer-", dir=parent)
        self.servers = []
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in reversed(self.servers):
            stop(server)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def account(self):
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} \
            if self.user else {}

    def run(self, *command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder,
                       **self.account())

    def make(self, name):
        os.makedirs(self.path(name))
        if self.user:
            os.chown(self.path(name), pwd.getpwnam(self.user).pw_uid, -1)
        return self.path(name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def start(self, name, *command):
        with open(self.path(name + ".log"), "ab") as log:
            server = subprocess.Popen(  # pylint: disable=consider-using-with
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                **self.account())
        self.servers.append(server)
        return server


def stop(server):
    """SIGINT, which is the fast shutdown of all of them; then SIGKILL."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
