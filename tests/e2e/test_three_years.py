"""Three years of one county's round, by the clock: at every quarter's end each duty, visit, target,
score and verdict that the city sees is held against an independent model."""
import csv
import datetime
import json
import os
import random
import subprocess

import pytest
import yaml

import independent_ranking
import independent_years
import node

CITY, COUNTY = "99", "9901"
OWN_NODES = ("9901001", "9901002")  # townships that run a node; the county's serves the others
ROSTERS = ("elder", "post", "institution", "party_link", "responsibility")
DAY = datetime.timedelta(days=1)
SEED = int(os.environ.get("WUHAO_YEARS_SEED", "1"))
QUARTERS = int(os.environ.get("WUHAO_YEARS_QUARTERS", "12"))


def write_units(path):
    """1 county, 10 townships, 130 grassroots units, of which one closes, one opens and one township
    is dissolved in the round."""
    kinds = ("township", "street", "education_bureau")
    below = ("village", "community", "school")
    lines = [(CITY, "模拟市", "city", "", "", "", ""), (COUNTY, "模拟县", "county", CITY, "", "", "")]
    for t in range(10):
        town = f"{COUNTY}{t + 1:03}"
        closed = "2027-01-01" if t == 9 else ""
        lines.append((town, f"第{t + 1}镇", kinds[t % 3], COUNTY, "", closed, ""))
        for v in range(13):
            opened = "2026-04-01" if (t, v) == (2, 4) else ""
            gone, heir = ("2026-06-15", f"{town}001") if (t, v) == (3, 5) else (closed, "")
            lines.append((f"{town}{v + 1:03}", f"第{t + 1}镇{v + 1}号", below[t % 3], town, opened,
                          gone, heir))
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("code", "name", "kind", "parent", "opened", "closed", "successor"))
        out.writerows(lines)


