"""What happens to disks, homes and trees while the link lives (the link's promises 1, 4 and 9)."""
import os
import random
import shutil
import signal
import subprocess

import pytest

import node

WEEKS = 52
STORE_MIB_MAX = 24  # what the store keeps of late writes and of blocks that it read
MEETING = ("purpose=study", "subject=学习", "attended=5")


def add_meeting(township, date):
    township.ok("add", "meeting", "--unit", township.unit, f"date={date}", *MEETING)


def agree(*owners):
    unit = owners[-1].unit
    figures = [owner.metrics(unit) for owner in owners]
    return all(one == figures[0] for one in figures)


def link(owner, role, peer=None):
    return next((row for row in owner.rows("sync", "status")
                 if row["role"] == role and peer in (None, row["peer"])), None)


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path):
    """A small file system for one home."""
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", path], check=True)
    yield path
    subprocess.run(["umount", "-l", path], check=True)


@pytest.fixture(name="joined")
def joined_fixture(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    tree.wait_synced()
    return tree["city"], tree["wudalianchi"], tree["long-zhen"]


def move_store(owner, disk):
    owner.stop()
    shutil.move(os.path.join(owner.home, "store"), disk / "store")
    os.symlink(disk / "store", os.path.join(owner.home, "store"))
    owner.start()


def fill(disk):
    """Leaves a megabyte, then has a commit fail; gives the file that takes the room."""
    path = disk / "filler"
    free = os.statvfs(disk)
    path.write_bytes(bytes(free.f_bavail * free.f_frsize - (1 << 20)))
    return path


def write_large_csv(path):
    """20,000 records whose subjects no compression makes small."""
    chance = random.Random(7)
    with open(path, "w", encoding="utf-8") as file:
        print("unit,date,category,form,subject,youth,elders", file=file)
        for i in range(20000):
            subject = f"{chance.getrandbits(1200):x}"
            print(f"231182101201,2024-{1 + i % 12:02}-10,law,,{subject},{i},", file=file)
    return path


def test_parent_whose_disk_fills_and_is_freed(joined, small_disk, tmp_path):
    city, county, township = joined
    folders = node.demo_records(tmp_path / "records", [township])
    move_store(county, small_disk)
    filler = fill(small_disk)
    assert county.cli("import", "activity", write_large_csv(tmp_path / "large.csv")).code == 1
    township.import_folder(folders[township.unit])
    node.wait_until(lambda: link(township, "parent")["state"] != "up", 60, "the parent says so")
    assert not agree(county, township)
    assert county.rows("unit", "list")  # it serves what it has
    os.remove(filler)
    township.wait_synced()
    county.wait_synced()
    assert agree(city, county, township)


def test_read_only_store_is_named_and_harms_nothing(joined, small_disk):
    _, county, township = joined
    move_store(county, small_disk)
    county.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    try:
        process = county.spawn()
        assert process.wait(30) == 1
        county.close()
        assert "read-only" in county.log().lower() or "Read-only" in county.log()
        add_meeting(township, "2025-02-03")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    county.start()
    township.wait_synced()
    assert agree(county, township)


def reload_with(owner, old, new):
    """Changes a setting that has nothing to do with rows, and has the config read again."""
    path = os.path.join(owner.home, "wuhao.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert old in text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))
    owner.process.send_signal(signal.SIGHUP)


def test_outbox_survives_restart(joined):
    """L14: what waits for the parent is the store itself; no death or setting empties it."""
    city, county, township = joined
    county.kill()
    add_meeting(township, "2025-02-03")
    township.kill()
    township.start()
    add_meeting(township, "2025-05-10")
    township.stop()
    township.start()
    reload_with(township, node.ENABLE, 'enable: ["ledger"]')
    node.wait_until(lambda: {line["name"]: line["state"] for line in township.rows(
        "plugin", "list")}["ranking"] == "off", 30, "the config is read")
    township.kill()
    township.start()
    own = township.metrics(township.unit)
    assert {key[1] for key in own} >= {"2025Q1", "2025Q2"}
    county.start()
    township.wait_synced()
    county.wait_synced()
    assert agree(city, county, township)
    assert county.metrics(township.unit) == own


def feed_entries(owner):
    """How many bulk rows the feed towards the parent holds, as RocksDB's own tool counts them."""
    listed = subprocess.run(["ldb", f"--db={owner.home}/store", "--column_family=feed", "--hex",
                             "scan"], check=True, capture_output=True, text=True).stdout
    return sum(line.startswith("0x0001") for line in listed.splitlines())


def resident_mib(owner):
    with open(f"/proc/{owner.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024


def test_year_offline_memory_flat(joined, tmp_path):
    """L15: what waits is each row once, however often it changes while the parent is away."""
    _, county, township = joined
    villages = [line["code"] for line in township.rows("unit", "list")
                if line["parent"] == township.unit]
    county.kill()
    lengths, resident = [], []
    for week in range(WEEKS):
        path = tmp_path / f"{week}.csv"
        path.write_text("unit,date,category,form,subject,youth\n" + "".join(
            f"{village},2025-{month}-10,law,,讲座{week},5\n"
            for village in villages for month in ("02", "05", "08", "11")))
        township.ok("import", "activity", path)
        resident.append(resident_mib(township))
        if week in (0, WEEKS - 1):
            node.wait_until(township.has_measured, 30, "it is measured")
            township.stop()
            lengths.append(feed_entries(township))
            township.start()
    assert lengths[0] == lengths[1] >= 4 * len(villages), lengths
    assert resident[-1] - resident[1] < STORE_MIB_MAX, resident
    county.start()
    township.wait_synced()
    assert agree(county, township)


def freeze_copy(owner, copy):
    """The home as a power cut would leave it at this instant."""
    os.kill(owner.process.pid, signal.SIGSTOP)
    try:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(owner.home, copy, ignore=shutil.ignore_patterns("run"))
    finally:
        os.kill(owner.process.pid, signal.SIGCONT)


def thaw(owner, copy):
    owner.kill()
    shutil.rmtree(owner.home)
    shutil.copytree(copy, owner.home)
    os.makedirs(os.path.join(owner.home, "run"))
    owner.start()


@pytest.mark.parametrize("who", ("county", "township"))
def test_store_copied_while_it_is_written_and_started_again(joined, tmp_path, who):
    city, county, township = joined
    victim = county if who == "county" else township
    folders = node.demo_records(tmp_path / "records", [township])
    importing = node.in_background(township.import_folder, folders[township.unit])
    node.wait_until(lambda: victim.metrics(township.unit), 60, "the first figures")
    freeze_copy(victim, tmp_path / "copy")
    importing()
    township.wait_synced()
    thaw(victim, tmp_path / "copy")
    if who == "township":  # what it wrote since the copy is known above alone: entered again
        node.wait_until(lambda: link(township, "parent")["state"] != "down", 30, "it is back")
        township.ok("sync", "now")
        township.wait_synced()
        if link(township, "parent")["doubts"]:
            township.ok("sync", "resolve", "--mine")
    township.wait_synced()
    county.wait_synced()
    node.wait_until(lambda: agree(city, county, township), 60, "all hold the same")


def test_county_between_city_and_township(homes):
    city = homes("city", "2311", "黑河市", "city", node.free_port()).init().start()
    city.issue()
    township = homes("long-zhen", "231182101", "龙镇").init().start()
    township.join(city)
    add_meeting(township, "2025-02-03")
    township.wait_synced()
    county = homes("county", "231182", "五大连池市", "county", node.free_port()).init().start()
    county.join(city)
    township.join(county)
    city.ok("revoke", township.unit)
    add_meeting(township, "2025-05-10")
    township.wait_synced()
    county.wait_synced()
    assert agree(city, county, township)
    assert link(township, "parent")["doubts"] == 0
    assert link(county, "child", township.unit)["state"] == "up"
    city.ok("programme", "issue", node.PROGRAMME)  # and what comes down goes the new way
    county.wait_synced()
    township.wait_synced()
    issues = [{row["number"] for row in owner.rows("programme", "show")}
              for owner in (city, township)]
    assert issues[0] == issues[1]


def test_promise_08_children_that_return_at_once(homes, tmp_path):
    """The power comes back: one parent, many children, each served within a bounded time."""
    county = homes("county", "231182", "五大连池市", "county", node.free_port()).init().start()
    townships = [f"2311821{i:02}" for i in range(24)]
    tree = tmp_path / "units.csv"
    tree.write_text("code,name,kind,parent\n231182,五大连池市,county,\n" + "".join(
        f"{code},乡镇{code},township,231182\n" for code in townships))
    county.ok("unit", "import", tree)
    children = []
    for code in townships:
        child = homes(code, code, f"乡镇{code}").init().start()
        child.ok("join", county.ok("invite", code).strip())
        children.append(child)
    for one in (county, *children):
        one.kill()
    for child in children:
        child.spawn()
    county.start()
    def all_up():
        up = {row["peer"] for row in county.rows("sync", "status") if row["state"] == "up"}
        return up == set(townships)
    node.wait_until(all_up, 60, "every child is up")
