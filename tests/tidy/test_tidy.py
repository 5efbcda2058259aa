"""Each rule of tools/tidy sees the bad sample that breaks it, and good code passes.

A rule that never fires is worthless, so a rule without a sample fails too.
"""
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys

import pytest

TIDY = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "tidy")

H = "/* x.h: a sample. */\n"
F = "static int f(int a)\n{\n"  # opens a function; its text follows, then "}\n"
DEEP = "    if (a) {\n        for (;;) {\n            while (a) {\n" \
       "                if (a) {\n                    a++;\n                }\n" \
       "            }\n        }\n    }\n    return a;\n"
SWITCH = "    if (a) {\n        switch (a) {\n        case 1: {\n            while (a) {\n" \
         "                if (a) {\n                    a++;\n                }\n" \
         "            }\n        }\n        }\n    }\n    return a;\n"
TABLE = "static const int t[] = {\n" + "    1,\n" * 600 + "};\n"
TO_DO, SLEEP = "TO" + "DO", "sle" + "ep"

# rule, file, text: each is reported by that rule
BAD = [
    ("long_function", "plugins/a/a.c", F + "    a++;\n" * 60 + "}\n"),
    ("deep_nesting", "plugins/a/a.c", F + DEEP + "}\n"),
    ("long_line", "plugins/a/a.c", "int " + "a" * 100 + ";\n"),
    ("long_line", "tools/a", "#!/bin/sh\n" + "a" * 101 + "\n"),
    ("long_file", "plugins/a/a.c", "int a;\n" * 501),
    ("long_file", "core/base/a.h", H + "int a;\n" * 150),
    ("banned_call", "tests/unit/test_a.c", F + "    strcpy(a, b);\n}\n"),
    ("banned_call", "plugins/a/a.c", F + "    return atoi(a);\n}\n"),
    ("heap_call", "core/model/a.c", F + "    free(a);\n}\n"),
    ("layer", "core/model/a.c", '#include "store/store.h"\n'),
    ("layer", "core/rules/a.h", H + '#include "sync/link.h"\n'),
    ("layer", "plugins/a/a.c", '#include "model/unit.h"\n'),
    ("layer", "core/attic/a.c", "int a;\n"),
    ("include_form", "core/model/a.c", '#include "unit.h"\n'),
    ("foreign_include", "core/engine/a.c", "#include <rocksdb/c.h>\n"),
    ("foreign_include", "core/node/a.c", "#include <zmq.h>\n"),
    ("foreign_include", "plugins/a/a.c", "#include <dlfcn.h>\n"),
    ("impure_call", "core/sync/a.c", F + "    return time(0);\n}\n"),
    ("impure_call", "core/engine/a.c", F + "    pthread_mutex_lock(a);\n}\n"),
    ("mutable_static", "core/rules/a.c", "static int count;\n"),
    ("mutable_static", "core/rules/a.c", "static const char *last = 0;\n"),
    ("mutable_static", "core/rules/a.c", F + "    static int calls = 0;\n}\n"),
    ("floating_point", "core/store/a.c", "static const double half = 1;\n"),
    ("bool_parameter", "core/host/a.h", H + "int wh_load(const char *name, bool global);\n"),
    ("shrugging_name", "core/base/string_util.c", "int a;\n"),
    ("todo_number", "core/base/a.c", f"/* {TO_DO}: later */\n"),
    ("folder_readme", "plugins/a/a.c", "int a;\n"),
    ("broken_link", "README.md", "[here](core/none.md)\n"),
    ("reading_path", "core/README.md", "[a.c](base/a.c), `wh_go()`\n"),
    ("sleep_in_test", "tests/e2e/test_a.py", f"time.{SLEEP}(1)\n"),
    ("sleep_in_test", "tests/unit/test_a.c", F + f"    u{SLEEP}(1);\n}}\n"),
    ("sleep_in_test", "tests/e2e/a.sh", f"  {SLEEP} 1\n"),
    ("header_comment", "core/base/a.h", "#pragma once\n"),
    ("test_name", "tests/unit/link.c", "int a;\n"),
    ("trailing_space", "core/base/a.c", "int a; \n"),
    ("tab_in_c", "core/base/a.c", "\tint a;\n"),
    ("final_newline", "core/base/a.c", "int a;"),
    ("dead_file", "core/base/b.c", "int a;\n"),
]

