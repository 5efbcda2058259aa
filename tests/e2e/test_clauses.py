"""Every clause of the plan has a home: a plugin, a command that is there, and a test."""
import importlib.machinery
import importlib.util
import os
import re

import pytest

import node

LOADER = importlib.machinery.SourceFileLoader(
    "clauses", os.path.join(node.ROOT, "tests", "clauses"))
clauses = importlib.util.module_from_spec(importlib.util.spec_from_loader("clauses", LOADER))
LOADER.exec_module(clauses)


def page():
    with open(clauses.PAGE, encoding="utf-8") as file:
        return file.read()


@pytest.mark.quick
def test_every_clause_has_one_row_whose_tests_are_there():
    assert list(clauses.faults(page())) == []


@pytest.mark.quick
def test_a_row_that_is_gone_and_a_test_that_is_not_there_are_found():
    lines = page().splitlines()
    row = next(line for line in lines if line.startswith("| D12 |"))
    gone = "\n".join(line for line in lines if line != row)
    assert list(clauses.faults(gone)) == ["D12: 0 rows, 1 is wanted"]
    wrong = page().replace(row, row.replace("tests/e2e/", "tests/e2e/no_"))
    assert all(fault.startswith("D12: there is no") for fault in clauses.faults(wrong))
    assert list(clauses.not_run(page(), set())) and not list(clauses.not_run(
        page(), {f"{path}::{function}" if function and not path.endswith(".c") else path
                 for _, _, _, tests in clauses.rows(page()) for path, function in tests}))


@pytest.mark.quick
def test_every_command_that_the_table_names_is_there(pair):
    known = set(re.findall(r"^  (\w+(?: \w+)?) {2,}", pair["city"].ok("--help"), re.M))
    named = {command for _, _, commands, _ in clauses.rows(page()) for command in commands}
    assert not named - known
