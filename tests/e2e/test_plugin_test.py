"""`wuhao plugin test` keeps for a plugin what a node would keep: what it wrote, and nothing of what
failed."""
import os
import subprocess

import pytest

import node

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(node.ROOT, "core", "include")
SCENARIO = os.path.join(HERE, "scribe.yaml")


@pytest.fixture(name="scribe", scope="module")
def scribe_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    path = tmp_path_factory.mktemp("scribe") / "scribe.so"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared",
                    "-fPIC", "-I", INCLUDE, "-o", path, os.path.join(HERE, "scribe_plugin.c")],
                   check=True)
    return path


def run_scenario(scribe, folder, text):
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return node.run("wuhao", "plugin", "test", scribe, path)


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


def test_a_command_gets_its_arguments_checked(scribe, tmp_path):
    done = run_scenario(scribe, tmp_path, HEAD + "  - run: scribe write\n")
    assert done.code == 1 and "unit" in done.err, done


def test_a_file_that_is_no_plugin_is_refused(tmp_path):
    path = tmp_path / "no.so"
    path.write_bytes(b"no")
    done = run_scenario(path, tmp_path, HEAD + "  - notices:\n")
    assert done.code == 4 and "not a whole shared object" in done.err, done


def test_nothing_is_left_behind(scribe, tmp_path):
    environment = node.ENVIRONMENT | {"TMPDIR": str(tmp_path)}
    subprocess.run([os.path.join(node.BIN, "wuhao"), "plugin", "test", scribe, SCENARIO],
                   env=environment, check=True, capture_output=True)
    assert not list(tmp_path.iterdir())
