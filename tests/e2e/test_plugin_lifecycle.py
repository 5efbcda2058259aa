"""Plugins on a node, from none to some: what they write, what their settings change, and what of
them stays when they or the node stop."""
import os
import signal

import pytest

import hostile_plugins
import node
from hostile_plugins import TOWN, compiled

HERE = os.path.dirname(os.path.abspath(__file__))
CITY = "2311"


@pytest.fixture(name="city")
def city_fixture(homes):
    city = homes("city", CITY, "黑河市", "city").init().start()
    city.issue()
    return city


@pytest.fixture(name="scribe", params=("isolated", "inside"))
def scribe_fixture(request, city, tmp_path):
    """A city with the plugin that writes, in a process of its own or in the node's."""
    path = compiled(os.path.join(HERE, "scribe_plugin.c"), tmp_path / "scribe.so")
    hostile_plugins.configure(city, "scribe", path, isolate=request.param == "isolated")
    city.ok("plugin", "enable", path)
    return city


def notes(one):
    return {(line["text"], line["state"]) for line in one.rows("list", "note", "--withdrawn")}


def states(one):
    return {line["name"]: line["state"] for line in one.rows("plugin", "list")}


def reason(one, name):
    return next(line["reason"] for line in one.rows("plugin", "list") if line["name"] == name)


