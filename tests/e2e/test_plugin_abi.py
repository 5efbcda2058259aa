"""What plugins that are built already rely on: layout, the lone header, the lone symbol."""
import glob
import os
import re
import shutil
import subprocess

import pytest

import hostile_plugins
import node
from hostile_plugins import INCLUDE, SOURCES, VILLAGE

ABI_1_0 = os.path.join(SOURCES, "abi_1_0")
LAYOUT = os.path.join(SOURCES, "layout.c")
COMPILERS = (("gcc", "c", "c11"), ("clang", "c", "c11"), ("g++", "c++", "c++17"),
             ("clang++", "c++", "c++17"))
MAKE_LAYOUT = os.path.join(SOURCES, "make_layout")

# What abidiff may not say of a header and the one before it.
BROKEN = r"member deletion|offset changed|return type changed|type name changed|removed|" \
    r"parameter \d+ of type '[^\n]*' (?!has sub-type changes|was added)|was added"


def compiles(compiler, source, include=INCLUDE):
    program, language, standard = compiler
    done = subprocess.run([program, "-x", language, f"-std={standard}", *hostile_plugins.WARNINGS,
                           "-I", include, "-fsyntax-only", source], capture_output=True, text=True,
                          check=False)
    assert done.returncode in (0, 1), done
    return done.returncode == 0, done.stderr


def table(include):
    """{"STRUCT": (size,), "STRUCT.MEMBER": (offset, size)}"""
    said = subprocess.run([MAKE_LAYOUT, "--table", include], check=True, capture_output=True,
                          text=True).stdout
    return {line.split()[0]: tuple(map(int, line.split()[1:])) for line in said.splitlines()}


def changed_header(folder, old, new, include=INCLUDE):
    """A copy of the header in which one line is another."""
    path = os.path.join(folder, "wuhao", "plugin.h")
    os.makedirs(os.path.dirname(path))
    with open(os.path.join(include, "wuhao", "plugin.h"), encoding="utf-8") as file:
        text = file.read()
    assert text.count(old) == 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))
    return folder


@pytest.mark.quick
@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda compiler: compiler[0])
def test_every_struct_lies_as_it_was_pinned(compiler):
    good, said = compiles(compiler, LAYOUT)
    assert good, said


