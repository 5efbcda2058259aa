"""Units that come and go: what is counted and asked is what existed when it counted."""
import csv

import pytest

import node

HEAD = "code,name,kind,parent,opened,closed,successor\n"
TREE = """99,模拟市,city,,,,
9901,模拟县,county,99,,,
9901001,一镇,township,9901,,{split},{heir}
9901001001,一村,village,9901001,,{gone},
9901001002,二村,village,9901001,,{gone},
9901001003,三村,village,9901001,,{merged},{into}
"""
LATER = """9901002,新一镇,township,9901,2025-10-01,,
9901002001,新一村,village,9901002,2025-10-01,,
"""


@pytest.fixture(name="city")
def city_fixture(homes, tmp_path):
    city = homes("city", "99", "模拟市", "city").init().start()
    city.tree = str(tmp_path / "units.csv")
    bring(city)
    city.ok("programme", "issue", node.PROGRAMME)
    for unit in ("9901001", "9901001001", "9901001002", "9901001003"):
        city.ok("add", "meeting", "--unit", unit, "date=2025-02-03", "purpose=study", "subject=x")
    city.ok("wait", "--synced")
    return city


def bring(city, more="", merged="", into="", gone="", split="", heir=""):
    with open(city.tree, "w", encoding="utf-8") as file:
        file.write(HEAD + TREE.format(merged=merged, into=into, gone=gone, split=split,
                                      heir=heir) + more)
    city.ok("unit", "import", city.tree)


def units_of(city, *more):
    return next(line["units"] for line in city.rows("rank", "--level", "township", "--year", 2025,
                                                    *more) if line["unit"] == "9901001")


def periods(city, unit, duty="report_branch"):
    return [line["period"] for line in city.rows("due", "--unit", unit, "--at", "2025-12-31")
            if line["duty"] == duty]


@pytest.mark.quick
def test_a_village_that_is_merged_leaves_the_denominator_and_owes_nothing_more(city):
    number = city.rows("rank", "publish", "--level", "township", "--year", 2025)[0]["number"]
    moment = city.rows("rank", "published")[0]["moment"]
    assert units_of(city) == 3
    assert periods(city, "9901001003") == [f"2025Q{quarter}" for quarter in (1, 2, 3, 4)]
    bring(city, merged="2025-06-15", into="9901001001")
    assert units_of(city) == 2
    assert periods(city, "9901001003") == ["2025Q1"]  # of what ended while it was there
    assert periods(city, "9901001001") == [f"2025Q{quarter}" for quarter in (1, 2, 3, 4)]
    checks = {(line["about"], line["period"]) for line in city.rows(
        "due", "--unit", "9901001", "--at", "2025-12-31") if line["duty"] == "check_grassroots"}
    assert ("9901001003", "2025Q1") in checks and ("9901001003", "2025Q2") not in checks
    assert units_of(city, "--as-of", moment) == 3  # as it was known then
    assert city.rows("rank", "published", number)[0]["units"] == 3
    assert city.rows("unit", "show", "9901001003")[0]["successor"] == "9901001001"
    assert city.cli("add", "meeting", "--unit", "9901001003", "date=2025-03-03", "purpose=study",
                    "subject=late").code == 0  # of a day on which it was there


@pytest.mark.quick
def test_a_township_that_is_split_is_followed_by_its_heirs(city):
    bring(city, LATER, gone="2025-10-01", merged="2025-10-01", split="2025-10-01", heir="9901002")
    lines = {line["unit"]: line for line in city.rows("rank", "--level", "township", "--year",
                                                      2025)}
    assert set(lines) == {"9901002"} and lines["9901002"]["units"] == 1
    assert [line["units"] for line in city.rows("rank", "--level", "county", "--year", 2025)] == [1]
    assert periods(city, "9901001", "report_committee") == ["2025-1", "2025-2"]
    assert periods(city, "9901002", "report_committee") == ["2025-3"]
    assert periods(city, "9901002", "self_check") == ["2025Q4"]
    rate = city.rows("rank", "rate", "--year", 2025)[0]
    assert rate["units"] == 2  # the new township and its village


