"""The year-end report: every number of its files is calculated a second time here, from `rank`,
`rank rate`, `metrics` and the programme; its pages are well formed, whole and in both languages."""
import collections
import csv
import datetime
import html.parser
import os
import shutil
import subprocess
import xml.etree.ElementTree

import openpyxl
import pytest
import yaml

import independent_duties
import node

TOWN, COUNTY, CITY = "231182101", "231182", "2311"
YEAR, NASTY = node.YEAR, '<b>&"坏\' =1+1,'
LEVELS = ("county", "township", "grassroots")
SUMS = {name: [name] for name in (
    "members", "elders", "elders_new", "elders_young_new", "trainings", "trainees", "meetings",
    "study_meetings", "reports", "findings", "findings_fixed", "findings_overdue", "research",
    "innovations", "cases", "awards", "act_ideals", "act_rural", "act_law", "act_family",
    "act_internet", "youth_reached", "youth_in_need", "aid_times", "articles", "articles_high")}
SUMS["activities"] = ["act_ideals", "act_rural", "act_law", "act_family", "act_internet"]
SUMS["aid_amount"] = ["aid_amount_cents"]
NEEDS = {"leadership_complete": "members", "roles_covered": "role_kinds",
         "institutions_complete": "institution_kinds"}
ALONE = {"institution_kinds": "institution_kinds", "aided": "aided"}
KINDS = ("county", "township", "street", "education_bureau", "village", "community", "school")


@pytest.fixture(name="programme", scope="module")
def programme_fixture():
    with open(node.PROGRAMME, encoding="utf-8") as file:
        return yaml.safe_load(file)


