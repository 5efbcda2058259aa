"""Files that are no plugin, and wrong declarations: refused before any code of them runs."""
import os
import shutil
import stat
import subprocess

import pytest

import hostile_plugins
import node
from hostile_plugins import answers, build, is_one_clear_line, listed, state, whole_log

SHIPPED = os.path.join(node.BIN, "..", "lib", "wuhao", "plugins")


@pytest.fixture(name="shared_city", scope="module")
def shared_city_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    """A city that serves the ledgers and ranks; the tests of this file share it."""
    one = node.Node(tmp_path_factory.mktemp("files") / "city", "2311", "黑河市", "city")
    try:
        one.init().start().issue()
        yield one
    finally:
        one.kill()


@pytest.fixture(name="city")
def city_fixture(shared_city):
    """The city, alive and without other plugins, whatever the test before has done to it."""
    folder = os.path.join(shared_city.home, "plugins.d")
    for left in os.listdir(folder) if os.path.isdir(folder) else ():
        os.remove(os.path.join(folder, left))
    if not shared_city.runs():
        shared_city.kill()
        shared_city.start()
    yield shared_city


def is_refused(one, path, *words):
    """Enabling it fails with one clear line, and leaves nothing on that was not."""
    name = os.path.basename(path).removesuffix(".so")
    result = one.cli("plugin", "enable", path)
    assert is_one_clear_line(result)
    line = listed(one, name)
    assert line is None or (line["state"] in ("off", "failed")), line
    if line and line["state"] == "failed":
        assert len(line["reason"]) > 15, line
    said = result.err + (line["reason"] or "" if line else "")
    for word in words:
        assert word.lower() in said.lower(), said
    one.cli("plugin", "disable", name)
    answers(one)


# Files.

def elf_of_32_bits(folder):
    path = os.path.join(folder, "narrow.so")
    with open(os.path.join(SHIPPED, "ranking.so"), "rb") as file:
        data = bytearray(file.read())
    data[4] = 1  # EI_CLASS
    with open(path, "wb") as file:
        file.write(data)
    return path


def elf_of_another_machine(folder):
    path = os.path.join(folder, "elsewhere.so")
    with open(os.path.join(SHIPPED, "ranking.so"), "rb") as file:
        data = bytearray(file.read())
    data[18:20] = b"\x16\x00"  # e_machine: S390
    with open(path, "wb") as file:
        file.write(data)
    return path


def program_instead(folder):
    path = os.path.join(folder, "program.so")
    shutil.copy("/bin/true", path)
    return path


def text_instead(folder):
    path = os.path.join(folder, "text.so")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho not a plugin\n" * 100)
    return path


def empty_file(folder):
    path = os.path.join(folder, "empty.so")
    with open(path, "w", encoding="utf-8"):
        return path


def folder_instead(folder):
    path = os.path.join(folder, "folder.so")
    os.mkdir(path)
    return path


def pipe_instead(folder):
    path = os.path.join(folder, "pipe.so")
    os.mkfifo(path, 0o600)
    return path


def library_without_the_symbol(folder):
    path = os.path.join(folder, "silent.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", path], input=b"int silent;",
                   check=True)
    return path


def nothing_at_all(folder):
    return os.path.join(folder, "nothing.so")


@pytest.mark.parametrize("make", (
    elf_of_32_bits, elf_of_another_machine, program_instead, text_instead, empty_file,
    folder_instead, pipe_instead, library_without_the_symbol, nothing_at_all),
    ids=lambda make: make.__name__)
def test_a_file_that_is_no_plugin_is_refused(city, tmp_path, make):
    is_refused(city, make(str(tmp_path)))


@pytest.mark.parametrize("share", (0.01, 0.1, 0.5, 0.9, 0.99))
def test_a_file_that_was_copied_in_part_is_refused(city, tmp_path, share):
    whole = build("hostile/declares.c", tmp_path, "cut")
    os.truncate(whole, int(os.path.getsize(whole) * share))
    is_refused(city, whole)


