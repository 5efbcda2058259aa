"""Bad input gets one clear sentence and the right exit code, and changes nothing.

Odd but good input (GBK, a byte order mark, CRLF, a quoted newline) is read, and the encoding said.
"""
import datetime
import os
import random
import re
import stat
import subprocess
import threading
import time

import pytest

import node

TOWN, VILLAGE = "231182101", "231182101201"  # 龙镇 and one of its villages
ACTIVITY = "unit,date,category,form,subject,youth,elders"
ELDER = "unit,date,person,category,birth_year,until"
REPORT = "unit,date,to,subject,response"

quick = pytest.mark.quick


def activity(unit=VILLAGE, date="2025-03-04", category="law", subject="法治讲座", youth="30"):
    return f"{unit},{date},{category},,{subject},{youth},"


def assert_refused(result, code, *words):
    """That exit code; first line `wuhao: ...`, one of its kind; these words somewhere on stderr."""
    assert result.code == code, result
    assert re.match(r"wuhao: \S.*", result.first_line), result
    lines = result.err.splitlines()
    assert sum(line.startswith("wuhao: ") for line in lines) == 1, result
    assert len(lines) <= 22, "at most 20 faults and how many more"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", result.err), "a control character is shown"
    for word in words:
        assert word.lower() in result.err.lower(), (word, result)


@pytest.fixture(name="town")
def town_fixture(pair):
    return pair["long-zhen"]


@pytest.fixture(name="attempt")
def attempt_fixture(town, tmp_path):
    """attempt(kind, content) -> (result of the import, how many records it added)."""
    def attempt(kind, content, *options, timeout_s=60):
        path = tmp_path / "input.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = len(town.rows("list", kind, timeout_s=timeout_s))
        result = town.cli("import", kind, path, *options, timeout_s=timeout_s)
        return result, len(town.rows("list", kind, timeout_s=timeout_s)) - before
    return attempt


def lines(*parts, end="\n"):
    return end.join(parts) + end


# Odd, but good.

@quick
def test_a_file_in_gbk_is_read_and_said(attempt):
    result, added = attempt("activity", lines(ACTIVITY, activity(subject="模拟法庭")).encode("gbk"))
    assert (result.code, added) == (0, 1), result
    assert "gbk" in (result.out + result.err).lower()


@quick
def test_gbk_text_arrives_as_what_it_says(attempt, town):
    attempt("activity", lines(ACTIVITY, activity(subject="网上祭英烈")).encode("gbk"))
    assert "网上祭英烈" in {line["subject"] for line in town.rows("list", "activity")}


@quick
def test_a_byte_order_mark_is_read_and_said(attempt):
    result, added = attempt("activity", lines(ACTIVITY, activity()).encode("utf-8-sig"))
    assert (result.code, added) == (0, 1), result
    assert re.search("bom|byte order mark", result.out + result.err, re.I)


@quick
def test_a_choice_is_given_and_shown_by_its_title(attempt, town):
    result, added = attempt("report", lines(REPORT, f"{VILLAGE},2025-03-30,党支部,一季度,"))
    assert (result.code, added) == (0, 1), result
    line = next(line for line in town.rows("list", "report") if line["subject"] == "一季度")
    assert line["to"] == "branch"  # programs read the word
    assert "党支部" in town.chinese("list", "report", "--unit", VILLAGE).out
    assert "党支部" not in town.ok("list", "report", "--unit", VILLAGE)


@quick
def test_dates_ahead_are_taken_and_told(attempt, town):
    ahead = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    result, added = attempt("activity", lines(ACTIVITY, activity(date=ahead), activity()))
    assert (result.code, added) == (0, 2) and "1 record is dated after today" in result.err, result
    one = town.cli("add", "activity", "--unit", VILLAGE, f"date={ahead}", "category=law",
                   "subject=x", "youth=3")
    assert one.code == 0 and "dated after today" in one.err
    today = town.cli("add", "activity", "--unit", VILLAGE, "date=2025-03-04", "category=law",
                     "subject=x", "youth=3")
    assert (today.code, today.err) == (0, "")


@quick
def test_lines_may_end_in_crlf(attempt):
    result, added = attempt("activity", lines(ACTIVITY, activity(), activity(), end="\r\n"))
    assert (result.code, added) == (0, 2), result


@quick
def test_a_quoted_newline_in_a_long_text_is_kept(attempt, town):
    row = f'{VILLAGE},2025-03-04,branch,季度汇报,"同意。\n请落实，""抓好""。"'
    result, added = attempt("report", lines(REPORT, row))
    assert (result.code, added) == (0, 1), result
    assert '同意。\n请落实，"抓好"。' in {line["response"] for line in town.rows("list", "report")}