class Round:
    """The nodes, the clock, and the behaviour of people, drawn from a seed."""

    def __init__(self, folder):
        self.folder, self.chance = folder, random.Random(SEED)
        self.units_csv = str(folder / "units.csv")
        write_units(self.units_csv)
        with open(self.units_csv, encoding="utf-8") as file:
            self.units = {line["code"]: line for line in csv.DictReader(file)}
        with open(node.PROGRAMME, encoding="utf-8") as file:
            text = file.read()
        self.world = independent_years.World(self.units, yaml.load(text, Loader=yaml.BaseLoader),
                                             yaml.safe_load(text))
        shape = [("city", CITY), ("county", COUNTY)] + [(code, code) for code in OWN_NODES]
        self.nodes = {code: node.Node(folder / name, code, self.units[code]["name"],
                                      self.units[code]["kind"],
                                      node.free_port() if len(code) < 7 else None)
                      for name, code in shape}
        self.diligence = {code: self.chance.choice((0, 0.5, 0.9, 1, 1)) for code in self.units}
        self.open_findings = []  # (id, unit, raised by, on, deadline, node)
        self.marked = set()  # (unit, deadline, id) of those over their deadline
        self.entered = []  # lines of CSV
        self.published = []  # (number, level, year, moment, as it was printed)
        self.seen = set()  # what came up, so that an empty world does not pass
        self.today = None

    def server(self, unit):
        """The node that serves a unit."""
        return self.nodes[next(own for own in (unit[:7], COUNTY, CITY)
                               if own in self.nodes and unit.startswith(own))]

    # ---- The clock ----

    def set_clock(self, day, hour):
        """Every node stops and starts again at this moment; the presence of a quarter follows."""
        for one in reversed(list(self.nodes.values())):
            if one.runs():
                one.stop()
        moment = datetime.datetime.combine(day, datetime.time(hour))
        for one in self.nodes.values():
            one.start(**node.clock_at(moment))
        for code in OWN_NODES:
            for unit in self.units:
                if unit == code or (unit.startswith(code) and self.world.existed(unit, day)):
                    self.world.hear(unit, day)
        for code in (CITY, COUNTY):
            self.world.hear(code, day)
        self.today = day

    def found(self):
        self.set_clock_first(datetime.date(2025, 1, 1))
        city = self.nodes[CITY]
        city.ok("unit", "import", self.units_csv)
        city.ok("programme", "issue", node.PROGRAMME)
        for code in list(self.nodes)[1:]:
            parent = self.nodes[CITY if code == COUNTY else COUNTY]
            self.nodes[code].join(parent)
        for town in [code for code in self.units if len(code) == 7] + [COUNTY, CITY]:
            for name in ("甲", "乙", "丙"):
                self.server(town).ok("add", "inspector", "--unit", town, "date=2025-01-01",
                                     f"person={name}{town}")

    def set_clock_first(self, day):
        for one in self.nodes.values():
            one.init()
        self.set_clock(day, 9)

    def synced(self):
        for one in reversed(list(self.nodes.values())):
            one.wait_synced()

    # ---- What people do ----

    def year_records(self, year):
        """{kind: lines} of a whole year, from the demonstration's generator."""
        out = self.folder / f"records-{year}"
        subprocess.run([os.path.join(node.ROOT, "tools", "demo-records"), "--units", self.units_csv,
                        "--programme", node.PROGRAMME, "--year", str(year), "--seed",
                        str(SEED + year), "--out", str(out), "--under", COUNTY], check=True)
        lines = {}
        for name in sorted(os.listdir(out / COUNTY)):
            kind = name.removesuffix(".csv")
            if kind in ROSTERS and year > 2025:
                continue
            with open(out / COUNTY / name, encoding="utf-8") as file:
                lines[kind] = list(csv.DictReader(file))
        return lines

    def enter_late(self, lines):
        """A few of last year's activities that nobody had entered by its end."""
        known = {id(line) for line in self.entered}
        late = [line for line in lines.get("activity", ()) if id(line) not in known and
                self.world.existed(line["unit"], datetime.date.fromisoformat(line["date"]))]
        for line in self.chance.sample(late, min(len(late), 12)):
            self.import_lines(self.server(line["unit"]), "activity", [line])
            self.world.record("activity", line)

    def enter_records(self, lines, first, last):
        """Those of the quarter (rosters: those of before too), as diligent as each unit is."""
        by_node = {}
        for kind, all_of_kind in lines.items():
            for line in all_of_kind:
                day = datetime.date.fromisoformat(line["date"])
                early = kind in ROSTERS and first == datetime.date(2025, 1, 1)
                if day > last or (day < first and not early):
                    continue
                if self.chance.random() >= self.diligence[line["unit"]]:
                    continue
                if not self.world.existed(line["unit"], day):
                    continue
                by_node.setdefault((self.server(line["unit"]).unit, kind), []).append(line)
                self.world.record(kind, line)
                self.entered.append(line)
        for (code, kind), mine in by_node.items():
            self.import_lines(self.nodes[code], kind, mine)

    def import_lines(self, one, kind, lines):
        path = self.folder / "import.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(lines[0]))
            out.writeheader()
            out.writerows(lines)
        one.ok("import", kind, path)

    def plan(self, town, duty, period, due):
        one = self.server(town)
        lines = one.rows("inspect", "plan", "--unit", town, "--duty", duty, "--period", period)
        wanted = {code for code, unit in self.units.items()
                  if unit["parent"] == town and self.world.existed(code, due)}
        assert {line["unit"] for line in lines} == wanted
        calendar = self.world.duties().calendar
        slots = {}
        for line in lines:
            day = datetime.date.fromisoformat(line["date"])
            assert calendar.is_worked(day) and self.today <= day <= calendar.moved(due), line
            slots[line["inspector"], day] = slots.get((line["inspector"], day), 0) + 1
        assert all(count <= 3 for count in slots.values())
        return [(line["id"], line["unit"], line["inspector"], line["date"]) for line in lines]

    def visit(self, town, visits, duty):
        """Most of the visits are made, some later than planned; findings are raised."""
        one = self.server(town)
        for visit, unit, inspector, date in visits:
            if self.chance.random() > 0.8:
                continue
            day = min(self.today, datetime.date.fromisoformat(date) +
                      DAY * self.chance.randrange(0, 6))
            one.ok("inspect", "done", visit, "--conclusion", "x", "--date", day)
            self.world.deed(duty, unit, day)
            if self.chance.random() < 0.3:
                deadline = day + DAY * self.chance.randrange(5, 60)
                finding = one.ok("inspect", "finding", visit, "--text", "x", "--deadline",
                                 deadline, "--date", day, "--late", "--csv").split()[-1]
                self.open_findings.append((finding, unit, inspector, day, deadline, one))

    def fix_findings(self, first):
        """Some are fixed; what was not entered as fixed by its deadline counts, whatever day it
        states."""
        left = []
        for finding, unit, inspector, raised, deadline, one in self.open_findings:
            if self.chance.random() < 0.5:
                begin = max(first, raised)
                day = begin + DAY * self.chance.randrange((self.today - begin).days + 1)
                one.ok("inspect", "fix", finding, "--text", "x", "--date", day)
                one.ok("inspect", "verify", finding, "--by", inspector)
            else:
                left.append((finding, unit, inspector, raised, deadline, one))
            if deadline < self.today:
                self.marked.add((unit, deadline, finding))
        self.open_findings = left
        for one in self.nodes.values():
            one.ok("plugin", "run", "inspection", "overdue")
        self.world.overdue = [(unit, deadline) for unit, deadline, _ in self.marked]

    def train(self, first, last):
        """Elders of the townships' villages come to the sessions of the quarter."""
        elders = {}
        for line in self.world.records["elder"]:
            if not line.get("until"):
                elders.setdefault(line["unit"][:7], []).append(line)
        by_node = {}
        for town, people in elders.items():
            one = self.server(town)
            for session in one.rows("list", "training", "--unit", town, "--from", first, "--to",
                                    last):
                hours = session["hours"] or "2.00"
                for person in self.chance.sample(people, min(len(people), 5)):
                    if not self.world.existed(person["unit"],
                                              datetime.date.fromisoformat(session["date"])):
                        continue
                    by_node.setdefault(one.unit, []).append({
                        "unit": person["unit"], "date": session["date"], "session": session["id"],
                        "person": person["person"], "birth_year": person["birth_year"],
                        "role": "elder", "hours": hours})
        for code, lines in by_node.items():
            self.import_lines(self.nodes[code], "attendance", lines)
            for line in lines:
                self.world.attendance.append(line)
                self.world.hear(line["unit"], datetime.date.fromisoformat(line["date"]))

    def judge(self, year):
        rubric = self.world.programme["rubric"]
        for unit, line in self.units.items():
            level = "township" if len(unit) == 7 else "grassroots"
            if len(unit) < 7 or not self.world.existed(unit, self.today):
                continue
            above = self.server(line["parent"])
            for item in rubric[level]:
                if item["form"] != "judged" or self.chance.random() < 0.2:
                    continue
                for assessor in ("考核甲", "考核乙")[:self.chance.randrange(1, 3)]:
                    points = f"{self.chance.randrange(item['points'] * 100 + 1) / 100:.2f}"
                    above.ok("assess", "judge", unit, item["id"], points, "--assessor", assessor,
                             "--reason", "x", "--date", self.today)
                    self.world.judged.setdefault((unit, item["id"], year), {})[assessor] = points

    def accept(self, year):
        """About half of those that qualify apply, and some that do not."""
        self.synced()
        qualified = {line["unit"]: line["qualified"] for level in ("grassroots", "township")
                     for line in self.nodes[CITY].rows("rank", "--level", level, "--year", year)}
        for unit, verdict in qualified.items():
            if self.chance.random() > (0.5 if verdict else 0.1):
                continue
            self.server(unit).ok("inspect", "apply", unit, "--date", self.today)
            self.world.applications[unit, year] = True
            self.world.hear(unit, self.today)
            result = "passed" if verdict and self.chance.random() < 0.9 else "failed"
            above = self.server(self.units[unit]["parent"])
            self.server(unit).wait_synced()
            above.wait_synced()
            outcome = above.cli("inspect", "accept", unit, result, "--reason", "x", "--date",
                                self.today)
            if outcome.code != 0:  # a village of its own failed meanwhile, and the share with it
                assert "does not qualify" in outcome.err, outcome
                continue
            self.world.accepted[unit, year] = result
            self.world.deed("accept_grassroots" if len(unit) > 7 else "accept_township", unit,
                            self.today)

    def classify(self):
        for unit, line in self.units.items():
            if len(unit) >= 7 and self.world.existed(unit, self.today):
                self.server(line["parent"]).ok(
                    "assess", "classify", unit, self.chance.choice(("qualified", "near", "weak",
                                                                    "hollow")), "--reason", "x")

    def name_targets(self):
        for unit, line in self.units.items():
            if len(unit) >= 7 and self.world.existed(unit, self.today):
                year = self.chance.choice((2025, 2026, 2027))
                self.server(line["parent"]).ok("assess", "target", unit, year, "--measures", "x",
                                               "--lead", "某某")
                self.world.targets[unit] = year

    def close(self, what, duty):
        self.synced()
        for unit in [COUNTY] + [code for code in self.units if len(code) == 7]:
            if self.chance.random() < 0.9:
                self.server(unit).ok("assess", "close", what, "--under", unit)
                self.world.deed(duty, unit, self.today)
                self.world.hear(unit, self.today)

    # ---- The comparison ----

    def compare(self, year):
        self.synced()
        city = self.nodes[CITY]
        duties, wanted = self.world.duties(), {}
        for unit in self.units:
            for (duty, period, about), value in duties.owed_on(unit, self.today).items():
                wanted[unit, duty, period, about] = value
        shown = {(line["unit"], line["duty"], line["period"], line["about"]):
                 (line["due"], line["state"], line["late"], line["days"])
                 for line in city.rows("due", "--unit", CITY, "--under", "--at", self.today)}
        assert shown == wanted
        self.seen |= {state for _, state, _, _ in wanted.values()}
        self.compare_rankings(city, year)
        self.compare_targets(city, year)
        self.compare_training(city, year)

    def compare_training(self, city, year):
        """Who was trained, for how long: as figures at the city, as persons where they are."""
        wanted = self.world.training(year)
        shown = {}
        for line in city.rows("metrics", "--unit", CITY, "--year", year, "--under"):
            if line["facet"] == "attendance" and line["metric"] in ("trained", "training_hours_h"):
                one = shown.setdefault(line["unit"], {"trained": 0, "training_hours_h": 0})
                # persons are counted from the year's first day, so that the last quarter tells
                one[line["metric"]] = line["value"] + (
                    one[line["metric"]] if line["metric"] == "training_hours_h" else 0)
        assert {unit: (one["trained"], one["training_hours_h"])
                for unit, one in shown.items()} == wanted
        for one in self.nodes.values():
            for line in one.rows("training", "coverage", "--under", one.unit, "--year", year):
                if line["source"] == "records" and line["unit"] in wanted:
                    assert round(float(line["hours"]) * 100) == wanted[line["unit"]][1]
        self.seen |= {"trained"} if wanted else set()

    def compare_rankings(self, city, year):
        model = self.world.ranking(self.units_csv, self.today, year)
        for level in ("grassroots", "township", "county"):
            expected = model.lines(level, CITY)
            lines = city.rows("rank", "--level", level, "--year", year)
            assert [line["unit"] for line in lines] == [line["unit"] for line in expected]
            for line, want in zip(lines, expected):
                want.pop("complete")  # quarters begun are asked of the calendar there
                assert {key: line[key] for key in want} == want
                self.seen.add(("qualified", line["qualified"]))
                below = [unit for unit in self.units if unit == line["unit"] or (
                    level == "county" and unit.startswith(line["unit"]))]
                heard = {quarter for unit in below
                         for quarter in model.measures.quarters(unit, year)}
                assert line["heard"] == (f"Q{max(heard) % 4 + 1}" if heard else None)
                if level != "county":
                    assert line["final"] == ((line["unit"], year) in self.world.accepted)

    def publish(self, year):
        """The rankings of the year; those of the years before recompute to the same bytes, and each
        difference to what stands now has its reasons."""
        city = self.nodes[CITY]
        self.synced()
        for level in ("grassroots", "township", "county"):
            number = city.rows("rank", "publish", "--level", level, "--year", year)[0]["number"]
            moment = city.rows("rank", "published")[-1]["moment"]
            self.published.append((number, level, year, moment, ranking_of(city, level, year)))
        for number, level, of_year, moment, then in self.published:
            assert ranking_of(city, level, of_year, "--as-of", moment) == city.ok(
                "rank", "published", number, "--json")
            before = {line["unit"]: line for line in map(json.loads, then.splitlines())}
            now = {line["unit"]: line for line in city.rows("rank", "--level", level, "--year",
                                                            of_year)}
            moved = {unit for unit in before.keys() | now.keys() if any(
                before.get(unit, {}).get(key) != now.get(unit, {}).get(key)
                for key in ("rank", "score", "qualified", "final"))}
            changes = {line["unit"]: line["why"] for line in city.rows(
                "rank", "changed", number, "--top", 10000)}
            assert set(changes) == moved and all(changes.values())
            self.seen |= {"changed"} if moved else set()

    def compare_targets(self, city, year):
        model = self.world.ranking(self.units_csv, self.today, year)
        before = self.world.ranking(self.units_csv, self.today, year - 1)
        wanted = {}
        for unit in self.units:
            if len(unit) < 7 or not self.world.existed(unit, self.today):
                continue  # a year counts the units of its last day, or of today
            if model.qualified(unit):
                continue
            target = self.world.targets.get(unit, 9999)
            if year > 2025 and before.qualified(unit):
                wanted[unit] = "fell_back"
            elif target <= year:
                wanted[unit] = "not_made"
        shown = {line["unit"]: line["why"] for line in city.rows("assess", "fallen", "--year",
                                                                 year)}
        assert shown == wanted
        self.seen |= set(wanted.values())


