"""What is owed, until when: `due` against an independent calculation over random records."""
import csv
import datetime
import random

import pytest
import yaml

import independent_duties
import node

TOWN = "231182101"
KINDS = {  # kind: fields of a record that the duties count, or do not
    "report": lambda chance: {"to": "party_committee", "subject": "汇报"},
    "meeting": lambda chance: {"purpose": chance.choice(["study", "study", "work"]),
                               "subject": "x"},
    "work_step": lambda chance: {"step": chance.choice(["plan", "deployment", "check", "exchange",
                                                        "summary"]), "subject": "x"},
    "training": lambda chance: {"topic": "x", "audience": "elders", "trainees": 5},
}


def programme():
    with open(node.PROGRAMME, encoding="utf-8") as file:
        return yaml.safe_load(file)


def units_below(root):
    with open(node.UNITS, encoding="utf-8") as file:
        return {line["code"]: (line["kind"], line["parent"]) for line in csv.DictReader(file)
                if line["code"].startswith(root)}


def random_records(units, chance, count):
    first, today = datetime.date(2025, 1, 1), datetime.date.today()
    records = []
    for _ in range(count):
        kind = chance.choice(list(KINDS))
        date = first + datetime.timedelta(days=chance.randrange((today - first).days))
        records.append({"kind": kind, "unit": chance.choice(list(units)), "date": date,
                        **KINDS[kind](chance)})
    return records


def write_csv(folder, records):
    for kind in KINDS:
        lines = [record for record in records if record["kind"] == kind]
        with open(folder / f"{kind}.csv", "w", encoding="utf-8", newline="") as file:
            names = [name for name in lines[0] if name != "kind"]
            out = csv.DictWriter(file, names, extrasaction="ignore")
            out.writeheader()
            out.writerows(lines)


def shown(one, *arguments):
    return {(line["unit"], line["duty"], line["period"], line["about"]):
            (line["due"], line["state"], line["late"], line["days"])
            for line in one.rows("due", *arguments)}


def expected(duties, units, day):
    return {(unit, duty, period, about): value for unit in units
            for (duty, period, about), value in duties.owed_on(unit, day).items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_due_is_what_an_independent_calculation_says_on_every_day(pair, tmp_path, seed):
    town, city = pair["long-zhen"], pair["city"]
    units, chance = units_below(TOWN), random.Random(seed)
    for kind in KINDS:  # of the seed before
        for line in town.rows("list", kind):
            town.ok("withdraw", line["id"], "--why", "next")
    records = random_records(units, chance, 220)
    write_csv(tmp_path, records)
    town.import_folder(tmp_path)
    pair.wait_synced()
    duties = independent_duties.Duties(programme(), units, records)
    days = [datetime.date(2025, 1, 1), datetime.date(2025, 4, 13), datetime.date(2025, 12, 31),
            datetime.date(2026, 1, 15), datetime.date(2027, 1, 5), datetime.date(2028, 1, 3),
            datetime.date.today()]
    days += [datetime.date(2025, 1, 1) + datetime.timedelta(days=chance.randrange(690))
             for _ in range(4)]
    for day in days:
        wanted = expected(duties, units, day)
        assert shown(town, "--unit", TOWN, "--under", "--at", day) == wanted, day
        assert shown(city, "--unit", TOWN, "--under", "--at", day) == wanted, day


def test_a_deed_that_is_withdrawn_or_moved_changes_what_is_owed(pair):
    town = pair["long-zhen"]
    village = "231182101208"
    for line in town.rows("list", "report", "--unit", village):
        town.ok("withdraw", line["id"], "--why", "x")
    def state(period):
        return next(line["state"] for line in town.rows("due", "--unit", village, "--at",
                                                        "2025-06-01")
                    if line["duty"] == "report_branch" and line["period"] == period)
    town.ok("wait", "--synced")
    assert state("2025Q1") == "missed"
    record = town.ok("add", "report", "--unit", village, "date=2025-03-01", "to=branch",
                     "subject=x", "--csv").split()[-1]
    town.ok("wait", "--synced")
    assert state("2025Q1") == "done"
    town.ok("edit", record, "date=2025-05-03")
    town.ok("wait", "--synced")
    assert (state("2025Q1"), state("2025Q2")) == ("done", "open")  # late, but within 30 days
    town.ok("edit", record, "date=2025-05-30")
    town.ok("wait", "--synced")
    assert (state("2025Q1"), state("2025Q2")) == ("missed", "done")


@pytest.mark.quick
def test_what_is_owed_does_not_end_with_its_year(pair):
    def owed(where, *more):
        return {(line["duty"], line["period"], line["due"], line["state"])
                for line in pair[where].rows("due", "--at", "2027-01-05", "--open", *more)}
    village = owed("long-zhen", "--unit", "231182101208")
    assert {("report_branch", "2026Q4", "2027-01-11", "open"),
            ("study", "2026Q4", "2026-12-31", "late"),
            ("summary", "2026-1", "2026-12-31", "late")} <= village
    assert ("study", "2027Q1", "2027-03-31", "open") in village
    assert not [line for line in village if line[1].startswith("2025")]
    of_2026 = owed("long-zhen", "--unit", "231182101208", "--year", 2026)
    assert {line for line in village if line[1].startswith("2026")} < of_2026
    assert {line[1][:4] for line in of_2026} == {"2026"}
    assert ("check_city", "2026-1", "2027-01-20", "open") in owed("city", "--unit", "2311")
    after = pair["city"].rows("due", "--unit", "2311", "--at", "2028-01-05", "--open")
    assert after and {line["period"][:4] for line in after} == {"2027"}
    for arguments in (("--year", 2031), ("--at", "2029-03-01")):
        assert pair["long-zhen"].cli("due", *arguments).code == 3


@pytest.mark.quick
def test_a_day_without_a_programme_and_an_unknown_unit_are_refused(pair):
    town = pair["long-zhen"]
    refused = town.cli("due", "--at", "2031-01-01")
    assert refused.code == 3 and "no programme for 2031" in refused.err
    refused = town.cli("due", "--unit", "999")
    assert refused.code == 3 and "no such unit" in refused.err


@pytest.mark.quick
def test_due_dates_move_off_days_of_rest(pair):
    lines = {(line["duty"], line["period"]): line["due"]
             for line in pair["long-zhen"].rows("due", "--at", "2025-06-01")}
    assert lines["report_committee", "2025-1"] == "2025-02-28"  # a Friday
    assert lines["deployment", "2025-1"] == "2025-03-31"
    assert lines["self_check", "2025Q3"] == "2025-09-30"
    assert lines["exchange", "2025-1"] == "2025-12-01"  # 30 November is a Sunday
    assert lines["self_check", "2025Q2"] == "2025-06-30"


@pytest.mark.quick
def test_a_table_says_states_and_kinds_in_the_language_of_its_reader(pair):
    town = pair["long-zhen"]
    lines = town.rows("due", "--at", f"{node.YEAR}-12-31")
    shown = town.chinese("due", "--at", f"{node.YEAR}-12-31").out
    assert {line["state"] for line in lines} & {"missed", "late"}
    assert "未完成" in shown or "已逾期" in shown
    assert "missed" not in shown and "late" not in shown
    english = town.ok("due", "--at", f"{node.YEAR}-12-31")
    assert "missed" in english and "DONE LATE" in english.upper() and "补做" in shown
    assert "未完成" not in town.chinese("due", "--at", f"{node.YEAR}-12-31", "--json").out
    assert "乡镇" in pair["city"].chinese("rank", "--level", "township").out
