"""Several assessors of one item, under a programme that takes the lowest of what they give."""
import pytest

import node

TREE = """code,name,kind,parent
99,模拟市,city,
9901,模拟县,county,99
9901001,一镇,township,9901
9901001001,一村,village,9901001
"""
VILLAGE, DAY = "9901001001", f"{node.YEAR}-11-20"


@pytest.fixture(name="city")
def city_fixture(homes, tmp_path):
    city = homes("city", "99", "模拟市", "city").init().start()
    tree, programme = tmp_path / "units.csv", tmp_path / "programme.yaml"
    tree.write_text(TREE, encoding="utf-8")
    with open(node.PROGRAMME, encoding="utf-8") as file:
        text = file.read()
    assert text.count("several: mean") == 1
    programme.write_text(text.replace("several: mean", "several: lowest"), encoding="utf-8")
    city.ok("unit", "import", tree)
    city.ok("programme", "issue", programme)
    return city


def judge(city, assessor, points):
    city.ok("assess", "judge", VILLAGE, "g15", points, "--assessor", assessor, "--reason", "x",
            "--date", DAY)
    city.ok("wait", "--synced")
    line = next(line for line in city.rows("assess", "show", VILLAGE, "--year", node.YEAR)
                if line["item"] == "g15")
    scored = next(line["points"] for line in city.rows("explain", VILLAGE, "--year", node.YEAR)
                  if line["item"] == "g15" and line["what"] == "item")
    assert scored == line["points"]
    return line["points"]


@pytest.mark.quick
def test_the_lowest_counts_where_the_programme_says_so(city):
    assert judge(city, "甲", "2.50") == "2.50"
    assert judge(city, "乙", "3.00") == "2.50"
    assert judge(city, "丙", "1.25") == "1.25"
    assert judge(city, "丙", "2.75") == "2.50"  # he changes his mind
    lowest = city.rows("list", "judgement", "--unit", VILLAGE)
    own = next(line["id"] for line in lowest if line["assessor"] == "甲")
    city.ok("assess", "undo", own, "--why", "x")
    city.ok("wait", "--synced")
    assert judge(city, "乙", "3.00") == "2.75"
