"""A county dies twenty times while its townships import; nothing is lost, nothing counts twice."""
import csv
import os
import random
import threading

import node

RECORDS, DEATHS, CHUNK_LINES = 50_000, 20, 500
CATEGORIES = {"ideals": "act_ideals", "rural": "act_rural", "law": "act_law",
              "family": "act_family", "internet": "act_internet"}


class Import(threading.Thread):
    """Imports a township's file in many small parts, and counts them."""

    def __init__(self, township, path, progress):
        super().__init__(daemon=True)
        self.township, self.path, self.progress, self.failure = township, path, progress, None

    def run(self):
        try:
            for part in split(self.path):
                self.township.ok("import", "activity", part)
                self.progress.append(part)
        except AssertionError as failure:
            self.failure = failure


def split(path):
    """Writes the file's lines into parts of at most CHUNK_LINES, each with the header."""
    with open(path, encoding="utf-8") as file:
        header, *lines = file.readlines()
    parts = []
    for begin in range(0, len(lines), CHUNK_LINES):
        parts.append(f"{path}.{begin // CHUNK_LINES:04}.csv")
        with open(parts[-1], "w", encoding="utf-8") as file:
            file.writelines([header] + lines[begin:begin + CHUNK_LINES])
    return parts


def counted(paths):
    """{(unit, quarter, metric): records} as the files say."""
    count = {}
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                year, month = record["date"].split("-")[:2]
                quarter = f"{year}Q{(int(month) + 2) // 3}"
                key = record["unit"], quarter, CATEGORIES[record["category"]]
                count[key] = count.get(key, 0) + 1
    return count


def test_a_county_killed_twenty_times_loses_and_repeats_nothing(trees, tmp_path):
    tree = trees(("city", "wudalianchi", "long-zhen", "qingshan"))
    county, townships = tree["wudalianchi"], [tree["long-zhen"], tree["qingshan"]]
    folders = node.demo_records(tmp_path / "records", townships, "--records", RECORDS,
                                "--kind", "activity")
    paths = [os.path.join(folders[township.unit], "activity.csv") for township in townships]
    progress, chance, pause = [], random.Random(1), threading.Event()
    imports = [Import(township, path, progress) for township, path in zip(townships, paths)]
    for one in imports:
        one.start()
    steps = sorted(chance.sample(range(1, RECORDS // CHUNK_LINES - 2), DEATHS))
    for step in steps:
        node.wait_until(lambda step=step: len(progress) >= step or any(i.failure for i in imports),
                        120, f"part {step} imported")
        pause.wait(chance.random() * 0.05)  # a seeded moment within the part
        county.kill()
        county.start()
    for one in imports:
        one.join(300)
        assert one.failure is None and not one.is_alive()
    tree.wait_synced(300)

    below = {}
    for township in townships:
        below.update(township.metrics(township.unit))
    city = {key: value for township in townships
            for key, value in tree["city"].metrics(township.unit).items()}
    assert city == below
    totals = {}
    for (unit, quarter, _, _, metric), value in city.items():
        if metric in CATEGORIES.values() and value:
            totals[unit, quarter, metric] = totals.get((unit, quarter, metric), 0) + value
    assert totals == counted(paths)
