"""A parent with many children: how long until all are there, and what each costs while idle."""
import os
import resource
import select
import subprocess
import time

import meter
import places
from door import Door
from places import node

A_COUNTY = 999  # townships that its code has room for
DESCRIPTORS = 10  # of a child: its connection, what ZeroMQ needs to tell of it, the one before
SPARE_DESCRIPTORS = 500
IDLE_S = 5


class TooMuch(Exception):
    """A step took more than it may."""


def limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def codes(count):
    return [f"{places.CITY}{1 + i // A_COUNTY:02}{1 + i % A_COUNTY:03}" for i in range(count)]


def write_units(path, units):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"code,name,kind,parent\n{places.CITY},量度市,city,\n")
        for county in sorted({unit[:6] for unit in units}):
            file.write(f"{county},{county}县,county,{places.CITY}\n")
        for unit in units:
            file.write(f"{unit},{unit}镇,township,{unit[:6]}\n")


class Crowd:
    """Processes that hold the children's ends; as many as the limit of descriptors asks for."""

    def __init__(self, tokens):
        most = (limit() - SPARE_DESCRIPTORS) // DESCRIPTORS
        self.processes = []
        for first in range(0, len(tokens), most):
            part = tokens[first:first + most]
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                [os.path.join(node.BIN, "bench_children"), str(len(part))], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process.stdin.write("".join(token + "\n" for token in part))
            process.stdin.flush()
            self.processes.append(process)

    def begin(self, word):
        for process in self.processes:
            process.stdin.write(word + "\n")
            process.stdin.flush()

    def end(self, pid, limits):
        deadline = time.monotonic() + limits["seconds"]
        for process in self.processes:
            while not select.select([process.stdout], [], [], 0.5)[0]:
                if time.monotonic() > deadline:
                    raise TooMuch(f"over {limits['seconds']} s")
                if meter.memory_kib(pid)["Rss"] > limits["mib"] * 1024:
                    raise TooMuch(f"over {limits['mib']:,} MiB resident")
            if process.stdout.readline() != "done\n":
                raise TooMuch("a process with children ended, for want of descriptors")

    def do(self, word, pid, limits):
        """Seconds until it holds of every child; `pid` is the parent's."""
        begin = time.perf_counter()
        self.begin(word)
        self.end(pid, limits)
        return time.perf_counter() - begin

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


def resident_bytes(city):
    return meter.memory_kib(city.process.pid)["Rss"] * 1024


def measure(place, count, limits, pause):
    """Seconds of each step, and bytes and CPU of the parent for each child. A step that took more
    than the limits is not there, nor is what would have come after it; `gave_up` says why."""
    units, found = codes(count), {}
    write_units(place.units, units)
    city = place.root()
    door = Door(city.home)
    tokens = [door.ask("invite", code=unit)[0][0] for unit in units]
    door.close()
    crowd = Crowd(tokens)
    try:
        measure_steps(city, crowd, count, found,
                      lambda word: crowd.do(word, city.process.pid, limits), pause)
    except TooMuch as reason:
        found["gave_up"] = str(reason)
    finally:
        crowd.close()
    return found


def measure_steps(city, crowd, count, found, do, pause):
    found["processes"] = len(crowd.processes)
    found["enrolled"] = do("enrol")
    city.stop()
    city.start()
    alone = resident_bytes(city)
    found["first"] = do("settle")
    used = meter.cpu_s(city.process.pid)
    pause(IDLE_S)
    found["idle_cpu"] = (meter.cpu_s(city.process.pid) - used) / IDLE_S
    found["first_bytes"] = (resident_bytes(city) - alone) / count
    used = meter.cpu_s(city.process.pid)
    found["row"] = do("row")
    found["row_cpu"] = (meter.cpu_s(city.process.pid) - used) / count
    city.stop()
    city.start()
    found["back"] = do("settle")
    found["bytes"] = (resident_bytes(city) - alone) / count
