"""`wuhao plugin test` keeps for a plugin what a node would keep: what it wrote, and nothing of what
failed."""
import os
import re
import subprocess

import pytest

import node

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(node.ROOT, "core", "include")
SCENARIO = os.path.join(HERE, "scribe.yaml")


def compiled(folder, name):
    path = folder / f"{name}.so"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared",
                    "-fPIC", "-I", INCLUDE, "-o", path, os.path.join(HERE, f"{name}_plugin.c")],
                   check=True)
    return path


@pytest.fixture(name="scribe", scope="module")
def scribe_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    return compiled(tmp_path_factory.mktemp("scribe"), "scribe")


@pytest.fixture(name="gauge", scope="module")
def gauge_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    return compiled(tmp_path_factory.mktemp("gauge"), "gauge")


@pytest.fixture(name="marks", scope="module")
def marks_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    return compiled(tmp_path_factory.mktemp("marks"), "marks")


def run_scenario(plugin, folder, text, *words):
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return node.run("wuhao", "plugin", "test", plugin, path, *words)


HEAD = """today: 2026-05-20
units:
  - {code: "23", name: 市, kind: city}
steps:
"""


@pytest.mark.quick
@pytest.mark.parametrize("place", [(), ("--isolate",)])
def test_what_a_plugin_writes_is_kept_and_what_fails_is_not(scribe, place):
    done = node.run("wuhao", "plugin", "test", scribe, SCENARIO, *place)
    assert done.code == 0, done


def test_the_same_scenario_gives_the_same_lines(scribe):
    first, second = (node.run("wuhao", "plugin", "test", scribe, SCENARIO, "--json")
                     for _ in range(2))
    assert first.out == second.out and first.out


def test_a_unit_that_is_not_there_is_named(scribe, tmp_path):
    done = run_scenario(scribe, tmp_path, HEAD + """  - add: note
    unit: "24"
    fields: {date: 2026-05-20, text: a}
""")
    assert done.code == 4 and "the unit 24 is not among `units`" in done.err, done


def test_fewer_rows_than_expected_are_told_with_the_step(scribe, tmp_path):
    done = run_scenario(scribe, tmp_path, HEAD + """  - records: note
    unit: "23"
    expect: {text: a}
""")
    assert done.code == 1
    assert "  line 5, records note: expected 1 row, but 0 came" in done.err.splitlines(), done


def test_what_came_is_shown_where_it_differs(gauge, tmp_path):
    done = run_scenario(gauge, tmp_path, HEAD + reading(5) + metrics("reading_sum: 6"))
    assert done.code == 1 and "expected `6`, but `5` came" in done.err, done
    assert "reading_sum=5 reading_left=0" in done.out, done


def test_a_command_gets_its_arguments_checked(scribe, tmp_path):
    done = run_scenario(scribe, tmp_path, HEAD + "  - run: scribe write\n")
    assert done.code == 1 and "unit" in done.err, done


def test_a_file_that_is_no_plugin_is_refused(tmp_path):
    path = tmp_path / "no.so"
    path.write_bytes(b"no")
    done = run_scenario(path, tmp_path, HEAD + "  - notices:\n")
    assert done.code == 4 and "not a whole shared object" in done.err, done
    assert len(done.err.splitlines()) == 1, "it is said once"


def test_nothing_is_left_behind(scribe, tmp_path):
    environment = node.ENVIRONMENT | {"TMPDIR": str(tmp_path)}
    subprocess.run([os.path.join(node.BIN, "wuhao"), "plugin", "test", scribe, SCENARIO],
                   env=environment, check=True, capture_output=True)
    assert not list(tmp_path.iterdir())


# ---- Turns and cells: gauge_plugin.c says what was done with it ----

def reading(value, day="2026-05-20"):
    return f"""  - add: reading
    unit: "23"
    fields: {{date: {day}, value: {value}, note: "of {value}"}}
"""


def metrics(expected, quarter="2026Q2"):
    return f"""  - metrics: reading
    unit: "23"
    quarter: {quarter}
    expect: {{{expected}}}
"""


@pytest.mark.parametrize("place", [(), ("--isolate",)])
def test_a_key_that_a_failed_command_put_is_not_seen_afterwards(gauge, tmp_path, place):
    done = run_scenario(gauge, tmp_path, HEAD + reading(1) + """  - run: gauge spoil
    refused: spoiled on purpose
""" + metrics("reading_sum: 1, reading_left: 0"), *place)
    assert done.code == 0, done


def test_a_metric_that_is_not_set_any_more_is_0_again(gauge, tmp_path):
    done = run_scenario(gauge, tmp_path, HEAD + """  - run: gauge enter
    with: {field: value, text: "5"}
""" + metrics("reading_sum: 5") + """  - run: gauge edit
    with: {field: value, text: "0"}
""" + metrics("reading_sum: 0") + """  - run: gauge figures
    expect:
      - {name: reading_sum, value: 0}
      - {name: reading_left, value: 0}
""")
    assert done.code == 0, done


