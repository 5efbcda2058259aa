"""Lines that are slow, far, cut, or dead without a word (the link's promises 6 and 8)."""
import os
import re
import signal

import pytest

import line
import node

CUTS = 5
RECONNECT_BYTES_MAX = 3000  # handshake, greeting and barrier; the rows of a year are ten times that
MEETING = ("purpose=study", "subject=学习", "attended=5")


def add_meeting(township, date):
    township.ok("add", "meeting", "--unit", township.unit, f"date={date}", *MEETING)


def link(owner, role):
    return next(row for row in owner.rows("sync", "status") if row["role"] == role)


def point_to(owner, port):
    """The parent is found at another address from now on."""
    path = os.path.join(owner.home, "wuhao.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text, count = re.subn(r"(endpoint: *\"?tcp://127\.0\.0\.1:)\d+", rf"\g<1>{port}", text)
    assert count == 1, text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    owner.process.send_signal(signal.SIGHUP)


@pytest.fixture(name="joined")
def joined_fixture(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    county, township = tree["wudalianchi"], tree["long-zhen"]
    county.wait_synced()
    return county, township


def agree(county, township):
    return county.metrics(township.unit) == township.metrics(township.unit)


@pytest.mark.parametrize("cut_every_s", (60, 25))
def test_promise_06_a_modem_is_enough(joined, tmp_path, cut_every_s):
    """9,600 bit/s, a round trip of 2 s, a cut every 60 s: the year of a township arrives.

    Coming back takes some 12 s of round trips, so 25 s leave half of the time for rows.
    """
    county, township = joined
    folders = node.demo_records(tmp_path / "records", [township])
    port = node.free_port()
    with line.Line(port, county.port, bits_per_s=9600, one_way_s=1.0,
                   cut_every_s=cut_every_s) as modem:
        point_to(township, port)
        node.wait_until(lambda: link(township, "parent")["state"] == "up", 60, "up over the line")
        township.import_folder(folders[township.unit])
        township.wait_synced(timeout_s=400)
        assert agree(county, township)
        packed = sum(modem.bytes.values())
        print(f"{packed} bytes, {modem.cuts} cuts, {modem.connections} connections")
        assert packed < 3 * 25000  # three times what zstd makes of the rows (tests/bench)


def test_rtt_2s_handshake(joined):
    """L12: no time-out of a greeting is shorter than a satellite's round trips."""
    county, township = joined
    port = node.free_port()
    with line.Line(port, county.port, one_way_s=1.0) as far:
        point_to(township, port)
        node.wait_until(lambda: far.connections > 0 and link(township, "parent")["state"] == "up",
                        60, "up over the line")
        add_meeting(township, "2025-02-03")
        township.wait_synced(timeout_s=60)
        assert agree(county, township)
        assert far.connections == 1, "the first attempt must do"


def test_reconnect_bytes_bounded(joined, tmp_path):
    """L16: what was acknowledged is not sent again, however often the line is lost."""
    county, township = joined
    folders = node.demo_records(tmp_path / "records", [township])
    port = node.free_port()
    with line.Line(port, county.port) as weak:
        point_to(township, port)
        node.wait_until(lambda: weak.connections > 0 and link(township, "parent")["state"] == "up",
                        30, "up over the line")
        township.import_folder(folders[township.unit])
        township.wait_synced()
        for _ in range(CUTS):
            before, connections = sum(weak.bytes.values()), weak.connections
            weak.cut()
            node.wait_until(lambda n=connections: weak.connections > n and
                            link(township, "parent")["state"] == "up", 60, "up again")
            township.wait_synced()
            assert sum(weak.bytes.values()) - before < RECONNECT_BYTES_MAX
        assert agree(county, township)


def test_half_open_noticed(joined):
    """L11: nothing received is what counts; sending proves nothing."""
    county, township = joined
    port = node.free_port()
    with line.Line(port, county.port) as dead:
        point_to(township, port)
        node.wait_until(lambda: dead.connections > 0 and link(township, "parent")["state"] == "up",
                        30, "up over the line")
        dead.silent = True
        add_meeting(township, "2025-02-03")
        node.wait_until(lambda: link(township, "parent")["state"] == "down", 100,
                        "the child notices")
        node.wait_until(lambda: link(county, "child")["state"] == "down", 100, "so does the parent")
        dead.silent = False
        dead.cut()
        township.wait_synced()
        assert agree(county, township)


def test_reconnect_before_loss_seen(joined):
    """L13: a new Hello under the same key replaces the old link at once."""
    county, township = joined
    port = node.free_port()
    with line.Line(port, county.port) as first:
        point_to(township, port)
        node.wait_until(lambda: first.connections > 0 and link(township, "parent")["state"] == "up",
                        30, "up over the line")
        first.silent = True  # the parent sees nothing of what follows
        point_to(township, county.port)
        add_meeting(township, "2025-02-03")
        township.wait_synced(timeout_s=15)
        assert agree(county, township)


def test_parent_that_stands_still_for_a_while(joined):
    """SIGSTOP: no loss is seen by the system; the link survives and goes on."""
    county, township = joined
    os.kill(county.process.pid, signal.SIGSTOP)
    try:
        for date in ("2025-02-03", "2025-05-10"):
            add_meeting(township, date)
        assert township.cli("wait", "--synced", "--timeout", 90, timeout_s=120).code == 1
    finally:
        os.kill(county.process.pid, signal.SIGCONT)
    township.wait_synced()
    assert agree(county, township)


def test_parent_moved_to_another_address(joined):
    county, township = joined
    county.stop()
    add_meeting(township, "2025-02-03")
    county.port = node.free_port()
    county.start(WUHAO_LISTEN=f"tcp://127.0.0.1:{county.port}")
    point_to(township, county.port)
    township.wait_synced(timeout_s=30)
    assert agree(county, township)