def rename(city, folder, code, name):
    with open(node.UNITS, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    path = os.path.join(folder, "units.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [line[:1] + [name] + line[2:] if line[0] == code else line for line in lines])
    city.ok("unit", "import", path)


def villages(one):
    return [line["code"] for line in one.rows("unit", "list", "--under", TOWN)][1:]


@pytest.fixture(name="tree", scope="module")
def tree_fixture(pair, tmp_path_factory):
    """Records of a year at a township, visits and findings, and a name with all that hurts."""
    folder = tmp_path_factory.mktemp("records")
    town = pair["long-zhen"]
    town.import_folder(node.demo_records(folder, pair.townships, seed=5)[TOWN])
    town.ok("add", "inspector", "--unit", TOWN, f"date={YEAR}-01-01", "person=丙")
    for at, unit in enumerate(villages(town)[:3]):
        visit = town.ok("inspect", "record", unit, "--inspector", "丙", "--conclusion", "x",
                        "--date", f"{YEAR}-05-1{at}", "--csv").split()[-1]
        finding = town.ok("inspect", "finding", visit, "--text", "x", "--deadline",
                          f"{YEAR}-06-1{at}", "--date", f"{YEAR}-05-1{at}", "--late",
                          "--csv").split()[-1]
        if at == 0:
            town.ok("inspect", "fix", finding, "--text", "x", "--date", f"{YEAR}-05-20")
    town.ok("plugin", "run", "inspection", "overdue")
    mark = town.rows("list", "overdue_finding", "--unit", villages(town)[0])[0]["id"]
    town.ok("inspect", "undo", mark, "--why", "x")  # entered late, and let pass
    pair["wudalianchi"].ok("add", "meeting", "--unit", COUNTY, f"date={YEAR}-03-03", "purpose=work",
                           "subject=x")
    rename(pair["city"], str(folder), villages(town)[0], NASTY)
    pair.wait_synced()
    return pair


@pytest.fixture(name="report", scope="module")
def report_fixture(tree, tmp_path_factory):
    """report(*options, language, of) -> {file: path}"""
    def report(*options, language="C.UTF-8", of="city", year=YEAR):
        out = tmp_path_factory.mktemp("report")
        command = [os.path.join(node.BIN, "wuhao"), "-C", tree[of].home, "report", "--year",
                   str(year), "--out", str(out), *map(str, options)]
        done = subprocess.run(command, env=node.ENVIRONMENT | {"LC_ALL": language}, check=False,
                              capture_output=True, timeout=60)
        assert done.returncode == 0, done
        return {name: os.path.join(out, name) for name in os.listdir(out)}
    return report


@pytest.fixture(name="files", scope="module")
def files_fixture(report):
    return report("--pages")


def text_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def decimal(hundredths):
    return f"{hundredths // 100}.{hundredths % 100:02}"


def hundredths(text):
    return round(float(text) * 100)


# ---- A second calculation ----

class Second:
    """The statistics of every unit, from what other commands print."""

    def __init__(self, one, programme, year=YEAR, root=CITY):
        self.programme = programme
        self.units = {line["code"]: line for line in one.rows("unit", "list", "--under", root)}
        self.below = {code: [other for other in self.units if other.startswith(code)]
                      for code in self.units}
        self.values = self.add_up(one, year, root)
        self.rank = {level: {line["unit"]: line for line in one.rows(
            "rank", "--level", level, "--year", year, "--under", root)} for level in LEVELS}
        self.rate = {line["unit"]: line for line in one.rows("rank", "rate", "--year", year,
                                                             "--under", root)}
        self.due = self.duties(one, year, root)

    def add_up(self, one, year, root):
        """{(unit, metric): value}, as data.md says of a flow, a stock and a to_date."""
        known = {metric["id"]: metric for ledger in self.programme["ledgers"]
                 for metric in ledger["metrics"]}
        of = collections.defaultdict(dict)  # (unit, metric, origin) -> {quarter: value}
        for at in range(year - 5, year + 1):
            for (unit, quarter, _, origin, metric), value in one.metrics(root, at).items():
                of[unit, metric, origin][quarter] = value
        values = collections.defaultdict(list)
        for (unit, metric, _), quarters in of.items():
            how = known.get(metric, {"type": "flow"})
            own = [quarter for quarter in quarters if quarter.startswith(str(year))]
            if how["type"] == "flow":
                values[unit, metric].append(sum(quarters[quarter] for quarter in own))
            elif own or how["type"] == "stock":
                values[unit, metric].append(quarters[max(own or quarters)])
        return {key: (max if "distinct" in known.get(key[1], {}) else sum)(those)
                for key, those in values.items()}

    def duties(self, one, year, root):
        """{(unit, "reports" or "inspection"): (due, made)}; what is met is read from rows."""
        calendar = independent_duties.Calendar(self.programme["programme"]["calendar"])
        met = {(unit, metric) for (unit, _, facet, _, metric) in one.metrics(root, year)
               if facet == "duty"}
        found = collections.Counter()
        for duty in self.programme["duties"]:
            what = "reports" if duty.get("metric") == "reports" else "inspection" if (
                duty.get("plugin"), duty.get("per")) == ("inspection", "subordinate") else None
            for code, unit in self.units.items() if what else ():
                owner = self.units.get(unit["parent"]) if "per" in duty else unit
                if owner is None or owner["kind"] not in duty["who"]:
                    continue
                for name, _, _, due in independent_duties.periods(duty, year, calendar):
                    made = (code, f"{duty['id']}.{name}") in met
                    found[owner["code"], what, "made"] += made
                    found[owner["code"], what, "due"] += made or due <= datetime.date.today()
        return found

    def value(self, unit, metrics):
        return sum(self.values.get((unit, metric), 0) for metric in metrics)

    def need(self, unit, metric):
        rubric = self.programme["rubric"].get(self.units[unit]["level"], [])
        needs = [item["need"] for item in rubric if item.get("metric") == metric
                 and item["form"] == "count"]
        return bool(needs) and self.value(unit, [metric]) >= needs[0]

    def statistics(self, unit):
        """{statistic: text as in CSV} of a unit and all below it."""
        below = self.below[unit]
        found = {"units": len(below)}
        for kind in KINDS:
            found[f"units_{kind}"] = sum(self.units[one]["kind"] == kind for one in below)
        found["with_committee"] = sum(
            self.value(one, ["director_eligible", "members"]) > 0 for one in below)
        for name, metric in NEEDS.items():
            found[name] = sum(self.need(one, metric) for one in below)
        for name, metrics in SUMS.items():
            found[name] = sum(self.value(one, metrics) for one in below)
        for name, metric in ALONE.items():
            found[name] = self.value(unit, [metric]) if len(below) == 1 else None
        found["aid_amount"] = decimal(found["aid_amount"])
        for name, what in (("reports", "reports"), ("inspections", "inspection")):
            for which in ("due", "made"):
                found[f"{name}_{which}"] = sum(self.due[one, what, which] for one in below)
        return {name: as_csv(value) for name, value in (found | self.standing(unit)).items()}

    def mean(self, unit):
        scores = [hundredths(line["score"]) for code, line in self.rank["township"].items()
                  if code.startswith(unit) and line["rank"] is not None]
        return decimal(sum(scores) // len(scores)) if scores else None

    def standing(self, unit):
        level = self.units[unit]["level"]
        line = self.rank.get(level, {}).get(unit, {})
        rated = [one for ranked in ("township", "grassroots") for code, one in
                 self.rank[ranked].items() if code.startswith(unit)]
        qualified = sum(one["qualified"] is True for one in rated)
        ranked = line.get("rank") is not None
        return {
            "units_rated": len(rated), "units_qualified": qualified,
            "share": decimal(qualified * 10000 // len(rated)) if rated else None,
            "baseline": self.rate.get(unit, {}).get("baseline"),
            "target": self.rate.get(unit, {}).get("target"),
            "rank": line.get("rank"),
            "score": self.mean(unit) if level in ("city", "county") else
            line["score"] if ranked else None,
            "qualified": line["qualified"] if ranked and level != "county" else None,
        }


# ---- Numbers ----

def test_every_number_of_the_statistics_is_what_a_second_calculation_gives(tree, files, programme):
    second = Second(tree["city"], programme)
    lines = {line["unit"]: line for line in table(files[f"statistics-{YEAR}.csv"])}
    assert set(lines) == set(second.units) and lines[TOWN]["units"] == "14"
    later = {"rank_before", "move", "score_change", "years_qualified", "fell_back"}
    for unit, line in lines.items():
        expected = second.statistics(unit)
        assert {"unit", "name", "kind", "level", "parent"} | later | set(expected) == set(line)
        for name, value in expected.items():
            assert line[name] == value, (unit, name)
        assert (line["name"], line["parent"]) == (second.units[unit]["name"],
                                                  second.units[unit]["parent"] or "")
    whole = lines[CITY]
    assert [int(whole[name]) for name in ("inspections_made", "findings", "findings_fixed",
                                          "findings_overdue")] == [3, 3, 1, 2]
    assert int(whole["reports_made"]) > 0 and int(whole["aid_times"]) > 0
    # the same share that `rank rate` prints
    assert (whole["share"], whole["units_rated"]) == (second.rate[CITY]["share"],
                                                      str(second.rate[CITY]["units"]))


@pytest.mark.parametrize("level", LEVELS)
def test_the_rankings_are_those_of_rank(tree, files, level):
    lines = tree["city"].rows("rank", "--level", level, "--year", YEAR)
    printed = [{name: as_csv(value) for name, value in line.items()} for line in lines]
    assert table(files[f"ranking-{level}-{YEAR}.csv"]) == printed


def sheet_rows(path, name):
    return [["" if value is None else value for value in line]
            for line in openpyxl.load_workbook(path)[name].iter_rows(values_only=True)]


def same(cell, text):
    """A cell of the workbook beside a value of the CSV: numbers are numbers there."""
    if isinstance(cell, (int, float)):
        return round(cell * 100) == hundredths(text)
    return cell == text


def test_the_workbook_has_the_same_numbers_as_numbers(files):
    book = openpyxl.load_workbook(files[f"report-{YEAR}.xlsx"])
    assert book.sheetnames == ["statistics", "ranking county", "ranking township",
                               "ranking grassroots", "three years", "charts"]
    pages = {"statistics": f"statistics-{YEAR}.csv"} | {
        f"ranking {level}": f"ranking-{level}-{YEAR}.csv" for level in LEVELS}
    for name, file in pages.items():
        with open(files[file], encoding="utf-8", newline="") as lines:
            wanted = list(csv.reader(lines))[1:]
        cells = sheet_rows(files[f"report-{YEAR}.xlsx"], name)[1:]
        assert len(cells) == len(wanted)
        for mine, theirs in zip(cells, wanted):
            mine += [""] * (len(theirs) - len(mine))
            assert all(same(*both) for both in zip(mine, theirs)), (name, mine, theirs)
        assert book[name].freeze_panes is not None
    elders = list(table(files[f"statistics-{YEAR}.csv"])[0]).index("elders")
    assert isinstance(sheet_rows(files[f"report-{YEAR}.xlsx"], "statistics")[1][elders], int)
    assert book["statistics"].column_dimensions["B"].width > 20
    assert len(book["charts"]._charts) == 3  # pylint: disable=protected-access


def test_the_round_is_that_of_rank_rate(tree, files, report):
    rates = {line["unit"]: line for line in tree["city"].rows("rank", "rate", "--year", YEAR)}
    rows = sheet_rows(files[f"report-{YEAR}.xlsx"], "three years")[1:]
    rows = [row for row in rows if row[0] == YEAR]
    assert {row[1] for row in rows} == set(rates)
    for row in rows:
        rate = rates[row[1]]
        assert row[2:5] == [rate["name"], rate["units"], rate["units_qualified"]]
        for cell, name in zip(row[5:8], ("share", "baseline", "target")):
            assert same(cell, rate[name])
    later = report(year=YEAR + 1)
    years = {row[0] for row in sheet_rows(later[f"report-{YEAR + 1}.xlsx"], "three years")}
    assert {YEAR, YEAR + 1} <= years


def test_the_year_after_stands_beside_the_one_before(tree, report):
    files, city = report(year=YEAR + 1), tree["city"]
    lines = {line["unit"]: line for line in table(files[f"statistics-{YEAR + 1}.csv"])}
    fell = set()
    for level in LEVELS:
        for line in city.rows("rank", "--level", level, "--year", YEAR + 1, "--against", "year"):
            mine = lines[line["unit"]]
            assert (mine["rank_before"], mine["move"]) == (as_csv(line["rank_before"]),
                                                           as_csv(line["move"]))
            if line["rank"] is not None and line["score_before"] is not None:
                change = hundredths(line["score"]) - hundredths(line["score_before"])
                assert hundredths(mine["score_change"]) == change
    before = {line["unit"]: line for line in city.rows("rank", "--level", "grassroots", "--year",
                                                       YEAR)}
    for line in city.rows("rank", "--level", "grassroots", "--year", YEAR + 1):
        years = [before[line["unit"]]["qualified"] is True, line["qualified"] is True]
        mine = lines[line["unit"]]
        assert mine["years_qualified"] == str(sum(years))
        assert mine["fell_back"] == as_csv(years == [True, False])
        fell |= {line["unit"]} if years == [True, False] else set()
    assert fell
    page = text_of(files[f"report-{YEAR + 1}.html"])
    assert "Qualified before, but not this year" in page


@pytest.mark.parametrize("of, root", (("wudalianchi", COUNTY), ("long-zhen", TOWN)))
def test_a_county_and_a_township_report_of_themselves(tree, report, programme, of, root):
    files, second = report(of=of), Second(tree[of], programme, root=root)
    lines = {line["unit"]: line for line in table(files[f"statistics-{YEAR}.csv"])}
    assert set(lines) == set(second.units) and next(iter(lines)) == root
    for unit in (root, *villages(tree["long-zhen"])):
        for name, value in second.statistics(unit).items():
            assert lines[unit][name] == value, (unit, name)
    under = report("--under", root)
    for name in (f"statistics-{YEAR}", f"ranking-township-{YEAR}"):
        assert text_of(under[f"{name}-{root}.csv"]) == text_of(files[f"{name}.csv"])
    links = Strict(text_of(under[f"report-{YEAR}-{root}.html"])).links
    assert all(link in under for link in links) and (links or root == TOWN)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="libreoffice-calc is not installed")
def test_another_program_reads_the_same_numbers(files, tmp_path):
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir",
                    str(tmp_path), files[f"report-{YEAR}.xlsx"]], check=True, capture_output=True,
                   timeout=120)
    with open(files[f"statistics-{YEAR}.csv"], encoding="utf-8", newline="") as file:
        wanted = list(csv.reader(file))[1:]
    with open(tmp_path / f"report-{YEAR}.csv", encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))[1:]
    assert len(read) == len(wanted)
    for mine, theirs in zip(read, wanted):
        assert mine[:5] == theirs[:5]
        for cell, text in zip(mine[5:], theirs[5:]):
            is_number = text[-1:].isdigit()
            assert (hundredths(cell) == hundredths(text)) if is_number else cell == text


