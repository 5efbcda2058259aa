"""Plans, attendance by person, coverage, who is due, certificates; held against a calculation that
shares nothing with the plugin (independent_training.py)."""
import datetime
import os
import re

import pytest

import independent_training as independent
import node
from test_parent_down_during_import import found_in

COUNTY, TOWN, VILLAGE = "231182", "231182101", "231182101201"
YEAR = node.YEAR
DAY = datetime.date


def session(town, day, unit=TOWN, topic="宣讲培训", hours="4", trainees=3):
    return town.ok("add", "training", "--unit", unit, f"date={day}", f"topic={topic}",
                   "audience=elders;ten_roles", f"trainees={trainees}", f"hours={hours}").strip()


def plan(town, day, unit=TOWN):
    return town.ok("add", "training_plan", "--unit", unit, f"date={day}", "subject=宣讲培训",
                   "audience=elders;leaders", "hours=4").strip()


def plans(town, unit=TOWN, year=YEAR):
    return {line["id"]: line for line in town.rows("training", "plan", "--unit", unit,
                                                   "--year", year)}


def elder(town, unit, name, *fields, joined=f"{YEAR - 1}-02-01"):
    return town.ok("add", "elder", "--unit", unit, f"date={joined}", f"person={name}",
                   "category=cadre", *fields).strip()


def attend(town, one, name, *options, role="elder"):
    return town.cli("training", "attend", one, "--person", name, "--role", role, *options)


def due(town, unit, at, *options):
    return [(line["person"], line["birth_year"], line["due"], line["state"]) for line in town.rows(
        "training", "due", "--unit", unit, "--at", at, *options)]


def cover(town, unit, *options, year=YEAR):
    return town.rows("training", "coverage", "--unit", unit, "--year", year, *options)


# ---- Plans ----

@pytest.mark.quick
def test_a_plan_is_held_by_a_session_of_its_unit_and_taken_back(pair):
    town, unit = pair["long-zhen"], "231182101001"
    soon = DAY.today() + datetime.timedelta(days=200)
    one, ahead = plan(town, f"{YEAR}-05-20", unit), plan(town, soon, unit)
    held = session(town, f"{YEAR}-06-01", unit)
    line = plans(town, unit)[one]
    assert line == {"id": one, "unit": unit, "date": f"{YEAR}-05-20", "subject": "宣讲培训",
                    "audience": "elders;leaders", "hours": "4.00", "state": "overdue",
                    "session": None, "held": None}
    assert plans(town, unit, soon.year)[ahead]["state"] == "planned"
    town.ok("training", "held", one, "--session", held)
    line = plans(town, unit)[one]
    assert (line["state"], line["session"], line["held"]) == ("held", held, f"{YEAR}-06-01")
    town.ok("wait", "--synced")
    key = (unit, f"{YEAR}Q2", "training_plan", TOWN)
    assert town.metrics(unit)[*key, "training_plans_held"] == 1
    again = town.cli("training", "held", one, "--session", held)
    assert again.code == 4 and "held already" in again.err
    other = plan(town, f"{YEAR}-08-01", unit)
    twice = town.cli("training", "held", other, "--session", held)
    assert twice.code == 4 and f"it fulfils plan {one}" in twice.err
    town.ok("training", "held", one, "--undo")
    town.ok("wait", "--synced")
    assert plans(town, unit)[one]["state"] == "overdue"
    assert town.metrics(unit)[*key, "training_plans_held"] == 0
    assert town.metrics(unit)[*key, "training_plans"] == 1
    assert town.cli("training", "held", one, "--undo").code == 4


def test_a_plan_whose_session_is_withdrawn_or_that_is_called_off(pair):
    town, unit = pair["long-zhen"], "231182101002"
    one, other, held = (plan(town, f"{YEAR}-05-20", unit), plan(town, f"{YEAR}-05-21", unit),
                        session(town, f"{YEAR}-06-01", unit))
    town.ok("training", "held", one, "--session", held)
    town.ok("withdraw", held, "--why", "登记错误")
    told = town.cli("training", "plan", "--unit", unit, "--year", YEAR)
    assert "1 plans are held by a session that is not there" in told.err
    assert town.cli("training", "held", other, "--session", held).code == 3
    town.ok("edit", other, "progress=dropped")
    assert plans(town, unit)[other]["state"] == "dropped"


