"""Judged points: who may enter them, what several assessors give together, what the score makes of
them, and the classes and targets of the round. The expected figures are worked out by hand here."""
import datetime

import pytest

import node

CITY, COUNTY, TOWN, VILLAGE = "2311", "231182", "231182101", "231182101201"
TODAY = datetime.date.today()
# A year of the default programme whose first half is over.
YEAR = node.YEAR
DAY = f"{YEAR}-11-20"


def sheet(one, unit, year=YEAR):
    return {line["item"]: line for line in one.rows("assess", "show", unit, "--year", year)}


def points(one, unit, item, year=YEAR):
    lines = one.rows("explain", unit, "--year", year)
    return next(line["points"] for line in lines if line["item"] == item and line["what"] == "item")


def judge(one, unit, item, value, assessor="王某", day=DAY, reason="记录完整"):
    return one.cli("assess", "judge", unit, item, value, "--assessor", assessor, "--reason", reason,
                   "--date", day)


@pytest.mark.quick
def test_the_township_judges_its_village_and_the_city_sees_the_points(pair):
    town, city = pair["long-zhen"], pair["city"]
    assert sheet(town, VILLAGE)["g15"] == {
        "item": "g15", "title": "Political standards and responsibility", "full": "3.00",
        "self": None, "points": None, "difference": None, "state": "open", "by": None,
        "assessors": None, "reason": None, "evidence": None}
    assert judge(town, VILLAGE, "g15", "2.5").code == 0
    town.ok("assess", "self", VILLAGE, "g15", "3", "--reason", "每季学习", "--date", DAY)
    pair.wait_synced()
    for one in (town, pair["wudalianchi"], city):
        line = sheet(one, VILLAGE)["g15"]
        assert (line["self"], line["points"], line["difference"], line["state"]) == (
            "3.00", "2.50", "-0.50", "judged")
        assert points(one, VILLAGE, "g15") == "2.50"
    assert sheet(town, VILLAGE)["g15"]["reason"] == "记录完整"
    assert sheet(city, VILLAGE)["g15"]["reason"] is None  # reasons stay where they were entered
    records = [line for line in town.rows("explain", VILLAGE, "--year", YEAR)
               if line["what"] == "record" and line["item"] == "g15"]
    assert len(records) == 1


def test_several_assessors_give_the_mean_rounded_down_and_one_may_change_his_mind(pair):
    town = pair["long-zhen"]
    unit = "231182101202"
    for assessor, value in (("甲", "2.00"), ("乙", "2.50"), ("丙", "2.51")):
        assert judge(town, unit, "g44", value, assessor).code == 0
    town.ok("wait", "--synced")
    assert sheet(town, unit)["g44"]["points"] == "2.33"  # 7.01 / 3
    assert judge(town, unit, "g44", "4.00", " 甲", reason="复核").code == 0
    town.ok("wait", "--synced")
    line = sheet(town, unit)["g44"]
    assert (line["points"], line["assessors"]) == ("3.00", 3)  # 9.01 / 3
    record = town.rows("list", "judgement", "--unit", unit)[0]["id"]
    assert len(town.rows("history", record)) == 2
    town.ok("assess", "undo", record, "--why", "登记错误")
    town.ok("wait", "--synced")
    assert sheet(town, unit)["g44"]["points"] == "2.50"  # 5.01 / 2


@pytest.mark.quick
def test_a_unit_does_not_judge_itself_nor_who_is_not_its_assessor(pair):
    town, county, city = pair["long-zhen"], pair["wudalianchi"], pair["city"]
    own = judge(town, TOWN, "t15", "4")
    assert own.code == 6 and "it is assessed by 231182" in own.err
    assert judge(county, TOWN, "t15", "3").code == 0
    assert city.ok("assess", "list", "--year", YEAR)
    pair.wait_synced()
    assert points(city, TOWN, "t15") == "3.00"
    # `add` is no way around it
    refused = town.cli("add", "judgement", "--unit", TOWN, f"date={DAY}", "item=t15", "points=4",
                       "assessor=x", "reason=x")
    assert refused.code == 6 and "by the commands of plugin assessment alone" in refused.err


