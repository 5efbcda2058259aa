"""The power comes back everywhere at once (the link's promise 8): one parent, 1,000 children.

The children are links, keys and connections of the real code without stores, in few processes
(tests/bench/children.c); the parent is a real node.
"""
import os
import sys
import threading
import time

import pytest

import node

sys.path.insert(0, os.path.join(node.ROOT, "tests", "bench"))

import crowd  # noqa: E402  pylint: disable=wrong-import-position
from door import Door  # noqa: E402  pylint: disable=wrong-import-position

CHILDREN, BACK_S, ANSWER_S = 1000, 60, 5
LIMITS = {"seconds": BACK_S, "mib": 1024}


@pytest.fixture(name="parent")
def parent_fixture(homes, tmp_path):
    """A city whose 1,000 townships are its members and have settled."""
    units = crowd.codes(CHILDREN)
    crowd.write_units(tmp_path / "units.csv", units)
    city = homes("city", crowd.places.CITY, "量度市", "city", node.free_port()).init().start()
    city.ok("unit", "import", tmp_path / "units.csv")
    door = Door(city.home)
    tokens = [door.ask("invite", code=unit)[0][0] for unit in units]
    door.close()
    children = crowd.Crowd(tokens)
    try:
        for word in ("enrol", "settle", "row"):
            children.do(word, city.process.pid, LIMITS)
        yield city, children, units
    finally:
        children.close()


def answers_until(done, city, took):
    """Asks for the status again and again, as a person beside the node would."""
    while not done.is_set():
        begin = time.monotonic()
        assert city.cli("status").code == 0
        took.append(time.monotonic() - begin)


def figures(city):
    lines = city.rows("metrics", "--unit", city.unit, "--year", node.YEAR, "--under")
    return {line["unit"]: line["value"] for line in lines if line["metric"] == "cases"}


def test_promise_08_a_thousand_children_return_at_once(parent):
    city, children, units = parent
    before = figures(city)
    assert set(before) == set(units) and len(set(before.values())) == 1
    children.begin("row")  # one more of each, and the power fails while they come in
    node.wait_until(lambda: figures(city) != before, 30, "the first of the new rows")
    city.kill()
    city.start()
    done, took, begin = threading.Event(), [], time.monotonic()
    wait = node.in_background(answers_until, done, city, took)
    children.end(city.process.pid, LIMITS)
    children.do("settle", city.process.pid, LIMITS)
    back_s = time.monotonic() - begin
    done.set()
    wait()
    print(f"all back in {back_s:.1f} s, {len(took)} answers, the latest after {max(took):.2f} s")
    assert back_s < BACK_S and max(took) < ANSWER_S
    up = {row["peer"] for row in city.rows("sync", "status") if row["state"] == "up"}
    assert up == set(units)
    assert figures(city) == {unit: value + 1 for unit, value in before.items()}
