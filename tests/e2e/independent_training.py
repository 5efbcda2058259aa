"""Coverage and who is due, calculated a second time, from the rows that were imported and the rules
of plugins/training/README.md alone. It shares nothing with the program that it judges."""
import calendar
import collections
import datetime
import random

DAY = datetime.date
SURNAMES, NAMES = "王李张刘陈杨赵黄", ("秀英", "建国", "志强", "桂兰", "玉梅")
ROLES = {"all": {"elder", "ten_role", "leader"}, "elder": {"elder"}, "ten_role": {"ten_role"},
         "leader": {"leader"}}


# ---- Rows, as a clerk would enter them ----

def some_day(chance, first, last):
    return first + datetime.timedelta(chance.randrange((last - first).days + 1))


def random_rosters(chance, unit, count):
    """Elders, many of one name, and posts, some of them held by elders."""
    elders, posts, taken = [], [], set()
    while len(elders) < count:
        name = chance.choice(SURNAMES) + chance.choice(NAMES)
        born = chance.choice([None, 1948, 1952, 1955, 1960])
        if (name, born) in taken:
            continue
        taken.add((name, born))
        joined = some_day(chance, DAY(2022, 1, 1), DAY(2025, 12, 20))
        left = chance.random() < 0.25
        elders.append({
            "unit": unit, "date": joined, "person": name, "birth_year": born, "category": "teacher",
            "roles": chance.choice(["", "", "lecturer", "lecturer;reporter"]),
            "young": chance.choice(["", "yes", "no"]),
            "until": some_day(chance, joined, DAY(2026, 6, 30)) if left else None,
            "why_left": "moved" if left else ""})
    for number in range(count // 8):
        name = chance.choice(elders)["person"] if number % 2 else f"领导{number}"
        posts.append({"unit": unit, "date": some_day(chance, DAY(2023, 1, 1), DAY(2025, 11, 1)),
                      "post": "member", "person": name, "basis": "other_eligible",
                      "until": chance.choice([None, None, DAY(2025, 9, 1)])})
    return elders, [post for post in posts if not post["until"] or post["until"] >= post["date"]]


def random_attendances(chance, unit, sessions, elders, posts, count):
    """People of the rosters and some strangers; `sessions` is {id: (day, hours)}."""
    found, taken = [], set()
    while len(found) < count:
        session = chance.choice(sorted(sessions))
        who, name, born = chance.random(), f"外来{chance.randrange(9)}", chance.choice([None, 1970])
        role = chance.choice(["elder", "ten_role", "leader"])
        if who < 0.75:
            elder = chance.choice(elders)
            name, born = elder["person"], chance.choice([elder["birth_year"], None])
        elif who < 0.85 and posts:
            name, born, role = chance.choice(posts)["person"], None, "leader"
        if (session, name, born) in taken:
            continue
        taken.add((session, name, born))
        found.append({"unit": unit, "date": sessions[session][0], "session": session,
                      "person": chance.choice(["", " "]) + name, "birth_year": born, "role": role,
                      "hours": chance.choice(["", "", "1.5", "2.00"])})
    return found


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        print(",".join(rows[0]), file=file)
        for row in rows:
            print(",".join("" if value is None else str(value) for value in row.values()),
                  file=file)
    return path


# ---- The rules ----

def name_of(row):
    return row["person"].strip(" \t\u3000")


def agree(one, other):
    return one is None or other is None or one == other


def in_force(row, day):
    return row["date"] <= day and (row["until"] is None or row["until"] >= day)


def people(elders, posts, day):
    """{(name, year of birth): {role: day of joining}}"""
    entries = [(name_of(row), row["birth_year"], role, row["date"]) for row in elders
               if in_force(row, day) for role in ["elder"] + ["ten_role"] * bool(row["roles"])]
    entries += [(name_of(row), None, "leader", row["date"]) for row in posts if in_force(row, day)]
    births = collections.defaultdict(set)
    for name, born, _, _ in entries:
        births[name].add(born)
    found = collections.defaultdict(dict)
    for name, born, role, joined in entries:
        known = births[name] - {None}
        if born is None and len(known) == 1:
            born = min(known)
        roles = found[name, born]
        roles[role] = min(joined, roles.get(role, joined))
    return found


def coverage(elders, posts, attendances, sessions, year, role="all"):
    """What one line of `training coverage` says, percent and hours as text."""
    on_roster = [who for who, roles in people(elders, posts, DAY(year, 12, 31)).items()
                 if ROLES[role] & set(roles)]
    came = [row for row in attendances if row["date"].year == year and row["role"] in ROLES[role]]
    trained = [who for who in on_roster if any(
        name_of(row) == who[0] and agree(row["birth_year"], who[1]) for row in came)]
    strangers = collections.defaultdict(set)
    for row in came:
        if not any(name_of(row) == name and agree(row["birth_year"], born)
                   for name, born in on_roster):
            strangers[name_of(row)].add(row["birth_year"])
    others = sum(len(births - {None}) or 1 for births in strangers.values())
    minutes = sum(round(float(row["hours"] or sessions[row["session"]][1]) * 100) for row in came)
    percent = len(trained) * 10000 // len(on_roster) if on_roster else None
    return {"role": role, "roster": len(on_roster), "trained": len(trained), "others": others,
            "percent": None if percent is None else f"{percent // 100}.{percent % 100:02}",
            "hours": f"{minutes // 100}.{minutes % 100:02}", "source": "records"}


def months_after(day, months):
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return DAY(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due(elders, posts, attendances, day, intervals, grace):
    """{(name, year of birth): (last, due)} of who has not come within the interval."""
    found = {}
    for (name, born), roles in people(elders, posts, day).items():
        days = [row["date"] for row in attendances if row["date"] <= day and
                name_of(row) == name and agree(row["birth_year"], born)]
        last = max(days, default=None)
        again = {role: months_after(last, intervals[role]) for role in roles} if days else {}
        if not days or min(again.values()) <= day:
            until = [max(months_after(joined, grace), again.get(role, DAY.min))
                     for role, joined in roles.items()]
            found[name, born] = (last, min(until))
    return found


def seeded(seed):
    return random.Random(seed)