@pytest.mark.quick
@pytest.mark.parametrize("arguments,code,said", [
    ((VILLAGE, "g15", "3.01"), 4, "takes 0 to 3.00"),
    ((VILLAGE, "g11", "1"), 4, "it is not judged (use g15, g44)"),
    (("231182101299", "g15", "1"), 3, "there is no such unit"),
    ((COUNTY, "g15", "1"), 4, "no judged item"),
    ((VILLAGE, "g15"), 2, "points"),
])
def test_what_is_wrong_is_said_and_changes_nothing(pair, arguments, code, said):
    town = pair["long-zhen"]
    before = town.rows("list", "judgement")
    refused = town.cli("assess", "judge", *arguments, "--assessor", "x", "--reason", "x",
                       "--date", DAY)
    assert refused.code == code and said in refused.err
    assert town.rows("list", "judgement") == before


def test_evidence_that_names_a_record_names_one_that_is_there(pair):
    town = pair["long-zhen"]
    record = town.ok("add", "meeting", "--unit", VILLAGE, f"date={DAY}", "purpose=study",
                     "subject=x", "--csv").split()[-1]
    words = (VILLAGE, "g44", "1", "--assessor", "丁", "--reason", "x", "--date", DAY, "--evidence")
    wrong = "0" * len(record)
    refused = town.cli("assess", "judge", *words, f"会议 {record}, {wrong}")
    assert refused.code == 3 and wrong in refused.err
    kept = town.ok("assess", "judge", *words, f"会议 {record}, http://x.cn/a", "--csv").split()[-1]
    town.ok("assess", "undo", kept, "--why", "x")


def test_an_objection_is_answered_with_reasons(pair):
    town = pair["long-zhen"]
    unit = "231182101205"
    assert judge(town, unit, "g15", "1").code == 0
    words = ("--reason", "漏计一次学习", "--date", DAY)
    never = town.cli("assess", "object", unit, "g44", *words)
    assert never.code == 4 and "nothing to object to" in never.err
    town.ok("wait", "--synced")
    objection = town.ok("assess", "object", unit, "g15", *words, "--csv").split()[-1]
    twice = town.cli("assess", "object", unit, "g15", *words)
    assert twice.code == 4 and objection in twice.err and "open already" in twice.err
    assert [line["state"] for line in town.rows("assess", "objections", "--year", YEAR,
                                                "--open")] == ["open"]
    town.ok("wait", "--synced")
    key = (unit, f"{YEAR}Q1", "objection", TOWN, f"g15.{objection}")  # a yearly cell
    assert key in town.metrics(unit)
    town.ok("assess", "review", objection, "--uphold", "--reason", "已核实")
    assert judge(town, unit, "g15", "2", reason="复核后改").code == 0
    town.ok("wait", "--synced")
    assert town.metrics(unit)[key] < 0
    assert points(town, unit, "g15") == "2.00"
    line = town.rows("assess", "objections", "--year", YEAR)[0]
    assert (line["state"], line["answer"]) == ("upheld", "已核实")
    again = town.cli("assess", "review", objection, "--reason", "x")
    assert again.code == 4 and "no open objection" in again.err


def test_of_two_levels_the_nearest_is_shown_with_its_own_words_and_the_other_is_told(pair):
    town, county, city = pair["long-zhen"], pair["wudalianchi"], pair["city"]
    unit = "231182101206"
    words = ("--reason", "镇", "--date", DAY)
    county.ok("assess", "classify", unit, "near", "--reason", "县", "--date", DAY)
    county.ok("assess", "target", unit, YEAR + 2, "--measures", "县", "--lead", "县甲", "--date", DAY)
    assert judge(city, unit, "g15", "3", reason="市").code == 0
    town.ok("assess", "classify", unit, "hollow", *words)
    town.ok("assess", "target", unit, YEAR + 1, "--measures", "镇", "--lead", "镇甲", "--date", DAY)
    assert judge(town, unit, "g15", "1", reason="镇").code == 0
    pair.wait_synced()
    for one, reason, lead in ((town, "镇", "镇甲"), (county, None, None), (city, None, None)):
        line = one.rows("assess", "classes", "--under", unit, "--year", YEAR)[0]
        assert (line["class"], line["by"], line["reason"]) == ("hollow", TOWN, reason)
        line = one.rows("assess", "targets", "--under", unit, "--year", YEAR)[0]
        assert (line["target_year"], line["by"], line["lead"]) == (YEAR + 1, TOWN, lead)
        line = sheet(one, unit)["g15"]
        assert (line["points"], line["by"], line["reason"]) == ("1.00", TOWN, reason)
    again = county.cli("assess", "classify", unit, "near", "--reason", "县", "--date", DAY)
    assert again.code == 0 and "counts for nothing" in again.err and TOWN in again.err
    again = judge(city, unit, "g15", "2", reason="市")
    assert again.code == 0 and "counts for nothing" in again.err


