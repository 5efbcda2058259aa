"""Units that come and go: what is counted and asked is what existed when it counted."""
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
