"""A ranking that was published is frozen, numbered, and known to all below; it recomputes to the
same bytes, and what has changed since is told with the reason for each move."""
import shutil

import pytest

import node

TOWN, COUNTY, CITY = "231182101", "231182", "2311"


@pytest.fixture(name="tree", scope="module")
def tree_fixture(pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    pair["long-zhen"].import_folder(node.demo_records(folder, pair.townships, seed=5)[TOWN])
    pair.wait_synced()
    return pair


def ranking(one, *more, level="grassroots"):
    return one.ok("rank", "--level", level, "--year", node.YEAR, "--under", TOWN, "--json", *more)


def items(one, unit, *more):
    return {line["item"]: line["points"] for line in one.rows("explain", unit, "--year", node.YEAR,
                                                              *more)
            if line["what"] in ("item", "bonus")}


def test_it_recomputes_to_the_same_bytes_whatever_comes_later(tree):
    city, town = tree["city"], tree["long-zhen"]
    published = city.rows("rank", "publish", "--level", "grassroots", "--year", node.YEAR,
                          "--under", TOWN, "--title", "年度排名")[0]
    assert published["number"] == 1 and published["units"] > 10
    line = city.rows("rank", "published")[0]
    frozen = city.ok("rank", "published", "1", "--json")
    assert ranking(city, "--as-of", line["moment"]) == frozen
    first = [row["unit"] for row in city.rows("rank", "published", "1")]
    for unit in first[-3:]:  # the last ones catch up
        for day in ("03-05", "06-05", "09-05", "12-05"):
            town.ok("add", "meeting", "--unit", unit, f"date={node.YEAR}-{day}", "purpose=study",
                    "subject=x")
        town.ok("add", "institution", "--unit", unit, f"date={node.YEAR}-02-02",
                "institution=study", "name=x")
    for record in town.rows("list", "research", "--unit", first[0]):
        town.ok("withdraw", record["id"], "--why", "x")
    tree.wait_synced()
    assert ranking(city) != frozen
    assert ranking(city, "--as-of", line["moment"]) == frozen
    assert city.ok("rank", "published", "1", "--json") == frozen
    city.stop()
    city.start()
    assert ranking(city, "--as-of", line["moment"]) == frozen


def test_those_below_have_it_too(tree):
    frozen = tree["city"].ok("rank", "published", "1", "--json")
    tree.wait_synced()
    for name in ("wudalianchi", "long-zhen"):
        one = tree[name]
        listed = one.rows("rank", "published")[0]
        assert (listed["from"], listed["title"]) == (CITY, "年度排名")
        assert one.ok("rank", "published", "1", "--json") == frozen
    assert tree["city"].rows("status")[0]["unit"] == CITY


def test_what_changed_says_why_for_every_unit_that_moved(tree):
    city = tree["city"]
    moment = city.rows("rank", "published")[0]["moment"]
    before = {line["unit"]: line for line in city.rows("rank", "published", "1")}
    now = {line["unit"]: line for line in city.rows("rank", "--level", "grassroots", "--year",
                                                    node.YEAR, "--under", TOWN)}
    moved = {unit for unit, line in now.items() if any(
        line[key] != before[unit][key] for key in ("rank", "score", "qualified", "final"))}
    changes = {line["unit"]: line for line in city.rows("rank", "changed", "1")}
    assert set(changes) == moved and moved
    for unit, change in changes.items():
        assert change["rank_before"] == before[unit]["rank"] and change["rank"] == now[unit]["rank"]
        then, today = items(city, unit, "--as-of", moment), items(city, unit)
        said = {part.split(" ")[0]: part for part in change["why"].split("; ")}
        differ = {item for item in today if today[item] != then[item]}
        for item in differ:
            assert said[item].startswith(f"{item} ")  # then its title
            assert said[item].endswith(f" {then[item]} -> {today[item]}")
        if not differ:
            assert change["why"] == "others moved"
        assert set(said) <= differ | {"others"}
    # the reasons of a unit add up to its change
    some = next(unit for unit, line in changes.items() if line["score"] != line["score_before"])
    parts = [part.split(" ")[-3::2] for part in changes[some]["why"].split("; ")]
    gained = sum(round(float(after) * 100) - round(float(was) * 100) for was, after in parts)
    assert gained == round(float(changes[some]["score"]) * 100) - round(
        float(changes[some]["score_before"]) * 100)


@pytest.mark.quick
@pytest.mark.parametrize("moment", ["2199-01-01", "2199-01-01T08:00",
                                    f"{node.YEAR}-01-01#99999999"])
def test_a_moment_that_is_not_there_yet_is_refused(tree, moment):
    answer = tree["city"].cli("rank", "--level", "county", "--as-of", moment)
    assert answer.code == 4 and "not come to" in answer.err


@pytest.mark.quick
def test_before_the_first_one_there_is_nothing_to_compare_with(homes):
    city = homes("city", CITY, "黑河市", "city").init().start()
    answer = city.cli("rank", "changed")
    assert answer.code == 3 and "published yet" in answer.err


@pytest.mark.quick
def test_numbers_below_one_are_refused(tree):
    for arguments in (("rank", "published", "0"), ("rank", "changed", "0"),
                      ("rank", "changed", "1", "--top", "0"), ("assess", "gaps", "--age", "-1")):
        assert tree["city"].cli(*arguments).code == 2
    none = tree["city"].cli("rank", "--level", "township", "--kind", "school")
    assert none.code == 0 and "no such unit" in none.err


def test_a_second_one_gets_the_next_number_and_compares_with_itself_as_unchanged(tree):
    city = tree["city"]
    assert city.rows("rank", "publish", "--level", "grassroots", "--year", node.YEAR, "--under",
                     TOWN)[0]["number"] == 2
    assert city.rows("rank", "changed") == []  # of the last one
    assert [line["number"] for line in city.rows("rank", "published")] == [1, 2]


@pytest.mark.quick
def test_what_is_not_there_is_said(pair):
    none = pair["wudalianchi"].cli("rank", "published", "77")
    assert none.code == 3 and "no such published ranking" in none.err
    wrong = pair["city"].cli("rank", "publish", "--level", "village")
    assert wrong.code == 2


@pytest.mark.quick
def test_the_rate_is_held_against_the_aim_of_the_round(tree):
    city = tree["city"]
    lines = {line["unit"]: line for line in city.rows("rank", "rate", "--year", node.YEAR)}
    whole = lines[CITY]
    assert (whole["baseline"], whole["target"]) == ("62.00", "77.00")
    qualified = sum(line["qualified"] is True for level in ("township", "grassroots")
                    for line in city.rows("rank", "--level", level, "--year", node.YEAR))
    units = sum(len(city.rows("rank", "--level", level, "--year", node.YEAR))
                for level in ("township", "grassroots"))
    assert (whole["units"], whole["units_qualified"]) == (units, qualified)
    assert whole["units_missing"] == -(-77 * units // 100) - qualified
    assert lines[COUNTY]["units"] < units


@pytest.mark.quick
def test_beside_last_year_and_candidates(tree):
    city, town = tree["city"], tree["long-zhen"]
    line = city.rows("rank", "--level", "grassroots", "--year", node.YEAR, "--under", TOWN,
                     "--against", "year", "--top", 1)[0]
    assert line["rank_before"] is None and line["move"] is None  # no programme before
    beside = city.rows("rank", "--level", "grassroots", "--year", node.YEAR + 1, "--under", TOWN,
                       "--against", "year")
    then = {line["unit"]: line for line in city.rows("rank", "--level", "grassroots", "--year",
                                                     node.YEAR, "--under", TOWN)}
    assert all(line["rank_before"] == then[line["unit"]]["rank"] for line in beside)
    assert city.rows("commend", "--year", node.YEAR) == []  # two years are asked
    village = next(iter(then))
    town.ok("add", "elder", "--unit", village, "date=2020-01-01", "person=候选人", "birth_year=1950",
            "category=teacher")
    town.ok("add", "merit", "--unit", village, f"date={node.YEAR}-05-01", "what=case_individual",
            "subject=x", "person=候选人")
    found = [line for line in town.rows("commend", "--year", node.YEAR)
             if line["what"] == "individual"]
    assert {"name": "候选人", "unit": village, "cases": 1}.items() <= found[0].items()
    assert found[0]["years"] >= 3
    assert not [line for line in city.rows("commend", "--year", node.YEAR)
                if line["what"] == "individual"]


@pytest.mark.quick
def test_a_title_is_one_line_that_every_node_can_show(tree):
    city = tree["city"]
    publish = ("rank", "publish", "--level", "county", "--year", node.YEAR, "--title")
    for title, word in (("关" * 67, "201 bytes"), ("一\n二", "line break"), ("a\tb", "control")):
        answer = city.cli(*publish, title)
        assert answer.code == 4 and word in answer.err
    before = len(city.rows("rank", "published"))
    city.ok(*publish, "关" * 66)
    listed = city.rows("rank", "published")
    assert len(listed) == before + 1 and listed[-1]["title"] == "关" * 66


def test_a_county_moves_because_its_townships_do_and_nodes_below_speak_of_their_own_alone(tree):
    city, town = tree["city"], tree["long-zhen"]
    city.ok("rank", "publish", "--level", "county", "--year", node.YEAR)
    county_number = city.rows("rank", "published")[-1]["number"]
    city.ok("rank", "publish", "--level", "township", "--year", node.YEAR)
    number = city.rows("rank", "published")[-1]["number"]
    was = next(line["score"] for line in city.rows("rank", "published", number)
               if line["unit"] == TOWN)
    for record in town.rows("list", "institution", "--unit", TOWN) + town.rows(
            "list", "meeting", "--unit", TOWN):
        town.ok("withdraw", record["id"], "--why", "x")
    tree.wait_synced()
    now = next(line["score"] for line in city.rows("rank", "--level", "township", "--year",
                                                   node.YEAR) if line["unit"] == TOWN)
    assert now != was
    whys = {line["unit"]: line["why"] for line in city.rows("rank", "changed", county_number)}
    assert f"{TOWN} 龙镇 {was} -> {now}" in whys[COUNTY]
    below = town.rows("rank", "changed", number)
    assert [line["unit"] for line in below] == [TOWN]
    assert (below[0]["score_before"], below[0]["score"], below[0]["why"]) == (was, now, "score")
    assert below[0]["rank"] is None  # of all townships: the city's alone to say
    assert "not held on this node" in town.cli("rank", "changed", number).err
    assert "得分" in town.chinese("rank", "changed", number).out


@pytest.mark.quick
def test_counties_stand_beside_the_last_round(tree):
    city = tree["city"]
    rates = {line["unit"]: line for line in city.rows("rank", "rate", "--year", node.YEAR)}
    lines = city.rows("rank", "--level", "county", "--year", node.YEAR, "--against", "baseline")
    for line in lines:
        rate = rates[line["unit"]]
        assert (line["share_all"], line["baseline"], line["target"], line["missing"]) == (
            rate["share"], rate["baseline"], rate["target"], rate["missing"])
        gain = round(float(rate["share"]) * 100) - round(float(rate["baseline"]) * 100)
        assert round(float(line["gain"]) * 100) == gain
    other = city.cli("rank", "--level", "township", "--against", "baseline")
    assert other.code == 2 and "by county" in other.err
    other = city.cli("rank", "--level", "township", "--against", "tuesday")
    assert other.code == 2 and "baseline" in other.err


def test_a_number_is_never_given_twice_though_the_node_was_put_back(homes, tmp_path):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.ok("programme", "issue", node.PROGRAMME)
    publish = ("rank", "publish", "--level", "county", "--year", node.YEAR)
    city.ok(*publish)
    city.ok("backup", "create", tmp_path / "kept")
    assert city.rows(*publish)[0]["number"] == 2
    city.stop()
    shutil.rmtree(city.home)
    assert node.run("wuhao", "restore", tmp_path / "kept", "--into", city.home).code == 0
    city.start()
    assert city.rows(*publish)[0]["number"] == 1001
    assert city.rows(*publish)[0]["number"] == 1002
    assert [line["number"] for line in city.rows("rank", "published")] == [1, 1001, 1002]


@pytest.mark.quick
def test_a_case_is_shown_to_all_below_with_what_may_be_published_alone(tree):
    county, town, city = tree["wudalianchi"], tree["long-zhen"], tree["city"]
    case = county.ok("add", "merit", "--unit", COUNTY, f"date={node.YEAR}-05-01",
                     "what=case_individual", "grade=county", "subject=不公开者的讲堂", "person=不公开者",
                     "--csv").split()[-1]
    story = "第一行\n" + "年年如一日" * 100
    bare = county.cli("commend", "spread", case)
    assert bare.code == 4 and "no story" in bare.err and "public_text" in bare.err
    county.ok("edit", case, "public_name=老李", "public_text=" + story)
    county.ok("commend", "spread", case)
    tree.wait_synced()
    line = town.rows("commend", "cases")[0]
    assert line == {"record": case, "from": COUNTY, "unit": COUNTY, "name": "五大连池市",
                    "what": "case_individual", "grade": "county", "date": f"{node.YEAR}-05-01",
                    "person": "老李", "text": None}
    assert town.rows("commend", "cases", case)[0]["text"] == story
    assert "个人典型" in town.chinese("commend", "cases").out
    assert "不公开者" not in town.ok("commend", "cases", case)
    assert city.rows("commend", "cases") == []  # down, never up
    assert [row["from"] for row in town.rows("rank", "published")] == [
        CITY for _ in town.rows("rank", "published")]
    mine = town.cli("commend", "recall", case)
    assert mine.code == 3 and "not spread" in mine.err
    county.ok("commend", "recall", case)
    tree.wait_synced()
    assert town.rows("commend", "cases") == []
    assert county.cli("commend", "recall", case).code == 3
    county.ok("withdraw", case, "--why", "x")
    gone = county.cli("commend", "spread", case)
    assert gone.code == 3 and "no such case" in gone.err


@pytest.mark.quick
def test_a_case_that_was_spread_follows_its_record(tree):
    county, town = tree["wudalianchi"], tree["long-zhen"]
    case = county.ok("add", "merit", "--unit", COUNTY, f"date={node.YEAR}-05-01",
                     "what=case_individual", "subject=x", "public_name=老王", "public_text=一",
                     "--csv").split()[-1]
    county.ok("commend", "spread", case)
    county.ok("edit", case, "public_text=二")
    county.ok("plugin", "run", "ranking", "cases")
    node.wait_until(lambda: county.rows("commend", "cases", case)[0]["text"] == "二", 30,
                    "the story as it is now")
    county.ok("withdraw", case, "--why", "no consent")
    node.wait_until(lambda: county.rows("commend", "cases") == [], 30, "it is recalled")
    tree.wait_synced()
    assert town.rows("commend", "cases") == []


@pytest.mark.quick
def test_an_award_that_people_decided_has_a_certificate_to_print(tree, tmp_path):
    county = tree["wudalianchi"]
    def merit(what, *more):
        return county.ok("add", "merit", "--unit", COUNTY, f"date={node.YEAR}-12-01",
                         f"what={what}", *more, "--csv").split()[-1]
    award = merit("award_individual", "grade=city", "subject=先进<个人>", "person=老李")
    line = county.rows("commend", "certificate", award, "--out", tmp_path)[0]
    with open(tmp_path / line["file"], encoding="utf-8") as file:
        page = file.read()
    assert "授予 老李 市级“先进&lt;个人&gt;”称号" in page and "五大连池市" in page
    assert page.count('class="page"') == 1 and f"{node.YEAR}-12-01" in page
    unit = county.rows("commend", "certificate", merit("award_collective", "subject=先进集体"),
                       "--out", tmp_path)[0]
    with open(tmp_path / unit["file"], encoding="utf-8") as file:
        assert "授予 五大连池市 “先进集体”" in file.read()
    other = county.cli("commend", "certificate", merit("case_individual", "subject=x"), "--out",
                       tmp_path)
    assert other.code == 3 and "no such award" in other.err
    county.ok("withdraw", award, "--why", "x")
    assert county.cli("commend", "certificate", award, "--out", tmp_path).code == 3
