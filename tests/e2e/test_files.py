"""Files of records: kept sealed on their own node, in backups, and given back as they were."""
import os

import pytest

import node

UNIT = "231182108"


def kept(one):
    return [os.path.join(folder, name) for folder, _, names in os.walk(f"{one.home}/files")
            for name in names]


@pytest.fixture(name="town")
def town_fixture(homes):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    return city


@pytest.mark.quick
def test_a_file_comes_back_as_it_was_and_lies_sealed(town, tmp_path):
    content = os.urandom(70000) + "李某的照片".encode()
    (tmp_path / "照片 1.jpg").write_bytes(content)
    record = town.ok("add", "report", "--unit", UNIT, "date=2025-03-01", "to=branch", "subject=x",
                     "--csv").split()[-1]
    refused = town.cli("attach", record, "document", tmp_path / "照片 1.jpg")
    assert refused.code == 4 and "no plain file name" in refused.err and kept(town) == []
    town.ok("attach", record, "document", tmp_path / "照片 1.jpg", "--name", "照片1.jpg")
    assert len(kept(town)) == 1
    with open(kept(town)[0], "rb") as file:
        assert "李某".encode() not in file.read()
    town.stop()
    town.start()
    out = town.cli("file", record, "document", "--out", tmp_path / "out")
    assert out.code == 0 and "照片1.jpg" in out.err
    assert (tmp_path / "out" / "照片1.jpg").read_bytes() == content
    assert len(town.rows("history", record)) == 2


@pytest.mark.quick
def test_a_file_is_part_of_a_backup_and_damage_is_told(town, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-" + bytes(1000))
    record = town.ok("add", "report", "--unit", UNIT, "date=2025-03-01", "to=branch", "subject=x",
                     "--csv").split()[-1]
    town.ok("attach", record, "document", tmp_path / "a.pdf")
    town.ok("backup", "create", tmp_path / "backups")
    town.stop()
    back = node.run("wuhao", "restore", tmp_path / "backups", "--into", tmp_path / "again")
    assert back.code == 0
    again = node.Node(tmp_path / "again", "2311", "黑河市", "city").start()
    try:
        again.ok("file", record, "document", "--out", tmp_path / "out")
        assert (tmp_path / "out" / "a.pdf").read_bytes() == (tmp_path / "a.pdf").read_bytes()
        with open(kept(again)[0], "r+b") as file:
            file.seek(100)
            file.write(b"\xff\xfe\xfd")
        damaged = again.cli("file", record, "document", "--out", tmp_path / "out2")
        assert damaged.code == 1 and "damaged" in damaged.err
        os.remove(kept(again)[0])
        gone = again.cli("file", record, "document", "--out", tmp_path / "out2")
        assert gone.code == 3
    finally:
        again.kill()


@pytest.mark.quick
def test_what_is_no_file_is_said(town, tmp_path):
    record = town.ok("add", "report", "--unit", UNIT, "date=2025-03-01", "to=branch", "subject=x",
                     "document=只有名字.pdf", "--csv").split()[-1]
    alone = town.cli("file", record, "document", "--out", tmp_path)
    assert alone.code == 3 and "a name alone" in alone.err
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")
    other = town.cli("attach", record, "subject", tmp_path / "x.txt")
    assert other.code == 4 and "no file field" in other.err
    (tmp_path / "big.bin").write_bytes(bytes((16 << 20) + 1))
    big = town.cli("attach", record, "document", tmp_path / "big.bin")
    assert big.code == 4


@pytest.mark.quick
def test_a_photograph_of_a_finding_stays_with_it(town, tmp_path):
    (tmp_path / "wall.jpg").write_bytes(b"before")
    (tmp_path / "mended.jpg").write_bytes(b"after")
    town.ok("add", "inspector", "--unit", "2311", "date=2025-01-01", "person=甲")
    visit = town.ok("inspect", "record", "231182", "--duty", "check_city", "--period", "2025-1",
                    "--inspector", "甲", "--conclusion", "x", "--date", "2025-12-01",
                    "--csv").split()[-1]
    finding = town.ok("inspect", "finding", visit, "--text", "x", "--deadline", "2025-12-20",
                      "--date", "2025-12-01", "--late", "--csv").split()[-1]
    town.ok("inspect", "photo", finding, tmp_path / "wall.jpg")
    town.ok("inspect", "fix", finding, "--text", "x", "--date", "2025-12-05")
    town.ok("inspect", "photo", finding, tmp_path / "mended.jpg")
    town.ok("file", finding, "photo", "--out", tmp_path / "out")
    town.ok("file", finding, "photo_fixed", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "wall.jpg").read_bytes() == b"before"
    assert (tmp_path / "out" / "mended.jpg").read_bytes() == b"after"
