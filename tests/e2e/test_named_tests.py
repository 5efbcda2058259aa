"""What the page of the link promises to be tested, is: each name in its tables is one of a test."""
import os
import re
import subprocess

import pytest

import node

PAGE = os.path.join("core", "sync", "README.md")
BEGIN, END = "## Promises and their tests", "## Branches"


def read(path):
    with open(os.path.join(node.ROOT, path), encoding="utf-8") as file:
        return file.read()


def named_on(page):
    """The names in the tables' last columns, with what the lines are about."""
    section = page.partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in section.splitlines() if re.match(r"\| \d", line)]
    assert len(lines) > 30, "the tables are not where they were"
    return [(name, line) for line in lines for name in re.findall(r"`([^`]+)`", line)]


def known():
    """Functions and files of tests, and mutants."""
    listed = subprocess.run(["git", "-C", node.ROOT, "ls-files", "-co", "--exclude-standard",
                             "tests"], check=True, capture_output=True, text=True).stdout
    found = set()
    for path in listed.splitlines():
        base = os.path.basename(path)
        if not os.path.exists(os.path.join(node.ROOT, path)):
            continue
        found.add(base[:-len(".patch")] if base.endswith(".patch") else base)
        if path.endswith((".c", ".py")):
            found.update(re.findall(r"^(?:static void|bool|def) (\w+)\(", read(path), re.M))
    return found


def unknown(page):
    names = known()
    return [(name, line) for name, line in named_on(page) if name not in names]


@pytest.mark.quick
def test_every_test_that_the_page_of_the_link_names_is_there():
    assert not unknown(read(PAGE))


@pytest.mark.quick
def test_a_name_that_is_no_test_is_found():
    page = read(PAGE).replace("`cursor_beyond_head`", "`cursor_beyond_tail`")
    assert {name for name, _ in unknown(page)} == {"cursor_beyond_tail"}


@pytest.mark.quick
def test_every_file_that_the_table_of_lessons_names_has_its_test():
    for line in re.findall(r"^\| \d+ \|.*\]\(.*$", read(PAGE), re.M):
        function, path = re.search(r"`(\w+)`", line)[1], re.search(r"\]\(\.\./\.\./(.*)\)", line)[1]
        assert re.search(rf"^[\w ]*\b{function}\(", read(path), re.M), line