# ---- Pages ----

class Strict(html.parser.HTMLParser):
    """Every element is closed in its order; whatever could fetch is collected."""
    VOID = ("meta", "rect", "line")

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        assert tag not in ("script", "link", "img", "iframe", "object"), tag
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_startendtag(self, tag, attrs):
        assert tag in self.VOID, tag

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_pages_are_well_formed_whole_and_escaped(files):
    pages = [name for name in files if name.endswith(".html")]
    assert f"report-{YEAR}.html" in pages and f"unit-{TOWN}-{YEAR}.html" in pages
    for name in pages:
        text = text_of(files[name])
        parsed = Strict(text)
        xml.etree.ElementTree.fromstring(text.partition("\n")[2])
        assert "http" not in text and "url(" not in text and "@import" not in text
        assert all(link in files for link in parsed.links)  # only pages beside it
    town = text_of(files[f"unit-{TOWN}-{YEAR}.html"])
    assert NASTY in Strict(town).texts and "<b>&" not in town
    assert NASTY in [line["name"] for line in table(files[f"statistics-{YEAR}.csv"])]
    assert NASTY in [row[1] for row in sheet_rows(files[f"report-{YEAR}.xlsx"], "statistics")]


def test_a_units_page_has_its_items_and_the_page_of_all_the_same_numbers(tree, files):
    texts = Strict(text_of(files[f"unit-{TOWN}-{YEAR}.html"])).texts
    for line in tree["city"].rows("explain", TOWN, "--year", YEAR):
        if line["what"] in ("item", "bonus"):
            at = texts.index(line["item"])
            assert texts[at:at + 5] == [
                line["item"], line["title"], line["text"], line["points"], line["full"]]
    whole = table(files[f"statistics-{YEAR}.csv"])[0]
    texts = Strict(text_of(files[f"report-{YEAR}.html"])).texts
    heads = sheet_rows(files[f"report-{YEAR}.xlsx"], "statistics")[0]
    for title, (name, value) in list(zip(heads, whole.items()))[5:]:
        if value:  # a line of the table: title, what is counted, the city, its county
            rows = [at for at, text in enumerate(texts) if text == title]
            assert any(value in texts[at + 1:at + 3] for at in rows), (name, value)


