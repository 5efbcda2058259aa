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
    assert early.code == 4 and f"wuhao inspect fix {finding} --text WHAT" in early.err
    assert "not fixed yet" in early.err
    town.ok("inspect", "fix", finding, "--text", "已上墙")
    twice = town.cli("inspect", "fix", finding, "--text", "x")
    assert twice.code == 4 and "it is fixed already, and waits" in twice.err
    alone = town.cli("inspect", "verify", finding, "--by", "丙", "--deadline", deadline)
    assert alone.code == 2 and "--reopen" in alone.err
    other = town.cli("inspect", "verify", finding, "--by", "甲")
    assert other.code == 6 and "who raised it" in other.err
    town.ok("inspect", "verify", finding, "--by", "丙", "--reopen")
    assert town.rows("inspect", "findings")[0]["state"] == "open"
    town.ok("inspect", "fix", finding, "--text", "已重新上墙")
    town.ok("inspect", "verify", finding, "--by", "丙")
    assert town.rows("inspect", "findings")[0]["state"] == "verified"
    assert town.rows("inspect", "findings", "--open") == []
    for command in (("fix", finding, "--text", "x"), ("verify", finding, "--by", "丙")):
        over = town.cli("inspect", *command)
        assert over.code == 4 and "it is verified already" in over.err
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", finding)}
    assert (shown["raised_by"], shown["fixed"]) == ("丙", TODAY.isoformat())
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", visit)}
    assert f"(丙, {deadline}, verified {TODAY})" in shown["finding"]


def test_a_finding_keeps_all_its_photographs(october, tmp_path):
    visit = october.ok("inspect", "record", village(1), "--inspector", "甲", "--conclusion", "x",
                       "--csv").split()[-1]
    finding = october.ok("inspect", "finding", visit, "--text", "x", "--deadline", "2026-10-20",
                         "--csv").split()[-1]

    def photo(name, content):
        (tmp_path / name).write_bytes(content)
        return october.cli("inspect", "photo", finding, tmp_path / name)
    for name in ("one.jpg", "two.jpg", "three.jpg"):
        assert photo(name, name.encode()).code == 0
    october.ok("inspect", "fix", finding, "--text", "x")
    for name in ("four.jpg", "five.jpg"):
        assert photo(name, name.encode()).code == 0
    empty = photo("empty.jpg", b"")
    assert empty.code == 4 and "empty.jpg: the file is empty" in empty.err
    large = photo("large.jpg", bytes((16 << 20) + 1))
    assert large.code == 4 and "large.jpg: it is over 16 MiB" in large.err
    lines = [(line["what"], line["text"]) for line in october.rows("inspect", "show", finding)
             if line["what"].startswith("photo")]
    assert [(what, text.split()[0]) for what, text in lines] == [
        ("photo", "one.jpg"), ("photo", "two.jpg"), ("photo", "three.jpg"),
        ("photo_fixed", "four.jpg"), ("photo_fixed", "five.jpg")]
    for _, text in lines:  # as it says
        command = text.partition("(wuhao ")[2].rstrip(")").split()
        october.ok(*[str(tmp_path / "out") if word == "FOLDER" else word for word in command])
        name = text.split()[0]
        assert (tmp_path / "out" / name).read_bytes() == name.encode()
    october.ok("inspect", "undo", finding, "--why", "x")
    assert october.rows("list", "photograph") == []


def test_lists_speak_chinese_and_refuse_words_that_they_do_not_know(october):
    def chinese(*arguments):
        return node.run("env", "LC_ALL=zh_CN.UTF-8", f"{node.BIN}/wuhao", "-C", october.home,
                        "inspect", *arguments, programs="/usr/bin")
    made = chinese("plan", "--unit", SMALL, "--period", "2026Q4")
    title = next(duty["title"]["zh"] for duty in programme()["duties"]
                 if duty["id"] == "check_grassroots")
    assert f"{title} 2026Q4（期限" in made.out + made.err
    listed = chinese("list").out
    assert title in listed and "check_grassroots" not in listed and "已安排" in listed
    visit = october.rows("inspect", "list")[0]["id"]
    shown = chinese("show", visit).out
    assert title in shown and "检查人" in shown and "已安排" in shown
    october.ok("add", "absence", "--unit", SMALL, "date=2026-10-12", "person=甲",
               "until=2027-02-12")
    none = chinese("plan", "--unit", SMALL, "--period", "2026Q4").out
    assert "无可检查之日" in none and "no_day" not in none
    for words, said in ((("--state", "bad"), "planned, overdue, done or closed"),
                        (("--from", "2026-10-12", "--to", "2026-10-11"), "--from lies after --to")):
        assert said in refused(october, "list", *words, code=2)


