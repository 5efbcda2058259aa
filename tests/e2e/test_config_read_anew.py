"""SIGHUP reads the config anew: plugins come and go, faults change nothing."""
import signal

import pytest

import node


def rewrite(one, old, new):
    path = f"{one.home}/wuhao.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert old in text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def hang_up(one, event):
    """Sends SIGHUP and waits until the log tells of it once more."""
    before = one.log().count(event)
    one.process.send_signal(signal.SIGHUP)
    node.wait_until(lambda: one.log().count(event) > before, 10, event)


def plugins(one):
    return {line["name"]: line["state"] for line in one.rows("plugin", "list")}


@pytest.mark.quick
def test_a_plugin_leaves_and_comes_back_while_the_node_serves(homes):
    one = homes("city", "2311", "黑河市", "city").init().start()
    one.issue()
    rewrite(one, node.ENABLE, 'enable: ["ledger"]')
    hang_up(one, "config.read")
    assert plugins(one) == {name: "on" if name == "ledger" else "off" for name in node.ENABLED}
    refused = one.cli("rank", "--level", "county")
    assert refused.code == 1 and "plugin ranking is disabled" in refused.err
    rewrite(one, 'enable: ["ledger"]', node.ENABLE)
    hang_up(one, "config.read")
    assert plugins(one) == dict.fromkeys(node.ENABLED, "on")
    assert one.cli("rank", "--level", "county", "--year", node.YEAR).code == 0


@pytest.mark.quick
def test_a_config_with_a_fault_changes_nothing(homes):
    one = homes("city", "2311", "黑河市", "city").init().start()
    rewrite(one, node.ENABLE, 'enabel: ["ledger"]')
    hang_up(one, "config.refused")
    assert plugins(one) == dict.fromkeys(node.ENABLED, "on")
    one.stop()