@pytest.mark.quick
def test_a_node_without_plugins_serves_and_measures_what_came_before_its_plugin(homes):
    one = homes("city", CITY, "黑河市", "city").init()
    path = os.path.join(one.home, "wuhao.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(node.ENABLE, "enable: []"))
    one.start()
    one.issue()
    assert states(one) == dict.fromkeys(node.ENABLED, "off")
    assert one.rows("status")[0]["notices"] == 0 and one.rows("notices") == []
    assert one.cli("add", "meeting", "--unit", TOWN, "date=2025-03-04").code == 3
    one.ok("plugin", "enable", "ledger")
    one.ok("add", "meeting", "--unit", TOWN, "date=2025-03-04", "purpose=study", "subject=x")
    one.ok("wait", "--synced")
    before = one.metrics(TOWN)
    assert before
    one.ok("plugin", "disable", "ledger")
    assert one.metrics(TOWN) == before, "what was measured stays"
    assert one.cli("list", "meeting").code == 3
    one.ok("plugin", "enable", "ledger")
    assert len(one.rows("list", "meeting")) == 1


def test_what_a_command_writes_is_saved_whole_or_not_at_all(scribe):
    scribe.ok("scribe", "write", "--unit", CITY, "--text", "one")
    assert notes(scribe) == {("one", "current")}
    spoiled = scribe.cli("scribe", "spoil", "--unit", CITY, "--text", "two")
    assert spoiled.code == 1 and "spoiled on purpose" in spoiled.err
    assert notes(scribe) == {("one", "current")}
    twice = scribe.cli("scribe", "write", "--unit", CITY, "--text", "one")
    assert twice.code == 4 and "repeats" in twice.err
    scribe.ok("scribe", "correct", "--unit", CITY, "--text", "better")
    assert notes(scribe) == {("better", "current")}
    record = scribe.rows("list", "note")[0]["id"]
    assert [line["author"] for line in scribe.rows("history", record)] == [
        "root via plugin:scribe"] * 2
    scribe.ok("scribe", "drop", "--unit", CITY)
    assert notes(scribe) == {("better", "withdrawn")}
    assert scribe.cli("scribe", "drop", "--unit", CITY).code == 3


def test_keys_notices_and_jobs_outlive_the_plugin_and_the_node(scribe):
    scribe.ok("plugin", "run", "scribe", "count")
    keys = scribe.rows("scribe", "keys", "--unit", CITY)
    assert [line["key"] for line in keys] == ["slice1", "slice2", "slice3"]
    assert scribe.cli("plugin", "run", "scribe", "nothing").code == 3
    scribe.ok("scribe", "write", "--unit", CITY, "--text", "one")
    node.wait_until(lambda: scribe.rows("notices"), 10, "the notice that rows have changed")
    said = scribe.rows("notices")[0]
    assert (said["plugin"], said["key"], said["text"]) == ("scribe", "changed", "rows have changed")
    assert scribe.rows("status")[0]["notices"] == 1
    scribe.ok("plugin", "disable", "scribe")
    off = scribe.cli("scribe", "keys", "--unit", CITY)
    assert off.code == 1 and "plugin scribe is disabled" in off.err
    scribe.stop()
    scribe.ok("plugin", "enable", "scribe")  # also while the node is stopped
    scribe.start()
    assert states(scribe)["scribe"] == "on"
    assert scribe.rows("scribe", "keys", "--unit", CITY) == keys
    assert scribe.rows("notices") == [said]
    scribe.ok("scribe", "correct", "--unit", CITY, "--text", "better")


def test_a_command_of_a_plugin_that_is_off_says_so_also_after_a_start(scribe):
    scribe.stop()
    scribe.ok("plugin", "disable", "scribe")
    scribe.start()
    assert "scribe" not in states(scribe)  # its file lies in no path: nothing is known of it
    assert scribe.cli("scribe", "keys", "--unit", CITY).code == 2
    assert scribe.cli("plugin", "disable", "ranking").code == 0
    scribe.stop()
    scribe.start()
    refused = scribe.cli("rank", "--level", "county")
    assert refused.code == 1 and "plugin ranking is disabled" in refused.err


@pytest.mark.parametrize("isolate", (True, False))
def test_a_setting_that_changes_has_everything_measured_again(city, tmp_path, isolate):
    city.ok("plugin", "new", "visits", "--dir", tmp_path)
    path = compiled(tmp_path / "visits" / "visits.c", tmp_path / "visits.so")
    hostile_plugins.configure(city, "visits", path, isolate=isolate)
    city.ok("plugin", "enable", path)
    city.ok("unit", "import", os.path.join(node.ROOT, "tests", "data", "heihe-units.csv"))
    city.ok("add", "visit", "--unit", TOWN, "date=2025-05-06", "minutes=12")
    city.ok("wait", "--synced")
    assert [line["value"] for line in city.rows("metrics", "--unit", TOWN)] == [12]
    with open(hostile_plugins.config_of(city, "visits"), "a", encoding="utf-8") as file:
        file.write("settings:\n  minutes_min: 15\n")
    city.process.send_signal(signal.SIGHUP)
    node.wait_until(lambda: city.log().count("config.read") > 0, 10, "config.read")
    city.ok("wait", "--synced")
    assert [line["value"] for line in city.rows("metrics", "--unit", TOWN)] == [0]
    with open(hostile_plugins.config_of(city, "visits"), "a", encoding="utf-8") as file:
        file.write("  minutes_mn: 15\n")
    checked = city.cli("check-config", city.home)
    assert checked.code == 0, "a key that only the plugin knows is checked when it is loaded"
    assert "checked when the plugin is loaded" in checked.err
    refused = city.cli("plugin", "reload", "visits")
    assert refused.code == 1 and "did you mean `minutes_min`" in refused.err
    assert states(city)["visits"] == "on", "the former goes on"
    assert "the former goes on" in reason(city, "visits")
    with open(hostile_plugins.config_of(city, "visits"), encoding="utf-8") as file:
        wrong = file.read()
    with open(hostile_plugins.config_of(city, "visits"), "w", encoding="utf-8") as file:
        file.write(wrong.replace("  minutes_mn: 15\n", ""))
    before = city.log().count("config.read")
    city.process.send_signal(signal.SIGHUP)
    node.wait_until(lambda: city.log().count("config.read") > before, 10, "config.read")
    assert reason(city, "visits") is None, "what is as it was has nothing to say"
    with open(hostile_plugins.config_of(city, "visits"), "w", encoding="utf-8") as file:
        file.write(wrong)
    city.stop()
    city.start()
    assert states(city)["visits"] == "failed"


@pytest.mark.parametrize("isolate", (True, False))
def test_a_setting_that_the_plugin_itself_refuses_leaves_the_former_on(city, tmp_path, isolate):
    source = os.path.join(HERE, "picky_plugin.c")
    path = compiled(source, tmp_path / "picky.so")
    leaning = compiled(source, tmp_path / "leaning.so", "LEANS")
    hostile_plugins.configure(city, "picky", path, isolate=isolate, settings={"word": "first"})
    hostile_plugins.configure(city, "leaning", leaning, isolate=isolate)
    city.ok("plugin", "reload", "picky")
    city.ok("plugin", "reload", "leaning")
    for _ in range(3):  # also again and again
        hostile_plugins.configure(city, "picky", path, isolate=isolate, settings={"word": "bad"})
        refused = city.cli("plugin", "reload", "picky")
        assert refused.code == 1 and "the former goes on" in refused.err, refused
        assert "plugins.d/picky.yaml:4: setting word: not a good word" in refused.err, refused
        assert city.rows("picky") == [{"word": "first"}]
        assert states(city)["picky"] == "on" and states(city)["leaning"] == "on"
    hostile_plugins.configure(city, "picky", path, isolate=isolate, settings={"word": "second"})
    city.ok("plugin", "reload", "picky")
    assert city.rows("picky") == [{"word": "second"}] and reason(city, "picky") is None
    hostile_plugins.configure(city, "picky", path, isolate=isolate, settings={"word": "bad"})
    city.stop()
    city.start()
    assert states(city)["picky"] == "failed" and states(city)["leaning"] == "failed"


@pytest.mark.parametrize("running", (True, False))
def test_a_file_is_named_as_the_shell_names_it(city, tmp_path, monkeypatch, running):
    compiled(os.path.join(HERE, "scribe_plugin.c"), tmp_path / "scribe.so")
    monkeypatch.chdir(tmp_path)
    if not running:
        city.stop()
    city.ok("plugin", "enable", "scribe.so")
    if not running:
        city.start()
    assert states(city)["scribe"] == "on"
    city.ok("plugin", "disable", "scribe")
    city.ok("plugin", "enable", "./scribe.so")
    assert states(city)["scribe"] == "on"
    assert city.cli("plugin", "enable", "./none.so").code == 3


def test_a_plugin_that_ships_keeps_its_name_and_its_place(city, tmp_path):
    path = hostile_plugins.build("hostile/crash.c", tmp_path, "ledger", "IN_COMMAND")
    refused = city.cli("plugin", "enable", path)
    assert refused.code == 1 and "ships with wuhao" in refused.err
    assert states(city)["ledger"] == "on" and not os.path.exists(
        hostile_plugins.config_of(city, "ledger"))
    city.ok("plugin", "disable", "ranking")
    city.ok("plugin", "enable", "ranking")
    line = next(line for line in city.rows("plugin", "list") if line["name"] == "ledger")
    assert line["state"] == "on" and line["version"] != "6.6.6"
    assert "meeting" in {kind["kind"] for kind in city.rows("kinds")}