@pytest.mark.quick
@pytest.mark.parametrize("arguments,code,said", [
    (("attend", "nosuch", "--person", "李某", "--role", "elder"), 3, "there is no such session"),
    (("attend", "SESSION", "--person", "李某", "--role", "eldr"), 4, "use elder, ten_role or leader"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--unit", COUNTY), 4,
     "neither of 231182 nor of a unit above it"),
    (("attend", "SESSION", "--person", "　", "--role", "elder"), 4, "person"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--birth-year", "1066"), 4,
     "birth_year"),
    (("attend", "SESSION", "--role", "elder"), 2, "person"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--hours", "-1"), 4, "hours"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--date", f"{YEAR}-02-28"), 4,
     f"the session began on {YEAR}-03-01"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--date", f"{YEAR}-04-02"), 4,
     "up to 31 days later"),
    (("attend", "SESSION", "--person", "李某", "--role", "elder", "--date", "2150-01-01"), 4,
     "it has not come yet"),
    (("held", "PLAN"), 2, "either --session ID or --undo"),
    (("held", "PLAN", "--session", "PLAN"), 3, "there is no such session"),
    (("held", "PLAN", "--session", "VILLAGE SESSION"), 4, f"it is of unit {VILLAGE}, the plan of"),
    (("held", "SESSION", "--undo"), 3, "there is no such plan"),
    (("plan", "--unit", "231182101299"), 3, "there is no such unit"),
    (("plan", "--year", "9999"), 2, "between 1949 and 2200"),
    (("coverage", "--by", "age"), 2, "it can only be role"),
    (("coverage", "--unit", TOWN, "--under", TOWN), 2, "not both"),
    (("due", "--ahead", "-1"), 2, "0 to 3660"),
    (("certificate", "--out", "OUT"), 2, "give --session ID or --person NAME"),
])
def test_what_is_wrong_is_said_and_changes_nothing(pair, tmp_path, arguments, code, said):
    town = pair["long-zhen"]
    words = {"OUT": str(tmp_path / "out"), "SESSION": session(town, f"{YEAR}-03-01"),
             "VILLAGE SESSION": session(town, f"{YEAR}-03-01", VILLAGE),
             "PLAN": plan(town, f"{YEAR}-03-01")}
    before = town.rows("list", "attendance"), town.rows("list", "training_plan")
    refused = town.cli("training", *[words.get(word, word) for word in arguments])
    assert refused.code == code and said in refused.first_line, refused
    assert (town.rows("list", "attendance"), town.rows("list", "training_plan")) == before


# ---- Attendance ----

def dates(town, unit):
    return [line["date"] for line in town.rows("list", "attendance", "--unit", unit)]


def test_attendances_follow_a_session_that_is_moved_or_withdrawn(pair):
    town, city, unit = pair["long-zhen"], pair["city"], "231182101215"
    one = session(town, f"{YEAR}-06-01", unit, hours="3")
    other = session(town, f"{YEAR}-09-01", unit, hours="2")
    for who in ("钱一", "钱二"):
        assert attend(town, one, who).code == 0
    assert attend(town, other, "钱一").code == 0
    town.ok("edit", one, f"date={YEAR - 1}-12-20")
    node.wait_until(lambda: dates(town, unit) == [f"{YEAR - 1}-12-20"] * 2 + [f"{YEAR}-09-01"], 30,
                    "they move along")
    town.ok("edit", one, "hours=1")
    assert "hours" in town.cli("training", "hours", "--help").out
    assert town.rows("training", "hours", one)[0]["written"] == 0
    assert town.rows("training", "hours", one, "--all")[0]["written"] == 2
    pair.wait_synced()
    last = {metric: value for (_, quarter, facet, _, metric), value in city.metrics(
        unit, YEAR - 1).items() if (facet, quarter) == ("attendance", f"{YEAR - 1}Q4")}
    assert (last["attendances"], last["trained"], last["training_hours_h"]) == (2, 2, 200)
    town.ok("withdraw", one, "--why", "没有举办")
    node.wait_until(lambda: dates(town, unit) == [f"{YEAR}-09-01"], 30, "they are withdrawn too")
    pair.wait_synced()
    assert all(value == 0 for (_, quarter, facet, _, _), value in city.metrics(
        unit, YEAR - 1).items() if (facet, quarter) == ("attendance", f"{YEAR - 1}Q4"))
    town.ok("withdraw", other, "--why", "没有举办")
    node.wait_until(lambda: dates(town, unit) == [], 30, "so are the last ones")