# Bad records. kind, content, words that the answer must hold

BAD_RECORDS = {
    "a column too many": ("activity", lines(ACTIVITY, activity() + ",5"), ["2"]),
    "an unknown column": ("activity", lines(ACTIVITY + ",yuoth", activity() + ",5"), ["yuoth"]),
    "a missing column": ("activity", lines("unit,date,category,subject", f"{VILLAGE},2025-03-04,"
                                           "law,法治讲座"), ["youth"]),
    "a missing unit column": ("activity", lines("date,category,subject,youth",
                                                "2025-03-04,law,法治讲座,3"), ["unit"]),
    "an empty file": ("activity", "", []),
    "an impossible date": ("activity", lines(ACTIVITY, activity(), activity(date="2025-02-30")),
                           ["3", "2025-02-30"]),
    "a negative count": ("activity", lines(ACTIVITY, activity(youth="-5")), ["youth", "-5"]),
    "a count that is a word": ("activity", lines(ACTIVITY, activity(youth="三十")), ["youth"]),
    "an unknown choice": ("activity", lines(ACTIVITY, activity(category="lwa")), ["lwa", "law"]),
    "a unit of another township": ("activity", lines(ACTIVITY, activity(unit="231182108201")),
                                   ["231182108201"]),
    "a unit that does not exist": ("activity", lines(ACTIVITY, activity(unit="231182101999")),
                                   ["231182101999"]),
    "an elder who is there twice": ("elder", lines(
        ELDER, f"{VILLAGE},2024-01-01,王德福,cadre,1950,",
        f"{VILLAGE},2025-01-01,王德福,soldier,1950,"), ["3"]),
    "an end before its begin": ("elder", lines(
        ELDER, f"{VILLAGE},2025-05-01,李桂兰,teacher,1955,2025-04-30"), ["until"]),
    "a control character": ("activity", lines(ACTIVITY, activity(subject="法治\x1b[2J讲座")),
                            ["subject", r"\x1b"]),
    "a newline in a short text": ("activity", lines(ACTIVITY, activity(subject='"法治\n讲座"')),
                                  ["subject"]),
    "an open quote": ("activity", lines(ACTIVITY, activity(subject='"法治讲座')), []),
    "bytes of no encoding": ("activity", lines(ACTIVITY, activity()).encode() + b"\xff\xfe\x00\n",
                             []),
}


@quick
@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_bad_file_of_records_is_refused_whole(attempt, name):
    kind, content, words = BAD_RECORDS[name]
    result, added = attempt(kind, content)
    assert_refused(result, 4, *words)
    assert added == 0


@quick
def test_an_elder_on_the_roster_may_return_only_after_leaving(attempt):
    first = f"{VILLAGE},2024-01-01,赵玉珍,cadre,1951,2025-03-31"
    assert attempt("elder", lines(ELDER, first))[1] == 1
    result, added = attempt("elder", lines(ELDER, f"{VILLAGE},2025-03-31,赵玉珍,cadre,1951,"))
    assert_refused(result, 4)
    assert added == 0
    assert attempt("elder", lines(ELDER, f"{VILLAGE},2025-04-01,赵玉珍,cadre,1951,"))[1] == 1


@quick
def test_a_refusal_never_repeats_a_personal_value(attempt):
    row = f"{VILLAGE},2025-05-01,孙秀珍,teacher,1955,2025-04-30"
    result, _ = attempt("elder", lines(ELDER, row))
    assert "孙秀珍" not in result.out + result.err


@quick
def test_an_unknown_kind_names_the_nearest(town, tmp_path):
    (tmp_path / "a.csv").write_text(lines(ACTIVITY, activity()))
    assert_refused(town.cli("import", "activty", tmp_path / "a.csv"), 3, "activty", "activity")


@quick
def test_a_file_that_is_not_there_is_not_found(town, tmp_path):
    assert_refused(town.cli("import", "activity", tmp_path / "none.csv"), 3, "none.csv")


@quick
def test_twenty_faults_are_shown_and_the_rest_is_counted(attempt):
    result, added = attempt("activity", lines(ACTIVITY, *[activity(youth="-1")] * 50))
    assert_refused(result, 4, "30")
    assert added == 0
    assert len(result.err.splitlines()) == 22  # the error, 20 faults, how many more


@quick
def test_skip_bad_keeps_the_good_and_says_7(attempt):
    content = lines(ACTIVITY, activity(), activity(youth="-1"), activity())
    result, added = attempt("activity", content, "--skip-bad")
    assert (result.code, added) == (7, 2), result


