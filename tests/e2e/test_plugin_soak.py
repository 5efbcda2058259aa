"""Plugins come, go and are loaded anew, over and over, while clients work: nothing piles up.

WUHAO_SOAK_ROUNDS says how often (60; the full count is 1,000). With a build under the address
sanitizer memory is judged by its leak check at the end, not by what is resident.
"""
import collections
import os
import threading

import pytest

import hostile_plugins
import node
from hostile_plugins import VILLAGE, build, state

ROUNDS = int(os.environ.get("WUHAO_SOAK_ROUNDS", "60"))
SETTLED = max(12, ROUNDS // 5)  # the round after which nothing may grow any more
GROWTH_PERCENT, GROWTH_KIB = 4, 2048  # of what is resident: allowed; the clients' records weigh too
PLUGINS = ("soak_one", "soak_two")
CLIENTS = 2
ADD_EACH = 7  # turns: the store keeps new records in memory, which must not hide what plugins keep
OFF_WORDS = ("disabled", "is not on")


def is_sanitized():
    with open(os.path.join(node.BIN, "wuhaod"), "rb") as file:
        return b"__asan_init" in file.read()


class Client(threading.Thread):
    """Adds records and runs commands until told to stop; keeps what was saved and what was not."""

    def __init__(self, one, number):
        super().__init__(daemon=True)
        self.one, self.number, self.over = one, number, threading.Event()
        self.saved, self.refused, self.wrong = collections.Counter(), collections.Counter(), []

    def run(self):
        i = 0
        while not self.over.is_set():
            name = PLUGINS[i % len(PLUGINS)]
            if i % ADD_EACH == 0:
                self.add("meeting", "purpose=study", f"subject={self.number}-{i}")
                self.add(f"{name}_visit", "minutes=5")
            self.judge((name, "calm"), self.one.cli(name, "calm"))
            i += 1

    def add(self, kind, *fields):
        result = self.one.cli("add", kind, "--unit", VILLAGE, "date=2025-03-04", *fields)
        if self.judge(("add", kind), result):
            self.saved[kind] += 1

    def judge(self, what, result):
        """A plugin that is off may refuse, in words that say that it is off; nothing else may."""
        if result.code == 0:
            return True
        said = result.first_line
        if what == ("add", "meeting") or not any(word in said for word in OFF_WORDS):
            self.wrong.append((what, result))
        self.refused[what] += 1
        return False


def descriptors(pid):
    """How many it has open beside the store's files, which come and go by themselves."""
    count = 0
    for entry in os.listdir(f"/proc/{pid}/fd"):
        try:
            count += "/store/" not in os.readlink(f"/proc/{pid}/fd/{entry}")
        except OSError:
            pass  # closed meanwhile
    return count


def mapped(pid):
    """How many of its mappings are of a plugin's file or of a copy of one."""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
        return sum(any(name in line for name in PLUGINS) for line in file)


def measured(one):
    pid = one.process.pid
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        lines = dict(line.split(":", 1) for line in file)
    states = list(hostile_plugins.processes_of(pid).values())
    in_run = sum(len(names) for _, _, names in os.walk(os.path.join(one.home, "run")))
    return {"resident_kib": int(lines["VmRSS"].split()[0]), "threads": int(lines["Threads"]),
            "descriptors": descriptors(pid), "mapped": mapped(pid), "children": len(states),
            "zombies": states.count("Z"), "run": in_run}


def turn(one, path, number):
    """One round: every plugin, action and isolation has its turn with every other."""
    name, action = PLUGINS[number % 2], number // 2 % 3
    if action == 0:
        one.ok("plugin", "disable", name)
        return
    hostile_plugins.configure(one, name, path[name], isolate=number // 6 % 2 == number % 2)
    one.ok("plugin", "enable" if action == 1 else "reload", name)
    assert state(one, name) == "on"


def rest(one, path):
    """The same state for every look: both on, one isolated and one not."""
    for number, name in enumerate(PLUGINS):
        hostile_plugins.configure(one, name, path[name], isolate=number == 0)
        one.ok("plugin", "enable", path[name])


@pytest.mark.parametrize("rounds", (ROUNDS,))
def test_nothing_piles_up_and_no_record_is_lost(homes, tmp_path, rounds):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    path = {name: build("hostile/loop.c", tmp_path, name, "IN_JOB") for name in PLUGINS}
    rest(city, path)
    clients = [Client(city, number) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    settled = None
    for number in range(rounds):
        turn(city, path, number)
        if number + 1 == SETTLED:
            rest(city, path)
            settled = measured(city)
    rest(city, path)
    for client in clients:
        client.over.set()
        client.join(60)
    at_end = measured(city)
    saved = sum((client.saved for client in clients), collections.Counter())
    print(f"{rounds} rounds, {sum(saved.values())} records, "
          f"after {SETTLED} {settled}, at the end {at_end}")
    for client in clients:
        assert not client.wrong, (len(client.wrong), client.wrong[0])
        assert sum(client.refused.values()) > 0 or rounds < 20, "no client ever met a plugin off"
    assert saved["meeting"] > 0
    for kind, count in saved.items():
        assert len(city.rows("list", kind, "--unit", VILLAGE)) == count, kind
    assert at_end["zombies"] == 0
    for what in ("threads", "descriptors", "mapped", "children", "run"):
        assert at_end[what] <= settled[what] + 2, (what, settled, at_end)
    if not is_sanitized():
        bound = settled["resident_kib"] * (100 + GROWTH_PERCENT) // 100 + GROWTH_KIB
        assert at_end["resident_kib"] <= bound, (settled, at_end)
    city.stop()  # exit code 0: under the sanitizer no leak was found either
