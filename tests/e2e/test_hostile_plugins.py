"""Plugins in processes of their own that crash, hang, eat and lie: the node serves on and says so.

Each test enables one plugin of tests/plugins/hostile on a city that also has `ledger` and
`ranking`, provokes its fault, and asks the node for other things all the while.
"""
import json
import os
import signal
import time

import pytest

import hostile_plugins
import node
from hostile_plugins import (VILLAGE, Watch, answers, build, complaints, is_one_clear_line, listed,
                             provoke, shown, state)

COMMAND, JOB, MEASURE, ROWS, OPEN, CLOSE, CONSTRUCTOR = (
    "IN_COMMAND", "IN_JOB", "IN_MEASURE", "IN_ROWS", "IN_OPEN", "IN_CLOSE", "IN_CONSTRUCTOR")
CALLBACKS = (COMMAND, JOB, MEASURE)
WAYS_TO_END = ("NOWHERE", "ABORT", "EXIT", "QUIT")
SAME_COMPLAINT_MAX = 5
GIVES_UP_S = 15  # a callback that hangs is ended, and its caller told, within this


@pytest.fixture(name="city", scope="module")
def city_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    """A city that serves the ledgers and ranks; the tests of this file share it."""
    one = node.Node(tmp_path_factory.mktemp("hostile") / "city", "2311", "黑河市", "city")
    try:
        one.init().start().issue()
        hostile_plugins.add_meeting(one, "读书")
        yield one
    finally:
        one.kill()


@pytest.fixture(name="enabled")
def enabled_fixture(city, tmp_path):
    """enabled(source, name, *defines) -> how `plugin enable FILE.so` ended; disabled at last."""
    names = []

    def enabled(source, name, *defines):
        path = build(os.path.join("hostile", source), tmp_path, name, *defines)
        names.append(name)
        return city.cli("plugin", "enable", path)
    yield enabled
    for name in names:
        city.cli("plugin", "disable", name, timeout_s=hostile_plugins.PROVOKED_S)
        assert state(city, name) in ("off", "failed", "quarantined")
    answers(city)


def has_measured_what_it_can(one, name):
    """The other kinds' cells do not wait behind those that the plugin does not measure."""
    def meetings():
        lines = one.rows("metrics", "--unit", VILLAGE, "--year", node.YEAR)
        return sum(line["value"] for line in lines if line["metric"] == "meetings")
    before = meetings()
    hostile_plugins.add_meeting(one, name)
    node.wait_until(lambda: meetings() == before + 1, 10, f"a meeting is measured beside {name}")


def says_why_unless_on(one, name):
    line = listed(one, name)
    assert line, f"{name} is not listed"
    if line["state"] != "on":
        assert line["state"] in ("failed", "quarantined") and len(line["reason"] or "") > 15, line
    return line["state"]


# Crashes.

@pytest.mark.parametrize("where", CALLBACKS)
@pytest.mark.parametrize("by", WAYS_TO_END)
def test_a_callback_that_ends_its_process_costs_that_call_alone(city, enabled, where, by):
    name = f"end_{by}_{where}".lower()
    assert enabled("crash.c", name, where, f"BY={by}").code == 0
    with Watch(city):
        result = provoke(city, name, where)
        if where == COMMAND:
            assert is_one_clear_line(result)
    assert city.cli(name, "calm").code == 0, city.log()
    has_measured_what_it_can(city, name)
    says_why_unless_on(city, name)


@pytest.mark.parametrize("where", (OPEN, CONSTRUCTOR))
@pytest.mark.parametrize("by", WAYS_TO_END)
def test_a_plugin_that_ends_its_process_while_it_opens_is_listed_as_failed(city, enabled, where,
                                                                           by):
    name = f"end_{by}_{where}".lower()
    with Watch(city):
        result = enabled("crash.c", name, where, f"BY={by}")
    assert is_one_clear_line(result)
    assert says_why_unless_on(city, name) != "on"
    assert is_one_clear_line(city.cli(name, "go"))


@pytest.mark.parametrize("by", WAYS_TO_END)
def test_a_plugin_that_ends_its_process_while_it_closes_is_gone_all_the_same(city, enabled, by):
    name = f"end_{by}_in_close".lower()
    assert enabled("crash.c", name, CLOSE, f"BY={by}").code == 0
    with Watch(city):
        assert city.cli("plugin", "disable", name).code == 0
    assert state(city, name) == "off"


@pytest.mark.parametrize("by", ("KILL", "BUS", "DIVIDE"))
def test_signals_are_told_to_the_caller(city, enabled, by):
    name = f"signal_{by}".lower()
    assert enabled("crash.c", name, f"BY={by}").code == 0
    assert is_one_clear_line(city.cli(name, "go"))
    assert city.cli(name, "calm").code == 0