def test_a_wrong_last_row_of_200000_refuses_all(attempt):
    rows = [activity(date=f"2025-{1 + i % 12:02}-{1 + i % 28:02}") for i in range(199_999)]
    content = lines(ACTIVITY, *rows, activity(date="2025-13-01"))
    result, added = attempt("activity", content, timeout_s=300)
    assert_refused(result, 4, "200001", "2025-13-01")
    assert added == 0


# Bad unit trees, at the city.

HEAD = "code,name,kind,parent"
BAD_TREES = {
    "a cycle": ([f"{HEAD}", "2311,黑河市,city,", "231191,甲,county,2311911", "2311911,乙,township,"
                 "231191"], []),
    "an unknown parent": ([HEAD, "2311,黑河市,city,", "231191,甲,county,2399"], ["2399"]),
    "a code outside its parent's range": (
        [HEAD, "2311,黑河市,city,", "231191,甲,county,2311", "231192001,乙,township,231191"],
        ["231192001"]),
    "a code that begins a sibling's": (
        [HEAD, "2311,黑河市,city,", "231191,甲,county,2311", "2311911,乙,county,2311"],
        ["2311911"]),
    "a code twice": ([HEAD, "2311,黑河市,city,", "231191,甲,county,2311", "231191,乙,county,2311"],
                     ["231191"]),
    "a kind of the wrong level": ([HEAD, "2311,黑河市,city,", "231191,甲,village,2311",
                                   "231191001,乙,township,231191"], ["231191"]),
    "an unknown kind": ([HEAD, "2311,黑河市,city,", "231191,甲,conty,2311"], ["conty", "county"]),
}


@quick
@pytest.mark.parametrize("name", BAD_TREES)
def test_a_bad_unit_tree_is_refused_whole(pair, tmp_path, name):
    content, words = BAD_TREES[name]
    (tmp_path / "units.csv").write_text(lines(*content))
    before = pair["city"].ok("unit", "list", "--json")
    assert_refused(pair["city"].cli("unit", "import", tmp_path / "units.csv"), 4, *words)
    assert pair["city"].ok("unit", "list", "--json") == before


# Bad programmes: text to replace, its replacement, words of the answer.

BAD_PROGRAMMES = {
    "points that do not sum": ("{id: t11, good: leadership, points: 5",
                               "{id: t11, good: leadership, points: 6", ["leadership"]),
    "an unknown metric": ("metric: director_eligible, need", "metric: director_eligble, need",
                          ["director_eligble", "director_eligible"]),
    "a share over 100": ("subordinate_share: 80", "subordinate_share: 180", ["180"]),
    "a target over 100": ("target: 60", "target: 160", ["160"]),
    "an unknown key": ("bonus_cap: 3", "bonus_cup: 3", ["bonus_cup", "bonus_cap"]),
    "three places": ("points: 4.5", "points: 4.505", ["4.505"]),
    "a tab": ("  bonus_cap: 3", "\tbonus_cap: 3", ["tab"]),
}


@quick
@pytest.mark.parametrize("name", BAD_PROGRAMMES)
def test_a_bad_programme_is_neither_passed_nor_issued(pair, tmp_path, name):
    old, new, words = BAD_PROGRAMMES[name]
    with open(node.PROGRAMME, encoding="utf-8") as file:
        text = file.read()
    assert old in text
    (tmp_path / "programme.yaml").write_text(text.replace(old, new))
    before = pair["city"].ok("programme", "show")
    for verb in ("check", "issue"):
        result = pair["city"].cli("programme", verb, tmp_path / "programme.yaml")
        assert_refused(result, 4, *words)
    assert pair["city"].ok("programme", "show") == before


# Bad configs.

BAD_CONFIGS = {
    "a tab": ("\tlog: info\n", ["tab"]),
    "an unknown key": ("advertize: tcp://127.0.0.1:7420\n", ["advertize", "advertise"]),
    "a wrong type": ("plugins: [ledger]\n", ["plugins"]),
    "a bad value": ("log: loud\n", ["loud"]),
}


@quick
@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_config_is_named_by_check_and_by_start(homes, name):
    text, words = BAD_CONFIGS[name]
    home = homes("home").init()
    path = os.path.join(home.home, "wuhao.yaml")
    key = text.strip().partition(":")[0]
    with open(path, encoding="utf-8") as file:
        kept = without_key(file.read(), key)
    with open(path, "w", encoding="utf-8") as file:
        file.write(kept + text)
    line = str(kept.count("\n") + 1)
    assert_refused(node.run("wuhao", "check-config", home.home), 4, "wuhao.yaml", line, *words)
    assert home.spawn().wait(30) != 0
    home.close()
    assert "wuhao.yaml" in home.log()
    for word in words:
        assert word in home.log()