def test_a_ranking_on_the_page_has_the_numbers_of_rank(tree, files):
    texts = Strict(text_of(files[f"report-{YEAR}.html"])).texts
    names = {line["code"]: line["name"] for line in tree["city"].rows("unit", "list")}
    for line in tree["city"].rows("rank", "--level", "township", "--year", YEAR):
        at = max(i for i, (name, above) in enumerate(zip(texts, texts[1:]))
                 if (name, above) == (line["name"], names[line["parent"]]))
        numbers = ("rank", "score", None, "units", "units_qualified", "share")
        for found, column in zip(texts[at + 2:], numbers):
            assert column is None or found == ("–" if line[column] is None else str(line[column]))


def test_a_city_has_pages_of_units_if_asked_and_a_county_always(report, files):
    def pages(those):
        return {name for name in those if name.startswith("unit-")}
    city, county = report(), report("--under", COUNTY)
    assert not pages(city) and len(pages(files)) > len(pages(county)) > 0
    assert f"unit-{TOWN}-{YEAR}-{COUNTY}.html" in pages(county)
    assert "<a " not in text_of(city[f"report-{YEAR}.html"])  # no page that is not there
    links = Strict(text_of(county[f"report-{YEAR}-{COUNTY}.html"])).links
    assert links and all(link in county for link in links)


