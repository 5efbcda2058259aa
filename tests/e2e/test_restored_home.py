"""A home that comes back from an old copy, or runs twice (the link's promise 4).

The neighbour notices at the first contact, its newer facts stand, nothing is deleted because it is
absent, `sync status` counts the doubts, and `sync resolve --mine` settles them up to the city.
"""
import os
import shutil

import pytest

import node

NAMES = ("city", "wudalianchi", "long-zhen")
MEETING = ("purpose=study", "subject=学习", "attended=5")


def add_meeting(township, date):
    township.ok("add", "meeting", "--unit", township.unit, f"date={date}", *MEETING)


def keep(township):
    """A copy of the home as it is on disk now, taken while nothing runs."""
    township.stop()
    copy = township.home + ".copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(township.home, copy, ignore=shutil.ignore_patterns("run"))
    township.start()
    return copy


def put_back(township, copy):
    township.kill()
    shutil.rmtree(township.home)
    shutil.copytree(copy, township.home)
    os.makedirs(os.path.join(township.home, "run"), exist_ok=True)
    township.start()


def link(owner, role, peer=None):
    for line in owner.rows("sync", "status"):
        if line["role"] == role and peer in (None, line["peer"]):
            return line
    return None


def has_doubts(owner, role, peer=None):
    found = link(owner, role, peer)
    return found is not None and found["state"] == "diverged" and found["doubts"] > 0


def is_clean(owner, role, peer=None):
    found = link(owner, role, peer)
    return found is not None and found["state"] == "up" and found["doubts"] == 0


def assert_settles(tree, names):
    """The township's figures stand everywhere, and nobody is in doubt."""
    township = tree[names[-1]]
    township.ok("sync", "resolve", "--mine")
    for name in reversed(names[1:]):
        tree[name].wait_synced()
    own = township.metrics(township.unit)
    for name in names[:-1]:
        node.wait_until(lambda n=name: tree[n].metrics(township.unit) == own, 30,
                        f"{name} has the figures of {names[-1]}")
    node.wait_until(lambda: is_clean(township, "parent"), 30, "the township is in no doubt")
    for upper, lower in zip(names, names[1:]):
        node.wait_until(lambda u=upper, l=lower: is_clean(tree[u], "child", tree[l].unit), 30,
                        f"{upper} is in no doubt")
    assert township.rows("sync", "doubts") == []
    assert township.rows("wait", "--synced") == []
    for name in names:  # what was refused for the doubts' sake has been taken
        node.wait_until(lambda n=name: all(line["rejected"] == 0 for line in
                                           tree[n].rows("sync", "status")), 30,
                        f"{name} and its neighbours refuse nothing any more")


def assert_counted_once_and_sent_to_their_origin(city, county, township):
    """The city and the county hold the same rows in doubt, and both say so."""
    held = {(line["unit"], line["table"], line["about"]) for line in county.rows("sync", "doubts")}
    node.wait_until(lambda: link(city, "child", county.unit)["doubts"] == len(held), 30,
                    "the city holds the same rows in doubt")
    for owner, role in ((township, "parent"), (county, "child"), (county, "parent")):
        node.wait_until(lambda o=owner, r=role: link(o, r)["doubts"] == len(held), 30,
                        f"{owner.name} counts each row once")
    assert len(township.rows("sync", "doubts")) == len(held)
    assert len(county.rows("sync", "doubts")) == len(held)
    assert {line["told_by"] for line in township.rows("sync", "doubts")} == {county.unit}
    assert {line["told_by"] for line in county.rows("sync", "doubts")} == {""}
    there = f"run wuhao sync resolve on the node of {township.unit} {township.name}"
    assert there in link(county, "child")["reason"]
    assert there in link(city, "child")["reason"]
    assert county.rows("status")[0]["links"][1]["reason"] == link(county, "child")["reason"]
    assert "the node of" not in link(township, "parent")["reason"]
    refused = county.cli("sync", "resolve", "--mine")
    assert refused.code == 4 and f"the node of {township.unit} {township.name}" in refused.err


