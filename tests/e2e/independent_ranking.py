#!/usr/bin/python3
"""What `wuhao rank --json` must print, calculated a second time.

Reads the unit tree, the record files that were imported and the programme, and follows the page on
the data ("The rules, exactly", "Metrics of a ledger") in whole numbers: points in hundredths, every
division rounded down. It shares no code and no structure with the program that it judges, so that
one misreading cannot hide in both.

It speaks of past years only, in which no node wrote a presence, and of trees in which one node
measured each unit.
"""
import argparse
import csv
import datetime
import functools
import json
import os
from collections import defaultdict

import yaml

LEVEL_OF_KIND = {
    "city": "city", "county": "county",
    "township": "township", "street": "township", "education_bureau": "township",
    "village": "grassroots", "community": "grassroots", "school": "grassroots",
}
YES = {"yes": "true", "no": "false", "是": "true", "否": "false"}


def hundredths(text):
    """"4.5" -> 450. Decimals have at most two places."""
    whole, _, places = str(text).partition(".")
    negative = whole.startswith("-")
    value = abs(int(whole or "0")) * 100 + int((places + "00")[:2])
    return -value if negative else value


def decimal(value_h):
    return f"{value_h // 100}.{value_h % 100:02}"


def quarter_of(day):
    """Quarters are counted through: 2025Q1 is 4 * 2025."""
    return 4 * day.year + (day.month - 1) // 3


