"""The reference of the plugin interface is what its header says, and the header says something of
everything that a plugin may call."""
import importlib.machinery
import importlib.util
import os

import pytest

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
TOOL = os.path.join(ROOT, "tools", "plugin-reference")


@pytest.fixture(name="tool", scope="module")
def tool_fixture():
    loader = importlib.machinery.SourceFileLoader("plugin_reference", TOOL)
    spec = importlib.util.spec_from_loader("plugin_reference", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def text_of(tool):
    return "\n".join(tool.page(tool.read_header())).rstrip("\n") + "\n"


def test_the_page_in_the_tree_is_what_the_header_gives(tool):
    with open(os.path.join(ROOT, "plugins", "REFERENCE.md"), encoding="utf-8") as file:
        assert file.read() == text_of(tool), "run tools/plugin-reference > plugins/REFERENCE.md"


def test_every_member_and_constant_has_a_comment(tool):
    assert not list(tool.undocumented(tool.read_header()))


def test_nothing_of_the_header_is_left_out(tool):
    """Read a second time and by other means: the words before `)(`, and those after #define."""
    page = text_of(tool)
    with open(tool.HEADER, encoding="utf-8") as file:
        header = file.read()
    functions = tool.FUNCTION.findall(header)
    constants = tool.re.findall(r"^#define (WH_\w+)", header, tool.re.M)
    assert len(functions) > 40 and len(constants) > 80
    assert not [name for name in functions if f"(*{name})(" not in page]
    assert not [name for name in constants if f"`{name}" not in page]


def test_the_guide_names_every_limit_with_its_value(tool):
    with open(os.path.join(ROOT, "plugins", "README.md"), encoding="utf-8") as file:
        guide = file.read()
    limits = [item for item in tool.read_header()
              if isinstance(item, tool.Item) and item.name.endswith(("_MAX", "_BUDGET_MS"))]
    assert len(limits) >= 8
    for item in limits:
        mebibytes = tool.re.fullmatch(r"\((\d+)u << 20\)", item.text)
        value = f"{mebibytes.group(1)} MiB" if mebibytes else item.text
        assert f"| `{item.name}` | {value} |" in guide, item.name


@pytest.mark.parametrize("text, name", [
    ("struct wh_host {\n    int a;\n};\n", "wh_host.a"),
    ("struct wh_host {\n    int a; /* x */\n\n    int (*b)(int c);\n};\n", "wh_host.b"),
    ("/* of something else */\n\n#define WH_A 1u\n", "WH_A"),
    ("#define WH_A 1u /* x */\n#define WH_B 1u\n", "WH_B"),
])
def test_what_has_no_comment_is_found(tool, text, name):
    assert [found for _, found in tool.undocumented(tool.Reader(text).read())] == [name]


@pytest.mark.parametrize("text", [
    "struct wh_host {\n    /* x */\n    int a;\n    int b;\n};\n",
    "/* x */\n#define WH_A 1u\n#define WH_B 1u\n",
    "struct wh_host {\n    int a; /* x\n            * y */\n};\n",
])
def test_a_comment_above_holds_for_its_group(tool, text):
    assert not list(tool.undocumented(tool.Reader(text).read()))
