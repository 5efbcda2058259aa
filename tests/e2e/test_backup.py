"""Backups outlive everything: kill -9, full disks, flipped bits, and whoever restores them."""
import contextlib
import datetime
import fcntl
import glob
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess

import pytest

import node

VILLAGE = "231182101201"  # of 龙镇
HEADER = "unit,date,category,form,subject,youth,elders"

quick = pytest.mark.quick


def records(path, count, seed=1, bytes_each=0):
    """A CSV of activities; with `bytes_each`, subjects that no compression makes small."""
    chance = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        print(HEADER, file=file)
        for i in range(count):
            subject = f"{chance.getrandbits(4 * bytes_each):x}" if bytes_each else f"讲座{seed}-{i}"
            print(f"{VILLAGE},2025-{1 + i % 12:02}-{1 + i % 28:02},law,,{subject},{i},", file=file)
    return path


@pytest.fixture(name="city")
def city_fixture(homes, tmp_path):
    """A root with units, a programme and 30 records, that serves."""
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    city.ok("import", "activity", records(tmp_path / "first.csv", 30))
    city.wait_synced()
    return city


def answers(one):
    """All that a person would compare."""
    return [one.ok("list", "activity", "--json"), one.ok("unit", "list", "--json"),
            one.ok("metrics", "--unit", "2311", "--under", "--json"),
            one.ok("programme", "show", "--json")]


