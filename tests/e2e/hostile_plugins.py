"""Builds the plugins of tests/plugins, and looks at a node that has to live with them."""
import json
import os
import re
import subprocess
import threading
import time

import pytest

import node

SOURCES = os.path.join(node.ROOT, "tests", "plugins")
INCLUDE = os.path.join(node.ROOT, "core", "include")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
ANSWER_S = 5  # whatever a plugin does, the node answers others within this
PROVOKED_S = 20  # whoever provokes a fault is told within this
TOWN, VILLAGE = "231182101", "231182101201"


def compiled(source, path, *defines, include=INCLUDE):
    """Compiles one file to the plugin PATH; a define is `WORD` or `WORD=VALUE`."""
    subprocess.run(["cc", "-std=c11", "-O1", *WARNINGS, "-fvisibility=hidden", "-shared", "-fPIC",
                    "-pthread", "-D_GNU_SOURCE", *(f"-D{word}" for word in defines),
                    "-I", include, "-o", path, source], check=True)
    os.chmod(path, 0o644)
    return str(path)


def build(source, folder, name, *defines, include=INCLUDE):
    """Compiles tests/plugins/SOURCE to FOLDER/NAME.so."""
    return compiled(os.path.join(SOURCES, source), os.path.join(str(folder), f"{name}.so"),
                    f'NAME="{name}"', *defines, include=include)


def listed(one, name):
    """The plugin's line in `plugin list`, which `status` must agree with; None: there is none."""
    line = next((line for line in one.rows("plugin", "list") if line["name"] == name), None)
    told = {told["name"]: told for told in one.rows("status")[0]["plugins"]}
    assert (line or {"state": "off"})["state"] == told.get(name, {"state": "off"})["state"]
    return line


def state(one, name):
    return (listed(one, name) or {"state": "off"})["state"]


def shown(one, name):
    """{what: value} of `plugin show`."""
    return {line["what"]: line for line in one.rows("plugin", "show", name)}


def whole_log(one):
    with open(one.home + ".log", encoding="utf-8", errors="replace") as file:
        return file.read()


def complaints(one, name):
    """{(event, why): how often} of the log's lines above `info` that name the plugin."""
    counted = {}
    for line in whole_log(one).splitlines():
        if not re.search(rf"\b(plugin|name)={re.escape(name)}\b", line) or " info " in line:
            continue
        said = re.sub(r"\d+", "N", line.partition(" ")[2])  # times and pids differ, the words not
        counted[said] = counted.get(said, 0) + 1
    return counted


def is_one_clear_line(result):
    """A failure as the contract has it: a known code, and one line that says what and why."""
    lines = result.err.splitlines()
    assert 1 <= result.code <= 7, result
    assert lines and re.fullmatch(r"wuhao: [^\x00-\x1f\x7f]{8,}", lines[0]), result
    return True


class Watch:
    """While it lasts, others ask the node all the time; each must be answered in time."""

    QUESTIONS = (("status",), ("list", "meeting"),
                 ("rank", "--level", "county", "--year", str(node.YEAR)))

    def __init__(self, one):
        self.one, self.over, self.wrong, self.asked = one, threading.Event(), [], 0
        self.thread = threading.Thread(target=self.ask, daemon=True)

    def ask(self):
        while not self.over.is_set() or self.asked < len(self.QUESTIONS):
            question = self.QUESTIONS[self.asked % len(self.QUESTIONS)]
            began = time.monotonic()
            result = self.one.cli(*question)
            took = time.monotonic() - began
            if result.code != 0 or took > ANSWER_S:
                self.wrong.append((question, took, result))
            self.asked += 1

    def __enter__(self):
        self.pid = self.one.process.pid
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        self.thread.join(60)
        if kind is None:
            assert not self.wrong, self.wrong[0]
            assert self.one.runs() and self.one.process.pid == self.pid, self.one.log()


def answers(one):
    """Asks each question once, now."""
    with Watch(one):
        pass


def processes_of(pid):
    """The pids whose parent is `pid`, zombies too: {pid: state}."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[1]) == pid:
            found[int(entry)] = fields[0]
    return found


def config_of(one, name):
    return os.path.join(one.home, "plugins.d", f"{name}.yaml")


def configure(one, name, file, **keys):
    """Writes plugins.d/NAME.yaml, as an operator would."""
    lines = ["enable: true", f"file: {json.dumps(file)}"]
    lines += [f"{key}: {json.dumps(value)}" for key, value in keys.items()]
    os.makedirs(os.path.dirname(config_of(one, name)), exist_ok=True)
    with open(config_of(one, name), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def is_running_hard(pid, share=0.05):
    """Has the process used CPU since the last look (a spinning callback has)?"""
    def used():
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    before, pause = used(), threading.Event()
    pause.wait(2 * share)  # the window that is looked at
    return used() - before >= share


def add_meeting(one, subject):
    one.ok("add", "meeting", "--unit", VILLAGE, "date=2025-03-04", "purpose=study",
           f"subject={subject}")


def provoke(one, name, where):
    """Calls the callback in which the fault is; gives how the command ended."""
    if where == "IN_JOB":
        return one.cli(name, "soon", timeout_s=PROVOKED_S)
    if where == "IN_MEASURE":
        return one.cli("add", f"{name}_visit", "--unit", VILLAGE, "date=2025-03-04", "minutes=5",
                       timeout_s=PROVOKED_S)
    return one.cli(name, "go", timeout_s=PROVOKED_S)