def test_attendances_follow_a_session_that_is_moved_a_few_days_back_or_forward(pair):
    town, unit = pair["long-zhen"], "231182101002"
    one = session(town, f"{YEAR}-06-20", unit)
    for who, more in (("钱一", ()), ("钱二", ("--date", f"{YEAR}-06-22"))):
        assert attend(town, one, who, *more).code == 0
    town.ok("plugin", "run", "training", "follow")
    assert dates(town, unit) == [f"{YEAR}-06-20", f"{YEAR}-06-22"]
    for day in ("06-10", "06-05", "06-20"):  # the second day of it is still one of its days
        town.ok("edit", one, f"date={YEAR}-{day}")
        node.wait_until(lambda day=day: dates(town, unit) == [f"{YEAR}-{day}", f"{YEAR}-06-22"],
                        30, "the first day moves along")
    town.ok("plugin", "run", "training", "follow")
    assert dates(town, unit) == [f"{YEAR}-06-20", f"{YEAR}-06-22"]


def test_attendances_that_fit_no_session_are_listed(pair):
    town, unit = pair["long-zhen"], "231182101003"
    one, other = session(town, f"{YEAR}-09-01", unit), session(town, f"{YEAR}-09-01", VILLAGE)
    assert attend(town, one, "褚对").code == 0
    wrong = {}
    for lost, day, why in (("01NOSUCH", f"{YEAR}-09-01", "session"),
                           (one, f"{YEAR - 1}-11-01", "day"), (other, f"{YEAR}-09-01", "unit")):
        wrong[town.ok("add", "attendance", "--unit", unit, f"date={day}", f"session={lost}",
                      f"person=褚{why}", "role=elder").strip()] = (lost, f"褚{why}", why)
    lines = town.rows("training", "doubts", "--unit", unit)
    assert {line["id"]: (line["session"], line["person"], line["why"]) for line in lines} == wrong
    assert len(town.rows("training", "doubts", "--unit", unit, "--year", YEAR)) == 2
    told = town.cli("training", "coverage", "--unit", unit, "--year", YEAR)
    assert "1 attendances name a session that is not on this node" in told.err
    for record in wrong:
        town.ok("withdraw", record, "--why", "x")
    assert "nothing is in doubt" in town.cli("training", "doubts", "--unit", unit).err


def test_attendances_of_sessions_that_are_not_of_this_node_stay(pair):
    town, unit = pair["long-zhen"], "231182101208"
    town.ok("add", "attendance", "--unit", unit, f"date={YEAR}-06-02", "session=01ELSEWHERE",
            "person=冯三", "role=elder")
    town.ok("plugin", "run", "training", "follow")
    assert dates(town, unit) == [f"{YEAR}-06-02"]


