"""An author with an installed wuhao and an empty folder: a new plugin is written, builds, passes
its test, and serves on a node."""
import os
import subprocess

import pytest

import node

BUILD = os.path.dirname(os.path.normpath(node.BIN))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


@pytest.fixture(name="prefix", scope="module")
def prefix_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    """What `cmake --install` gives, moved once: nothing in it may know where it was."""
    folder = tmp_path_factory.mktemp("install")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", folder / "first"], check=True,
                   stdout=subprocess.DEVNULL)
    os.rename(folder / "first", folder / "prefix")
    return folder / "prefix"


class Author:
    """An empty folder, and the programs of a prefix."""

    def __init__(self, prefix, folder):
        self.prefix, self.folder = prefix, folder
        self.environment = node.ENVIRONMENT | {"PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig"}

    def run(self, *words, **options):
        program = self.prefix / "bin" / "wuhao" if words[0] == "wuhao" else words[0]
        return subprocess.run([str(program), *map(str, words[1:])], cwd=self.folder,
                              env=self.environment, check=False, encoding="utf-8",
                              capture_output=True, timeout=120, **options)

    def ok(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, (words, done)
        return done.stdout

    def new(self, *words):
        return self.ok("wuhao", "plugin", "new", *words)

    def cmake(self, name):
        """Builds it as its README says, but without mercy; gives the one file that it is."""
        flags = " ".join(STRICT)
        self.ok("cmake", "-S", name, "-B", f"{name}/build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                "--no-warn-unused-cli", f"-DCMAKE_C_FLAGS={flags}", f"-DCMAKE_CXX_FLAGS={flags}")
        self.ok("cmake", "--build", f"{name}/build")
        return self.folder / name / "build" / f"{name}.so"

    def one_line(self, name, extension="c"):
        compiler, standard = ("cc", "c11") if extension == "c" else ("c++", "c++17")
        flags = self.ok("pkg-config", "--cflags", "wuhao").split()
        self.ok(compiler, "-shared", "-fPIC", f"-std={standard}", *STRICT, *flags, "-o",
                f"{name}/{name}.so", f"{name}/{name}.{extension}")
        return self.folder / name / f"{name}.so"


@pytest.fixture(name="author")
def author_fixture(prefix, tmp_path):
    return Author(prefix, tmp_path)


def exported(path):
    """The symbols of the file's own code, without those that C++ shares between files."""
    lines = subprocess.run(["nm", "-D", "--defined-only", path], check=True, text=True,
                           capture_output=True).stdout.splitlines()
    return [line.split()[2] for line in lines if line.split()[1] not in "WVu"]


def test_an_install_has_what_an_author_needs(prefix):
    for path in ("include/wuhao/plugin.h", "lib/pkgconfig/wuhao.pc",
                 "lib/cmake/wuhao/wuhaoConfig.cmake", "lib/cmake/wuhao/wuhaoConfigVersion.cmake",
                 "share/wuhao/templates/plugin/c/plugin.c"):
        assert (prefix / path).is_file(), path
    for path in ("lib/pkgconfig/wuhao.pc", "lib/cmake/wuhao/wuhaoConfig.cmake"):
        assert "install" not in (prefix / path).read_text(encoding="utf-8"), "it knows its place"


def test_a_new_plugin_is_written_whole(author):
    made = author.new("visits", "--csv").splitlines()[1:]
    assert sorted(made) == ["visits/CMakeLists.txt", "visits/README.md", "visits/scenario.yaml",
                            "visits/visits.c"]
    for path in made:
        text = (author.folder / path).read_text(encoding="utf-8")
        assert "@" not in text, f"{path}: a placeholder is left"
    source = (author.folder / "visits" / "visits.c").read_text(encoding="utf-8")
    assert '.name = "visit",' in source


@pytest.mark.parametrize("name, words, kind", [
    ("studies", (), "study"), ("classes", (), "classe"), ("chess", (), "chess"),
    ("home-visits", (), "home_visit"), ("visits", ("--kind", "call"), "call")])
def test_the_kind_is_the_singular_of_the_name_or_what_was_asked_for(author, name, words, kind):
    author.new(name, *words)
    source = (author.folder / name / f"{name}.c").read_text(encoding="utf-8")
    assert f'#define METRIC "{kind}_minutes"' in source


def test_what_is_there_is_not_touched(author):
    (author.folder / "visits").mkdir()
    (author.folder / "visits" / "mine").write_text("mine", encoding="utf-8")
    done = author.run("wuhao", "plugin", "new", "visits")
    assert done.returncode == 6 and "it exists, nothing was changed" in done.stderr
    assert [path.name for path in (author.folder / "visits").iterdir()] == ["mine"]


@pytest.mark.parametrize("words, code, why", [
    (("Visits",), 4, "not a name"), (("2visits",), 4, "not a name"), (("a/b",), 4, "not a name"),
    (("v" * 32,), 4, "not a name"), (("sync",), 4, "a command of wuhao has that name"),
    (("visits", "--lang", "rust"), 4, "use c or cpp"),
    (("visits", "--kind", "a-b"), 4, "kind `a-b`: not a name"),
    (("visits", "--dir", "nowhere"), 3, "can't be made")])
def test_what_can_not_be_is_refused_and_nothing_is_left(author, words, code, why):
    done = author.run("wuhao", "plugin", "new", *words)
    assert done.returncode == code and why in done.stderr, done
    assert not any(author.folder.iterdir())


def test_dir_says_where_it_is_made(author):
    (author.folder / "deep").mkdir()
    author.new("visits", "--dir", "deep")
    assert (author.folder / "deep" / "visits" / "visits.c").is_file()


@pytest.mark.parametrize("lang, extension", [("c", "c"), ("cpp", "cpp")])
def test_it_builds_by_cmake_and_by_one_line_without_a_warning(author, lang, extension):
    author.new("visits", "--lang", lang)
    assert exported(author.cmake("visits")) == ["wuhao_plugin"]
    assert author.one_line("visits", extension).is_file()


def test_a_call_into_the_core_fails_when_it_is_linked(author):
    author.new("visits")
    source = author.folder / "visits" / "visits.c"
    text = source.read_text(encoding="utf-8").replace("    (void)metric;",
                                                      "    (void)metric;\n    wh_log_line();")
    source.write_text("void wh_log_line(void);\n" + text, encoding="utf-8")
    author.ok("cmake", "-S", "visits", "-B", "build", f"-DCMAKE_PREFIX_PATH={author.prefix}")
    done = author.run("cmake", "--build", "build")
    assert done.returncode != 0 and "undefined reference to `wh_log_line'" in done.stderr


# ---- The test kit ----

def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(name="visits")
def visits_fixture(author):
    """A new plugin, built: its file, and its scenario."""
    author.new("visits")
    return author.cmake("visits"), author.folder / "visits" / "scenario.yaml"


def plugin_test(author, visits, *words):
    return author.run("wuhao", "plugin", "test", *visits, *words)


@pytest.mark.parametrize("lang", ["c", "cpp"])
def test_its_own_test_passes_as_its_readme_says(author, lang):
    author.new("home-visits", "--lang", lang)
    path = author.cmake("home-visits")
    author.ok("ctest", "--test-dir", "home-visits/build", "--output-on-failure")
    done = plugin_test(author, (path, author.folder / "home-visits" / "scenario.yaml"))
    assert done.returncode == 0 and "steps as expected" in done.stderr, done
    done = plugin_test(author, (path, author.folder / "home-visits" / "scenario.yaml"), "--isolate")
    assert done.returncode == 0, done


def test_what_differs_is_named_with_the_line_that_expects_it(author, visits):
    edit(visits[1], "visit_minutes: 75", "visit_minutes: 76")
    edit(visits[1], "refused: minutes", "refused: person")
    done = plugin_test(author, visits)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "wuhao: plugin visits: 2 differences"
    line = visits[1].read_text(encoding="utf-8").splitlines().index(
        "    expect: {visit_minutes: 76}") + 1
    assert f"  line {line}, visit_minutes: expected `76`, but `75` came" in lines
    assert "refused: expected `person`, but `visit: minutes: 601" in done.stderr


def test_a_rule_that_has_changed_fails_its_test(author, visits):
    edit(author.folder / "visits" / "visits.c", "sum->minutes += minutes;",
         "sum->minutes += 2 * minutes;")
    author.ok("cmake", "--build", "visits/build")
    done = plugin_test(author, visits)
    assert done.returncode == 1 and "expected `75`, but `150` came" in done.stderr, done


def test_without_expectations_it_prints_what_comes(author, visits):
    text = visits[1].read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "expect" not in line and "      - {" not in line]
    visits[1].write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = plugin_test(author, visits, "--csv")
    assert done.returncode == 0, done
    assert "visit_minutes=75" in done.stdout
    assert "records=2 minutes=75 checked=2026-05-20" in done.stdout
    assert "key=quiet severity=warn" in done.stdout


def test_a_broken_scenario_is_refused_with_every_line(author, visits):
    edit(visits[1], "today: 2026-05-20", "today: yesterday")
    edit(visits[1], "  - job: check", "  - jobs: check")
    done = plugin_test(author, visits)
    assert done.returncode == 4 and "did you mean `job`" in done.stderr, done
    assert "`yesterday` is not a date" in done.stderr


def test_a_setting_that_can_not_be_is_refused_with_its_line(author, visits):
    edit(visits[1], "minutes_min: 20", "minutes_min: 2000")
    done = plugin_test(author, visits)
    assert done.returncode == 4 and "scenario:8: setting minutes_min: 2000" in done.stderr, done


def test_a_job_that_fails_leaves_nothing_behind(author, visits):
    """It posts its notice and then fails: all of it or nothing."""
    edit(author.folder / "visits" / "visits.c",
         'return host->key_put(host->self, wh_span_of("checked"), wh_span_of(today), fail);',
         'return host->key_put(host->self, wh_span_of(""), wh_span_of(today), fail);')
    author.ok("cmake", "--build", "visits/build")
    visits[1].write_text("""today: 2026-05-20
units:
  - {code: "2399", name: 示例市, kind: city}
steps:
  - job: check
    refused: key
  - notices:
    expect: []
""", encoding="utf-8")
    done = plugin_test(author, visits)
    assert done.returncode == 0, done


def test_a_plugin_that_crashes_is_named_by_its_signal(author, visits):
    edit(author.folder / "visits" / "visits.c", "    sum->records++;",
         "    sum->records++;\n    *(volatile int *)8 = 0;")
    author.ok("cmake", "--build", "visits/build")
    done = plugin_test(author, visits)
    assert done.returncode == 1 and "ended by signal 11" in done.stderr, done
    done = plugin_test(author, visits, "--isolate")  # the steps after it run all the same
    assert done.returncode == 1 and "differences" in done.stderr, done


# ---- On a node ----

VILLAGE, TOWN = "231182101201", "231182101"
KEY = VILLAGE, "2025Q2", "visit", TOWN, "visit_minutes"


def has_come(city, value):
    return city.metrics(VILLAGE).get(KEY) == value


def test_it_serves_on_a_node_and_is_changed_while_it_runs(pair, author, visits):
    town, city = pair["long-zhen"], pair["city"]
    town.ok("plugin", "enable", visits[0])
    town.ok("add", "visit", "--unit", VILLAGE, "date=2025-05-06", "minutes=30")
    town.ok("add", "visit", "--unit", VILLAGE, "date=2025-05-07", "minutes=45")
    assert town.rows("visits", "total", "--unit", VILLAGE) == [
        {"records": 2, "minutes": 75, "checked": None}]
    node.wait_until(lambda: has_come(city, 75), 60, "the metric arrives at the city")

    edit(author.folder / "visits" / "visits.c", "sum->minutes += minutes;",
         "sum->minutes += 2 * minutes;")
    author.ok("cmake", "--build", "visits/build")
    town.ok("plugin", "reload", "visits")
    node.wait_until(lambda: has_come(city, 150), 60, "it is measured again by the new rule")

    town.ok("plugin", "run", "visits", "check")
    assert town.rows("visits", "total", "--unit", VILLAGE)[0]["checked"] is not None
    town.ok("plugin", "disable", "visits")
    assert has_come(city, 150)  # what it measured stays
    assert town.cli("visits", "total", "--unit", VILLAGE).code != 0