@pytest.mark.quick
def test_a_year_that_is_over_keeps_the_units_of_its_last_day(city):
    villages = {"9901001001", "9901001002", "9901001003"}
    bring(city, "9901001004,四村,village,9901001,2026-02-01,,\n", merged="2026-03-01",
          into="9901001001")
    listed = [line["unit"] for line in city.rows("rank", "--level", "grassroots", "--year", 2025)]
    assert set(listed) == villages and units_of(city) == 3
    later = [line["unit"] for line in city.rows("rank", "--level", "grassroots", "--year", 2026)]
    assert set(later) == {"9901001001", "9901001002", "9901001004"}
    assert city.rows("rank", "rate", "--year", 2025)[0]["units"] == 4  # with their township
    said = city.rows("explain", "9901001003", "--year", 2026)[0]["text"]
    assert "did not exist" in said
    assert "did not exist" not in city.rows("explain", "9901001003", "--year", 2025)[0]["text"]


@pytest.mark.quick
def test_a_closed_unit_gets_no_records_of_later_days(city):
    bring(city, merged="2025-06-15", into="9901001001")
    late = city.cli("add", "meeting", "--unit", "9901001003", "date=2025-06-15", "purpose=study",
                    "subject=x")
    assert late.code == 4 and "2025-06-15" in late.err and "closed" in late.err
    city.ok("add", "meeting", "--unit", "9901001003", "date=2025-06-14", "purpose=study",
            "subject=x")


@pytest.mark.quick
def test_a_unit_gets_no_records_of_days_before_it_was_opened(city):
    bring(city, LATER)
    early = city.cli("add", "meeting", "--unit", "9901002001", "date=2025-09-30", "purpose=study",
                     "subject=x")
    assert early.code == 4 and "2025-10-01" in early.err and "opened" in early.err
    city.ok("add", "meeting", "--unit", "9901002001", "date=2025-10-01", "purpose=study",
            "subject=x")
    city.ok("add", "elder", "--unit", "9901002001", "date=2019-05-01", "person=老李",
            "category=cadre", "birth_year=1960")  # a roster keeps since when


@pytest.mark.quick
def test_a_closed_unit_is_in_no_list_of_work_and_its_roster_counts_no_more(city, tmp_path):
    city.ok("add", "elder", "--unit", "9901001003", "date=2019-05-01",
            "person=老李", "category=cadre", "birth_year=1960")
    city.ok("wait", "--synced")

    def whole():
        city.ok("report", "--year", "2025", "--out", tmp_path / "report")
        with open(tmp_path / "report" / "statistics-2025.csv", encoding="utf-8") as file:
            lines = {line["unit"]: line for line in csv.DictReader(file)}
        return [int(lines["9901001"][name]) for name in ("elders", "meetings")]
    assert whole() == [1, 4]
    assert "9901001003" in city.ok("training", "coverage", "--under", "99", "--year", "2025")
    assert "9901001003" in city.ok("assess", "list", "--year", "2025")
    bring(city, merged="2025-06-15", into="9901001001")
    assert whole() == [0, 4]  # what it did stays done
    for verb in ("list", "classes", "fallen", "doubts"):
        assert "9901001003" not in city.ok("assess", verb, "--year", "2025")
    assert "9901001003" not in city.ok("training", "coverage", "--under", "99", "--year", "2025")
    assert "9901001003" in city.ok("training", "due", "--at", "2025-06-14")
    assert "9901001003" not in city.ok("training", "due", "--at", "2025-06-15")


@pytest.mark.quick
@pytest.mark.parametrize("given, word", [
    ({"split": "2025-10-01"}, "outlive"),
    ({"split": "2025-10-01", "gone": "2025-10-02", "merged": "2025-10-01"}, "outlive"),
])
def test_a_unit_is_not_closed_over_those_below_it(city, given, word):
    before = city.rows("unit", "list")
    with pytest.raises(AssertionError, match=word):
        bring(city, **given)
    assert city.rows("unit", "list") == before


@pytest.mark.quick
@pytest.mark.parametrize("line, word", [
    ("9901002,新镇,township,9901,2026-07-01,2026-01-01,", "on or before"),
    ("99,模拟市,city,,,2026-06-30,", "own"),
    ("9901002,=1+1,township,9901,,,", "formula"),
    ("9901001003,三村,village,9901001,,2026-01-01,9901001003", "itself"),
    ("9901001003,三村,village,9901001,,2026-01-01,9901001999", "no unit of the tree"),
])
def test_days_and_names_of_units_make_sense(city, tmp_path, line, word):
    path = tmp_path / "one.csv"
    path.write_text(HEAD + line + "\n", encoding="utf-8")
    before = city.rows("unit", "list")
    answer = city.cli("unit", "import", path)
    assert answer.code == 4 and word in answer.err
    assert city.rows("unit", "list") == before