@pytest.mark.quick
def test_a_session_tells_who_is_missing_and_hours_are_written_out(pair):
    town, unit = pair["long-zhen"], "231182101205"
    one = session(town, f"{YEAR}-06-01", hours="2.5")  # of the township: it trains its villages
    elder(town, unit, "冯一")
    assert attend(town, one, "　冯一 ", "--unit", unit).err == ""
    stranger = attend(town, one, "冯二", "--unit", unit, "--hours", "1")
    assert stranger.code == 0 and "on no roster" in stranger.err
    again = attend(town, one, "冯一", "--unit", unit)
    assert again.code == 4 and "repeats the record" in again.err
    for lost in (one, "nosuch"):
        town.ok("add", "attendance", "--unit", unit, f"date={YEAR}-06-02", f"session={lost}",
                "person=冯三", "role=ten_role")
    def sessions():
        return {line["id"]: line for line in town.rows("training", "sessions", "--year", YEAR)}
    assert sessions()[one] == {
        "id": one, "unit": TOWN, "date": f"{YEAR}-06-01", "topic": "宣讲培训",
        "audience": "elders;ten_roles", "trainees": 3, "attended": 3, "difference": 0,
        "hours": "2.50", "without_hours": 1, "state": "entered"}
    assert (sessions()["nosuch"]["state"], sessions()["nosuch"]["attended"]) == ("unknown", 1)
    town.ok("wait", "--synced")
    key = (unit, f"{YEAR}Q2", "attendance", TOWN, "training_hours_h")
    assert town.metrics(unit)[key] == 350
    assert town.rows("training", "hours", one) == [{"written": 1}]
    town.ok("wait", "--synced")
    assert town.metrics(unit)[key] == 600
    assert sessions()[one]["without_hours"] == 0
    assert cover(town, unit)[0]["hours"] == "6.00"


@pytest.mark.quick
def test_namesakes_are_told_apart_by_their_year_of_birth(pair):
    town, unit = pair["long-zhen"], "231182101206"
    elder(town, unit, "王某", "birth_year=1950")
    elder(town, unit, "王某", "birth_year=1955", "roles=lecturer")
    one = session(town, f"{YEAR}-06-01")
    assert attend(town, one, "王某", "--unit", unit, "--birth-year", "1955").code == 0
    line = cover(town, unit)[0]
    assert (line["roster"], line["trained"], line["percent"], line["others"]) == (2, 1, "50.00", 0)
    # the elder who was trained is due a year later, the other one since his grace was over
    assert due(town, unit, f"{YEAR}-06-01") == [("王某", 1950, f"{YEAR - 1}-05-01", "late")]
    assert due(town, unit, f"{YEAR + 1}-06-01")[1:] == [("王某", 1955, f"{YEAR + 1}-06-01", "open")]
    # an attendance without a year may be either's
    assert attend(town, one, "王某", "--unit", unit).code == 0
    assert cover(town, unit)[0]["trained"] == 2
    # a post has no year: it is the one elder of the name, or a person of its own beside two
    town.ok("add", "post", "--unit", unit, f"date={YEAR}-01-01", "person=王某", "post=director",
            "basis=branch_secretary")
    assert [line["roster"] for line in cover(town, unit, "--by", "role")] == [2, 1, 1]
    assert cover(town, unit)[0]["roster"] == 3


@pytest.mark.quick
def test_who_left_is_not_asked_and_who_joined_has_time(pair):
    town, unit = pair["long-zhen"], "231182101003"
    gone = elder(town, unit, "周走")
    elder(town, unit, "周新", joined=f"{YEAR}-03-31")
    assert due(town, unit, f"{YEAR}-06-30") == [
        ("周走", None, f"{YEAR - 1}-05-01", "late"), ("周新", None, f"{YEAR}-06-30", "open")]
    assert [line[3] for line in due(town, unit, f"{YEAR}-07-01")] == ["late", "late"]
    town.ok("edit", gone, f"until={YEAR}-06-29", "why_left=moved")
    assert [line[0] for line in due(town, unit, f"{YEAR}-06-29")] == ["周走", "周新"]
    assert [line[0] for line in due(town, unit, f"{YEAR}-06-30")] == ["周新"]
    assert cover(town, unit)[0]["roster"] == 1
    one = session(town, f"{YEAR}-08-31")
    assert attend(town, one, "周新", "--unit", unit).code == 0
    assert due(town, unit, f"{YEAR + 1}-08-30") == []
    assert due(town, unit, f"{YEAR + 1}-08-30", "--ahead", "1") == [
        ("周新", None, f"{YEAR + 1}-08-31", "open")]
    told = town.cli("training", "due", "--unit", unit, "--at", f"{YEAR + 1}-08-30")
    assert "none of the 1 persons on the rosters is due" in told.err