@pytest.mark.quick
def test_what_a_unit_says_of_itself_is_not_said_by_those_who_judge_it(pair):
    town, county, city = pair["long-zhen"], pair["wudalianchi"], pair["city"]
    assert judge(county, TOWN, "t15", "3").code == 0
    pair.wait_synced()
    for one, unit, item in ((city, TOWN, "t15"), (county, TOWN, "t15"), (county, VILLAGE, "g15")):
        refused = one.cli("assess", "self", unit, item, "0", "--date", DAY)
        assert refused.code == 6 and f"node {TOWN} keeps it" in refused.err
    refused = county.cli("assess", "object", TOWN, "t15", "--reason", "x", "--date", DAY)
    assert refused.code == 6 and "enter it there" in refused.err
    town.ok("assess", "self", TOWN, "t15", "4", "--date", DAY)


def test_every_unit_is_classed_then_the_review_is_closed(homes):
    town = homes("town", TOWN, "龙镇", "township").init().start()
    city = homes("city", CITY, "黑河市", "city", node.free_port()).init().start()
    city.issue()
    county = homes("county", COUNTY, "五大连池市", "county", node.free_port()).init().start()
    county.join(city)
    town.join(county)
    below = [line["code"] for line in town.rows("unit", "list", "--under", TOWN)][1:]
    early = town.cli("assess", "close", "review", "--under", TOWN, "--date", DAY)
    assert early.code == 4 and f"{len(below)} units are left, as {below[0]}" in early.err
    for code in below[1:]:
        town.ok("assess", "classify", code, "near", "--reason", "班子健全", "--date", DAY)
    town.ok("wait", "--synced")
    assert town.rows("assess", "classes", "--under", TOWN, "--year", YEAR)[1]["unit"] == below[0]
    town.ok("assess", "classify", below[0], "hollow", "--reason", "无人负责", "--date", DAY)
    town.ok("wait", "--synced")
    assert town.cli("assess", "close", "review", "--under", TOWN, "--date", DAY).code == 0
    again = town.cli("assess", "close", "review", "--under", TOWN, "--date", DAY)
    assert again.code == 4 and f"closed it on {DAY}" in again.err
    wrong = town.cli("assess", "classify", below[0], "weakly", "--reason", "x", "--date", DAY)
    assert wrong.code == 4 and "class" in wrong.err
    county.wait_synced()
    key = (below[0], f"{YEAR}Q1", "classification", TOWN, "class")
    assert city.metrics(below[0])[key] == 4


def test_targets_say_who_is_to_qualify_when_and_how_far_it_is(pair):
    town, city = pair["long-zhen"], pair["city"]
    town.ok("assess", "target", VILLAGE, "2026", "--measures", "充实五老队伍", "--lead", "李某",
            "--date", DAY)
    pair.wait_synced()
    here = town.rows("assess", "targets", "--year", 2026)[0]
    assert (here["unit"], here["target_year"], here["state"], here["lead"]) == (
        VILLAGE, 2026, "open", "李某")
    there = city.rows("assess", "targets", "--year", 2026)[0]
    assert (there["unit"], there["target_year"], there["lead"]) == (VILLAGE, 2026, None)
    assert float(there["missing"]) == 80 - float(there["score"] or 0)
    fallen = {line["unit"]: line for line in city.rows("assess", "fallen", "--year", 2026)}
    if TODAY.year == 2026:
        assert "not over" in city.cli("assess", "fallen", "--year", 2026).err
    assert fallen[VILLAGE]["why"] == "not_made" and fallen[VILLAGE]["since"] == 2026
    later = town.cli("assess", "target", VILLAGE, "2031", "--measures", "x", "--lead", "y")
    assert later.code == 4 and "no programme for 2031" in later.err


@pytest.mark.quick
def test_it_speaks_chinese(pair):
    town = pair["long-zhen"]
    refused = town.chinese("assess", "judge", VILLAGE, "g15", "9", "--assessor", "x", "--reason",
                           "x")
    assert "得分：指标 g15 应在 0 到 3.00 之间" in refused.err


