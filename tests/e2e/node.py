"""Nodes as a test sees them: a home, a process, and the command line in between.

Waiting is always for a condition, with a deadline; nothing here sleeps for luck.
"""
import dataclasses
import json
import os
import platform
import select
import signal
import socket
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("WUHAO_BIN", os.path.join(ROOT, "build", "release", "bin"))
UNITS = os.path.join(ROOT, "tests", "data", "heihe-units.csv")
PROGRAMME = os.path.join(ROOT, "config", "programme.yaml")
YEAR = 2025
FAKETIME = f"/usr/lib/{platform.machine()}-linux-gnu/faketime/libfaketime.so.1"


def enable_line():
    """The plugins that a new home turns on, as its wuhao.yaml names them."""
    with open(os.path.join(ROOT, "config", "wuhao.yaml"), encoding="utf-8") as file:
        return next(line.strip() for line in file if line.strip().startswith("enable:"))


ENABLE = enable_line()
ENABLED = json.loads(ENABLE.partition(":")[2])

# English, and no home or setting of the person who runs the tests.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("WUHAO_")}
ENVIRONMENT.update(LC_ALL="C.UTF-8", TZ="Asia/Shanghai")


def clock_at(moment):
    """The environment in which a node's clock stands at `moment` (civil time) and goes on from
    there; its monotonic clock, and so its waits, are left alone."""
    return {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{moment:%Y-%m-%d %H:%M:%S}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}


def wait_until(condition, timeout_s, what):
    """Asks again until the condition holds; fails with `what` when the time is over."""
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        pause.wait(0.02)


def in_background(work, *args):
    """Begins it in a thread; the function that comes back waits for its end, and for its error."""
    raised = []

    def run_it():
        try:
            work(*args)
        except BaseException as error:  # pylint: disable=broad-except
            raised.append(error)
    thread = threading.Thread(target=run_it, daemon=True)
    thread.start()

    def wait(timeout_s=120):
        thread.join(timeout_s)
        assert not thread.is_alive() and not raised, raised
    return wait


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclasses.dataclass
class Result:
    """How a command ended."""
    code: int
    out: str
    err: str

    @property
    def first_line(self):
        return self.err.partition("\n")[0]