def test_young_elders_who_joined_in_the_year(pair):
    town, unit = pair["long-zhen"], "231182101208"
    elder(town, unit, "郑少", "young=yes", "birth_year=1968", joined=f"{YEAR}-02-01")
    elder(town, unit, "郑去", "young=yes", f"until={YEAR}-05-01", "why_left=other",
          joined=f"{YEAR}-03-01")
    elder(town, unit, "郑老", "young=no", joined=f"{YEAR}-03-01")
    elder(town, unit, "郑前", "young=yes", joined=f"{YEAR - 1}-12-31")
    for day in (f"{YEAR}-07-01", f"{YEAR}-04-01"):
        assert attend(town, session(town, day), "郑少", "--unit", unit).code == 0
    assert town.rows("training", "young", "--unit", unit, "--year", YEAR) == [
        {"unit": unit, "person": "郑少", "birth_year": 1968, "joined": f"{YEAR}-02-01",
         "left": None, "trained": True, "sessions": 2, "first": f"{YEAR}-04-01"},
        {"unit": unit, "person": "郑去", "birth_year": None, "joined": f"{YEAR}-03-01",
         "left": f"{YEAR}-05-01", "trained": False, "sessions": 0, "first": None}]


# ---- Coverage and due, as calculated a second time ----

INTERVALS = {"elder": 12, "ten_role": 12, "leader": 12}


class Village:
    """Random rosters and attendances of one village, imported."""

    def __init__(self, town, unit, seed, folder, sizes=(60, 200)):
        chance = independent.seeded(seed)
        self.sessions = {}
        for number in range(6):
            day = independent.some_day(chance, DAY(YEAR - 1, 1, 1), DAY(YEAR, 12, 31))
            self.sessions[session(town, day, hours=f"{number}.5")] = (day, f"{number}.5")
        self.elders, self.posts = independent.random_rosters(chance, unit, sizes[0])
        self.attendances = independent.random_attendances(chance, unit, self.sessions, self.elders,
                                                          self.posts, sizes[1])
        for kind, rows in (("elder", self.elders), ("post", self.posts),
                           ("attendance", self.attendances)):
            if rows:
                town.ok("import", kind, independent.write_csv(folder / f"{kind}.csv", rows))

    def coverage(self, role):
        return independent.coverage(self.elders, self.posts, self.attendances, self.sessions, YEAR,
                                    role)

    def due(self, day, intervals=None, grace=3):
        found = independent.due(self.elders, self.posts, self.attendances, day,
                                intervals or INTERVALS, grace)
        return {(*who, last and str(last), str(until), "late" if until < day else "open",
                 (until - day).days) for who, (last, until) in found.items()}


def shown_due(town, unit, day):
    lines = town.rows("training", "due", "--unit", unit, "--at", day)
    assert [line["due"] for line in lines] == sorted(line["due"] for line in lines)
    return {tuple(line[key] for key in ("person", "birth_year", "last", "due", "state", "days"))
            for line in lines}


@pytest.mark.parametrize("seed,unit", [(1, "231182101210"), (2, "231182101211"),
                                       (3, "231182101214"), (4, "231182101004")])
def test_coverage_and_due_are_what_an_independent_calculation_says(pair, tmp_path, seed, unit):
    town = pair["long-zhen"]
    village = Village(town, unit, seed, tmp_path)
    lines = cover(town, unit) + cover(town, unit, "--by", "role")
    assert len(lines) == 4
    for line in lines:
        assert line.items() >= village.coverage(line["role"]).items()
    for day in (DAY(YEAR, 1, 31), DAY(YEAR, 6, 15), DAY(YEAR, 12, 31), DAY(YEAR + 1, 8, 31)):
        assert shown_due(town, unit, day) == village.due(day)
    assert len(village.due(DAY(YEAR + 1, 8, 31))) > 10


def test_the_intervals_are_settings(pair, tmp_path):
    town, unit = pair["long-zhen"], "231182101202"
    village = Village(town, unit, 5, tmp_path)
    path = os.path.join(town.home, "plugins.d", "training.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("settings:\n  interval_months: 6\n  interval_months_leaders: 3\n"
                   "  interval_months_ten_roles: 9\n  grace_months: 0\n")
    town.ok("plugin", "reload", "training")
    try:
        assert shown_due(town, unit, DAY(YEAR, 9, 30)) == village.due(
            DAY(YEAR, 9, 30), {"elder": 6, "ten_role": 9, "leader": 3}, grace=0)
    finally:
        os.remove(path)
        town.ok("plugin", "reload", "training")


