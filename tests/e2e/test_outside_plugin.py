"""A plugin of forty lines, built with the public header alone, adds a kind to a running node."""
import os
import subprocess

import pytest

import node

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "outside_plugin.c")
INCLUDE = os.path.join(node.ROOT, "core", "include")
TOWN, VILLAGE = "231182101", "231182101201"


@pytest.fixture(name="plugin")
def plugin_fixture(tmp_path):
    """The built plugin, in a folder that has nothing else of ours."""
    path = tmp_path / "outside.so"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared",
                    "-fPIC", "-I", INCLUDE, "-o", path, SOURCE], check=True, cwd=tmp_path)
    return path


def state_of(one, name):
    return next(line["state"] for line in one.rows("plugin", "list") if line["name"] == name)


def test_the_plugin_is_short_and_includes_one_header_of_ours():
    with open(SOURCE, encoding="utf-8") as file:
        text = file.read()
    assert len(text.splitlines()) <= 40
    assert [line for line in text.splitlines() if line.startswith("#include")] == [
        "#include <wuhao/plugin.h>"]


def test_it_is_loaded_by_the_config_adds_a_kind_and_a_command_and_is_left_again(pair, plugin):
    town, city = pair["long-zhen"], pair["city"]
    plugins = os.path.join(node.BIN, "..", "lib", "wuhao", "plugins")
    town.stop()
    town.start(WUHAO_PLUGINS_PATH=f"{plugins},{plugin.parent}",
               WUHAO_PLUGINS_ENABLE="ledger,ranking,outside")
    assert state_of(town, "outside") == "on"
    assert "outside_visit" in {line["kind"] for line in town.rows("kinds")}

    town.ok("add", "outside_visit", "--unit", VILLAGE, "date=2025-05-06", "minutes=25")
    town.ok("add", "outside_visit", "--unit", VILLAGE, "date=2025-06-06", "minutes=35")
    refused = town.cli("add", "outside_visit", "--unit", VILLAGE, "date=2025-06-06", "minutes=-1")
    assert refused.code == 4
    assert town.rows("outside", "minutes", "--unit", VILLAGE) == [{"minutes": 60}]
    pair.wait_synced()
    key = VILLAGE, "2025Q2", "outside_visit", TOWN, "outside_minutes"
    assert town.metrics(VILLAGE)[key] == 60
    assert city.metrics(VILLAGE)[key] == 60  # which never saw the plugin

    town.stop()
    town.start()
    assert "outside" not in {line["name"] for line in town.rows("plugin", "list")}
    assert town.metrics(VILLAGE)[key] == 60  # what it measured stays