def test_gaps_name_persons_here_and_only_what_is_missing_elsewhere(pair):
    town, city = pair["long-zhen"], pair["city"]
    unit = "231182101001"
    def gaps(one):
        return {(line["what"], line["person"], line["text"]) for line in one.rows(
            "assess", "gaps", "--under", unit)}
    bare = {("director_vacant", None, None), ("deputy_vacant", None, None),
            ("no_lead_person", None, None)}
    assert gaps(town) == gaps(city) == bare
    first = TODAY.replace(month=1, day=1)
    town.ok("add", "post", "--unit", unit, f"date={first}", "post=director", "person=无资格",
            "basis=five_elders")
    town.ok("add", "post", "--unit", unit, f"date={first}", "post=executive_deputy", "person=某某",
            "basis=five_elders")
    for name, born, more in (("老人", 1930, ["roles=lecturer"]), ("闲人", 1960, []),
                             ("新人", 1962, ["roles=lecturer;reporter"]),
                             ("走了", 1920, [f"until={first}"])):
        town.ok("add", "elder", "--unit", unit, f"date={first}", f"person={name}",
                f"birth_year={born}", "category=teacher", *more)
    town.ok("add", "elder_care", "--unit", unit, f"date={first}", "what=visit", "person=老人",
            "reached=1")
    pair.wait_synced()
    found = gaps(town)
    roles = next(text for what, _, text in found if what == "roles_missing").split(";")
    assert len(roles) == 8 and "lecturer" not in roles and "reporter" not in roles
    assert {line for line in found if line[0] != "roles_missing"} == {
        ("director_not_eligible", "无资格", None), ("no_lead_person", None, None),
        ("elder_over_age", "老人", str(TODAY.year - 1930)), ("elder_without_role", "闲人", None),
        ("elder_not_visited", "新人", None), ("elder_not_visited", "闲人", None)}
    assert gaps(city) == {("director_vacant", None, None), ("no_lead_person", None, None)}


def test_doubts_are_told_of_units_that_do_not_move(pair):
    town, city = pair["long-zhen"], pair["city"]
    still, lively = "231182101002", "231182101003"
    for month in (2, 5, 8, 11):
        for unit, youth in ((still, 20), (lively, 10 + month)):
            town.ok("add", "activity", "--unit", unit, f"date={YEAR}-{month:02}-05", "category=law",
                    "subject=x", f"youth={youth}")
        town.ok("add", "elder", "--unit", lively, f"date={YEAR}-{month:02}-05", f"person={month}",
                "category=teacher")
    town.ok("add", "elder", "--unit", still, f"date={YEAR - 1}-02-05", "person=x",
            "category=teacher")
    town.ok("add", "elder", "--unit", still, f"date={YEAR - 1}-02-05", "person=y",
            "category=teacher", f"until={YEAR}-12-31")
    pair.wait_synced()
    for one in (town, city):
        lines = one.rows("assess", "doubts", "--year", YEAR, "--under", TOWN)
        found = {unit: {(line["what"], line["text"]) for line in lines if line["unit"] == unit}
                 for unit in (still, lively, VILLAGE)}
        assert found[lively] == set()
        assert found[still] == {("roster_still", None)} | {
            ("figures_repeat", f"Q{quarter}") for quarter in (2, 3, 4)}
    silent = {line["text"] for line in city.rows("assess", "doubts", "--year", YEAR, "--under",
                                                 "231182001") if line["what"] == "silent"}
    assert silent == {"Q1", "Q2", "Q3", "Q4"}


