"""A township works on without its parent, and personal names never leave it."""
import csv
import os
import signal
import subprocess

import pytest

import node


def personal_values(folder):
    """Names and phone numbers of the records, as bytes, that no public text holds by chance."""
    with open(node.UNITS, encoding="utf-8") as units, \
            open(node.PROGRAMME, encoding="utf-8") as programme:
        public = units.read() + programme.read()
    values = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                values.update(record.get(field) or "" for field in ("person", "phone"))
                public += record.get("public_name") or ""  # named with consent
    return sorted(value.encode() for value in values if len(value) >= 3 and value not in public)


def found_in(values, *paths):
    """Which of these bytes stand in any file below the paths."""
    found = set()
    for path in paths:
        files = [path] if os.path.isfile(path) else [
            os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        for name in files:
            if os.path.isfile(name):
                with open(name, "rb") as file:
                    content = file.read()
                found.update(value for value in values if value in content)
    return found


class Capture:
    """tcpdump on the loopback device while the block runs."""

    def __init__(self, path, ports):
        self.path, self.ports, self.process = str(path), ports, None

    def __enter__(self):
        expression = " or ".join(f"port {port}" for port in self.ports)
        self.process = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-Z", "root", "-w", self.path,
             expression],
            stderr=subprocess.PIPE)
        said = b""  # it may say other things first; it listens when it says so
        while b"listening on" not in said:
            said = self.process.stderr.readline()
            assert said, "tcpdump ended before it listened"
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)


@pytest.fixture(name="scene")
def scene_fixture(trees, tmp_path):
    """The county is down while its township imports, and comes back; everything is captured."""
    tree = trees(("city", "wudalianchi", "long-zhen"))
    folder = node.demo_records(tmp_path / "records", tree.townships)["231182101"]
    with Capture(tmp_path / "lo.pcap", [tree["city"].port, tree["wudalianchi"].port]) as capture:
        tree["wudalianchi"].stop()
        tree["long-zhen"].import_folder(folder)
        alone = tree["long-zhen"].rows("rank", "--level", "grassroots", "--year", node.YEAR)
        tree["wudalianchi"].start()
        tree.wait_synced()
    return tree, folder, capture.path, alone


def test_all_arrives_once_the_parent_is_back_and_no_name_leaves_the_township(scene):
    tree, folder, pcap, alone = scene
    city, township = tree["city"], tree["long-zhen"]
    assert alone, "a township without its parent still ranks its villages"
    assert city.metrics(township.unit) == township.metrics(township.unit)

    for one in tree.nodes.values():
        one.stop()  # everything is in files now
    names = personal_values(folder)
    assert len(names) > 100
    stores = [os.path.join(tree[name].home, "store") for name in ("city", "wudalianchi")]
    assert found_in(names, *stores, tree["city"].home, tree["wudalianchi"].home) == set()
    assert found_in(names, tree["city"].home + ".log", tree["wudalianchi"].home + ".log") == set()
    assert found_in(names, pcap) == set()
    assert os.path.getsize(pcap) > 10_000, "the capture saw the link"
    for store in stores:  # the search can see what is there: rows say whose they are
        assert found_in([township.unit.encode()], store), "a store that this search cannot read"


def test_names_are_sealed_at_rest_and_never_logged_on_their_own_node(scene):
    tree, folder, _, _ = scene
    township = tree["long-zhen"]
    listed = {line["person"] for line in township.rows("list", "elder")}
    with open(os.path.join(folder, "elder.csv"), encoding="utf-8", newline="") as file:
        assert listed == {record["person"] for record in csv.DictReader(file)}
    township.stop()
    names = personal_values(folder)
    assert found_in(names, os.path.join(township.home, "store"), township.home + ".log") == set()
