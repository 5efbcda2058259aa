"""The unit trees and the records that the measurements need, all made up and always the same."""
import csv
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import node  # noqa: E402  pylint: disable=wrong-import-position

CITY, COUNTY = "2311", "231101"
QUARTER_DAYS = ("02-15", "05-15", "08-15", "11-15")


def township(number):
    return f"{COUNTY}{101 + number:03}"


def village(number, of):
    return f"{township(of)}{201 + number:03}"


def write_units(path, villages):
    """A city, one county, and a township for each number of villages in the list."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("code", "name", "kind", "parent"))
        lines.writerow((CITY, "量度市", "city", ""))
        lines.writerow((COUNTY, "量度县", "county", CITY))
        for t, count in enumerate(villages):
            lines.writerow((township(t), f"第{t + 1}镇", "township", COUNTY))
            for v in range(count):
                lines.writerow((village(v, t), f"第{t + 1}镇{v + 1}村", "village", township(t)))
    return path


def write_even_records(folder, villages, years):
    """Two ledgers with one record for each village, quarter and year; gives {kind: path}."""
    paths = {kind: os.path.join(folder, f"even-{kind}.csv") for kind in ("activity", "article")}
    fields = {"activity": {"category": "ideals", "subject": "读书活动", "youth": 30},
              "article": {"media": "county", "subject": "简讯"}}
    for kind, path in paths.items():
        with open(path, "w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(("unit", "date", *fields[kind]))
            for t, count in enumerate(villages):
                for v in range(count):
                    for year in years:
                        for day in QUARTER_DAYS:
                            lines.writerow((village(v, t), f"{year}-{day}",
                                            *fields[kind].values()))
    return paths


def demo_records(units, folder, under, *options):
    """Plausible records by tools/demo-records; gives the folder of the unit."""
    subprocess.run([os.path.join(ROOT, "tools", "demo-records"), "--units", units, "--programme",
                    node.PROGRAMME, "--year", str(node.YEAR), "--out", folder, "--under", under,
                    *map(str, options)], check=True)
    return os.path.join(folder, under)


def take_records(path, count, target):
    """Writes `count` of the records, evenly taken from the whole file; gives the target's path."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    assert len(lines) >= count, f"{path} has {len(lines)} records, not {count}"
    with open(target, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [header] + [lines[i * len(lines) // count] for i in range(count)])
    return target


def split_by_quarter(folder):
    """Four folders beside it, each with the records of the year up to its quarter's end that the
    earlier ones have not; what is dated before the year is in the first."""
    targets = [f"{folder}-q{quarter}" for quarter in (1, 2, 3, 4)]
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file))
        date = header.index("date")
        for quarter, target in enumerate(targets):
            os.makedirs(target, exist_ok=True)
            last = f"{node.YEAR}-{3 * quarter + 3:02}-31"
            before = f"{node.YEAR}-{3 * quarter:02}-31" if quarter else ""
            with open(os.path.join(target, name), "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(
                    [header] + [line for line in lines
                                if (quarter == 3 or line[date] <= last) and line[date] > before])
    return targets


class Place:
    """Nodes of one measurement, in a folder of their own; all are killed at last."""

    def __init__(self, folder, villages):
        os.makedirs(folder)
        self.folder, self.nodes = folder, []
        self.units = write_units(os.path.join(folder, "units.csv"), villages)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.nodes:
            one.kill()

    def node(self, unit, name, kind, listens=False):
        one = node.Node(os.path.join(self.folder, name), unit, name, kind,
                        node.free_port() if listens else None)
        self.nodes.append(one.init())
        return one

    def root(self):
        city = self.node(CITY, "city", "city", listens=True).start()
        city.ok("unit", "import", self.units, timeout_s=300)
        city.ok("programme", "issue", node.PROGRAMME)
        return city

    def three_levels(self, township_number=0):
        city = self.root()
        county = self.node(COUNTY, "county", "county", listens=True).start()
        county.join(city)
        leaf = self.node(township(township_number), "township", "township").start()
        leaf.join(county)
        return city, county, leaf
