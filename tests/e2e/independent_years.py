"""A round of three years, calculated a second time: scores with judged points, findings and
acceptances, verdicts, duties, targets. It builds on the two other independent calculations and, as
they do, shares nothing with the program that it judges."""
import datetime
import itertools

import independent_duties
import independent_ranking
from independent_ranking import hundredths, quarter_of

DAY = datetime.timedelta(days=1)


def quarter_name(quarter):
    return f"{quarter // 4}Q{quarter % 4 + 1}"


class Measures(independent_ranking.Measures):
    """Figures of the ledgers, and what plugins and nodes add to them."""

    def __init__(self, tree, programme, records, world):
        super().__init__(tree, programme, records)
        self.world = world

    def year_value(self, unit, metric_id, year):
        if metric_id == "findings_overdue":
            return sum(1 for about, deadline in self.world.overdue
                       if about == unit and deadline.year == year)
        return super().year_value(unit, metric_id, year)

    def quarters(self, unit, year):
        of_ledgers = {quarter for (code, _), rows in self.rows.items() if code == unit
                      for quarter in rows if quarter // 4 == year}
        others = {quarter for quarter in self.world.heard.get(unit, ()) if quarter // 4 == year}
        return of_ledgers | others

    def quarters_heard(self, unit, year):
        return len(self.quarters(unit, year))


class Ranking(independent_ranking.Ranking):
    """The rules, with what the levels above say."""

    def __init__(self, tree, programme, measures, year, world):
        super().__init__(tree, programme, measures, year)
        self.world = world

    def item_points(self, unit, item):
        if item["form"] != "judged":
            return super().item_points(unit, item)
        points = self.world.judged.get((unit, item["id"], self.year), {})
        values = [hundredths(text) for text in points.values()]
        return sum(values) // len(values) if values else 0

    def qualified(self, unit):
        verdict = super().qualified(unit)
        accepted = self.world.accepted.get((unit, self.year))
        return verdict if verdict is None or accepted is None else accepted == "passed"


class World:
    """What was done so far, and what follows from it."""

    def __init__(self, units, programme_text, programme):
        self.units = units  # {code: line of the CSV}
        self.programme_text = programme_text  # every scalar a text, so that 4.5 is exact
        self.programme = programme
        self.records = {ledger["kind"]: [] for ledger in programme["ledgers"]}
        # unit: quarters, beside those of ledgers; not by what a level above enters about it
        self.heard = {}
        self.judged = {}  # (unit, item, year): {assessor: points}
        self.accepted = {}  # (unit, year): result
        self.applications = {}  # (unit, year)
        self.deeds = {}  # (duty, unit): [day]
        self.overdue = []  # (unit, deadline)
        self.targets = {}  # unit: year
        self.attendance = []  # lines of the CSV
        self.order = itertools.count()

    # ---- What happens ----

    def hear(self, unit, day):
        self.heard.setdefault(unit, set()).add(quarter_of(day))

    def record(self, kind, line):
        line = dict(line)
        line.update(date=independent_ranking.to_day(line["date"]), order=next(self.order))
        if "until" in line:
            line["until"] = independent_ranking.to_day(line["until"])
        self.records[kind].append(line)

    def deed(self, duty, unit, day):
        self.deeds.setdefault((duty, unit), []).append(day)

    # ---- What follows ----

    def existed(self, unit, day):
        opened, closed = (independent_ranking.to_day(self.units[unit].get(key))
                          for key in ("opened", "closed"))
        return (opened is None or opened <= day) and (closed is None or closed > day)

    def duties(self):
        kinds = {code: (line["kind"], line["parent"]) for code, line in self.units.items()}
        records = [{"kind": kind, **line} for kind, lines in self.records.items()
                   for line in lines]
        return independent_duties.Duties(
            self.programme, kinds, records,
            deeds=lambda duty, unit: self.deeds.get((duty["id"], unit), []),
            applied=lambda unit, year: (unit, year) in self.applications,
            existed=self.existed)

    def training(self, year):
        """{unit: (different persons, hours in hundredths)}"""
        people, hours_h = {}, {}
        for line in self.attendance:
            if line["date"].startswith(str(year)):
                unit = line["unit"]
                people.setdefault(unit, set()).add(line["person"])
                hours_h[unit] = hours_h.get(unit, 0) + hundredths(line["hours"])
        return {unit: (len(names), hours_h[unit]) for unit, names in people.items()}

    def ranking(self, units_csv, today, year):
        # a year that is over counts the units of its last day
        tree = independent_ranking.Tree(units_csv, min(today, datetime.date(year, 12, 31)))
        measures = Measures(tree, self.programme_text, self.records, self)
        return Ranking(tree, self.programme_text, measures, year, self)
