"""What all end-to-end tests share: nodes that are started once and killed afterwards."""
import os

import pytest

import node


def pytest_configure(config):
    config.addinivalue_line("markers", "quick: runs in `tools/test quick` too")


def pytest_runtest_logreport(report):
    """Whoever sets WUHAO_RAN gets a list of the tests that passed (tests/clauses reads it)."""
    path = os.environ.get("WUHAO_RAN")
    if path and report.when == "call" and report.passed:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"passed {report.nodeid}\n")


@pytest.fixture(name="programs", scope="session")
def programs_fixture():
    for name in ("wuhaod", "wuhao"):
        path = os.path.join(node.BIN, name)
        assert os.access(path, os.X_OK), f"{path} is not built (or set WUHAO_BIN)"


@pytest.fixture(name="homes")
def homes_fixture(tmp_path, programs):  # pylint: disable=unused-argument
    """homes(name, unit, title, kind, port=None) -> a Node, not yet made; all are killed at last."""
    made = []

    def homes(name, unit="231182108", title="朝阳山镇", kind="township", port=None):
        made.append(node.Node(tmp_path / name, unit, title, kind, port))
        return made[-1]
    yield homes
    for one in made:
        one.kill()


@pytest.fixture(name="trees")
def trees_fixture(tmp_path, programs):  # pylint: disable=unused-argument
    """trees(names=None) -> a Tree that serves, joined and with a programme."""
    made = []

    def trees(names=None):
        made.append(node.Tree(tmp_path, names))
        return made[-1].build()
    yield trees
    for tree in made:
        tree.close()


@pytest.fixture(name="pair", scope="module")
def pair_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    """A Tree of city, county and township that the tests of one file share."""
    tree = node.Tree(tmp_path_factory.mktemp("pair"), ("city", "wudalianchi", "long-zhen"))
    try:
        yield tree.build()
    finally:
        tree.close()