def test_both_languages(report, files):
    """Files that people read; those for programs keep their words."""
    chinese = report("--pages", language="zh_CN.UTF-8")
    text = text_of(chinese[f"report-{YEAR}.html"])
    assert f"黑河市 {YEAR} 年度报告" in text and 'lang="zh-CN"' in text
    assert openpyxl.load_workbook(chinese[f"report-{YEAR}.xlsx"]).sheetnames[0] == "统计"
    rows = sheet_rows(chinese[f"report-{YEAR}.xlsx"], "统计")[1:]
    assert {row[2] for row in rows} >= {"市", "县（市、区）", "乡镇", "村", "社区"}
    assert {row[3] for row in rows} == {"市级", "县级", "乡镇级", "基层"}
    for name in files:  # what machines read does not depend on who asked
        if name.endswith(".csv"):
            assert text_of(chinese[name]) == text_of(files[name])
    assert f"黑河市: report of {YEAR}" in text_of(files[f"report-{YEAR}.html"])


def test_small_counts_of_minors_are_masked_everywhere_if_asked(files, report):
    masked, minors = report("--mask", "--pages"), ("youth_in_need", "aided", "aid_times")
    plain, hidden = table(files[f"statistics-{YEAR}.csv"]), 0
    for line, mine in zip(plain, table(masked[f"statistics-{YEAR}.csv"])):
        for name, value in line.items():
            small = name in minors and value and 0 < int(value) < 5
            assert mine[name] == ("<5" if small else value)
            hidden += bool(small)
    assert hidden > 0
    cells = [cell for row in sheet_rows(masked[f"report-{YEAR}.xlsx"], "statistics")
             for cell in row]
    assert cells.count("<5") == hidden
    page = text_of(masked[f"unit-{TOWN}-{YEAR}.html"])
    assert "&lt;5" in page and "reach the target" not in page  # the sentence tells the counts
    assert "&lt;5" not in text_of(files[f"unit-{TOWN}-{YEAR}.html"])


