"""What units owe and when they met it, calculated a second time: from the programme in YAML, from
units and plain records. It shares nothing with the program that it judges."""
import datetime
import itertools

DAY = datetime.timedelta(days=1)
LATE = datetime.timedelta(days=30)
SPAN_OF = {"quarter": 3, "half": 6, "year": 12}
LETTER_OF = {"quarter": "Q", "half": "H"}


def day(text):
    return datetime.date.fromisoformat(str(text))


class Calendar:
    """Which days are worked."""

    def __init__(self, calendar):
        self.rest, self.work = set(), set()
        self.moves = calendar.get("moves_to", "next_working_day") == "next_working_day"
        for key, days in (("rest_days", self.rest), ("work_days", self.work)):
            for text in calendar.get(key, []):
                first, _, last = str(text).partition("..")
                at = day(first)
                while at <= day(last or first):
                    days.add(at)
                    at += DAY

    def is_worked(self, at):
        return at in self.work or (at not in self.rest and at.weekday() < 5)

    def moved(self, at):
        while self.moves and not self.is_worked(at):
            at += DAY
        return at


def periods(duty, year, calendar):
    """[(name, begins, ends, due)] by the due day."""
    found = []
    if duty.get("year", year) != year:
        return []
    if "due" in duty:
        for number, text in enumerate(duty["due"], 1):
            later = text.endswith("+1y")
            month, dom = map(int, text.removesuffix("+1y").split("-"))
            ends = datetime.date(year + later, month, dom)
            found.append((f"{year}-{number}", datetime.date(year, 1, 1), ends))
    else:
        months = SPAN_OF[duty["every"]]
        for number, first in enumerate(range(1, 13, months), 1):
            after = first + months
            ends = datetime.date(year + after // 13, (after - 1) % 12 + 1, 1) - DAY
            name = f"{year}" + (f"{LETTER_OF[duty['every']]}{number}" if months < 12 else "")
            found.append((name, datetime.date(year, first, 1), ends))
    grace = datetime.timedelta(days=duty.get("grace_days", 0))
    whole = [(name, begins, ends, calendar.moved(ends + grace)) for name, begins, ends in found]
    return sorted(whole, key=lambda period: (period[3], period[0]))


def counts(metric, record, kind_of_unit):
    """Does the record count in a `count` metric of its ledger, within its own quarter?"""
    level = "grassroots" if kind_of_unit in ("village", "community", "school") else "township"
    conditions = metric["count"].get("any")
    if not conditions:
        return True
    for condition in conditions:
        wanted = dict(condition)
        if wanted.pop("level", level) != level:
            continue
        if all(record.get(field) in values for field, values in wanted.items()):
            return True
    return False


def met_days(duty, first, last, calendar, days):
    """{period name: day} over the years first..last."""
    asked = list(itertools.chain.from_iterable(
        periods(duty, year, calendar) for year in range(first, last + 1)))
    met = {}
    for at in sorted(days):
        for name, begins, _, due in asked:
            if name not in met and begins <= at <= due + LATE:
                met[name] = at
                break
    return met


def state(met, due, at):
    if met is not None and met <= at:
        return "done"
    if at <= due:
        return "open"
    return "late" if at <= due + LATE else "missed"


class Duties:
    """The duties of a programme over units {code: (kind, parent)} and `records`: dicts with
    `kind`, `unit`, `date` (a date) and fields. `deeds(duty, unit)` gives days of plugins' duties;
    `applied(unit, year)` says who applied; `existed(unit, day)` who was there."""

    def __init__(self, programme, units, records, deeds=None, applied=None, existed=None):
        self.programme, self.units = programme, units
        self.calendar = Calendar(programme["programme"].get("calendar", {}))
        self.years = programme["programme"]["years"]
        self.metrics = {metric["id"]: (ledger["kind"], metric) for ledger in programme["ledgers"]
                        for metric in ledger["metrics"]}
        self.records = {}
        for record in records:
            self.records.setdefault((record["unit"], record["kind"]), []).append(record)
        self.deeds = deeds or (lambda duty, unit: [])
        self.applied = applied or (lambda unit, year: False)
        self.existed = existed or (lambda unit, at: True)

    def days(self, duty, about):
        if "plugin" in duty:
            return self.deeds(duty, about)
        kind, metric = self.metrics[duty["metric"]]
        return [record["date"] for record in self.records.get((about, kind), [])
                if counts(metric, record, self.units[about][0])]

    def owed_on(self, unit, at):
        """All of the year of `at`, and what is left of those before: not done, and not missed yet
        as the year began."""
        found = {}
        for year in self.years:
            if year > at.year:
                continue
            for key, line in self.owed(unit, year, at).items():
                left = day(line[0]) + LATE >= datetime.date(at.year, 1, 1) and line[1] != "done"
                if year == at.year or left:
                    found[key] = line
        return found

    def owed(self, unit, year, at):
        """{(duty, period, about): (due, state, late, days)}"""
        found = {}
        for duty in self.programme["duties"]:
            if self.units[unit][0] not in duty["who"]:
                continue
            abouts = [unit]
            if "per" in duty:
                abouts = [code for code, (_, parent) in self.units.items() if parent == unit and (
                    duty["per"] == "subordinate" or self.applied(code, year))]
            for about in abouts:
                days = self.days(duty, about)
                met = met_days(duty, min(self.years), year + 1, self.calendar, days)
                for name, _, ends, due in periods(duty, year, self.calendar):
                    if not self.existed(unit, ends) or not self.existed(about, ends):
                        continue
                    was = met.get(name)
                    now = state(was, due, at)
                    found[duty["id"], name, about if "per" in duty else None] = (
                        due.isoformat(), now, now == "done" and was > due, (due - at).days)
        return found