# ---- The levels above ----

def test_the_county_covers_the_units_of_another_node_from_figures(pair, tmp_path):
    town, county, unit = pair["long-zhen"], pair["wudalianchi"], "231182101215"
    village = Village(town, unit, 6, tmp_path)
    one = session(county, f"{YEAR}-05-01", COUNTY)
    county.ok("add", "post", "--unit", COUNTY, f"date={YEAR}-01-01", "person=钱主任",
              "post=director", "basis=party_secretary")
    assert attend(county, one, "钱主任", role="leader").code == 0
    pair.wait_synced()
    came = [row for row in village.attendances if row["date"].year == YEAR]
    names = {independent.name_of(row) for row in came}
    hours = sum(round(float(row["hours"] or 0) * 100) for row in came)
    day = DAY(YEAR, 12, 31)
    roster = sum(independent.in_force(row, day) for row in village.elders + village.posts)
    line = cover(county, unit)[0]
    assert line == {
        "unit": unit, "name": line["name"], "role": "all", "roster": roster, "trained": len(names),
        "percent": f"{len(names) * 10000 // roster / 100:.2f}", "others": None,
        "hours": f"{hours / 100:.2f}", "source": "figures"}
    for line in cover(county, unit, "--by", "role"):
        trained = len({independent.name_of(row) for row in came if row["role"] == line["role"]})
        assert (line["trained"], line["source"], line["hours"]) == (trained, "figures", None)
        assert (line["roster"] is None) == (line["role"] == "ten_role")
    own = cover(county, COUNTY)[0]
    assert (own["roster"], own["trained"], own["percent"], own["source"]) == (
        1, 1, "100.00", "records")
    # a unit that the county itself serves, ones of another node, one that lies above
    sources = {line["unit"]: line["source"] for line in county.rows(
        "training", "coverage", "--under", COUNTY, "--year", YEAR)}
    assert (sources["231182108"], sources[TOWN], sources[unit]) == ("records", "figures", "figures")
    assert cover(town, COUNTY)[0]["source"] == "none"
    together = county.cli("training", "coverage", "--under", TOWN, "--year", YEAR).err
    assert re.search(r"together: \d+ on rosters, \d+ trained, \d+\.\d\d %", together)
    # persons are shown on their own node alone
    for verb in ("due", "young"):
        assert county.rows("training", verb, "--unit", unit) == []


def test_a_unit_that_has_got_a_node_of_its_own_keeps_what_was_entered_above(homes):
    city = homes("city", "2311", "黑河市", "city", node.free_port()).init().start()
    city.issue()
    county = homes("county", COUNTY, "五大连池市", "county", node.free_port()).init().start()
    county.join(city)
    def enter(one, names):
        held = session(one, f"{YEAR}-06-01", VILLAGE, hours="2")
        for name in names:
            elder(one, VILLAGE, name)
            assert attend(one, held, name).code == 0
    enter(county, ("甲一", "甲二"))
    assert cover(county, VILLAGE)[0]["source"] == "records"
    town = homes("town", TOWN, "龙镇", "township").init().start()
    town.join(county)
    enter(town, ("乙一", "乙二", "乙三"))
    town.wait_synced()
    shown = [cover(one, VILLAGE)[0] for one in (town, county, city)]
    assert [(line["roster"], line["trained"], line["percent"], line["hours"], line["source"])
            for line in shown] == [(3, 3, "100.00", "6.00", "records"),
                                   (5, 3, "60.00", "10.00", "figures"),  # names: the greatest
                                   (5, 3, "60.00", "10.00", "figures")]