def test_a_hint_runs_as_it_is_written(homes):
    city = homes("city", "99", "模拟市", "city").init()
    city.start(**node.clock_at(datetime.datetime(2026, 10, 12, 9)))
    bring(city)
    city.ok("programme", "issue", node.PROGRAMME)
    for command, who in ((("plan", "--unit", SMALL), "NAME"),
                         (("record", village(1), "--inspector", "甲", "--conclusion", "x"), "甲")):
        hint = refused(city, *command).partition("`wuhao ")[2].partition("`")[0]
        city.ok(*hint.replace("NAME", who).split())
        city.ok("inspect", *command)


def test_a_finding_over_its_deadline_costs_points_and_no_stated_day_helps(town):
    unit = villages(town)[7]
    raised, deadline = TODAY - 20 * DAY, TODAY - 3 * DAY
    visit = town.ok("inspect", "record", unit, "--inspector", "丙", "--conclusion", "x", "--date",
                    raised, "--csv").split()[-1]

    def finding():
        return town.ok("inspect", "finding", visit, "--text", "x", "--deadline", deadline, "--date",
                       raised, "--late", "--csv").split()[-1]
    over = town.cli("inspect", "finding", visit, "--text", "x", "--deadline", deadline, "--date",
                    raised)
    assert over.code == 4 and f"lies before today, {TODAY}" in over.err and "--late" in over.err
    first, second, third = finding(), finding(), finding()
    key = (unit, quarter_of(deadline), "overdue_finding", TOWN, "findings_overdue")

    def overdue():
        town.ok("wait", "--synced")
        return town.metrics(unit, deadline.year).get(key, 0)

    def points():
        return next(line["points"] for line in town.rows("explain", unit, "--year", deadline.year)
                    if line["item"] == "g58" and line["what"] == "item")
    for _ in range(2):  # marks nothing twice
        town.ok("plugin", "run", "inspection", "overdue")
        assert overdue() == 3 and points() == "0.50"
    # The day of entering decides, before the job has run as after it, and after verifying.
    fix = ("inspect", "fix", first, "--text", "早已整改", "--date")
    early = town.cli(*fix, raised - DAY)
    assert early.code == 4 and "before the day on which the finding was raised" in early.err
    late = town.cli(*fix, TODAY + DAY)
    assert late.code == 4 and "future" in late.err
    town.ok(*fix, deadline)
    assert overdue() == 3
    town.ok("inspect", "verify", first, "--by", "丙")
    assert overdue() == 3
    fourth = finding()
    town.ok("inspect", "fix", fourth, "--text", "x", "--date", raised)
    assert overdue() == 4
    # Whoever raised it takes the mark back, for good.
    mark = next(line["id"] for line in town.rows("list", "overdue_finding", "--unit", unit)
                if line["finding"] == fourth)
    town.ok("inspect", "undo", mark, "--why", "期限有误")
    assert overdue() == 3
    town.ok("plugin", "run", "inspection", "overdue")
    assert overdue() == 3
    twice = town.cli("inspect", "undo", mark, "--why", "x")
    assert twice.code == 4 and "taken back already" in twice.err
    # A finding that is taken back takes its mark along.
    town.ok("inspect", "undo", second, "--why", "登记错误")
    assert overdue() == 2 and points() == "1.00"
    town.ok("plugin", "run", "inspection", "overdue")
    assert overdue() == 2
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", second)}
    assert (shown["state"], shown["unit"]) == ("withdrawn", unit)
    for command in (("fix", second, "--text", "x"), ("verify", second, "--by", "丙")):
        gone = town.cli("inspect", *command)
        assert gone.code == 4 and "was taken back" in gone.err
    states = {line["id"]: line["state"] for line in town.rows("inspect", "findings")}
    assert second not in states and states[third] == "overdue"
    held = town.cli("inspect", "undo", visit, "--why", "x")
    assert held.code == 4 and "take it back first" in held.err
    for one in (first, third, fourth):
        town.ok("inspect", "undo", one, "--why", "x")
    assert overdue() == 0 and points() == "2.00"
    town.ok("inspect", "undo", visit, "--why", "x")
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", visit)}
    assert shown["state"] == "planned"  # as it was before it was made
    town.ok("inspect", "undo", visit, "--why", "x")
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", visit)}
    assert shown["state"] == "withdrawn"
    for command in (("finding", visit, "--text", "x", "--deadline", TODAY),
                    ("done", visit, "--conclusion", "x"), ("move", visit, "--date", TODAY)):
        gone = town.cli("inspect", *command)
        assert gone.code == 4 and "this visit was taken back" in gone.err, command


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
    for command in (("apply", good), ("accept", good, "passed", "--reason", "x")):
        over = town.cli("inspect", *command, "--date", day)  # entered long after its time
        assert over.code == 4 and "was to be entered by" in over.err and "--late" in over.err
    when = ("--late", "--date", day)
    asked = town.cli("inspect", "accept", good, "passed", "--reason", "x", *when)
    assert asked.code == 4 and f"wuhao inspect apply {good} --date {day} --late" in asked.err
    for unit in (good, bad):
        town.ok("inspect", "apply", unit, *when)
    twice = town.cli("inspect", "apply", good, *when)
    assert twice.code == 4 and "has applied" in twice.err
    generic = town.cli("add", "application", "--unit", good, f"date={day}")
    assert generic.code == 6  # it would bypass what `apply` asks
    early = town.cli("inspect", "accept", good, "passed", "--reason", "x", "--late", "--date",
                     f"{node.YEAR}-12-19")
    assert early.code == 4 and "before the day of the application" in early.err
    blank = town.cli("inspect", "accept", good, "passed", "--reason", " ", *when)
    assert blank.code == 4 and "reason" in blank.err
    refused = town.cli("inspect", "accept", bad, "passed", "--reason", "x", *when)
    assert refused.code == 4 and "does not qualify" in refused.err
    own = town.cli("inspect", "accept", TOWN, "passed", "--reason", "x", *when)
    assert own.code == 6
    accepted = town.ok("inspect", "accept", good, "passed", "--reason", "实地核查", *when,
                       "--csv").split()[-1]
    town.ok("inspect", "accept", bad, "failed", "--reason", "班子不健全", *when)
    record = next(line for line in town.rows("list", "acceptance", "--unit", good))
    assert record["points"] == lines[good]["score"]  # as it was then, whatever comes
    pair.wait_synced()
    after = town.cli("inspect", "apply", bad, *when)
    assert after.code == 4 and "there is a result" in after.err
    applied = town.rows("list", "application", "--unit", good)[0]["id"]
    held = town.cli("inspect", "undo", applied, "--why", "x")
    assert held.code == 4 and "take the result back first" in held.err
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
    for unit, result in ((good, "passed"), (bad, "failed")):
        again = town.cli("inspect", "accept", unit, "failed", "--reason", "x", *when)
        assert again.code == 4 and f"is entered already, it is {result}" in again.err
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