# rule, file, text: none is reported by that rule
GOOD = [
    ("long_function", "plugins/a/a.c", F + "    a++;\n" * 58 + "}\n"),
    ("long_function", "plugins/a/a.c", TABLE),
    ("deep_nesting", "plugins/a/a.c", F + SWITCH + "}\n"),
    ("long_line", "core/base/a.def", "X(" + "a" * 120 + ")\n"),
    ("long_line", "plugins/a/a.c", "/* " + "五" * 90 + " */\n"),
    ("long_file", "plugins/a/a.c", TABLE),
    ("long_file", "core/include/wuhao/plugin.h", H + "int a;\n" * 300),
    ("banned_call", "plugins/a/a.c", '/* strcpy(a) */ const char *t = "atoi(";\n'),
    ("banned_call", "plugins/a/a.c", F + "    p->system(a);\n    wh_rand(a);\n}\n"),
    ("heap_call", "core/store/a.c", F + "    free(a); /* foreign: rocksdb's own */\n}\n"),
    ("heap_call", "core/base/a.c", F + "    free(a);\n}\n"),
    ("layer", "core/engine/a.c", '#include "sync/link.h"\n#include <wuhao/plugin.h>\n'),
    ("layer", "core/node/a.c", '#include "store/store.h"\n'),
    ("foreign_include", "core/store/a.c", "#include <rocksdb/c.h>\n"),
    ("impure_call", "core/node/a.c", F + "    return time(0);\n}\n"),
    ("impure_call", "core/base/log.c", F + "    return time(0);\n}\n"),
    ("impure_call", "core/engine/a.c", F + "    wh_store_open(a);\n    ops->open(a);\n}\n"),
    ("mutable_static", "core/rules/a.c", "static const char *const names[] = {0};\n"),
    ("mutable_static", "core/rules/a.c", "static struct a *f(int a)\n{\n}\nstatic_assert(1, x);\n"),
    ("bool_parameter", "core/host/a.h", H + "bool wh_is(int a);\nint wh_f(int a, bool *ret);\n"),
    ("todo_number", "core/base/a.c", f"/* {TO_DO}(#12): later */\n"),
    ("broken_link", "README.md", "[a](core/README.md#top) [b](https://example.org/x)\n"),
    ("reading_path", "core/README.md", "[a.c](base/a.c), `wh_stay()`\n"),
    ("sleep_in_test", "core/net/a.c", F + f"    {SLEEP}(1);\n}}\n"),
    ("dead_file", "core/base/a.c", "int a;\n"),
]


@pytest.fixture(name="tidy")
def tidy_fixture(tmp_path):
    """tidy(file, text) -> the findings in a small tree that is clean but for that file."""
    def tidy(path, text):
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
        files = {"core/README.md": "# The house\n", "core/base/README.md": "# Base\n",
                 "core/base/a.c": "int wh_stay(void);\n",
                 "core/CMakeLists.txt": "wh_room(base a.c)\n", path: text}
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        done = subprocess.run([sys.executable, TIDY, str(tmp_path)], check=False, text=True,
                              stdout=subprocess.PIPE)
        return done.returncode, done.stdout.splitlines()
    return tidy


def rules():
    loader = importlib.machinery.SourceFileLoader("tidy", TIDY)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return {name: what for name, _, what, _ in module.RULES}


def findings_of(rule, lines):
    what = re.sub(r"\\\{\d\\\}", ".*", re.escape(rules()[rule]))
    return [line for line in lines if re.search(rf":\d+: {what} \(", line)]


@pytest.mark.parametrize("rule,path,text", BAD, ids=lambda value: value[:40].strip())
def test_a_bad_sample_is_reported(tidy, rule, path, text):
    code, lines = tidy(path, text)
    assert code == 1
    assert findings_of(rule, lines), lines


@pytest.mark.parametrize("rule,path,text", GOOD, ids=lambda value: value[:40].strip())
def test_a_good_sample_is_not_reported(tidy, rule, path, text):
    assert not findings_of(rule, tidy(path, text)[1])


def test_a_clean_tree_exits_with_0_and_says_nothing(tidy):
    assert tidy("README.md", "# Clean\n") == (0, [])


def test_every_rule_has_a_bad_sample():
    assert {rule for rule, _, _ in BAD} == set(rules())