def now():
    """As the programs print it."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.now(zone).isoformat(timespec="seconds")


def create(one, folder, timeout_s=120):
    return one.rows("backup", "create", folder, timeout_s=timeout_s)[0]


def listed(folder):
    result = node.run("wuhao", "backup", "list", folder, "--json")
    assert result.code == 0, result
    return [json.loads(line) for line in result.out.splitlines()]


def verify(folder, *options):
    return node.run("wuhao", "backup", "verify", folder, *options, timeout_s=120)


def restore(folder, into, *options):
    return node.run("wuhao", "restore", folder, "--into", into, *options, timeout_s=120)


def restored(folder, into, *options):
    """A node over a home that must have been restored, not started."""
    result = restore(folder, into, *options)
    assert result.code == 0, result
    return node.Node(into, "2311", "黑河市", "city")


@contextlib.contextmanager
def served(one):
    one.start()
    try:
        yield one
    finally:
        one.kill()


def refused(result, code, *words):
    assert result.code == code, result
    assert re.match(r"wuhao: \S.*: .* \(.*\)$", result.first_line), result
    for word in words:
        assert word in result.err, (word, result)


def files_of(folder):
    return sorted(path for path in glob.glob(f"{folder}/**", recursive=True)
                  if os.path.isfile(path))


@quick
def test_a_restored_home_answers_as_it_did_when_the_backup_was_taken(city, tmp_path):
    before, folder = answers(city), tmp_path / "backups"
    made = create(city, folder)
    assert (made["number"], made["records"]) == (1, 30)
    city.ok("import", "activity", records(tmp_path / "later.csv", 5, seed=2))
    city.wait_synced()
    assert answers(city) != before
    city.stop()
    with served(restored(folder, tmp_path / "restored")) as home:
        home.wait_synced()
        assert answers(home) == before
        status = home.rows("status")[0]
        assert status["restored"]["number"] == 1
        assert status["restored"]["taken"] == made["taken"]
        assert re.search(r"home\.restored number=1 taken=20\S+ last_write=20\S+", home.log())
    with served(city):
        assert city.rows("status")[0]["restored"] is None
        assert len(city.rows("list", "activity")) == 35
        assert "home.restored" not in city.log()


def test_each_of_several_backups_gives_back_its_own_moment(city, tmp_path):
    folder, before = tmp_path / "backups", {}
    for number in (1, 2):
        city.ok("import", "activity", records(tmp_path / "more.csv", 5, seed=number + 10))
        city.wait_synced()
        assert create(city, folder)["number"] == number
        before[number] = answers(city)
    city.stop()
    for number in (1, 2):
        into = tmp_path / f"restored-{number}"
        with served(restored(folder, into, "--number", number)) as home:
            assert answers(home) == before[number]


@quick
def test_a_second_backup_is_small_and_the_list_tells_both(city, tmp_path):
    folder = tmp_path / "backups"
    city.ok("import", "activity", records(tmp_path / "big.csv", 2000, 3, bytes_each=400))
    first = create(city, folder)
    city.ok("import", "activity", records(tmp_path / "small.csv", 1, seed=4))
    second = create(city, folder)
    assert first["new_bytes"] == first["bytes"] > 500_000
    assert second["new_bytes"] < first["bytes"] / 5
    assert second["bytes"] > first["bytes"] / 2
    one, two = listed(folder)
    assert [one["number"], two["number"]] == [1, 2]
    assert [one["records"], two["records"]] == [2030, 2031]
    assert two["unit"] == "2311" and two["state"] == "whole" and two["head"] > one["head"]
    assert two["last_day"] == "2025-12-28"
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$", two["taken"])
    assert one["taken"] <= two["taken"] and two["last_write"] <= two["taken"]
    assert verify(folder).code == 0


@quick
def test_an_empty_folder_has_no_backups_yet_and_an_absent_one_is_not_found(tmp_path, programs):
    # pylint: disable=unused-argument
    os.mkdir(tmp_path / "empty")
    result = node.run("wuhao", "backup", "list", tmp_path / "empty")
    assert result.code == 0 and "no backups yet" in result.err, result
    refused(restore(tmp_path / "empty", tmp_path / "home"), 3, "none yet")
    for command in (("list",), ("verify",)):
        result = node.run("wuhao", "backup", *command, tmp_path / "absent")
        refused(result, 3, "no such folder")
    (tmp_path / "empty" / "stranger").write_text("x")
    refused(verify(tmp_path / "empty"), 3, "not a folder of backups")
    assert not os.path.exists(tmp_path / "home")


def flip(path):
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        content[len(content) // 2] ^= 1
        file.seek(0)
        file.write(content)


def test_bit_flip_each_file_is_found_and_named(city, tmp_path):
    folder = tmp_path / "backups"
    with open(f"{city.home}/files/attachment", "wb") as file:
        file.write(os.urandom(3 << 20))
    create(city, folder)
    city.ok("import", "activity", records(tmp_path / "small.csv", 1, seed=4))
    create(city, folder)
    city.stop()
    paths = files_of(folder)
    parts = {os.path.relpath(path, folder).split("/")[0] for path in paths}
    assert parts == {"wuhao-backups", "backups", "files", "store"}
    for path in paths:
        flip(path)
        result = verify(folder, "--json")
        assert result.code == 1, (path, result)
        assert path in result.err, (path, result)
        flip(path)
    for path in (path for path in paths[::3] if "/backups/backups/" not in path):
        os.rename(path, tmp_path / "away")
        result = verify(folder)
        assert result.code == 1 and path in result.err, (path, result)
        os.rename(tmp_path / "away", path)
    os.rename(folder / "backups" / "2", tmp_path / "away")
    result = verify(folder)
    assert result.code == 0 and "backup 2 is not whole" in result.err, result
    os.rename(tmp_path / "away", folder / "backups" / "2")
    result = verify(folder, "--json")
    assert (result.code, result.err) == (0, ""), result
    assert [json.loads(line)["state"] for line in result.out.splitlines()] == ["whole", "whole"]


def test_a_damaged_backup_is_not_restored_and_an_older_one_is(city, tmp_path):
    folder, before = tmp_path / "backups", answers(city)
    create(city, folder)
    city.ok("import", "activity", records(tmp_path / "small.csv", 1, seed=4))
    create(city, folder)
    city.stop()
    flip(glob.glob(f"{folder}/store/private/2/MANIFEST*")[0])
    refused(restore(folder, tmp_path / "home"), 1, "MANIFEST", "--number")
    assert sorted(os.listdir(tmp_path)) == sorted(set(os.listdir(tmp_path)) - {"home"})
    assert not glob.glob(f"{tmp_path}/home*")
    with served(restored(folder, tmp_path / "home", "--number", 1)) as home:
        assert answers(home) == before


@quick
def test_nothing_is_added_where_the_engine_lost_a_backup(city, tmp_path):
    folder = tmp_path / "backups"
    create(city, folder)
    with open(f"{folder}/store/meta/1", "w", encoding="utf-8") as file:
        file.write("x")
    before = files_of(folder)
    refused(city.cli("backup", "create", folder), 1, "number 1", "another")
    assert files_of(folder) == before


@quick
def test_the_list_speaks_the_language_of_its_reader(city, tmp_path):
    folder = tmp_path / "backups"
    create(city, folder)
    words = {}
    for locale in ("zh_CN.UTF-8", "C.UTF-8"):
        for form in ("--table", "--csv"):
            done = subprocess.run([f"{node.BIN}/wuhao", "backup", "list", folder, form],
                                  env=node.ENVIRONMENT | {"LC_ALL": locale}, check=True,
                                  capture_output=True, text=True)
            words[locale, form] = [word for word in ("完好", "whole") if word in done.stdout]
    assert words.pop(("zh_CN.UTF-8", "--table")) == ["完好"]
    assert set(map(tuple, words.values())) == {("whole",)}


@quick
@pytest.mark.parametrize("manifest_too", (False, True))
def test_a_damaged_folder_is_not_taken_for_a_damaged_home(city, tmp_path, manifest_too):
    folder = tmp_path / "backups"
    create(city, folder)
    flip(max(glob.glob(f"{folder}/store/shared*/*.sst"), key=os.path.getsize))
    if manifest_too:
        flip(f"{folder}/backups/1")
    result = city.cli("backup", "create", folder)
    refused(result, 1, str(folder), "number 1 is damaged", "another")
    assert city.home not in result.err
    create(city, tmp_path / "another")


@quick
def test_restore_refuses_a_target_that_holds_something(city, tmp_path):
    folder = tmp_path / "backups"
    create(city, folder)
    refused(restore(folder, city.home), 4, "not an empty folder")
    (tmp_path / "file").write_text("x")
    refused(restore(folder, tmp_path / "file"), 4, "not an empty folder")
    refused(restore(folder, tmp_path / "absent" / "home"), 3)
    refused(restore(folder, tmp_path / "home", "--number", "7"), 3, "number 7")
    assert restore(folder, tmp_path / "home", "--number", "0").code == 2
    assert restore(folder, "").code == 2
    assert not glob.glob(f"{tmp_path}/home*")
    os.mkdir(tmp_path / "home")
    assert restore(folder, tmp_path / "home").code == 0
    assert city.runs() and len(city.rows("list", "activity")) == 30


@quick
def test_create_refuses_a_folder_that_is_not_for_it(city, homes, tmp_path):
    refused(city.cli("backup", "create", city.home), 4, "home")
    refused(city.cli("backup", "create", f"{city.home}/files/backups"), 4, "home")
    os.symlink(city.home, tmp_path / "link")
    refused(city.cli("backup", "create", tmp_path / "link" / "x"), 4, "home")
    refused(city.cli("backup", "create", tmp_path), 4, "something else")
    (tmp_path / "file").write_text("x")
    refused(city.cli("backup", "create", tmp_path / "file"), 4, "not a folder")
    refused(city.cli("backup", "create", tmp_path / "absent" / "backups"), 3)
    assert city.cli("backup", "create", "").code == 2
    other = homes("other", "231182", "五大连池市", "county").init()
    create(other, tmp_path / "others")
    before = files_of(tmp_path / "others")
    refused(city.cli("backup", "create", tmp_path / "others"), 4, "231182")
    assert files_of(tmp_path / "others") == before
    assert not os.path.exists(f"{city.home}/wuhao-backups")


@quick
def test_only_one_backup_at_a_time_is_made_in_a_folder(city, tmp_path):
    folder = tmp_path / "backups"
    create(city, folder)
    with open(folder / "wuhao-backups", "rb") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        refused(city.cli("backup", "create", folder), 1, "another backup")
    assert create(city, folder)["number"] == 2


def test_a_stopped_node_is_backed_up_into_a_relative_folder(city, tmp_path):
    before = answers(city)
    os.mkdir(tmp_path / "here")
    for running in (True, False):
        if not running:
            city.stop()
        done = subprocess.run([os.path.join(node.BIN, "wuhao"), "-C", city.home, "backup", "create",
                               "mine/"], cwd=tmp_path / "here", env=node.ENVIRONMENT,
                              capture_output=True, check=False)
        assert done.returncode == 0, done
    assert [line["number"] for line in listed(tmp_path / "here" / "mine")] == [1, 2]
    with served(restored(tmp_path / "here" / "mine", tmp_path / "home")) as home:
        assert answers(home) == before


@quick
def test_modes_and_files_of_the_home_are_kept(city, tmp_path):
    folder, home = tmp_path / "backups", tmp_path / "home"
    os.makedirs(f"{city.home}/files/文件/empty")
    with open(f"{city.home}/files/文件/a b", "wb") as file:
        file.write(b"\0kept\xff")
    os.chmod(f"{city.home}/files/文件/a b", 0o440)
    with open(f"{city.home}/plugins.d/ledger.yaml", "w", encoding="utf-8") as file:
        file.write("{}\n")
    create(city, folder)
    old = os.umask(0)
    try:
        assert restore(folder, home).code == 0
    finally:
        os.umask(old)
    for path in ("wuhao.yaml", "keys", "keys/node.key", "keys/data.key", "plugins.d",
                 "plugins.d/ledger.yaml", "files", "files/文件", "files/文件/a b",
                 "files/文件/empty", "store", "run"):
        was, now = os.stat(f"{city.home}/{path}"), os.stat(f"{home}/{path}")
        assert stat.filemode(was.st_mode) == stat.filemode(now.st_mode), path
        if stat.S_ISREG(was.st_mode):
            with open(f"{city.home}/{path}", "rb") as one, open(f"{home}/{path}", "rb") as two:
                assert one.read() == two.read(), path
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    for path in glob.glob(f"{folder}/files/*"):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


@quick
def test_start_report(city):
    """L24: the log tells at each start what was found."""
    begun = now()
    city.ok("add", "activity", "--unit", VILLAGE, "date=2025-03-04", "category=law", "subject=x",
            "youth=1")
    city.stop()
    ended = now()
    with served(city):
        found = re.findall(r"start\.report records=(\d+) rows=(\d+) count=(\w+) last_write=(\S+) "
                           r"unreadable=(\S+)", city.log())
    assert found[0] == ("0", "1", "exact", "none", "nothing")
    status_records, rows, how, last, unreadable = found[-1]
    assert (status_records, how, unreadable) == ("31", "exact", "nothing")
    assert int(rows) > 1200 and begun <= last <= ended


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path):
    folder = tmp_path / "disk"
    os.mkdir(folder)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder],
                      check=False).returncode:
        pytest.skip("a small disk can't be mounted")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_leaves_the_earlier_backup_whole(city, small_disk, tmp_path):
    before, folder = answers(city), small_disk / "backups"
    create(city, folder)
    city.ok("import", "activity", records(tmp_path / "big.csv", 10_000, 3, bytes_each=400))
    for _ in range(2):
        refused(city.cli("backup", "create", folder), 1, "full")
        assert [line["number"] for line in listed(folder)] == [1]
        assert verify(folder).code == 0
        free = os.statvfs(small_disk)
        assert free.f_bavail * free.f_frsize > 2 << 20, "a failed backup leaves its rubbish"
    city.ok("import", "activity", records(tmp_path / "one.csv", 1, seed=9))  # the node goes on
    city.stop()
    with served(restored(folder, tmp_path / "home")) as home:
        assert answers(home) == before


def test_a_full_disk_refuses_a_restore_and_leaves_nothing(city, small_disk, tmp_path):
    city.ok("import", "activity", records(tmp_path / "big.csv", 10_000, 3, bytes_each=400))
    create(city, tmp_path / "backups")
    refused(restore(tmp_path / "backups", small_disk / "home"), 1, "full")
    assert os.listdir(small_disk) == []
    refused(restore(tmp_path / "backups", small_disk), 4, "mounted")


def kill_points(folder):
    """Moments in the life of a second backup, each a condition on the folder."""
    return {
        "when the first table file is copied":
            lambda: len(glob.glob(f"{folder}/store/shared_checksum/*")) > kill_points.tables,
        "when the engine has its own part": lambda: glob.glob(f"{folder}/store/private/*[!1]"),
        "when the engine lists it": lambda: glob.glob(f"{folder}/store/meta/*[!1]"),
        "when a file of the home is added": lambda: len(glob.glob(f"{folder}/files/*")) >
            kill_points.files,
    }


@pytest.mark.parametrize("moment", kill_points("").keys())
def test_kill_in_the_middle_of_a_backup_leaves_the_earlier_and_no_half(city, tmp_path, moment):
    folder, before = tmp_path / "backups", answers(city)
    create(city, folder)
    kept = {path: os.stat(path).st_size for path in files_of(folder)}
    kill_points.tables = len(glob.glob(f"{folder}/store/shared_checksum/*"))
    kill_points.files = len(glob.glob(f"{folder}/files/*"))
    big = records(tmp_path / "big.csv", 20_000, 3, bytes_each=200)
    city.ok("import", "activity", big)
    with open(f"{city.home}/files/attachment", "wb") as file:
        file.write(os.urandom(30 << 20))
    words = [os.path.join(node.BIN, "wuhao"), "-C", city.home]
    importing = subprocess.Popen(  # pylint: disable=consider-using-with
        [*words, "import", "activity", records(tmp_path / "more.csv", 20_000, 5, bytes_each=200)],
        env=node.ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    backing = subprocess.Popen(  # pylint: disable=consider-using-with
        [*words, "backup", "create", folder], env=node.ENVIRONMENT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    node.wait_until(kill_points(folder)[moment], 60, moment)
    city.kill()
    backing.wait(10)
    importing.wait(10)
    for path, size in kept.items():
        assert os.stat(path).st_size == size, path
    numbers = [line["number"] for line in listed(folder)]
    assert numbers in ([1], [1, 2]), numbers
    assert verify(folder).code == 0
    with served(restored(folder, tmp_path / "home", "--number", 1)) as home:
        assert answers(home) == before
    with served(city):
        made = create(city, folder)
        assert made["number"] > numbers[-1]
        assert not glob.glob(f"{folder}/**/*.new", recursive=True)
        assert not glob.glob(f"{folder}/**/*.tmp", recursive=True)
        assert verify(folder).code == 0
        count = len(city.rows("list", "activity"))
        assert count == made["records"] and count in (20_030, 40_030)


def test_kill_in_the_middle_of_a_restore_leaves_no_home(city, tmp_path):
    folder, home = tmp_path / "backups", tmp_path / "home"
    city.ok("import", "activity", records(tmp_path / "big.csv", 20_000, 3, bytes_each=400))
    before = answers(city)
    create(city, folder)
    city.stop()
    going = subprocess.Popen(  # pylint: disable=consider-using-with
        [os.path.join(node.BIN, "wuhao"), "restore", folder, "--into", home], env=node.ENVIRONMENT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    node.wait_until(lambda: glob.glob(f"{home}.restoring-*/store/*.sst"), 60, "half a home")
    os.killpg(going.pid, signal.SIGKILL)
    going.wait()
    assert not os.path.exists(home)
    assert glob.glob(f"{home}.restoring-*")
    with served(restored(folder, home)) as again:
        assert answers(again) == before


def test_a_damaged_store_is_refused_unless_the_folder_has_its_file_whole(city, tmp_path):
    folder = tmp_path / "backups"
    city.ok("import", "activity", records(tmp_path / "big.csv", 2000, 3, bytes_each=400))
    create(city, folder)
    city.stop()
    flip(max(glob.glob(f"{city.home}/store/*.sst"), key=os.path.getsize))
    refused(city.cli("backup", "create", tmp_path / "new"), 1, "store is damaged", "home")
    assert listed(tmp_path / "new") == []
    assert create(city, folder)["records"] == 2030  # shares what was copied while it was whole
    assert verify(folder).code == 0
    with served(restored(folder, tmp_path / "home")) as home:
        assert len(home.rows("list", "activity")) == 2030


def test_a_backup_while_records_are_imported_holds_all_of_an_import_or_nothing(city, tmp_path):
    folder = tmp_path / "backups"
    importing = subprocess.Popen(  # pylint: disable=consider-using-with
        [os.path.join(node.BIN, "wuhao"), "-C", city.home, "import", "activity",
         records(tmp_path / "more.csv", 20_000, 5)], env=node.ENVIRONMENT,
        stdout=subprocess.DEVNULL)
    made = []
    while importing.poll() is None or not made:
        made.append(create(city, folder)["records"])
    made.append(create(city, folder)["records"])
    assert importing.returncode == 0
    assert set(made) <= {30, 20_030} and made == sorted(made) and made[-1] == 20_030
    assert verify(folder).code == 0
    shutil.rmtree(folder)