def test_an_objection_goes_up_as_a_figure_and_its_answer_comes_down(pair):
    city, county, town = pair["city"], pair["wudalianchi"], pair["long-zhen"]
    assert judge(county, TOWN, "t15", "3").code == 0
    pair.wait_synced()
    objection = town.ok("assess", "object", TOWN, "t15", "--reason", "只在本镇的话", "--date", DAY,
                        "--csv").split()[-1]
    own = town.cli("assess", "review", objection, "--uphold", "--reason", "自己批准")
    assert own.code == 6 and "it is assessed by 231182" in own.err
    pair.wait_synced()
    for one in (county, city):
        line = next(line for line in one.rows("assess", "objections", "--year", YEAR)
                    if line["id"] == objection)
        assert (line["unit"], line["item"], line["date"], line["reason"], line["state"]) == (
            TOWN, "t15", DAY, None, "open")
    assert "the unit's own node" in county.cli("assess", "objections", "--year", YEAR).err
    assert city.cli("assess", "review", objection, "--reason", "x").code == 0  # it serves all below
    again = city.cli("assess", "review", objection, "--reason", "x")
    assert again.code == 4 and "no open objection" in again.err
    second = town.ok("assess", "object", TOWN, "t15", "--reason", "再议", "--date", DAY,
                     "--csv").split()[-1]
    pair.wait_synced()
    county.ok("assess", "review", second, "--uphold", "--reason", "已核实\n补一分")
    pair.wait_synced()
    lines = {line["id"]: line for line in town.rows("assess", "objections", "--year", YEAR)}
    assert (lines[objection]["state"], lines[objection]["answer"]) == ("rejected", "x")
    assert (lines[second]["state"], lines[second]["answer"]) == ("upheld", "已核实\n补一分")
    assert lines[second]["answered"] == TODAY.isoformat()
    assert second not in {line["id"] for line in town.rows("assess", "objections", "--open")}
    assert "成立" in town.chinese("assess", "objections", "--year", YEAR).out
    # those further up learn that it was answered; who answered knows how
    town.ok("plugin", "run", "assessment", "answers")
    town.ok("wait", "--synced")
    node.wait_until(lambda: states(city)[second] == "answered", 30, "the city knows")
    assert states(county)[second] == states(town)[second] == "upheld"
    assert city.rows("assess", "objections", "--open", "--year", YEAR) == []
    assert city.cli("assess", "review", second, "--reason", "x").code == 4


def states(one):
    return {line["id"]: line["state"] for line in one.rows("assess", "objections", "--year", YEAR)}


def test_an_accepted_year_is_locked_for_undoing_and_objecting_too(pair):
    town = pair["long-zhen"]
    unit, day = "231182101208", f"{YEAR}-12-22"
    judged = judge(town, unit, "g15", "3").out.split()[-1]
    own = town.ok("assess", "self", unit, "g15", "2", "--date", DAY, "--csv").split()[-1]
    town.ok("inspect", "apply", unit, "--late", "--date", day)
    accepted = town.ok("inspect", "accept", unit, "failed", "--reason", "x", "--late", "--date",
                       day, "--csv").split()[-1]
    town.ok("wait", "--synced")
    for record in (judged, own):
        undone = town.cli("assess", "undo", record, "--why", "x")
        assert undone.code == 6 and "its points are locked" in undone.err
    late = town.cli("assess", "object", unit, "g15", "--reason", "x", "--date", DAY)
    assert late.code == 6 and "its points are locked" in late.err
    assert sheet(town, unit)["g15"]["points"] == "3.00"
    town.ok("inspect", "undo", accepted, "--why", "x")
    town.ok("wait", "--synced")
    town.ok("assess", "undo", judged, "--why", "x")


def test_an_acceptance_that_the_records_no_longer_bear_out_is_a_doubt(pair, tmp_path):
    town = pair["long-zhen"]
    town.import_folder(node.demo_records(tmp_path, [town], seed=9)[TOWN])
    town.ok("wait", "--synced")
    unit = next(line["unit"] for line in town.rows("rank", "--level", "grassroots", "--year", YEAR)
                if line["qualified"] and not line["final"])
    town.ok("inspect", "apply", unit, "--late", "--date", f"{YEAR}-12-22")
    town.ok("inspect", "accept", unit, "passed", "--reason", "x", "--late", "--date",
            f"{YEAR}-12-22")
    town.ok("wait", "--synced")
    def doubts():
        return {(line["unit"], line["what"]) for line in town.rows("assess", "doubts", "--year",
                                                                   YEAR, "--under", unit)}
    assert (unit, "accepted_below_mark") not in doubts()
    for kind in ("meeting", "institution", "activity", "post", "research"):
        for record in town.rows("list", kind, "--unit", unit):
            town.ok("withdraw", record["id"], "--why", "x")
    town.ok("wait", "--synced")
    assert (unit, "accepted_below_mark") in doubts()
    assert "验收达标，但现有记录不达标" in town.chinese("assess", "doubts", "--year", YEAR).out


@pytest.mark.quick
def test_a_milestone_is_closed_once_by_those_of_whom_it_is_asked(pair):
    county, town = pair["wudalianchi"], pair["long-zhen"]
    not_asked = town.cli("assess", "close", "round_summary", "--under", TOWN)
    assert not_asked.code == 4 and "does not ask it of" in not_asked.err
    early = county.cli("assess", "close", "round_summary", "--under", COUNTY, "--date",
                       "2026-11-20")
    assert early.code == 4 and "programme of 2026 does not ask" in early.err