def assert_said_by_wait(township):
    """Sending is done, and that is 0; that some rows are in doubt or refused is said beside it."""
    told, = township.rows("wait", "--synced")
    assert told["doubts"] == len(township.rows("sync", "doubts"))
    assert told["refused"] == link(township, "parent")["rejected"] > 0
    said = township.cli("wait", "--synced")
    assert said.code == 0 and f"{told['doubts']} rows are in doubt" in said.err


def test_restored_home_is_noticed_and_settled(trees):
    tree = trees(NAMES)
    city, county, township = (tree[name] for name in NAMES)
    add_meeting(township, "2025-02-03")
    township.wait_synced()
    copy = keep(township)
    for date in ("2025-02-10", "2025-05-10", "2025-08-10"):  # the node moves on
        add_meeting(township, date)
    township.wait_synced()
    county.wait_synced()
    newer = county.metrics(township.unit)
    assert city.metrics(township.unit) == newer

    put_back(township, copy)
    node.wait_until(lambda: has_doubts(township, "parent"), 30, "the township knows of doubts")
    node.wait_until(lambda: has_doubts(county, "child", township.unit), 30, "so does the county")
    assert_said_by_wait(township)
    # It goes on working, and what it tells does not overwrite what is in doubt.
    add_meeting(township, "2025-02-20")
    add_meeting(township, "2025-11-20")
    township.wait_synced()
    county.wait_synced()
    for upper in (county, city):
        now = upper.metrics(township.unit)
        assert all(now[key] == value for key, value in newer.items() if key[1] != "2025Q4")
        assert any(key[1] == "2025Q4" and value for key, value in now.items()
                   if "meeting" in key[2])
    doubts = township.rows("sync", "doubts")
    assert doubts and all(line["origin"] == township.unit for line in doubts)
    assert any(line["told_by"] == "" for line in county.rows("sync", "doubts"))
    assert_counted_once_and_sent_to_their_origin(city, county, township)
    assert any(line["doubt"] for line in city.rows("metrics", "--unit", township.unit))
    ranked = city.rows("rank", "--level", "township", "--year", node.YEAR)
    assert {line["unit"] for line in ranked if line["doubts"] > 0} == {township.unit}
    assert_settles(tree, NAMES)
    # And it goes on as if nothing had been.
    add_meeting(township, "2025-06-01")
    township.wait_synced()
    county.wait_synced()
    assert city.metrics(township.unit) == township.metrics(township.unit)


def test_restored_parent_gets_all(trees):
    """L6: the receiver owns the cursor; a restored parent says what it really has."""
    tree = trees(NAMES)
    city, county, township = (tree[name] for name in NAMES)
    add_meeting(township, "2025-02-03")
    township.wait_synced()
    copy = keep(county)
    add_meeting(township, "2025-05-10")
    township.wait_synced()
    county.wait_synced()
    put_back(county, copy)
    township.wait_synced()
    county.wait_synced()
    own = township.metrics(township.unit)
    assert county.metrics(township.unit) == own
    assert city.metrics(township.unit) == own


@pytest.mark.parametrize("what", ("store", "home"))
def test_parent_recreated(trees, what):
    """L7: a parent that was made anew has no cursor, whatever the one before acknowledged."""
    tree = trees(("city", "wudalianchi", "long-zhen"))
    city, county, township = tree["city"], tree["wudalianchi"], tree["long-zhen"]
    add_meeting(township, "2025-02-03")
    township.wait_synced()
    county.wait_synced()
    county.kill()  # the link is idle
    shutil.rmtree(os.path.join(county.home, "store") if what == "store" else county.home)
    if what == "home":  # with new keys
        county.init()
    county.start()
    if what == "home":
        county.ok("join", city.ok("invite", county.unit).strip())
    county.wait_synced()
    township.ok("join", county.ok("invite", township.unit).strip())
    add_meeting(township, "2025-05-10")
    township.wait_synced()
    county.wait_synced()
    own = township.metrics(township.unit)
    assert county.metrics(township.unit) == own
    assert city.metrics(township.unit) == own