# ---- What is not there ----

@pytest.mark.quick
def test_a_year_without_a_programme_is_refused(tree, tmp_path):
    city = tree["city"]
    refused = city.cli("report", "--year", YEAR - 1, "--out", tmp_path)
    assert refused.code == 3 and f"no programme is in force in {YEAR - 1}" in refused.err
    assert not os.listdir(tmp_path)
    assert city.cli("report", "--year", YEAR).code == 2
    assert city.cli("report", "--year", YEAR, "--out", tmp_path, "--under", "99").code == 3


@pytest.mark.quick
def test_a_city_without_records_reports_zeros(homes, tmp_path):
    city = homes("empty", "2311", "黑河市", "city").init().start()
    city.issue()
    out = tmp_path / "out"
    out.mkdir()
    city.ok("report", "--year", YEAR, "--out", out)
    whole = table(out / f"statistics-{YEAR}.csv")[0]
    assert (whole["units"], whole["elders"], whole["units_qualified"], whole["share"]) == (
        "1220", "0", "0", "0.00")
    assert whole["score"] == "" and whole["rank"] == ""
    Strict(text_of(out / f"report-{YEAR}.html"))
    openpyxl.load_workbook(out / f"report-{YEAR}.xlsx")


def test_an_isolated_one_gives_all_but_the_workbook(homes, tmp_path):
    city = homes("isolated", "2311", "黑河市", "city").init()
    folder, out = os.path.join(city.home, "plugins.d"), tmp_path / "out"
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "ranking.yaml"), "w", encoding="utf-8") as file:
        file.write("isolate: true\n")
    city.start().issue()
    done = city.cli("report", "--year", YEAR, "--out", out)
    assert done.code == 0 and "there is no workbook" in done.err
    assert sorted(os.listdir(out)) == [
        f"ranking-county-{YEAR}.csv", f"ranking-grassroots-{YEAR}.csv",
        f"ranking-township-{YEAR}.csv", f"report-{YEAR}.html", f"statistics-{YEAR}.csv"]
