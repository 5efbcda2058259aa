"""An author with an installed wuhao and an empty folder: a new plugin is written, builds, passes
its test, and serves on a node."""
import os
import subprocess

import pytest

import node

BUILD = os.path.dirname(os.path.normpath(node.BIN))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


@pytest.fixture(name="prefix", scope="module")
def prefix_fixture(tmp_path_factory, programs):  # pylint: disable=unused-argument
    """What `cmake --install` gives, moved once: nothing in it may know where it was."""
    folder = tmp_path_factory.mktemp("install")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", folder / "first"], check=True,
                   stdout=subprocess.DEVNULL)
    os.rename(folder / "first", folder / "prefix")
    return folder / "prefix"


class Author:
    """An empty folder, and the programs of a prefix."""

    def __init__(self, prefix, folder):
        self.prefix, self.folder = prefix, folder
        self.environment = node.ENVIRONMENT | {"PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig"}

    def run(self, *words, **options):
        program = self.prefix / "bin" / "wuhao" if words[0] == "wuhao" else words[0]
        return subprocess.run([str(program), *map(str, words[1:])], cwd=self.folder,
                              env=self.environment, check=False, encoding="utf-8",
                              capture_output=True, timeout=120, **options)

    def ok(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, (words, done)
        return done.stdout

    def new(self, *words):
        return self.ok("wuhao", "plugin", "new", *words)

    def cmake(self, name):
        """Builds it as its README says, but without mercy; gives the one file that it is."""
        flags = " ".join(STRICT)
        self.ok("cmake", "-S", name, "-B", f"{name}/build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                "--no-warn-unused-cli", f"-DCMAKE_C_FLAGS={flags}", f"-DCMAKE_CXX_FLAGS={flags}")
        self.ok("cmake", "--build", f"{name}/build")
        return self.folder / name / "build" / f"{name}.so"

    def one_line(self, name, extension="c"):
        compiler, standard = ("cc", "c11") if extension == "c" else ("c++", "c++17")
        flags = self.ok("pkg-config", "--cflags", "wuhao").split()
        self.ok(compiler, "-shared", "-fPIC", f"-std={standard}", *STRICT, *flags, "-o",
                f"{name}/{name}.so", f"{name}/{name}.{extension}")
        return self.folder / name / f"{name}.so"


@pytest.fixture(name="author")
def author_fixture(prefix, tmp_path):
    return Author(prefix, tmp_path)


def exported(path):
    """The symbols of the file's own code, without those that C++ shares between files."""
    lines = subprocess.run(["nm", "-D", "--defined-only", path], check=True, text=True,
                           capture_output=True).stdout.splitlines()
    return [line.split()[2] for line in lines if line.split()[1] not in "WVu"]


def test_an_install_has_what_an_author_needs(prefix):
    for path in ("include/wuhao/plugin.h", "lib/pkgconfig/wuhao.pc",
                 "lib/cmake/wuhao/wuhaoConfig.cmake", "lib/cmake/wuhao/wuhaoConfigVersion.cmake",
                 "share/wuhao/templates/plugin/c/plugin.c"):
        assert (prefix / path).is_file(), path
    for path in ("lib/pkgconfig/wuhao.pc", "lib/cmake/wuhao/wuhaoConfig.cmake"):
        assert "install" not in (prefix / path).read_text(encoding="utf-8"), "it knows its place"


def test_a_new_plugin_is_written_whole(author):
    made = author.new("visits", "--csv").splitlines()[1:]
    assert sorted(made) == ["visits/CMakeLists.txt", "visits/README.md", "visits/scenario.yaml",
                            "visits/visits.c"]
    for path in made:
        text = (author.folder / path).read_text(encoding="utf-8")
        assert "@" not in text, f"{path}: a placeholder is left"
    source = (author.folder / "visits" / "visits.c").read_text(encoding="utf-8")
    assert '.name = "visit",' in source


@pytest.mark.parametrize("name, words, kind", [
    ("studies", (), "study"), ("classes", (), "classe"), ("chess", (), "chess"),
    ("home-visits", (), "home_visit"), ("visits", ("--kind", "call"), "call")])
def test_the_kind_is_the_singular_of_the_name_or_what_was_asked_for(author, name, words, kind):
    author.new(name, *words)
    source = (author.folder / name / f"{name}.c").read_text(encoding="utf-8")
    assert f'#define METRIC "{kind}_minutes"' in source


def test_what_is_there_is_not_touched(author):
    (author.folder / "visits").mkdir()
    (author.folder / "visits" / "mine").write_text("mine", encoding="utf-8")
    done = author.run("wuhao", "plugin", "new", "visits")
    assert done.returncode == 6 and "it exists, nothing was changed" in done.stderr
    assert [path.name for path in (author.folder / "visits").iterdir()] == ["mine"]


@pytest.mark.parametrize("words, code, why", [
    (("Visits",), 4, "not a name"), (("2visits",), 4, "not a name"), (("a/b",), 4, "not a name"),
    (("v" * 32,), 4, "not a name"), (("sync",), 4, "a command of wuhao has that name"),
    (("visits", "--lang", "rust"), 4, "use c or cpp"),
    (("visits", "--kind", "a-b"), 4, "kind `a-b`: not a name"),
    (("visits", "--dir", "nowhere"), 3, "can't be made")])
def test_what_can_not_be_is_refused_and_nothing_is_left(author, words, code, why):
    done = author.run("wuhao", "plugin", "new", *words)
    assert done.returncode == code and why in done.stderr, done
    assert not any(author.folder.iterdir())


def test_dir_says_where_it_is_made(author):
    (author.folder / "deep").mkdir()
    author.new("visits", "--dir", "deep")
    assert (author.folder / "deep" / "visits" / "visits.c").is_file()


@pytest.mark.parametrize("lang, extension", [("c", "c"), ("cpp", "cpp")])
def test_it_builds_by_cmake_and_by_one_line_without_a_warning(author, lang, extension):
    author.new("visits", "--lang", lang)
    assert exported(author.cmake("visits")) == ["wuhao_plugin"]
    assert author.one_line("visits", extension).is_file()


def test_a_call_into_the_core_fails_when_it_is_linked(author):
    author.new("visits")
    source = author.folder / "visits" / "visits.c"
    text = source.read_text(encoding="utf-8").replace("    (void)metric;",
                                                      "    (void)metric;\n    wh_log_line();")
    source.write_text("void wh_log_line(void);\n" + text, encoding="utf-8")
    author.ok("cmake", "-S", "visits", "-B", "build", f"-DCMAKE_PREFIX_PATH={author.prefix}")
    done = author.run("cmake", "--build", "build")
    assert done.returncode != 0 and "undefined reference to `wh_log_line'" in done.stderr
