"""What a careless operator or an attacker tried once; each must stay refused."""
import resource
import shutil
import socket
import subprocess

import pytest

import node

PLUGINS = node.os.path.join(node.BIN, "..", "lib", "wuhao", "plugins")


def rewrite(one, old, new):
    with open(f"{one.home}/wuhao.yaml", encoding="utf-8") as file:
        text = file.read()
    assert old in text
    with open(f"{one.home}/wuhao.yaml", "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


@pytest.mark.quick
def test_a_store_is_not_opened_for_another_unit(homes):
    town = homes("town", "231102102", "瑷珲镇", "township").init().start()
    town.stop()
    rewrite(town, 'unit: "231102102"', 'unit: "231102102201"')
    with pytest.raises(AssertionError):
        town.start()
    assert "belongs to unit 231102102" in town.log()
    rewrite(town, 'unit: "231102102201"', 'unit: "231102102"')
    town.kill()
    town.start().stop()


@pytest.mark.quick
@pytest.mark.parametrize("args", [("kinds",), ("kinds", "--json"), ("--help",)])
def test_a_result_that_cannot_be_written_is_a_failure(homes, args):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    with open("/dev/full", "wb") as full:
        done = subprocess.run([f"{node.BIN}/wuhao", "-C", city.home, *args], stdout=full,
                              stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("wuhao: ".encode())


@pytest.mark.quick
@pytest.mark.parametrize("size", [64, 500, 2000, 5000, 12000])
def test_a_plugin_that_was_copied_in_part_fails_alone(homes, tmp_path, size):
    city = homes("city", "2311", "黑河市", "city").init()
    shutil.copy(f"{PLUGINS}/ledger.so", tmp_path)
    with open(f"{PLUGINS}/ranking.so", "rb") as whole, open(tmp_path / "ranking.so", "wb") as cut:
        cut.write(whole.read(size))
    city.start(WUHAO_PLUGINS_PATH=str(tmp_path))
    states = {line["name"]: line["state"] for line in city.rows("plugin", "list")}
    assert states["ledger"] == "on" and states["ranking"] == "failed"


@pytest.mark.quick
def test_an_invitation_names_a_unit_that_is_known(homes):
    city = homes("city", "2311", "黑河市", "city", node.free_port()).init().start()
    city.issue()
    assert city.cli("invite", "231190").code == 3
    assert city.cli("invite", "231182").code == 0


def test_a_revoked_member_is_told_so_on_its_live_link(pair):
    county, town = pair["wudalianchi"], pair["long-zhen"]
    county.ok("revoke", "231182101")  # the township has nothing to say, and hears of it
    node.wait_until(lambda: town.rows("sync", "status")[0]["state"] == "refused", 10, "refused")
    assert "took the membership" in town.rows("sync", "status")[0]["reason"]
    lines = {line["peer"]: line for line in county.rows("sync", "status")}
    assert lines["231182101"]["state"] == "down" and lines["231182101"]["pending"] == 0
    assert "no member any more" in lines["231182101"]["reason"]
    assert "waiting" not in lines["231182101"]["reason"]
    waited = town.cli("wait", "--synced", "--timeout", "1")
    assert waited.code != 0 and "refuses this node" in waited.err, waited
    # The operator of the township asks again, and again: each time there is an answer.
    for _ in range(3):
        said = town.cli("sync", "now")
        assert said.code == 0 and "it refused this node" in said.err, said
        node.wait_until(lambda: town.rows("sync", "status")[0]["state"] == "refused", 30, "again")
    assert town.log().rpartition("note=refused")[2].count("note=denied") == 1


@pytest.mark.quick
def test_sync_now_says_what_it_did(pair):
    city, county = pair["city"], pair["wudalianchi"]
    alone = city.cli("sync", "now")
    assert alone.code == 0 and "no parent" in alone.err and "wuhao join" in alone.err
    said = county.cli("sync", "now")
    assert said.code == 0 and "connected to 2311; up since" in said.err
    city.stop()
    node.wait_until(lambda: county.rows("sync", "status")[0]["state"] == "down", 30, "down")
    assert "connecting to 2311 at once" in county.cli("sync", "now").err
    city.start()


def test_idle_connections_do_not_end_the_node(homes):
    port = node.free_port()
    city = homes("city", "2311", "黑河市", "city", port).init()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, soft), hard))
    try:
        city.start()  # with a soft limit that it has to raise
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    opened = []
    try:
        for _ in range(1500):
            opened.append(socket.create_connection(("127.0.0.1", port)))
        assert city.cli("status").code == 0
    finally:
        for one in opened:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert city.runs()


def test_idle_connections_leave_descriptors_to_the_node(homes):
    """The library ends a process that has none left for a local command."""
    port = node.free_port()
    city = homes("city", "2311", "黑河市", "city", port).init().start()
    city.issue()
    county = homes("county", "231182", "五大连池市", "county").init().start()
    token = city.ok("invite", county.unit).strip()
    resource.prlimit(city.process.pid, resource.RLIMIT_NOFILE, (256, 256))
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(400)]
    try:
        for _ in range(5):
            assert city.cli("status").code == 0
        city.ok("unit", "list")
        city.ok("backup", "create", f"{city.home}.backup")
        assert city.log().count("net.full ") == 1
    finally:
        for one in opened:
            one.close()
    county.ok("join", token)
    county.wait_synced()
    assert city.runs() and city.log().count("net.full ") == 1
