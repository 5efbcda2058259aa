"""The second calculation, held against cases that were worked out by hand."""
import datetime

import pytest

import independent_ranking

pytestmark = pytest.mark.quick

UNITS = """code,name,kind,parent
11,甲市,city,
1101,乙县,county,11
110101,丙镇,township,1101
11010101,丁村,village,110101
11010102,戊村,village,110101
110102,己镇,township,1101
"""

PROGRAMME = """
programme: {pass: {township: 8, grassroots: 6.5}, subordinate_share: 50, bonus_cap: 1}
rubric:
  township:
    - {id: a, points: 10, form: count, metric: activities, need: 1}
  grassroots:
    - {id: a, points: 4, form: count, metric: activities, need: 3}
    - {id: b, points: 2.5, form: count, metric: elders, need: 2, each: 0.75}
    - {id: c, points: 2, form: share, numerator: helped, denominator: in_need, target: 70, empty: 2}
    - {id: d, points: 1, form: judged}
    - {id: e, points: 0.5, form: deduct, metric: overdue, each: 0.1}
    - {id: f, bonus: true, points: 3, form: count, metric: reached, need: 200}
ranking: {county: [share_township, share_grassroots, mean_score], township: [verdict, score, share],
          grassroots: [verdict, score]}
ledgers:
  - kind: activity
    fields: [{name: youth, type: integer}]
    metrics:
      - {id: activities, type: flow, count: {}}
      - {id: reached, type: flow, sum: {field: youth}}
  - kind: elder
    fields: [{name: person, type: person}, {name: roles, type: choices}, {name: until, type: date}]
    metrics: [{id: elders, type: stock, count: {in_force: true}}]
  - kind: aid
    fields: [{name: person, type: person}]
    metrics: [{id: helped, type: to_date, distinct: {field: person}}]
  - kind: census
    fields: [{name: poor, type: integer}, {name: alone, type: integer}]
    metrics: [{id: in_need, type: stock, sum: {field: [poor, alone], latest: true}}]
"""

HEADERS = {"activity": "unit,date,youth", "elder": "unit,date,person,roles,until",
           "aid": "unit,date,person", "census": "unit,date,poor,alone"}
A, B = "11010101", "11010102"  # the two villages


@pytest.fixture(name="lines")
def lines_fixture(tmp_path):
    """lines(level, **records) -> {unit: line}, of records given as lines of CSV."""
    def lines(level, **records):
        (tmp_path / "units.csv").write_text(UNITS)
        (tmp_path / "programme.yaml").write_text(PROGRAMME)
        for kind, header in HEADERS.items():
            folder = tmp_path / "records" / "110101"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{kind}.csv").write_text("\n".join([header] + records.get(kind, [])) + "\n")
        result = independent_ranking.compute(
            tmp_path / "units.csv", tmp_path / "records", tmp_path / "programme.yaml", 2025, level,
            today=datetime.date(2026, 11, 24))
        return {line["unit"]: line for line in result}
    return lines


def test_a_count_without_each_is_proportional_and_rounded_down(lines):
    line = lines("grassroots", activity=[f"{A},2025-02-01,1", f"{A},2025-05-01,1"])[A]
    # 400 * 2 / 3 = 266; no elders 250 - 75 * 2 = 100; no census 200; judged 0; nothing overdue 50;
    # and the bonus 300 * 2 / 200 = 3
    assert line["score"] == "6.19"
    assert line["qualified"] is False


def test_a_bonus_counts_up_to_its_cap(lines):
    line = lines("grassroots", activity=[f"{A},2025-02-01,150"])[A]
    # 133 + 100 + 200 + 50, and 300 * 150 / 200 = 225 of which 100 count
    assert line["score"] == "5.83"


def test_an_elder_who_leaves_on_the_last_day_of_the_year_is_still_there(lines):
    elders = [f"{A},2023-05-01,王一,,2025-12-31", f"{A},2025-05-01,王二,,"]
    assert lines("grassroots", elder=elders)[A]["score"] == "5.00"  # 250 + 200 + 50


def test_an_elder_who_left_in_june_is_gone_from_the_third_quarter(lines):
    line = lines("grassroots", elder=[f"{A},2023-05-01,王一,,2025-06-30"])[A]
    assert line["score"] == "3.50"  # 100 + 200 + 50
    assert line["complete"] == "25.00"  # only the third quarter has a row: the day after is 1 July


def test_a_stock_of_earlier_years_counts_but_does_not_make_a_unit_heard(lines):
    line = lines("grassroots", elder=[f"{A},2023-05-01,王一,,", f"{A},2023-05-01,王二,,"])[A]
    assert (line["rank"], line["score"], line["complete"]) == (None, None, "0.00")


def test_a_share_is_of_the_latest_census_and_of_different_persons(lines):
    line = lines("grassroots",
                 census=[f"{A},2025-02-01,20,20", f"{A},2025-03-01,3,2"],
                 aid=[f"{A},2025-01-05,李一", f"{A},2025-07-05,李一", f"{A},2025-07-06,李二"])[A]
    # 100 + 50, and 2 of 5 helped where 70 % are asked: 200 * 2 * 100 / (70 * 5) = 114
    assert line["score"] == "2.64"


def test_persons_of_an_earlier_year_do_not_count_to_date(lines):
    line = lines("grassroots", census=[f"{A},2025-02-01,1,0"], aid=[f"{A},2024-12-05,李一"])[A]
    assert line["score"] == "1.50"  # 100 + 50 + 0


def good(village):
    return {"activity": [f"{village},2025-0{month}-01,0" for month in (1, 4, 7)],
            "elder": [f"{village},2025-10-01,王{n},," for n in "一二"]}


def test_a_township_qualifies_with_its_share_of_villages(lines):
    records = good(A)
    records["activity"].append("110101,2025-02-01,0")
    line = lines("township", **records)["110101"]
    assert (line["score"], line["qualified"]) == ("10.00", True)
    assert (line["units"], line["units_qualified"], line["share"]) == (2, 1, "50.00")
    assert line["complete"] == "41.66"  # (1 + 4 + 0) of 12
    assert line["tie"] is False


def test_a_silent_township_is_unranked_and_listed_last(lines):
    result = lines("township", activity=["110102,2025-02-01,0"])
    assert list(result) == ["110102", "110101"]
    assert result["110101"] == {
        "rank": None, "unit": "110101", "name": "丙镇", "kind": "township", "parent": "1101",
        "score": None, "qualified": None, "units": 2, "units_qualified": 0, "share": None,
        "complete": "0.00", "tie": False, "doubts": 0}
    assert result["110102"]["qualified"] is True  # with no village below, that condition holds
    assert result["110102"]["share"] is None


def test_equal_units_share_a_rank_and_are_listed_by_code(lines):
    records = good(A)
    records["activity"] += good(B)["activity"]
    records["elder"] += good(B)["elder"]
    result = lines("grassroots", **records)
    assert [(u, line["rank"], line["tie"]) for u, line in result.items()] == [
        (A, 1, True), (B, 1, True)]


def test_a_county_speaks_of_both_levels_and_of_the_mean(lines):
    records = good(A)
    records["activity"] += ["110101,2025-02-01,0"]
    line = lines("county", **records)["1101"]
    assert line == {
        "rank": 1, "unit": "1101", "name": "乙县", "kind": "county", "parent": "11",
        "score": "10.00", "qualified": None, "units": 2, "units_qualified": 1, "share": "50.00",
        "complete": "31.25", "tie": False, "doubts": 0, "units_grassroots": 2,
        "units_grassroots_qualified": 1,
        "share_grassroots": "50.00"}