@pytest.mark.quick
def test_the_pinned_layout_is_that_of_the_header():
    done = subprocess.run([MAKE_LAYOUT, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done


def test_a_member_that_moves_does_not_compile(tmp_path):
    include = changed_header(str(tmp_path), "    uint32_t year;\n    uint32_t quarter_of_year; "
                             "/* 1..4 */\n", "    uint32_t quarter_of_year;\n    uint32_t year;\n")
    good, said = compiles(COMPILERS[0], LAYOUT, include)
    assert not good and "wh_cell.year" in said


@pytest.mark.quick
def test_what_abi_1_0_had_is_where_it_was():
    old, new = table(ABI_1_0), table(INCLUDE)
    def where(name):
        """Its place; one that was reserved may have a name by now, at the same place."""
        struct = name.split(".")[0] + "."
        named = [new[other] for other in new if other.startswith(struct) and other not in old]
        if name.endswith(".reserved") and name not in new and old[name] in named:
            return old[name]
        return new.get(name)

    moved = {name: (place, where(name)) for name, place in old.items()
             if "." in name and where(name) != place}
    assert not moved
    assert all(new[name] >= place for name, place in old.items() if "." not in name)
    # Structs that lie in the caller's memory without size or stride must not grow at all.
    fixed = ("wh_span", "wh_list", "wh_title", "wh_value", "wh_failure", "wh_named_value",
             "wh_cell", "wh_standing_query", "wh_record_view", "wh_standing", "wh_explained")
    assert all(new[name] == old[name] for name in fixed)


def abidiff(folder, old, new):
    """What abidiff says of a plugin compiled with one header and with the other."""
    libraries = []
    for i, include in enumerate((old, new)):
        path = os.path.join(folder, f"seen_{i}.so")
        subprocess.run(["cc", "-std=c11", "-g", "-shared", "-fPIC", "-I", include, "-o", path,
                        os.path.join(SOURCES, "built_for_1_0.c")], check=True)
        libraries.append(path)
    return subprocess.run(["abidiff", *libraries], capture_output=True, text=True,
                          check=False).stdout


@pytest.mark.skipif(not shutil.which("abidiff"), reason="abigail-tools is not installed")
def test_abidiff_finds_nothing_but_growth_at_the_end(tmp_path):
    said = abidiff(str(tmp_path), ABI_1_0, INCLUDE)
    assert "data member insertions" in said  # it does look into the structs
    assert not re.search(BROKEN, said), said


@pytest.mark.skipif(not shutil.which("abidiff"), reason="abigail-tools is not installed")
@pytest.mark.parametrize("old, new", [
    ("    uint32_t (*year_now)(struct wh_host_self *self);\n", ""),
    ("uint32_t (*year_now)(struct wh_host_self *self);",
     "void (*year_now)(struct wh_host_self *s);"),
    ("    int (*metric_set)(struct wh_host_self *self, struct wh_span metric, int64_t value,\n",
     "    int (*metric_set)(struct wh_host_self *self, struct wh_span metric, int32_t value,\n"),
], ids=("gone", "returns", "takes"))
def test_abidiff_sees_what_offsets_do_not(tmp_path, old, new):
    include = changed_header(str(tmp_path / "changed"), old, new)
    assert re.search(BROKEN, abidiff(str(tmp_path), ABI_1_0, include))


@pytest.mark.quick
@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda compiler: compiler[0])
@pytest.mark.parametrize("text", ["#include <wuhao/plugin.h>\n",
                                  "#include <wuhao/plugin.h>\n#include <wuhao/plugin.h>\n",
                                  "#include <wuhao/plugin.h>\n#include <stdio.h>\n",
                                  "#include <stdlib.h>\n#include <wuhao/plugin.h>\n"],
                         ids=("alone", "twice", "first", "last"))
def test_the_header_compiles(tmp_path, compiler, text):
    source = tmp_path / f"sees.{compiler[1]}"
    source.write_text(text + "int seen(void);\nint seen(void) { return (int)WH_ABI; }\n")
    good, said = compiles(compiler, str(source))
    assert good, said


@pytest.mark.quick
def test_every_plugin_that_ships_exports_one_symbol():
    shipped = glob.glob(os.path.join(node.BIN, "..", "lib", "wuhao", "plugins", "*.so"))
    assert len(shipped) >= 2
    for path in shipped:
        said = subprocess.run(["nm", "-D", "--defined-only", path], check=True,
                              capture_output=True, text=True).stdout
        ours = {line.split()[-1] for line in said.splitlines()}
        ours.discard("__odr_asan.wuhao_plugin")  # a build with the address sanitizer adds it
        assert ours == {"wuhao_plugin"}, path


def test_a_plugin_of_abi_1_0_serves_its_kind_metric_and_command(trees, tmp_path):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    town = tree["long-zhen"]
    path = hostile_plugins.build("built_for_1_0.c", tmp_path, "built_for_1_0", include=ABI_1_0)
    town.ok("plugin", "enable", path)
    assert hostile_plugins.state(town, "built_for_1_0") == "on"
    town.ok("add", "old_visit", "--unit", VILLAGE, "date=2025-05-06", "minutes=25")
    town.ok("add", "old_visit", "--unit", VILLAGE, "date=2025-06-06", "minutes=35")
    assert town.rows("built_for_1_0", "minutes", "--unit", VILLAGE) == [{"minutes": 60}]
    tree.wait_synced()
    key = VILLAGE, "2025Q2", "old_visit", town.unit, "old_minutes"
    assert town.metrics(VILLAGE)[key] == 60
    assert tree["city"].metrics(VILLAGE)[key] == 60


@pytest.mark.quick
def test_a_plugin_of_a_later_minor_loads_while_it_asks_for_nothing_more(homes, tmp_path):
    town = homes("town").init().start()
    town.ok("plugin", "enable",
            hostile_plugins.build("built_for_later.c", tmp_path, "built_for_later"))
    assert town.rows("built_for_later", "say") == [{"minutes": 1, "again": 2}]


@pytest.mark.quick
@pytest.mark.parametrize("define, isolate", [
    ("TAIL=1", False), ("TAIL=1", True),
    pytest.param("COLUMN_TAIL=1", False),
    pytest.param("COLUMN_TAIL=1", True)])
def test_a_plugin_that_asks_for_what_the_node_does_not_know_is_refused(homes, tmp_path, define,
                                                                       isolate):
    town = homes("town").init().start()
    path = hostile_plugins.build("built_for_later.c", tmp_path, "built_for_later", define)
    hostile_plugins.configure(town, "built_for_later", path, isolate=isolate)
    town.cli("plugin", "enable", path)
    line = hostile_plugins.listed(town, "built_for_later")
    assert line is None or (line["state"] == "failed" and len(line["reason"]) > 20), line
    assert town.cli("built_for_later", "say").code != 0
