"""Inspections: schedules, visits, findings, acceptance and drawing, as a clerk gives them."""
import datetime
import json
import os

import pytest
import yaml

import independent_duties
import node

TOWN, COUNTY, CITY = "231182101", "231182", "2311"
DAY = datetime.timedelta(days=1)
TODAY = datetime.date.today()


def programme():
    with open(node.PROGRAMME, encoding="utf-8") as file:
        return yaml.safe_load(file)


CALENDAR = independent_duties.Calendar(programme()["programme"]["calendar"])


def quarter_of(day):
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarter_end(day):
    after = (day.month - 1) // 3 * 3 + 4
    return datetime.date(day.year + after // 13, (after - 1) % 12 + 1, 1) - DAY


@pytest.fixture(name="town", scope="module")
def town_fixture(pair):
    town = pair["long-zhen"]
    for name, more in (("甲", ["not_units=231182101201"]), ("乙", ["weekdays=mon;wed;fri"]),
                       ("丙", ["visits_a_day=1"])):
        town.ok("add", "inspector", "--unit", TOWN, f"date={TODAY.year}-01-01", f"person={name}",
                *more)
    return town


def villages(one):
    return [line["code"] for line in one.rows("unit", "list", "--under", TOWN)][1:]


def plan(one, *arguments):
    return {line["unit"]: line for line in one.rows("inspect", "plan", *arguments)}


def check(lines, units):
    """What must hold of every schedule of this township's."""
    load = {}
    assert set(lines) == set(units)
    for line in lines.values():
        at = datetime.date.fromisoformat(line["date"])
        load[line["inspector"], at] = load.get((line["inspector"], at), 0) + 1
        assert CALENDAR.is_worked(at) and TODAY <= at <= CALENDAR.moved(quarter_end(TODAY))
        if line["inspector"] == "甲":
            assert line["unit"] != "231182101201"
        if line["inspector"] == "乙":
            assert at.weekday() in (0, 2, 4)
    assert all(count <= (1 if who == "丙" else 3) for (who, _), count in load.items())


def test_a_quarter_is_planned_again_without_a_change_and_moved_with_few(town):
    units = villages(town)
    dry = plan(town, "--dry-run")
    assert {line["state"] for line in dry.values()} == {"new"}
    assert town.rows("inspect", "list") == []
    first = plan(town)
    check(first, units)
    again = plan(town)
    assert {line["state"] for line in again.values()} == {"kept"}
    assert [(line["date"], line["inspector"]) for line in again.values()] == [
        (line["date"], line["inspector"]) for line in first.values()]
    moved = again[units[3]]
    to = datetime.date.fromisoformat(moved["date"]) + DAY
    while not CALENDAR.is_worked(to):
        to += DAY
    lines = town.rows("inspect", "move", moved["id"], "--date", to, "--inspector", "甲")
    assert (lines[0]["unit"], lines[0]["date"], lines[0]["inspector"]) == (
        units[3], to.isoformat(), "甲")
    assert len(lines) <= 2  # at most one other gives way
    now = plan(town)
    assert now[units[3]]["date"] == to.isoformat()  # pinned
    check(now, units)


def test_an_absence_moves_only_whom_it_concerns(town):
    before = plan(town)
    day = min(line["date"] for line in before.values() if line["inspector"] == "甲")
    town.ok("add", "absence", "--unit", TOWN, f"date={day}", "person=甲", f"until={day}")
    after = plan(town)
    check(after, villages(town))
    changed = [unit for unit in before if (before[unit]["date"], before[unit]["inspector"]) != (
        after[unit]["date"], after[unit]["inspector"])]
    concerned = [unit for unit, line in before.items()
                 if line["inspector"] == "甲" and line["date"] == day]
    assert not [unit for unit, line in after.items()
                if line["inspector"] == "甲" and line["date"] == day]
    assert set(concerned) <= set(changed) and len(changed) <= 2 * len(concerned)


def test_a_visit_that_is_done_meets_the_duty_here_and_at_the_city(pair, town):
    unit = villages(town)[5]
    visit = plan(town)[unit]["id"]
    refused = town.cli("inspect", "done", visit, "--conclusion", "x", "--date", TODAY + DAY)
    assert refused.code == 4 and "future" in refused.err
    town.ok("inspect", "done", visit, "--conclusion", "制度健全", "--date", TODAY)
    assert unit not in plan(town)
    pair.wait_synced()
    for one in (town, pair["city"]):
        line = next(line for line in one.rows("due", "--unit", TOWN)
                    if line["about"] == unit and line["duty"] == "check_grassroots"
                    and line["period"] == quarter_of(TODAY))
        assert (line["state"], line["done"]) == ("done", TODAY.isoformat())
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", visit)}
    assert shown["conclusion"] == "制度健全" and shown["state"] == "done"
    assert [line["unit"] for line in town.rows("inspect", "list", "--state", "done")] == [unit]
    moved = town.cli("inspect", "move", visit, "--date", TODAY)
    assert moved.code == 4 and "it is done" in moved.err


def test_a_finding_is_fixed_and_verified_by_who_raised_it(town):
    unit = villages(town)[6]
    visit = town.ok("inspect", "record", unit, "--inspector", "丙", "--conclusion", "有问题",
                    "--csv").split()[-1]
    deadline = TODAY + 10 * DAY
    finding = town.ok("inspect", "finding", visit, "--text", "制度未上墙", "--deadline", deadline,
                      "--item", "g31", "--csv").split()[-1]
    early = town.cli("inspect", "verify", finding, "--by", "丙")
    assert early.code == 4 and "not fixed yet" in early.err
    town.ok("inspect", "fix", finding, "--text", "已上墙")
    other = town.cli("inspect", "verify", finding, "--by", "甲")
    assert other.code == 6 and "who raised it" in other.err
    town.ok("inspect", "verify", finding, "--by", "丙", "--reopen")
    assert town.rows("inspect", "findings")[0]["state"] == "open"
    town.ok("inspect", "fix", finding, "--text", "已重新上墙")
    town.ok("inspect", "verify", finding, "--by", "丙")
    assert town.rows("inspect", "findings")[0]["state"] == "verified"
    assert town.rows("inspect", "findings", "--open") == []


def test_a_finding_over_its_deadline_costs_points_until_it_turns_out_to_be_fixed_in_time(town):
    unit = villages(town)[7]
    raised, deadline = TODAY - 20 * DAY, TODAY - 3 * DAY
    visit = town.ok("inspect", "record", unit, "--inspector", "丙", "--conclusion", "x", "--date",
                    raised, "--csv").split()[-1]
    finding = town.ok("inspect", "finding", visit, "--text", "x", "--deadline", deadline, "--date",
                      raised, "--csv").split()[-1]
    town.ok("plugin", "run", "inspection", "overdue")
    town.ok("wait", "--synced")
    key = (unit, quarter_of(deadline), "overdue_finding", TOWN, "findings_overdue")
    assert town.metrics(unit, TODAY.year)[key] == 1

    def points():
        return next(line["points"] for line in town.rows("explain", unit)
                    if line["item"] == "g58" and line["what"] == "item")
    assert points() == "1.50"
    town.ok("plugin", "run", "inspection", "overdue")  # marks nothing twice
    town.ok("wait", "--synced")
    assert town.metrics(unit, TODAY.year)[key] == 1
    town.ok("inspect", "fix", finding, "--text", "早已整改", "--date", deadline)
    town.ok("wait", "--synced")
    assert town.metrics(unit, TODAY.year)[key] == 0 and points() == "2.00"


def test_acceptance_is_final_locks_the_points_and_can_be_taken_back(pair, tmp_path):
    """A village with every record of a year qualifies, is accepted, and stays so."""
    town, city = pair["long-zhen"], pair["city"]
    folders = node.demo_records(tmp_path, [town], seed=3)
    town.import_folder(folders[TOWN])
    pair.wait_synced()
    lines = {line["unit"]: line for line in city.rows("rank", "--level", "grassroots", "--year",
                                                      node.YEAR, "--under", TOWN)}
    good = next(unit for unit, line in lines.items() if line["qualified"])
    bad = next(unit for unit, line in lines.items() if not line["qualified"])
    day = f"{node.YEAR}-12-20"
    for unit in (good, bad):
        town.ok("inspect", "apply", unit, "--date", day)
    refused = town.cli("inspect", "accept", bad, "passed", "--reason", "x", "--date", day)
    assert refused.code == 4 and "does not qualify" in refused.err
    own = town.cli("inspect", "accept", TOWN, "passed", "--reason", "x", "--date", day)
    assert own.code == 6
    accepted = town.ok("inspect", "accept", good, "passed", "--reason", "实地核查", "--date", day,
                       "--csv").split()[-1]
    town.ok("inspect", "accept", bad, "failed", "--reason", "班子不健全", "--date", day)
    pair.wait_synced()
    assert {line["unit"]: line["state"] for line in city.rows("inspect", "applications", "--year",
                                                              node.YEAR)} == {
        good: "passed", bad: "failed"}
    locked = town.cli("assess", "judge", good, "g15", "1", "--assessor", "x", "--reason", "x",
                      "--date", day)
    assert locked.code == 6 and "locked" in locked.err
    for line in town.rows("list", "post", "--unit", good):
        town.ok("withdraw", line["id"], "--why", "x")  # the score falls, the verdict stays
    pair.wait_synced()
    def line_of(unit, *more):
        return next(line for line in city.rows("rank", "--level", "grassroots", "--year", node.YEAR,
                                               "--under", TOWN, *more) if line["unit"] == unit)
    assert line_of(good)["qualified"] and line_of(good)["final"]
    assert not line_of(bad)["qualified"] and line_of(bad)["final"]
    assert not line_of(good, "--pass", "99")["qualified"]  # what if
    due = {line["about"]: line["state"] for line in city.rows("due", "--unit", TOWN, "--at", day)
           if line["duty"] == "accept_grassroots"}
    assert due == {good: "done", bad: "done"}
    again = town.cli("inspect", "accept", good, "failed", "--reason", "x", "--date", day)
    assert again.code == 4 and "accepted already" in again.err
    town.ok("inspect", "undo", accepted, "--why", "误操作")
    pair.wait_synced()
    assert not line_of(good)["final"]


def lots(seed, codes):
    """As the README words it, without the program's code."""
    found = []
    for code in codes:
        lot = 0xcbf29ce484222325
        for byte in f"{seed} {code}".encode():
            lot = (lot ^ byte) * 0x100000001b3 % 2**64
        lot = (lot ^ lot >> 33) * 0xff51afd7ed558ccd % 2**64
        lot = (lot ^ lot >> 33) * 0xc4ceb9fe1a85ec53 % 2**64
        found.append((f"{lot ^ lot >> 33:016x}", code))
    return sorted(found)


def test_the_city_draws_openly_and_plans_for_those_that_were_drawn(pair):
    city = pair["city"]
    counties = [line["code"] for line in city.rows("unit", "list", "--level", "county")]
    drawn = city.rows("inspect", "draw", "--count", 2, "--seed", "2026-12-01", "--duty",
                      "check_city", "--period", f"{TODAY.year}-1")
    assert [(line["number"], line["unit"]) for line in drawn] == lots("2026-12-01", counties)
    assert [line["drawn"] for line in drawn] == [True, True] + [False] * (len(counties) - 2)
    city.ok("add", "inspector", "--unit", CITY, f"date={TODAY.year}-01-01", "person=市检查员")
    lines = plan(city, "--duty", "check_city", "--period", f"{TODAY.year}-1")
    assert set(lines) == {line["unit"] for line in drawn if line["drawn"]}


@pytest.mark.quick
def test_empty_states_and_mistakes_are_said(pair):
    county = pair["wudalianchi"]
    nobody = county.cli("inspect", "plan")
    assert nobody.code == 4 and "wuhao add inspector" in nobody.err
    assert county.rows("inspect", "findings") == []
    unknown = county.cli("inspect", "show", "01JXXXXXXXXXXXXXXXXXXXXXXX")
    assert unknown.code == 3 and "no such visit" in unknown.err
    period = county.cli("inspect", "plan", "--period", f"{TODAY.year}Q9")
    assert period.code == 4 and "no such period" in period.err
    refused = county.cli("add", "inspection_visit", "--unit", TOWN, f"date={TODAY}", "duty=x",
                         "period=x", "inspector=x", "progress=done")
    assert refused.code == 6
    items = county.rows("inspect", "checklist", TOWN, "--year", node.YEAR)
    assert json.dumps([line["item"] for line in items][:2]) == '["t11", "t12"]'


def holds(one, text):
    """Do the files of its store hold this text?"""
    for folder, _, names in os.walk(f"{one.home}/store"):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                if text.encode() in file.read():
                    return True
    return False


def test_a_finding_reaches_the_unit_that_has_a_node_of_its_own_and_no_other(trees):
    tree = trees(("city", "wudalianchi", "long-zhen", "qingshan"))
    city, county = tree["city"], tree["wudalianchi"]
    town, other = tree["long-zhen"], tree["qingshan"]
    visit = county.ok("inspect", "record", TOWN, "--inspector", "县检查员", "--conclusion", "x",
                      "--csv").split()[-1]
    finding = county.ok("inspect", "finding", visit, "--text", "活动室常年上锁", "--deadline",
                        TODAY + 9 * DAY, "--csv").split()[-1]

    def states(one):
        tree.wait_synced()
        return {line["id"]: (line["state"], line["raised_by"]) for line in
                one.rows("inspect", "findings")}
    node.wait_until(lambda: states(town) == {finding: ("open", COUNTY)}, 20, "the finding is told")
    assert states(other) == {} and states(city) == {}
    assert town.rows("inspect", "findings")[0]["text"] == "活动室常年上锁"
    wrong = town.cli("inspect", "verify", finding, "--by", "县检查员")
    assert wrong.code == 6 and f"verified by {COUNTY}" in wrong.err
    town.ok("inspect", "fix", finding, "--text", "已换锁并公布开放时间")
    assert states(town)[finding][0] == "fixed"
    assert states(county)[finding] == ("fixed", "县检查员")
    county.ok("inspect", "verify", finding, "--by", "县检查员")
    node.wait_until(lambda: states(town)[finding][0] == "verified", 20, "what became of it is told")
    for one in tree.nodes.values():
        one.stop()
    assert holds(county, "活动室常年上锁") and holds(town, "已换锁")  # so that it would be seen
    for one in (city, other):
        assert not holds(one, "活动室常年上锁") and not holds(one, "已换锁")