def test_the_city_draws_openly_and_once_and_misses_nobody(pair):
    city = pair["city"]
    counties = [line["code"] for line in city.rows("unit", "list", "--level", "county")]
    check_city = ("--duty", "check_city", "--period", f"{TODAY.year}-1")
    draw = ("inspect", "draw", "--count", 2, *check_city, "--seed")
    drawn = city.rows(*draw, "2026-12-01")
    assert [(line["number"], line["unit"]) for line in drawn] == lots("2026-12-01", counties)
    assert [line["drawn"] for line in drawn] == [True, True] + [False] * (len(counties) - 2)
    again = city.cli(*draw, "until-i-like-it")
    assert again.code == 4 and "with the seed 2026-12-01" in again.err
    assert len(city.rows("list", "sample")) == 2
    second = city.rows(*draw, "2026-12-02", "--again")
    assert [(line["number"], line["unit"]) for line in second] == lots("2026-12-02", counties)
    kept = [(line["seed"], line["state"]) for line in city.rows("list", "sample", "--withdrawn")]
    assert sorted(kept) == [("2026-12-01", "withdrawn")] * 2 + [("2026-12-02", "current")] * 2
    city.ok("add", "inspector", "--unit", CITY, f"date={TODAY.year}-01-01", "person=市检查员")
    lines = plan(city, *check_city)
    assert set(lines) == set(counties)  # the duty is about all of them; who was drawn goes first
    first = {line["unit"] for line in second if line["drawn"]}
    assert {unit for unit, line in lines.items() if line["weight"] >= 4} == first
    assert {line["unit"] for line in city.rows("inspect", "list", *check_city)
            if line["drawn"]} == first
    by_hand = city.cli("inspect", "undo", city.rows("list", "sample")[0]["id"], "--why", "x")
    assert by_hand.code == 4 and "--again" in by_hand.err
    regular = pair["long-zhen"].cli("inspect", "draw", "--count", 2, "--seed", "x")
    assert regular.code == 4 and "about every unit" in regular.err


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
    county.ok("add", "inspector", "--unit", COUNTY, f"date={TODAY - 90 * DAY}", "person=县检查员")
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
    county.ok("inspect", "verify", finding, "--by", "县检查员", "--reopen")
    assert states(county)[finding][0] == "open"  # what was said before counts no more
    node.wait_until(lambda: states(town)[finding][0] == "open", 20, "it is told that it is open")
    town.ok("inspect", "fix", finding, "--text", "已换锁，并已公布")
    assert states(town)[finding][0] == "fixed"
    assert states(county)[finding] == ("fixed", "县检查员")
    county.ok("inspect", "verify", finding, "--by", "县检查员")
    node.wait_until(lambda: states(town)[finding][0] == "verified", 20, "what became of it is told")
    for one in tree.nodes.values():
        one.stop()
    assert holds(county, "活动室常年上锁") and holds(town, "已换锁")  # so that it would be seen
    for one in (city, other):
        assert not holds(one, "活动室常年上锁") and not holds(one, "已换锁")