def last_day(quarter):
    year, index = divmod(quarter, 4)
    following = datetime.date(year + index // 3, 3 * ((index + 1) % 4) + 1, 1)
    return following - datetime.timedelta(days=1)


def to_day(text):
    return datetime.date.fromisoformat(text) if text else None


class Tree:
    def __init__(self, path, today):
        with open(path, encoding="utf-8", newline="") as file:
            self.units = {line["code"]: line for line in csv.DictReader(file)}
        self.today = today

    def level(self, code):
        return LEVEL_OF_KIND[self.units[code]["kind"]]

    def exists(self, code):
        opened = to_day(self.units[code].get("opened"))
        closed = to_day(self.units[code].get("closed"))
        return (opened is None or opened <= self.today) and (closed is None or closed > self.today)

    def existing(self, level, under):
        """Existing units of a level in a subtree, by code: those whose codes begin with it."""
        return [code for code in sorted(self.units)
                if code.startswith(under) and self.level(code) == level and self.exists(code)]

    def grassroots_of(self, code):
        return [c for c in self.existing("grassroots", code) if self.units[c]["parent"] == code]


class Measures:
    """The rows: {(unit, kind): {quarter: {metric: value}}}."""

    def __init__(self, tree, programme, records):
        self.tree = tree
        self.rows = {}
        self.metric = {metric["id"]: (ledger, metric)
                       for ledger in programme["ledgers"] for metric in ledger["metrics"]}
        for ledger in programme["ledgers"]:
            by_unit = defaultdict(list)
            for record in records[ledger["kind"]]:
                by_unit[record["unit"]].append(record)
            for unit, its in by_unit.items():
                self.rows[unit, ledger["kind"]] = self.measure(unit, ledger, its)

    def measure(self, unit, ledger, records):
        quarters = {quarter_of(record["date"]) for record in records}
        if any(metric["type"] == "stock" for metric in ledger["metrics"]):
            this_quarter = quarter_of(self.tree.today)
            ends = (r["until"] + datetime.timedelta(days=1) for r in records if r.get("until"))
            quarters |= {quarter for quarter in map(quarter_of, ends) if quarter <= this_quarter}
        return {quarter: {metric["id"]: self.value(unit, ledger, metric, records, quarter)
                          for metric in ledger["metrics"]} for quarter in quarters}

    def value(self, unit, ledger, metric, records, quarter):
        form = next(form for form in ("count", "sum", "distinct") if form in metric)
        spec = metric[form]
        end = last_day(quarter)
        first = {"flow": quarter, "to_date": quarter - quarter % 4, "stock": 0}[metric["type"]]
        chosen = [r for r in records if first <= quarter_of(r["date"]) <= quarter]
        if spec.get("in_force") == "true":
            chosen = [r for r in chosen if not r.get("until") or r["until"] >= end]
        if spec.get("latest") == "true" and chosen:
            chosen = [max(chosen, key=lambda r: (r["date"], r["order"]))]
        if "any" in spec:
            level = self.tree.level(unit)
            chosen = [r for r in chosen if any(meets(r, c, level) for c in spec["any"])]
        if form == "count":
            return len(chosen)
        names = spec["field"] if isinstance(spec["field"], list) else [spec["field"]]
        types = {field["name"]: field["type"] for field in ledger["fields"]}
        if form == "sum":
            return sum(number(r[name], types[name]) for r in chosen for name in names)
        return len({value for r in chosen for name in names
                    for value in values_of(r[name], types[name])})

    def year_value(self, unit, metric_id, year):
        if metric_id not in self.metric:
            return 0  # a plugin's metric, of which there are no records here
        ledger, metric = self.metric[metric_id]
        rows = self.rows.get((unit, ledger["kind"]), {})
        until_then = [quarter for quarter in sorted(rows) if quarter <= 4 * year + 3]
        of_year = [quarter for quarter in until_then if quarter >= 4 * year]
        if metric["type"] == "flow":
            return sum(rows[quarter][metric_id] for quarter in of_year)
        known = until_then if metric["type"] == "stock" else of_year
        return rows[known[-1]][metric_id] if known else 0

    def quarters_heard(self, unit, year):
        return len({quarter for (code, _), rows in self.rows.items() if code == unit
                    for quarter in rows if quarter // 4 == year})


def meets(record, condition, level):
    for name, wanted in condition.items():
        if name == "level":
            if level != wanted:
                return False
        elif YES.get(record[name], record[name]) not in wanted:
            return False
    return True


def number(text, field_type):
    if not text:
        return 0
    return hundredths(text) if field_type == "decimal" else int(text)


def values_of(text, field_type):
    if field_type == "choices":
        return [value for value in text.split(";") if value]
    return [text] if text else []


class Ranking:
    def __init__(self, tree, programme, measures, year):
        self.tree, self.programme, self.measures, self.year = tree, programme, measures, year
        settings = programme["programme"]
        self.pass_h = {level: hundredths(points) for level, points in settings["pass"].items()}
        self.share_h = hundredths(settings["subordinate_share"])
        self.cap_h = hundredths(settings.get("bonus_cap", "0"))

    def item_points(self, unit, item):
        full = hundredths(item["points"])
        if item["form"] == "judged":
            return 0  # none was entered
        value = functools.partial(self.measures.year_value, unit, year=self.year)
        if item["form"] == "deduct":
            return max(0, full - hundredths(item["each"]) * value(item["metric"]))
        if item["form"] == "count":
            have, need = value(item["metric"]), int(item["need"])
            if have >= need:
                return full
            if "each" in item:
                return max(0, full - hundredths(item["each"]) * (need - have))
            return full * have // need
        part, whole = value(item["numerator"]), value(item["denominator"])
        target_h = hundredths(item["target"])
        if whole == 0:
            return hundredths(item.get("empty", "0"))
        if part * 100 * 100 >= target_h * whole:
            return full
        return full * part * 100 * 100 // (target_h * whole)

    @functools.lru_cache(maxsize=None)
    def score_h(self, unit):
        """None for a unit of which no row of the year exists."""
        if self.measures.quarters_heard(unit, self.year) == 0:
            return None
        items = self.programme["rubric"][self.tree.level(unit)]
        bonus = sum(self.item_points(unit, i) for i in items if i.get("bonus") == "true")
        plain = sum(self.item_points(unit, i) for i in items if i.get("bonus") != "true")
        return plain + min(bonus, self.cap_h)

    @functools.lru_cache(maxsize=None)
    def qualified(self, unit):
        """None for an unranked unit."""
        score_h, level = self.score_h(unit), self.tree.level(unit)
        if score_h is None:
            return None
        if level == "grassroots":
            return score_h >= self.pass_h[level]
        units, good = self.count_qualified(self.tree.grassroots_of(unit))
        return score_h >= self.pass_h[level] and good * 100 * 100 >= self.share_h * units

    def count_qualified(self, units):
        return len(units), sum(self.qualified(unit) is True for unit in units)

    def complete(self, units):
        heard = sum(self.measures.quarters_heard(unit, self.year) for unit in units)
        return decimal(heard * 100 * 100 // (4 * len(units))) if units else None

    def line(self, unit):
        facts = self.tree.units[unit]
        return {"rank": None, "unit": unit, "name": facts["name"], "kind": facts["kind"],
                "parent": facts["parent"] or None, "score": None, "qualified": None,
                "units": None, "units_qualified": None, "share": None, "complete": None,
                "tie": False, "doubts": 0}

    def grassroots_line(self, unit):
        line, score_h = self.line(unit), self.score_h(unit)
        line["complete"] = self.complete([unit])
        if score_h is None:
            return line, None
        line.update(score=decimal(score_h), qualified=self.qualified(unit))
        return line, {"verdict": self.qualified(unit), "score": score_h}

    def township_line(self, unit):
        line, score_h = self.line(unit), self.score_h(unit)
        below = self.tree.grassroots_of(unit)
        units, good = self.count_qualified(below)
        line.update(units=units, units_qualified=good, complete=self.complete([unit] + below))
        if score_h is None:
            return line, None
        verdict = self.qualified(unit)
        line.update(score=decimal(score_h), qualified=verdict, share=share(good, units))
        return line, {"verdict": verdict, "score": score_h, "share": (good, units)}

    def county_line(self, unit):
        line = self.line(unit)
        townships = self.tree.existing("township", unit)
        grassroots = self.tree.existing("grassroots", unit)
        scores = [s for s in map(self.score_h, townships) if s is not None]
        units, good = self.count_qualified(townships)
        units_below, good_below = self.count_qualified(grassroots)
        line.update(units=units, units_qualified=good, units_grassroots=units_below,
                    units_grassroots_qualified=good_below, share_grassroots=None,
                    complete=self.complete(townships + grassroots))
        if not any(self.measures.quarters_heard(u, self.year) for u in townships + grassroots):
            return line, None  # nothing was heard from anybody there
        mean_h = sum(scores) // len(scores) if scores else None
        line.update(score=decimal(mean_h) if scores else None, share=share(good, units),
                    share_grassroots=share(good_below, units_below))
        return line, {"share_township": (good, units), "mean_score": mean_h or 0,
                      "share_grassroots": (good_below, units_below)}

    def lines(self, level, under):
        """Ranked ones by rank and code, then unranked ones by code."""
        make = {"grassroots": self.grassroots_line, "township": self.township_line,
                "county": self.county_line}[level]
        pairs = [make(unit) for unit in self.tree.existing(level, under)]
        keys = self.programme["ranking"][level]
        ranked = [(line, figures) for line, figures in pairs if figures is not None]
        better = functools.cmp_to_key(lambda a, b: compare(a[1], b[1], keys))
        ranked.sort(key=better)  # stable: equal ones stay in the order of their codes
        for place, (line, figures) in enumerate(ranked):
            before = ranked[place - 1] if place else None
            if before and compare(before[1], figures, keys) == 0:
                line["rank"] = before[0]["rank"]
                line["tie"] = before[0]["tie"] = True
            else:
                line["rank"] = place + 1
        unranked = [line for line, figures in pairs if figures is None]
        return [line for line, _ in ranked] + unranked


def share(part, whole):
    return decimal(part * 100 * 100 // whole) if whole else None


def compare(left, right, keys):
    """Negative when `left` is the better. Shares cross-multiply; one of none counts as 0."""
    for key in keys:
        a, b = left[key], right[key]
        if isinstance(a, tuple):
            a, b = a[0] * max(1, b[1]), b[0] * max(1, a[1])
        if a != b:
            return -1 if a > b else 1
    return 0


def read_records(records_dir, programme):
    """{kind: [record]} of all KIND.csv below the directory; `order` is the order of import."""
    kinds = {ledger["kind"] for ledger in programme["ledgers"]}
    records = {kind: [] for kind in kinds}
    for folder, folders, files in os.walk(records_dir):
        folders.sort()
        for name in sorted(files):
            kind, suffix = os.path.splitext(name)
            if suffix != ".csv" or kind not in kinds:
                continue
            with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as file:
                for order, record in enumerate(csv.DictReader(file)):
                    record.update(date=to_day(record["date"]), order=order)
                    if "until" in record:
                        record["until"] = to_day(record["until"])
                    records[kind].append(record)
    return records


def compute(units_csv, records_dir, programme_yaml, year, level, under=None, today=None):
    """The lines of `wuhao rank --level LEVEL --year YEAR --under UNDER --json`, in their order.

    `records_dir` holds the record files that were imported, and no others; `under` is the root if
    it is left out.
    """
    with open(programme_yaml, encoding="utf-8") as file:
        programme = yaml.load(file, Loader=yaml.BaseLoader)  # all scalars as text: 4.5 is exact
    tree = Tree(units_csv, today or datetime.date.today())
    measures = Measures(tree, programme, read_records(records_dir, programme))
    under = under or next(code for code, unit in tree.units.items() if not unit["parent"])
    return Ranking(tree, programme, measures, year).lines(level, under)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", required=True, metavar="CSV")
    parser.add_argument("--records", required=True, metavar="DIR")
    parser.add_argument("--programme", required=True, metavar="YAML")
    parser.add_argument("--year", required=True, type=int)
    parser.add_argument("--level", required=True, choices=["county", "township", "grassroots"])
    parser.add_argument("--under", metavar="CODE")
    args = parser.parse_args()
    for line in compute(args.units, args.records, args.programme, args.year, args.level,
                        args.under):
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
