"""Neighbours of two releases work together, in both directions (the link's promise 9, L23)."""
import os
import shutil
import subprocess

import pytest

import node

# The last commit before terms named what they abandon, before bundles and verification.
PREVIOUS = "950f81786fe2ef2e2af096f3bc12fff24d2430e6"
MEETING = ("purpose=study", "subject=学习", "attended=5")


def git(*args):
    return subprocess.run(["git", "-C", node.ROOT, *args], capture_output=True, check=False)


@pytest.fixture(name="previous", scope="module")
def previous_fixture(programs):  # pylint: disable=unused-argument
    """The programs of the previous release, built once."""
    place = os.path.join(node.ROOT, "build", "previous")
    found = os.path.join(place, "build", "release", "bin")
    if not os.path.exists(os.path.join(found, "wuhaod")):
        if git("cat-file", "-e", PREVIOUS).returncode != 0:
            pytest.skip("this checkout has no history")
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        archive = git("archive", PREVIOUS)
        subprocess.run(["tar", "-x", "-C", place], input=archive.stdout, check=True)
        for step in (["cmake", "--preset", "release"],
                     ["cmake", "--build", "--preset", "release"]):
            subprocess.run(step, cwd=place, check=True, capture_output=True)
    return found


def add_meeting(township, date):
    township.ok("add", "meeting", "--unit", township.unit, f"date={date}", *MEETING)


def restart(owner, programs):
    owner.stop()
    owner.bin = programs
    owner.start()


@pytest.mark.parametrize("older", ("county", "township", "city"))
def test_version_skew_pair(tmp_path, previous, older):
    """A tree of the previous release; all but one node are upgraded, then that one too. A store
    goes forward only, as a release that is older than it says at its start."""
    tree = node.Tree(tmp_path, ("city", "wudalianchi", "long-zhen"))
    city, county, township = tree["city"], tree["wudalianchi"], tree["long-zhen"]
    victim = {"city": city, "county": county, "township": township}[older]
    for owner in tree.nodes.values():
        owner.bin = previous
    try:
        tree.build()
        add_meeting(township, "2025-02-01")
        tree.wait_synced()
        for owner in tree.nodes.values():
            if owner is not victim:
                restart(owner, node.BIN)
        check_skew(city, county, township)
        if older == "city":
            said = county.cli("sync", "verify")
            assert said.code != 0 and "upgrade it first" in said.first_line, said
        restart(victim, node.BIN)
        check_upgraded(city, county, township)
        restart_refused(township, previous)
    finally:
        tree.close()


def check_skew(city, county, township):
    for date in ("2025-02-03", "2025-05-10"):
        add_meeting(township, date)
    township.wait_synced()
    county.wait_synced()
    assert city.metrics(township.unit) == township.metrics(township.unit)
    city.issue_programme()
    county.wait_synced()
    township.wait_synced()


def check_upgraded(city, county, township):
    """What was kept under the previous release is read and goes on."""
    add_meeting(township, "2025-08-10")
    township.wait_synced()
    county.wait_synced()
    assert city.metrics(township.unit) == township.metrics(township.unit)
    for owner in (city, county, township):
        for row in owner.rows("sync", "status"):
            assert row["state"] == "up" and row["rejected"] == 0 and row["doubts"] == 0, row
    for owner in (county, township):
        found = {line["check"]: line for line in owner.rows("sync", "verify")}
        assert all(line["differ"] == 0 for line in found.values()), found


def restart_refused(owner, programs):
    """Nothing is changed in a store that is newer than the program."""
    owner.stop()
    owner.bin = programs
    assert owner.spawn().wait(30) != 0
    owner.process.stdout.close()
    assert "newer program" in owner.log()
    restart_current(owner)


def restart_current(owner):
    owner.process, owner.bin = None, node.BIN
    owner.start()
    owner.wait_synced()