def run(program, *args, timeout_s=60, programs=BIN, **environment):
    done = subprocess.run([os.path.join(programs, program), *map(str, args)],
                          env=ENVIRONMENT | environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=timeout_s, check=False)
    return Result(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


class Node:
    """One home and, while it runs, its wuhaod."""

    def __init__(self, home, unit, name, kind, port=None):
        self.home, self.unit, self.name, self.kind, self.port = str(home), unit, name, kind, port
        self.process = None
        self.bin = BIN  # another release's, where a test says so

    def init(self):
        listen = ["--listen", f"tcp://127.0.0.1:{self.port}"] if self.port else []
        result = run("wuhao", "init", self.home, "--unit", self.unit, "--name", self.name,
                     "--kind", self.kind, *listen, programs=self.bin)
        assert result.code == 0, result
        return self

    def spawn(self, **environment):
        """Starts wuhaod and does not wait: its log is beside the home, its stdout a pipe."""
        with open(self.home + ".log", "ab") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [os.path.join(self.bin, "wuhaod"), "-C", self.home], env=ENVIRONMENT | environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        return self.process

    def start(self, timeout_s=30, **environment):
        """Returns when the node has said `ready`."""
        stdout, heard = self.spawn(**environment).stdout, b""
        deadline = time.monotonic() + timeout_s
        while b"ready\n" not in heard:
            left = deadline - time.monotonic()
            readable = select.select([stdout], [], [], max(0, left))[0]
            part = os.read(stdout.fileno(), 4096) if readable else b""
            assert part, f"{self.home} did not say ready within {timeout_s} s:\n{self.log()}"
            heard += part
        return self

    def log(self):
        with open(self.home + ".log", encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout_s=30):
        """Stops it as an operator would; it must end by itself, with 0."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout_s)
        self.close()
        assert code == 0, f"{self.home} ended with {code}:\n{self.log()}"

    def kill(self):
        """As a power cut would: kill -9, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.close()

    def close(self):
        self.process.stdout.close()
        self.process = None

    def cli(self, *args, timeout_s=60):
        return run("wuhao", "-C", self.home, *args, timeout_s=timeout_s, programs=self.bin)

    def ok(self, *args, timeout_s=60):
        """A command that must succeed; gives what it printed."""
        result = self.cli(*args, timeout_s=timeout_s)
        assert result.code == 0, (args, result)
        return result.out

    def chinese(self, *args):
        """What a Chinese reader is shown."""
        return run("wuhao", "-C", self.home, *args, programs=self.bin, LC_ALL="zh_CN.UTF-8")

    def rows(self, *args, timeout_s=60):
        out = self.ok(*args, "--json", timeout_s=timeout_s)
        return [json.loads(line) for line in out.splitlines()]

    def wait_synced(self, timeout_s=120):
        self.ok("wait", "--synced", "--timeout", timeout_s, timeout_s=timeout_s + 10)

    def has_measured(self):
        """While the parent is away: its rows alone are what is waited for."""
        return "does not have all" in self.cli("wait", "--synced", "--timeout", 0).err

    def issue(self):
        """Gives a root its units and its programme."""
        self.ok("unit", "import", UNITS)
        self.issue_programme()

    def issue_programme(self):
        """The default one of its own release: an older one does not know what came later."""
        own = os.path.join(self.bin, "..", "..", "..", "config", "programme.yaml")
        self.ok("programme", "issue", own if os.path.exists(own) else PROGRAMME)

    def join(self, parent):
        token = parent.ok("invite", self.unit).strip()
        self.ok("join", token)
        self.wait_synced()

    def import_folder(self, folder, timeout_s=120):
        """Imports each KIND.csv in the folder that holds more than its header."""
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                has_records = file.readline() and file.readline()
            if has_records:
                self.ok("import", name[:-len(".csv")], path, timeout_s=timeout_s)

    def metrics(self, unit, year=YEAR):
        """{(unit, quarter, facet, origin, metric): value} of all stored rows of a subtree."""
        lines = self.rows("metrics", "--unit", unit, "--year", year, "--under")
        found = {tuple(line[key] for key in ("unit", "quarter", "facet", "origin", "metric")):
                 line["value"] for line in lines}
        assert len(found) == len(lines), "a row and metric was printed twice"
        return found


class Tree:
    """A city, two counties and four townships, of all kinds, on free ports."""

    SHAPE = (  # name, unit, unit's name, kind, parent
        ("city", "2311", "黑河市", "city", None),
        ("aihui", "231102", "爱辉区", "county", "city"),
        ("wudalianchi", "231182", "五大连池市", "county", "city"),
        ("aihui-zhen", "231102102", "瑷珲镇", "township", "aihui"),
        ("jiaoyuju", "231102E", "爱辉区教育局", "education_bureau", "aihui"),
        ("long-zhen", "231182101", "龙镇", "township", "wudalianchi"),
        ("qingshan", "231182001", "青山街道", "street", "wudalianchi"),
    )

    def __init__(self, folder, names=None):
        """`names` picks some of the nodes; each one's parent must be among them."""
        self.nodes, self.parents = {}, {}
        shape = [line for line in self.SHAPE if names is None or line[0] in names]
        parents = {line[4] for line in shape}
        for name, unit, title, kind, parent in shape:
            port = free_port() if name in parents else None
            self.nodes[name] = Node(os.path.join(folder, name), unit, title, kind, port)
            self.parents[name] = parent

    def __getitem__(self, name):
        return self.nodes[name]

    @property
    def townships(self):
        """The nodes that are nobody's parent."""
        return [node for name, node in self.nodes.items() if name not in self.parents.values()]

    def build(self):
        for name, node in self.nodes.items():
            node.init().start()
            if self.parents[name] is None:
                node.issue()
            else:
                node.join(self.nodes[self.parents[name]])
        return self

    def wait_synced(self, timeout_s=180):
        """From the leaves to the root: each then has what those below it have."""
        for node in reversed(list(self.nodes.values())):
            node.wait_synced(timeout_s)

    def close(self):
        for node in self.nodes.values():
            node.kill()


def demo_records(folder, nodes, *options, seed=1):
    """Writes a year of records for these nodes; gives {unit: folder}."""
    under = [word for node in nodes for word in ("--under", node.unit)]
    subprocess.run([os.path.join(ROOT, "tools", "demo-records"), "--units", UNITS, "--programme",
                    PROGRAMME, "--year", str(YEAR), "--seed", str(seed), "--out", str(folder),
                    *under, *map(str, options)], check=True)
    return {node.unit: os.path.join(str(folder), node.unit) for node in nodes}
