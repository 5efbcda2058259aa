"""Plugins in the node's own process (`isolate: false`): a crash ends the node, and is counted.

What starts the node again is here what systemd is elsewhere.
"""
import os
import re
import signal
import time

import pytest

import hostile_plugins
import node
from hostile_plugins import (answers, build, complaints, listed, provoke, state, whole_log)

DEATHS = 3         # within an hour quarantine a plugin
NAMED_WITHIN_S = 3.5
ENDED_WITHIN_S = 14  # five budgets of two seconds, and what it takes to end
CALLBACKS = ("IN_COMMAND", "IN_JOB", "IN_MEASURE")


@pytest.fixture(name="city")
def city_fixture(homes):
    one = homes("city", "2311", "黑河市", "city").init().start()
    one.issue()
    return one


def enable_inside(one, tmp_path, source, name, *defines):
    path = build(os.path.join("hostile", source), tmp_path, name, *defines)
    hostile_plugins.configure(one, name, path, isolate=False)
    one.ok("plugin", "enable", path)
    assert state(one, name) == "on"


def wait_for_death(one, timeout_s=10):
    code = one.process.wait(timeout_s)
    one.close()
    return code


def run_until_quarantined(one, name):
    """Starts the node again whenever the plugin has ended it, as systemd would."""
    deaths = 0

    def look():
        nonlocal deaths
        if not one.runs():
            deaths += 1
            assert deaths <= DEATHS + 1, "it ends the node over and over"
            wait_for_death(one)
            try:
                one.start()
            except AssertionError:
                return False  # ended while it started
        result = one.cli("plugin", "list", "--json")
        return result.code == 0 and '"quarantined"' in result.out
    node.wait_until(look, 30, f"{name} is quarantined")


def is_quarantined(one, name):
    line = listed(one, name)
    assert line["state"] == "quarantined" and len(line["reason"]) > 15, line
    assert re.search(rf"quarantin.*{name}|{name}.*quarantin", whole_log(one)), one.log()
    assert [told for told in one.rows("notices") if name in str(told)], one.rows("notices")
    answers(one)
    return True


@pytest.mark.parametrize("where", CALLBACKS)
@pytest.mark.parametrize("by", ("NOWHERE", "ABORT"))
def test_three_crashes_within_an_hour_quarantine_the_plugin(city, tmp_path, by, where):
    name = f"crash_{where}".lower()
    enable_inside(city, tmp_path, "crash.c", name, where, f"BY={by}")
    if where == "IN_MEASURE":  # the cell that is not measured waits for the next start
        provoke(city, name, where)
    for _ in range(DEATHS if where != "IN_MEASURE" else 0):
        result = provoke(city, name, where)
        assert where != "IN_COMMAND" or result.code == 5, result
        wait_for_death(city)
        city.start()
    run_until_quarantined(city, name)
    assert is_quarantined(city, name)
    assert provoke(city, name, where).code != 0 or where == "IN_MEASURE"
    if where != "IN_MEASURE":
        city.ok("plugin", "enable", name)
        assert state(city, name) == "on" and city.cli(name, "calm").code == 0


@pytest.mark.parametrize("where", ("IN_OPEN", "IN_CONSTRUCTOR"))
def test_crashes_while_it_opens_are_counted_too(city, tmp_path, where):
    name = f"crash_{where}".lower()
    path = build("hostile/crash.c", tmp_path, name, where)
    hostile_plugins.configure(city, name, path, isolate=False)
    assert city.cli("plugin", "enable", path).code == 5
    run_until_quarantined(city, name)
    assert is_quarantined(city, name)


def test_a_plugin_that_ends_the_process_politely_is_counted_as_well(city, tmp_path):
    enable_inside(city, tmp_path, "crash.c", "leaves", "BY=EXIT")
    for _ in range(DEATHS):
        assert provoke(city, "leaves", "IN_COMMAND").code == 5
        wait_for_death(city)
        city.start()
    assert is_quarantined(city, "leaves")


def test_a_plugin_that_leaves_without_a_trace_is_not_counted(city, tmp_path):
    """_exit() runs no code of ours, so it looks like kill -9, which is nobody's fault."""
    enable_inside(city, tmp_path, "crash.c", "quits", "BY=QUIT")
    for _ in range(DEATHS):
        assert provoke(city, "quits", "IN_COMMAND").code == 5
        wait_for_death(city)
        city.start()
    assert state(city, "quits") == "on"
    answers(city)


def test_two_crashes_do_not_quarantine(city, tmp_path):
    enable_inside(city, tmp_path, "crash.c", "twice")
    for _ in range(DEATHS - 1):
        provoke(city, "twice", "IN_COMMAND")
        wait_for_death(city)
        city.start()
    assert state(city, "twice") == "on"
    assert listed(city, "ledger")["state"] == "on"


def test_a_node_that_is_killed_inside_a_plugin_is_no_fault_of_the_plugin(city, tmp_path):
    enable_inside(city, tmp_path, "loop.c", "inside")
    for _ in range(DEATHS + 1):
        wait = node.in_background(lambda: city.cli("inside", "go", timeout_s=30))
        pid = city.process.pid
        node.wait_until(lambda: hostile_plugins.is_running_hard(pid), 5, "it is inside")
        city.process.send_signal(signal.SIGKILL)
        wait_for_death(city)
        wait(30)
        city.start()
    assert state(city, "inside") == "on"


@pytest.mark.parametrize("where", CALLBACKS)
def test_a_hang_is_named_within_three_seconds_and_ends_the_node(city, tmp_path, where):
    name = f"hang_{where}".lower()
    enable_inside(city, tmp_path, "loop.c", name, where)
    began = time.monotonic()
    wait = node.in_background(lambda: provoke(city, name, where))
    node.wait_until(lambda: complaints(city, name), NAMED_WITHIN_S + 1, "the log names it")
    assert time.monotonic() - began < NAMED_WITHIN_S
    code = wait_for_death(city, ENDED_WITHIN_S)
    assert code == -signal.SIGABRT, code
    assert 8 < time.monotonic() - began < ENDED_WITHIN_S
    wait(30)


def test_three_hangs_quarantine_like_crashes(city, tmp_path):
    enable_inside(city, tmp_path, "loop.c", "hangs")
    for _ in range(DEATHS):
        provoke(city, "hangs", "IN_COMMAND")
        wait_for_death(city, ENDED_WITHIN_S)
        city.start()
    assert is_quarantined(city, "hangs")
    answers(city)


def test_a_quarantine_ends_when_the_file_has_changed(city, tmp_path):
    enable_inside(city, tmp_path, "crash.c", "mended")
    for _ in range(DEATHS):
        provoke(city, "mended", "IN_COMMAND")
        wait_for_death(city)
        city.start()
    assert state(city, "mended") == "quarantined"
    build("hostile/declares.c", tmp_path, "mended")
    city.cli("plugin", "reload", "mended")
    assert state(city, "mended") == "on"
    assert city.cli("mended", "go").code == 0