def test_names_stay_on_their_node_and_are_not_logged(trees):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    town, names = tree["long-zhen"], ("欧阳测试甲", "上官测试乙")
    one = session(town, f"{YEAR}-06-01")
    elder(town, VILLAGE, names[0], "young=yes", joined=f"{YEAR}-02-01")
    for name in names:
        assert attend(town, one, name, "--unit", VILLAGE).code == 0
    for verb in ("due", "young", "coverage"):
        town.ok("training", verb)
    tree.wait_synced()
    city = tree["city"]
    assert city.metrics(VILLAGE)[VILLAGE, f"{YEAR}Q2", "attendance", TOWN, "trained"] == 2
    for other in tree.nodes.values():
        other.stop()
    wanted = [name.encode() for name in names]
    for above in ("city", "wudalianchi"):
        assert found_in(wanted, tree[above].home, tree[above].home + ".log") == set()
    assert found_in(wanted, os.path.join(town.home, "store"), town.home + ".log") == set()
    assert found_in([VILLAGE.encode()], os.path.join(city.home, "store")), "it can be searched"


# ---- Certificates ----

def test_certificates_are_pages_of_their_own_and_the_same_each_time(pair, tmp_path):
    town, unit = pair["long-zhen"], VILLAGE
    one = session(town, f"{YEAR}-06-01", topic="<b>普法</b> & \"实务\"")
    other = session(town, f"{YEAR}-07-01")
    for who, born in (("孙<甲>", "1950"), ("孙乙", "1951"), ("孙乙", "1952")):
        assert attend(town, one, who, "--unit", unit, "--birth-year", born).code == 0
    assert attend(town, other, "孙乙", "--unit", unit, "--birth-year", "1951").code == 0

    def written(folder, *options):
        lines = town.rows("training", "certificate", *options, "--out", tmp_path / folder)
        pages = {}
        for line in lines:
            with open(tmp_path / folder / line["file"], encoding="utf-8") as file:
                pages[line["session"]] = file.read()
            assert pages[line["session"]].count("<section") == line["pages"]
        return pages
    page = written("a", "--session", one)[one]
    assert page == written("b", "--session", one)[one]
    assert page.count("<section") == 3 and page.count("孙&lt;甲&gt;") == 3
    assert "&lt;b&gt;普法&lt;/b&gt; &amp; &quot;实务&quot;" in page and "<b>" not in page
    assert "size: A4" in page and "培训证书" in page and "Certificate of Training" in page
    assert "4.00 学时" in page and "of 4.00 hours" in page and f"{YEAR}年6月1日" in page
    assert not re.search(r"https?:|src=|@import|url\(|<script|<link", page)
    numbers = re.findall(rf"No\. ({YEAR}(?:-[0-9A-Z]{{4}}){{3}})<", page)
    assert len(set(numbers)) == 3
    both = written("c", "--person", "孙乙", "--birth-year", "1951", "--year", YEAR)
    assert {key: text.count("<section") for key, text in both.items()} == {one: 1, other: 1}
    assert re.search(r"No\. ([^<]+)<", both[one])[1] in numbers
    # One person's file leaves the session's where it is, in the same folder too.
    assert len(os.listdir(tmp_path / "a")) == 1
    lines = town.rows("training", "certificate", "--person", "孙乙", "--year", YEAR, "--out",
                      tmp_path / "a")
    assert [line["pages"] for line in lines] == [1, 1, 1]
    assert len(os.listdir(tmp_path / "a")) == 4 and written("a", "--session", one)[one] == page
    nobody = town.cli("training", "certificate", "--person", "无此人", "--out", tmp_path / "d")
    assert nobody.code == 0 and "nothing was written" in nobody.err
    assert not os.path.exists(tmp_path / "d") or os.listdir(tmp_path / "d") == []


# ---- The plugin itself ----