def test_a_unit_with_a_node_of_its_own_is_marked_by_the_day_on_which_it_entered_its_fix(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    county, town = tree["wudalianchi"], tree["long-zhen"]
    raised, deadline = TODAY - 20 * DAY, TODAY - 3 * DAY
    county.ok("add", "inspector", "--unit", COUNTY, f"date={TODAY - 90 * DAY}", "person=县检查员")
    visit = county.ok("inspect", "record", TOWN, "--inspector", "县检查员", "--conclusion", "x",
                      "--date", raised, "--csv").split()[-1]
    late, soon, wrong = [
        county.ok("inspect", "finding", visit, "--text", "制度未上墙", "--deadline", until,
                  "--date", raised, "--late", "--csv").split()[-1]
        for until in (deadline, TODAY, deadline)]

    def states(one):
        tree.wait_synced()
        return {line["id"]: line["state"] for line in one.rows("inspect", "findings")}
    node.wait_until(lambda: states(town) == {late: "overdue", soon: "open", wrong: "overdue"}, 20,
                    "the findings are told")
    early = town.cli("inspect", "fix", late, "--text", "x", "--date", raised - DAY)
    assert early.code == 4 and "was raised" in early.err
    for one in (late, soon):
        town.ok("inspect", "fix", one, "--text", "x", "--date", raised)
    assert states(county) == {late: "fixed", soon: "fixed", wrong: "overdue"}
    county.ok("plugin", "run", "inspection", "overdue")
    for one in (late, soon):
        county.ok("inspect", "verify", one, "--by", "县检查员")
    marks = [line["finding"] for line in county.rows("list", "overdue_finding", "--unit", TOWN)]
    assert sorted(marks) == sorted([late, wrong])
    county.ok("inspect", "undo", wrong, "--why", "登记错误")
    assert [line["finding"] for line in county.rows("list", "overdue_finding", "--unit", TOWN)
            ] == [late]
    node.wait_until(lambda: wrong not in states(town), 20, "it is told that it was taken back")
    gone = town.cli("inspect", "fix", wrong, "--text", "x")
    assert gone.code == 4 and "was taken back" in gone.err
    shown = {line["what"]: line["text"] for line in town.rows("inspect", "show", wrong)}
    assert shown["state"] == "withdrawn" and not shown["text"]


# ---- On a day in October: the third quarter's checks are late, the fourth's have begun ----

OCTOBER = datetime.date(2026, 10, 12)
HEAD = "code,name,kind,parent,opened,closed,successor\n"
UNITS = """99,模拟市,city,,,,
9901,模拟县,county,99,,,
9901001,一镇,township,9901,,,
9901001001,一村,village,9901001,,,
9901001002,二村,village,9901001,,,
9901001003,三村,village,9901001,,,
9901001004,四村,village,9901001,{opened},{closed},
"""
SMALL = "9901001"


def bring(city, closed="", opened=""):
    with open(city.home + ".csv", "w", encoding="utf-8") as file:
        file.write(HEAD + UNITS.format(closed=closed, opened=opened))
    city.ok("unit", "import", city.home + ".csv")


@pytest.fixture(name="october")
def october_fixture(homes):
    """A city that serves four villages, with one inspector who makes two visits a day."""
    city = homes("city", "99", "模拟市", "city").init()
    city.start(**node.clock_at(datetime.datetime(2026, 10, 12, 9)))
    bring(city)
    city.ok("programme", "issue", node.PROGRAMME)
    city.ok("add", "inspector", "--unit", SMALL, "date=2026-01-01", "person=甲", "visits_a_day=2")
    return city


def village(number):
    return f"{SMALL}{number:03}"


def refused(one, *arguments, code=4):
    """What a command that is refused says."""
    before = one.ok("list", "inspection_visit", "--withdrawn", "--json")
    outcome = one.cli("inspect", *arguments)
    assert outcome.code == code, outcome
    assert one.ok("list", "inspection_visit", "--withdrawn", "--json") == before
    return outcome.err


def test_plans_of_two_periods_share_the_days_of_an_inspector(october):
    for period in ("2026Q4", "2026Q3"):
        lines = plan(october, "--unit", SMALL, "--period", period)
        assert {line["state"] for line in lines.values()} == {"new"}
    load = {}
    visits = october.rows("inspect", "list")
    assert len(visits) == 8
    for line in visits:
        at = datetime.date.fromisoformat(line["date"])
        assert at >= OCTOBER and (line["period"] != "2026Q3" or at <= datetime.date(2026, 10, 30))
        load[line["inspector"], at] = load.get((line["inspector"], at), 0) + 1
    assert max(load.values()) == 2
    over = refused(october, "plan", "--unit", SMALL, "--period", "2026Q2")
    assert "it is over" in over and "2026-07-30" in over


def test_a_plan_says_where_the_calendar_of_its_year_is_not_known(october):
    ask = ("inspect", "plan", "--unit", SMALL, "--dry-run", "--period")
    assert "no holidays of 2027" in october.cli(*ask, "2027Q1").err
    assert "holidays" not in october.cli(*ask, "2026Q4").err


def test_a_visit_counts_for_the_period_that_the_due_rule_says(october):
    visits = plan(october, "--unit", SMALL, "--period", "2026Q4")
    visit = visits[village(1)]["id"]
    done = ("done", visit, "--conclusion", "制度健全", "--date")
    assert "conclusion: it is empty" in refused(october, "done", visit, "--conclusion", " ")
    assert "not within" in refused(october, *done, "2026-09-30")
    assert "not among those of" in refused(october, *done, OCTOBER, "--inspector", "路人")
    october.ok("inspect", *done, OCTOBER)
    assert "entered as done already" in refused(october, *done, OCTOBER)

    def states(unit):
        october.ok("wait", "--synced")
        due = {line["period"] for line in october.rows("due", "--unit", SMALL)
               if line["duty"] == "check_grassroots" and line["about"] == unit
               and line["state"] == "done"}
        listed = {line["period"] for line in october.rows("inspect", "list", "--state", "done")
                  if line["unit"] == unit}
        return due, listed
    assert states(village(1)) == ({"2026Q3"},) * 2  # which was late, and is met first
    record = ("record", village(1), "--inspector", "甲", "--conclusion", "x")
    assert "entered already" in refused(october, *record)
    assert "no such period" in refused(october, *record, "--period", "2026Q9")
    assert "not among those of" in refused(october, "record", village(2), "--inspector", "路人",
                                           "--conclusion", "x")
    assert "not within" in refused(october, "record", village(2), "--inspector", "甲",
                                   "--conclusion", "x", "--period", "2026Q4", "--date",
                                   "2026-09-01")
    early = None
    for day, periods in (("2026-10-10", {"2026Q3"}), ("2026-08-03", {"2026Q3", "2026Q4"})):
        early = october.ok("inspect", "record", village(2), "--inspector", "甲", "--conclusion",
                           "x", "--date", day, "--csv").split()[-1]
        assert states(village(2)) == (periods,) * 2
    october.ok("inspect", "undo", early, "--why", "x")
    assert states(village(2)) == ({"2026Q3"},) * 2


def test_an_inspector_goes_nowhere_that_the_record_rules_out(october):
    def add(who, units):
        return october.ok("add", "inspector", "--unit", SMALL, "date=2026-01-01", f"person={who}",
                          "visits_a_day=9", f"not_units={units}").strip()
    add("乙", f"{village(1)}、{village(2)}；　{village(3)}，")
    lines = plan(october, "--unit", SMALL, "--period", "2026Q4")
    assert {lines[village(number)]["inspector"] for number in (1, 2, 3)} == {"甲"}
    visit, made = lines[village(1)]["id"], ("--inspector", "乙", "--conclusion", "x")
    for command in (("done", visit, *made), ("record", village(2), *made),
                    ("move", visit, "--inspector", "乙")):
        assert f"must not check unit {village(1 if visit in command else 2)}" in refused(
            october, *command), command
    october.ok("inspect", "record", village(4), *made)
    for word, units in (("nonsense", "nonsense;../.."), ("../..", f"{village(1)}，../.."),
                        (f"{SMALL}999", f"{village(2)} {SMALL}999")):
        wrong = add("丙", units)
        said = refused(october, "plan", "--unit", SMALL, "--period", "2026Q4")
        assert f"inspector 丙: `{word}`" in said and "wuhao edit ID not_units=CODES" in said
        october.ok("edit", wrong, f"not_units={village(1)}")
        plan(october, "--unit", SMALL, "--period", "2026Q4")
        october.ok("withdraw", wrong, "--why", "x")


def test_acceptance_is_planned_for_who_has_no_result_yet(october):
    accepting = ("--unit", SMALL, "--duty", "accept_grassroots")
    for number in (1, 2):
        october.ok("inspect", "apply", village(number))
    october.ok("wait", "--synced")
    lines = plan(october, *accepting)
    assert set(lines) == {village(1), village(2)}
    result = october.ok("inspect", "accept", village(1), "failed", "--reason", "x",
                        "--csv").split()[-1]
    october.ok("wait", "--synced")
    assert set(plan(october, *accepting)) == {village(2)}
    october.ok("inspect", "undo", lines[village(1)]["id"], "--why", "x")
    assert set(plan(october, *accepting)) == {village(2)}
    october.ok("inspect", "undo", result, "--why", "x")
    october.ok("wait", "--synced")
    assert set(plan(october, *accepting)) == {village(1), village(2)}


def test_a_visit_that_is_taken_back_is_planned_as_before(october):
    before = {line["unit"]: line for line in plan(october, "--unit", SMALL, "--period",
                                                  "2026Q4").values()}
    visit = before[village(1)]["id"]
    october.ok("add", "inspector", "--unit", SMALL, "date=2026-01-01", "person=乙")

    def listed(unit):
        return [(line["id"], line["state"], line["period"], line["date"], line["inspector"])
                for line in october.rows("inspect", "list") if line["unit"] == unit]
    planned = listed(village(1))
    assert planned == [(visit, "planned", "2026Q4", before[village(1)]["date"], "甲")]
    october.ok("inspect", "done", visit, "--conclusion", "x", "--inspector", "乙", "--date",
               "2026-10-09")
    assert listed(village(1)) == [(visit, "done", "2026Q3", "2026-10-09", "乙")]
    undone = october.cli("inspect", "undo", visit, "--why", "x")
    assert undone.code == 0 and f"planned for {planned[0][3]} again" in undone.err
    assert listed(village(1)) == planned
    shown = {line["what"]: line["text"] for line in october.rows("inspect", "show", visit)}
    assert shown["conclusion"] is None
    october.ok("inspect", "undo", visit, "--why", "x")
    assert listed(village(1)) == []
    # A visit that is recorded is the planned one of its period, and is taken back in the same way.
    other = before[village(2)]["id"]
    record = ("record", village(2), "--inspector", "乙", "--conclusion", "x", "--date")
    first = october.ok("inspect", *record, "2026-10-09", "--csv").split()[-1]
    assert first != other and len(listed(village(2))) == 2  # it counts for the third quarter
    again = october.cli("inspect", *record, "2026-10-12", "--csv")
    assert again.code == 0 and f"planned for {before[village(2)]['date']} ({other})" in again.err
    assert again.out.split()[-1] == other
    assert {line[1] for line in listed(village(2))} == {"done"}
    october.ok("inspect", "undo", other, "--why", "x")
    assert (other, "planned", "2026Q4", before[village(2)]["date"], "甲") in listed(village(2))


def test_a_finding_is_of_the_rubric_of_an_inspector_and_not_before_its_visit(october):
    visit = october.ok("inspect", "record", village(1), "--inspector", "甲", "--conclusion", "x",
                       "--date", "2026-10-09", "--csv").split()[-1]
    finding = ("finding", visit, "--text", "制度未上墙", "--deadline", "2026-10-20")
    assert "rubric" in refused(october, *finding, "--item", "t31")  # of a township
    assert "rubric" in refused(october, *finding, "--item", "nothing")
    assert "not among those of" in refused(october, *finding, "--by", "路人")
    assert "before the visit" in refused(october, *finding, "--date", "2026-10-08")
    assert "future" in refused(october, *finding, "--date", "2026-10-13")
    assert "deadline" in refused(october, *finding[:-1], "2026-10-11")
    assert "it lies before today" in refused(october, *finding[:-1], "2026-10-11", "--date",
                                             "2026-10-10")
    assert "too far ahead, 2028-10-12" in refused(october, *finding[:-1], "2028-10-13")
    assert "text: it is empty" in refused(october, "finding", visit, "--text", "", "--deadline",
                                          "2026-10-20")
    october.ok("inspect", *finding, "--item", "g31", "--by", "甲")


def test_moving_a_visit_plans_nothing_and_says_what_is_odd_about_the_day(october):
    visits = plan(october, "--unit", SMALL, "--period", "2026Q4")
    one, two = visits[village(1)]["id"], visits[village(2)]["id"]
    october.ok("inspect", "undo", two, "--why", "x")
    before = {line["unit"]: (line["date"], line["id"]) for line in october.rows("inspect", "list")}
    moved = october.cli("inspect", "move", one, "--date", "2026-11-07")  # a Saturday
    assert moved.code == 0 and "2026-11-07 is a day of rest" in moved.out + moved.err
    after = {line["unit"]: (line["date"], line["id"]) for line in october.rows("inspect", "list")}
    assert after == before | {village(1): ("2026-11-07", one)}
    late = october.cli("inspect", "move", one, "--date", "2027-01-04")
    assert late.code == 0 and "past the due day, 2026-12-31" in late.out + late.err
    assert "not within 2026Q4" in refused(october, "move", one, "--date", "2027-03-01")
    october.ok("add", "absence", "--unit", SMALL, "date=2026-11-02", "person=甲",
               "until=2026-11-02")
    away = october.cli("inspect", "move", one, "--date", "2026-11-02")
    assert away.code == 0 and "甲 can't check" in away.out + away.err
    # Two of two a day make way for a third by one.
    day = after[village(3)][0]
    lines = october.rows("inspect", "move", one, "--date", day)
    assert lines[0]["unit"] == village(1) and len(lines) <= 2
    listed = {line["unit"]: line["date"] for line in october.rows("inspect", "list")}
    assert village(2) not in listed and sum(at == day for at in listed.values()) <= 2


def test_nothing_is_entered_for_a_unit_that_is_closed(october):
    plan(october, "--unit", SMALL, "--period", "2026Q4")
    unit = village(4)
    early = october.ok("inspect", "record", unit, "--inspector", "甲", "--conclusion", "x",
                       "--date", "2026-10-09", "--csv").split()[-1]
    planned = next(line for line in october.rows("inspect", "list", "--state", "planned")
                   if line["unit"] == unit)
    bring(october, closed="2026-10-10")
    listed = {line["id"]: line["state"] for line in october.rows("inspect", "list")}
    assert (listed[planned["id"]], listed[early]) == ("closed", "done")
    for command in (("record", unit, "--inspector", "甲", "--conclusion", "x"), ("apply", unit),
                    ("accept", unit, "passed", "--reason", "x"),
                    ("finding", early, "--text", "x", "--deadline", "2026-10-30"),
                    ("plan", "--unit", unit), ("move", planned["id"], "--date", "2026-11-02"),
                    ("done", planned["id"], "--conclusion", "x", "--date", OCTOBER)):
        assert "closed on 2026-10-10" in refused(october, *command), command
    october.ok("inspect", "finding", early, "--text", "x", "--deadline", "2026-10-30", "--date",
               "2026-10-09")  # of a day on which it was there
    assert unit not in plan(october, "--unit", SMALL, "--period", "2026Q4")
    october.ok("inspect", "finding", early, "--text", "x", "--deadline", "2026-10-11", "--date",
               "2026-10-09", "--late")  # a deadline that it did not live to see
    other = october.ok("inspect", "record", village(1), "--inspector", "甲", "--conclusion", "x",
                       "--date", "2026-10-09", "--csv").split()[-1]
    late = october.ok("inspect", "finding", other, "--text", "x", "--deadline", "2026-10-11",
                      "--date", "2026-10-09", "--late", "--csv").split()[-1]
    october.ok("plugin", "run", "inspection", "overdue")
    marked = [line["finding"] for number in (1, 4) for line in october.rows(
        "list", "overdue_finding", "--unit", village(number))]
    assert marked == [late]
    october.ok("inspect", "undo", planned["id"], "--why", "x")
    bring(october, opened="2026-11-16")
    later = october.cli("inspect", "record", unit, "--inspector", "甲", "--conclusion", "x")
    assert later.code == 4 and "is there from 2026-11-16 on" in later.err
    assert plan(october, "--unit", SMALL, "--period", "2026Q4")[unit]["date"] >= "2026-11-16"


@pytest.mark.quick
def test_a_unit_does_not_enter_its_own_check(pair):
    county = pair["wudalianchi"]
    county.ok("add", "inspector", "--unit", COUNTY, f"date={TODAY - 30 * DAY}", "person=县检查员")
    own = county.cli("inspect", "record", COUNTY, "--inspector", "县检查员", "--conclusion", "x")
    assert own.code == 6 and f"checked by {CITY}" in own.err
    root = pair["city"].cli("inspect", "record", CITY, "--inspector", "x", "--conclusion", "x")
    assert root.code == 6 and "no unit above" in root.err


def test_a_result_keeps_to_the_window_and_to_the_application_of_the_units_own_node(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    county, town = tree["wudalianchi"], tree["long-zhen"]
    accept = ("inspect", "accept", TOWN, "failed", "--reason", "x", "--late", "--date")
    missing = county.cli(*accept, "2025-12-30")
    assert missing.code == 4 and f"wuhao inspect apply {TOWN}" in missing.err
    town.ok("inspect", "apply", TOWN, "--late", "--date", "2025-12-01")
    tree.wait_synced()
    ahead = county.cli(*accept, TODAY + 400 * DAY)
    assert ahead.code in (3, 4)
    other = county.cli(*accept, "2026-01-10")
    assert other.code == 4 and "not applied for acceptance in 2026" in other.err
    county.ok(*accept, "2025-12-30")
    tree.wait_synced()
    after = town.cli("inspect", "apply", TOWN, "--late", "--date", "2025-12-31")
    assert after.code == 4 and "there is a result" in after.err


def test_a_result_is_of_the_time_that_the_programme_gives_for_it(october, tmp_path):
    lines = programme()
    for duty in lines["duties"]:
        if duty["id"] == "accept_grassroots":
            duty["due"] = ["06-30"]
    path = tmp_path / "programme.yaml"
    path.write_text(yaml.safe_dump(lines, allow_unicode=True), encoding="utf-8")
    october.ok("programme", "issue", path)
    accept = ("accept", village(1), "failed", "--reason", "x", "--late", "--date")
    october.ok("inspect", "apply", village(1), "--late", "--date", "2026-06-01")
    assert "acceptance ends on 2026-07-30" in refused(october, *accept, "2026-07-31")
    assert "future" in refused(october, *accept, "2026-10-13")
    assert "future" in refused(october, "apply", village(2), "--date", "2026-10-13")
    october.ok("inspect", *accept, "2026-07-30")
    assert "entered already, it is failed" in refused(october, *accept, "2026-07-30")


def test_mending_the_words_of_an_answer_later_does_not_make_it_late(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    county, town = tree["wudalianchi"], tree["long-zhen"]
    county.ok("add", "inspector", "--unit", COUNTY, f"date={TODAY - 90 * DAY}", "person=县检查员")
    visit = county.ok("inspect", "record", TOWN, "--inspector", "县检查员", "--conclusion", "x",
                      "--csv").split()[-1]
    finding = county.ok("inspect", "finding", visit, "--text", "x", "--deadline", TODAY + DAY,
                        "--csv").split()[-1]

    def told():
        tree.wait_synced()
        return town.rows("inspect", "findings")
    node.wait_until(told, 20, "the finding is told")
    town.ok("inspect", "fix", finding, "--text", "已整改")
    tree.wait_synced()
    later = datetime.datetime.combine(TODAY + 5 * DAY, datetime.time(9))
    for one in reversed(list(tree.nodes.values())):
        one.stop()
    for one in tree.nodes.values():
        one.start(**node.clock_at(later))
    town.ok("inspect", "fix", finding, "--text", "已整改，附说明")

    def marks():
        tree.wait_synced()
        county.ok("plugin", "run", "inspection", "overdue")
        return [line["date"] for line in county.rows("list", "overdue_finding", "--unit", TOWN)]
    assert marks() == []
    county.ok("inspect", "verify", finding, "--by", "县检查员", "--reopen", "--deadline",
              TODAY + 5 * DAY)
    assert marks() == []  # a new deadline, which is not over
    past = county.cli("inspect", "verify", finding, "--by", "县检查员", "--reopen")
    assert past.code == 4 and "not fixed yet" in past.err


@pytest.mark.quick
@pytest.mark.usefixtures("programs")
def test_the_job_drops_marks_of_findings_that_do_not_stand(tmp_path):
    """As a release left them that took a finding back without its mark."""
    scenario = tmp_path / "scenario.yaml"
    mark = """  - metrics: overdue_finding
    unit: "9901001"
    quarter: 2026Q4
    expect: {{findings_overdue: {count}}}
"""
    scenario.write_text("""today: 2026-10-12
units:
  - {code: "9901", name: 模拟县, kind: county}
  - {code: "9901001", name: 一镇, kind: township, parent: "9901"}
steps:
  - add: overdue_finding
    unit: "9901001"
    fields: {date: 2026-10-01, finding: 01JXXXXXXXXXXXXXXXXXXXXXXX}
""" + mark.format(count=1) + "  - job: overdue\n" + mark.format(count=0), encoding="utf-8")
    plugin = os.path.join(node.BIN, "..", "lib", "wuhao", "plugins", "inspection.so")
    done = node.run("wuhao", "plugin", "test", plugin, scenario)
    assert done.code == 0, done