def test_restore_deletes_nothing(trees):
    """L9: what a restored store lacks is missing there alone, also once it has been compared."""
    tree = trees(NAMES)
    city, county, township = (tree[name] for name in NAMES)
    units = county.rows("unit", "list")
    copies = keep(county), keep(township)
    for date in ("2025-02-10", "2025-05-10", "2025-08-10"):
        add_meeting(township, date)
    city.ok("programme", "issue", node.PROGRAMME)
    tree.wait_synced()
    newer, programmes = city.metrics(township.unit), city.rows("programme", "show")
    for owner, copy in zip((county, township), copies):
        put_back(owner, copy)
        tree.wait_synced()
        owner.cli("sync", "verify")
        tree.wait_synced()
        for upper in (city, county):
            assert upper.metrics(township.unit) == newer
        assert county.rows("unit", "list") == units
        assert county.rows("programme", "show") == programmes


def test_copied_home_started_twice(trees, tmp_path):
    """The one that comes second takes over; the other stands back until an operator decides."""
    tree = trees(NAMES)
    county, township = tree["wudalianchi"], tree["long-zhen"]
    add_meeting(township, "2025-02-03")
    township.wait_synced()
    copy = keep(township)
    add_meeting(township, "2025-05-10")
    township.wait_synced()
    twin = node.Node(tmp_path / "twin", township.unit, township.name, township.kind)
    shutil.copytree(copy, twin.home)
    os.makedirs(os.path.join(twin.home, "run"), exist_ok=True)
    try:
        twin.start()
        node.wait_until(lambda: has_doubts(twin, "parent"), 30, "the twin is noticed")
        # It has nothing to send, and no Ping is due yet: it is told.
        node.wait_until(lambda: link(township, "parent")["state"] == "refused", 15,
                        "the first one stands back")
        assert "resolve --mine" in link(township, "parent")["reason"]
        seen = link(county, "child", township.unit)
        assert f"the node of unit {township.unit} came with what was given up" in seen["reason"]
        assert seen["state"] == "diverged" and county.log().count("note=copies") == 1
        add_meeting(township, "2025-08-10")
        twin.stop()
        assert_settles(tree, NAMES)
    finally:
        twin.kill()
    assert county.metrics(township.unit) == township.metrics(township.unit)


def restore(township, backups):
    """As an operator does it: the home's folder is emptied, and the newest backup is put back."""
    township.kill()
    shutil.rmtree(township.home)
    result = node.run("wuhao", "restore", backups, "--into", township.home, timeout_s=120)
    assert result.code == 0, result
    township.start()


def assert_in_doubt(county, township):
    """What the county holds beyond the backup stands, and is listed at both ends."""
    node.wait_until(lambda: has_doubts(township, "parent"), 30, "the township lists its doubts")
    node.wait_until(lambda: has_doubts(county, "child", township.unit), 30, "so does the county")
    assert township.rows("sync", "doubts") and county.rows("sync", "doubts")
    assert county.metrics(township.unit) != township.metrics(township.unit)


@pytest.fixture(name="backed_up")
def backed_up_fixture(trees, tmp_path):
    """(tree, county, township, folder of backups): one meeting is in the newest backup."""
    tree = trees(NAMES)
    county, township, backups = tree[NAMES[1]], tree[NAMES[2]], tmp_path / "backups"
    add_meeting(township, "2025-01-10")
    tree.wait_synced()
    township.ok("backup", "create", backups)
    return tree, county, township, backups


def test_a_backup_that_is_older_than_the_last_settlement_comes_back_with_doubts(backed_up):
    tree, county, township, backups = backed_up
    for date in ("2025-04-10", "2025-07-10"):  # what is lost at the first and the second restore
        add_meeting(township, date)
        tree.wait_synced()
        restore(township, backups)
        assert_in_doubt(county, township)
        assert_settles(tree, NAMES)


def test_a_blank_start_and_then_the_backup_comes_back_with_doubts(backed_up):
    tree, county, township, backups = backed_up
    add_meeting(township, "2025-04-10")
    tree.wait_synced()
    township.kill()
    shutil.rmtree(os.path.join(township.home, "store"))
    township.start()
    node.wait_until(lambda: has_doubts(township, "parent"), 30, "the blank home is in doubt")
    restore(township, backups)
    assert_in_doubt(county, township)
    assert_settles(tree, NAMES)