@pytest.mark.parametrize("where", CALLBACKS)
def test_fifty_crashes_are_told_a_few_times(city, enabled, where):
    name = f"fifty_{where}".lower()
    assert enabled("crash.c", name, where).code == 0
    with Watch(city):
        for _ in range(50):
            provoke(city, name, where)
    def is_quarantined():
        provoke(city, name, where)
        return state(city, name) == "quarantined"
    # Between deaths its process rests, so fifty calls are not fifty deaths.
    node.wait_until(is_quarantined, 20, "three deaths in a row quarantine")
    counted = complaints(city, name)
    assert counted, "the log does not name it"
    assert max(counted.values()) <= SAME_COMPLAINT_MAX, counted
    says_why_unless_on(city, name)
    if where != MEASURE:  # there a caller has its record, which is saved
        assert "quarantine" in provoke(city, name, where).err
    assert [line for line in city.rows("notices") if name in json.dumps(line)]
    assert city.ok("plugin", "enable", name) is not None
    assert state(city, name) == "on"
    assert city.cli(name, "calm").code == 0


def test_a_stack_that_runs_out_is_a_crash(city, enabled):
    assert enabled("deep.c", "deep").code == 0
    with Watch(city):
        assert is_one_clear_line(city.cli("deep", "go"))
    assert city.cli("deep", "calm").code == 0


def test_a_job_that_ends_its_process_is_told_to_who_runs_it(homes, tmp_path):
    one = homes("city", "2311", "黑河市", "city").init().start()
    one.ok("plugin", "enable", build("hostile/crash.c", tmp_path, "ran", JOB))
    assert is_one_clear_line(one.cli("plugin", "run", "ran", "go", timeout_s=10))


# A process that somebody else kills.

def pid_of(one, name):
    line = shown(one, name).get("pid")
    return int(line["name"]) if line else 0


def test_a_process_that_is_killed_is_started_again_twenty_times(city, enabled):
    assert enabled("loop.c", "killed", JOB).code == 0
    for _ in range(20):
        city.ok("killed", "calm")
        pid = pid_of(city, "killed")
        assert pid > 0 and pid in hostile_plugins.processes_of(city.process.pid)
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        node.wait_until(lambda: city.cli("killed", "calm").code == 0, 5, "it serves again")
        assert time.monotonic() - began < 5
    assert state(city, "killed") == "on"
    zombies = [state for state in hostile_plugins.processes_of(city.process.pid).values()
               if state == "Z"]
    assert len(zombies) <= 1, zombies


def test_a_command_whose_process_is_killed_fails_within_a_second(city, enabled):
    assert enabled("loop.c", "killed_within").code == 0
    pid = pid_of(city, "killed_within")
    told = []
    wait = node.in_background(lambda: told.append(city.cli("killed_within", "go")))
    node.wait_until(lambda: hostile_plugins.is_running_hard(pid), 5, "it is within the command")
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    wait(5)
    assert time.monotonic() - began < 1
    assert is_one_clear_line(told[0])
    assert city.cli("killed_within", "calm").code == 0


def test_a_process_does_not_outlive_its_node(city, enabled):
    assert enabled("loop.c", "orphan", JOB).code == 0
    pid = pid_of(city, "orphan")
    city.kill()
    node.wait_until(lambda: not os.path.exists(f"/proc/{pid}"), 5, "it has ended")
    city.start()
    assert city.cli("orphan", "calm").code == 0


@pytest.mark.parametrize("talks", ((), ("TALKS",)), ids=("spins", "talks"))
def test_a_thread_that_a_callback_leaves_behind_harms_that_plugin_alone(city, enabled, talks):
    name = "_".join(("lingers", *talks)).lower()
    assert enabled("lingers.c", name, *talks).code == 0
    with Watch(city):
        for _ in range(10):
            city.cli(name, "go")
            city.cli(name, "calm")
    pid = pid_of(city, name)
    assert city.cli("plugin", "disable", name).code == 0
    assert not pid or not os.path.exists(f"/proc/{pid}")


# Hangs.

@pytest.mark.parametrize("where", CALLBACKS)
def test_a_callback_that_hangs_is_ended_and_named(city, enabled, where):
    name = f"hang_{where}".lower()
    assert enabled("loop.c", name, where).code == 0
    began = time.monotonic()
    with Watch(city):
        result = provoke(city, name, where)
        took = time.monotonic() - began
        node.wait_until(lambda: complaints(city, name), GIVES_UP_S, "the log names it")
    assert took < GIVES_UP_S
    if where == COMMAND:
        assert is_one_clear_line(result)
    node.wait_until(lambda: city.cli(name, "calm").code == 0 or state(city, name) != "on",
                    GIVES_UP_S, "it serves again")
    says_why_unless_on(city, name)
    has_measured_what_it_can(city, name)