@pytest.mark.quick
def test_it_speaks_both_languages(pair):
    town = pair["long-zhen"]
    def chinese(*arguments):
        return node.run("env", "LC_ALL=zh_CN.UTF-8", f"{node.BIN}/wuhao", "-C", town.home,
                        "training", *arguments, programs="/usr/bin")
    assert "没有这个培训（见 wuhao training sessions）" in chinese(
        "attend", "nosuch", "--person", "x", "--role", "elder").err
    assert "该年没有培训计划" in chinese("plan", "--year", "1990").err
    assert "培训覆盖率" in chinese("--help").out
    assert "role：按身份分列" in chinese("coverage", "--help").out
    elder(town, TOWN, "蒋某")
    arguments = ("coverage", "--unit", TOWN, "--year", YEAR, "--by", "role")
    assert "覆盖率%" in chinese(*arguments).out and "Percent" in town.ok("training", *arguments)
    assert "counts who of the rosters was trained in a year" in town.ok("training", "--help")
    empty = town.cli("training", "plan", "--unit", VILLAGE, "--year", "1990").err
    assert "nothing is planned for that year" in empty
    for said in (empty, town.cli("training", "sessions", "--unit", VILLAGE, "--year", "1990").err):
        hint = said.partition("`wuhao ")[2].partition("`")[0]  # it runs as it is written
        town.ok(*hint.replace("DAY", "1990-01-02").replace("=N", "=3").split())
    assert len(town.rows("training", "plan", "--unit", VILLAGE, "--year", "1990")) == 1


def test_disabled_and_enabled_again_it_has_all_that_it_had(pair):
    town, unit = pair["long-zhen"], TOWN
    elder(town, unit, "吴某")
    one = session(town, f"{YEAR}-06-01")
    assert attend(town, one, "吴某", "--unit", unit).code == 0
    town.ok("wait", "--synced")
    before, figures = cover(town, unit), town.metrics(unit)
    town.ok("plugin", "disable", "training")
    try:
        off = town.cli("training", "coverage", "--unit", unit)
        assert off.code != 0 and "training" in off.err
        refused = town.cli("add", "attendance", "--unit", unit, f"date={YEAR}-06-01",
                           f"session={one}", "person=x", "role=elder")
        assert refused.code == 3 and "plugin enable training" in refused.err
        assert town.metrics(unit) == figures
    finally:
        town.ok("plugin", "enable", "training")
    town.ok("wait", "--synced")
    assert cover(town, unit) == before and town.metrics(unit) == figures


def test_a_thousand_persons_and_forty_sessions_are_answered_in_time(homes, tmp_path):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    unit, days = VILLAGE, [DAY(YEAR, 1, 5) + datetime.timedelta(days=9 * i) for i in range(40)]
    sessions = [session(city, day, unit, trainees=1000) for day in days]
    names = [f"{'王李张刘'[i % 4]}{i // 8}" for i in range(1000)]
    city.ok("import", "elder", independent.write_csv(tmp_path / "elder.csv", [
        {"unit": unit, "date": f"{YEAR}-01-01", "person": name, "birth_year": 1940 + i % 40,
         "category": "model", "young": "yes"} for i, name in enumerate(names)]), timeout_s=300)
    city.ok("import", "attendance", independent.write_csv(tmp_path / "attendance.csv", [
        {"unit": unit, "date": day, "session": one, "person": name, "birth_year": 1940 + i % 40,
         "role": "elder", "hours": ""}
        for one, day in zip(sessions, days) for i, name in enumerate(names)]), timeout_s=300)
    city.ok("wait", "--synced", timeout_s=120)
    line = cover(city, unit)[0]
    assert (line["roster"], line["trained"], line["hours"]) == (1000, 1000, "160000.00")
    assert len(city.rows("training", "due", "--at", f"{YEAR + 2}-01-01")) == 1000
    assert len(city.rows("training", "young", "--year", YEAR)) == 1000
    lines = city.rows("training", "sessions", "--year", YEAR)
    assert {(line["attended"], line["state"]) for line in lines} == {(1000, "entered")}
    assert city.rows("training", "certificate", "--session", sessions[0], "--out",
                     tmp_path / "out")[0]["pages"] == 1000
    assert attend(city, sessions[0], "新来者").code == 0
    # each edit reads the whole unit: what does not fit is left for the next time, and said
    hours = city.cli("training", "hours", sessions[0], "--json")
    assert hours.code == 0 and "are left: give the command again" in hours.err
    with open(city.home + ".log", encoding="utf-8") as file:
        log = file.read()
    assert "plugin.on name=training" in log
    assert not re.search(r"plugin\.(slow|hangs|hung)", log)
