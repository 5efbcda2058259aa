"""Which rows count: a metric of the programme comes from the kind that the programme names, and a
unit is heard of by what is entered for it, not by what a level above enters about it."""
import datetime
import os

import pytest

import hostile_plugins
import node

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = """code,name,kind,parent
99,模拟市,city,
9901,模拟县,county,99
9901001,一镇,township,9901
9901001001,一村,village,9901001
"""
TOWN, VILLAGE = "9901001", "9901001001"


@pytest.fixture(name="city")
def city_fixture(homes, tmp_path):
    city = homes("city", "99", "模拟市", "city").init().start()
    tree = tmp_path / "units.csv"
    tree.write_text(TREE, encoding="utf-8")
    city.ok("unit", "import", tree)
    city.ok("programme", "issue", node.PROGRAMME)
    return city


def values(city, unit):
    """{metric: its value} of a unit's score."""
    return {line["metric"]: line["value"] for line in city.rows("explain", unit)
            if line["what"] == "metric"}


@pytest.mark.quick
def test_what_another_kind_says_of_a_metric_counts_for_nothing(city, tmp_path):
    plugin = str(tmp_path / "marks.so")
    hostile_plugins.compiled(os.path.join(HERE, "marks_plugin.c"), plugin)
    city.ok("plugin", "enable", plugin)
    today = datetime.date.today()
    city.ok("add", "article", "--unit", VILLAGE, f"date={today}", "media=county", "subject=x")
    city.ok("wait", "--synced")
    before = values(city, VILLAGE)
    for metric, points in (("articles", "9"), ("findings_overdue", "7"), ("awards", "-5")):
        city.ok("add", "mark", "--unit", VILLAGE, f"date={today}", f"item={metric}",
                f"points={points}")
    city.ok("wait", "--synced")
    rows = {row["metric"] for row in city.rows("metrics", "--unit", VILLAGE)
            if row["facet"] == "mark"}
    assert rows == {"articles", "findings_overdue", "awards"}  # told, and not counted
    assert values(city, VILLAGE) == before


@pytest.mark.quick
def test_a_unit_is_not_heard_of_by_what_a_level_above_enters_about_it(city):
    today = datetime.date.today()
    for unit in (TOWN, VILLAGE):
        city.ok("add", "area", "--unit", unit, f"date={today}", "name=east")
    city.ok("add", "inspector", "--unit", TOWN, f"date={today}", "person=乙")
    city.ok("wait", "--synced")
    for level in ("township", "grassroots"):
        line = city.rows("rank", "--level", level)[0]
        assert (line["rank"], line["score"], line["heard"]) == (None, None, None)
    city.ok("add", "meeting", "--unit", VILLAGE, f"date={today}", "purpose=study", "subject=x")
    city.ok("wait", "--synced")
    line = city.rows("rank", "--level", "grassroots")[0]
    assert line["rank"] == 1 and line["heard"] is not None