def test_a_file_with_a_hole_in_it_is_refused(city, tmp_path):
    """Headers and length are right, as after a copy that was interrupted on a sparse disk."""
    path = build("hostile/declares.c", tmp_path, "hole")
    size = os.path.getsize(path)
    with open(path, "r+b") as file:
        file.seek(size // 8)
        file.write(b"\0" * (size * 3 // 4))
    is_refused(city, path)


@pytest.mark.parametrize("bits", (stat.S_IWOTH, stat.S_IWGRP))
def test_a_file_that_others_may_write_to_is_refused(city, tmp_path, bits):
    path = build("hostile/declares.c", tmp_path, "writable")
    os.chmod(path, 0o644 | bits)
    is_refused(city, path, "write")


@pytest.mark.parametrize("isolate", (True, False))
def test_a_file_that_is_overwritten_in_place_changes_nothing_until_it_is_loaded_anew(
        city, tmp_path, isolate):
    name = f"overwritten_{isolate}".lower()
    path = build("hostile/declares.c", tmp_path, name)
    hostile_plugins.configure(city, name, path, isolate=isolate)
    city.ok("plugin", "enable", path)
    assert state(city, name) == "on"
    size = os.path.getsize(path)
    with open(path, "r+b") as file:  # the same inode: what is mapped from it changes
        file.write(b"\0" * size)
    answers(city)
    assert city.cli(name, "go").code == 0
    os.truncate(path, 0)
    assert city.cli(name, "go").code == 0
    city.cli("plugin", "reload", name)  # the former code may go on, but what is wrong is told
    assert len(listed(city, name)["reason"]) > 15
    answers(city)
    city.cli("plugin", "disable", name)
    assert city.runs()


# Declarations: `declares.c` with the fault, and words of which the reason must have one.

# In a process of its own these end it before it can be asked; the reason then says how it ended.
END_ITS_PROCESS = ("size_0", "size_4", "null_items", "many_items", "stride", "null_tests")

WRONG = {
    "abi": (("WRONG=ABI",), "abi"),
    "size_0": (("WRONG=SIZE", "DECLARED_SIZE=0"), "bytes"),
    "size_4": (("WRONG=SIZE", "DECLARED_SIZE=4"), "bytes"),
    "size_huge": (("WRONG=SIZE", "DECLARED_SIZE=0xffffffff"), ""),
    "size_odd": (("WRONG=SIZE", "DECLARED_SIZE=(sizeof(struct wh_plugin)-4)"), ""),
    "no_name": (("WRONG=NO_NAME",), "name"),
    "other_name": (("WRONG=OTHER_NAME",), "name"),
    "no_version": (("WRONG=NO_VERSION",), "version"),
    "command_status": (("WRONG=COMMAND_OF_CORE", 'COMMAND="status"'), "command"),
    "command_rank": (("WRONG=COMMAND_OF_CORE", 'COMMAND="rank"'), "command"),
    "command_of_others": (("WRONG=COMMAND_OF_CORE", 'COMMAND="ledger go"'), "command"),
    "command_null": (("WRONG=COMMAND_OF_CORE", "COMMAND=NULL"), "command"),
    "command_empty": (("WRONG=COMMAND_OF_CORE", 'COMMAND=""'), "command"),
    "need_unknown": (("WRONG=NEEDS", 'NEEDED="no_such_plugin"'), "no_such_plugin"),
    "need_itself": (("WRONG=NEEDS", 'NEEDED="need_itself"'), "need"),
    "need_null": (("WRONG=NULL_NEED",), ""),
    "null_items": (("WRONG=NULL_ITEMS",), "list"),
    "many_items": (("WRONG=MANY",), ""),
    "stride": (("WRONG=STRIDE",), "list"),
    "rule_words": (("WRONG=RULE", 'WHEN="every full moon"'), "every full moon"),
    "rule_hour": (("WRONG=RULE", 'WHEN="daily 25:00"'), "25:00"),
    "rule_zero": (("WRONG=RULE", 'WHEN="every 0m"'), "every 0m"),
    "rule_month": (("WRONG=RULE", 'WHEN="yearly 02-30 03:00"'), ""),
    "setting": (("WRONG=SETTING",), "many"),
    "setting_bounds": (("WRONG=BOUNDS",), "10"),
    "no_measure": (("WRONG=NO_MEASURE",), "measure"),
    "no_fields_to_count": (("WRONG=FORM",), "form"),
    "flags_unknown": (("WRONG=FLAGS_OF_KIND", "KIND_FLAGS=(1u<<30)"), "flags"),
    "from_all_by_quarter": (("WRONG=FLAGS_OF_KIND", "KIND_FLAGS=WH_KIND_FROM_ALL"), "year"),
    "open_without_measure": (
        ("WRONG=FLAGS_OF_KIND", "KIND_FLAGS=WH_KIND_OPEN_METRICS"), "measure"),
    "no_job": (("WRONG=NO_JOB",), "job"),
    "job_twice": (("WRONG=JOB_TWICE",), "job"),
    "kind_twice": (("WRONG=KIND_TWICE",), "kind"),
    "kind_null": (("WRONG=NULL_KIND_NAME",), "kind"),
    "kind_long": (("WRONG=LONG_NAME",), "kind"),
    "null_tests": (("WRONG=NULL_TESTS",), ""),
    "null_choices": (("WRONG=NULL_CHOICES",), "choice"),
    "field_date": (("WRONG=FIELD_NAME", 'FIELD="date"'), "field"),
    "field_unit": (("WRONG=FIELD_NAME", 'FIELD="unit"'), "field"),
    "field_id": (("WRONG=FIELD_NAME", 'FIELD="id"'), "field"),
    "field_null": (("WRONG=FIELD_NAME", "FIELD=NULL"), "field"),
    "field_controls": (("WRONG=FIELD_NAME", 'FIELD="a\\nb"'), "field"),
    "choiceless": (("WRONG=CHOICE_WITHOUT_CHOICES",), "choice"),
}


def wrong_ones():
    for name in WRONG:
        for isolate in (True, False):
            yield pytest.param(name, isolate, id=f"{name}-{'isolated' if isolate else 'inside'}")


@pytest.mark.parametrize("name, isolate", wrong_ones())
def test_a_wrong_declaration_is_refused_before_any_code_of_it_runs(city, tmp_path, name, isolate):
    defines, word = WRONG[name]
    path = build("hostile/declares.c", tmp_path, name, *defines)
    hostile_plugins.configure(city, name, path, isolate=isolate)
    is_one_clear_line(city.cli("plugin", "enable", path))
    line = listed(city, name)
    assert line and line["state"] == "failed" and len(line["reason"]) > 15, line
    if not isolate or name not in END_ITS_PROCESS:
        assert word.lower() in line["reason"].lower(), line
    assert "hostile.opened" not in "".join(
        text for text in whole_log(city).splitlines() if f"={name} " in text)
    is_one_clear_line(city.cli(name, "go"))
    assert city.cli("plugin", "disable", name).code == 0
    os.remove(hostile_plugins.config_of(city, name))
    answers(city)


def test_a_kind_that_the_programme_has_stays_the_ledgers(city, tmp_path):
    path = build("hostile/declares.c", tmp_path, "usurper", "WRONG=KIND_OF_OTHERS")
    before = city.ok("kind", "meeting")
    is_refused(city, path, "meeting")
    assert city.ok("kind", "meeting") == before
    hostile_plugins.add_meeting(city, "仍在")


def test_the_same_declaration_without_a_fault_loads(city, tmp_path):
    """Else the tests above would pass for a node that refuses everything."""
    city.ok("plugin", "enable", build("hostile/declares.c", tmp_path, "harmless"))
    assert state(city, "harmless") == "on"
    assert "hostile.opened" in whole_log(city)
    city.ok("plugin", "disable", "harmless")


def test_plugins_that_need_each_other_both_fail_and_name_it(city, tmp_path):
    for name, other in (("hen", "egg"), ("egg", "hen")):
        path = build("hostile/declares.c", tmp_path, name, "WRONG=NEEDS", f'NEEDED="{other}"')
        hostile_plugins.configure(city, name, path)
    assert is_one_clear_line(city.cli("plugin", "reload", "hen"))
    for name, other in (("hen", "egg"), ("egg", "hen")):
        line = listed(city, name)
        assert line["state"] == "failed" and other in line["reason"], line
    assert state(city, "ledger") == "on" and state(city, "ranking") == "on"
    for name in ("hen", "egg"):
        city.ok("plugin", "disable", name)
        os.remove(hostile_plugins.config_of(city, name))
    answers(city)
