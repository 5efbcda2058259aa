"""What is measured of processes, disks and connections, by the kernel's own counts."""
import ctypes
import ctypes.util
import os
import selectors
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROW_BYTES = 200


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def quietly(*command):
    """What a program prints, or None where it is not installed or fails."""
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


# Processes.

def memory_kib(pid):
    """{"Rss": KiB, "Pss": KiB, ...} of a process."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        lines = [line.split() for line in file if line.endswith("kB\n")]
    return {line[0].rstrip(":"): int(line[1]) for line in lines}


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def cpu_s(pid):
    """CPU seconds of all its threads, to the nanosecond."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def written_bytes(pid):
    """What it caused to be written to the disk."""
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("write_bytes"))


# Disks.

class Disk:
    """Appends to a file and waits until it is on the disk, as the store's log does."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "fsync-probe")
        self.file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def close(self):
        os.close(self.file)
        os.unlink(self.path)

    def write_s(self, size):
        begin = time.perf_counter()
        os.write(self.file, b"w" * size)
        os.fsync(self.file)
        return time.perf_counter() - begin

    def rows_per_s(self, rows, batches):
        """Rows a second in synced writes of `rows` rows each, the median write."""
        return rows / statistics.median(self.write_s(rows * ROW_BYTES) for _ in range(batches))


def packed_batch(first, rows):
    """A RocksDB write batch of puts: keys of 24 bytes in order, values that fill a row."""
    value = os.urandom(ROW_BYTES - 24)
    puts = b"".join(b"\x01\x18%024d" % (first + i) + b"\xb0\x01" + value for i in range(rows))
    return bytes(8) + rows.to_bytes(4, "little") + puts


def rocksdb_rows_per_s(folder, rows, batches):
    """What RocksDB takes of ready-made synced batches, with its own defaults; None without it."""
    try:
        lib = ctypes.CDLL(ctypes.util.find_library("rocksdb") or "librocksdb.so.7.8")
    except OSError:
        return None
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name in ("options_create", "writeoptions_create", "open", "writebatch_create_from"):
        getattr(lib, "rocksdb_" + name).restype = pointer
    options = pointer(lib.rocksdb_options_create())
    write = pointer(lib.rocksdb_writeoptions_create())
    lib.rocksdb_options_set_create_if_missing(options, 1)
    lib.rocksdb_writeoptions_set_sync(write, 1)
    failure, took = text(), []
    with tempfile.TemporaryDirectory(dir=folder) as path:
        store = pointer(lib.rocksdb_open(options, path.encode(), ctypes.byref(failure)))
        assert not failure.value, failure.value
        for i in range(batches):
            packed = packed_batch(i * rows, rows)
            batch = pointer(lib.rocksdb_writebatch_create_from(packed,
                                                               ctypes.c_size_t(len(packed))))
            begin = time.perf_counter()
            lib.rocksdb_write(store, write, batch, ctypes.byref(failure))
            took.append(time.perf_counter() - begin)
            assert not failure.value, failure.value
            lib.rocksdb_writebatch_destroy(batch)
        lib.rocksdb_close(store)
    return rows * batches / sum(took)


def folder_bytes(folder):
    """(sum of file lengths, sum of blocks) below a folder."""
    length = blocks = 0
    for top, _, names in os.walk(folder):
        for name in names:
            stat = os.lstat(os.path.join(top, name))
            length += stat.st_size
            blocks += stat.st_blocks * 512
    return length, blocks


def zstd_bytes(data, level):
    """The length of `data` compressed by the zstd program, None where it is absent."""
    try:
        done = subprocess.run(["zstd", "-q", "-c", f"-{level}"], input=data, capture_output=True,
                              check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return len(done.stdout)


# Connections.

class CountingProxy(threading.Thread):
    """Stands between a child and its parent; counts the bytes of TCP payload each way."""

    def __init__(self, target_port):
        super().__init__(daemon=True)
        self.target_port, self.up, self.down = target_port, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector, self.others = selectors.DefaultSelector(), {}
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.start()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj in self.others:
                    self.pass_on(key.fileobj)

    def accept(self):
        child, _ = self.listener.accept()
        try:
            parent = socket.create_connection(("127.0.0.1", self.target_port))
        except OSError:
            child.close()
            return
        self.others.update({child: (parent, "up"), parent: (child, "down")})
        for one in (child, parent):
            self.selector.register(one, selectors.EVENT_READ)

    def pass_on(self, source):
        target, way = self.others[source]
        try:
            data = source.recv(1 << 18)
            target.sendall(data)
        except OSError:
            data = b""
        setattr(self, way, getattr(self, way) + len(data))
        if not data:
            for one in (source, target):
                del self.others[one]
                self.selector.unregister(one)
                one.close()

    @property
    def total(self):
        return self.up + self.down


def acked_bytes(port, end="dport"):
    """Bytes that the connections to this local port have delivered, by `ss`; None without it.
    With "sport": those that the listener has delivered to them."""
    said = quietly("ss", "-tinH", "state", "established", f"( {end} = :{port} )")
    counts = [int(word.split(":")[1]) for word in (said or "").split()
              if word.startswith("bytes_acked:")]
    return sum(counts) if counts else None


# Where the time goes.

class Perf:
    """perf record of some processes while the block runs; `top` then names their functions."""

    def __init__(self, path, wanted, **pids):
        self.path, self.pids, self.running = str(path), pids if wanted else {}, []
        self.top = {}

    def data(self, name):
        return f"{self.path}-{name}.perf"

    def __enter__(self):
        for name, pid in self.pids.items():
            self.running.append(subprocess.Popen(  # pylint: disable=consider-using-with
                ["perf", "record", "-q", "-F", "999", "-o", self.data(name), "-p", str(pid)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.send_signal(2)
            process.wait()
        for name in self.pids:
            said = quietly("perf", "report", "--stdio", "-i", self.data(name), "--no-children",
                           "-s", "dso,symbol", "--percent-limit", "1")
            lines = [line.split() for line in (said or "").splitlines()
                     if line.strip() and not line.startswith("#")]
            self.top[name] = [" ".join(line).removesuffix(" - -") for line in lines[:14]]
