"""What plugins cost: host calls and measuring in the room alone, reloading a node's plugin."""
import json
import os
import subprocess
import time

import meter
import places
from door import Door
from places import node

BUILD = os.path.dirname(node.BIN)
PLUGIN = os.path.join(BUILD, "bench", "measured.so")
ISOLATED = os.path.join(BUILD, "lib", "wuhao", "wuhao-isolated")
TARGETS = {"measure: 16 fields, 4 metrics, one record": ("over 1,000,000",
                                                         lambda value: value > 1000000)}


def build():
    meter.quietly("cmake", "--build", BUILD, "--target", "bench_plugins", "plugin_measured")
    return os.path.exists(os.path.join(node.BIN, "bench_plugins")) and os.path.exists(PLUGIN)


def room(report, seconds, *program):
    """The figures of bench_plugins; `program` is that of isolated plugins, or nothing."""
    done = subprocess.run([os.path.join(node.BIN, "bench_plugins"), os.path.dirname(PLUGIN),
                           str(seconds), *program], capture_output=True, text=True, check=False)
    where = "isolated" if program else "in the node's process"
    if done.returncode != 0:
        print(f"plugins, {where}: not measured, {done.stderr.strip()}", flush=True)
    for line in done.stdout.splitlines():
        figure = json.loads(line)
        judged = () if program else TARGETS.get(figure["name"], ())
        report.add("plugins", f"{where}: {figure['name']}", figure["values"], figure["unit"],
                   *judged)


def reloads(report, folder, count):
    """`plugin reload` on a node that serves, as asked over the socket and as a person does."""
    home = node.Node(os.path.join(folder, "reloads"), places.CITY, "量度市", "city").init().start()
    try:
        if home.cli("plugin", "enable", PLUGIN).code != 0:
            print("plugins: reloading is not measured, the node cannot enable", PLUGIN, flush=True)
            return
        for isolate in ("true", "false"):
            where = "isolated" if isolate == "true" else "in the node's process"
            with open(os.path.join(home.home, "plugins.d", "measured.yaml"), "w",
                      encoding="utf-8") as file:
                file.write(f"enable: true\nfile: {PLUGIN}\nisolate: {isolate}\n")
            home.ok("plugin", "enable", PLUGIN)
            line = next(line for line in home.rows("plugin", "list") if line["name"] == "measured")
            assert line["state"] == "on", line
            door = Door(home.home)
            for name, ask in (("asked over the socket", lambda: door.ask("plugin reload",
                                                                         name="measured")),
                              ("`wuhao plugin reload`", lambda: home.ok("plugin", "reload",
                                                                        "measured"))):
                times = []
                for _ in range(count):
                    begin = time.perf_counter()
                    ask()
                    times.append((time.perf_counter() - begin) * 1000)
                report.add("plugins", f"{where}: reload, {name}", times, "ms")
            door.close()
    finally:
        home.kill()


def measure(report, size, folder, _options):
    if not build():
        print("plugins: not measured, bench_plugins is not built", flush=True)
        return
    room(report, size["plugin_s"])
    room(report, size["plugin_s"], ISOLATED)
    reloads(report, folder, size["reloads"])
