"""The page to read first leads through the code: seven steps, each a file and a function."""
import os
import re

import pytest

import node

PAGE = os.path.join(node.ROOT, "core", "README.md")
STEP = r"\[[^\]]+\]\(([^)\s]+\.c)\)[^`\[]*`(wh_\w+|\w+)\(\)`"


def steps():
    """[(number, text)] of the numbered list about the life of a record."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    return re.findall(r"^(\d+)\. ((?:.+\n?)(?:^ +\S.*\n?)*)", text, re.M)


@pytest.mark.quick
def test_the_life_of_a_record_has_seven_steps():
    assert [number for number, _ in steps()][:7] == [str(n) for n in range(1, 8)]


@pytest.mark.quick
def test_every_step_names_a_file_and_a_function_in_it():
    for number, text in steps():
        found = re.findall(STEP, text)
        assert found, f"step {number} names no file and function: {text}"
        for path, function in found:
            with open(os.path.join(os.path.dirname(PAGE), path), encoding="utf-8") as file:
                defined = re.search(rf"^(?:[\w*]+ )*\**{function}\(", file.read(), re.M)
            assert defined, (path, function)


@pytest.mark.quick
def test_every_file_of_a_step_can_be_read_in_one_sitting():
    for _, text in steps():
        for path, _ in re.findall(STEP, text):
            with open(os.path.join(os.path.dirname(PAGE), path), encoding="utf-8") as file:
                assert sum(1 for _ in file) <= 500