def test_a_plugin_that_hangs_while_it_opens_is_listed_as_failed(city, enabled):
    began = time.monotonic()
    with Watch(city):
        result = enabled("loop.c", "hang_in_open", OPEN)
    assert time.monotonic() - began < GIVES_UP_S
    assert is_one_clear_line(result)
    assert says_why_unless_on(city, "hang_in_open") != "on"


@pytest.mark.parametrize("source", ("crash.c", "loop.c", "answers.c"))
def test_a_fault_when_rows_change_holds_up_no_change(city, enabled, source):
    name = f"rows_{source[:-2]}"
    assert enabled(source, name, ROWS).code == 0
    with Watch(city):
        for _ in range(3):  # a hang costs the node two seconds each; then it is quarantined
            has_measured_what_it_can(city, name)
    node.wait_until(lambda: complaints(city, name), GIVES_UP_S, "the log names it")
    assert max(complaints(city, name).values()) <= SAME_COMPLAINT_MAX
    says_why_unless_on(city, name)


# Memory.

def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


def test_a_plugin_that_takes_all_memory_is_held_at_its_limit(city, enabled):
    assert enabled("memory.c", "greedy", "UNBOUNDED").code == 0
    with Watch(city):
        result = city.cli("greedy", "go", "--json")
    assert result.code != 0 or json.loads(result.out)["did"] == 0, result
    assert city.cli("greedy", "calm").code == 0


def test_a_plugin_that_leaks_does_not_make_the_node_grow(city, enabled, tmp_path):
    hostile_plugins.configure(city, "leaky", str(tmp_path / "leaky.so"), memory_mb=64)
    assert enabled("memory.c", "leaky").code == 0
    before = resident_kib(city.process.pid)
    for _ in range(100):  # a megabyte each; its limit is 64
        city.cli("leaky", "go")
    assert resident_kib(city.process.pid) - before < 20 * 1024
    node.wait_until(lambda: city.cli("leaky", "calm").code == 0 or
                    state(city, "leaky") == "quarantined", 10, "it serves again")


# Rubbish that comes back.

@pytest.mark.parametrize("rc", (12345, -9999, "INT32_MIN", "INT32_MAX"))
@pytest.mark.parametrize("where", CALLBACKS)
def test_a_code_that_is_none_is_a_failure(city, enabled, rc, where):
    name = f"code_{str(rc).replace('-', 'minus_')}_{where}".lower()[:31]
    assert enabled("answers.c", name, where, f"RC=({rc})").code == 0
    with Watch(city):
        result = provoke(city, name, where)
    if where == COMMAND:
        assert is_one_clear_line(result)
    has_measured_what_it_can(city, name)


@pytest.mark.parametrize("gives", ("RUBBISH", "TOO_FEW", "TOO_MANY", "NO_TYPE", "NOT_JSON",
                                   "CONTROLS", "NO_SPAN", "COLUMNS", "BYTES"))
def test_rubbish_that_comes_back_reaches_nobody(city, enabled, gives):
    name = f"gives_{gives}".lower()
    assert enabled("answers.c", name, f"GIVES={gives}").code == 0
    with Watch(city):
        for form in ("--json", "--csv", None):
            result = city.cli(name, "go", *([form] if form else []))
            if result.code != 0:
                assert is_one_clear_line(result)
            elif form == "--json":
                assert [json.loads(line) for line in result.out.splitlines()], result
            assert "\x1b" not in result.out + result.err, result
    node.wait_until(lambda: city.cli(name, "calm").code == 0 or
                    state(city, name) == "quarantined", 10, "it serves again, or never")


@pytest.mark.parametrize("gives", ("RUBBISH", "TOO_FEW", "TOO_MANY"))
def test_rubbish_with_no_reading_is_a_failure(city, enabled, gives):
    name = f"fails_{gives}".lower()
    assert enabled("answers.c", name, f"GIVES={gives}").code == 0
    assert is_one_clear_line(city.cli(name, "go"))


def test_a_metric_that_is_not_declared_is_refused_and_named(city, enabled):
    assert enabled("answers.c", "no_metric", MEASURE, "GIVES=NO_METRIC").code == 0
    with Watch(city):
        provoke(city, "no_metric", MEASURE)
        node.wait_until(lambda: "no_such_metric" in hostile_plugins.whole_log(city), 10, "named")
    has_measured_what_it_can(city, "no_metric")


def test_frames_that_look_almost_right_harm_that_plugin_alone(city, enabled):
    assert enabled("forges.c", "forges").code == 0
    with Watch(city):
        for _ in range(20):
            city.cli("forges", "go")
            city.ok("plugin", "enable", "forges")  # a clean record: no rest, no quarantine


