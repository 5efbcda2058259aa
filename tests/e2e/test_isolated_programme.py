"""The plugins of the programme's work say the same in processes of their own as in the node's:
every host function that they use is carried over the wire."""
import os

import pytest

import node

TOWN = "231182101"
PLUGINS = [name for name in node.ENABLED if name != "ledger"]
READS = (
    ("rank", "--level", "township", "--year", node.YEAR, "--against", "quarter"),
    ("rank", "--level", "county", "--year", node.YEAR),
    ("explain", TOWN, "--year", node.YEAR),
    ("rank", "rate", "--year", node.YEAR),
    ("rank", "published"),
    ("rank", "published", "1"),
    ("rank", "changed", "1"),
    ("commend", "--year", node.YEAR),
    ("due", "--unit", TOWN, "--under", "--at", f"{node.YEAR}-12-31"),
    ("inspect", "plan", "--unit", TOWN, "--dry-run"),
    ("inspect", "list"),
    ("inspect", "findings"),
    ("inspect", "checklist", TOWN, "--year", node.YEAR),
    ("inspect", "applications", "--year", node.YEAR),
    ("assess", "list", "--year", node.YEAR, "--under", TOWN),
    ("assess", "classes", "--year", node.YEAR, "--under", TOWN),
    ("assess", "gaps", "--under", TOWN),
    ("assess", "doubts", "--year", node.YEAR, "--under", TOWN),
    ("metrics", "--unit", TOWN, "--year", node.YEAR, "--under"),
)


def said(city):
    return {command: (city.ok(*command, "--json"), city.chinese(*command).out)
            for command in READS}


def isolate(city):
    """From the next start on."""
    for name in PLUGINS:
        path = os.path.join(city.home, "plugins.d", f"{name}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("enable: true\nisolate: true\n")


def work(city, village, folder):
    """One of each that writes."""
    photo = os.path.join(folder, "wall.jpg")
    with open(photo, "wb") as file:
        file.write(os.urandom(300000))
    day = f"{node.YEAR}-12-10"
    visit = city.ok("inspect", "record", village, "--inspector", "甲", "--conclusion", "x", "--date",
                    day, "--period", f"{node.YEAR}Q4", "--csv").split()[-1]
    finding = city.ok("inspect", "finding", visit, "--text", "x", "--deadline",
                      f"{node.YEAR}-12-20", "--date", day, "--late", "--csv").split()[-1]
    city.ok("inspect", "photo", finding, photo)
    city.ok("file", finding, "photo", "--out", os.path.join(folder, "out"))
    with open(photo, "rb") as kept, open(os.path.join(folder, "out", "wall.jpg"), "rb") as back:
        assert kept.read() == back.read()
    city.ok("plugin", "run", "inspection", "overdue")
    city.ok("assess", "judge", village, "g15", "2.50", "--assessor", "x", "--reason", "x", "--date",
            day)
    city.ok("assess", "classify", village, "weak", "--reason", "x", "--date", day)
    city.ok("rank", "publish", "--level", "grassroots", "--year", node.YEAR, "--under", TOWN)
    city.ok("wait", "--synced")


@pytest.fixture(name="city")
def city_fixture(homes, tmp_path):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    town = node.Node("", TOWN, "龙镇", "township")
    city.import_folder(node.demo_records(tmp_path / "records", [town], seed=2)[TOWN])
    city.ok("add", "inspector", "--unit", TOWN, f"date={node.YEAR}-01-01", "person=甲")
    city.ok("wait", "--synced")
    return city


def test_they_say_the_same_in_processes_of_their_own(city, tmp_path):
    work(city, f"{TOWN}201", str(tmp_path))
    inside = said(city)
    city.stop()
    isolate(city)
    city.start()
    shown = {line["name"]: line["state"] for line in city.rows("plugin", "list")}
    assert all(shown[name] == "on" for name in PLUGINS)
    isolated = next(line["name"] for line in city.rows("plugin", "show", "inspection")
                    if line["what"] == "isolated")
    assert isolated.startswith("yes")
    city.ok("wait", "--synced")
    assert said(city) == inside
    work(city, f"{TOWN}202", str(tmp_path))  # and they write there too
    outside = said(city)
    assert outside != inside
    for name in PLUGINS:
        os.remove(os.path.join(city.home, "plugins.d", f"{name}.yaml"))
    city.stop()
    city.start()
    city.ok("wait", "--synced")
    assert said(city) == outside