def ranking_of(city, level, year, *more):
    return city.ok("rank", "--level", level, "--year", year, "--json", *more)


def quarter_days(year, quarter):
    first = datetime.date(year, 3 * quarter - 2, 1)
    return first, independent_ranking.last_day(independent_ranking.quarter_of(first))


@pytest.fixture(name="years")
def years_fixture(tmp_path, programs):  # pylint: disable=unused-argument
    one = Round(tmp_path)
    yield one
    for each in one.nodes.values():
        each.kill()


def test_every_quarter_of_the_round_is_as_an_independent_model_says(years):
    years.found()
    towns = [code for code in years.units if len(code) == 7]
    half_visits, number, last_years = [], 0, {}
    for year in (2025, 2026, 2027):
        lines = years.year_records(year)
        for quarter in (1, 2, 3, 4):
            number += 1
            if number > QUARTERS:
                return  # a look at the beginning alone
            first, last = quarter_days(year, quarter)
            years.set_clock(first + 4 * DAY, 9)
            visits = {town: years.plan(town, "check_grassroots", f"{year}Q{quarter}", last)
                      for town in towns if years.world.existed(town, last)}
            if quarter in (1, 3):
                half = (quarter + 1) // 2
                half_visits = years.plan(COUNTY, "check_township", f"{year}H{half}",
                                         quarter_days(year, 2 * half)[1])
            years.set_clock(last, 18)
            if quarter == 1:
                years.enter_late(last_years)
            years.enter_records(lines, first, last)
            years.train(first, last)
            for town, its in visits.items():
                years.visit(town, its, "check_grassroots")
            if quarter in (2, 4):
                years.visit(COUNTY, half_visits, "check_township")
            years.fix_findings(first)
            if (year, quarter) == (2025, 2):
                years.classify()
                years.close("review", "review_2025")
            if (year, quarter) == (2025, 3):
                years.name_targets()
                years.close("targets", "targets")
            if quarter == 4:
                years.judge(year)
                years.accept(year)
            years.compare(year)
            if quarter == 4:
                years.publish(year)
        last_years = lines
    assert years.seen >= {"done", "open", "late", "missed", "fell_back", "not_made", "trained",
                          "changed",
                          ("qualified", True), ("qualified", False), ("qualified", None)}
    assert set(years.world.accepted.values()) == {"passed", "failed"} and years.world.overdue