def without_key(text, key):
    """A top-level key and what is indented under it are left out."""
    return re.sub(rf"^{key}:[^\n]*\n(?:[ \t-][^\n]*\n)*", "", text, flags=re.M)


# Bad tokens.

@pytest.fixture(name="child")
def child_fixture(homes):
    """A new, running home of 青山街道 that belongs to nobody yet."""
    return homes("child", "231182001", "青山街道", "street").init().start()


def assert_alone(child):
    assert child.rows("sync", "status") == [], "it has a parent"


@quick
def test_a_token_that_was_cut_is_invalid(pair, child):
    token = pair["wudalianchi"].ok("invite", child.unit).strip()
    assert_refused(child.cli("join", token[:-7]), 4)
    assert_alone(child)


@quick
def test_a_token_that_has_expired_is_refused(pair, child):
    token = pair["wudalianchi"].ok("invite", child.unit, "--ttl", "1s").strip()
    over = time.monotonic() + 1.5
    node.wait_until(lambda: time.monotonic() > over, 5, "the token's second is over")
    result = child.cli("join", token)
    assert_refused(result, result.code, "expired")
    assert result.code in (4, 6)
    assert_alone(child)


@quick
def test_a_token_for_another_unit_is_refused(pair, child):
    token = pair["wudalianchi"].ok("invite", "231182108").strip()
    result = child.cli("join", token)
    assert_refused(result, result.code, "231182108", child.unit)
    assert result.code in (4, 6)
    assert_alone(child)


@quick
def test_a_token_is_good_for_one_node(pair, child, homes):
    token = pair["wudalianchi"].ok("invite", child.unit).strip()
    child.ok("join", token)
    child.wait_synced()
    second = homes("second", "231182001", "青山街道", "street").init().start()
    result = second.cli("join", token)
    assert_refused(result, result.code)
    assert result.code in (4, 6)
    assert_alone(second)


# Places that are not as they should be.

@quick
def test_a_node_that_is_not_there_gives_5_within_five_seconds(homes):
    home = homes("home").init()
    begin = time.monotonic()
    assert_refused(home.cli("status"), 5)
    assert time.monotonic() - begin < 5


@quick
def test_a_second_wuhaod_on_a_home_names_the_first(homes):
    home = homes("home").init().start()
    result = node.run("wuhaod", "-C", home.home)
    assert result.code == 1
    assert str(home.process.pid) in result.err
    home.ok("status")


@quick
def test_keys_that_others_can_read_are_refused(homes):
    home = homes("home").init()
    keys = os.path.join(home.home, "keys")
    assert stat.S_IMODE(os.stat(keys).st_mode) == 0o700
    for name in os.listdir(keys):
        os.chmod(os.path.join(keys, name), 0o644)
    os.chmod(keys, 0o755)
    assert home.spawn().wait(30) == 1
    home.close()
    assert "keys" in home.log()


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path):
    """A folder on a disk of 48 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(path, leave_bytes):
    free = os.statvfs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - leave_bytes))


def test_a_full_disk_refuses_an_import_and_the_freed_node_goes_on(small_disk, tmp_path):
    home = node.Node(small_disk / "city", "2311", "黑河市", "city").init().start()
    try:
        home.issue()
        (tmp_path / "one.csv").write_text(lines(ACTIVITY, activity()))
        # Subjects that no compression makes small.
        chance = random.Random(7)
        many = [activity(subject=f"{chance.getrandbits(1200):x}") for _ in range(20_000)]
        (tmp_path / "many.csv").write_text(lines(ACTIVITY, *many))
        home.ok("import", "activity", tmp_path / "one.csv")
        fill(small_disk / "filler", leave_bytes=1 << 20)
        assert_refused(home.cli("import", "activity", tmp_path / "many.csv"), 1, "space")
        assert home.runs(), home.log()
        assert len(home.rows("list", "activity")) == 1
        os.remove(small_disk / "filler")
        node.wait_until(lambda: home.cli("import", "activity", tmp_path / "one.csv").code == 0,
                        30, "the node goes on once there is space")
        assert len(home.rows("list", "activity")) == 2
        home.stop()
        home.start()
        assert len(home.rows("list", "activity")) == 2
    finally:
        home.kill()


def test_commands_that_run_together_never_mix(town, tmp_path):
    """Two imports at once: each is whole, one after the other."""
    before = len(town.rows("list", "activity"))
    (tmp_path / "a.csv").write_text(lines(ACTIVITY, *[activity()] * 500))
    results = []
    threads = [threading.Thread(target=lambda: results.append(
        town.cli("import", "activity", tmp_path / "a.csv").code)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert results == [0] * 4
    assert len(town.rows("list", "activity")) - before == 2000