# Floods.

@pytest.mark.parametrize("to", ("KEYS", "NOTICES"))
@pytest.mark.parametrize("where", (COMMAND, JOB))
def test_what_a_callback_may_write_has_a_bound_and_nothing_of_more_is_kept(city, enabled, to,
                                                                           where):
    name = f"flood_{to}_{where}".lower()
    assert enabled("flood.c", name, where, f"TO={to}").code == 0
    notices = len(city.rows("notices"))
    with Watch(city):
        result = provoke(city, name, where)
        if where == COMMAND:
            assert is_one_clear_line(result)
        node.wait_until(lambda: complaints(city, name) or where == COMMAND, 10, "named")
    assert len(city.rows("notices")) <= notices + 1
    assert city.cli(name, "calm").code == 0


@pytest.mark.parametrize("to, allowed_bytes", (("LOG", 300000), ("STDERR", 1 << 20)))
def test_a_plugin_does_not_fill_the_log(city, enabled, to, allowed_bytes):
    name = f"flood_{to}".lower()
    assert enabled("flood.c", name, f"TO={to}").code == 0
    before = os.path.getsize(city.home + ".log")
    with Watch(city):
        city.cli(name, "go")
    assert os.path.getsize(city.home + ".log") - before < allowed_bytes
    assert city.cli(name, "calm").code == 0


def test_a_reply_without_end_does_not_fill_the_node(city, enabled):
    assert enabled("flood.c", "flood_rows", "TO=ROWS").code == 0
    before = resident_kib(city.process.pid)
    with Watch(city):
        result = city.cli("flood_rows", "go", "--json")
    assert result.code != 0 or len(result.out.splitlines()) > 1000
    assert resident_kib(city.process.pid) - before < 150 * 1024
    assert city.cli("flood_rows", "calm").code == 0


@pytest.mark.parametrize("where", (MEASURE, JOB, ROWS))
def test_a_plugin_that_fails_in_other_words_each_time_does_not_fill_the_log(city, enabled, where):
    name = f"varies_{where}".lower()
    assert enabled("answers.c", name, where, "GIVES=TURNS").code == 0
    for _ in range(100):
        provoke(city, name, where)
        if where == ROWS:
            hostile_plugins.add_meeting(city, name)
    assert sum(complaints(city, name).values()) <= 70  # 60 a minute are allowed


# What is not a plugin's.

def test_a_plugin_does_not_read_records_of_a_plugin_that_it_does_not_need(city, enabled):
    assert enabled("reaches.c", "curious", "FOR=RECORDS").code == 0
    result = city.cli("curious", "go")
    assert is_one_clear_line(result) and result.code == 6


def sandbox_of(one, name):
    line = shown(one, name).get("sandbox")
    return line["name"] if line else ""


def needs_of_kernel(one, name, words):
    """What is said to be forbidden must hold; a kernel or a build may be unable to forbid it."""
    if words not in sandbox_of(one, name):
        pytest.skip(f"no `{words}` here: {sandbox_of(one, name)}")


@pytest.mark.parametrize("what", ("NETWORK", "CHILD", "PROGRAM", "PARENT", "TRACE", "KEY"))
def test_a_plugin_does_not_get_what_its_sandbox_keeps_from_it(city, enabled, what):
    name = f"reaches_{what}".lower()
    key = os.path.join(city.home, "keys", "node.key")
    assert os.path.exists(key)
    assert enabled("reaches.c", name, f"FOR={what}", f'PATH="{key}"').code == 0
    needs_of_kernel(city, name, "no network")
    with Watch(city):
        result = city.cli(name, "go", "--json")
    if result.code == 0:
        assert json.loads(result.out)["did"] == 0, (result, sandbox_of(city, name))
    else:
        assert is_one_clear_line(result)
    assert city.cli(name, "calm").code == 0


def test_a_constructor_does_not_read_the_nodes_key(city, enabled):
    key = os.path.join(city.home, "keys", "node.key")
    assert enabled("reaches.c", "early", CONSTRUCTOR, "FOR=KEY", f'PATH="{key}"').code == 0
    needs_of_kernel(city, "early", "no files")
    assert city.rows("early", "calm")[0]["did"] == 0, sandbox_of(city, "early")


def test_a_plugin_does_not_fill_the_disk(city, enabled, tmp_path):
    path = tmp_path / "flood"
    assert enabled("flood.c", "flood_disk", "TO=DISK", f'PATH="{path}"').code == 0
    with Watch(city):
        result = city.cli("flood_disk", "go")
    size = path.stat().st_size if path.exists() else 0
    path.unlink(missing_ok=True)
    assert result.code != 0 and size < 64 << 20, (size, sandbox_of(city, "flood_disk"))