def test_a_measure_that_fails_leaves_no_figures(gauge, tmp_path):
    """It sets one and fails then: nothing of it is kept, and what was there before stays."""
    done = run_scenario(gauge, tmp_path, HEAD + reading(13) + metrics("reading_sum: 0")
                        + "  - run: gauge figures\n    expect: []\n"
                        + reading(-9) + metrics("reading_sum: 4")
                        + reading(9) + metrics("reading_sum: 4"))
    assert done.code == 1, done
    assert "expected" not in done.err and done.err.count("thirteen") >= 3, done


def test_a_cell_without_records_or_figures_gets_no_row(gauge, tmp_path):
    """The first quarter's reading bears on the second too, where it leaves nothing."""
    done = run_scenario(gauge, tmp_path, HEAD + reading(0, "2026-02-01") + """  - run: gauge figures
    expect:
      - {name: reading_sum, value: 0}
      - {name: reading_left, value: 0}
""" + metrics("reading_sum: 0"))
    assert done.code == 0, done


def test_each_cell_is_measured_once_a_step(gauge, tmp_path):
    count = "  - run: gauge calls\n    expect: {value: %d}\n"
    done = run_scenario(gauge, tmp_path, HEAD + reading(1) + reading(2) + count % 1
                        + count % 1 + reading(3, "2026-02-01") + count % 2 + count % 2)
    assert done.code == 0, done


def test_a_changed_row_is_told_once(gauge, tmp_path):
    """A row is of its records too: another version of one makes another row, with the same sum."""
    count = "  - run: gauge changes\n    expect: {value: %d}\n"
    done = run_scenario(gauge, tmp_path, HEAD + """  - run: gauge enter
    with: {field: value, text: "5"}
""" + count % 1 + count % 0 + """  - run: gauge edit
    with: {field: note, text: said later}
""" + count % 1 + metrics("reading_sum: 5") + count % 0)
    assert done.code == 0, done


# ---- The same as on a node ----

CALLS = (
    (("enter", "--field", "value", "--text", "5"), None),
    (("enter", "--field", "value", "--text", "5", "--day", "999999999"),
     "date: `999999999` is not a date"),
    (("enter", "--field", "valu", "--text", "5"), "valu: kind reading has no such field"),
    (("enter", "--field", "value", "--text", "6"), "record: repeats the record"),
    (("edit",), "no field was given"),
    (("edit", "--field", "date", "--text", "never"), "date: `never` is not a date"),
    (("edit", "--field", "value", "--text", "x"), "value: "),
    (("withdraw",), None),
    (("withdraw",), "it is already withdrawn"),
    (("edit", "--field", "value", "--text", "7"), "it is already withdrawn"),
    (("edit",), "no field was given"),
)


def step(words, refused=""):
    arguments = ", ".join(f"{name[2:]}: \"{text}\"" for name, text in zip(words[1::2], words[2::2]))
    return (f"  - run: gauge {words[0]}\n    with: {{{arguments}}}\n"
            + (f"    refused: \"{refused}\"\n" if refused else ""))


def test_what_is_refused_is_refused_on_a_node_in_the_same_words(gauge, homes, tmp_path):
    one = homes("city", "23", "市", "city").init().start()
    one.ok("plugin", "enable", gauge)
    rows = ""
    for words, part in CALLS:
        done = one.cli("gauge", *words)
        assert part in done.err if part else done.code == 0, done
        said = done.err.removeprefix("wuhao: ").strip()
        rows += step(words, re.sub(r"[0-9A-Z]{26}.*", "", said))  # ids differ
    done = run_scenario(gauge, tmp_path, HEAD + rows)
    assert done.code == 0, done


@pytest.mark.quick
@pytest.mark.parametrize("place", [(), ("--isolate",)])
def test_open_and_yearly_metrics_and_those_of_all_records_are_measured_as_on_a_node(
        marks, homes, place):
    done = node.run("wuhao", "plugin", "test", marks, os.path.join(HERE, "marks.yaml"), *place)
    assert done.code == 1 and "t99" in done.err and done.err.count("line ") == 1, done
    city = homes("city", "23", "市", "city").init().start()
    city.ok("plugin", "enable", marks)
    for kind, date, item, points in (("mark", "2026-05-06", "t15", "2.50"),
                                     ("mark", "2026-02-06", "t44", "1"),
                                     ("mark", "2025-12-06", "t15", "4"),
                                     ("note", "2026-04-06", "a", "1"),
                                     ("note", "2025-04-06", "a", "1")):
        city.ok("add", kind, "--unit", "23", f"date={date}", f"item={item}", f"points={points}")
    city.ok("wait", "--synced")
    found = {(quarter, facet, metric): value for year in (2025, 2026) for
             (_, quarter, facet, _, metric), value in city.metrics("23", year).items()
             if facet != "presence"}
    assert found == {("2026Q1", "mark", "t15"): 250, ("2026Q1", "mark", "t44"): 100,
                     ("2025Q1", "mark", "t15"): 400, ("2026Q2", "note", "notes"): 1,
                     ("2025Q2", "note", "notes"): 1, ("2026Q1", "all", "of.all"): 3,
                     ("2025Q1", "all", "of.all"): 2}
