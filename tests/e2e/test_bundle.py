"""A link without a network: files that are carried, lost, repeated, cut, mixed with a live link."""
import os

import pytest

import node

MEETING = ("purpose=study", "subject=学习", "attended=5")


def add_meeting(township, date):
    township.ok("add", "meeting", "--unit", township.unit, f"date={date}", *MEETING)


@pytest.fixture(name="cut_off")
def cut_off_fixture(trees):
    """A county and its township, joined, whose network is gone: the county listens elsewhere."""
    tree = trees(("city", "wudalianchi", "long-zhen"))
    county, township = tree["wudalianchi"], tree["long-zhen"]
    county.wait_synced()
    county.stop()
    county.start(WUHAO_LISTEN=f"tcp://127.0.0.1:{node.free_port()}")
    return county, township


def figures_agree(county, township):
    return county.metrics(township.unit) == township.metrics(township.unit)


def carry(sender, receiver, path, *options):
    """Exports and imports; gives the rows that were taken."""
    parts = sender.rows("bundle", "export", path, *options)
    return sum(receiver.rows("bundle", "import", part["file"])[0]["rows"] for part in parts)


@pytest.mark.quick
def test_promise_07_figures_are_carried_both_ways(cut_off, tmp_path):
    county, township = cut_off
    for date in ("2025-02-03", "2025-05-10"):
        add_meeting(township, date)
    assert not figures_agree(county, township)
    assert carry(township, county, tmp_path / "up.whb") > 0
    assert figures_agree(county, township)
    # The answer says what the county has now, so the next bundle is small.
    answer = tmp_path / "up.whb.answer"
    assert answer.exists()
    township.ok("bundle", "import", answer)
    if (tmp_path / "up.whb.answer.answer").exists():  # the answer had brought rows too
        county.ok("bundle", "import", tmp_path / "up.whb.answer.answer")
    assert not (tmp_path / "up.whb.answer.answer.answer").exists()  # and that is the end
    empty = township.rows("bundle", "export", tmp_path / "empty.whb")
    assert [part["rows"] for part in empty] == [0]
    # The other way round: a unit that the city added below the township.
    assert county.rows("bundle", "export", tmp_path / "down.whb", "--to", township.unit)
    township.ok("bundle", "import", tmp_path / "down.whb")
    assert oct(os.stat(tmp_path / "up.whb").st_mode & 0o777) == "0o600"


def test_promise_07_lost_repeated_and_mixed_with_a_live_link(cut_off, tmp_path):
    county, township = cut_off
    add_meeting(township, "2025-02-03")
    township.ok("bundle", "export", tmp_path / "lost.whb")
    add_meeting(township, "2025-05-10")
    assert carry(township, county, tmp_path / "second.whb") > 0  # holds what was lost too
    assert figures_agree(county, township)
    again = county.rows("bundle", "import", tmp_path / "second.whb")
    assert again[0]["rows"] == 0
    late = county.rows("bundle", "import", tmp_path / "lost.whb")
    assert late[0]["rows"] == 0
    add_meeting(township, "2025-08-10")
    township.ok("bundle", "export", tmp_path / "third.whb")
    county.stop()
    county.start()  # the network is back
    add_meeting(township, "2025-11-10")
    township.wait_synced()
    county.ok("bundle", "import", tmp_path / "third.whb")
    assert figures_agree(county, township)
    assert all(line["state"] == "up" for line in township.rows("sync", "status"))


def test_promise_07_parts_fit_a_small_stick(cut_off, tmp_path):
    county, township = cut_off
    folders = node.demo_records(tmp_path / "records", [township])
    township.import_folder(folders[township.unit])
    node.wait_until(lambda: "does not have all" in township.cli(
        "wait", "--synced", "--timeout", 0).err, 60, "all is measured")
    parts = township.rows("bundle", "export", tmp_path / "up.whb", "--max-size", "16K", "--all")
    assert len(parts) > 1 and all(part["bytes"] <= 16384 for part in parts)
    assert all(os.stat(part["file"]).st_size == part["bytes"] for part in parts)
    wrong = county.cli("bundle", "import", parts[-1]["file"])
    if wrong.code != 0:
        assert wrong.code == 4 and "earlier parts" in wrong.first_line
    for part in parts:
        county.ok("bundle", "import", part["file"])
    assert figures_agree(county, township)


@pytest.mark.quick
def test_bundles_that_are_refused(cut_off, tmp_path, homes):
    county, township = cut_off
    add_meeting(township, "2025-02-03")
    path = tmp_path / "up.whb"
    township.ok("bundle", "export", path)
    before = county.metrics(township.unit)
    content = path.read_bytes()
    broken = tmp_path / "broken.whb"
    for what in (content[:len(content) // 2], content[:-1], content[:40] + b"x" + content[41:],
                 content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]):
        broken.write_bytes(what)
        result = county.cli("bundle", "import", broken)
        assert result.code == 4 and result.first_line.startswith("wuhao: bundle"), result
    broken.write_bytes(b"hello")
    assert "not a bundle of wuhao" in county.cli("bundle", "import", broken).first_line
    assert county.cli("bundle", "import", tmp_path / "none").code == 3
    os.mkfifo(tmp_path / "pipe")  # it held the whole node
    assert county.cli("bundle", "import", tmp_path / "pipe", timeout_s=10).code != 0
    assert "for another node" in township.cli("bundle", "import", path).first_line
    stranger = homes("stranger", unit="231182102").init().start()
    assert stranger.cli("bundle", "export", tmp_path / "s.whb").code == 3  # it has no parent
    assert "exists" in township.cli("bundle", "export", path).first_line
    assert township.cli("bundle", "export", tmp_path / "x", "--max-size", "12").code == 2
    assert county.cli("bundle", "export", tmp_path / "x", "--to", "231182102").code == 3
    assert not (tmp_path / "x").exists()
    assert county.metrics(township.unit) == before


def test_bundle_of_a_restored_home_is_settled_by_its_answer(cut_off, tmp_path):
    """A bundle has no greeting before it: what an older state wrote is not mixed in."""
    import shutil  # pylint: disable=import-outside-toplevel
    county, township = cut_off
    add_meeting(township, "2025-02-03")
    carry(township, county, tmp_path / "1.whb")
    township.stop()
    shutil.copytree(township.home, tmp_path / "old", ignore=shutil.ignore_patterns("run"))
    township.start()
    add_meeting(township, "2025-05-10")
    carry(township, county, tmp_path / "2.whb")
    newer = county.metrics(township.unit)
    township.kill()
    shutil.rmtree(township.home)
    shutil.copytree(tmp_path / "old", township.home)
    os.makedirs(os.path.join(township.home, "run"))
    township.start()
    add_meeting(township, "2025-08-10")
    township.ok("bundle", "export", tmp_path / "3.whb")
    refused = county.cli("bundle", "import", tmp_path / "3.whb")
    assert refused.code == 4 and "restored backup" in refused.first_line
    assert county.metrics(township.unit) == newer
    township.ok("bundle", "import", tmp_path / "3.whb.answer")
    carry(township, county, tmp_path / "4.whb")
    doubts = county.rows("sync", "doubts")
    assert doubts and all(line["origin"] == township.unit for line in doubts)
    now = county.metrics(township.unit)
    assert all(now[key] == value for key, value in newer.items() if key[1] != "2025Q3")
